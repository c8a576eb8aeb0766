import type { NoticeRecord } from './store.ts'
import { filled } from '../http/wording/holds.ts'

/** What a notice says, in both languages: the bill's number and what happened, no name, goods or amount. `{…}` is filled from its detail. */
const words: Readonly<Record<NoticeRecord['code'], readonly [zh: string, en: string]>> = {
  'default-declared': ['质权人已宣告违约，宽限期至 {curesAt}。逾期未清偿，质权人可依法处置货物。', 'The pledgee has declared a default. Until {curesAt} the debt may still be paid; after that the goods may be sold.'],
  'default-cured': ['违约已消除，质押照常。', 'The default is cured; the pledge goes on as before.'],
  'enforcement-started': ['质权人开始实现质权。', 'The pledgee has begun to enforce the pledge.'],
  'pledge-enforced': ['质押的提单已出让给买受人，质权消灭；清偿后的余额归出质人。', 'The pledged bill was sold to a buyer and the pledge has ended; what is left after the debt is the pledgor’s.'],
  'pledge-assigned': ['被担保的债权及质权已转让给另一家银行，请向受让人履行。', 'The secured debt and its pledge went to another bank: perform towards that one.'],
  'hold-placed': ['提单已被冻结（{hold}），解除前不得流转。', 'The bill is held ({hold}): nothing moves until the hold is lifted.'],
  'hold-lifted': ['提单的冻结（{hold}）已解除。', 'The hold ({hold}) on the bill is lifted.'],
  'delivery-stopped': ['货物处分权人要求停止交付。', 'Whoever disposes of the goods has stopped delivery.'],
  'delivery-resumed': ['停止交付的要求已撤回。', 'Delivery may go on.'],
  'delivered-without-bill': ['箱 {container} 未凭提单放行，已记为承运人责任事件。提单项下权利不变。', 'Box {container} went out without the bill. It is on record as the carrier’s liability; title under the bill is unchanged.'],
  'incident-settled': ['箱 {container} 的责任事件已了结。', 'The incident about box {container} is settled.'],
  'cargo-reported': ['箱 {container} 报告为 {condition}。质权及于保险金和赔偿金，请及时通知保险人。', 'Box {container} was reported {condition}. The pledge goes on in insurance money and damages: tell the insurer in time.'],
  'bill-voided': ['提单已依法院裁判作废。', 'The bill is void by order of a court.'],
  'bill-adjudged': ['依法院裁判，本提单项下的权利归贵公司，原提单已作废。', 'By order of a court this bill is your company’s; the one before it is void.'],
  'key-loss-reported': ['已收到贵公司签名密钥遗失的报告，贵公司的签名即日起不予接受。如非贵公司所为，请立即联系平台运营方。', 'Your company’s signing keys were reported lost: nothing it signs passes now. If this was not you, tell the operator at once.'],
  'key-loss-withdrawn': ['密钥遗失的报告已撤回，原密钥恢复使用。', 'The report of lost keys was withdrawn; your keys pass again.'],
  'keys-rebound': ['贵公司已绑定新的管理员密钥，此前的密钥全部作废。如非贵公司所为，请立即联系平台运营方。', 'A new administrator’s key is bound to your company; all earlier keys are void. If this was not you, tell the operator at once.'],
}

export function mailOf({ code, billNumber, detail }: Pick<NoticeRecord, 'code' | 'billNumber' | 'detail'>, publicUrl: string): { subject: string; text: string } {
  const [zh, en] = words[code]
  const about = billNumber === null ? '签名密钥 signing keys' : billNumber
  const link = billNumber === null ? `${publicUrl}/account#key` : `${publicUrl}/bills/${billNumber}`
  return { subject: `一单 Yidan · ${about}`, text: `${about}\n\n${filled(zh, detail, 'zh')}\n${filled(en, detail, 'en')}\n\n${link}` }
}
