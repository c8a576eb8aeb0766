import { plain } from '../../bills/import/headings.ts'
import type { Sheet } from '../../bills/import/read-table.ts'
import { fault, isFault, warning, type IntakeFinding } from '../findings.ts'

/** What columns of terminals' and railways' lists are called, Chinese and English. Compared without case, spaces, brackets and units. The first two are those we write ourselves. */
export const columns = {
  container: ['箱号', 'Container', '集装箱号', '柜号', '集装箱号码', 'container no', 'container number', 'cntr no', 'cntr', 'ctnr no', 'equipment', 'equipment reference', 'unit no', 'контейнер', 'номер контейнера'],
  event: ['事件', 'Event', '动作', '操作', '作业类型', '作业', '状态', 'move', 'move type', 'movement', 'activity', 'event code', 'status', 'операция'],
  at: ['时间', 'Time', '作业时间', '事件时间', '发生时间', '操作时间', '日期时间', 'event time', 'date time', 'datetime', 'move time', 'timestamp', 'время'],
  placeCode: ['地点代码', 'UN/LOCODE', '港口代码', '车站代码', '站代码', 'locode', 'unlocode', 'location code', 'port code', 'place code'],
  place: ['地点', 'Place', '作业地点', '场站', '码头', '港口', '堆场', 'location', 'terminal', 'depot', 'port', 'yard', 'facility'],
  station: ['车站', 'Station', '站名', '办理站', '作业站', '到发站', 'станция'],
  empty: ['空重', 'Empty', '空/重', '空重箱', '箱态', 'e/f', 'empty/full', 'full empty', 'laden', 'status e/f'],
  seal: ['封号', 'Seal', '封志号', '施封号', '铅封号', 'seal no', 'seal number'],
  sizeType: ['箱型', 'Size-type', '箱型代码', '尺寸箱型', 'iso', 'iso code', 'size type', 'sizetype', 'container type'],
  train: ['车次', 'Train', '班列号', '列车号', '班列车次', 'train no', 'train number', 'номер поезда', 'поезд'],
  wagon: ['车号', 'Wagon', '车辆号', '车皮号', 'wagon no', 'wagon number', 'вагон', 'номер вагона'],
  vessel: ['船名', 'Vessel', 'vessel name', 'ship'],
  voyage: ['航次', 'Voyage', 'voyage no', 'voyage number'],
  plate: ['车牌', 'Truck', '车牌号', '集卡号', 'truck plate', 'plate', 'plate no', 'licence plate', 'license plate'],
  booking: ['订舱号', 'Booking', '舱单号', 'booking no', 'booking number'],
  bill: ['提单号', 'Bill', '一单制号', 'b/l', 'bl no', 'bill no', 'bill number', 'bill of lading'],
} as const satisfies Record<string, readonly [zh: string, en: string, ...also: string[]]>
export type Column = keyof typeof columns

const longest: Partial<Record<Column, number>> = { place: 200, station: 200, seal: 15, wagon: 15, train: 40, voyage: 40, plate: 40, vessel: 80, booking: 60, bill: 60, sizeType: 4 }

const byName = new Map<string, Column>((Object.entries(columns) as [Column, readonly string[]][]).flatMap(([column, names]) => names.map((name): [string, Column] => [plain(name), column])))

export function columnOf(heading: string): Column | null {
  return byName.get(plain(heading)) ?? byName.get(plain(heading.replace(/[(（[].*$/, ''))) ?? null
}

export const bothNames = (column: Column): string => `${columns[column][0]} ${columns[column][1]}`

/** One row with what it says, trimmed, full-width forms made plain. */
export interface Row {
  readonly row: number
  readonly cells: ReadonlyMap<Column, string>
}

/** The rows of a sheet by column, or what is wrong with its heading. Rows with a cell that is too long are told and left out. */
export function rowsOf({ rows }: Sheet, needed: readonly Column[]): { readonly rows: readonly Row[]; readonly findings: readonly IntakeFinding[]; readonly has: ReadonlySet<Column> } {
  const { found, findings } = headingsOf(rows[0], needed)
  const has = new Set(found.keys())
  if (findings.some(isFault)) return { rows: [], findings, has }
  const body = rows.slice(1)
  if (body.length === 0) return { rows: [], findings: [...findings, fault({ row: 1 }, 'no-rows')], has }
  const told = [...findings]
  const read = body.map(({ line, cells }): Row => ({ row: line, cells: new Map([...found].flatMap(([column, index]) => {
    const text = (cells[index] ?? '').normalize('NFKC').trim()
    return text === '' ? [] : [[column, text] as const]
  })) }))
  const fitting = read.filter(({ row, cells }) => {
    const over = [...cells].filter(([column, text]) => text.length > (longest[column] ?? 60))
    told.push(...over.map(([column, value]) => fault({ row }, 'cell-too-long', { column: bothNames(column), value, detail: { what: bothNames(column), longest: longest[column] ?? 60 } })))
    return over.length === 0
  })
  return { rows: fitting, findings: told, has }
}

/** Which of the columns a sheet's heading has. */
export function columnsIn({ rows }: Sheet): ReadonlySet<Column> {
  return new Set((rows[0]?.cells ?? []).flatMap((text) => columnOf(text) ?? []))
}

function headingsOf(heading: Sheet['rows'][number] | undefined, needed: readonly Column[]): { readonly found: ReadonlyMap<Column, number>; readonly findings: IntakeFinding[] } {
  const found = new Map<Column, number>()
  const findings: IntakeFinding[] = []
  const where = { row: heading?.line ?? 1 }
  for (const [index, text] of (heading?.cells ?? []).entries()) {
    if (text === '') continue
    const column = columnOf(text)
    if (column === null) findings.push(warning(where, 'heading-unknown', { column: text, detail: { what: text } }))
    else if (found.has(column)) findings.push(fault(where, 'heading-twice', { column: text, detail: { what: text } }))
    else found.set(column, index)
  }
  for (const column of needed) if (!found.has(column)) findings.push(fault(where, 'heading-missing', { detail: { what: bothNames(column), accepted: columns[column].slice(0, 6).join(', ') } }))
  return { found, findings }
}
