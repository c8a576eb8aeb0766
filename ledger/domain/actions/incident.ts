import { z } from 'zod'
import { secondPerson, titleOf, type Action, type Cosigner } from '../action.ts'
import { cargoConditions, type TitleEvent } from '../events.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { Hash, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce, type CargoState, type Title } from '../title.ts'
import { isLastOutstanding, refuseIfHeld, refuseIfStopped, refuseUnlessStanding } from './standing.ts'
import { isDeliverable } from './surrender.ts'

/** What goes wrong with boxes. None of it moves title, and all of it stays on the bill. */

const WrongArgs = z.strictObject({
  container: ContainerNumber,
  /** The bank that stands behind the letter of indemnity (保函). */
  indemnifier: PartyId,
  indemnityHash: Hash,
})
const SettleArgs = z.strictObject({ container: ContainerNumber })
const LossArgs = z.strictObject({
  container: ContainerNumber,
  condition: z.enum(cargoConditions),
  /** Salted commitment to the survey or the carrier's report. */
  reportHash: Hash,
})

/**
 * The carrier let a box go without the bill: a breach it answers for (民法典 837; 海商法 71; 最高人民法院 on 无正本提单交付货物), never a delivery. Two people of the
 * carrier and the bank behind the letter of indemnity sign. The holder's title goes on as if nothing had happened (T-5).
 */
export const recordWrongfulDelivery: Action<'recordWrongfulDelivery', z.infer<typeof WrongArgs>> = {
  name: 'recordWrongfulDelivery',
  subject: 'bill',
  purpose: 'title',
  args: WrongArgs,
  reads: (_, { indemnifier }) => ({ parties: [indemnifier] }),
  cosigners: (signed) => [secondPerson(signed), { party: signed.args.indemnifier, why: 'indemnifier' }],
  decide(signed, view) {
    const { args: { container, indemnifier, indemnityHash }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    refuseUnless(title.carrier === party, 'not-carrier', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseIfStopped(title)
    refuseUnlessHere(title, container)
    refuseUnless(view.party(indemnifier)?.roles.includes('bank') ?? false, 'not-a-bank', { party: indemnifier })
    return [{ type: 'delivered-without-bill', billId: title.billId, container, by: party, indemnifier, indemnityHash, pledgee: pledgeInForce(title)?.pledgee ?? null }]
  },
}

/** Whoever gave the bill back for the goods says that it has its due for a box that was lost or went without the bill. Nobody else can say so. */
export const settleIncident: Action<'settleIncident', z.infer<typeof SettleArgs>> = {
  name: 'settleIncident',
  subject: 'bill',
  purpose: 'title',
  args: SettleArgs,
  decide(signed, view) {
    const { args: { container }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    refuseUnless(title.state.name === 'SURRENDERED_FOR_DELIVERY', 'not-accepted-for-delivery', { billId: title.billId })
    refuseUnless(title.surrender?.by === party, 'not-holder', { billId: title.billId })
    refuseIfHeld(title)
    refuseUnless(['LOST', 'DELIVERED_WITHOUT_BILL'].includes(cargoOf(title, container).name), 'nothing-to-settle', { container })
    const settled: TitleEvent = { type: 'incident-settled', billId: title.billId, container, by: party }
    return isLastOutstanding(title, container) ? [settled, { type: 'bill-accomplished', billId: title.billId }] : [settled]
  },
}

/**
 * A box was lost or damaged, or found again. By the carrier; by an insurer with the carrier's signature. Names the pledgee, whose security
 * goes on in the insurance money and the damages (民法典 390, T-18). It is a fact and no act of title, so no hold stops it.
 */
export const reportLoss: Action<'reportLoss', z.infer<typeof LossArgs>> = {
  name: 'reportLoss',
  subject: 'bill',
  purpose: 'title',
  args: LossArgs,
  cosigners(signed, view): readonly Cosigner[] {
    const { carrier } = titleOf(signed, view)
    return signed.party === carrier ? [] : [{ party: carrier, why: 'carrier' }]
  },
  decide(signed, view) {
    const { args: { container, condition, reportHash }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    refuseUnless(title.carrier === party || (view.party(party)?.roles.includes('insurer') ?? false), 'not-carrier', { billId: title.billId })
    if (condition === 'FOUND') refuseUnless(cargoOf(title, container).name === 'LOST', 'not-lost', { container })
    else refuseUnlessHere(title, container)
    return [{ type: 'cargo-reported', billId: title.billId, container, condition, by: party, reportHash, pledgee: pledgeInForce(title)?.pledgee ?? null }]
  },
}

function cargoOf(title: Title, container: ContainerNumber): CargoState {
  const cargo = title.cargo[container]
  refuseUnless(cargo !== undefined, 'container-not-on-bill', { container })
  return cargo
}

/** The box is still with the carrier, sound or damaged. */
function refuseUnlessHere(title: Title, container: ContainerNumber): void {
  const { name } = cargoOf(title, container)
  refuseUnless(name !== 'DELIVERED' && name !== 'SETTLED', 'container-already-delivered', { container })
  refuseUnless(isDeliverable(title, container), 'container-gone', { container })
}
