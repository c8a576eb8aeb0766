import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { Hash, type PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { isOnPaper, pledgeInForce, type Title } from '../title.ts'
import { refuseIfHeld } from './standing.ts'

const StopArgs = z.strictObject({
  /** Salted commitment to the instruction and to the security for what it costs the carrier. */
  instructionHash: Hash,
})
const NoArgs = z.strictObject({})

/**
 * Whoever disposes of the goods tells the carrier to keep them until told otherwise (民法典 829; 海商法 and Rotterdam Rules art. 50 on the right
 * of control). The bill itself moves on; another destination is a surrender for amendment with reason COD.
 */
export const stopDelivery: Action<'stopDelivery', z.infer<typeof StopArgs>> = {
  name: 'stopDelivery',
  subject: 'bill',
  purpose: 'title',
  args: StopArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnlessDisposing(title, signed.party)
    refuseUnless(title.stop === null, 'delivery-stopped', { billId: title.billId })
    return [{ type: 'delivery-stopped', billId: title.billId, by: signed.party, instructionHash: signed.args.instructionHash }]
  },
}

/** By whoever disposes of the goods now, which need not be who stopped them: the right goes with the bill. */
export const resumeDelivery: Action<'resumeDelivery', z.infer<typeof NoArgs>> = {
  name: 'resumeDelivery',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnlessDisposing(title, signed.party)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(title.stop !== null, 'delivery-not-stopped', { billId: title.billId })
    return [{ type: 'delivery-resumed', billId: title.billId, by: signed.party }]
  },
}

/**
 * Before delivery is over: the holder; of a pledged bill the pledgee; of one given back for the goods whoever gave it back; of a waybill its
 * shipper, who keeps the right until the consignee has asked for the goods.
 */
function refuseUnlessDisposing(title: Title, party: PartyId): void {
  const { billId, state, surrender } = title
  refuseUnless(!isOnPaper(title), 'bill-on-paper', { billId })
  refuseUnless(state.name !== 'VOIDED', 'bill-void', { billId })
  refuseUnless(state.name !== 'ACCOMPLISHED', 'bill-accomplished', { billId })
  refuseUnless(state.name !== 'APPROVED', 'not-issued', { billId })
  refuseUnless(surrender?.purpose !== 'amendment', 'bill-surrendered', { billId })
  const pledge = pledgeInForce(title)
  if (surrender !== null) refuseUnless(surrender.by === party || pledge?.pledgee === party, 'not-holder', { billId })
  else if (pledge !== null) refuseUnless(pledge.pledgee === party, 'not-pledgee', { billId })
  else if (!title.negotiable) refuseUnless(title.shipper === party, 'not-shipper', { billId })
  else refuseUnless(title.possessor === party && (title.titleholder === party || title.titleholder === 'BLANK'), 'not-holder', { billId })
}
