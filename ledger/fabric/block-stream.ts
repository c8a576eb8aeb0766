import { setMaxListeners } from 'node:events'
import { duplicateTxId, type BlockNews, type FreshBlock, type TransactionOutcome } from './records.ts'

/** Blocks as one peer gives them, from a number on; ends or throws when the peer goes away. */
export type BlockSource = (startBlock: number, signal: AbortSignal) => AsyncIterable<FreshBlock>

export interface BlockStreamOptions {
  /** Opens the stream at the peer whose turn it is; called again after each break. */
  readonly open: BlockSource
  /** The first block that matters. */
  readonly from: number
  /** How many blocks stay at hand for whoever follows. */
  readonly keep?: number
  /** Told of each block once, in order, before anybody hears what became of its transactions. */
  readonly onBlock?: (block: FreshBlock) => void
  readonly onBreak?: (error: unknown, next: number) => void
}

const shortestPause = 50, longestPause = 2_000

/** One stream of blocks for this process: reopened when it breaks, in order and without a gap, kept at hand for a while. */
export class BlockStream {
  readonly #options: BlockStreamOptions
  readonly #recent = new Map<number, BlockNews>()
  readonly #waiting = new Map<string, Set<(outcome: TransactionOutcome) => void>>()
  readonly #wake = new Set<() => void>()
  readonly #stopping = new AbortController()
  #attempt = new AbortController()
  #running: Promise<void> | null = null
  #next: number
  #lastAt: number | null = null
  #fault: string | null = null

  constructor(options: BlockStreamOptions) {
    this.#options = options
    this.#next = options.from
    setMaxListeners(0, this.#stopping.signal)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** The block that is expected next. */
  get next(): number {
    return this.#next
  }

  /** When the last block came here (ms), or null. */
  get lastAt(): number | null {
    return this.#lastAt
  }

  /** Null while blocks can be read. */
  get fault(): string | null {
    return this.#fault
  }

  /** What becomes of a transaction, as soon as a block says it; asked before it is sent. `stop` ends the waiting. */
  outcomeOf(txId: string): { readonly outcome: Promise<TransactionOutcome>; stop(): void } {
    const known = [...this.#recent.values()].flatMap(({ outcomes }) => outcomes).find((outcome) => outcome.txId === txId && !isCopy(outcome))
    if (known) return { outcome: Promise.resolve(known), stop: () => undefined }
    let tell: (outcome: TransactionOutcome) => void = () => undefined
    const outcome = new Promise<TransactionOutcome>((resolve) => { tell = resolve })
    const listeners = this.#waiting.get(txId) ?? new Set()
    this.#waiting.set(txId, listeners.add(tell))
    return {
      outcome,
      stop: () => {
        listeners.delete(tell)
        if (listeners.size === 0) this.#waiting.delete(txId)
      },
    }
  }

  /** Another peer knows of blocks that did not come here: leave this one. */
  reopen(): void {
    this.#attempt.abort()
  }

  /** Resolves when this block has been read here, or the signal aborts. */
  async reached(block: number, signal: AbortSignal): Promise<void> {
    while (this.#next <= block && !signal.aborted) await this.#news(signal)
  }

  /** Every block from this one on, in order, for ever; ends when the signal aborts or the stream is stopped. */
  async *blocks(from: number, signal: AbortSignal): AsyncIterable<BlockNews> {
    const ending = AbortSignal.any([signal, this.#stopping.signal])
    for (let next = from; !ending.aborted; ) {
      const kept = this.#recent.get(next)
      if (kept) {
        yield kept
        next += 1
      } else if (next >= this.#next) {
        await this.#news(ending)
      } else {
        for await (const block of this.#older(next, ending)) {
          yield block
          next = block.number + 1
        }
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#attempt.abort()
    this.#tell()
    await this.#running
  }

  /** What is not at hand any more, by a stream of its own, until it meets what is. */
  async *#older(from: number, signal: AbortSignal): AsyncIterable<BlockNews> {
    const own = new AbortController()
    let next = from
    for await (const block of this.#options.open(from, AbortSignal.any([signal, own.signal]))) {
      if (block.number !== next) continue
      yield block
      next += 1
      if (this.#recent.has(next) || next >= this.#next) break
    }
    own.abort()
    if (next === from && !signal.aborted) throw new Error(`block ${from} cannot be read`)
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      this.#attempt = new AbortController()
      const before = this.#next
      try {
        for await (const block of this.#options.open(this.#next, AbortSignal.any([this.#attempt.signal, this.#stopping.signal]))) {
          if (block.number > this.#next) throw new Error(`block ${block.number} came where ${this.#next} was due`)
          if (block.number === this.#next) this.#take(block)
        }
        throw new Error('the stream of blocks ended')
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        failures = this.#next > before || this.#attempt.signal.aborted ? 1 : failures + 1
        this.#fault = error instanceof Error ? error.message : String(error)
        this.#options.onBreak?.(error, this.#next)
        await pause(Math.min(shortestPause * 2 ** failures, longestPause), this.#stopping.signal)
      }
    }
  }

  #take({ heads, ...block }: FreshBlock): void {
    this.#options.onBlock?.({ heads, ...block })
    this.#next = block.number + 1
    this.#lastAt = Date.now()
    this.#fault = null
    this.#recent.set(block.number, block)
    if (this.#recent.size > (this.#options.keep ?? 256)) this.#recent.delete(this.#recent.keys().next().value ?? 0)
    for (const outcome of block.outcomes) {
      // The second copy of an envelope that was sent twice says nothing about the first.
      if (isCopy(outcome)) continue
      for (const tell of this.#waiting.get(outcome.txId) ?? []) tell(outcome)
      this.#waiting.delete(outcome.txId)
    }
    this.#tell()
  }

  #tell(): void {
    for (const wake of [...this.#wake]) wake()
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      if (signal.aborted) return resolve()
      this.#wake.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}

function isCopy({ code }: TransactionOutcome): boolean {
  return code === duplicateTxId
}

/** Waits, but no longer than until the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) return end()
    signal.addEventListener('abort', end)
  })
}
