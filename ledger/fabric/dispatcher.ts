import { setMaxListeners } from 'node:events'
import { canonicalJson, Refusal, type CommandId, type Instant, type RefusalCode, type SignedCommand, type Subject } from '../domain/index.ts'
import { LedgerUnavailable, type LedgerRecord, type Receipt } from '../port.ts'
import { takeBatch, type Waiting } from './batcher.ts'
import { pause } from './block-stream.ts'
import type { Log } from './log.ts'
import type { KeptCommand, KeptEnvelope, OutboxStore } from './outbox.ts'
import type { TransactionOutcome } from './records.ts'
import { signalOf, verdictOf, type Signal } from './signals.ts'

/** What the dispatcher needs of the network: the steps of one transaction. Every promise may reject with the gateway's own errors. */
export interface NetworkEdge {
  /** Has the batch decided, each command by itself. Nothing is sent. */
  endorse(batch: readonly SignedCommand[], given: { readonly confidential: readonly string[]; readonly organisations: readonly string[] | null }): Promise<Endorsed>
  /** Hands the bytes to the orderers. That they took it does not make it durable. */
  order(bytes: Uint8Array): Promise<void>
  /** What a peer has of the transaction; null when none that could be asked has it. */
  look(txId: string): Promise<TransactionOutcome | null>
  /** What the stream of blocks will say of it. */
  outcomeOf(txId: string): { readonly outcome: Promise<TransactionOutcome>; stop(): void }
  /** The stream is behind: another peer has this block. */
  streamIsBehind(block: number): void
  /** Which of these organisations does not answer; the network's own word for it names none. */
  whoIsAway(organisations: readonly string[]): Promise<string | null>
}

export interface Endorsed {
  readonly txId: string
  readonly bytes: Uint8Array
  /** One for each command, in order. */
  readonly answers: readonly Answer[]
}

export type Answer =
  | { readonly recorded: number }
  | { readonly repeated: string }
  | { readonly refused: RefusalCode; readonly detail: Readonly<Record<string, unknown>> }

/** A command, and what has to be known to send it. */
export interface Prepared {
  readonly signed: SignedCommand
  readonly confidential: readonly string[]
  readonly touches: readonly Subject[]
  /** Names the set of organisations that must endorse. */
  readonly group: string
  /** The set itself, where it must be asked for by name; null leaves the choice to the gateway. */
  readonly organisations: readonly string[] | null
}

export interface DispatcherOptions {
  readonly edge: NetworkEdge
  readonly outbox: OutboxStore
  readonly prepare: (signed: SignedCommand, confidential: readonly string[]) => Promise<Prepared>
  readonly clock: () => Date
  readonly log: Log
  readonly limits?: Partial<DispatcherLimits>
}

export interface DispatcherLimits {
  /** Commands that wait; one more is turned away. */
  readonly queue: number
  readonly batch: number
  /** Bytes of commands in one batch. */
  readonly bytes: number
  /** Batches on their way. */
  readonly inFlight: number
  /** Batches being endorsed. */
  readonly endorsing: number
  /** How long a caller waits before it is told that the command goes on without it (ms). */
  readonly patience: number
  /** How long the stream may be silent about a transaction before it is looked for, and sent again (ms). */
  readonly silence: number
  /** How often it is decided anew because somebody else was first. */
  readonly conflicts: number
}

const usualLimits: DispatcherLimits = { queue: 2_000, batch: 128, bytes: 400_000, inFlight: 4, endorsing: 2, patience: 10_000, silence: 3_000, conflicts: 6 }
const quickRetries = 3, throwsBeforeGivingUp = 4, lagRetries = 5
const shortestHold = 100, longestHold = 3_000

interface Caller {
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: Error) => void
}

/** One command on its way, with whoever waits for it; without anybody it is in the outbox. */
interface Task extends Waiting {
  readonly prepared: Prepared
  readonly since: Instant
  readonly callers: Set<Caller>
  alone: boolean
  conflicts: number
  lags: number
  /** The outbox has it as a command of its own. */
  kept: boolean
  /** The outbox has it in an envelope. */
  sent: boolean
  settled: boolean
}

