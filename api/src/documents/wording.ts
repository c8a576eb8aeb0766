import type { BillDocument, ContainerOnBill, Leg, PartyOnBill, Place } from '@yidan/ledger'
import type { PaperOriginal } from './print.ts'
import type { Label, Paragraph } from './sheet.ts'

/** The words a bill is printed in, Chinese and English side by side, and how figures and names are written out. */
export const labels = {
  shipper: ['托运人', 'Shipper'],
  consignee: ['收货人', 'Consignee'],
  order: ['收货人 凭指示', 'Consignee: to the order of'],
  notify: ['通知方', 'Notify party'],
  carrier: ['承运人 多式联运经营人', 'Carrier (multimodal transport operator)'],
  number: ['提单编号', 'Bill of lading No.'],
  receipt: ['收货地', 'Place of receipt'],
  delivery: ['交货地', 'Place of delivery'],
  service: ['班列 订舱号', 'Service, booking No.'],
  route: ['运输区段', 'Route, leg by leg'],
  goods: ['货物 由托运人申报', 'Particulars furnished by the shipper'],
  declaredValue: ['声明价值', 'Declared value'],
  insurance: ['保险', 'Insurance'],
  dangerous: ['危险货物 · 冷藏', 'Dangerous goods, reefer'],
  condition: ['外表状况', 'Apparent order and condition'],
  freight: ['运费总额 一次收费', 'Freight, one total for all legs'],
  originals: ['正本份数', 'Number of originals'],
  issue: ['签发地 签发日期', 'Place and date of issue'],
  record: ['凭证与账本', 'Record and ledger reference'],
  signature: ['承运人签章', 'Signature and seal of the carrier'],
  annex: ['附页', 'Annex'],
  containers: ['集装箱明细', 'Containers'],
  papers: ['运输区段与承运单证', 'Legs and papers of the performing carriers'],
  charges: ['费用明细', 'Charges'],
  clauses: ['特约条款', 'Special clauses'],
  replaces: ['替代提单', 'Replaces bills'],
  remarks: ['批注', 'Remarks'],
  conditions: ['承运条件', 'Conditions of carriage'],
} as const satisfies Record<string, Label>

export const marks = {
  ORIGINAL: { zh: '正本', en: 'ORIGINAL' },
  COPY: { zh: '副本', en: 'COPY' },
  VOID: { zh: '作废', en: 'VOID' },
  DRAFT: { zh: '草稿', en: 'DRAFT' },
} as const
export type Mark = keyof typeof marks

/** An electronic bill has no paper original: the file made at its issue says so instead of claiming to be one. */
export function markWords(mark: Mark, originals: number, paper?: PaperOriginal): { zh: string; en: string } {
  if (paper) return { zh: `正本 ${paper.number}/${paper.of}`, en: `ORIGINAL ${paper.number} OF ${paper.of}` }
  return mark === 'ORIGINAL' && originals === 0 ? { zh: '电子提单', en: 'ELECTRONIC RECORD' } : marks[mark]
}

export const modeWords = { rail: ['铁路', 'Rail'], sea: ['海运', 'Sea'], road: ['公路', 'Road'] } as const satisfies Record<Leg['mode'], Label>

export const kindWords = {
  straight: ['记名', 'STRAIGHT'],
  'to-order': ['指示', 'TO ORDER'],
  'to-named-order': ['指示', 'TO ORDER OF A NAMED PARTY'],
  blank: ['不记名', 'TO BEARER'],
} as const satisfies Record<BillDocument['kind'], Label>

/** A party as a bill shows it: name, English name, identifiers, address, contact. */
export function partyParagraphs(party: PartyOnBill): Paragraph[] {
  const identifiers = [
    party.creditCode === undefined ? null : `统一社会信用代码 USCC ${party.creditCode}`,
    party.lei === undefined ? null : `LEI ${party.lei}`,
    party.vat === undefined ? null : `VAT ${party.vat}`,
  ].filter((part) => part !== null)
  return [
    { text: party.name, weight: 'bold', size: 8.2 },
    ...(party.nameEn === undefined ? [] : [{ text: party.nameEn }]),
    ...(party.address === undefined ? [] : [{ text: party.address }]),
    ...(party.contact === undefined ? [] : [{ text: party.contact }]),
    ...(identifiers.length === 0 ? [] : [{ text: identifiers.join('  '), size: 7 }]),
  ]
}

