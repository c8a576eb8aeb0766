import { TitlePaper, type TitlePaperView } from '@yidan/api/contract'
import { pledgeInForce, toMinor, type Hash, type SignedCommand, type Title } from '@yidan/ledger'
import type { Caller } from '../access/caller.ts'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { commit, contentOf, openCommitment, openedText } from './commitments.ts'
import { ownCompany, partyNames, type BillDesk } from './desk.ts'
import type { OpenedBill } from './view.ts'

/** Papers behind an act of title: notice, basis of a sale, order of a court … Kept sealed with the bill; the ledger knows a salted hash. */

/** Papers about a debt are for pledgor and pledgee alone, as they are when it is written. The others are for the parties to the bill. */
const betweenPledgeParties: ReadonlySet<TitlePaper['kind']> = new Set<TitlePaper['kind']>(['notice', 'basis', 'proceeds'])

/** @throws Problem `not-pledgee` for a paper about a pledge by somebody else, `invalid-request` for proceeds that do not add up */
export async function keepTitlePaper(desk: BillDesk, { caller, title, paper, language }: { caller: Caller; title: Title; paper: TitlePaper; language: Language }): Promise<Hash> {
  const { partyId } = ownCompany(caller)
  const pledge = pledgeInForce(title)
  const isAboutPledge = betweenPledgeParties.has(paper.kind)
  if (isAboutPledge && pledge === null) throw new Problem('not-pledged')
  if (isAboutPledge && pledge?.pledgee !== partyId) throw new Problem('not-pledgee')
  if (paper.kind === 'proceeds' && !addsUp(paper)) throw new Problem('invalid-request', {}, [faultOf({ pointer: '/surplus', code: 'not-right', language })])
  const readers = isAboutPledge && pledge !== null ? [pledge.pledgor, pledge.pledgee] : null
  return commit(desk, { billId: title.billId, kind: `paper-${paper.kind}`, by: partyId, readers, content: paper })
}

/** What is left of the price after costs and debt goes to the pledgor; where it is not enough, nothing does. */
function addsUp({ price, costs, debt, surplus }: TitlePaper & { readonly kind: 'proceeds' }): boolean {
  const left = toMinor(price) - toMinor(costs) - toMinor(debt)
  return toMinor(surplus) === (left > 0n ? left : 0n)
}

/** What stands in a paper of this kind on this bill; null when there is none behind the hash. */
export async function titlePaper<K extends TitlePaper['kind']>(desk: BillDesk, { billId, hash, kind }: { billId: Title['billId']; hash: Hash; kind: K }): Promise<(TitlePaper & { readonly kind: K }) | null> {
  const record = await desk.store.commitments.findOne({ _id: hash, billId, kind: `paper-${kind}` })
  const parsed = record && TitlePaper.safeParse(await openCommitment(desk, hash))
  return parsed?.success === true && parsed.data.kind === kind ? (parsed.data as TitlePaper & { readonly kind: K }) : null
}

/** Own papers, and those of others that are for the caller too and that an act on the ledger names, or one that waits for the caller's signature. Newest first. */
export async function titlePapersFor(desk: BillDesk, caller: Caller, { record: { _id } }: OpenedBill): Promise<TitlePaperView[]> {
  const { partyId } = ownCompany(caller)
  const { commitments, requests } = desk.store
  const [kept, entries, asked] = await Promise.all([
    commitments.find({ billId: _id, kind: { $regex: '^paper-' } }).sort({ at: -1 }).limit(200).toArray(), desk.ports.ledger.history(_id), requests.find({ subject: _id, state: 'open', parties: partyId }).toArray(),
  ])
  const names = (hash: Hash) => ({ signed }: { readonly signed: SignedCommand }): boolean => JSON.stringify(signed.command.args).includes(hash)
  const usedIn = (hash: Hash): number | null => entries.find(names(hash))?.seq ?? null
  const readable = kept.filter(({ _id: hash, by, readers }) => by === partyId || ((usedIn(hash) !== null || asked.some(names(hash))) && (readers == null || readers.includes(partyId))))
  const named = await partyNames(desk.directory, readable.map(({ by }) => by))
  const opened = await Promise.all(readable.map(async ({ _id: hash, by, at }): Promise<TitlePaperView[]> => {
    const text = await openedText(desk, hash)
    const parsed = TitlePaper.safeParse(text && contentOf(text))
    return text !== null && parsed.success ? [{ hash, by: named(by), at: at.toISOString(), paper: parsed.data, usedIn: usedIn(hash), text }] : []
  }))
  return opened.flat()
}

/** @throws Problem `commitment-unknown` */
export async function refuseUnlessPaper<K extends TitlePaper['kind']>(desk: BillDesk, given: { billId: Title['billId']; hash: Hash; kind: K }): Promise<TitlePaper & { readonly kind: K }> {
  const paper = await titlePaper(desk, given)
  if (paper === null) throw new Problem('commitment-unknown')
  return paper
}
