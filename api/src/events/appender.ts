import { randomBytes } from 'node:crypto'
import type { Collection, Db } from 'mongodb'
import type { SealedEntry, StoredEvent } from './sealed-events.ts'
import type { LogEntry } from './types.ts'

/** An entry as MongoDB keeps it: the position is its key, `batch` names the attempt that wrote it. */
export interface StoredEntry extends Omit<LogEntry, 'position' | 'event'> {
  readonly _id: number
  readonly event: StoredEvent
  readonly batch: string
}
/** Where the log ends. What is beyond is not in the log. `turn` changes when an unfinished write is set aside. */
export interface Head {
  readonly _id: 'event_log'
  readonly last: number
  readonly turn: number
  /** Who moved it last, and which time: so that nobody is woken by what it wrote itself. */
  readonly by?: string
}

export interface Written {
  readonly written: readonly StoredEntry[]
  readonly last: number
}

interface WriteFault {
  readonly code: number
  readonly errmsg: string
  readonly keyPattern?: object
}

interface Inserted {
  readonly inserted: number
  readonly fault: WriteFault | null
}

/** From so many entries on it is worth while to write them side by side. */
const many = 200
/** Whoever has met another at the end of the log is careful with many entries for this long (ms). */
const crowdedFor = 10_000
/** A write that has not moved the head for this long is taken for one whose process has ended. */
const patience = 1_000

/**
 * Appends without gap and without half a batch, in one order for all processes, with no transaction: a transaction that a killed process
 * leaves behind would lock the log for a minute.
 *
 * 1. The entries are inserted beyond the head, at the next positions. The first position is the lock: the key can be taken once.
 * 2. The head is moved over them, in one step that is durable (majority, journalled) and with it all that was written before. Only now
 *    are they in the log: readers do not look beyond the head.
 *
 * Who finds the position taken waits for the head to move. If it does not, the writer has ended between the two steps: its turn is ended
 * first, so that it cannot move the head any more if it should be alive, then its entries are removed. Nothing of it was acknowledged.
 */
