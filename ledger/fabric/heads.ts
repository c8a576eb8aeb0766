import type { Subject } from '../domain/index.ts'
import { LedgerUnavailable } from '../port.ts'
import type { Head, TitleContract } from './contract.ts'

/** What is known of a stream's head without asking. */
export interface KnownHead {
  readonly seq: number
  /** The organisations that must endorse its next entry; none where the chaincode's own policy rules. */
  readonly endorsers: readonly string[]
}

/** So many are remembered; the ones changed longest ago are forgotten first. */
const remembered = 20_000
/** How long a peer that is behind is asked again, and how often (ms). */
const longestLag = 3_000, askAgain = 25

/**
 * Heads as the blocks tell them, so that no peer's older answer passes for the present: a gateway may pass a question on to a peer that
 * is behind, and what was just recorded must not be denied.
 */
export class Heads {
  readonly #contract: Pick<TitleContract, 'read'>
  readonly #known = new Map<Subject, KnownHead>()

  constructor(contract: Pick<TitleContract, 'read'>) {
    this.#contract = contract
  }

  learn(subject: Subject, head: KnownHead): void {
    if ((this.#known.get(subject)?.seq ?? -1) > head.seq) return
    this.#known.delete(subject)
    this.#known.set(subject, head)
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value as Subject)
  }

  known(subject: Subject): KnownHead | null {
    return this.#known.get(subject) ?? null
  }

  /** The head as it is now. @throws LedgerUnavailable when all that answer are behind */
  async read(subject: Subject): Promise<Head | null> {
    for (const until = Date.now() + longestLag; ; ) {
      const head = await this.#contract.read(subject)
      const seq = head?.stream.length ?? 0
      if (seq >= (this.known(subject)?.seq ?? 0)) {
        if (head) this.learn(subject, { seq, endorsers: head.endorsers ?? [] })
        return head
      }
      if (Date.now() > until) throw new LedgerUnavailable(`${subject} has ${this.known(subject)?.seq ?? 0} entries, and the peers that answer know of ${seq}`)
      await new Promise((resolve) => setTimeout(resolve, askAgain))
    }
  }
}
