import type { Ledger } from '@yidan/ledger/port'
import type { Connection } from 'mongoose'
import type { Logger } from 'pino'
import { aCheckpointWriter } from './checkpoint-writer.ts'
import { startLedgerPump, type LedgerCheckpoint, type LedgerPump } from './ledger-pump.ts'
import { Lease, leaseTime, viewsShape, type ViewCheckpoint } from './lease.ts'
import type { EventLogPort, FeedPort, LogEntry, Projection } from './types.ts'
import { aBell, backoff, wordsOf } from './wake.ts'

const batchLimit = 10_000
/** Written at once, this many entries are a bulk load: while more of it comes it is let gather, because many events of one box are one write to its view. */
const bulk = 500
const gathering = 150, longestGathering = 900
/** The longest time a timer takes. */
const forever = 2 ** 31 - 1
/** How often a process that does not hold the views looks whether they have moved. */
const followEvery = 25

/**
 * The one feed: ledger records are copied into the log, the log is applied to every view in order, and then the live hub is told.
 * The views are ahead of the checkpoint by the batch under way and those of the last moments, and every projection bears entries twice: so
 * whatever moment the process ends at, the next start converges. A projection that throws stops the feed, visibly, and is tried again.
 *
 * With several API processes one holds the lease and applies; each tells its own listeners, at its own pace, of what is in the views.
 */
