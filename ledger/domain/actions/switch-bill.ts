import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { issuedInPlaceOf, readsFor, refuseUnlessNew, replaceable, replacementCosigners, Successor } from './succession.ts'

const Args = z.strictObject({ successor: Successor.extend({ fixedPartHash: Hash }) })

/**
 * A second set at a third place, showing other parties and ports: goods, dates, boxes and quantities stay, as the commitment to them shows
 * (`fixedPartText`, made at issue with the same salt). The first set is void in the same act: never two live sets (T-2, T-12). DCSA SWI.
 */
export const switchBill: Action<'switchBill', z.infer<typeof Args>> = {
  name: 'switchBill',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { successor }) => readsFor([successor]),
  cosigners: replacementCosigners,
  decide(signed, view) {
    const { successor } = signed.args
    const old = replaceable(titleOf(signed, view), signed, 'SWI')
    refuseUnlessNew([successor], view)
    refuseUnless(successor.fixedPartHash === old.fixedPartHash, 'fixed-part-changed', { billId: old.billId })
    return [{ type: 'bill-voided', billId: old.billId, reason: 'SWITCHED', successors: [successor.billId] }, issuedInPlaceOf(old, successor)]
  },
}
