import type { DraftContent, DraftId, DraftView } from '@yidan/api/contract'
import { noHash, type BillDocument, type BillNumber, type Title } from '@yidan/ledger'
import { ensure } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { KnownCompany } from '../parties/directory.ts'
import { gateInsOf, liveBillsOf } from './boxes.ts'
import { nameOf, newDraftId, ownCompany, type BillDesk } from './desk.ts'
import { contentFromDocument } from './draft-from-bill.ts'
import { wordFindings, type Finding } from './findings.ts'
import { checkDraft, type DraftContext } from './rules.ts'
import { chargesOf } from './rules/charges.ts'
import { plainNumber, typed } from './rules/typed.ts'
import { draftKey, type DraftRecord } from './store.ts'

export type DraftOrigin =
  | { readonly from: 'content'; readonly content: DraftContent; readonly carrierNamed?: string | null }
  | { readonly from: 'copy' | 'amendment'; readonly billNumber: BillNumber }

/** A new draft of the caller's company, which will be its carrier. */
export async function createDraft(desk: BillDesk, caller: Caller, origin: DraftOrigin): Promise<DraftRecord> {
  const company = ownCompany(caller)
  const now = desk.ports.clock()
  const base = origin.from === 'content' ? { content: origin.content, amendmentOf: null } : await fromBill(desk, caller, origin)
  const record: DraftRecord = {
    _id: newDraftId() as DraftId, revision: 1, stage: 'editing', ...base, carrier: company.partyId, carrierCompany: company.id, shipper: null, carrierNamed: origin.from === 'content' ? (origin.carrierNamed ?? null) : null,
    billNumber: null, billId: null, docHash: null, document: null, firstSentAt: null, returnedBecause: null, preparation: null, settled: false, tokens: tokensOf(base.content), createdBy: nameOf(caller), createdAt: now, updatedAt: now,
  }
  await desk.store.ready()
  await desk.store.drafts.insertOne(record, { writeConcern: { w: 'majority' } })
  return record
}

async function fromBill({ store }: BillDesk, caller: Caller, { from, billNumber }: { from: 'copy' | 'amendment'; billNumber: BillNumber }): Promise<Pick<DraftRecord, 'content' | 'amendmentOf'>> {
  const bill = await store.bills.findOne({ billNumber })
  const paper = bill && (await store.documents.findOne({ _id: bill.title.docHash }))
  if (!bill || !paper) throw new Problem('not-found')
  ensure(caller, 'read-bill-document', { type: 'bill', title: bill.title, formerHolders: bill.formerHolders })
  if (bill.title.carrier !== ownCompany(caller).partyId) throw new Problem('forbidden')
  const document = JSON.parse(paper.text) as BillDocument
  if (from === 'copy') return { content: contentFromDocument(document, 'copy'), amendmentOf: null }
  if (!bill.live) throw new Problem(bill.title.state.name === 'VOIDED' ? 'bill-void' : bill.title.state.name === 'ACCOMPLISHED' ? 'bill-accomplished' : 'not-issued')
  return { content: contentFromDocument(document, 'amendment'), amendmentOf: { billId: bill._id, billNumber } }
}

/** The draft, for a caller who has the ability towards it. @throws Problem `not-found`, `forbidden` */
export async function openDraft({ store }: BillDesk, caller: Caller, draftId: DraftId, ability: 'read-draft' | 'edit-draft' | 'approve-draft' | 'prepare-issue'): Promise<DraftRecord> {
  const draft = await store.drafts.findOne({ _id: draftId })
  if (draft === null) throw new Problem('not-found')
  ensure(caller, ability, { type: 'draft', carrier: draft.carrier, shipper: draft.shipper, sent: draft.stage === 'sent' })
  return draft
}

/** Puts the new state in if nobody else has changed the draft in between. @throws Problem `revision-conflict` */
export async function replaceDraft({ store, ports }: BillDesk, before: DraftRecord, change: Partial<DraftRecord>): Promise<DraftRecord> {
  const next: DraftRecord = { ...before, ...change, tokens: tokensOf(change.content ?? before.content), revision: before.revision + 1, updatedAt: ports.clock() }
  const { _id: _, ...fields } = next
  const { matchedCount } = await store.drafts.replaceOne({ _id: before._id, revision: before.revision, stage: before.stage }, fields, { writeConcern: { w: 'majority' } })
  if (matchedCount === 0) throw new Problem('revision-conflict', { revision: before.revision })
  return next
}

/** @throws Problem `draft-frozen`, `revision-conflict` */
export async function saveDraft(desk: BillDesk, before: DraftRecord, { revision, content }: { revision: number; content: DraftContent }): Promise<DraftRecord> {
  if (before.stage === 'sent') throw new Problem('draft-frozen')
  if (before.revision !== revision) throw new Problem('revision-conflict', { revision: before.revision })
  return replaceDraft(desk, before, { content })
}

function tokensOf({ bookingNumber, containers = [] }: DraftContent): string[] {
  const numbers = [typed(bookingNumber), ...containers.map(({ number }) => typed(number))].flatMap((number) => number?.toUpperCase() ?? [])
  return [...new Set(numbers)]
}

