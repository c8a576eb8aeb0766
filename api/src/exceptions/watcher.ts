import { leaseTime } from '../events/lease.ts'
import type { LogEntry } from '../events/types.ts'
import { aBell } from '../events/wake.ts'
import type { Ports } from '../ports.ts'
import { factOf, openTrackingWatch, readEvent } from '../tracking/view.ts'
import { openLooking } from './looking.ts'
import type { ExceptionStore } from './store.ts'

/** Finds exceptions as the log is applied, and each minute those that only time makes. */
export interface ExceptionWatcher {
  /** Takes up what was applied since the last time, also before this process began; looks at every box once where nobody looked before. */
  start(): Promise<void>
  note(entries: readonly LogEntry[]): void
  /** Looks at all that is due by the platform's clock. */
  sweep(): Promise<void>
  /** Resolves when everything noted so far was looked at. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export const sweepEvery = 60_000
const atOnce = 500, aFew = 40
const tryAgain = 10_000
/** A burst of events of the same boxes is looked at once; while events keep coming, a look each second is soon enough. */
const gathering = 100, rest = 1_000
/** A long look rests this many times as long as it works. */
const restPerWork = 7

/**
 * One process looks at a time; when it ends, another goes on from the checkpoint. Should two look for a moment, what both find is one entry
 * of the log, by its id.
 */
export async function openExceptionWatcher(ports: Pick<Ports, 'database' | 'vault' | 'eventLog' | 'feed' | 'clock' | 'log'>, store: ExceptionStore): Promise<ExceptionWatcher> {
  await store.ready()
  const looking = openLooking(ports, store)
  const watch = openTrackingWatch(ports)
  const duty = store.duty()
  /** Whether it is our turn: what is noted then is looked at here, and until then left to the log. */
  let turn: 'away' | 'coming' | 'here' = 'away'
  let work: Promise<void> = Promise.resolve()
  let waiting = noted()
  let isGathering = false
  let lookedAt = 0
  /** Somebody waits for the end: no more rest than there must be. */
  const hurry = aBell()
  let awaited = 0
  let timer: NodeJS.Timeout | null = null
  let sweeping: NodeJS.Timeout | null = null
  let keeping: NodeJS.Timeout | null = null
  let stopped = false

  function then(task: () => Promise<void>): Promise<void> {
    work = work.then(() => (stopped ? undefined : task())).catch((error: unknown) => {
      ports.log.warn({ err: error }, 'exceptions wait')
      turn = 'away'
      if (!stopped) timer ??= setTimeout(() => ((timer = null), void then(takeTurn)), tryAgain)
    })
    return work
  }

  /** What was applied while it was another's turn, or nobody's, is read from the log. */
  async function takeTurn(): Promise<void> {
    if (turn === 'here') return
    if (!(await duty.hold())) return
    turn = 'coming'
    waiting = noted()
    await ((await store.checkpoints.findOne({ _id: 'exceptions' })) === null ? lookAtAll() : catchUp())
    turn = 'here'
    lookSoon()
  }

  /** Beside the work, which may take longer than a lease. */
  function keepTurn(): void {
    if (turn === 'away') {
      void then(takeTurn)
      return
    }
    duty.hold().then((mine) => { if (!mine) turn = 'away' }, (error: unknown) => ports.log.warn({ err: error }, 'exceptions wait'))
  }

  function lookSoon(): void {
    if (turn !== 'here' || isGathering || isEmpty(waiting)) return
    isGathering = true
    void then(async () => {
      await hurry.wait(Math.max(gathering, lookedAt + rest - Date.now()))
      const batch = waiting
      waiting = noted()
      isGathering = false
      if (turn === 'here') await lookAt(batch)
      lookedAt = Date.now()
    })
  }

  async function lookAt({ boxes, units, bills, sighted, position }: Noted): Promise<void> {
    for (const container of await watch.boxesOfBills([...bills])) boxes.add(container)
    await addSilent(sighted, boxes, units)
    await inTurns([...boxes], looking.boxes)
    await inTurns([...units], looking.units)
    await store.checkpoints.updateOne({ _id: 'exceptions' }, { $max: { position } })
  }

  /** A few at a time, and far longer at rest than at work: who follows a box live does not wait for a look at all the others. */
  async function inTurns(names: readonly string[], look: (some: readonly string[]) => Promise<void>): Promise<void> {
    for (let start = 0; start < names.length; start += aFew) {
      const before = Date.now()
      await look(names.slice(start, start + aFew))
      if (start + aFew < names.length && !stopped && awaited === 0) await hurry.wait(restPerWork * (Date.now() - before))
    }
  }

  /** A position changes nothing but that there is word again: only who was silent is looked at. */
  async function addSilent(sighted: ReadonlySet<string>, boxes: Set<string>, units: Set<string>): Promise<void> {
    const names = [...sighted]
    const silent = names.length === 0 ? [] : await store.exceptions.find({ state: 'open', kind: 'STALE', $or: [{ container: { $in: names } }, { service: { $in: names } }] }).toArray()
    for (const { container, service } of silent) {
      if (container !== null) boxes.add(container)
      if (service !== null) units.add(service)
    }
  }

  async function catchUp(): Promise<void> {
    const end = ports.feed.health().position
    for (let at = (await store.checkpoints.findOne({ _id: 'exceptions' }))?.position ?? end; at < end; ) {
      const entries = (await ports.eventLog.read(at, atOnce)).filter(({ position }) => position <= end)
      if (entries.length === 0) return
      const batch = noted()
      for (const entry of entries) noteIn(batch, entry)
      await lookAt(batch)
      at = entries.at(-1)?.position ?? end
    }
  }

  async function lookAtAll(): Promise<void> {
    const position = ports.feed.health().position
    for (let after = ''; !stopped; ) {
      const boxes = await watch.boxesAfter(after, atOnce)
      if (boxes.length === 0) break
      await looking.boxes(boxes.map(({ _id }) => _id))
      after = boxes.at(-1)?._id ?? after
    }
    if (!stopped) await store.checkpoints.updateOne({ _id: 'exceptions' }, { $max: { position } }, { upsert: true })
  }

  async function sweepDue(): Promise<void> {
    if (turn !== 'here') return
    for (;;) {
      const due = await store.watch.find({ due: { $lte: ports.clock() } }).sort({ due: 1 }).limit(atOnce).toArray()
      if (due.length === 0 || stopped) return
      const named = (kind: string): string[] => due.flatMap(({ _id }) => (_id.startsWith(kind) ? [_id.slice(kind.length)] : []))
      await looking.boxes(named('container:'))
      await looking.units(named('service:'))
    }
  }

  return {
    start() {
      sweeping = setInterval(() => void then(sweepDue), sweepEvery).unref()
      keeping = setInterval(keepTurn, leaseTime / 3).unref()
      return then(takeTurn)
    },
    note(entries) {
      if (turn === 'away') return
      for (const entry of entries) noteIn(waiting, entry)
      lookSoon()
    },
    sweep: () => then(sweepDue),
    async settled() {
      awaited += 1
      hurry.ring()
      await work.finally(() => { awaited -= 1 })
    },
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      if (sweeping !== null) clearInterval(sweeping)
      if (keeping !== null) clearInterval(keeping)
      hurry.ring()
      await work
      await duty.release()
    },
  }
}

