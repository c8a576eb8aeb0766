import { z } from 'zod'
import { hasSigned, titleOf, type Action } from '../action.ts'
import { endorsementManners } from '../events.ts'
import { PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce } from '../title.ts'
import { refuseIfHeld, refuseIfLocked, refuseUnlessHolder, refuseUnlessIssued, refuseUnlessTitleholder } from './standing.ts'

const Args = z.strictObject({ to: z.union([PartyId, z.literal('BLANK')]), manner: z.enum(endorsementManners) })

/** The titleholder endorses: to order, by name only, or in blank (T-8). A pledged bill only with the bank's signature (T-4). */
export const endorse: Action<'endorse', z.infer<typeof Args>> = {
  name: 'endorse',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { to }) => ({ parties: to === 'BLANK' ? [] : [to] }),
  decide(signed, view) {
    const { args: { to, manner }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title)
    refuseUnless(title.kind !== 'straight', 'bill-straight', { billId: title.billId })
    refuseUnless(title.negotiable, 'not-negotiable', { billId: title.billId })
    const pledge = pledgeInForce(title)
    if (pledge) {
      refuseUnlessTitleholder(title, party)
      refuseUnless(hasSigned(signed, pledge.pledgee), 'bill-pledged', { billId: title.billId })
      refuseUnless(title.titleholder !== 'BLANK' || pledge.pledgor === party, 'not-titleholder', { billId: title.billId })
    } else {
      refuseUnlessHolder(title, signed)
    }
    refuseIfLocked(title, now)
    refuseUnless(title.endorsable, 'endorsement-final', { billId: title.billId })
    refuseUnless((manner === 'blank') === (to === 'BLANK'), 'kind-mismatch', { manner })
    refuseUnless(to !== party && to !== title.titleholder, 'same-party')
    refuseUnless(to === 'BLANK' || view.party(to) !== null, 'recipient-unknown', { party: to })
    return [{ type: 'title-endorsed', billId: title.billId, from: title.titleholder ?? party, to, manner }]
  },
}
