import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { boxesOf, contentsOf, issuedInPlaceOf, readsFor, refuseUnlessNew, replaceable, replacementCosigners, Successor } from './succession.ts'

const Part = Successor.extend({ fixedPartHash: Hash, containers: z.array(ContainerNumber).max(200) })
const Args = z.strictObject({ successors: z.array(Part).min(2).max(20) })
type Part = z.infer<typeof Part>

/**
 * One bill becomes several, box by box: every box goes to exactly one successor with the commitment to its contents unchanged, so
 * packages and weight are conserved (T-13). All stay with the same holder, and all are pledged if the old one was (民法典 389, 390: the
 * security is not divided by dividing what secures it). UCP 600 art. 19(a)(iv): each successor is a sole original of its own.
 */
export const split: Action<'split', z.infer<typeof Args>> = {
  name: 'split',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { successors }) => readsFor(successors),
  cosigners: replacementCosigners,
  decide(signed, view) {
    const { successors } = signed.args
    const old = replaceable(titleOf(signed, view), signed, 'SPLIT')
    refuseUnlessNew(successors, view)
    refuseUnlessPartition(boxesOf(old), successors)
    return [
      { type: 'bill-voided', billId: old.billId, reason: 'SPLIT', successors: successors.map(({ billId }) => billId) },
      ...successors.map((part) => issuedInPlaceOf(old, part, { containers: part.containers, contents: contentsOf(old, part.containers), fixedPartHash: part.fixedPartHash })),
    ]
  },
}

/** Every box of the bill on exactly one part, and no part without a box. */
function refuseUnlessPartition(boxes: readonly ContainerNumber[], parts: readonly Part[]): void {
  const named = parts.flatMap(({ containers }) => containers)
  refuseUnless(parts.every(({ containers }) => containers.length > 0), 'no-containers')
  refuseUnless(new Set(named).size === named.length, 'duplicate-container')
  const stranger = named.find((container) => !boxes.includes(container))
  refuseUnless(stranger === undefined, 'container-not-on-bill', { container: stranger })
  const missing = boxes.find((container) => !named.includes(container))
  refuseUnless(missing === undefined, 'containers-left-out', { container: missing })
}
