import { z } from 'zod'
import { secondPerson, titleOf, type Action, type LedgerView } from '../action.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { Hash, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import type { Title } from '../title.ts'

const Args = z.strictObject({
  docHash: Hash,
  visualisationHash: Hash,
  consignee: PartyId.nullable(),
  titleholder: z.union([PartyId, z.literal('BLANK')]),
  containers: z.array(ContainerNumber).max(200),
  /** Evidence that each box was received, the hash of its gate-in event, and the commitment to what is in it (`contentsText`). */
  received: z.array(z.strictObject({ container: ContainerNumber, eventHash: Hash, contentsHash: Hash })).max(200),
  /** The commitment to what a bill switched at a third place must repeat (`fixedPartText`). */
  fixedPartHash: Hash,
  /** The carrier's word that no sub-carrier's document of this journey is one of title. */
  subDocumentsNonNegotiable: z.boolean(),
})
type Args = z.infer<typeof Args>

/** The carrier issues the approved bill: two people, every box received, no other live bill for any box (T-2, T-10). */
export const issue: Action<'issue', Args> = {
  name: 'issue',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  reads: (_, { containers, docHash, consignee, titleholder }) => ({
    containers,
    documents: [docHash],
    parties: [consignee, titleholder].filter((party): party is PartyId => party !== null && party !== 'BLANK'),
  }),
  cosigners: (signed) => [secondPerson(signed)],
  decide({ args, party, ...signed }, view) {
    const title = titleOf({ ...signed, party, args }, view)
    refuseUnless(title.state.name === 'APPROVED', title.state.name === 'VOIDED' ? 'bill-void' : 'not-approved', { billId: title.billId })
    refuseUnless(title.carrier === party, 'not-carrier', { billId: title.billId })
    refuseUnless(args.docHash === title.docHash, 'wrong-document-hash', { approved: title.docHash })
    refuseUnless(view.billOfDocument(args.docHash) === null, 'document-already-issued', { docHash: args.docHash })
    // T-3: a negotiable master bill in other hands would be a second title to the same goods.
    refuseUnless(args.subDocumentsNonNegotiable, 'negotiable-sub-document', { billId: title.billId })
    refuseUnlessKindFits(title, args, view)
    refuseUnlessBoxesFree(args, view)
    return [{
      type: 'bill-issued', billId: title.billId, docHash: args.docHash, visualisationHash: args.visualisationHash, kind: title.kind, negotiable: title.negotiable,
      carrier: title.carrier, shipper: title.shipper, consignee: args.consignee, titleholder: args.titleholder, possessor: title.shipper, containers: args.containers,
      contents: Object.fromEntries(args.received.map(({ container, contentsHash }) => [container, contentsHash])), fixedPartHash: args.fixedPartHash, pledge: null, endorsable: title.kind !== 'straight', everEndorsed: false, version: 1, predecessors: [],
    }]
  },
}

/** 海商法 on named, order and bearer bills: each kind has its first titleholder. */
function refuseUnlessKindFits({ kind, shipper }: Title, { consignee, titleholder }: Args, view: LedgerView): void {
  const fits = {
    straight: titleholder === consignee,
    'to-order': consignee === null && titleholder === shipper,
    'to-named-order': consignee === null && titleholder !== 'BLANK',
    blank: consignee === null && titleholder === 'BLANK',
  }[kind]
  refuseUnless(fits, 'kind-mismatch', { kind })
  refuseUnless(titleholder === 'BLANK' || view.party(titleholder) !== null, 'recipient-unknown', { party: titleholder })
}

/** T-2: a box is on one live bill at a time, and was received before the bill says so. */
function refuseUnlessBoxesFree({ containers, received }: Args, view: LedgerView): void {
  refuseUnless(containers.length > 0, 'no-containers')
  refuseUnless(new Set(containers).size === containers.length, 'duplicate-container')
  const stranger = received.find(({ container }) => !containers.includes(container))
  refuseUnless(stranger === undefined, 'container-not-on-bill', { container: stranger?.container })
  for (const container of containers) {
    refuseUnless(received.filter((evidence) => evidence.container === container).length === 1, 'container-not-received', { container })
    const other = view.liveBillOf(container)
    refuseUnless(other === null, 'container-on-live-bill', { container, billId: other })
  }
}
