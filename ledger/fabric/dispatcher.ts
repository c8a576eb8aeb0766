import { setMaxListeners } from 'node:events'
import { canonicalJson, Refusal, type CommandId, type Instant, type RefusalCode, type SignedCommand, type Subject } from '../domain/index.ts'
import { LedgerUnavailable, type LedgerRecord, type Receipt } from '../port.ts'
import { takeBatch } from './batcher.ts'
import { pause } from './block-stream.ts'
import type { Endorsed, NetworkEdge, Prepared } from './edge.ts'
import { endOf } from './envelope-end.ts'
import { backoff, Holds, wordsOf } from './holds.ts'
import type { Log } from './log.ts'
import type { KeptEnvelope, OutboxStore } from './outbox.ts'
import type { TransactionOutcome } from './records.ts'
import { signalOf, verdictOf, type Signal } from './signals.ts'
import { keptOf, taskOf, type Caller, type Task } from './task.ts'

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
const quickRetries = 3, throwsBeforeGivingUp = 4, lagRetries = 5, lagPause = 50

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
  readonly #holds = new Holds()
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
    const task = isSame ? same : this.#enqueue(taskOf(prepared, { since: this.#now() }))
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
      const tasks = await Promise.all(envelope.commands.map(async ({ signed, confidential, since }) => this.#known(taskOf(await this.#options.prepare(signed, confidential), { since, kept: true, sent: true }))))
      this.#start(this.#finish(envelope, tasks))
    }
    for (const { signed, confidential, since } of commands) {
      if (this.#tasks.has(signed.command.commandId)) continue
      const task = taskOf(await this.#options.prepare(signed, confidential), { since, kept: true })
      if (!this.#tasks.has(task.commandId)) this.#enqueue(task)
    }
  }

  get figures(): { readonly waiting: number; readonly inFlight: number; readonly oldest: Instant | null } {
    const since = [...this.#tasks.values()].map((task) => task.since)
    return { waiting: this.#queue.length, inFlight: this.#inFlight, oldest: since.length === 0 ? null : since.reduce((one, other) => (one < other ? one : other)) }
  }

  /** What holds up commands just now, in words; null when nothing does. */
  waitingFor(): string | null {
    const signal = this.#holds.worst(new Set([...this.#tasks.values()].map(({ group }) => group)))
    return signal && wordsOf(signal)
  }

  /** Callers are told that their commands go on later; what is under way is left to the outbox. */
  async close(): Promise<void> {
    const waiting = [...this.#tasks.values()]
    this.#stopping.abort()
    await Promise.all(waiting.flatMap((task) => [...task.callers].map((caller) => this.#outwait(task, caller))))
    await Promise.allSettled([...this.#running])
  }

  #enqueue(task: Task): Task {
    this.#queue.push(this.#known(task))
    this.#kick()
    return task
  }

  #known(task: Task): Task {
    if (!this.#tasks.has(task.commandId)) this.#tasks.set(task.commandId, task)
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
      const batch = takeBatch(this.#queue, { busy: this.#busy, held: (group) => this.#holds.isHeld(group), limits: { most: this.#limits.batch, bytes: this.#limits.bytes } })
      if (batch.length === 0) return
      this.#start(this.#run(batch))
    }
  }

  /** What is under way is waited for at the end; it words its own failures. */
  #start(work: Promise<void>): void {
    const noted = work.catch((error: unknown) => this.#options.log.error({ err: error }, 'a step of recording failed')).finally(() => this.#running.delete(noted))
    this.#running.add(noted)
  }

  async #run(batch: readonly Task[]): Promise<void> {
    this.#inFlight += 1
    try {
      await this.#occupying(batch, async () => {
        const endorsed = await this.#endorse(batch)
        if (endorsed) await this.#send(batch, endorsed)
      })
    } catch (error) {
      this.#options.log.error({ err: error }, 'a batch of commands could not be sent')
      for (const task of batch) this.#giveUp(task, error)
    } finally {
      this.#inFlight -= 1
      this.#kick()
    }
  }

  /** An envelope of an earlier run. */
  async #finish(envelope: KeptEnvelope, tasks: readonly Task[]): Promise<void> {
    await this.#occupying(tasks, () => this.#follow(envelope, tasks, { maybeSent: true }))
    this.#kick()
  }

  /** Meanwhile nothing else of these streams goes out. */
  async #occupying(tasks: readonly Task[], work: () => Promise<void>): Promise<void> {
    const touched = tasks.flatMap(({ touches }) => touches)
    for (const subject of touched) this.#busy.add(subject)
    try {
      await work()
    } finally {
      for (const subject of touched) this.#busy.delete(subject)
    }
  }

  /** Null when it cannot be endorsed now: the commands are back in the queue. */
  async #endorse(batch: readonly Task[]): Promise<Endorsed | null> {
    this.#endorsing += 1
    try {
      const atOnce = await this.#endorseSideBySide(batch)
      if (atOnce) return atOnce
      for (let tries = 1; !this.#stopping.signal.aborted; tries += 1) {
        const outcome = await this.#tryEndorse(batch)
        if ('answers' in outcome) return outcome
        if (outcome.remedy === 'refused') {
          if (batch.length > 1) return this.#putBack(batch.map((task) => Object.assign(task, { alone: true })))
          if (tries >= throwsBeforeGivingUp) throw new LedgerUnavailable(outcome.words)
        } else if (tries >= quickRetries) {
          return this.#hold(batch, outcome)
        }
        await pause(backoff(tries - 1) * (0.5 + Math.random()), this.#stopping.signal)
      }
      return this.#putBack(batch)
    } finally {
      this.#endorsing -= 1
      this.#kick()
    }
  }

  /**
   * By name the organisations decide at the same time; left to itself the gateway asks its own peer first and the others when that has
   * answered. Null when it did not work at once, for whatever reason: the gateway then finds its own way, and says what is wrong.
   */
  async #endorseSideBySide(batch: readonly Task[]): Promise<Endorsed | null> {
    const [first] = batch
    // What was invalidated may have gone to the wrong ones; who could not endorse a moment ago is not asked by name.
    if (!first?.prepared.likely || first.conflicts > 0 || this.#holds.signalOf(first.group) !== null) return null
    try {
      return await this.#options.edge.endorse(batch.map((task) => task.prepared.signed), { confidential: [], organisations: first.prepared.likely })
    } catch (error) {
      this.#options.log.debug({ organisations: first.group, commands: batch.length, signal: signalOf('endorse', error).words }, 'acts are not endorsed at once')
      return null
    }
  }

  async #tryEndorse(batch: readonly Task[]): Promise<Endorsed | Signal> {
    const { edge, log } = this.#options
    const { group = '', prepared } = batch[0] ?? {}
    try {
      const endorsed = await edge.endorse(batch.map((task) => task.prepared.signed), { confidential: batch.flatMap((task) => task.prepared.confidential), organisations: prepared?.organisations ?? null })
      if (this.#holds.release(group)) log.info({ organisations: group }, 'acts can be endorsed again')
      return endorsed
    } catch (error) {
      const told = signalOf('endorse', error)
      const signal = told.organisation === null && told.remedy === 'again' ? { ...told, organisation: await edge.whoIsAway(group.split(',')) } : told
      this.#holds.note(group, signal)
      log[signal.alarm ? 'warn' : 'debug']({ organisations: group, commands: batch.length, signal: signal.words }, 'acts are not endorsed')
      return signal
    }
  }

  #hold(batch: readonly Task[], signal: Signal): null {
    const wait = this.#holds.hold(batch[0]?.group ?? '', signal)
    setTimeout(() => this.#kick(), wait + 1).unref()
    return this.#putBack(batch)
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
    await this.#follow(envelope, recorded, { maybeSent: false })
  }

  async #follow(envelope: KeptEnvelope, tasks: readonly Task[], { maybeSent }: { maybeSent: boolean }): Promise<void> {
    const { txId } = envelope
    try {
      const outcome = await endOf(envelope, { ...this.#options, silence: this.#limits.silence, maybeSent, stopped: this.#stopping.signal })
      if (outcome === null) return
      const verdict = verdictOf(outcome.code)
      if (verdict === 'recorded') for (const task of tasks) this.#answerRecorded(task, outcome.records)
      else await this.#decideAgain(tasks, outcome, verdict === 'decide-again')
      this.#start(this.#forget(txId, tasks.filter(({ kept, settled }) => kept && settled)))
    } catch (error) {
      // The outbox still has it: it is taken up again.
      this.#envelopes.delete(txId)
      throw error
    }
  }

  async #forget(txId: string, tasks: readonly Task[]): Promise<void> {
    const { outbox, log } = this.#options
    try {
      await Promise.all([outbox.forgetEnvelope(txId), ...tasks.map(({ commandId }) => outbox.forgetCommand(commandId))])
    } catch (error) {
      // It will be looked for once more, and found.
      log.warn({ err: error, txId }, 'the outbox does not forget what is done')
    }
    this.#envelopes.delete(txId)
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
    for (const task of worn) this.#giveUp(task, new LedgerUnavailable('others act on the same titles all the time'))
    this.#putBack(tasks)
  }

  #answerRecorded(task: Task, records: readonly LedgerRecord[]): void {
    const record = records.find(({ commandId }) => commandId === task.commandId)
    if (record) this.#settle(task, (caller) => caller.resolve({ ...record, repeated: false }))
    else this.#giveUp(task, new Error(`the transaction that recorded ${task.commandId} does not name it`))
  }

  async #answerRepeated(task: Task, txId: string): Promise<void> {
    try {
      const record = (await this.#options.edge.look(txId))?.records.find(({ commandId }) => commandId === task.commandId)
      if (!record) throw new LedgerUnavailable(`the transaction ${txId} cannot be read`)
      this.#settle(task, (caller) => caller.resolve({ ...record, repeated: true }))
      if (task.kept) await this.#options.outbox.forgetCommand(task.commandId)
    } catch (error) {
      this.#giveUp(task, error)
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
    if (isOrphan) await this.#options.outbox.refuseCommand(task.commandId, { code: refused, detail })
    else if (task.kept) await this.#options.outbox.forgetCommand(task.commandId)
  }

  async #putBackLater(task: Task): Promise<void> {
    await pause(lagPause, this.#stopping.signal)
    this.#putBack([task])
    this.#kick()
  }

  /** Not recorded as far as this process knows. What the outbox holds stays there and is tried again later. */
  #giveUp(task: Task, error: unknown): void {
    if (task.settled) return
    const words = error instanceof LedgerUnavailable ? error.message : 'the act could not be sent'
    this.#settle(task, (caller) => caller.reject(new LedgerUnavailable(words, { pending: task.sent || task.kept, cause: error })))
  }

  #settle(task: Task, tell: (caller: Caller) => void): void {
    task.settled = true
    if (this.#tasks.get(task.commandId) === task) this.#tasks.delete(task.commandId)
    for (const caller of task.callers) tell(caller)
    task.callers.clear()
  }

  /** The caller has waited long enough: the command goes on without it, once it is kept. */
  async #outwait(task: Task, caller: Caller): Promise<void> {
    const kept = task.sent || task.kept || (await this.#keep(task).then(() => true, () => false))
    if (task.settled) {
      if (task.kept) await this.#options.outbox.forgetCommand(task.commandId).catch(() => undefined)
      return
    }
    task.callers.delete(caller)
    const signal = this.#holds.signalOf(task.group)
    caller.reject(new LedgerUnavailable(signal ? wordsOf(signal) : 'the network does not answer', { pending: kept, waitsFor: signal?.organisation ?? null }))
    if (!kept && task.callers.size === 0) this.#abandon(task)
  }

  /** Nobody waits for it and nothing keeps it: unless it is on its way already, it goes nowhere. */
  #abandon(task: Task): void {
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

/** The signer has seen more of the stream than the endorser. */
function isAhead(code: RefusalCode, detail: Readonly<Record<string, unknown>>): boolean {
  const { expects, have } = detail
  return code === 'stale-sequence' && typeof expects === 'number' && typeof have === 'number' && expects > have
}
