import type { Ledger, LedgerRecord } from '@yidan/ledger/port'
import type { Collection } from 'mongodb'
import type { Logger } from 'pino'
import type { EventLogPort, NewEntry } from './types.ts'
import { aBell, backoff, wordsOf } from './wake.ts'

/** How far the ledger has been copied into the log, and from which network. */
export interface LedgerCheckpoint {
  readonly _id: 'ledger'
  readonly network: string
  readonly position: number
}

export interface LedgerPump {
  stop(): Promise<void>
  /** Null while all is well. */
  fault(): string | null
}

const batchLimit = 500

/**
 * Copies each ledger record into the log, in order, as it is recorded. A record copied twice is the same log entry (its id is the
 * ledger position), so a crash between copy and checkpoint does no harm, nor do several processes that copy at the same time.
 * @throws Error when the log was copied from another ledger than this one.
 */
export async function startLedgerPump({ ledger, eventLog, checkpoints, log }: {
  readonly ledger: Ledger
  readonly eventLog: EventLogPort
  readonly checkpoints: Collection<LedgerCheckpoint>
  readonly log: Logger
}): Promise<LedgerPump> {
  let position = (await checkpoints.findOne({ _id: 'ledger' }))?.position ?? 0
  await refuseOtherLedger({ ledger, eventLog, network: (await checkpoints.findOne({ _id: 'ledger' }))?.network ?? ledger.network, position })
  const stopping = new AbortController()
  const bell = aBell()
  let fault: string | null = null
  const running = run()

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await copy()
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) return
        failures += 1
        fault = wordsOf(error)
        log.error({ err: error, position }, 'the ledger cannot be followed')
        await bell.wait(backoff(failures))
      }
    }
  }

  async function copy(): Promise<void> {
    const attempt = new AbortController()
    const signal = AbortSignal.any([stopping.signal, attempt.signal])
    const pending: LedgerRecord[] = []
    let flushing: Promise<void> | null = null
    const broken: { error?: unknown } = {}

    async function flush(): Promise<void> {
      try {
        while (pending.length > 0) await save(pending.splice(0, batchLimit))
      } catch (error) {
        broken.error = error
        attempt.abort()
      } finally {
        flushing = null
      }
    }

    for await (const record of ledger.follow(position, signal)) {
      if (attempt.signal.aborted) break
      pending.push(record)
      flushing ??= flush()
      if (pending.length >= batchLimit) await flushing
    }
    await flushing
    if (broken.error !== undefined) throw new Error('the log did not take a ledger record', { cause: broken.error })
  }

  async function save(records: readonly LedgerRecord[]): Promise<void> {
    await eventLog.append(records.map(entryOf))
    position = records.at(-1)?.position ?? position
    await checkpoints.updateOne({ _id: 'ledger' }, { $set: { network: ledger.network }, $max: { position } }, { upsert: true })
    fault = null
  }

  return {
    async stop() {
      stopping.abort()
      bell.ring()
      await running
    },
    fault: () => fault,
  }
}

function entryOf(record: LedgerRecord): NewEntry {
  const about = record.entries.map(({ subject }) => (subject.startsWith('b') ? `bill:${subject}` : `party:${subject}`))
  return { id: `ledger:${record.position}`, event: { type: 'ledger-recorded', record }, about: [...new Set(about)] }
}

/** A database beside a ledger it does not belong to would show titles that this ledger never recorded. */
async function refuseOtherLedger({ ledger, eventLog, network, position }: { ledger: Ledger; eventLog: EventLogPort; network: string; position: number }): Promise<void> {
  if (network !== ledger.network) throw new Error(`this database was filled from the ledger network ${network}, not ${ledger.network}`)
  const copied = (await eventLog.byId([`ledger:${position}`])).get(`ledger:${position}`)?.event
  if (copied?.type !== 'ledger-recorded') return
  for (const { subject, seq, hash } of copied.record.entries) {
    const same = (await ledger.history(subject)).some((entry) => entry.seq === seq && entry.hash === hash)
    if (!same) throw new Error(`this database was filled from another ledger: it has entry ${hash} of ${subject}, the ledger has not`)
  }
}
