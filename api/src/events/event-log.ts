import type { ClientSession, Collection, Db } from 'mongodb'
import type { Connection } from 'mongoose'
import { watchHead } from './head-watch.ts'
import { aTail } from './tail.ts'
import type { EventLogPort, LogEntry, NewEntry } from './types.ts'

/** An entry as MongoDB keeps it: the position is its key. */
interface StoredEntry extends Omit<LogEntry, 'position'> {
  readonly _id: number
}
/** Where the log ends. Every append takes its numbers here, so that appends stand in one order however many processes write. */
export interface Head {
  readonly _id: 'event_log'
  readonly last: number
}

interface Waiting {
  readonly entries: readonly NewEntry[]
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}
type Outcome = Awaited<ReturnType<EventLogPort['append']>>

/** Entries that share one transaction at most; a batch of 1,000 events is never cut. */
const groupLimit = 4_000
const durable = { w: 'majority', journal: true } as const
/** Entries kept in memory for the feed, which reads them a moment after they were written. */
const tailLimit = 10_000

/**
 * The append-only event log. An append takes its positions and writes its entries in one transaction: no gap, no half batch, one order
 * over all processes. Appends that arrive while one is being written share the next transaction (group commit, no timer).
 */
export async function openEventLog({ database, clock }: { readonly database: Connection; readonly clock: () => Date }): Promise<EventLogPort> {
  const db = openDb(database)
  const client = database.getClient()
  const entries = db.collection<StoredEntry>('event_log')
  const heads = db.collection<Head>('event_log_head')
  await entries.createIndexes([{ key: { id: 1 }, unique: true }, { key: { about: 1, _id: 1 } }])
  await openHead(entries, heads)

  const tail = aTail(tailLimit)
  const listeners = new Set<() => void>()
  const queue: Waiting[] = []
  let draining = false
  let watch: { close(): Promise<void> } | null = null

  function append(batch: readonly NewEntry[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      queue.push({ entries: batch, resolve, reject })
      if (!draining) void drain()
    })
  }

  async function drain(): Promise<void> {
    draining = true
    for (let group = takeGroup(queue); group.length > 0; group = takeGroup(queue)) {
      try {
        answer(group, await write(group.flatMap((waiting) => waiting.entries)))
      } catch (error) {
        await writeOneByOne(group, error)
      }
      for (const listener of listeners) listener()
    }
    draining = false
  }

  /** One of the group may be at fault (too large, not storable): its neighbours must not suffer. */
  async function writeOneByOne(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1) return group[0]?.reject(error)
    for (const waiting of group) {
      await write(waiting.entries).then((outcome) => waiting.resolve(outcome), waiting.reject)
    }
  }

  /** Tries as if all ids were new, which they nearly always are; when one is known, leaves those out and tries again. */
  async function write(batch: readonly NewEntry[]): Promise<Outcome> {
    const known = new Set<string>()
    for (;;) {
      const fresh = firstOfEachId(batch, known)
      if (fresh.size === 0) return { positions: batch.map(() => null), last: await last() }
      try {
        const end = await commit([...fresh.values()])
        return { positions: positionsOf(batch, fresh, end), last: end }
      } catch (error) {
        if (!isDuplicate(error)) throw error
        const before = known.size
        for (const { id } of await entries.find({ id: { $in: [...fresh.keys()] } }, { projection: { id: 1 } }).toArray()) known.add(id)
        if (known.size === before) throw error
      }
    }
  }

  /** Resolves to the position of the last of these entries. */
  async function commit(fresh: readonly NewEntry[]): Promise<number> {
    const session = client.startSession()
    try {
      const written = await session.withTransaction(
        async () => {
          // The head comes first: a second writer waits or conflicts here, before it has sent its entries.
          const head = await heads.findOneAndUpdate({ _id: 'event_log' }, { $inc: { last: fresh.length } }, { session, returnDocument: 'after' })
          if (head === null) throw new Error('the event log has lost its head')
          const at = clock()
          const start = head.last - fresh.length
          const stored = fresh.map(({ id, event, about }, index): StoredEntry => ({ _id: start + index + 1, id, at, event, about }))
          await insert(stored, session)
          return stored
        },
        { writeConcern: durable },
      )
      tail.add(written.map(entryOf))
      return written.at(-1)?._id ?? 0
    } finally {
      await session.endSession()
    }
  }

  /** The bare command: `insertMany` would measure every document once more before it sends it. */
  async function insert(documents: readonly StoredEntry[], session: ClientSession): Promise<void> {
    const { writeErrors } = (await db.command({ insert: entries.collectionName, documents, ordered: true }, { session, ignoreUndefined: true })) as { readonly writeErrors?: readonly { readonly code: number; readonly errmsg: string }[] }
    const [first] = writeErrors ?? []
    if (first) throw Object.assign(new Error(first.errmsg), { code: first.code })
  }

  async function last(): Promise<number> {
    return (await heads.findOne({ _id: 'event_log' }, { readConcern: 'majority' }))?.last ?? 0
  }

  async function find(filter: object, limit: number): Promise<readonly LogEntry[]> {
    const found = await entries.find(filter, { readConcern: 'majority', batchSize: limit }).sort({ _id: 1 }).limit(limit).toArray()
    return found.map(entryOf)
  }

  return {
    append: (batch) => (batch.length === 0 ? last().then((end) => ({ positions: [], last: end })) : append(batch)),
    read: async (after, limit) => tail.after(after, limit) ?? find({ _id: { $gt: after } }, limit),
    about: (about, after, limit) => find({ about: typeof about === 'string' ? about : { $in: [...about] }, _id: { $gt: after } }, limit),
    async byId(ids) {
      const found = await entries.find({ id: { $in: [...ids] } }, { readConcern: 'majority' }).toArray()
      return new Map(found.map((stored) => [stored.id, entryOf(stored)]))
    },
    last,
    onAppended(listener) {
      listeners.add(listener)
      watch ??= watchHead({ heads, last, wake: () => listeners.forEach((wake) => wake()) })
      return async () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        const closing = watch
        watch = null
        await closing?.close()
      }
    },
  }
}