export async function discardDraft({ store, ports }: BillDesk, draft: DraftRecord): Promise<void> {
  if (draft.stage === 'sent') throw new Problem('draft-frozen')
  const { deletedCount } = await store.drafts.deleteOne({ _id: draft._id, revision: draft.revision, stage: draft.stage })
  if (deletedCount === 0) throw new Problem('revision-conflict', { revision: draft.revision })
  await ports.vault.erase([draftKey(draft._id)])
}

/** What the rules look up for a draft: companies behind its parties, keys, boxes on live bills, the bill it amends. */
export async function draftContext({ ports, directory, store }: BillDesk, draft: DraftRecord): Promise<DraftContext> {
  const { content } = draft
  const carrier = await directory.byParty(draft.carrier)
  if (carrier === null) throw new Problem('unknown-party', { party: draft.carrier })
  const boxes = (content.containers ?? []).flatMap(({ number }) => plainNumber(number) ?? [])
  const [shipper, consignee, liveBillByContainer, amends] = await Promise.all([
    findCompany(directory, content.shipper), findCompany(directory, content.consignee), liveBillsOf(store, boxes, draft.amendmentOf?.billId ?? null), amendedBill({ store }, draft),
  ])
  const party = shipper && (await ports.ledger.party(shipper.partyId))
  const shipperHasKey = Object.values(party?.keys ?? {}).some(({ revoked, purposes }) => revoked === null && purposes.includes('title'))
  return { carrier, shipper, consignee, shipperHasKey, liveBillByContainer, amends, carrierNamed: draft.carrierNamed }
}

async function amendedBill({ store }: Pick<BillDesk, 'store'>, { amendmentOf }: DraftRecord): Promise<DraftContext['amends']> {
  if (amendmentOf === null) return null
  const bill = await store.bills.findOne({ _id: amendmentOf.billId })
  const paper = bill && (await store.documents.findOne({ _id: bill.title.docHash }))
  return bill && paper ? { title: bill.title, document: JSON.parse(paper.text) as BillDocument } : null
}

function findCompany(directory: BillDesk['directory'], party: DraftContent['shipper']): Promise<KnownCompany | null> {
  if (party === undefined) return Promise.resolve(null)
  if (party.companyId !== undefined) return directory.company(party.companyId)
  const identity = { creditCode: typed(party.creditCode), lei: typed(party.lei), vat: typed(party.vat), name: typed(party.name), nameEn: typed(party.nameEn) }
  const given = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined))
  return Object.keys(given).length === 0 ? Promise.resolve(null) : directory.find(given)
}

export async function findingsOf(desk: BillDesk, draft: DraftRecord): Promise<{ findings: Finding[]; context: DraftContext }> {
  const context = await draftContext(desk, draft)
  return { findings: checkDraft(draft.content, context), context }
}

/** What a draft has become, by its own stage and what the ledger says of its bill. */
export function statusOf({ stage, docHash, amendmentOf }: Pick<DraftRecord, 'stage' | 'docHash' | 'amendmentOf'>, title: Pick<Title, 'state' | 'docHash' | 'visualisationHash'> | null): DraftView['status'] {
  if (stage !== 'sent') return stage
  if (title === null) return amendmentOf === null ? 'awaiting-approval' : 'approved'
  if (title.visualisationHash !== null) return 'issued'
  if (title.state.name === 'VOIDED') return 'returned'
  return title.docHash === docHash ? 'approved' : 'awaiting-approval'
}

export async function draftView(desk: BillDesk, draft: DraftRecord, language: Language): Promise<DraftView> {
  const { ports, store } = desk
  const [{ findings, context }, title] = await Promise.all([findingsOf(desk, draft), draft.billId === null ? null : ports.ledger.read(draft.billId)])
  const { document } = draft
  const status = statusOf(draft, title)
  const gateIns = document === null ? null : await gateInsOf(store, { document, since: draft.firstSentAt })
  const told = wordFindings(status === 'editing' || status === 'returned' ? findings : findings.filter(({ severity }) => severity === 'warning'), language)
  const { carrier, shipper } = context
  return {
    id: draft._id, revision: draft.revision, status, content: draft.content, ...told, charges: document?.charges ?? chargesOf(draft.content),
    billNumber: draft.billNumber, billId: draft.billId, docHash: draft.docHash, document, head: { seq: title?.seq ?? 0, hash: title?.headHash ?? (noHash) }, network: ports.ledger.network,
    carrier: { partyId: carrier.partyId, name: carrier.name, nameEn: carrier.nameEn }, shipper: shipper && { partyId: shipper.partyId, name: shipper.name, nameEn: shipper.nameEn },
    amendmentOf: draft.amendmentOf?.billNumber ?? null, returnedBecause: draft.returnedBecause ?? (status === 'returned' ? 'CANCELLED' : null),
    gatedIn: status === 'issued' ? (document?.containers.map(({ number }) => number) ?? []) : [...(gateIns?.keys() ?? [])],
    createdBy: draft.createdBy, createdAt: draft.createdAt.toISOString(), updatedAt: draft.updatedAt.toISOString(),
  }
}
