import { z } from 'zod'
import { titleOf, type Action, type LedgerView } from '../action.ts'
import { canonicalJson } from '../canonical-json.ts'
import { BillId, Hash } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce, type Title } from '../title.ts'
import { boxesOf, incidentsOf, issuedInPlaceOf, readsFor, refuseUnlessNew, replaceable, replacementCosigners, Successor, type Replaceable } from './succession.ts'

const Other = z.strictObject({
  billId: BillId,
  /** Sequence and hash of its last entry as the signer saw it. */
  expects: z.int().min(1),
  prevHash: Hash,
})
const Args = z.strictObject({ others: z.array(Other).min(1).max(19), successor: Successor.extend({ fixedPartHash: Hash }) })
type Other = z.infer<typeof Other>

/**
 * Several bills become one over all their boxes, contents unchanged (T-13). Each was surrendered by its holder for this, and they agree in
 * everything that title hangs on: parties, kind, holder, and one and the same pledge or none (T-17).
 */
export const combine: Action<'combine', z.infer<typeof Args>> = {
  name: 'combine',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads(_, { others, successor }) {
    const { bills, documents } = readsFor([successor])
    return { bills: [...bills, ...others.map(({ billId }) => billId)], documents }
  },
  cosigners: replacementCosigners,
  decide(signed, view) {
    const { others, successor } = signed.args
    const first = replaceable(titleOf(signed, view), signed, 'COMBINE')
    refuseUnless(new Set([first.billId, ...others.map(({ billId }) => billId)]).size === others.length + 1, 'duplicate-bill')
    const rest = others.map((other) => replaceable(asSeen(other, view), signed, 'COMBINE'))
    for (const bill of rest) {
      const [differs] = traits.filter(([, trait]) => canonicalJson(trait(bill)) !== canonicalJson(trait(first)))
      refuseUnless(differs === undefined, 'bills-differ', { billId: bill.billId, in: differs?.[0] })
    }
    refuseUnlessNew([successor], view)
    const all = [first, ...rest]
    return [
      ...all.map(({ billId }) => ({ type: 'bill-voided', billId, reason: 'COMBINED', successors: [successor.billId] } as const)),
      issuedInPlaceOf(first, successor, {
        containers: all.flatMap(boxesOf), contents: Object.fromEntries(all.flatMap(({ contents }) => Object.entries(contents))), fixedPartHash: successor.fixedPartHash,
        ...incidentsOf({ incidents: all.flatMap(({ incidents }) => incidents) }, all.flatMap(boxesOf)), everEndorsed: all.some(({ everEndorsed }) => everEndorsed), version: Math.max(...all.map(({ version }) => version)) + 1, predecessors: all.map(({ billId }) => billId),
      }),
    ]
  },
}

/** The other bill continues exactly the entry that the signer saw, like the one the command is about. */
function asSeen({ billId, expects, prevHash }: Other, view: LedgerView): Title {
  const title = view.bill(billId)
  refuseUnless(title !== null, 'unknown-bill', { subject: billId })
  refuseUnless(title.seq === expects, 'stale-sequence', { billId, expects, have: title.seq })
  refuseUnless(title.headHash === prevHash, 'stale-head', { billId, have: title.headHash })
  return title
}

/** What bills must have in common to become one. */
const traits: readonly (readonly [name: string, trait: (bill: Replaceable) => unknown])[] = [
  ['carrier', ({ carrier }) => carrier], ['shipper', ({ shipper }) => shipper], ['consignee', ({ consignee }) => consignee], ['kind', ({ kind }) => kind], ['negotiable', ({ negotiable }) => negotiable],
  ['titleholder', ({ titleholder, endorsable }) => [titleholder, endorsable]], ['holder', ({ surrender }) => surrender.returnsTo], ['pledge', pledgeInForce],
]
