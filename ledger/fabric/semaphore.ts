import { LedgerUnavailable } from '../port.ts'

/** So many at once; so many more wait their turn, in order; one above that is turned away. */
export class Semaphore {
  readonly #atOnce: number
  readonly #mayWait: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce
    this.#mayWait = mayWait
  }

  /** @throws LedgerUnavailable when too many wait already */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1
    else await this.#turn()
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#mayWait) throw new LedgerUnavailable(`${this.#waiting.length} questions wait for the ledger already`)
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }
}
