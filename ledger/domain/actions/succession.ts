import { z } from 'zod'
import { secondPerson, titleOf, type Cosigner, type LedgerView, type Reads, type Signed } from '../action.ts'
import type { BillIssued } from '../events.ts'
import type { ContainerNumber } from '../identifiers/container-number.ts'
import { BillId, Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { isOnPaper, pledgeInForce, type Surrender, type Title } from '../title.ts'
import { refuseIfHeld } from './standing.ts'

/** One bill after another: what an amendment, a split, a combination, a switch and the ways to paper and back have in common (T-2, T-7). */

/** A bill that takes the place of an older one: a new document under a new id. */
export const Successor = z.strictObject({ billId: BillId, docHash: Hash, visualisationHash: Hash })
export type Successor = z.infer<typeof Successor>

/** A bill given back to the carrier to be replaced. */
export interface Replaceable extends Title {
  readonly surrender: Surrender
  readonly titleholder: NonNullable<Title['titleholder']>
  readonly fixedPartHash: Hash
}

/** What the holder signed for when asking: these words as the reason of the surrender bind the carrier to the same act. DCSA names the last two. */
export const bindingReasons = ['SPLIT', 'COMBINE', 'SWI', 'SWTP'] as const
export type BindingReason = (typeof bindingReasons)[number]

/** Two people of the carrier, and the pledgee of a pledged bill, as for every change of what the bill is (T-4, T-10). */
export function replacementCosigners(signed: Signed<unknown>, view: LedgerView): readonly Cosigner[] {
  const pledge = pledgeInForce(titleOf(signed, view))
  return [secondPerson(signed), ...(pledge ? [{ party: pledge.pledgee, why: 'pledgee' } as const] : [])]
}

export function readsFor(successors: readonly Successor[]): Required<Pick<Reads, 'bills' | 'documents'>> {
  return { bills: successors.map(({ billId }) => billId), documents: successors.map(({ docHash }) => docHash) }
}

/** The bill, when its carrier may replace it: surrendered for amendment and accepted, for this very act (`null`: for an amendment in words), and under no hold (T-14). */
export function replaceable(title: Title, signed: Signed<unknown>, reason: BindingReason | null | 'any'): Replaceable {
  const { billId, surrender, titleholder, fixedPartHash } = title
  refuseUnless(!isOnPaper(title), 'bill-on-paper', { billId })
  refuseUnless(title.state.name !== 'VOIDED', 'bill-void', { billId })
  refuseUnless(title.carrier === signed.party, 'not-carrier', { billId })
  refuseUnless(title.state.name === 'SURRENDERED_FOR_AMENDMENT' && surrender !== null && titleholder !== null && fixedPartHash !== null, 'not-accepted-for-amendment', { billId })
  const asked = bindingReasons.find((word) => word === surrender.reason) ?? null
  refuseUnless(reason === 'any' || asked === reason, 'other-surrender-reason', { billId, reason: surrender.reason })
  refuseIfHeld(title)
  return { ...title, surrender, titleholder, fixedPartHash }
}

/** Each a bill that never was, over a document that never was issued (T-2). */
export function refuseUnlessNew(successors: readonly Successor[], view: LedgerView): void {
  for (const { billId, docHash } of successors) {
    refuseUnless(view.bill(billId) === null, 'successor-exists', { billId })
    refuseUnless(view.billOfDocument(docHash) === null, 'document-already-issued', { docHash })
  }
  const differ = (key: 'billId' | 'docHash'): boolean => new Set(successors.map((successor) => successor[key])).size === successors.length
  refuseUnless(differ('billId') && differ('docHash'), 'duplicate-successor')
}

/** The successor goes on exactly where the old bill stood: same parties, chain, boxes and pledge (T-4, T-8, T-13), with whoever gave the old one back. */
export function issuedInPlaceOf(old: Replaceable, { billId, docHash, visualisationHash }: Successor, changes: Partial<BillIssued> = {}): BillIssued {
  const { kind, negotiable, carrier, shipper, consignee, titleholder, endorsable, everEndorsed, contents, fixedPartHash } = old
  return {
    type: 'bill-issued', billId, docHash, visualisationHash, kind, negotiable, carrier, shipper, consignee, titleholder, possessor: old.surrender.returnsTo, containers: boxesOf(old), contents, fixedPartHash,
    pledge: pledgeInForce(old), endorsable, everEndorsed, version: old.version + 1, predecessors: [old.billId], ...incidentsOf(old, changes.containers ?? boxesOf(old)), ...changes,
  }
}

/** The boxes on a bill, by number: a state read back from a ledger names them in another order than one that has just been made, and an event must not tell which. */
export function boxesOf({ cargo }: Pick<Title, 'cargo'>): ContainerNumber[] {
  return (Object.keys(cargo) as ContainerNumber[]).toSorted()
}

/** What happened to these boxes goes along with them; nothing where nothing happened. */
export function incidentsOf({ incidents }: Pick<Title, 'incidents'>, containers: readonly ContainerNumber[]): Pick<BillIssued, 'incidents'> {
  const theirs = incidents.filter(({ container }) => containers.includes(container))
  return theirs.length > 0 ? { incidents: theirs } : {}
}

/** The commitments of these boxes, as they are. */
export function contentsOf({ contents }: Pick<Title, 'contents'>, containers: readonly ContainerNumber[]): Title['contents'] {
  return Object.fromEntries(Object.entries(contents).filter(([container]) => containers.includes(container as ContainerNumber)))
}
