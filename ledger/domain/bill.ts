import { z } from 'zod'
import { BillNumber } from './identifiers/bill-number.ts'
import { ContainerNumber } from './identifiers/container-number.ts'
import { CreditCode } from './identifiers/credit-code.ts'
import { Lei } from './identifiers/lei.ts'
import { BillId, PartyId } from './ids.ts'
import { legModes } from './legs/index.ts'
import { Amount, Currency, Money } from './money.ts'
import { billKinds } from './title.ts'

/**
 * The through-bill as a document: what is hashed, signed, printed and compared. One canonical JSON (RFC 8785), SHA-256.
 * Ordered legs follow UN/CEFACT MMT (every mode, not only sea); FBL, DCSA and GB/T 44430 views are made from it.
 * It never changes: an amendment is a new document on a successor bill (T-7).
 */

const text = (max: number) => z.string().trim().min(1).max(max)
/** Local time with its offset, as the timetable says it. */
export const ZonedTime = z.iso.datetime({ offset: true, error: 'a time needs its offset, like 2026-11-24T20:00:00+08:00' })
export type ZonedTime = z.infer<typeof ZonedTime>

export const PartyOnBill = z.strictObject({
  name: text(200),
  nameEn: text(200).optional(),
  creditCode: CreditCode.optional(),
  lei: Lei.optional(),
  vat: z.string().regex(/^[A-Z]{2}[0-9A-Z]{4,16}$/, 'a VAT number starts with its country, like DE811234567').optional(),
  address: text(300).optional(),
  contact: text(200).optional(),
  /** Its name on the ledger, when it takes part itself. */
  partyId: PartyId.optional(),
})
export type PartyOnBill = z.infer<typeof PartyOnBill>

export const Place = z.strictObject({
  name: text(200),
  /** UN/LOCODE, five characters; the carriers' own spelling (CNTAO for Qingdao port) is kept, not corrected. */
  code: z.string().regex(/^[A-Z]{2}[A-Z2-9]{3}$/, 'a UN/LOCODE is five characters, like CNQDP').optional(),
})
export type Place = z.infer<typeof Place>

export const LegMode = z.enum(legModes)
export type LegMode = z.infer<typeof LegMode>

export const Leg = z.strictObject({
  mode: LegMode,
  carrier: text(200),
  from: Place,
  to: Place,
  plannedDeparture: ZonedTime,
  plannedArrival: ZonedTime,
  /** 车次 */ trainNumber: text(40).optional(),
  vessel: text(80).optional(),
  voyage: text(40).optional(),
  plate: text(40).optional(),
  distanceKm: z.int().min(1).max(40_000).optional(),
  /** Moves under customs bond. */ bonded: z.boolean().optional(),
  /** Such as "gauge change 1435/1520 mm". */ transshipment: text(200).optional(),
  /** The sub-carrier's own paper. It carries no title of its own (T-3). */
  carrierDocument: z.strictObject({
    kind: z.enum(['SMGS', 'CIM-SMGS', 'RAIL-WAYBILL', 'SEA-WAYBILL', 'ROAD-WAYBILL', 'CMR']),
    number: text(60).optional(),
    nonNegotiable: z.literal(true),
    consignedTo: z.enum(['carrier', 'carrier-agent', 'terminal']),
  }),
})
export type Leg = z.infer<typeof Leg>

export const DangerousGoods = z.strictObject({
  unNumber: z.string().regex(/^\d{4}$/, 'a UN number is four digits'),
  imoClass: z.string().regex(/^[1-9](\.\d)?[A-S]?$/, 'an IMO class is like 3, 2.1 or 1.4S'),
  properShippingName: text(200),
  packingGroup: z.enum(['I', 'II', 'III']).optional(),
})
export type DangerousGoods = z.infer<typeof DangerousGoods>

export const CargoItem = z.strictObject({
  goods: text(500),
  /** Harmonised System, 6 to 12 digits; six are needed towards the EU (ICS2). */
  hsCode: z.string().regex(/^\d{4}(\d{2}){0,4}$/, 'an HS code is 4, 6, 8, 10 or 12 digits'),
  packages: z.int().min(1).max(999_999),
  /** UN/ECE Recommendation 21 in words, such as CARTON, PALLET. */
  packageKind: text(40),
  grossWeightKg: z.int().min(1).max(99_999),
  volumeM3: z.string().regex(/^\d{1,4}(\.\d{1,3})?$/, 'a volume is m³ as decimal text').optional(),
  marks: text(300).optional(),
  dangerousGoods: z.array(DangerousGoods).max(20).optional(),
})
export type CargoItem = z.infer<typeof CargoItem>

