import { z } from 'zod'
import { titleOf, type Action, type Cosigner } from '../action.ts'
import { endorsementManners } from '../events.ts'
import { PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce, type Title } from '../title.ts'
import { refuseIfHeld, refuseIfLocked, refuseUnlessHolder, refuseUnlessIssued } from './standing.ts'

const RejectArgs = z.strictObject({ reason: z.string().trim().min(1).max(300).nullable() })
const Args = z.strictObject({ to: z.union([PartyId, z.literal('BLANK')]), manner: z.enum(endorsementManners) })

/** The titleholder endorses: to order, by name only, or in blank (T-8). A pledged bill only with the bank's signature (T-4). */
export const endorse: Action<'endorse', z.infer<typeof Args>> = {
  name: 'endorse',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { to }) => ({ parties: to === 'BLANK' ? [] : [to] }),
  cosigners: (signed, view) => pledgeeOf(titleOf(signed, view)),
  decide(signed, view) {
    const { args: { to, manner }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(title.kind !== 'straight', 'bill-straight', { billId: title.billId })
    refuseUnless(title.negotiable, 'not-negotiable', { billId: title.billId })
    const pledge = pledgeInForce(title)
    // The pledgor of a pledged bill is its titleholder, named or in blank: pledges begin with the holder and follow title.
    if (pledge) refuseUnless(pledge.pledgor === party, 'not-titleholder', { billId: title.billId })
    else refuseUnlessHolder(title, signed)
    refuseIfLocked(title, now)
    refuseUnless(title.endorsable, 'endorsement-final', { billId: title.billId })
    refuseUnless((manner === 'blank') === (to === 'BLANK'), 'kind-mismatch', { manner })
    refuseUnless(to !== party && to !== title.titleholder, 'same-party')
    refuseUnless(to === 'BLANK' || view.party(to) !== null, 'recipient-unknown', { party: to })
    return [{ type: 'title-endorsed', billId: title.billId, from: title.titleholder ?? party, to, manner }]
  },
}

/**
 * The endorsee says no before it has the bill: title goes back to where it was (single rejection). With an offer of possession in hand it
 * rejects that, and both go back.
 */
export const rejectEndorsement: Action<'rejectEndorsement', z.infer<typeof RejectArgs>> = {
  name: 'rejectEndorsement',
  subject: 'bill',
  purpose: 'title',
  args: RejectArgs,
  cosigners: (signed, view) => pledgeeOf(titleOf(signed, view)),
  decide(signed, view) {
    const { args: { reason }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseIfLocked(title, now)
    refuseUnless(title.titleholder === party, 'not-endorsee', { billId: title.billId })
    refuseUnless(title.beforeEndorsement !== null, 'no-endorsement-to-reject', { billId: title.billId })
    return [{ type: 'endorsement-rejected', billId: title.billId, by: party, reason }]
  },
}

/** Nothing moves on a pledged bill without its pledgee (T-4). */
function pledgeeOf(title: Title): readonly Cosigner[] {
  const pledge = pledgeInForce(title)
  return pledge ? [{ party: pledge.pledgee, why: 'pledgee' }] : []
}