interface Noted {
  readonly boxes: Set<string>
  readonly units: Set<string>
  readonly bills: Set<Extract<LogEntry['event'], { type: 'document-frozen' }>['billId']>
  readonly sighted: Set<string>
  position: number
}

function noted(): Noted {
  return { boxes: new Set(), units: new Set(), bills: new Set(), sighted: new Set(), position: 0 }
}

function isEmpty({ boxes, units, bills, sighted }: Noted): boolean {
  return boxes.size + units.size + bills.size + sighted.size === 0
}

function noteIn(batch: Noted, { event, position, ...entry }: LogEntry): void {
  batch.position = Math.max(batch.position, position)
  if (event.type === 'document-frozen' || event.type === 'bill-erased') batch.bills.add(event.billId)
  if (event.type === 'ledger-recorded') for (const { subject } of event.record.entries) if (subject.startsWith('b')) batch.bills.add(subject as typeof batch.bills extends Set<infer B> ? B : never)
  if (event.type === 'put-aside-decided') for (const about of entry.about) noteAbout(batch, about)
  const fact = event.type === 'tracking-put-aside' ? readEvent({ position, event: event.event, sender: event.sender, retracts: null }) : factOf({ event, position, ...entry })
  if (fact === null) return
  const sets = fact.code === 'POSITION' && fact.retracts === null && event.type === 'tracking-received' ? { boxes: batch.sighted, units: batch.sighted } : batch
  if (fact.container !== null) sets.boxes.add(fact.container)
  if (fact.service !== null && (fact.container === null || fact.code === 'LOAD' || fact.code === 'DISC')) sets.units.add(fact.service)
}

function noteAbout({ boxes, units }: Noted, about: string): void {
  const [kind, name = ''] = about.split(/:(.*)/s)
  if (kind === 'container') boxes.add(name)
  if (kind === 'service') units.add(name)
}
