import type { DraftSummary, DraftView } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { gateInsOf } from './boxes.ts'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'
import { ownCompany, type BillDesk } from './desk.ts'
import { findingsOf, statusOf } from './drafts.ts'
import { cursorOf, matching, readCursor } from './list.ts'
import type { DraftRecord } from './store.ts'

type Summary = z.infer<typeof DraftSummary>

interface Asked { readonly q?: string | undefined; readonly status?: DraftView['status'] | undefined; readonly cursor?: string | undefined; readonly limit: number }

/**
 * Drafts of the own company, and those sent to it for approval; last changed first. Those whose bills are issued grow with the years: of
 * them only the page is read. How the others stand is told by their bills, and they are few.
 */
export async function listDrafts(desk: BillDesk, caller: Caller, asked: Asked): Promise<{ items: Summary[]; next: string | null; total: number | null }> {
  const { drafts, ready } = desk.store
  await ready()
  const { partyId } = ownCompany(caller)
  const { status, cursor, limit } = asked
  const text = asked.q?.trim() ?? ''
  const settled = status === undefined || status === 'issued' ? { $and: [draftsOf(partyId, { settled: true }), ...(text === '' ? [] : [await matching(desk, text)])] } : null
  const [open, found, count] = await Promise.all([
    openDrafts(desk, partyId, { text, status, cursor }),
    settled === null ? [] : drafts.find({ $and: [settled, ...after(cursor)] }).sort(lastChanged).limit(limit + 1).toArray(),
    settled === null ? 0 : counted((options) => drafts.countDocuments(settled, options)),
  ])
  const { last } = open
  const page = [...open.standing, ...found.map((draft) => ({ draft, standing: 'issued' as const }))].filter(({ draft }) => last === null || later(draft, last) <= 0).sort((one, other) => later(one.draft, other.draft))
  const shown = page.slice(0, limit)
  const end = page.length > limit ? shown.at(-1)?.draft : last
  const whole = new Map([...found, ...(await drafts.find({ _id: { $in: shown.flatMap(({ draft }) => (draft.settled ? [] : [draft._id])) } }).toArray())].map((draft) => [draft._id, draft]))
  return {
    items: await Promise.all(shown.flatMap(({ draft, standing }) => { const record = whole.get(draft._id); return record ? [summaryOf(desk, record, standing)] : [] })),
    next: end ? cursorOf(end.updatedAt.toISOString(), end._id) : null,
    total: count === null || open.total === null ? null : open.total + count,
  }
}

const lastChanged = { updatedAt: -1, _id: 1 } as const

function later(one: Placed, other: Placed): number {
  return other.updatedAt.getTime() - one.updatedAt.getTime() || (one._id < other._id ? -1 : 1)
}

/** Written by the party, or sent to it. */
export function draftsOf(partyId: PartyId, { settled }: Pick<DraftRecord, 'settled'>): { $or: [{ carrier: PartyId; settled: boolean }, { shipper: PartyId; stage: 'sent'; settled: boolean }] } {
  return { $or: [{ carrier: partyId, settled }, { shipper: partyId, stage: 'sent', settled }] }
}

/** So many are looked at for a page; the cursor goes on from there. */
const lookedAt = 2_000

type Placed = Pick<DraftRecord, '_id' | 'updatedAt' | 'settled'>
interface Open {
  readonly standing: readonly { readonly draft: Placed; readonly standing: DraftView['status'] }[]
  /** The last that was looked at, when it was not the last there is: the page ends there. */
  readonly last: Placed | null
  readonly total: number | null
}

async function openDrafts(desk: BillDesk, partyId: PartyId, { text, status, cursor }: { readonly text: string; readonly status: DraftView['status'] | undefined; readonly cursor: string | undefined }): Promise<Open> {
  const { drafts, bills } = desk.store
  const wanted = { $and: [draftsOf(partyId, { settled: false }), ...(text === '' ? [] : [await openMatching(desk, partyId, text)])] }
  const projection = { updatedAt: 1, settled: 1, stage: 1, docHash: 1, billId: 1, amendmentOf: 1 } as const
  const found = (await drafts.find({ $and: [wanted, ...after(cursor)] }, { projection }).sort(lastChanged).limit(lookedAt).toArray()) as Pick<DraftRecord, keyof typeof projection | '_id'>[]
  const titles = new Map((await bills.find({ _id: { $in: found.flatMap(({ billId }) => billId ?? []) } }, { projection: { title: 1 } }).toArray()).map(({ _id, title }) => [_id, title]))
  const standing = found.map((draft) => ({ draft, standing: statusOf(draft, (draft.billId === null ? null : titles.get(draft.billId)) ?? null) })).filter((one) => status === undefined || one.standing === status)
  const last = (found.length === lookedAt ? found.at(-1) : null) ?? null
  const total = cursor === undefined && last === null ? standing.length : status === undefined ? await counted((options) => drafts.countDocuments(wanted, options)) : null
  return { standing, last, total }
}

/** Numbers and the shipper's name, by any part of them; the name lies sealed in each, and is looked for in the newest. */
async function openMatching({ store }: BillDesk, partyId: PartyId, text: string): Promise<object> {
  const part = { $regex: literally(text), $options: 'i' }
  const wanted = text.toLowerCase()
  const newest = await store.drafts.find(draftsOf(partyId, { settled: false })).sort(lastChanged).limit(lookedAt).toArray()
  const named = newest.flatMap(({ _id, content }) => (content.shipper?.name?.toLowerCase().includes(wanted) === true ? [_id] : []))
  return { $or: [{ tokens: part }, { billNumber: part }, { _id: { $in: named } }] }
}

function after(cursor: string | undefined): object[] {
  if (cursor === undefined) return []
  const [at, id] = readCursor(cursor)
  const moment = new Date(Number.isNaN(Date.parse(at)) ? 0 : at)
  return [{ $or: [{ updatedAt: { $lt: moment } }, { updatedAt: moment, _id: { $gt: id } }] }]
}

async function summaryOf(desk: BillDesk, draft: DraftRecord, status: DraftView['status']): Promise<Summary> {
  const { store } = desk
  const { document, content } = draft
  const gatedIn = document === null ? 0 : status === 'issued' ? document.containers.length : (await gateInsOf(store, { document, since: draft.firstSentAt })).size
  const faults = draft.stage === 'sent' ? 0 : (await findingsOf(desk, draft)).findings.filter(({ severity }) => severity === 'fault').length
  return {
    id: draft._id, status, bookingNumber: content.bookingNumber ?? null, billNumber: draft.billNumber, shipper: content.shipper?.name ?? document?.shipper.name ?? null, containers: content.containers?.length ?? 0, gatedIn, faults,
    updatedAt: draft.updatedAt.toISOString(),
  }
}