export const Seal = z.strictObject({ number: text(15), source: z.enum(['shipper', 'carrier', 'customs', 'veterinary']) })

export const ContainerOnBill = z.strictObject({
  number: ContainerNumber,
  /** ISO 6346 size-type, four characters. */
  sizeType: z.string().regex(/^[0-9A-Z]{4}$/, 'a size-type is four characters, like 45G1'),
  seals: z.array(Seal).min(1).max(5),
  tareKg: z.int().min(500).max(9_999),
  /** Verified gross mass, SOLAS VI/2: box and cargo. */
  verifiedGrossMassKg: z.int().min(500).max(99_999).optional(),
  reefer: z.strictObject({ setPointCelsius: z.string().regex(/^-?\d{1,2}(\.\d)?$/) }).optional(),
  cargo: z.array(CargoItem).min(1).max(50),
})
export type ContainerOnBill = z.infer<typeof ContainerOnBill>

export const ChargeLine = z.strictObject({
  /** Which leg it pays for, counted from 1. */
  leg: z.int().min(1),
  name: text(100),
  perTeu: Amount,
  teu: z.int().min(1),
  /** perTeu × teu. */
  amount: Amount,
})
export type ChargeLine = z.infer<typeof ChargeLine>

/** 一次收费: one total for the shipper over all legs. */
export const Charges = z.strictObject({
  currency: Currency,
  terms: z.enum(['prepaid', 'collect']),
  lines: z.array(ChargeLine).min(1).max(100),
  total: Amount,
  /** The same total in 人民币 for the books, when the bill is in another currency. */
  inCny: z.strictObject({ total: Amount, rate: z.string().regex(/^\d{1,6}\.\d{1,8}$/), rateDate: z.iso.date(), source: text(100) }).optional(),
})
export type Charges = z.infer<typeof Charges>

export const Insurance = z.strictObject({
  insurer: text(200), policyNumber: text(80), coverage: text(100), insured: Money,
})

export const BillDocument = z.strictObject({
  schema: z.literal('yidan.bill/1'),
  billNumber: BillNumber,
  billId: BillId,
  version: z.int().min(1),
  /** 128 random bits, so that the hash on the ledger tells nobody what the document says. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  bookingNumber: text(40),
  service: text(120).optional(),
  kind: z.enum(billKinds),
  negotiable: z.boolean(),
  /** 0 for an electronic record; a paper set names how many were signed. */
  originals: z.int().min(0).max(3),
  language: z.enum(['zh-CN', 'en']),
  carrier: PartyOnBill,
  shipper: PartyOnBill,
  /** A named consignee (straight), or the words of the order clause. */
  consignee: z.union([
    PartyOnBill,
    z.strictObject({ toOrderOf: z.union([z.literal('shipper'), z.literal('bearer'), PartyOnBill]) }),
  ]),
  notifyParties: z.array(PartyOnBill).max(3),
  placeOfReceipt: Place,
  placeOfDelivery: Place,
  legs: z.array(Leg).min(1).max(12),
  containers: z.array(ContainerOnBill).min(1).max(200),
  charges: Charges,
  insurance: Insurance.nullable(),
  declaredValue: Money.nullable(),
  /** Empty means clean. */
  remarks: z.array(text(300)).max(20),
  clauses: z.array(text(600)).max(40),
  placeOfIssue: text(100),
  /** Numbers of the bills this one replaces. */
  replaces: z.array(BillNumber).max(20),
})
export type BillDocument = z.infer<typeof BillDocument>

/** Twenty-foot equivalent units by ISO 6346 size-type: 20' is 1, all longer ones 2. The factors are data where subsidies are counted. */
export function teuOf(sizeType: string): number {
  return sizeType.startsWith('2') ? 1 : 2
}

/** What the goods in all boxes come to. */
export function totalsOf(containers: readonly ContainerOnBill[]): { packages: number; grossWeightKg: number; teu: number } {
  let packages = 0, grossWeightKg = 0, teu = 0
  for (const container of containers) {
    teu += teuOf(container.sizeType)
    for (const item of container.cargo) {
      packages += item.packages
      grossWeightKg += item.grossWeightKg
    }
  }
  return { packages, grossWeightKg, teu }
}

/** A sea leg puts the bill under 海商法 ch. IV §5; a pure land bill rests on contract and 民法典 227. */
export function hasSeaLeg(document: Pick<BillDocument, 'legs'>): boolean {
  return document.legs.some((leg) => leg.mode === 'sea')
}
