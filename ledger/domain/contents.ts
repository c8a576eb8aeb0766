import type { BillDocument, ContainerOnBill } from './bill.ts'
import { canonicalJson } from './canonical-json.ts'

/**
 * What the ledger knows of the goods: salted SHA-256 commitments that tell nobody anything. These functions give the text that is
 * hashed, so that anybody who is shown the document and the salt can check the ledger's word. The salts are 128 random bits and stay
 * off the ledger.
 */

/** One box: its seals, and what the goods in it come to. The text names no bill, so the commitment goes along when the box goes to a successor (T-13). */
export function contentsText({ number, seals, cargo }: Pick<ContainerOnBill, 'number' | 'seals' | 'cargo'>, salt: string): string {
  return canonicalJson({
    schema: 'yidan.contents/1', salt, container: number, seals,
    packages: cargo.reduce((sum, item) => sum + item.packages, 0), grossWeightKg: cargo.reduce((sum, item) => sum + item.grossWeightKg, 0),
  })
}

/**
 * What a bill switched at a third place must repeat: goods, quantities, boxes, dates, remarks, the carrier and what kind of bill it is.
 * What may differ is who and where is shown: shipper, consignee, notify parties, places, the charges and the bill's own number.
 */
export function fixedPartText({ kind, negotiable, carrier, containers, legs, remarks, insurance, declaredValue }: BillDocument, salt: string): string {
  const dates = legs.map(({ mode, plannedDeparture, plannedArrival }) => ({ mode, plannedDeparture, plannedArrival }))
  return canonicalJson({ schema: 'yidan.fixed/1', salt, kind, negotiable, carrier, containers, legs: dates, remarks, insurance, declaredValue })
}
