import { canonicalJson, convert, fromMinor, toMinor, totalsOf, type Amount, type BillDocument, type ContainerNumber, type Leg, type PartyOnBill, type Place } from '@yidan/ledger'
import type { z } from 'zod'
import { Problem } from '../http/problem.ts'

/** The documents of bills that take another's place, made from the old one's without anybody typing goods again. Numbers, ids and salts are given later. */

/** One document for each part: its boxes with their goods, and the charges, insurance and value that fall on them. */
export function partsOf(document: BillDocument, parts: readonly (readonly ContainerNumber[])[]): BillDocument[] {
  const boxes = parts.map((part) => document.containers.filter(({ number }) => part.includes(number)))
  const weights = boxes.map((containers) => totalsOf(containers).grossWeightKg)
  const insured = document.insurance && shareOut(document.insurance.insured.amount, weights)
  const declared = document.declaredValue && shareOut(document.declaredValue.amount, weights)
  return boxes.map((containers, index): BillDocument => ({
    ...document, containers, charges: chargesOver(document.charges, totalsOf(containers).teu),
    insurance: document.insurance && { ...document.insurance, insured: { ...document.insurance.insured, amount: insured?.[index] as Amount } },
    declaredValue: document.declaredValue && { ...document.declaredValue, amount: declared?.[index] as Amount },
  }))
}

/** One document over all boxes. @throws Problem `bills-differ` when journey, parties shown, tariff or insurance are not the same */
export function wholeOf(documents: readonly BillDocument[]): BillDocument {
  const [first, ...rest] = documents
  if (first === undefined) throw new Error('nothing to combine')
  for (const document of rest) {
    const [differs] = sameOnAll.filter(([, trait]) => canonicalJson(trait(document)) !== canonicalJson(trait(first)))
    if (differs) throw new Problem('bills-differ', { billNumber: document.billNumber, in: differs[0] })
  }
  const containers = documents.flatMap((document) => document.containers)
  const insured = first.insurance && sum(documents.flatMap(({ insurance }) => insurance?.insured.amount ?? []))
  const declared = first.declaredValue && sum(documents.flatMap(({ declaredValue }) => declaredValue?.amount ?? []))
  return {
    ...first, containers, charges: chargesOver(first.charges, totalsOf(containers).teu), remarks: together(documents.map(({ remarks }) => remarks)), clauses: together(documents.map(({ clauses }) => clauses)),
    insurance: first.insurance && { ...first.insurance, insured: { ...first.insurance.insured, amount: insured as Amount } },
    declaredValue: first.declaredValue && { ...first.declaredValue, amount: declared as Amount },
  }
}

const sameOnAll: readonly (readonly [name: string, trait: (document: BillDocument) => unknown])[] = [
  ['route', ({ legs, placeOfReceipt, placeOfDelivery }) => [legs, placeOfReceipt, placeOfDelivery]], ['parties', ({ shipper, consignee, notifyParties, carrier }) => [shipper, consignee, notifyParties, carrier]],
  ['charges', ({ charges: { currency, terms, lines, inCny } }) => [currency, terms, lines.map(({ leg, name, perTeu }) => [leg, name, perTeu]), inCny?.rate ?? null]],
  ['insurance', ({ insurance }) => insurance && [insurance.insurer, insurance.policyNumber, insurance.coverage, insurance.insured.currency]], ['declaredValue', ({ declaredValue }) => declaredValue?.currency ?? null],
]

/** What a bill switched at a third place shows instead: parties and places, nothing of the goods. */
export interface Shown {
  readonly shipper?: PartyOnBill | undefined
  readonly notifyParties?: readonly PartyOnBill[] | undefined
  readonly placeOfReceipt?: Place | undefined
  readonly placeOfDelivery?: Place | undefined
  readonly placeOfIssue?: string | undefined
  /** From and to of each leg, in order. */
  readonly legs?: readonly Pick<Leg, 'from' | 'to'>[] | undefined
}

export function switched(document: BillDocument, { legs, ...shown }: Shown): BillDocument {
  const given = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)) as Partial<BillDocument>
  return { ...document, ...given, legs: document.legs.map((leg, index) => ({ ...leg, ...legs?.[index] })) }
}

/** The electronic bill in the place of paper says so (MLETR art. 17(2)). */
export function electronicAgain(document: BillDocument, { billNumber, serials }: { billNumber: string; serials: readonly string[] }): BillDocument {
  const statement = `本电子提单替代已全部收回并注销的纸质正本（提单 ${billNumber}，编号 ${serials.join('、')}）。 This electronic bill replaces the full set of paper originals of bill ${billNumber}, serials ${serials.join(', ')}, returned and cancelled.`
  return { ...document, clauses: [...document.clauses, statement].slice(-40) }
}

/** A tariff is per TEU, so charges follow the boxes. */
function chargesOver(charges: BillDocument['charges'], teu: number): z.infer<typeof BillDocument.shape.charges> {
  const lines = charges.lines.map((line) => ({ ...line, teu, amount: fromMinor(toMinor(line.perTeu) * BigInt(teu)) }))
  const total = sum(lines.map(({ amount }) => amount))
  return { ...charges, lines, total, ...(charges.inCny ? { inCny: { ...charges.inCny, total: convert({ amount: total, rate: charges.inCny.rate }) } } : {}) }
}

/** Shares by weight that add up to the whole to the cent; what does not divide falls on the last. */
function shareOut(amount: Amount, weights: readonly number[]): Amount[] {
  const whole = toMinor(amount), all = BigInt(weights.reduce((total, weight) => total + weight, 0))
  const shares = weights.map((weight) => (whole * BigInt(weight)) / all)
  const rest = whole - shares.reduce((total, share) => total + share, 0n)
  return shares.map((share, index) => fromMinor(index === shares.length - 1 ? share + rest : share))
}

function sum(amounts: readonly Amount[]): Amount {
  return fromMinor(amounts.reduce((total, amount) => total + toMinor(amount), 0n))
}

function together(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}