export async function makeAppender({ db, entries, heads, clock, name }: { readonly db: Db; readonly entries: Collection<StoredEntry>; readonly heads: Collection<Head>; readonly clock: () => Date; readonly name: string }): Promise<(batch: readonly SealedEntry[]) => Promise<Written>> {
  await layHead(entries, heads)
  /** Where the head was last seen; who is wrong about it finds the position taken. */
  let head = await readHead()
  let metAnother = -Infinity

  return async function append(batch) {
    const known = new Set<string>()
    let waitingSince = Date.now()
    for (;;) {
      const fresh = firstOfEachId(batch, known)
      if (fresh.length === 0) return { written: [], last: head.last }
      const { written, taken } = await tryAt(head, fresh)
      if (taken === null) {
        head = { ...head, last: head.last + written.length }
        return { written, last: head.last }
      }
      if (taken === 'position') metAnother = performance.now()
      const before = known.size
      if (taken === 'id') for (const id of await idsInLog(fresh)) known.add(id)
      const now = await readHead()
      if (now.last !== head.last || now.turn !== head.turn || known.size > before) {
        head = now
        waitingSince = Date.now()
      } else if (Date.now() - waitingSince > patience) {
        await setAside(head)
        head = await readHead()
        waitingSince = Date.now()
      } else {
        await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8))
      }
    }
  }

  /** Writes the entries at the head; or says what was taken, and leaves nothing behind. */
  async function tryAt(head: Head, fresh: readonly SealedEntry[]): Promise<{ readonly written: readonly StoredEntry[]; readonly taken: 'position' | 'id' | null }> {
    const at = clock()
    const batch = randomBytes(6).toString('base64url')
    const stored = fresh.map(({ id, event, about }, index): StoredEntry => ({ _id: head.last + index + 1, id, at, event, about, batch }))
    const { inserted, fault } = await insert(stored)
    if (fault === null && (await moveHead(head, stored.length, batch))) return { written: stored, taken: null }
    // By its name: another may have taken these positions since.
    if (inserted > 0) await entries.deleteMany({ _id: { $gt: head.last, $lte: head.last + stored.length }, batch })
    if (fault !== null && fault.code !== duplicateKey) throw new Error(fault.errmsg)
    return { written: [], taken: fault !== null && 'id' in (fault.keyPattern ?? {}) ? 'id' : 'position' }
  }

  /**
   * Many go by two connections, because MongoDB works on each with one core. Where others write too the first goes ahead, as the lock: who
   * comes too late is told before it has written what would stand in another's way.
   */
  async function insert(documents: readonly StoredEntry[]): Promise<Inserted> {
    if (documents.length < many) return insertInOrder(documents)
    const isCrowded = performance.now() - metAnother < crowdedFor
    const lock = isCrowded ? await insertInOrder(documents.slice(0, 1)) : { inserted: 0, fault: null }
    if (lock.fault !== null) return lock
    const middle = Math.ceil(documents.length / 2)
    const [one, other] = await Promise.all([insertInOrder(documents.slice(lock.inserted, middle)), insertInOrder(documents.slice(middle))])
    return { inserted: lock.inserted + one.inserted + other.inserted, fault: one.fault ?? other.fault }
  }

  /** The bare command: `insertMany` would measure every document once more before it sends it. */
  async function insertInOrder(documents: readonly StoredEntry[]): Promise<Inserted> {
    const answer = (await db.command({ insert: entries.collectionName, documents, ordered: true, writeConcern: { w: 1 } }, { ignoreUndefined: true })) as { readonly n: number; readonly writeErrors?: readonly WriteFault[] }
    return { inserted: answer.n, fault: answer.writeErrors?.[0] ?? null }
  }

  async function idsInLog(fresh: readonly SealedEntry[]): Promise<string[]> {
    const { last } = await readHead()
    const found = await entries.find({ id: { $in: fresh.map(({ id }) => id) }, _id: { $lte: last } }, { projection: { id: 1 } }).toArray()
    return found.map(({ id }) => id)
  }

  async function moveHead({ last, turn }: Head, count: number, batch: string): Promise<boolean> {
    const { modifiedCount } = await heads.updateOne({ _id: 'event_log', last, turn }, { $inc: { last: count }, $set: { by: `${name}.${batch}` } }, { writeConcern: durable })
    return modifiedCount === 1
  }

  /** Ends the turn of whoever wrote beyond the head, then removes what it wrote; by name, because another may have begun since. */
  async function setAside({ last, turn }: Head): Promise<void> {
    const beyond = await entries.distinct('batch', { _id: { $gt: last } })
    const { modifiedCount } = await heads.updateOne({ _id: 'event_log', last, turn }, { $inc: { turn: 1 } }, { writeConcern: durable })
    if (modifiedCount === 1) await entries.deleteMany({ _id: { $gt: last }, batch: { $in: beyond } })
  }

  async function readHead(): Promise<Head> {
    const head = await heads.findOne({ _id: 'event_log' })
    if (head === null) throw new Error('the event log has lost its head')
    return head
  }
}

const duplicateKey = 11000
const durable = { w: 'majority', journal: true } as const

async function layHead(entries: Collection<StoredEntry>, heads: Collection<Head>): Promise<void> {
  if ((await heads.findOne({ _id: 'event_log' })) !== null) return
  if ((await entries.findOne({})) !== null) throw new Error('the event log has entries but no head; restore both from one backup')
  await heads.updateOne({ _id: 'event_log' }, { $setOnInsert: { last: 0, turn: 0 } }, { upsert: true, writeConcern: durable }).catch((error: unknown) => {
    // Another process laid it at the same moment.
    if (!(error instanceof Error && 'code' in error && error.code === duplicateKey)) throw error
  })
}

function firstOfEachId(batch: readonly SealedEntry[], known: ReadonlySet<string>): SealedEntry[] {
  const seen = new Set(known)
  return batch.filter(({ id }) => !seen.has(id) && seen.add(id))
}
