import { z } from 'zod'
import { secondPerson, titleOf, type Action } from '../action.ts'
import type { BillIssued } from '../events.ts'
import { Hash, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import type { Title } from '../title.ts'
import { refuseUnlessStanding } from './standing.ts'
import { boxesOf, contentsOf, incidentsOf, readsFor, refuseUnlessNew, Successor } from './succession.ts'

const Args = z.strictObject({
  /** Salted commitment to the judgment (除权判决 after 公示催告, 民事诉讼法; or another that ends the bill). */
  orderHash: Hash,
  /** The bill that takes its place, and the party the judgment gives it to. */
  successor: Successor.extend({ titleholder: PartyId }).nullable(),
})

/** A bill that is held for a court is void by its order, entered by two officers. What the judgment leaves of a pledge is proposed anew on the successor. */
export const voidByCourt: Action<'voidByCourt', z.infer<typeof Args>> = {
  name: 'voidByCourt',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { successor }) => (successor ? { ...readsFor([successor]), parties: [successor.titleholder] } : {}),
  cosigners: (signed) => [secondPerson(signed)],
  decide(signed, view) {
    const { args: { orderHash, successor }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    refuseUnless(party === view.registrar || (view.party(party)?.roles.includes('court') ?? false), 'not-a-court', { party })
    refuseUnless(title.holds.some(({ kind }) => kind === 'JUDICIAL'), 'no-judicial-hold', { billId: title.billId })
    const voided = { type: 'bill-voided', billId: title.billId, reason: 'COURT', successors: successor ? [successor.billId] : [], orderHash } as const
    if (successor === null) return [voided]
    refuseUnlessNew([successor], view)
    refuseUnless(view.party(successor.titleholder) !== null, 'recipient-unknown', { party: successor.titleholder })
    return [voided, adjudged(title, successor)]
  },
}

/** A bill over what has not been delivered yet, to the party that the judgment names and nobody else. */
function adjudged(title: Title, { billId, docHash, visualisationHash, titleholder }: Successor & { readonly titleholder: PartyId }): BillIssued {
  const { negotiable, carrier, shipper, fixedPartHash } = title
  const straight = title.kind === 'straight'
  const containers = boxesOf(title).filter((container) => title.cargo[container]?.name !== 'DELIVERED' && title.cargo[container]?.name !== 'SETTLED')
  refuseUnless(fixedPartHash !== null, 'not-issued', { billId: title.billId })
  return {
    type: 'bill-issued', billId, docHash, visualisationHash, kind: straight ? 'straight' : 'to-named-order', negotiable, carrier, shipper, consignee: straight ? titleholder : null, titleholder, possessor: titleholder, containers,
    contents: contentsOf(title, containers), fixedPartHash, pledge: null, endorsable: !straight, everEndorsed: true, version: title.version + 1, predecessors: [title.billId], ...incidentsOf(title, containers),
  }
}
