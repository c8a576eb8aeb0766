import { randomBytes } from 'node:crypto'
import type { Connection } from 'mongoose'
import { makeAppender, type Head, type StoredEntry } from './appender.ts'
import type { Vault } from '../vault/vault.ts'
import { watchHead } from './head-watch.ts'
import { openEntries, sealEntries } from './sealed-events.ts'
import { aTail } from './tail.ts'
import type { EventLogPort, LogEntry, NewEntry } from './types.ts'

interface Waiting {
  readonly entries: readonly NewEntry[]
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}
type Outcome = Awaited<ReturnType<EventLogPort['append']>>

/** Entries that are written together at most; a batch of 1,000 events is never cut. */
const groupLimit = 4_000
/** Entries kept in memory at most for the feed, which reads them a moment after they were written. */
const tailLimit = 10_000

/**
 * The append-only event log: no gap, no half batch, one order over all processes (`appender.ts` says how). Appends that arrive while one
 * is being written share the next write (group commit, no timer). Documents lie sealed in it, each with its bill's data key.
 */
export async function openEventLog({ database, vault, clock }: { readonly database: Connection; readonly vault: Vault; readonly clock: () => Date }): Promise<EventLogPort> {
  const db = database.db
  if (db === undefined) throw new Error('the event log needs an open database connection')
  const entries = db.collection<StoredEntry>('event_log')
  const heads = db.collection<Head>('event_log_head')
  await entries.createIndexes([{ key: { id: 1 }, unique: true }, { key: { about: 1, _id: 1 } }])
  const name = randomBytes(9).toString('hex')
  const write = await makeAppender({ db, entries, heads, clock, name })

  const tail = aTail(tailLimit)
  const listeners = new Set<(upTo: number | null) => void>()
  const queue: Waiting[] = []
  let draining = false
  /** The write under way: when it is through, what it wrote is in memory. */
  let writing: Promise<void> = Promise.resolve()
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
      let upTo: number | null = null
      try {
        const written = writeBatch(group.flatMap((waiting) => waiting.entries))
        writing = written.then(() => undefined, () => undefined)
        const outcome = await written
        answer(group, outcome)
        upTo = outcome.last
      } catch (error) {
        await writeOneByOne(group, error)
      }
      for (const listener of listeners) listener(upTo)
    }
    draining = false
  }

  /** One of the group may be at fault (too large, not storable): its neighbours must not suffer. */
  async function writeOneByOne(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1) return group[0]?.reject(error)
    for (const waiting of group) {
      await writeBatch(waiting.entries).then((outcome) => waiting.resolve(outcome), waiting.reject)
    }
  }

  async function writeBatch(batch: readonly NewEntry[]): Promise<Outcome> {
    const { written, last: end } = await write(await sealEntries(vault, batch))
    tail.add(await openEntries(vault, written.map(entryOf)))
    const positions = new Map(written.map(({ id, _id }) => [id, _id]))
    return { positions: batch.map(({ id }) => takeFrom(positions, id)), last: end }
  }

  async function last(): Promise<number> {
    return (await heads.findOne({ _id: 'event_log' }, { readConcern: 'majority' }))?.last ?? 0
  }

  /** What this process has written is in memory, or will be in a moment. */
  async function read(after: number, limit: number): Promise<readonly LogEntry[]> {
    const held = tail.after(after, limit)
    if (held !== null) return held
    if ((await last()) <= after) return []
    await writing
    return tail.after(after, limit) ?? find({}, after, limit)
  }

  /** What lies beyond the head is being written, or was left by a process that ended in the middle: it is not there yet. */
  async function find(filter: object, after: number, limit: number, { upTo = Infinity, newestFirst = false } = {}): Promise<readonly LogEntry[]> {
    const end = Math.min(upTo, await last())
    if (end <= after) return []
    const found = await entries.find({ ...filter, _id: { $gt: after, $lte: end } }, { readConcern: 'majority' }).sort({ _id: newestFirst ? -1 : 1 }).limit(limit).toArray()
    return openEntries(vault, found.map(entryOf))
  }

  return {
    append: (batch) => (batch.length === 0 ? last().then((end) => ({ positions: [], last: end })) : append(batch)),
    read,
    about: (about, after, limit, upTo = Infinity) => find({ about: typeof about === 'string' ? about : { $in: [...about] } }, after, limit, { upTo }),
    at: async (positions) => (positions.length === 0 ? [] : openEntries(vault, (await entries.find({ _id: { $in: [...positions] } }, { readConcern: 'majority' }).sort({ _id: 1 }).toArray()).map(entryOf))),
    newestAbout: async (about, limit) => [...(await find({ about }, 0, limit, { newestFirst: true }))].reverse(),
    byId: async (ids) => new Map((await find({ id: { $in: [...ids] } }, 0, ids.length)).map((entry) => [entry.id, entry])),
    last,
    passed: (position) => tail.passed(position),
    onAppended(listener) {
      listeners.add(listener)
      watch ??= watchHead({ heads, name, last, wake: () => listeners.forEach((listener) => listener(null)) })
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

/** The first entry of an id was written, if any; others of the same id are duplicates. */
function takeFrom(positions: Map<string, number>, id: string): number | null {
  const position = positions.get(id) ?? null
  positions.delete(id)
  return position
}

function entryOf({ _id, id, at, event, about }: StoredEntry): Omit<LogEntry, 'event'> & Pick<StoredEntry, 'event'> {
  return { position: _id, id, at, event, about }
}