export function consigneeParagraphs(bill: BillDocument): { label: Label; paragraphs: Paragraph[] } {
  const { consignee } = bill
  if (!('toOrderOf' in consignee)) return { label: labels.consignee, paragraphs: partyParagraphs(consignee) }
  if (consignee.toOrderOf === 'shipper') {
    return { label: labels.order, paragraphs: [{ text: 'TO ORDER OF SHIPPER', weight: 'bold', size: 9 }, { text: '凭托运人指示' }] }
  }
  if (consignee.toOrderOf === 'bearer') return { label: labels.order, paragraphs: [{ text: 'TO BEARER', weight: 'bold', size: 9 }, { text: '凭单交付（不记名）' }] }
  return { label: labels.order, paragraphs: [{ text: 'TO ORDER OF 凭下列方指示', size: 7 }, ...partyParagraphs(consignee.toOrderOf)] }
}

export function placeText({ name, code }: Place): string {
  return code === undefined ? name : `${name} (${code})`
}

/** What runs on the leg: 车次, vessel and voyage, plate. */
export function unitText(leg: Leg): string {
  if (leg.mode === 'rail') return leg.trainNumber ?? '—'
  if (leg.mode === 'sea') return [leg.vessel, leg.voyage].filter((part) => part !== undefined).join(' / ') || '—'
  return leg.plate ?? '—'
}

/** Local time at the place, with its offset from UTC. */
export function localTime(zoned: string): string {
  const [, date = '', time = '', offset = ''] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})[^+\-Z]*(Z|[+-]\d{2}:\d{2})$/.exec(zoned) ?? []
  return date === '' ? zoned : `${date} ${time} ${offset === 'Z' ? 'UTC' : offset}`
}

/** A moment as a date line reads: 2026-11-24 12:00:00 UTC. */
export function utcTime(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`
}

export function grouped(digits: string | number): string {
  const [whole = '', fraction] = String(digits).split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

export function moneyText({ amount, currency }: { amount: string; currency: string }): string {
  return `${currency} ${grouped(amount)}`
}

/** Sum of volumes in m³ to three decimals, exactly; null when no cargo states one. */
export function totalVolume(containers: readonly ContainerOnBill[]): string | null {
  let litres = 0n
  let known = false
  for (const item of containers.flatMap((container) => container.cargo)) {
    if (item.volumeM3 === undefined) continue
    const [whole = '0', fraction = ''] = item.volumeM3.split('.')
    litres += BigInt(whole + fraction.padEnd(3, '0'))
    known = true
  }
  if (!known) return null
  const digits = litres.toString().padStart(4, '0')
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** "20 × 45G1, 2 × 22G1": boxes by size-type in order of first appearance. */
export function boxesByType(containers: readonly ContainerOnBill[]): string {
  const counts = new Map<string, number>()
  for (const { sizeType } of containers) counts.set(sizeType, (counts.get(sizeType) ?? 0) + 1)
  return [...counts].map(([sizeType, count]) => `${count} × ${sizeType}`).join(', ')
}

const units = ['ZERO', 'ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX', 'SEVEN', 'EIGHT', 'NINE', 'TEN', 'ELEVEN', 'TWELVE', 'THIRTEEN', 'FOURTEEN', 'FIFTEEN', 'SIXTEEN', 'SEVENTEEN', 'EIGHTEEN', 'NINETEEN']
const tens = ['', '', 'TWENTY', 'THIRTY', 'FORTY', 'FIFTY', 'SIXTY', 'SEVENTY', 'EIGHTY', 'NINETY']

/** A count in English words, as bills say quantities twice; below one thousand million. */
export function inWords(count: number): string {
  if (count < 20) return units[count] ?? String(count)
  if (count < 100) return `${tens[Math.floor(count / 10)] ?? ''}${count % 10 === 0 ? '' : `-${inWords(count % 10)}`}`
  const [size, word] = count < 1000 ? [100, 'HUNDRED'] : count < 1_000_000 ? [1000, 'THOUSAND'] : [1_000_000, 'MILLION']
  const rest = count % size
  return `${inWords(Math.floor(count / size))} ${word}${rest === 0 ? '' : ` ${rest < 100 ? 'AND ' : ''}${inWords(rest)}`}`
}
