import { z } from 'zod'
import { secondPerson, titleOf, type Action } from '../action.ts'
import type { ContainerNumber } from '../identifiers/container-number.ts'
import { BillId, Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { refuseIfHeld } from './standing.ts'

const Args = z.strictObject({ successor: z.strictObject({ billId: BillId, docHash: Hash, visualisationHash: Hash }) })

/** After a surrender for amendment: the old bill is void and its successor issued in one act, to the one who gave the old one back (T-7). */
export const reissue: Action<'reissue', z.infer<typeof Args>> = {
  name: 'reissue',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { successor }) => ({ bills: [successor.billId], documents: [successor.docHash] }),
  cosigners: (signed) => [secondPerson(signed)],
  decide(signed, view) {
    const { successor } = signed.args
    const title = titleOf(signed, view)
    refuseUnless(title.state.name !== 'VOIDED', 'bill-void', { billId: title.billId })
    refuseUnless(title.carrier === signed.party, 'not-carrier', { billId: title.billId })
    const { surrender, titleholder } = title
    refuseUnless(title.state.name === 'SURRENDERED_FOR_AMENDMENT' && surrender !== null && titleholder !== null, 'not-accepted-for-amendment', { billId: title.billId })
    refuseIfHeld(title)
    refuseUnless(view.bill(successor.billId) === null, 'successor-exists', { billId: successor.billId })
    refuseUnless(view.billOfDocument(successor.docHash) === null, 'document-already-issued', { docHash: successor.docHash })
    const { billId, kind, negotiable, carrier, shipper, consignee, endorsable, everEndorsed } = title
    return [
      { type: 'bill-voided', billId, reason: 'AMENDED', successors: [successor.billId] },
      {
        type: 'bill-issued', ...successor, kind, negotiable, carrier, shipper, consignee, titleholder, possessor: surrender.returnsTo,
        containers: Object.keys(title.cargo) as ContainerNumber[], endorsable, everEndorsed, version: title.version + 1, predecessors: [billId],
      },
    ]
  },
}
