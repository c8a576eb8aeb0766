import type { InboxItem } from '@yidan/api/contract'
import type { BillId, PartyId, Title } from '@yidan/ledger'
import type { z } from 'zod'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import { gateInsOf } from './boxes.ts'
import { ownCompany, partyNames, type BillDesk } from './desk.ts'
import { findingsOf, statusOf } from './drafts.ts'
import { requestsWaitingFor } from './signing-requests.ts'
import type { BillRecord, DraftRecord } from './store.ts'
import { waitingIn, type Waiting } from './waiting.ts'

type Item = z.infer<typeof InboxItem>
const most = 100

/** What needs this person now, newest first: signatures, approvals, boxes that have not come in, offers, pledges, surrenders, keys. */
export async function inboxOf(desk: BillDesk, caller: Caller): Promise<Item[]> {
  await desk.store.ready()
  const found = await Promise.all([keyItems(desk, caller), signatureItems(desk, caller), carrierDrafts(desk, caller), draftsToApprove(desk, caller), billItems(desk, caller)])
  return found.flat().sort((one, other) => (one.since < other.since ? 1 : -1)).slice(0, most)
}

function item(given: Partial<Omit<Item, 'since'>> & Pick<Item, 'kind' | 'title'> & { readonly since: Date | string }): Item {
  const { since, ...rest } = given
  return { billNumber: null, draftId: null, commandId: null, count: null, from: null, until: null, ...rest, since: typeof since === 'string' ? since : since.toISOString() }
}

/** Whoever may act on title signs with a key of their own, and so do the registrar's people. */
async function keyItems({ ports }: BillDesk, caller: Caller): Promise<Item[]> {
  if (caller.kind !== 'person' || !(may(caller, 'act-on-title') || (caller.company.partyId === ports.ledger.registrar && may(caller, 'approve-key')))) return []
  const party = await ports.ledger.party(caller.company.partyId)
  const own = Object.values(party?.keys ?? {}).some(({ person, revoked }) => person === caller.person.tag && revoked === null)
  return own || party === null ? [] : [item({ kind: 'key-needed', title: caller.company.name, since: party.updatedAt })]
}

async function signatureItems(desk: BillDesk, caller: Caller): Promise<Item[]> {
  if (!may(caller, 'sign-along')) return []
  const { partyId } = ownCompany(caller)
  const waiting = await requestsWaitingFor(desk, caller)
  const bills = await desk.store.bills.find({ _id: { $in: waiting.map(({ subject }) => subject as BillId) } }, { projection: { billNumber: 1 } }).toArray()
  const numberById = new Map<string, BillRecord['billNumber']>(bills.map(({ _id, billNumber }) => [_id, billNumber]))
  const named = await partyNames(desk.directory, waiting.map(({ signed }) => signed.command.party))
  return waiting.flatMap(({ _id, signed, subject, startedAt, expiresAt, wanted }) => {
    const byAdministrator = wanted.some(({ why }) => why === 'administrator')
    if (byAdministrator && !(caller.kind === 'person' && caller.person.roles.includes('administrator'))) return []
    return [item({ kind: byAdministrator && signed.command.party === partyId ? 'key-approval' : 'signature-wanted', title: signed.command.action, billNumber: numberById.get(subject) ?? null, commandId: _id, since: startedAt, from: named(signed.command.party), until: expiresAt.toISOString() })]
  })
}

async function carrierDrafts(desk: BillDesk, caller: Caller): Promise<Item[]> {
  if (!may(caller, 'edit-draft')) return []
  const drafts = await desk.store.drafts.find({ carrier: ownCompany(caller).partyId, settled: false }).sort({ updatedAt: -1 }).limit(most).toArray()
  const items = await Promise.all(drafts.map((draft) => carrierDraft(desk, draft)))
  return items.flatMap((found) => found ?? [])
}

async function carrierDraft(desk: BillDesk, draft: DraftRecord): Promise<Item | null> {
  const { ports, store } = desk
  const title = draft.billNumber ?? draft.content.bookingNumber ?? draft._id
  const about = { title, draftId: draft._id, billNumber: draft.billNumber, since: draft.updatedAt }
  if (draft.stage === 'returned') return item({ kind: 'draft-returned', ...about })
  if (draft.stage === 'editing') {
    const faults = (await findingsOf(desk, draft)).findings.filter(({ severity }) => severity === 'fault').length
    return faults === 0 ? null : item({ kind: 'draft-faults', ...about, count: faults })
  }
  const status = statusOf(draft, draft.billId === null ? null : await ports.ledger.read(draft.billId))
  if (status !== 'approved' || draft.document === null) return null
  if (draft.amendmentOf !== null) {
    const amended = await ports.ledger.read(draft.amendmentOf.billId)
    return amended?.state.name === 'SURRENDERED_FOR_AMENDMENT' ? item({ kind: 'ready-to-issue', ...about }) : null
  }
  const missing = draft.document.containers.length - (await gateInsOf(store, { document: draft.document, since: draft.firstSentAt })).size
  return missing === 0 ? item({ kind: 'ready-to-issue', ...about }) : item({ kind: 'gate-in-missing', ...about, count: missing })
}

async function draftsToApprove({ ports, store }: BillDesk, caller: Caller): Promise<Item[]> {
  if (!may(caller, 'approve-draft')) return []
  const drafts = await store.drafts.find({ shipper: ownCompany(caller).partyId, stage: 'sent', amendmentOf: null, settled: false }).sort({ updatedAt: -1 }).limit(most).toArray()
  const items = await Promise.all(drafts.map(async (draft) => {
    const status = statusOf(draft, draft.billId === null ? null : await ports.ledger.read(draft.billId))
    return status === 'awaiting-approval' ? [item({ kind: 'approve-draft', title: draft.billNumber ?? draft._id, draftId: draft._id, since: draft.updatedAt })] : []
  }))
  return items.flat()
}

async function billItems({ ports, store, directory }: BillDesk, caller: Caller): Promise<Item[]> {
  const { partyId } = ownCompany(caller)
  const found = await store.bills.find({ waitsFor: partyId }).sort({ updatedAt: -1 }).limit(most).toArray()
  const now = ports.clock().toISOString()
  const named = await partyNames(directory, found.flatMap(({ title }) => waitingIn(title).flatMap(({ by }) => by ?? [])))
  return found.flatMap(({ title, billNumber, updatedAt }) => waitingFor(title, partyId, now).map(({ kind, by, until }) => item({ kind, title: billNumber ?? title.billId, billNumber, since: updatedAt, from: by === undefined ? null : named(by), until: until ?? null })))
}

function waitingFor(title: Title, partyId: PartyId, now: string): Waiting[] {
  return waitingIn(title).filter(({ party, from, until }) => party === partyId && (from === undefined || from <= now) && (until === undefined || until > now))
}
