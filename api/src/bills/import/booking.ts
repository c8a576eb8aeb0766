import type { DraftContent } from '@yidan/api/contract'
import { z } from 'zod'
import { Problem } from '../../http/problem.ts'
import type { Language } from '../../http/handlers.ts'
import { fault, wordFinding } from '../findings.ts'

/** A booking as the land port's booking system gives it. Fields it may leave out are optional; fields unknown here are left alone. */
const text = z.string().max(600)
const number = z.number()
const Party = z.object({ name: text.optional(), nameEn: text.optional(), creditCode: text.optional(), lei: text.optional(), vat: text.optional(), address: text.optional(), contact: text.optional() })
const Money = z.object({ amount: text.optional(), insuredAmount: text.optional(), currency: text.optional() })
const optional = <T extends z.ZodType>(type: T) => type.nullable().optional()

const Booking = z.object({
  bookingNumber: optional(text), service: optional(text), type: optional(text), negotiable: z.boolean().optional(), originals: optional(number), language: z.enum(['zh-CN', 'en']).optional(),
  freight: optional(z.object({
    currency: optional(text), terms: z.enum(['prepaid', 'collect']).optional(), lines: z.array(z.object({ leg: optional(number), name: optional(text), perTEU: optional(z.union([text, number])) })).max(100).optional(),
    cnyRate: optional(text), cnyRateDate: optional(text), cnyRateSource: optional(text),
  })),
  parties: optional(z.object({ carrier: optional(Party), shipper: optional(Party), consignee: optional(z.union([text, Party])), notify: z.array(Party).max(10).optional() })),
  legs: z.array(z.object({
    mode: z.enum(['rail', 'sea', 'road']).optional(), carrier: optional(text), from: optional(text), to: optional(text), fromCode: optional(text), toCode: optional(text), plannedDeparture: optional(text), plannedArrival: optional(text),
    trainNumber: optional(text), vessel: optional(text), voyage: optional(text), plate: optional(text), distanceKm: optional(number), bonded: z.boolean().optional(), transshipment: optional(text), consignmentNote: optional(text), documentNumber: optional(text), documentNegotiable: z.boolean().optional(),
  })).max(20).optional(),
  placeOfReceipt: optional(text), placeOfReceiptCode: optional(text), placeOfDelivery: optional(text), placeOfDeliveryCode: optional(text),
  containers: z.array(z.object({
    number: optional(text), sizeType: optional(text), sealNumber: optional(text), packages: optional(number), packageKind: optional(text), goods: optional(text), hsCode: optional(text), grossWeightKg: optional(number), tareKg: optional(number),
    verifiedGrossMassKg: optional(number), volumeM3: optional(number), marks: optional(text), reeferSetPoint: optional(z.union([text, number])),
    dangerousGoods: z.array(z.object({ unNumber: optional(text), imoClass: optional(text), properShippingName: optional(text), packingGroup: optional(text) })).max(20).optional(),
  })).max(500).optional(),
  insurance: optional(Money.extend({ insurer: optional(text), policyNumber: optional(text), coverage: optional(text) })),
  declaredValue: optional(Money), remarks: z.array(text).max(20).optional(), clauses: z.array(text).max(40).optional(), placeOfIssue: optional(text),
})
type Booking = z.infer<typeof Booking>

export interface ReadBooking {
  readonly content: DraftContent
  /** Whom the booking names as carrier, or null. */
  readonly carrierNamed: string | null
}

/** @throws Problem `unreadable-file` with each field that has another form than expected. */
export function readBooking(given: unknown, language: Language): ReadBooking {
  const parsed = Booking.safeParse(given)
  if (!parsed.success) {
    throw new Problem('unreadable-file', { reason: 'booking' }, parsed.error.issues.slice(0, 50).map((issue) => ({ ...wordFinding(fault(`/booking/${issue.path.join('/')}`, 'booking-field'), language), message: issue.message })))
  }
  const booking = parsed.data
  const carrier = booking.parties?.carrier
  return { content: contentOf(booking), carrierNamed: carrier?.creditCode ?? carrier?.name ?? null }
}

function contentOf(booking: Booking): DraftContent {
  const { freight, parties, insurance, declaredValue } = booking
  const { kind, consignee } = titleOf(booking.type ?? undefined, parties?.consignee ?? undefined)
  return present<DraftContent>({
    bookingNumber: booking.bookingNumber, service: booking.service, kind, negotiable: booking.negotiable, originals: booking.originals, language: booking.language,
    shipper: parties?.shipper && present(parties.shipper), consignee, notifyParties: parties?.notify?.map((party) => present(party)),
    placeOfReceipt: booking.placeOfReceipt && present({ name: booking.placeOfReceipt, code: booking.placeOfReceiptCode }),
    placeOfDelivery: booking.placeOfDelivery && present({ name: booking.placeOfDelivery, code: booking.placeOfDeliveryCode }),
    legs: booking.legs?.map(({ from, to, fromCode, toCode, consignmentNote, ...leg }) => present({ ...leg, from: present({ name: from, code: fromCode }), to: present({ name: to, code: toCode }), documentKind: consignmentNote })),
    containers: booking.containers?.map(({ reeferSetPoint, dangerousGoods, ...container }) => present({
      ...container, reeferSetPoint: reeferSetPoint === undefined || reeferSetPoint === null ? undefined : String(reeferSetPoint), dangerousGoods: dangerousGoods?.map((item) => present(item)),
    })),
    charges: freight && present({ ...freight, lines: freight.lines?.map(({ perTEU, ...line }) => present({ ...line, perTeu: perTEU === undefined || perTEU === null ? undefined : String(perTEU) })) }),
    insurance: insurance && present({ insurer: insurance.insurer, policyNumber: insurance.policyNumber, coverage: insurance.coverage, amount: insurance.insuredAmount ?? insurance.amount, currency: insurance.currency }),
    declaredValue: declaredValue && present({ amount: declaredValue.amount, currency: declaredValue.currency }),
    remarks: booking.remarks, clauses: booking.clauses, placeOfIssue: booking.placeOfIssue,
  })
}

/** The booking's `type`, and the words of its order clause where there is no type: "TO ORDER OF X" is to the order of X. */
function titleOf(type: string | undefined, consignee: string | z.infer<typeof Party> | undefined): Pick<DraftContent, 'kind' | 'consignee'> {
  const orderOf = typeof consignee === 'string' ? /^\s*to\s+(?:the\s+)?order\s+of\s+(.+)$/i.exec(consignee)?.[1]?.trim() : undefined
  const named = typeof consignee === 'object' ? present(consignee) : orderOf !== undefined && !/^(the\s+)?shipper$/i.test(orderOf) ? { name: orderOf } : undefined
  const kinds: Readonly<Record<string, DraftContent['kind']>> = { straight: 'straight', 'to-order': 'to-order', 'to-order-of-bank': 'to-named-order', 'to-named-order': 'to-named-order', blank: 'blank', bearer: 'blank' }
  const kind = type === undefined ? (typeof consignee === 'object' ? 'straight' : named ? 'to-named-order' : orderOf ? 'to-order' : undefined) : kinds[type.toLowerCase()]
  const unnamedText = typeof consignee === 'string' && kind === 'straight' ? { name: consignee } : undefined
  return kind === 'straight' || kind === 'to-named-order' ? present({ kind, consignee: named ?? unnamedText }) : present({ kind })
}

/** Only what is there: neither undefined nor null. */
function present<T extends object>(given: { readonly [K in keyof T]?: T[K] | null | undefined | '' }): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)) as T
}
