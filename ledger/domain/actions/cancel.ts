import { z } from 'zod'
import { secondPerson, titleOf, type Action } from '../action.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce } from '../title.ts'
import { refuseIfHeld, refuseIfLocked, refuseUnlessIssued, refuseUnlessPossessor } from './standing.ts'

const Args = z.strictObject({ reason: z.string().trim().min(1).max(300) })

/** Undone before departure: an approved bill by either side, an issued one by the carrier (two people) with the shipper who still has all control. */
export const cancel: Action<'cancel', z.infer<typeof Args>> = {
  name: 'cancel',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  cosigners(signed, view) {
    const title = titleOf(signed, view)
    return title.state.name === 'APPROVED' ? [] : [secondPerson(signed), { party: title.shipper, why: 'shipper' }]
  },
  decide(signed, view) {
    const { party, now } = signed
    const title = titleOf(signed, view)
    if (title.state.name === 'APPROVED') {
      refuseUnless(party === title.carrier || party === title.shipper, 'not-carrier', { billId: title.billId })
    } else {
      refuseUnlessIssued(title)
      refuseUnless(party === title.carrier, 'not-carrier', { billId: title.billId })
      refuseIfHeld(title)
      refuseUnless(pledgeInForce(title) === null, 'bill-pledged', { billId: title.billId })
      refuseIfLocked(title, now)
      refuseUnless(!title.everEndorsed, 'endorsed-before', { billId: title.billId })
      refuseUnlessPossessor(title, title.shipper)
    }
    return [{ type: 'bill-voided', billId: title.billId, reason: 'CANCELLED', successors: [] }]
  },
}
