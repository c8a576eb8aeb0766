import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { issuedInPlaceOf, readsFor, refuseUnlessNew, replaceable, replacementCosigners, Successor } from './succession.ts'

const Args = z.strictObject({
  successor: Successor,
  /** When the amendment corrects goods, quantities or dates: the new commitments. Left out, what the old bill says of them still stands. */
  corrected: z.strictObject({ fixedPartHash: Hash, contents: z.array(z.strictObject({ container: ContainerNumber, contentsHash: Hash })).max(200) }).optional(),
})

/** After a surrender for amendment: the old bill is void and its successor issued in one act, to the one who gave the old one back (T-7). A pledge follows, with the pledgee's signature (T-4). */
export const reissue: Action<'reissue', z.infer<typeof Args>> = {
  name: 'reissue',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { successor }) => readsFor([successor]),
  cosigners: replacementCosigners,
  decide(signed, view) {
    const { successor, corrected } = signed.args
    // A bill given back for a split, a combination, a switch or paper that does not come about is replaced by its equal: the way back to the holder.
    const old = replaceable(titleOf(signed, view), signed, corrected === undefined ? 'any' : null)
    refuseUnlessNew([successor], view)
    const stranger = corrected?.contents.find(({ container }) => !Object.hasOwn(old.cargo, container))
    refuseUnless(stranger === undefined, 'container-not-on-bill', { container: stranger?.container })
    const changes = corrected && { fixedPartHash: corrected.fixedPartHash, contents: { ...old.contents, ...Object.fromEntries(corrected.contents.map(({ container, contentsHash }) => [container, contentsHash])) } }
    return [{ type: 'bill-voided', billId: old.billId, reason: 'AMENDED', successors: [successor.billId] }, issuedInPlaceOf(old, successor, changes)]
  },
}
