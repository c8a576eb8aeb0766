import type { ExceptionKind, NoticePreferences } from '@yidan/api/contract'
import type { ExceptionRecord } from '../exceptions/index.ts'

type Both = readonly [zh: string, en: string]

const kinds: Readonly<Record<ExceptionKind, Both>> = {
  LATE: ['晚点', 'Late'], STALE: ['无消息', 'No word'], SEAL: ['封志不符', 'Seal'], TEMPERATURE: ['温度', 'Temperature'], DOOR: ['箱门', 'Door'], IMPOSSIBLE: ['矛盾事件', 'Impossible'], CUSTOMS: ['海关布控', 'Customs hold'],
}
/** `{…}` is filled from the cause. No cause names a company or a person. */
const causes: Readonly<Record<string, Both>> = {
  overdue: ['{what}（{place}）应在 {at} 前，尚未发生', '{what} at {place} was due by {at} and has not happened'],
  'announced-late': ['{what}（{place}）计划 {at}，预报晚 {hours} 小时', '{what} at {place}, planned for {at}, is announced {hours} hours late'],
  missed: ['没有赶上：车（船）已于 {at} 从 {place} 开出', 'Missed: the train or vessel left {place} at {at}'],
  'no-word': ['{at} 在 {place} 之后再没有消息；可能仍在行驶', 'No word since {at} at {place}; it may well be moving'],
  'seal-mismatch': ['封志 {found} 不是提单所载', 'Seal {found} is not on the bill'],
  'customs-hold': ['海关布控查验，尚未放行', 'Held by customs for inspection'],
  'door-opened': ['{at} 在 {place} 途中开门', 'The door was opened on the way, {at} at {place}'],
  'too-warm': ['{measured} °C，设定 {setPoint} °C：偏高', '{measured} °C, set to {setPoint} °C: too warm'],
  'too-cold': ['{measured} °C，设定 {setPoint} °C：偏低', '{measured} °C, set to {setPoint} °C: too cold'],
}
const impossible: Both = ['有事件与已知事实矛盾，共 {count} 件待定', 'Events contradict what is known: {count} to decide']
const movements: Readonly<Record<string, Both>> = { DEPA: ['发出', 'Departure'], ARRI: ['到达', 'Arrival'], LOAD: ['装载', 'Loading'], DISC: ['卸载', 'Discharge'], GTIN: ['进场', 'Gate-in'], GTOT: ['出场', 'Gate-out'] }

type Told = Pick<ExceptionRecord, '_id' | 'kind' | 'container' | 'service' | 'run' | 'billNumber' | 'cause'>

/** One mail about one exception or many, in Chinese, English or both. It names boxes, trains and bills that the reader follows, and nobody. */
export function noticeMail(records: readonly Told[], { language, publicUrl }: { readonly language: NoticePreferences['language']; readonly publicUrl: string }): { readonly subject: string; readonly text: string } {
  const [first] = records
  const tongues = { both: [0, 1], zh: [0], en: [1] }[language] as readonly (0 | 1)[]
  const head = (tongue: 0 | 1): string => (first !== undefined && records.length === 1 ? `${kinds[first.kind][tongue]} ${subjectOf(first)}` : [`${records.length} 个新异常`, `${records.length} new exceptions`][tongue] ?? '')
  const entries = records.map((record) => [`${subjectOf(record)}${record.billNumber === null ? '' : ` · ${record.billNumber}`}`, ...tongues.map((tongue) => `${kinds[record.kind][tongue]}: ${causeText(record, tongue)}`), `${publicUrl}/exceptions/${record._id}`].join('\n'))
  const foot = tongues.map((tongue) => [`通知方式可在账户页更改：`, `What you are told of, and how, is set in your account:`][tongue] ?? '')
  return { subject: `一单 Yidan · ${tongues.map(head).join(' / ')}`, text: [...entries, [...foot, `${publicUrl}/account#notices`].join('\n')].join('\n\n') }
}

/** A train number runs again and again: with the day this run is planned for. */
function subjectOf({ container, service, run }: Told): string {
  return container ?? [service, run].filter((part) => part !== null).join(' ')
}

function causeText({ kind, cause: { code, at, values } }: Told, tongue: 0 | 1): string {
  const words = causes[code] ?? (kind === 'IMPOSSIBLE' ? impossible : [code, code])
  const what = values['what']
  const filled: Readonly<Record<string, string | number | null | undefined>> = { ...values, at: `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`, place: values['place'] ?? ['地点不详', 'an unknown place'][tongue], what: typeof what === 'string' ? (movements[what]?.[tongue] ?? what) : '' }
  return words[tongue].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(filled[name] ?? ''))
}
