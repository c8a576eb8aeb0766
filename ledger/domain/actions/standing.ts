import type { Signed } from '../action.ts'
import type { ContainerNumber } from '../identifiers/container-number.ts'
import { refuseUnless } from '../refusal.ts'
import { isOnPaper, type Hold, type Offer, type Title } from '../title.ts'
import type { Instant, PartyId } from '../ids.ts'

/** Conditions that several actions share, in the order a lawyer would ask. */

/** The offer that still locks the bill; an expired one no longer does. */
export function openOffer(title: Title, now: Instant): Offer | null {
  return title.offer !== null && Date.parse(title.offer.expiresAt) > Date.parse(now) ? title.offer : null
}

/** The bill stands for goods and may be acted on: issued, not void, not with the carrier (T-6). */
export function refuseUnlessIssued(title: Title): void {
  const { name } = title.state
  refuseUnless(!isOnPaper(title), 'bill-on-paper', { billId: title.billId })
  refuseUnless(name !== 'VOIDED', 'bill-void', { billId: title.billId })
  refuseUnless(name !== 'ACCOMPLISHED', 'bill-accomplished', { billId: title.billId })
  refuseUnless(!name.startsWith('PENDING_SURRENDER'), 'surrender-pending', { billId: title.billId })
  refuseUnless(!name.startsWith('SURRENDERED'), 'bill-surrendered', { billId: title.billId })
  refuseUnless(name === 'ISSUED', 'not-issued', { billId: title.billId })
}

/** The bill still stands for goods, here, with the carrier or on paper: something may be recorded against it. */
export function refuseUnlessStanding(title: Title): void {
  const { name } = title.state
  refuseUnless(name !== 'VOIDED' || isOnPaper(title), 'bill-void', { billId: title.billId })
  refuseUnless(name !== 'ACCOMPLISHED', 'bill-accomplished', { billId: title.billId })
  refuseUnless(name !== 'APPROVED', 'not-issued', { billId: title.billId })
}

/** T-14: a hold beats every transfer. A carrier's lien is about the boxes alone: transfers of the bill make it an exception. */
export function refuseIfHeld(title: Title, except: readonly Hold['kind'][] = []): void {
  const hold = title.holds.find(({ kind }) => !except.includes(kind))
  refuseUnless(hold === undefined, 'bill-held', { billId: title.billId, kind: hold?.kind })
}

/** The holder told the carrier to keep the goods. */
export function refuseIfStopped(title: Title): void {
  refuseUnless(title.stop === null, 'delivery-stopped', { billId: title.billId, since: title.stop?.since })
}

/** Whether every other box was delivered, or the holder said that it has its due for it: dealing with this one accomplishes the bill (T-5). */
export function isLastOutstanding({ cargo }: Title, container: ContainerNumber): boolean {
  return Object.entries(cargo).every(([number, { name }]) => number === container || name === 'DELIVERED' || name === 'SETTLED')
}

/** No offer and no pledge proposal waits for somebody else's answer. */
export function refuseIfLocked(title: Title, now: Instant): void {
  const offer = openOffer(title, now)
  refuseUnless(offer === null, 'offer-open', { to: offer?.to, expiresAt: offer?.expiresAt })
  refuseUnless(title.encumbrance.name !== 'PROPOSED', 'pledge-proposed')
}

/** Title is with the acting party: named, or in blank. */
function refuseUnlessTitleholder(title: Title, party: PartyId): void {
  refuseUnless(title.titleholder === party || title.titleholder === 'BLANK', 'not-titleholder', { billId: title.billId })
}

export function refuseUnlessPossessor(title: Title, party: PartyId): void {
  refuseUnless(title.possessor === party, 'not-possessor', { billId: title.billId })
}

/** The acting party has both pointers. */
export function refuseUnlessHolder(title: Title, signed: Signed<unknown>): void {
  refuseUnlessPossessor(title, signed.party)
  refuseUnlessTitleholder(title, signed.party)
}
