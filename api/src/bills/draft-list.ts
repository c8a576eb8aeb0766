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
 * Drafts of the own company, and those sent to it for approval; last changed first. Those whose bills are issued grow with the years, and
 * the others do not: these are joined with their bills to tell how they stand, of those only the page is read.
 */
export async function listDrafts(desk: BillDesk, caller: Caller, { q, status, cursor, limit }: Asked): Promise<{ items: Summary[]; next: string | null; total: number | null }> {
  const { drafts, ready } = desk.store
  await ready()
  const { partyId } = ownCompany(caller)
  const text = q?.trim() ?? ''
  const open = [{ $match: { $and: [draftsOf(partyId, { settled: false }), ...(text === '' ? [] : [await openMatching(desk, partyId, text)])] } }, ...joinStatus, ...(status === undefined ? [] : [{ $match: { status } }])]
  const settled = status === undefined || status === 'issued' ? { $and: [draftsOf(partyId, { settled: true }), ...(text === '' ? [] : [await matching(desk, text)])] } : null
  const after = cursor === undefined ? [] : [afterCursor(cursor)]
  const [openFound, openCount, settledFound, settledCount] = await Promise.all([
    drafts.aggregate<DraftRecord>([...open, ...after.map(($match) => ({ $match })), { $sort: lastChanged }, { $limit: limit + 1 }]).toArray(),
    drafts.kept.aggregate<{ total: number }>([...open, { $count: 'total' }]).toArray(),
    settled === null ? [] : drafts.find({ $and: [settled, ...after] }).sort(lastChanged).limit(limit + 1).toArray(),
    settled === null ? 0 : counted((options) => drafts.countDocuments(settled, options)),
  ])
  const found = [...openFound, ...settledFound].sort((one, other) => other.updatedAt.getTime() - one.updatedAt.getTime() || (one._id < other._id ? -1 : 1))
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: await Promise.all(shown.map((draft) => summaryOf(desk, draft))), next: found.length > limit && last ? cursorOf(last.updatedAt.toISOString(), last._id) : null,
    total: settledCount === null ? null : (openCount[0]?.total ?? 0) + settledCount,
  }
}

const lastChanged = { updatedAt: -1, _id: 1 } as const

/** Written by the party, or sent to it. */
export function draftsOf(partyId: PartyId, { settled }: Pick<DraftRecord, 'settled'>): { $or: [{ carrier: PartyId; settled: boolean }, { shipper: PartyId; stage: 'sent'; settled: boolean }] } {
  return { $or: [{ carrier: partyId, settled }, { shipper: partyId, stage: 'sent', settled }] }
}

/** Only the newest so many are looked through for a shipper's name: it lies sealed in each. */
const lookedThrough = 2_000

/** Numbers and the shipper's name, by any part of them. */
async function openMatching({ store }: BillDesk, partyId: PartyId, text: string): Promise<object> {
  const part = { $regex: literally(text), $options: 'i' }
  const wanted = text.toLowerCase()
  const newest = await store.drafts.find(draftsOf(partyId, { settled: false })).sort(lastChanged).limit(lookedThrough).toArray()
  const named = newest.flatMap(({ _id, content }) => (content.shipper?.name?.toLowerCase().includes(wanted) === true ? [_id] : []))
  return { $or: [{ tokens: part }, { billNumber: part }, { _id: { $in: named } }] }
}

function afterCursor(cursor: string): object {
  const [at, id] = readCursor(cursor)
  const moment = new Date(Number.isNaN(Date.parse(at)) ? 0 : at)
  return { $or: [{ updatedAt: { $lt: moment } }, { updatedAt: moment, _id: { $gt: id } }] }
}

/** `statusOf`, in MongoDB's words. */
const joinStatus = [
  { $lookup: { from: 'bills', localField: 'billId', foreignField: '_id', as: 'bill' } },
  { $set: { bill: { $first: '$bill.title' } } },
  {
    $set: {
      status: {
        $switch: {
          branches: [
            { case: { $ne: ['$stage', 'sent'] }, then: '$stage' },
            { case: { $eq: [{ $ifNull: ['$bill.billId', null] }, null] }, then: { $cond: [{ $eq: ['$amendmentOf', null] }, 'awaiting-approval', 'approved'] } },
            { case: { $ne: [{ $ifNull: ['$bill.visualisationHash', null] }, null] }, then: 'issued' },
            { case: { $eq: ['$bill.state.name', 'VOIDED'] }, then: 'returned' },
            { case: { $eq: ['$bill.docHash', '$docHash'] }, then: 'approved' },
          ],
          default: 'awaiting-approval',
        },
      },
    },
  },
  { $unset: 'bill' },
]

async function summaryOf(desk: BillDesk, draft: DraftRecord): Promise<Summary> {
  const { store } = desk
  const title = draft.billId === null || draft.settled ? null : ((await store.bills.findOne({ _id: draft.billId }, { projection: { title: 1 } }))?.title ?? null)
  const status = draft.settled ? 'issued' : statusOf(draft, title)
  const { document, content } = draft
  const gatedIn = document === null ? 0 : status === 'issued' ? document.containers.length : (await gateInsOf(store, { document, since: draft.firstSentAt })).size
  const faults = draft.stage === 'sent' ? 0 : (await findingsOf(desk, draft)).findings.filter(({ severity }) => severity === 'fault').length
  return {
    id: draft._id, status, bookingNumber: content.bookingNumber ?? null, billNumber: draft.billNumber, shipper: content.shipper?.name ?? document?.shipper.name ?? null, containers: content.containers?.length ?? 0, gatedIn, faults,
    updatedAt: draft.updatedAt.toISOString(),
  }
}
