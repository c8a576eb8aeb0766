import type { Fault } from '@yidan/api/contract'
import type { Language } from '../http/handlers.ts'
import { en } from './wording/en.ts'
import { zh } from './wording/zh.ts'

/** Something a rule noticed: told in words only at the door, in the caller's language. */
export interface Finding {
  /** JSON pointer into the draft's content. */
  readonly pointer: string
  readonly code: FindingCode
  readonly severity: 'fault' | 'warning'
  readonly value?: unknown
  /** Fills the wording. A value that is an entry of `words` is put in the caller's language. */
  readonly detail?: Readonly<Record<string, string | number>>
  readonly row?: number
  readonly column?: string
}
export type FindingCode = keyof typeof zh

type Given = Omit<Finding, 'pointer' | 'code' | 'severity'>
export const fault = (pointer: string, code: FindingCode, given: Given = {}): Finding => ({ pointer, code, severity: 'fault', ...given })
export const warning = (pointer: string, code: FindingCode, given: Given = {}): Finding => ({ pointer, code, severity: 'warning', ...given })

/** The finding as the contract tells it. */
export function wordFinding({ detail = {}, code, value, ...finding }: Finding, language: Language): Fault {
  const [message, cure] = (language === 'en' ? en : zh)[code]
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(name in detail ? detail[name] : name === 'value' ? value : '', language))
  return { ...finding, code, message: fill(message), cure: fill(cure), ...(value === undefined ? {} : { value }) }
}

export function wordFindings(findings: readonly Finding[], language: Language): { faults: Fault[]; warnings: Fault[] } {
  const told = findings.map((finding) => wordFinding(finding, language))
  return { faults: told.filter(({ severity }) => severity === 'fault'), warnings: told.filter(({ severity }) => severity === 'warning') }
}

function wordOf(value: unknown, language: Language): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  const [row] = /^row:(\d+)$/.exec(text) ? [text.slice(4)] : []
  if (row !== undefined) return language === 'en' ? `row ${row}` : `第 ${row} 行`
  return (words as Readonly<Record<string, { zh: string; en: string }>>)[text]?.[language] ?? text
}

/** Names of fields and roles, as people call them. */
export const words = {
  '@kind': { zh: '提单种类', en: 'the kind of bill' },
  '@bookingNumber': { zh: '订舱号', en: 'the booking number' },
  '@name': { zh: '名称', en: 'the name' },
  '@shipper': { zh: '托运人', en: 'the shipper' },
  '@consignee': { zh: '收货人', en: 'the consignee' },
  '@order-of': { zh: '凭其指示的一方', en: 'whose order it is to' },
  '@carrier': { zh: '承运人', en: 'the carrier' },
  '@place': { zh: '地点', en: 'the place' },
  '@mode': { zh: '运输方式', en: 'the mode' },
  '@time': { zh: '时间', en: 'the time' },
  '@trainNumber': { zh: '车次', en: 'train number' },
  '@vessel': { zh: '船名', en: 'vessel' },
  '@voyage': { zh: '航次', en: 'voyage' },
  '@plate': { zh: '车牌', en: 'plate' },
  '@number': { zh: '箱号', en: 'container number' },
  '@sizeType': { zh: '箱型', en: 'size-type' },
  '@sealNumber': { zh: '封志号', en: 'seal' },
  '@goods': { zh: '品名', en: 'goods' },
  '@hsCode': { zh: 'HS 编码', en: 'HS code' },
  '@packages': { zh: '件数', en: 'packages' },
  '@packageKind': { zh: '包装种类', en: 'kind of package' },
  '@grossWeightKg': { zh: '毛重 kg', en: 'gross weight kg' },
  '@tareKg': { zh: '皮重 kg', en: 'tare kg' },
  '@verifiedGrossMassKg': { zh: 'VGM kg', en: 'VGM kg' },
  '@volumeM3': { zh: '体积 m³', en: 'volume m³' },
  '@marks': { zh: '唛头', en: 'marks' },
  '@reeferSetPoint': { zh: '设定温度', en: 'set point' },
  '@unNumber': { zh: 'UN 编号', en: 'UN number' },
  '@imoClass': { zh: '危险货物类别', en: 'dangerous goods class' },
  '@properShippingName': { zh: '正确运输名称', en: 'proper shipping name' },
  '@currency': { zh: '币种', en: 'the currency' },
  '@terms': { zh: '预付或到付', en: 'prepaid or collect' },
  '@charge-lines': { zh: '费用行', en: 'the charge lines' },
  '@charge-name': { zh: '费用名称', en: 'the name of the charge' },
  '@leg': { zh: '所属区段', en: 'the leg' },
  '@amount': { zh: '金额', en: 'the amount' },
  '@rate-date': { zh: '汇率日期', en: 'the date of the rate' },
  '@rate-source': { zh: '汇率来源', en: 'the source of the rate' },
  '@insurer': { zh: '保险人', en: 'the insurer' },
  '@policyNumber': { zh: '保单号', en: 'the policy number' },
  '@coverage': { zh: '险别', en: 'the cover' },
  '@containers': { zh: '集装箱', en: 'the containers' },
  '@negotiable': { zh: '可转让性', en: 'negotiability' },
  '@role-shipper': { zh: '托运人', en: 'shipper' },
  '@role-bank': { zh: '银行', en: 'bank' },
  '@another': { zh: '另一箱', en: 'another box' },
} as const
