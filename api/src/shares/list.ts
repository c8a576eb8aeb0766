import type { ShareView } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import type { Caller } from '../access/caller.ts'
import type { Directory } from '../parties/directory.ts'
import type { ShareRecord, ShareStore } from './store.ts'

interface Listing {
  readonly kind?: ShareRecord['kind'] | undefined
  readonly subject?: string | undefined
  readonly state?: 'active' | 'over' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}
type Plain = Filter<Omit<ShareRecord, 'label'>>

/** Links of the caller's own, the newest first; administrators see those of their whole company. */
export async function listShares({ store, directory, caller, now }: { readonly store: ShareStore; readonly directory: Directory; readonly caller: Caller; readonly now: Date }, { kind, subject, state, cursor, limit }: Listing): Promise<{ items: ShareView[]; next: string | null; total: number }> {
  const standing: Plain = state === 'active' ? { endedAt: null, expiresAt: { $gt: now } } : state === 'over' ? { $or: [{ endedAt: { $ne: null } }, { expiresAt: { $lte: now } }] } : {}
  const filter: Plain = { $and: [ownedBy(caller), kind ? { kind } : {}, subject ? { subject: subject.toUpperCase() } : {}, standing] }
  const after = /^(\d{1,15})\.(sh_\w{16})$/.exec(cursor ?? '')
  const moment = new Date(Number(after?.[1] ?? 0))
  const later: Plain = after ? { $or: [{ createdAt: { $lt: moment } }, { createdAt: moment, _id: { $lt: after[2] ?? '' } }] } : {}
  const found = await store.find({ $and: [filter, later] }).sort({ createdAt: -1, _id: -1 }).limit(limit + 1).toArray()
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const names = await directory.people(shown.flatMap(({ sharer }) => (sharer.kind === 'person' ? [sharer.personId] : [])))
  const items = shown.map((share) => shareView(share, now, share.sharer.kind === 'person' ? (names.get(share.sharer.personId)?.name ?? null) : null))
  return { items, next: last ? `${last.createdAt.getTime()}.${last._id}` : null, total: await store.countDocuments(filter) }
}

/** What the caller may see in the list and take back. */
export function ownedBy(caller: Caller): Plain {
  if (caller.kind === 'anonymous') return { _id: '' }
  if (caller.kind === 'system') return { 'sharer.apiKeyId': caller.apiKeyId }
  const companyId = caller.company.id
  return caller.person.roles.includes('administrator') ? { companyId } : { companyId, 'sharer.personId': caller.person.id }
}

export function shareView({ _id, kind, subject, label, createdAt, expiresAt, endedAt, because, openings, lastOpenedAt }: ShareRecord, now: Date, madeBy: string | null): ShareView {
  const state = endedAt !== null ? (because === 'revoked' ? 'revoked' : 'ended') : expiresAt <= now ? 'expired' : 'active'
  return { id: _id, kind, subject, label, madeBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString(), state, endedAt: endedAt?.toISOString() ?? null, because, openings, lastOpenedAt: lastOpenedAt?.toISOString() ?? null }
}

