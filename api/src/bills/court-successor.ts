import type { CourtSuccessorRequest, ReplacementPreparation, TitlePaper } from '@yidan/api/contract'
import { isOnPaper, type BillDocument, type PartyOnBill, type Title } from '@yidan/ledger'
import { Problem } from '../http/problem.ts'
import type { BillDesk } from './desk.ts'
import { companyOnBill } from './document.ts'
import { freeze, oldBill, preparedOnce, type Old } from './replacement.ts'
import { partsOf } from './replacement-documents.ts'
import { refuseUnlessPaper } from './title-papers.ts'
import type { OpenedBill } from './view.ts'

type Order = TitlePaper & { readonly kind: 'order' }

/**
 * Makes the document and PDF of the bill that a judgment (除权判决, 民事诉讼法) puts in a void one's place, over what has not been delivered
 * yet, and the arguments that two people of the court sign. Sealed by the carrier, who owes the goods as before.
 * @throws Problem `no-judicial-hold`, `bill-void`, `bill-accomplished`, `commitment-unknown` for an order that is not kept, `recipient-unknown`
 */
export async function prepareCourtSuccessor(desk: BillDesk, opened: OpenedBill, { titleholder, orderHash }: CourtSuccessorRequest): Promise<ReplacementPreparation> {
  const old = await oldBill(desk, opened.record.billNumber)
  refuseUnlessHeldForCourt(old.title)
  const order = await refuseUnlessPaper(desk, { billId: old.title.billId, hash: orderHash, kind: 'order' })
  const [heir, party] = await Promise.all([desk.directory.byParty(titleholder), desk.ports.ledger.party(titleholder)])
  if (heir === null || party === null) throw new Problem('recipient-unknown', { party: titleholder })
  const document = adjudged(old, { order, heir: companyOnBill(heir) })
  return preparedOnce(desk, {
    action: 'voidByCourt', request: { titleholder, orderHash }, olds: [old],
    async draft(issuedAt) {
      const made = await freeze(desk, { document, olds: [old], action: 'voidByCourt', issuedAt })
      const { billId, docHash, visualisationHash } = made
      return { args: { orderHash, successor: { billId, docHash, visualisationHash, titleholder } }, documents: [made] }
    },
  })
}

/** The ledger says the same; here it comes before a number is given out and a page printed. */
function refuseUnlessHeldForCourt(title: Title): void {
  const { billId, state, holds } = title
  if (state.name === 'VOIDED' && !isOnPaper(title)) throw new Problem('bill-void', { billId })
  if (state.name === 'ACCOMPLISHED') throw new Problem('bill-accomplished', { billId })
  if (!holds.some(({ kind }) => kind === 'JUDICIAL')) throw new Problem('no-judicial-hold', { billId })
}

/** The old document to the order of whom the judgment names (a straight one: to it), without the boxes that were delivered or settled. */
function adjudged({ title, billNumber, document }: Old, { order, heir }: { order: Order; heir: PartyOnBill }): BillDocument {
  const isGone = (container: BillDocument['containers'][number]): boolean => ['DELIVERED', 'SETTLED'].includes(title.cargo[container.number]?.name ?? '')
  const [left, gone] = [document.containers.filter((container) => !isGone(container)), document.containers.filter(isGone)].map((boxes) => boxes.map(({ number }) => number))
  const [rest = document] = gone === undefined || left === undefined || gone.length === 0 ? [document] : partsOf(document, [left, gone])
  const isStraight = title.kind === 'straight'
  return { ...rest, kind: isStraight ? 'straight' : 'to-named-order', consignee: isStraight ? heir : { toOrderOf: heir }, clauses: [...rest.clauses, ...byOrderOf(order, billNumber)].slice(-40) }
}

function byOrderOf({ court, reference, decidedOn }: Order, billNumber: string): string[] {
  return [`本提单依${court} ${decidedOn} ${reference} 裁判签发，替代已作废的提单 ${billNumber}。`, `Issued by order of ${court}, ${reference}, ${decidedOn}, in place of bill ${billNumber}, which is void.`]
}
