import type { DraftSummary, DraftView } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { gateInsOf } from './boxes.ts'
import { ownCompany, type BillDesk } from './desk.ts'
import { findingsOf, statusOf } from './drafts.ts'
import { cursorOf, readCursor } from './list.ts'
import type { DraftRecord } from './store.ts'

type Summary = z.infer<typeof DraftSummary>

/** Drafts of the own company, and those sent to it for approval; last changed first. */
export async function listDrafts(desk: BillDesk, caller: Caller, { q, status, cursor, limit }: { q?: string | undefined; status?: DraftView['status'] | undefined; cursor?: string | undefined; limit: number }): Promise<{ items: Summary[]; next: string | null; total: number | null }> {
  const { drafts, ready } = desk.store
  await ready()
  const { partyId } = ownCompany(caller)
  const text = q?.trim() ? { $regex: q.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), $options: 'i' } : null
  const wanted = [
    { $or: [{ carrier: partyId }, { shipper: partyId, stage: 'sent' }] },
    ...(text === null ? [] : [{ $or: [{ tokens: text }, { billNumber: text }, { _id: { $in: await namedDrafts(desk, partyId, q ?? '') } }] }]),
  ]
  const withStatus = [{ $match: { $and: wanted } }, ...joinStatus, ...(status === undefined ? [] : [{ $match: { status } }])]
  const after = cursor === undefined ? [] : [{ $match: afterCursor(cursor) }]
  const [found, counted] = await Promise.all([
    drafts.aggregate<DraftRecord>([...withStatus, ...after, { $sort: { updatedAt: -1, _id: 1 } }, { $limit: limit + 1 }]).toArray(),
    drafts.kept.aggregate<{ total: number }>([...withStatus, { $count: 'total' }]).toArray(),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return { items: await Promise.all(shown.map((draft) => summaryOf(desk, draft))), next: found.length > limit && last ? cursorOf(last.updatedAt.toISOString(), last._id) : null, total: counted[0]?.total ?? 0 }
}

/** Only the newest so many of a company are looked through for a shipper's name: it lies sealed in each. */
const lookedThrough = 2_000

async function namedDrafts({ store }: BillDesk, partyId: PartyId, q: string): Promise<DraftRecord['_id'][]> {
  const wanted = q.trim().toLowerCase()
  const newest = await store.drafts.find({ $or: [{ carrier: partyId }, { shipper: partyId, stage: 'sent' }] }).sort({ updatedAt: -1 }).limit(lookedThrough).toArray()
  return newest.flatMap(({ _id, content }) => (content.shipper?.name?.toLowerCase().includes(wanted) === true ? [_id] : []))
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
  const title = draft.billId === null ? null : ((await store.bills.findOne({ _id: draft.billId }))?.title ?? null)
  const status = statusOf(draft, title)
  const { document, content } = draft
  const gatedIn = document === null ? 0 : status === 'issued' ? document.containers.length : (await gateInsOf(store, { document, since: draft.firstSentAt })).size
  const faults = draft.stage === 'sent' ? 0 : (await findingsOf(desk, draft)).findings.filter(({ severity }) => severity === 'fault').length
  return {
    id: draft._id, status, bookingNumber: content.bookingNumber ?? null, billNumber: draft.billNumber, shipper: content.shipper?.name ?? document?.shipper.name ?? null, containers: content.containers?.length ?? 0, gatedIn, faults,
    updatedAt: draft.updatedAt.toISOString(),
  }
}