function openDb(database: Connection): Db {
  const db = database.db as Db | undefined
  if (db === undefined) throw new Error('the event log needs an open database connection')
  return db
}

async function openHead(entries: Collection<StoredEntry>, heads: Collection<Head>): Promise<void> {
  const end = await entries.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } })
  await heads.updateOne({ _id: 'event_log' }, { $setOnInsert: { last: end?._id ?? 0 } }, { upsert: true, writeConcern: durable }).catch((error: unknown) => {
    // Another process laid it at the same moment.
    if (!isDuplicate(error)) throw error
  })
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let size = 0
  let count = 0
  for (const { entries } of queue) {
    if (count > 0 && size + entries.length > groupLimit) break
    size += entries.length
    count += 1
  }
  return queue.splice(0, count)
}

/** Gives each append of the group its own stretch of the outcome. */
function answer(group: readonly Waiting[], { positions, last }: Outcome): void {
  let start = 0
  for (const { entries, resolve } of group) {
    resolve({ positions: positions.slice(start, start + entries.length), last })
    start += entries.length
  }
}

function firstOfEachId(batch: readonly NewEntry[], known: ReadonlySet<string>): Map<string, NewEntry> {
  const fresh = new Map<string, NewEntry>()
  for (const entry of batch) if (!known.has(entry.id) && !fresh.has(entry.id)) fresh.set(entry.id, entry)
  return fresh
}

function positionsOf(batch: readonly NewEntry[], fresh: ReadonlyMap<string, NewEntry>, end: number): (number | null)[] {
  const open = new Set(fresh.keys())
  let position = end - fresh.size
  return batch.map(({ id }) => (open.delete(id) ? (position += 1) : null))
}

function entryOf({ _id, id, at, event, about }: StoredEntry): LogEntry {
  return { position: _id, id, at, event, about }
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11000
}