export function openFeed({ ledger, eventLog, database, log }: { readonly ledger: Ledger; readonly eventLog: EventLogPort; readonly database: Connection; readonly log: Logger }): FeedPort {
  const projections: Projection[] = []
  const listeners: ((entries: readonly LogEntry[]) => void)[] = []
  const waiters = new Set<{ readonly reached: () => boolean; readonly resolve: () => void }>()
  const db = database.db
  if (db === undefined) throw new Error('the feed needs an open database connection')
  const lease = new Lease(db.collection<ViewCheckpoint>('feed'))
  const bell = aBell()
  let pump: LedgerPump | null = null
  let unlisten: (() => Promise<void>) | null = null
  let running: Promise<void> | null = null
  let stopped = false
  const checkpoint = aCheckpointWriter(() => lease.move({ position: applied, ledgerPosition: appliedLedger }), () => bell.ring())
  let fault: string | null = null
  let rebuilding: { readonly resolve: () => void; readonly reject: (error: unknown) => void; begun: boolean } | null = null
  /** Read, to be put into the views; in the views; told to listeners; end of the log when last looked. */
  let taken = 0
  let applied = 0
  let appliedLedger = 0
  let told = 0
  let end = 0

  async function run(): Promise<void> {
    for (let failures = 0; !stopped; ) {
      try {
        const found = lease.held ? null : await lease.take()
        if (found !== null) adopt(found)
        if (found !== null && lease.held && (found.clearing || isOutdated(found))) await clear()
        if (rebuilding !== null && !rebuilding.begun) await beginRebuild(rebuilding)
        await catchUpListeners()
        const went = lease.held ? await applyNext() : await seesMore()
        if (rebuilding?.begun && applied >= end) finishRebuild()
        fault = null
        failures = 0
        // Whatever was appended meanwhile has rung the bell.
        if (went === 0) await idle()
      } catch (error) {
        failures += 1
        fault = wordsOf(error)
        log.error({ err: error, position: applied }, 'the feed stands still')
        // A database that went away may have come back without the last of what it had taken: on from the checkpoint it kept.
        await checkpoint.drop()
        taken = 0
        lease.doubt()
        await bell.wait(backoff(failures))
      }
    }
  }

  /** Waits for the next append; the lease is renewed when nothing comes. */
  async function idle(): Promise<void> {
    if (!lease.held) return bell.wait(applied < end ? followEvery : leaseTime / 3)
    const before = Date.now()
    await bell.wait(leaseTime / 3)
    if (Date.now() - before >= leaseTime / 3) await lease.move({ position: applied, ledgerPosition: appliedLedger })
  }

  async function applyNext(): Promise<number> {
    const entries = await readGathered()
    const newest = entries.at(-1)
    end = entries.length === batchLimit ? Math.max(end, await eventLog.last()) : (newest?.position ?? applied)
    if (newest === undefined) {
      await checkpoint.underWay()
      return 0
    }
    taken = newest.position
    await applyToAll(projections, entries)
    await checkpoint.underWay()
    applied = newest.position
    appliedLedger = ledgerPositionIn(entries) ?? appliedLedger
    fault = null
    // Told as soon as the views have it; a checkpoint that is not written only means that the batch is applied once more.
    tell(entries)
    checkpoint.note()
    return entries.length
  }

  async function readGathered(): Promise<readonly LogEntry[]> {
    let entries = await eventLog.read(applied, batchLimit)
    for (let waited = 0; isBulk(entries) && entries.length < batchLimit && waited < longestGathering; waited += gathering) {
      await new Promise((resolve) => setTimeout(resolve, gathering))
      const more = await eventLog.read(applied, batchLimit)
      if (more.length === entries.length) break
      entries = more
    }
    return entries
  }

  /** Another process applies: whether it has gone on since. */
  async function seesMore(): Promise<number> {
    end = Math.max(await eventLog.last(), applied)
    return applied - told
  }

  /** What another process applied, or this one before it was listened to, is read again and told here. */
  async function catchUpListeners(): Promise<void> {
    if (told >= applied) return
    tell((await eventLog.read(told, batchLimit)).filter(({ position }) => position <= applied))
  }

  function adopt({ position, ledgerPosition }: ViewCheckpoint): void {
    applied = position
    appliedLedger = ledgerPosition
    settle()
  }

  /** Listeners hear of each entry once, in order, also while views are being rebuilt. */
  function tell(entries: readonly LogEntry[]): void {
    settle()
    const fresh = entries.filter(({ position }) => position > told)
    if (fresh.length === 0) return
    told = fresh.at(-1)?.position ?? told
    eventLog.passed(told)
    for (const listener of listeners) listener(fresh)
  }

  function settle(): void {
    for (const waiter of waiters) if (waiter.reached()) waiter.resolve()
  }

  function waitUntil(reached: () => boolean, timeoutMs: number): Promise<void> {
    if (reached()) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter = { reached, resolve: () => (waiters.delete(waiter), clearTimeout(timer), resolve()) }
      const timer = setTimeout(waiter.resolve, timeoutMs)
      waiters.add(waiter)
    })
  }

  async function beginRebuild(asked: NonNullable<typeof rebuilding>): Promise<void> {
    if (!lease.held) {
      rebuilding = null
      return asked.reject(new Error('another process applies the views; rebuild there'))
    }
    await clear()
    asked.begun = true
  }

  /** Emptied, not dropped: the stores made the indexes when they were opened. */
  async function clear(): Promise<void> {
    await checkpoint.drop()
    await lease.move({ position: 0, ledgerPosition: 0, clearing: true })
    applied = 0
    appliedLedger = 0
    for (const name of projections.flatMap(({ collections }) => collections)) await db?.collection(name).deleteMany({})
    await lease.move({ position: 0, ledgerPosition: 0, clearing: false, shape: viewsShape })
    end = await eventLog.last()
  }

  function finishRebuild(): void {
    rebuilding?.resolve()
    rebuilding = null
  }

  function rebuild(): Promise<void> {
    return new Promise((resolve, reject) => {
      rebuilding = { resolve, reject, begun: false }
      bell.ring()
    })
  }

  return {
    register: (projection) => void projections.push(projection),
    onApplied: (listener) => void listeners.push(listener),
    async start() {
      stopped = false
      const found = await lease.take()
      adopt(found)
      if (found.clearing && lease.held) await clear()
      told = found.position
      end = await eventLog.last()
      unlisten = eventLog.onAppended((upTo) => {
        if (upTo === null || upTo > taken) bell.ring()
      })
      pump = await startLedgerPump({ ledger, eventLog, checkpoints: db.collection<LedgerCheckpoint>('feed'), log })
      running = run()
      if (lease.held && isOutdated(found)) {
        log.info({ position: found.position }, 'the views were made by another version: reading the log again')
        await rebuild()
      } else if (end - found.position > batchLimit) {
        log.info({ position: found.position, end }, 'the views are far behind the log: reading on')
        await waitUntil(() => applied >= end, forever)
      }
    },
    async stop() {
      stopped = true
      bell.ring()
      await pump?.stop()
      await running
      await checkpoint.drop()
      await unlisten?.()
      await lease.release({ position: applied, ledgerPosition: appliedLedger })
    },
    upTo: (position, timeoutMs = 3_000) => waitUntil(() => applied >= position, timeoutMs),
    upToLedger: (position, timeoutMs = 3_000) => waitUntil(() => appliedLedger >= position, timeoutMs),
    rebuild,
    health() {
      const problem = fault ?? pump?.fault() ?? null
      return { ok: problem === null && running !== null, position: applied, behind: Math.max(end - applied, 0), ledgerPosition: appliedLedger, detail: problem ?? (lease.held ? 'applies the views' : 'another process applies the views') }
    },
  }
}

function isOutdated({ shape = 0 }: ViewCheckpoint): boolean {
  return shape !== viewsShape
}

/** Entries of one append bear the same moment. */
function isBulk(entries: readonly LogEntry[]): boolean {
  return entries.length >= bulk && entries.at(-bulk)?.at.getTime() === entries.at(-1)?.at.getTime()
}

/** Side by side: each writes its own collections. When one fails the batch comes again for all. */
async function applyToAll(projections: readonly Projection[], entries: readonly LogEntry[]): Promise<void> {
  const outcomes = await Promise.allSettled(projections.map((projection) => applyTo(projection, entries)))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function applyTo(projection: Projection, entries: readonly LogEntry[]): Promise<void> {
  try {
    await projection.apply(entries)
  } catch (error) {
    throw new Error(`the view ${projection.name} failed between ${entries[0]?.position} and ${entries.at(-1)?.position}: ${wordsOf(error)}`, { cause: error })
  }
}

function ledgerPositionIn(entries: readonly LogEntry[]): number | null {
  const last = entries.findLast(({ event }) => event.type === 'ledger-recorded')
  return last?.event.type === 'ledger-recorded' ? last.event.record.position : null
}
