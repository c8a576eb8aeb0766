import { equipmentEventCodes } from '@yidan/api/contract'
import { plain } from '../../bills/import/headings.ts'

/** What lists call an event. ARRI and DEPA are of the train; all others are of a box. */
export type ListedEvent = (typeof equipmentEventCodes)[number] | 'ARRI' | 'DEPA'

const words: Readonly<Record<ListedEvent, readonly string[]>> = {
  GTIN: ['进场', '进闸', '进门', '入场', '入闸', '进港', '集港', '收箱', 'gate in', 'gated in', 'in gate', 'receive', 'received'],
  GTOT: ['出场', '出闸', '出门', '离场', '出港', '疏港', 'gate out', 'gated out', 'out gate', 'deliver', 'delivered'],
  LOAD: ['装车', '装船', '装载', '上车', '上船', '装列', '装车完毕', 'load', 'loaded', 'loading', 'on board', 'погрузка'],
  DISC: ['卸车', '卸船', '卸载', '下车', '下船', '卸车完毕', 'discharge', 'discharged', 'unload', 'unloaded', 'unloading', 'выгрузка'],
  STUF: ['装箱', '拼箱', 'stuffing', 'stuffed', 'stuff'],
  STRP: ['拆箱', '掏箱', 'stripping', 'stripped', 'strip', 'unstuffed'],
  AVPU: ['可提箱', 'available for pick-up', 'available for pickup'],
  PICK: ['提箱', '提空箱', '提空', 'pick-up', 'pickup', 'picked up'],
  AVDO: ['可还箱', 'available for drop-off', 'available for dropoff'],
  DROP: ['还箱', '还空箱', '还空', 'drop-off', 'dropoff', 'dropped off'],
  INSP: ['查验封志', '验封', '查验', 'inspection', 'inspected', 'seal check'],
  RSEA: ['重新施封', '换封', '补封', '施封', 'reseal', 'resealed'],
  RMVD: ['拆封', '去封', 'seal removed', 'removed'],
  CUSS: ['海关布控', '布控', 'customs selected', 'selected for inspection'],
  CUSI: ['海关查验', 'customs inspection', 'customs inspected'],
  CUSR: ['海关放行', '放行', 'customs release', 'customs released', 'released by customs'],
  CROS: ['过境', '出境', '入境', '口岸交接', '换装', 'border crossing', 'crossed the border', 'crossed'],
  ARRI: ['到达', '到站', '抵达', '列车到达', '到达确报', 'arrival', 'arrived', 'arrive', 'прибытие'],
  DEPA: ['发车', '出发', '开车', '离站', '发出', '列车出发', 'departure', 'departed', 'depart', 'отправление'],
}
const byWord = new Map<string, ListedEvent>((Object.entries(words) as [ListedEvent, readonly string[]][]).flatMap(([code, names]) => [code, ...names].map((name): [string, ListedEvent] => [plain(name), code])))

export function eventOf(text: string): ListedEvent | null {
  return byWord.get(plain(text)) ?? null
}
