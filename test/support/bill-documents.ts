import { readFileSync } from 'node:fs'
import { billNumber, BillDocument, fromMinor, legRules, teuOf, toMinor, withCheckDigit, type Amount } from '@yidan/ledger'

/** The four sample bookings as bill documents, and the extreme ones that a printer has to survive. */
export const bookingFiles = {
  tractorsToSantos: 'LYQD20261120-001.json',
  furnitureToHamburg: 'LYNB20261121-002.json',
  solarToTashkent: 'LYTA20261122-003.json',
  batteriesFromBusan: 'QDLY20261122-004.json',
} as const
export type BookingName = keyof typeof bookingFiles

interface Booking {
  bookingNumber: string
  service: string
  type: 'to-order' | 'to-order-of-bank' | 'straight' | 'blank'
  freight: { currency: 'CNY' | 'USD' | 'EUR'; terms: 'prepaid' | 'collect'; lines: { leg: number; name: string; perTEU: Amount }[] }
  parties: { carrier: BookingParty; shipper: BookingParty; consignee: string | BookingParty; notify: BookingParty[] }
  legs: {
    mode: 'rail' | 'sea' | 'road'; carrier: string; from: string; to: string; fromCode?: string; toCode?: string; plannedDeparture: string; plannedArrival: string
    trainNumber?: string; vessel?: string; voyage?: string; plate?: string; distanceKm?: number; bonded?: boolean; transshipment?: string; consignmentNote?: 'SMGS'
  }[]
  placeOfReceipt: string
  placeOfDelivery: string
  containers: {
    number: string; sizeType: string; sealNumber: string; packages: number; packageKind: string; goods: string; hsCode: string; grossWeightKg: number; tareKg: number
    verifiedGrossMassKg: number; volumeM3: number; dangerousGoods?: { unNumber: string; imoClass: string; properShippingName: string }[]
  }[]
  insurance: { insurer: string; policyNumber: string; coverage: string; insuredAmount: Amount; currency: 'CNY' | 'USD' | 'EUR' } | null
  declaredValue: { amount: Amount; currency: 'CNY' | 'USD' | 'EUR' }
}
interface BookingParty { name: string; nameEn?: string; creditCode?: string; address?: string; contact?: string }

export function readBooking(name: BookingName): Booking {
  return JSON.parse(readFileSync(new URL(`../fixtures/bookings/${bookingFiles[name]}`, import.meta.url), 'utf8')) as Booking
}

const serials: Readonly<Record<BookingName, number>> = { tractorsToSantos: 42, furnitureToHamburg: 43, solarToTashkent: 44, batteriesFromBusan: 45 }

/** The bill a sample booking becomes. `changes` replaces whole fields. */
export function billFrom(name: BookingName, changes: Partial<BillDocument> = {}): BillDocument {
  const booking = readBooking(name)
  const serial = serials[name]
  const teu = booking.containers.reduce((sum, { sizeType }) => sum + teuOf(sizeType), 0)
  const lines = booking.freight.lines.map(({ leg, name: charge, perTEU }) => ({ leg, name: charge, perTeu: perTEU, teu, amount: fromMinor(toMinor(perTEU) * BigInt(teu)) }))
  const { insurance } = booking
  return BillDocument.parse({
    schema: 'yidan.bill/1',
    billNumber: billNumber({ prefix: 'LYLG', month: '2611', serial }),
    billId: `b${String(serial).padStart(32, '0')}`,
    version: 1,
    salt: String(serial).padStart(32, 'a'),
    bookingNumber: booking.bookingNumber,
    service: booking.service,
    kind: booking.type === 'to-order-of-bank' ? 'to-named-order' : booking.type,
    negotiable: booking.type !== 'straight',
    originals: 0,
    language: 'zh-CN',
    carrier: party(booking.parties.carrier),
    shipper: party(booking.parties.shipper),
    consignee: consigneeOf(booking),
    notifyParties: booking.parties.notify.map(party),
    placeOfReceipt: { name: booking.placeOfReceipt },
    placeOfDelivery: { name: booking.placeOfDelivery },
    legs: booking.legs.map(({ from, to, fromCode, toCode, consignmentNote, ...leg }) => ({
      ...leg,
      from: { name: from, ...(fromCode === undefined ? {} : { code: fromCode }) },
      to: { name: to, ...(toCode === undefined ? {} : { code: toCode }) },
      carrierDocument: { kind: consignmentNote ?? legRules[leg.mode].carrierDocument, nonNegotiable: true, consignedTo: 'carrier' },
    })),
    containers: booking.containers.map(({ number, sizeType, sealNumber, tareKg, verifiedGrossMassKg, volumeM3, ...item }) => ({
      number, sizeType, seals: [{ number: sealNumber, source: 'shipper' }], tareKg, verifiedGrossMassKg, cargo: [{ ...item, volumeM3: volumeM3.toFixed(1) }],
    })),
    charges: { currency: booking.freight.currency, terms: booking.freight.terms, lines, total: fromMinor(lines.reduce((sum, { amount }) => sum + toMinor(amount), 0n)) },
    insurance: insurance === null ? null : { insurer: insurance.insurer, policyNumber: insurance.policyNumber, coverage: insurance.coverage, insured: { amount: insurance.insuredAmount, currency: insurance.currency } },
    declaredValue: booking.declaredValue,
    remarks: [],
    clauses: [],
    placeOfIssue: '洛阳 Luoyang',
    replaces: [],
    ...changes,
  })
}

function party({ name, nameEn, creditCode, address, contact }: BookingParty): BookingParty {
  return { name, ...(nameEn === undefined ? {} : { nameEn }), ...(creditCode === undefined ? {} : { creditCode }), ...(address === undefined ? {} : { address }), ...(contact === undefined ? {} : { contact }) }
}

