import type { KeyId, Party, PartyId, Subject } from '../domain/index.ts'
import { LedgerUnavailable } from '../port.ts'
import type { Head, TitleContract } from './contract.ts'

/** What is known of a stream's head without asking. */
export interface KnownHead {
  readonly seq: number
  /** The organisations that must endorse its next entry; none where the chaincode's own policy rules. */
  readonly endorsers: readonly string[]
}

/** Of so many streams it is known how far they are, and of the ones used lately the whole head; the others are forgotten. */
const remembered = 20_000, rememberedWhole = 2_000
/** How long a peer that is behind is asked again, and how often (ms). */
const longestLag = 3_000, askAgain = 25

/**
 * Heads as the blocks tell them, so that no peer's older answer passes for the present: a gateway may pass a question on to a peer that
 * is behind, and what was just recorded must not be denied.
 */
export class Heads {
  readonly #contract: Pick<TitleContract, 'read'>
  readonly #known = new Map<Subject, KnownHead>()
  /** In the order of their last use. */
  readonly #whole = new Map<Subject, Head>()
  /** Whose the keys of the parties remembered whole are. */
  readonly #owners = new Map<KeyId, PartyId>()

  constructor(contract: Pick<TitleContract, 'read'>) {
    this.#contract = contract
  }

  /** Takes what a block or a peer says; an older head changes nothing. */
  learn(subject: Subject, head: Head): void {
    const seq = head.stream.length
    if (Math.max(this.#known.get(subject)?.seq ?? -1, this.#whole.get(subject)?.stream.length ?? -1) > seq) return
    this.#known.delete(subject)
    this.#known.set(subject, { seq, endorsers: head.endorsers ?? [] })
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value as Subject)
    this.#use(subject, head)
    if (head.party) for (const keyId of Object.keys(head.party.keys)) this.#owners.set(keyId as KeyId, head.party.partyId)
    if (this.#whole.size > rememberedWhole) this.#forget(this.#whole.keys().next().value as Subject)
  }

  known(subject: Subject): KnownHead | null {
    return this.#known.get(subject) ?? null
  }

  /** The whole head as it was last told, without asking; null when it is not remembered. */
  remembered(subject: Subject): Head | null {
    const head = this.#whole.get(subject)
    if (head) this.#use(subject, head)
    return head ?? null
  }

  /** The party that has a key, among those remembered. */
  ownerOf(keyId: KeyId): Party | null {
    const partyId = this.#owners.get(keyId)
    return partyId === undefined ? null : (this.remembered(partyId)?.party ?? null)
  }

  /** Nothing is answered without asking until it is told again. How far a stream was at least stays known. */
  forgetAll(): void {
    this.#whole.clear()
    this.#owners.clear()
  }

  /** The head as it is now. @throws LedgerUnavailable when all that answer are behind */
  async read(subject: Subject): Promise<Head | null> {
    for (const until = Date.now() + longestLag; ; ) {
      const head = await this.#contract.read(subject)
      const seq = head?.stream.length ?? 0
      if (seq >= (this.known(subject)?.seq ?? 0)) {
        if (head) this.learn(subject, head)
        return head
      }
      if (Date.now() > until) throw new LedgerUnavailable(`${subject} has ${this.known(subject)?.seq ?? 0} entries, and the peers that answer know of ${seq}`)
      await new Promise((resolve) => setTimeout(resolve, askAgain))
    }
  }

  #use(subject: Subject, head: Head): void {
    this.#whole.delete(subject)
    this.#whole.set(subject, head)
  }

  #forget(subject: Subject): void {
    for (const keyId of Object.keys(this.#whole.get(subject)?.party?.keys ?? {})) this.#owners.delete(keyId as KeyId)
    this.#whole.delete(subject)
  }
}