/**
 * Sends commands: gathers them into batches, has them endorsed, keeps the envelope, orders it, and waits until a block says what became of
 * it. Each command ends exactly once: recorded, refused, or left with the outbox.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #limits: DispatcherLimits
  readonly #queue: Task[] = []
  readonly #tasks = new Map<CommandId, Task>()
  readonly #envelopes = new Set<string>()
  readonly #busy = new Set<Subject>()
  readonly #holds = new Map<string, { failures: number; until: number; signal: Signal }>()
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #inFlight = 0
  #endorsing = 0
  #kicked = false

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#limits = { ...usualLimits, ...options.limits }
    setMaxListeners(0, this.#stopping.signal)
  }

  /**
   * @throws Refusal when a rule says no
   * @throws LedgerUnavailable when too much waits already, or (`pending`) when it takes longer than a caller should wait
   */
  async submit(prepared: Prepared): Promise<Receipt> {
    if (this.#stopping.signal.aborted) throw new LedgerUnavailable('the ledger is closed')
    const same = this.#tasks.get(prepared.signed.command.commandId)
    const isSame = same !== undefined && canonicalJson(same.prepared.signed) === canonicalJson(prepared.signed)
    if (!isSame && this.#queue.length >= this.#limits.queue) throw new LedgerUnavailable(`${this.#queue.length} acts wait to be recorded already; ${this.waitingFor() ?? 'the network is slow'}`)
    const task = isSame ? same : this.#enqueue(prepared, { since: this.#now(), kept: false })
    return new Promise((resolve, reject) => {
      const caller: Caller = { resolve: (receipt) => (clearTimeout(timer), resolve(receipt)), reject: (error) => (clearTimeout(timer), reject(error)) }
      const timer = setTimeout(() => void this.#outwait(task, caller), this.#limits.patience)
      task.callers.add(caller)
    })
  }

  /** Since when a command is on its way here; null when it is not. */
  pendingSince(commandId: CommandId): Instant | null {
    return this.#tasks.get(commandId)?.since ?? null
  }

  /** Takes up what the outbox holds since before this moment and nobody here is at. */
  async resume(before: Instant): Promise<void> {
    const { envelopes, commands } = await this.#options.outbox.unfinished(before)
    for (const envelope of envelopes) {
      if (this.#envelopes.has(envelope.txId)) continue
      this.#envelopes.add(envelope.txId)
      // It may be kept as a command too: both are forgotten together.
      const tasks = await Promise.all(envelope.commands.map(async ({ signed, confidential, since }) => this.#taskOf(await this.#options.prepare(signed, confidential), { since, kept: true, sent: true })))
      this.#start(this.#finish(envelope, tasks))
    }
    for (const { signed, confidential, since } of commands) {
      if (this.#tasks.has(signed.command.commandId)) continue
      const prepared = await this.#options.prepare(signed, confidential)
      if (!this.#tasks.has(signed.command.commandId)) this.#enqueue(prepared, { since, kept: true })
    }
  }

  get figures(): { readonly waiting: number; readonly inFlight: number; readonly oldest: Instant | null } {
    const since = [...this.#tasks.values()].map((task) => task.since)
    return { waiting: this.#queue.length, inFlight: this.#inFlight, oldest: since.length === 0 ? null : since.reduce((one, other) => (one < other ? one : other)) }
  }

  /** What holds up commands just now, in words; null when nothing does. */
  waitingFor(): string | null {
    const [signal] = [...this.#holds.values()].sort((one, other) => other.failures - one.failures).map((hold) => hold.signal)
    return signal ? wordsOf(signal) : null
  }

  /** Callers are told that their commands go on later; what is under way is left to the outbox. */
  async close(): Promise<void> {
    const waiting = [...this.#tasks.values()]
    this.#stopping.abort()
    await Promise.all(waiting.flatMap((task) => [...task.callers].map((caller) => this.#outwait(task, caller))))
    await Promise.allSettled([...this.#running])
  }

  #enqueue(prepared: Prepared, { since, kept }: { since: Instant; kept: boolean }): Task {
    const task = this.#taskOf(prepared, { since, kept, sent: false })
    this.#queue.push(task)
    this.#kick()
    return task
  }

  #taskOf(prepared: Prepared, { since, kept, sent }: { since: Instant; kept: boolean; sent: boolean }): Task {
    const { signed, touches, group, confidential } = prepared
    const task: Task = { prepared, touches, group, size: canonicalJson(signed).length, alone: confidential.length > 0, since, kept, sent, callers: new Set(), conflicts: 0, lags: 0, settled: false }
    if (!this.#tasks.has(signed.command.commandId)) this.#tasks.set(signed.command.commandId, task)
    return task
  }

  /** Lets whoever asks in the same turn of the event loop into the same batch. */
  #kick(): void {
    if (this.#kicked) return
    this.#kicked = true
    setImmediate(() => {
      this.#kicked = false
      this.#startBatches()
    })
  }

  #startBatches(): void {
    while (!this.#stopping.signal.aborted && this.#inFlight < this.#limits.inFlight && this.#endorsing < this.#limits.endorsing) {
      const now = Date.now()
      const batch = takeBatch(this.#queue, { busy: this.#busy, held: (group) => (this.#holds.get(group)?.until ?? 0) > now, limits: { most: this.#limits.batch, bytes: this.#limits.bytes } })
      if (batch.length === 0) return
      this.#start(this.#run(batch))
    }
  }

  #start(work: Promise<void>): void {
    this.#running.add(work)
    void work.finally(() => this.#running.delete(work))
  }

  async #run(batch: readonly Task[]): Promise<void> {
    const touched = batch.flatMap(({ touches }) => touches)
    for (const subject of touched) this.#busy.add(subject)
    this.#inFlight += 1
    try {
      const endorsed = await this.#endorse(batch)
      if (endorsed) await this.#send(batch, endorsed)
    } catch (error) {
      this.#options.log.error({ err: error }, 'a batch of commands could not be sent')
      for (const task of batch) await this.#giveUp(task, error)
    } finally {
      this.#inFlight -= 1
      for (const subject of touched) this.#busy.delete(subject)
      this.#kick()
    }
  }

  /** Null when it cannot be endorsed now: the commands are back in the queue. */
  async #endorse(batch: readonly Task[]): Promise<Endorsed | null> {
    this.#endorsing += 1
    try {
      for (let tries = 1; !this.#stopping.signal.aborted; tries += 1) {
        const { signal, endorsed } = await this.#tryEndorse(batch)
        if (endorsed) return endorsed
        if (signal.remedy === 'refused') {
          const only = batch.length === 1 ? batch[0] : undefined
          if (!only) return this.#putBack(batch.map((task) => Object.assign(task, { alone: true })))
          if (tries >= throwsBeforeGivingUp) throw new LedgerUnavailable(signal.words)
        } else if (tries >= quickRetries) {
          this.#hold(batch, signal)
          return this.#putBack(batch)
        }
        await pause(shortestHold * 2 ** (tries - 1) * (0.5 + Math.random()), this.#stopping.signal)
      }
      return this.#putBack(batch)
    } finally {
      this.#endorsing -= 1
      this.#kick()
    }
  }

  async #tryEndorse(batch: readonly Task[]): Promise<{ readonly endorsed: Endorsed; readonly signal?: never } | { readonly endorsed: null; readonly signal: Signal }> {
    const [first] = batch
    try {
      const endorsed = await this.#options.edge.endorse(batch.map(({ prepared }) => prepared.signed), { confidential: batch.flatMap(({ prepared }) => prepared.confidential), organisations: first?.prepared.organisations ?? null })
      if (first && this.#holds.delete(first.group)) this.#options.log.info({ organisations: first.group }, 'acts can be endorsed again')
      return { endorsed }
    } catch (error) {
      const told = signalOf('endorse', error)
      const signal = first && told.organisation === null && told.remedy === 'again' ? { ...told, organisation: await this.#options.edge.whoIsAway(first.group.split(',')) } : told
      if (first) this.#holds.set(first.group, { ...(this.#holds.get(first.group) ?? { failures: 0, until: 0 }), signal })
      this.#options.log[signal.alarm ? 'warn' : 'debug']({ organisations: first?.group, commands: batch.length, signal: signal.words }, 'acts are not endorsed')
      return { endorsed: null, signal }
    }
  }

  #hold([first]: readonly Task[], signal: Signal): void {
    if (!first) return
    const failures = (this.#holds.get(first.group)?.failures ?? 0) + 1
    const wait = Math.min(shortestHold * 2 ** failures, longestHold)
    this.#holds.set(first.group, { failures, until: Date.now() + wait, signal })
    setTimeout(() => this.#kick(), wait + 1).unref()
  }

  /** Before everything that came later. */
  #putBack(tasks: readonly Task[]): null {
    this.#queue.unshift(...tasks.filter(({ settled }) => !settled))
    return null
  }

  /** Answers what needs no sending, keeps the envelope, and stays with it to its end. */
  async #send(batch: readonly Task[], { txId, bytes, answers }: Endorsed): Promise<void> {
    if (answers.length !== batch.length) throw new Error(`${answers.length} answers to ${batch.length} commands`)
    const recorded: Task[] = []
    for (const [index, task] of batch.entries()) {
      const answer = answers[index]
      if (answer === undefined || 'recorded' in answer) recorded.push(task)
      else if ('repeated' in answer) this.#start(this.#answerRepeated(task, answer.repeated))
      else await this.#answerRefused(task, answer)
    }
    if (recorded.length === 0) return
    const envelope: KeptEnvelope = { txId, bytes, commands: recorded.map(keptOf), since: this.#now() }
    await this.#options.outbox.keepEnvelope(envelope).catch((error: unknown) => { throw new LedgerUnavailable('what is sent cannot be kept first', { cause: error }) })
    for (const task of recorded) task.sent = true
    this.#envelopes.add(txId)
    await this.#follow(envelope, recorded, { isNew: true })
  }

  /** An envelope of an earlier run: it is looked for before it is sent again. */
  async #finish(envelope: KeptEnvelope, tasks: readonly Task[]): Promise<void> {
    const touched = tasks.flatMap(({ touches }) => touches)
    for (const subject of touched) this.#busy.add(subject)
    try {
      await this.#follow(envelope, tasks, { isNew: false })
    } catch (error) {
      this.#options.log.error({ err: error, txId: envelope.txId }, 'what was sent before the last stop cannot be followed')
      this.#envelopes.delete(envelope.txId)
    } finally {
      for (const subject of touched) this.#busy.delete(subject)
      this.#kick()
    }
  }

  async #follow(envelope: KeptEnvelope, tasks: readonly Task[], { isNew }: { isNew: boolean }): Promise<void> {
    const outcome = await this.#outcomeOf(envelope, isNew)
    if (outcome === null) return
    const verdict = verdictOf(outcome.code)
    if (verdict === 'recorded') for (const task of tasks) this.#answerRecorded(task, outcome.records)
    else await this.#decideAgain(tasks, outcome, verdict === 'decide-again')
    this.#start(this.#forget(envelope.txId, tasks.filter(({ kept, settled }) => kept && settled)))
  }

  async #forget(txId: string, tasks: readonly Task[]): Promise<void> {
    const { outbox, log } = this.#options
    try {
      await Promise.all([outbox.forgetEnvelope(txId), ...tasks.map((task) => outbox.forgetCommand(idOf(task)))])
    } catch (error) {
      // It will be looked for once more, and found.
      log.warn({ err: error, txId }, 'the outbox does not forget what is done')
    }
    this.#envelopes.delete(txId)
  }

  /** Sends and waits, looks and sends the same bytes again, until a block says what became of it; null when this process stops before. */
  async #outcomeOf({ txId, bytes }: KeptEnvelope, isNew: boolean): Promise<TransactionOutcome | null> {
    const { edge, log } = this.#options
    const watch = edge.outcomeOf(txId)
    const stopped = this.#stopping.signal
    try {
      let silence = this.#limits.silence
      for (let tries = 0; !stopped.aborted; tries += 1) {
        const mustLook = !isNew || tries > 0
        const seen = mustLook ? await this.#looksFor(txId) : null
        if (seen) return seen
        const refusal = await edge.order(bytes).then(() => null, (error: unknown) => signalOf('submit', error))
        if (refusal) log[refusal.alarm ? 'error' : 'debug']({ txId, signal: refusal.words }, 'an orderer did not take it')
        const wait = refusal ? Math.min(shortestHold * 2 ** tries, longestHold) : silence
        if (!refusal) silence = Math.min(silence * 2, 30_000)
        const outcome = await Promise.race([watch.outcome, pause(wait, stopped).then(() => null)])
        if (outcome) return outcome
        if (!refusal) log.warn({ txId, waited: wait }, 'no block tells of what was sent: looking for it, then sending the same again')
      }
      return null
    } finally {
      watch.stop()
    }
  }

  async #looksFor(txId: string): Promise<TransactionOutcome | null> {
    const { edge, log } = this.#options
    try {
      const seen = await edge.look(txId)
      if (seen) edge.streamIsBehind(seen.block)
      return seen
    } catch (error) {
      log.debug({ txId, signal: signalOf('evaluate', error).words }, 'no peer says whether it is recorded')
      return null
    }
  }

  /** It stands in a block and recorded nothing. Without a caller it must be in the outbox as a command before its envelope goes. */
  async #decideAgain(tasks: readonly Task[], { code, txId }: TransactionOutcome, isConflict: boolean): Promise<void> {
    this.#options.log[isConflict ? 'debug' : 'error']({ txId, code, commands: tasks.length }, 'a transaction was invalidated; its commands are decided again')
    for (const task of tasks) {
      Object.assign(task, { sent: false, alone: true, conflicts: task.conflicts + 1 })
      // A store may hold it already: keeping it again changes nothing.
      if (task.callers.size === 0) await this.#keep(task)
    }
    const worn = tasks.filter(({ conflicts }) => conflicts > this.#limits.conflicts)
    for (const task of worn) await this.#giveUp(task, new LedgerUnavailable('others act on the same titles all the time'))
    this.#putBack(tasks.filter((task) => !worn.includes(task)))
  }

  #answerRecorded(task: Task, records: readonly LedgerRecord[]): void {
    const record = records.find(({ commandId }) => commandId === idOf(task))
    if (record) this.#settle(task, (caller) => caller.resolve({ ...record, repeated: false }))
    else void this.#giveUp(task, new Error(`the transaction that recorded ${idOf(task)} does not name it`))
  }

  async #answerRepeated(task: Task, txId: string): Promise<void> {
    try {
      const record = (await this.#options.edge.look(txId))?.records.find(({ commandId }) => commandId === idOf(task))
      if (!record) throw new LedgerUnavailable(`the transaction ${txId} cannot be read`)
      this.#settle(task, (caller) => caller.resolve({ ...record, repeated: true }))
      if (task.kept) await this.#options.outbox.forgetCommand(idOf(task))
    } catch (error) {
      await this.#giveUp(task, error instanceof LedgerUnavailable ? error : new LedgerUnavailable('the first receipt cannot be read', { cause: error }))
    }
  }

  async #answerRefused(task: Task, { refused, detail }: { readonly refused: RefusalCode; readonly detail: Readonly<Record<string, unknown>> }): Promise<void> {
    // An endorser that is behind what this side has seen refuses what it will take a moment later.
    if (isAhead(refused, detail) && task.lags < lagRetries) {
      task.lags += 1
      return this.#start(this.#putBackLater(task))
    }
    const isOrphan = task.callers.size === 0
    this.#settle(task, (caller) => caller.reject(new Refusal(refused, detail)))
    if (isOrphan) await this.#options.outbox.refuseCommand(idOf(task), { code: refused, detail })
    else if (task.kept) await this.#options.outbox.forgetCommand(idOf(task))
  }

  async #putBackLater(task: Task): Promise<void> {
    await pause(shortestHold / 2, this.#stopping.signal)
    this.#putBack([task])
    this.#kick()
  }

  /** Not recorded as far as this process knows. What the outbox holds stays there and is tried again later. */
  async #giveUp(task: Task, error: unknown): Promise<void> {
    if (task.settled) return
    this.#settle(task, (caller) => caller.reject(error instanceof LedgerUnavailable ? error : new LedgerUnavailable('the act could not be sent', { cause: error })))
  }

  #settle(task: Task, tell: (caller: Caller) => void): void {
    task.settled = true
    if (this.#tasks.get(idOf(task)) === task) this.#tasks.delete(idOf(task))
    for (const caller of task.callers) tell(caller)
    task.callers.clear()
  }

  /** The caller has waited long enough: the command goes on without it, once it is kept. */
  async #outwait(task: Task, caller: Caller): Promise<void> {
    const kept = task.sent || task.kept || (await this.#keep(task).then(() => true, () => false))
    if (task.settled) {
      if (task.kept) await this.#options.outbox.forgetCommand(idOf(task)).catch(() => undefined)
      return
    }
    task.callers.delete(caller)
    const hold = this.#holds.get(task.group)
    caller.reject(new LedgerUnavailable((hold && wordsOf(hold.signal)) ?? this.waitingFor() ?? 'the network does not answer', { pending: kept, waitsFor: hold?.signal.organisation ?? null }))
    if (kept || task.callers.size > 0) return
    const at = this.#queue.indexOf(task)
    if (at < 0) return
    this.#queue.splice(at, 1)
    this.#settle(task, () => undefined)
  }

  async #keep(task: Task): Promise<void> {
    await this.#options.outbox.keepCommand(keptOf(task))
    task.kept = true
  }

  #now(): Instant {
    return this.#options.clock().toISOString() as Instant
  }
}

function wordsOf({ organisation, words }: Signal): string {
  return organisation === null ? words : `waiting for ${organisation}: ${words}`
}

function idOf({ prepared }: Task): CommandId {
  return prepared.signed.command.commandId
}

function keptOf({ prepared: { signed, confidential }, since }: Task): KeptCommand {
  return { signed, confidential, since }
}

/** The signer has seen more of the stream than the endorser. */
function isAhead(code: RefusalCode, detail: Readonly<Record<string, unknown>>): boolean {
  const { expects, have } = detail
  return code === 'stale-sequence' && typeof expects === 'number' && typeof have === 'number' && expects > have
}
