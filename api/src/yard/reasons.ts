import type { Language } from '../http/handlers.ts'
import { filled } from '../http/wording/holds.ts'

/**
 * Why a gate holds a box: the codes of the trade's list (H01 ... H22) and two of the document's own (H23, H24). One code can have several
 * causes, each with its wording. A new check is a line here and a line in `rules.ts`.
 */
type Words = Readonly<Record<Language, string>>
interface ReasonRow extends Words {
  readonly code: string
}

export const reasons = {
  'not-surrendered': { code: 'H01', zh: '提单尚未交单提货', en: 'The bill has not been surrendered for delivery' },
  'surrender-not-accepted': { code: 'H01', zh: '承运人尚未接受交单', en: 'The carrier has not accepted the surrender yet' },
  'not-issued': { code: 'H01', zh: '提单尚未签发', en: 'The bill has not been issued yet' },
  'not-released': { code: 'H01', zh: '该箱尚无放货记录', en: 'This box has not been released' },
  pledged: { code: 'H02', zh: '提单处于质押中', en: 'The bill is pledged' },
  'court-hold': { code: 'H03', zh: '司法冻结', en: 'Held by court order' },
  'other-hold': { code: 'H03', zh: '提单被冻结（{hold}）', en: 'The bill is on hold ({hold})' },
  stopped: { code: 'H03', zh: '持有人已要求中止交付', en: 'The holder has stopped delivery' },
  customs: { code: 'H05', zh: '海关布控，尚未放行', en: 'Selected by customs and not released' },
  lien: { code: 'H07', zh: '运费未付，承运人留置', en: 'Charges unpaid: carrier’s lien' },
  'not-on-list': { code: 'H09', zh: '该箱不在任何有效提单上', en: 'This box is on no bill in force' },
  'not-on-bill': { code: 'H09', zh: '该箱不在此提单上', en: 'This box is not on this bill' },
  'unknown-bill': { code: 'H09', zh: '无此提单号', en: 'There is no bill of this number' },
  unreadable: { code: 'H09', zh: '无法识别所扫内容', en: 'What was scanned is no bill, box or release code' },
  'code-without-box': { code: 'H09', zh: '请同时输入箱号', en: 'Give the box number together with the release code' },
  'check-digit': { code: 'H10', zh: '箱号校验位不符，应为 {expected}（{number}）', en: 'The check digit does not fit, it should be {expected} ({number})' },
  'bill-check': { code: 'H10', zh: '提单号校验位不符', en: 'The check character of the bill number does not fit' },
  'seal-mismatch': { code: 'H11', zh: '封志与提单不符，见到 {found}', en: 'Seals found ({found}) are not those of the bill' },
  'already-delivered': { code: 'H18', zh: '该箱已于 {at} 由 {by} 交付，放货码已使用', en: 'Already delivered at {at} by {by}: the code was used' },
  'code-wrong': { code: 'H18', zh: '放货码不正确', en: 'The release code is wrong' },
  'code-expired': { code: 'H18', zh: '放货码已于 {at} 过期', en: 'The release code expired at {at}' },
  forged: { code: 'H23', zh: '单据与账本记录不符，疑为伪造或已改动', en: 'The document is not the one on the ledger: forged or changed' },
  void: { code: 'H24', zh: '提单已作废', en: 'The bill is void' },
} as const satisfies Record<string, ReasonRow>

export interface Reason {
  readonly why: keyof typeof reasons
  readonly values?: Readonly<Record<string, string>>
}

export function worded({ why, values = {} }: Reason, language: Language): { code: string; message: string } {
  const row = reasons[why]
  return { code: row.code, message: filled(row[language], values, language) }
}

export const warnings = {
  'seal-differs': { zh: '封志与提单不符：见到 {found}，提单为 {expected}', en: 'The seal found ({found}) is not on the bill ({expected})' },
  'not-on-list': { zh: '该箱不在任何有效提单上，已照实记录', en: 'This box is on no bill in force; recorded as it is' },
  'no-seal': { zh: '未记录封志号', en: 'No seal number was recorded' },
  'put-aside': { zh: '与已知事实矛盾，已搁置待人核实：{why}', en: 'It contradicts what is known and is kept for a person to look at: {why}' },
} as const satisfies Record<string, Words>

export function warningWords(why: keyof typeof warnings, values: Readonly<Record<string, string>>, language: Language): string {
  return filled(warnings[why][language], values, language)
}
