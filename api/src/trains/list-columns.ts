import type { Language } from '../http/handlers.ts'
import { plain } from '../bills/import/headings.ts'

/** Columns of a wagon list, one row a box: the first heading of each language is the one we write ourselves. */
export const listColumns = {
  wagon: { zh: '车号', en: 'Wagon', also: ['车辆号', '车皮号', 'wagon no', 'wagon number', 'вагон', 'номер вагона'], kind: 'text', longest: 15 },
  type: { zh: '车型', en: 'Wagon type', also: ['车种', '车种车型'], kind: 'text', longest: 20 },
  tareKg: { zh: '车自重kg', en: 'Wagon tare kg', also: ['自重', '车自重', 'tare', 'wagon tare'], kind: 'number', range: [1, 80_000] },
  payloadKg: { zh: '载重kg', en: 'Payload kg', also: ['标记载重', '载重', 'payload', 'load limit'], kind: 'number', range: [1, 200_000] },
  lengthMm: { zh: '换长m', en: 'Length m', also: ['车长', '车长m', 'length', 'length over couplers'], kind: 'metres', range: [1, 60_000] },
  loadingFeet: { zh: '车底ft', en: 'Deck ft', also: ['装载长度', '车底', 'deck', 'loading feet'], kind: 'number', range: [20, 92] },
  position: { zh: '箱位', en: 'Slot', also: ['位置', '位', 'position'], kind: 'number', range: [1, 4] },
  container: { zh: '箱号', en: 'Container', also: ['集装箱号', '柜号', 'container no', 'container number', 'контейнер'], kind: 'text', longest: 15 },
  sizeType: { zh: '箱型', en: 'Size-type', also: ['箱型代码', '尺寸箱型', 'iso', 'iso code', 'size type', 'container type'], kind: 'text', longest: 8 },
  grossKg: { zh: '箱货总重kg', en: 'Gross kg', also: ['总重', '毛重', '箱货总重', 'vgm', 'gross', 'gross weight'], kind: 'number', range: [0, 200_000] },
  empty: { zh: '空重', en: 'Empty', also: ['空箱', '空/重', 'e/f', 'empty/full'], kind: 'empty' },
  seal: { zh: '封志号', en: 'Seal', also: ['封号', '铅封号', '施封号', 'seal no', 'seal number'], kind: 'text', longest: 15 },
  unNumber: { zh: 'UN编号', en: 'UN', also: ['un', 'un号', '危品编号', 'un number', 'un no'], kind: 'text', longest: 8 },
  setPoint: { zh: '设定温度', en: 'Set point', also: ['温度', 'reefer temp', 'temperature'], kind: 'number', range: [-70, 60] },
} as const satisfies Record<string, { readonly zh: string; readonly en: string; readonly also: readonly string[]; readonly kind: 'text' | 'number' | 'metres' | 'empty'; readonly range?: readonly [number, number]; readonly longest?: number }>
export type ListColumn = keyof typeof listColumns
export const columnNames = Object.keys(listColumns) as ListColumn[]

/** What every list needs; the wagon's own figures stand at least in its first row. */
export const neededColumns: readonly ListColumn[] = ['wagon', 'type', 'tareKg', 'payloadKg', 'lengthMm', 'loadingFeet', 'position', 'container', 'sizeType', 'grossKg']
export const wagonColumns = ['type', 'tareKg', 'payloadKg', 'lengthMm', 'loadingFeet'] as const satisfies readonly ListColumn[]

const byName = new Map<string, ListColumn>(columnNames.flatMap((name) => [listColumns[name].zh, listColumns[name].en, ...listColumns[name].also].map((text): [string, ListColumn] => [plain(text), name])))

export function listColumnOf(heading: string): ListColumn | null {
  return byName.get(plain(heading)) ?? byName.get(plain(heading.replace(/[(（[].*$/, ''))) ?? null
}

export const nameOfColumn = (column: ListColumn, language: Language): string => listColumns[column][language]
export const bothNames = (column: ListColumn): string => `${listColumns[column].zh} ${listColumns[column].en}`
