import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import type { ContainerRelease, TitleEvent } from '../events.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { Hash, Instant } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { isOnPaper, pledgeInForce, type Title } from '../title.ts'
import { refuseIfHeld, refuseIfLocked, refuseIfStopped, refuseUnlessHolder, refuseUnlessIssued } from './standing.ts'
import { boxesOf } from './succession.ts'

/** A code that is good for ever is one that somebody finds. */
const longestRelease = 90 * 24 * 60 * 60 * 1000
export const Release = z.strictObject({ container: ContainerNumber, codeHash: Hash, expiresAt: Instant })
const RequestArgs = z.strictObject({ purpose: z.enum(['delivery', 'amendment']), reason: z.string().trim().min(1).max(300).nullable() })
const AcceptArgs = z.strictObject({
  /** How the freight stands: a carrier that lets go says so. */
  freight: z.enum(['prepaid', 'settled', 'waived']),
  releases: z.array(Release).max(200),
})
const RejectArgs = z.strictObject({ reason: z.string().trim().min(1).max(300) })

/** The holder gives the bill back to the carrier, for the goods or for an amended bill; a pledged one with the pledgee's signature (T-4). A reason among `bindingReasons` binds the carrier to that act. While the carrier has not answered nothing moves. */
export const requestSurrender: Action<'requestSurrender', z.infer<typeof RequestArgs>> = {
  name: 'requestSurrender',
  subject: 'bill',
  purpose: 'title',
  args: RequestArgs,
  cosigners(signed, view) {
    const pledge = pledgeInForce(titleOf(signed, view))
    if (pledge === null) return []
    return [signed.party === pledge.pledgee ? { party: pledge.pledgor, why: 'pledgor' } : { party: pledge.pledgee, why: 'pledgee' }]
  },
  decide(signed, view) {
    const { args: { purpose, reason }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    // A carrier's lien blocks delivery, which the carrier decides on itself, not the request.
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseIfLocked(title, now)
    const pledge = pledgeInForce(title)
    if (pledge) {
      // Either asks and the other signs along: goods that arrive before the debt is due can be taken out by agreement (民法典 442).
      refuseUnless(pledge.pledgor === party || pledge.pledgee === party, 'not-titleholder', { billId: title.billId })
    } else if (title.negotiable) {
      refuseUnlessHolder(title, signed)
    } else {
      // The consignee of a waybill has the goods to claim, its shipper everything else (民法典 829).
      if (purpose === 'delivery') refuseIfStopped(title)
      refuseUnless((purpose === 'delivery' ? title.consignee : title.shipper) === party, purpose === 'delivery' ? 'not-titleholder' : 'not-shipper', { billId: title.billId })
    }
    return [{ type: 'surrender-requested', billId: title.billId, by: party, purpose, reason }]
  },
}

/** The carrier takes it back: one release code for each box that is still there (T-5), or an amended bill to follow. */
export const acceptSurrender: Action<'acceptSurrender', z.infer<typeof AcceptArgs>> = {
  name: 'acceptSurrender',
  subject: 'bill',
  purpose: 'title',
  args: AcceptArgs,
  decide(signed, view) {
    const { args: { releases, freight }, party, now } = signed
    const title = pendingSurrender(titleOf(signed, view))
    refuseUnless(title.carrier === party, 'not-carrier', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    const { purpose } = title.surrender
    if (purpose === 'delivery') {
      refuseUnless(!title.holds.some(({ kind }) => kind === 'CARRIER_LIEN') || freight === 'waived', 'freight-unpaid', { billId: title.billId })
      refuseIfStopped(title)
      refuseUnlessReleasesFit(releases, boxesOf(title).filter((container) => isDeliverable(title, container)), now)
    } else {
      refuseUnless(releases.length === 0, 'not-accepted-for-delivery', { billId: title.billId })
    }
    // Given back to be amended it stays pledged, and so does its successor (T-4).
    const pledge = purpose === 'delivery' ? pledgeInForce(title) : null
    const accepted: TitleEvent = { type: 'surrender-accepted', billId: title.billId, by: party, purpose, releases }
    // The pledgee signed the request; its security is over once the carrier owes the goods to that signature.
    return pledge ? [accepted, { type: 'pledge-released', billId: title.billId, pledgor: pledge.pledgor, pledgee: pledge.pledgee }] : [accepted]
  },
}

/** Such as: freight unpaid, identity not shown. The bill goes back to whoever possessed it. */
export const rejectSurrender: Action<'rejectSurrender', z.infer<typeof RejectArgs>> = {
  name: 'rejectSurrender',
  subject: 'bill',
  purpose: 'title',
  args: RejectArgs,
  decide(signed, view) {
    const title = pendingSurrender(titleOf(signed, view))
    refuseUnless(title.carrier === signed.party, 'not-carrier', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    return [{ type: 'surrender-rejected', billId: title.billId, by: signed.party, returnsTo: title.surrender.returnsTo, reason: signed.args.reason }]
  },
}

function pendingSurrender(title: Title): Title & { readonly surrender: NonNullable<Title['surrender']> } {
  const { surrender } = title
  refuseUnless(!isOnPaper(title), 'bill-on-paper', { billId: title.billId })
  refuseUnless(title.state.name !== 'VOIDED', 'bill-void', { billId: title.billId })
  refuseUnless(surrender !== null && title.state.name.startsWith('PENDING_SURRENDER'), 'no-surrender-request', { billId: title.billId })
  return { ...title, surrender }
}

/** Whether the carrier can still hand the box out. */
export function isDeliverable({ cargo }: Title, container: ContainerNumber): boolean {
  return ['RECEIVED', 'RELEASED', 'DAMAGED'].includes(cargo[container]?.name ?? '')
}

/** Exactly one release for each of these boxes, still to come into force. */
export function refuseUnlessReleasesFit(releases: readonly ContainerRelease[], containers: readonly ContainerNumber[], now: Instant): void {
  const named = new Set(releases.map(({ container }) => container))
  refuseUnless(named.size === releases.length, 'duplicate-container')
  const stranger = releases.find(({ container }) => !containers.includes(container))
  refuseUnless(stranger === undefined, 'container-not-on-bill', { container: stranger?.container })
  const missing = containers.find((container) => !named.has(container))
  refuseUnless(missing === undefined, 'release-codes-incomplete', { container: missing })
  refuseUnless(releases.every(({ expiresAt }) => Date.parse(expiresAt) > Date.parse(now)), 'release-code-expired')
  refuseUnless(releases.every(({ expiresAt }) => Date.parse(expiresAt) - Date.parse(now) <= longestRelease), 'expiry-too-far')
}
