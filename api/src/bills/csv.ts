import type { BillSummary, Titleholder } from '@yidan/api/contract'
import { csvOf } from '../access/csv.ts'
import type { Language } from '../http/handlers.ts'

const headings: Readonly<Record<Language, readonly string[]>> = {
  zh: ['提单号', '状态', '种类', '订舱号', '托运人', '权利人', '占有人', '质押', '收货地', '交货地', '运输方式', '箱数', 'TEU', '已交付', '签发时间 UTC', '更新时间 UTC'],
  en: ['Bill', 'State', 'Kind', 'Booking', 'Shipper', 'Titleholder', 'Possessor', 'Pledge', 'From', 'To', 'Modes', 'Containers', 'TEU', 'Delivered', 'Issued (UTC)', 'Updated (UTC)'],
}

/** Where a blank bill names nobody. */
const bearer: Readonly<Record<Language, string>> = { zh: '空白（不记名）', en: 'Blank (bearer)' }

function holderName(holder: Titleholder | null, language: Language): string | null {
  if (holder === null || holder === 'BLANK') return holder && bearer[language]
  return (language === 'en' ? holder.nameEn : null) ?? holder.name ?? holder.nameEn ?? holder.partyId
}

/** The list for a spreadsheet. */
export function billsCsv(bills: readonly BillSummary[], language: Language): string {
  const rows = bills.map((bill) => [
    bill.billNumber, bill.voidReason === null ? bill.state : `${bill.state} ${bill.voidReason}`, bill.kind, bill.bookingNumber, bill.shipper, holderName(bill.titleholder, language), holderName(bill.possessor, language), bill.pledgeState, bill.from, bill.to, bill.modes.join(' + '),
    bill.containers, bill.teu, bill.delivered, bill.issuedAt, bill.updatedAt,
  ])
  return csvOf(headings[language], rows)
}