function consigneeOf({ type, parties: { consignee } }: Booking): unknown {
  if (typeof consignee !== 'string') return party(consignee)
  if (type === 'to-order') return { toOrderOf: 'shipper' }
  if (type === 'blank') return { toOrderOf: 'bearer' }
  return { toOrderOf: { name: consignee.replace('TO ORDER OF ', '') } }
}

/** Valid container numbers of an invented owner. */
export function containerNumbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => withCheckDigit(`LYDU${String(100000 + index)}`))
}

/** A bill with as many boxes as it may have, each with its own words. */
export function billOfTwoHundredBoxes(): BillDocument {
  const base = billFrom('furnitureToHamburg')
  const [pattern] = base.containers
  if (pattern === undefined) throw new Error('the sample booking has containers')
  const containers = containerNumbers(200).map((number, index) => ({ ...pattern, number, seals: [{ number: `LY${800000 + index}`, source: 'shipper' as const }] }))
  return BillDocument.parse({ ...base, containers })
}

/** Every text at its longest, twelve legs, three notify parties, remarks, clauses, dangerous goods and reefers: nothing may overflow. */
export function billOfExtremes(): BillDocument {
  const base = billFrom('tractorsToSantos')
  const han = (count: number, seed = '洛阳陆港国际多式联运物流枢纽股份有限公司驻外办事处'): string => seed.repeat(Math.ceil(count / seed.length)).slice(0, count)
  const latin = (count: number, seed = 'Donaudampfschiffahrtsgesellschaft Internationale Speditions- und Lagerhausgesellschaft mbH & Co. KG '): string => seed.repeat(Math.ceil(count / seed.length)).slice(0, count).trim()
  const wide = { name: han(200), nameEn: latin(200), address: latin(300), contact: han(200), creditCode: '91410300MA3X1LG01Q', lei: '5493001KJTIIGC8Y1R12', vat: 'DE811234567' }
  const modes = ['road', 'rail', 'rail', 'sea', 'rail', 'road', 'sea', 'rail', 'road', 'rail', 'sea', 'road'] as const
  const legs = modes.map((mode, index) => ({
    mode, carrier: latin(200), from: { name: index % 2 === 0 ? latin(200) : han(200), code: 'CNLYA' }, to: { name: index % 2 === 0 ? han(200) : latin(200), code: 'DEHAM' },
    plannedDeparture: `2026-12-${String(index + 1).padStart(2, '0')}T08:00:00+08:00`, plannedArrival: `2026-12-${String(index + 2).padStart(2, '0')}T08:00:00+01:00`,
    ...(mode === 'rail' ? { trainNumber: latin(40) } : mode === 'sea' ? { vessel: latin(80), voyage: 'V'.repeat(40) } : { plate: '豫'.repeat(40) }),
    distanceKm: 40_000, bonded: true, transshipment: han(200),
    carrierDocument: { kind: mode === 'rail' ? 'SMGS' : mode === 'sea' ? 'SEA-WAYBILL' : 'CMR', number: 'N'.repeat(60), nonNegotiable: true, consignedTo: 'carrier-agent' },
  }))
  const danger = { unNumber: '3481', imoClass: '9', properShippingName: latin(200), packingGroup: 'II' as const }
  const containers = containerNumbers(30).map((number, index) => ({
    number, sizeType: index % 3 === 0 ? '45R1' : '22G1', seals: Array.from({ length: 5 }, (_, seal) => ({ number: `SEALNUMBER${String(10000 + seal)}`, source: 'customs' as const })),
    tareKg: 9_999, verifiedGrossMassKg: 99_999, ...(index % 3 === 0 ? { reefer: { setPointCelsius: '-18.5' } } : {}),
    cargo: [
      { goods: index % 2 === 0 ? han(500) : latin(500), hsCode: '870193109900', packages: 999_999, packageKind: latin(40), grossWeightKg: 99_999, volumeM3: '9999.999', marks: han(300), dangerousGoods: index === 0 ? Array.from({ length: 20 }, () => danger) : [danger] },
      { goods: '한국어 ไทย العربية 😀 Małaszewicze Łódź Győr Iğdır', hsCode: '8701', packages: 1, packageKind: 'UNIT', grossWeightKg: 1 },
    ],
  }))
  const money = { amount: '9999999999999.99', currency: 'CNY' as const }
  return BillDocument.parse({
    ...base, billNumber: billNumber({ prefix: 'LYLG', month: '2612', serial: 999_999 }), service: han(120), bookingNumber: 'B'.repeat(40), carrier: wide, shipper: wide, consignee: { toOrderOf: wide }, notifyParties: [wide, wide, wide], kind: 'to-named-order',
    placeOfReceipt: { name: han(200), code: 'CNLYA' }, placeOfDelivery: { name: latin(200), code: 'DEHAM' }, legs, containers, placeOfIssue: han(100), originals: 3,
    charges: {
      currency: 'USD', terms: 'collect', total: '9999999999999.99', lines: Array.from({ length: 100 }, (_, index) => ({ leg: (index % 12) + 1, name: han(100), perTeu: '9999999999999.99', teu: 400, amount: '9999999999999.99' })),
      inCny: { total: '9999999999999.99', rate: '123456.12345678', rateDate: '2026-11-20', source: han(100) },
    },
    insurance: { insurer: han(200), policyNumber: 'P'.repeat(80), coverage: latin(100), insured: money }, declaredValue: money,
    remarks: Array.from({ length: 20 }, (_, index) => `${index} ${latin(290)}`), clauses: Array.from({ length: 40 }, (_, index) => `${index} ${han(590)}`), replaces: Array.from({ length: 20 }, (_, index) => billNumber({ prefix: 'LYLG', month: '2610', serial: index + 1 })),
  })
}
