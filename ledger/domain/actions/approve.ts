import { z } from 'zod'
import type { Action } from '../action.ts'
import { Hash, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { billKinds } from '../title.ts'
import type { BillId } from '../ids.ts'

const Args = z.strictObject({ docHash: Hash, kind: z.enum(billKinds), negotiable: z.boolean(), carrier: PartyId })

/** The shipper agrees to the document and to its negotiability (NCD Convention: the consignor's consent). Starts the bill's stream. */
export const approve: Action<'approve', z.infer<typeof Args>> = {
  name: 'approve',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { carrier, docHash }) => ({ parties: [carrier], documents: [docHash] }),
  decide({ args, party, subject }, view) {
    const billId = subject as BillId
    const title = view.bill(billId)
    refuseUnless(title === null || title.state.name === 'APPROVED', 'bill-exists', { billId })
    refuseUnless(title === null || title.shipper === party, 'not-shipper', { billId })
    refuseUnless(title === null || title.carrier === args.carrier, 'not-carrier', { billId })
    refuseUnless(view.party(party)?.roles.some((role) => role === 'shipper' || role === 'forwarder') ?? false, 'party-lacks-role', { role: 'shipper' })
    refuseUnless(view.party(args.carrier)?.roles.includes('carrier') ?? false, 'party-lacks-role', { role: 'carrier' })
    refuseUnless(args.negotiable || args.kind === 'straight', 'kind-mismatch', { kind: args.kind })
    refuseUnless(view.billOfDocument(args.docHash) === null, 'document-already-issued', { docHash: args.docHash })
    return [{ type: 'bill-approved', billId, docHash: args.docHash, carrier: args.carrier, shipper: party, kind: args.kind, negotiable: args.negotiable }]
  },
}
