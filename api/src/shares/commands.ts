import { EventEmitter } from 'node:events'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { ShareInput } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import type { z } from 'zod'
import { ensure } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import type { LogEntry } from '../events/types.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { parseContainer } from '../tracking/index.ts'
import { serviceName, type TrackingReader } from '../tracking/view.ts'
import { rightOf, standingOf, type Sharers, type Standing } from './standing.ts'
import type { EndReason, ShareRecord, ShareStore } from './store.ts'

/** What the share links are made, used and ended with. */
export interface ShareDesk {
  readonly ports: Pick<Ports, 'clock' | 'eventLog' | 'log'>
  readonly store: ShareStore
  readonly reader: TrackingReader
  readonly sharers: Sharers
  readonly ends: EventEmitter<{ ended: [shareId: string] }>
}

const day = 86_400_000

/**
 * A link to something the caller may follow now. The secret has 256 random bits and is in this answer alone.
 * @throws Problem `not-found` for what the caller may not follow: it answers like what is not there
 */
export async function createShare({ ports, store, reader }: ShareDesk, { caller, body: { scope, days, label }, sessionUntil }: { readonly caller: Caller; readonly body: z.infer<typeof ShareInput>; readonly sessionUntil: Date | null }): Promise<{ readonly share: ShareRecord; readonly token: string }> {
  ensure(caller, 'share-following')
  if (caller.kind === 'anonymous') throw new Problem('not-signed-in')
  const subject = scope.kind === 'container' ? parseContainer(scope.subject) : scope.kind === 'train' ? serviceName(scope.subject) : scope.subject
  const since = scope.kind === 'container' ? ((await reader.box(subject))?.since ?? null) : null
  const isKnown = scope.kind !== 'train' || (await reader.services([subject])).size > 0 || (await reader.isOnABill(subject))
  const right = await rightOf({ kind: scope.kind, subject, since }, caller, reader)
  if (!isKnown || 'because' in right) throw new Problem('not-found', { [scope.kind]: subject })
  const now = ports.clock()
  const token = randomBytes(32).toString('base64url')
  const share: ShareRecord = {
    _id: newShareId(), tokenHash: hashOf(token), kind: scope.kind, subject, label: label === '' ? null : label, companyId: caller.company.id,
    sharer: caller.kind === 'person' ? { kind: 'person', personId: caller.person.id } : { kind: 'api-key', apiKeyId: caller.apiKeyId },
    sessionId: caller.kind === 'person' ? caller.sessionId : null, sessionUntil, since, createdAt: now, expiresAt: new Date(now.getTime() + days * day), endedAt: null, because: null, openings: 0, lastOpenedAt: null,
  }
  await store.insertOne(share, { writeConcern: { w: 'majority' } })
  return { share, token }
}

/** @throws Problem `share-unknown`, `share-expired`, `share-revoked`, `share-ended` */
export async function openShare(desk: ShareDesk, token: string | null): Promise<{ readonly share: ShareRecord; readonly standing: Extract<Standing, { is: 'open' }> }> {
  const share = token === null || !/^[\w-]{43}$/.test(token) ? null : await desk.store.findOne({ tokenHash: hashOf(token) })
  if (share === null) throw new Problem('share-unknown')
  const standing = await standingNow(desk, share)
  if (standing.is === 'over') throw new Problem(standing.code)
  if (standing.is === 'lost') throw new Problem('share-ended')
  return { share, standing }
}

/** How a link stands; one whose right has gone is ended for good. */
async function standingNow(desk: ShareDesk, share: ShareRecord): Promise<Standing> {
  const standing = await standingOf(share, desk)
  if (standing.is === 'lost') await endShare(desk, share._id, standing.because)
  return standing
}

/** @returns whether it was still open */
export async function endShare({ ports, store, ends }: ShareDesk, shareId: string, because: EndReason): Promise<boolean> {
  const { matchedCount } = await store.updateOne({ _id: shareId, endedAt: null }, { $set: { endedAt: ports.clock(), because } })
  if (matchedCount === 0) return false
  ends.emit('ended', shareId)
  await ports.eventLog.append([{ id: `share-ended:${shareId}`, event: { type: 'share-ended', shareId }, about: [`share:${shareId}`] }])
  return true
}

/** Counts an opening; refreshing is noted once a minute. */
export async function noteUse({ ports, store }: ShareDesk, { _id, lastOpenedAt }: ShareRecord, opening: boolean): Promise<void> {
  const now = ports.clock()
  if (opening) await store.updateOne({ _id }, { $inc: { openings: 1 }, $set: { lastOpenedAt: now } })
  else if (lastOpenedAt === null || now.getTime() - lastOpenedAt.getTime() > 60_000) await store.updateOne({ _id }, { $set: { lastOpenedAt: now } })
}

/** Title has moved, or a bill came or went: links to it whose sharer may not show it any more end, for good. */
export async function reconsiderAfter(desk: ShareDesk, entries: readonly LogEntry[]): Promise<void> {
  const bills = new Set(entries.flatMap(({ event }) => (event.type === 'ledger-recorded' ? event.record.entries.map(({ subject }) => String(subject)).filter((subject) => subject.startsWith('b')) : [])))
  const concerned = (await Promise.all([...bills].map((id) => desk.reader.bill(id)))).filter((bill) => bill !== null)
  if (concerned.length === 0) return
  const numbers = concerned.flatMap(({ billNumber }) => billNumber ?? [])
  await reconsider(desk, { $or: [{ kind: 'bill', subject: { $in: numbers } }, { kind: 'container', subject: { $in: concerned.flatMap(({ containers }) => [...containers]) } }] })
}

/** Looks at the open links among these again. */
export async function reconsider(desk: ShareDesk, among: Filter<Omit<ShareRecord, 'label'>>): Promise<void> {
  const open = { endedAt: null, expiresAt: { $gt: desk.ports.clock() } }
  for (const share of await desk.store.find({ $and: [among, open] }).toArray()) await standingNow(desk, share)
}

/** Somebody signs out: the links made in the session go on without it. */
export async function outliveSession({ store }: ShareDesk, sessionId: string): Promise<void> {
  await store.kept.updateMany({ sessionId }, { $set: { sessionId: null, sessionUntil: null } })
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function newShareId(): string {
  return `sh_${Array.from({ length: 16 }, () => '0123456789abcdefghijklmnopqrstuvwxyz'.charAt(randomInt(36))).join('')}`
}
