import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { Instant, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce, type Offer, type Title } from '../title.ts'
import { openOffer, refuseIfHeld, refuseIfLocked, refuseUnlessIssued, refuseUnlessPossessor } from './standing.ts'

const longestOffer = 30 * 24 * 60 * 60 * 1000
const OfferArgs = z.strictObject({ to: PartyId, expiresAt: Instant })
const NoArgs = z.strictObject({})
const ReasonArgs = z.strictObject({ reason: z.string().trim().min(1).max(300).nullable() })

/** The possessor offers possession. While the offer is open the bill is locked; control passes only when it is accepted (MLETR art. 11, T-1). */
export const offerPossession: Action<'offerPossession', z.infer<typeof OfferArgs>> = {
  name: 'offerPossession',
  subject: 'bill',
  purpose: 'title',
  args: OfferArgs,
  reads: (_, { to }) => ({ parties: [to] }),
  decide(signed, view) {
    const { args: { to, expiresAt }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(title.negotiable, 'not-negotiable', { billId: title.billId })
    refuseUnless(pledgeInForce(title) === null, 'bill-pledged', { billId: title.billId })
    refuseUnlessPossessor(title, party)
    refuseIfLocked(title, now)
    refuseUnless(to !== party, 'same-party')
    refuseUnless(view.party(to) !== null, 'recipient-unknown', { party: to })
    refuseUnless(title.kind !== 'straight' || to === title.consignee, 'only-to-consignee', { billId: title.billId })
    const until = Date.parse(expiresAt)
    refuseUnless(until > Date.parse(now), 'offer-expired', { expiresAt })
    refuseUnless(until - Date.parse(now) <= longestOffer, 'expiry-too-far', { expiresAt })
    return [{ type: 'possession-offered', billId: title.billId, from: party, to, expiresAt, returnsTitleTo: title.titleholder === to ? title.beforeEndorsement : null }]
  },
}

export const acceptOffer: Action<'acceptOffer', z.infer<typeof NoArgs>> = {
  name: 'acceptOffer',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const { party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    const offer = offerOn(title)
    refuseUnless(offer.to === party, 'not-recipient', { billId: title.billId })
    refuseUnless(openOffer(title, now) !== null, 'offer-expired', { expiresAt: offer.expiresAt })
    return [{ type: 'possession-transferred', billId: title.billId, from: offer.from, to: offer.to }]
  },
}

/** The recipient says no: both pointers go back if title had been endorsed to it (joint rejection). */
export const rejectOffer: Action<'rejectOffer', z.infer<typeof ReasonArgs>> = {
  name: 'rejectOffer',
  subject: 'bill',
  purpose: 'title',
  args: ReasonArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnless(offerOn(title).to === signed.party, 'not-recipient', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    return [{ type: 'offer-rejected', billId: title.billId, by: signed.party, reason: signed.args.reason }]
  },
}

/** The one who offered takes it back; also how an expired offer is cleared with the title it moved. */
export const withdrawOffer: Action<'withdrawOffer', z.infer<typeof NoArgs>> = {
  name: 'withdrawOffer',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnless(offerOn(title).from === signed.party, 'not-possessor', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    return [{ type: 'offer-withdrawn', billId: title.billId, by: signed.party }]
  },
}

/** The offer on an issued bill, open or expired. @throws Refusal `no-offer`, or why the bill is not issued */
function offerOn(title: Title): Offer {
  refuseUnlessIssued(title)
  refuseUnless(title.offer !== null, 'no-offer', { billId: title.billId })
  return title.offer
}
