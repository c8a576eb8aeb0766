import type { BillId, KeyId, Party, PartyId, SigningKey, Subject, Title } from '../domain/index.ts'
import type { CommandReference, CommandStatus, Nearby } from '../port.ts'
import type { Head, TitleContract } from './contract.ts'
import type { Heads } from './heads.ts'

export interface NearbyOptions {
  readonly heads: Heads
  readonly contract: Pick<TitleContract, 'key'>
  /** Whether blocks come, so that what is remembered is kept up to date. */
  readonly isTold: () => boolean
  readonly status: (reference: CommandReference) => Promise<CommandStatus>
}

/** Answers out of the heads that the blocks told; what is not remembered is asked. Only what is there is remembered, never that something is not. */
export class NearbyHeads implements Nearby {
  readonly #options: NearbyOptions

  constructor(options: NearbyOptions) {
    this.#options = options
  }

  async read(billId: BillId): Promise<Title | null> {
    return (await this.#head(billId))?.title ?? null
  }

  async party(partyId: PartyId): Promise<Party | null> {
    return (await this.#head(partyId))?.party ?? null
  }

  async key(keyId: KeyId): Promise<SigningKey | null> {
    const { heads, contract, isTold } = this.#options
    const known = isTold() ? heads.ownerOf(keyId)?.keys[keyId] : undefined
    if (known) return known
    const key = await contract.key(keyId)
    // Its owner's head says it the next time.
    if (key) void heads.read(key.partyId).catch(() => undefined)
    return key
  }

  async holds(reference: CommandReference): Promise<boolean> {
    const head = this.#remembered(reference.subject)
    if (head && !head.stream.some(([commandId]) => commandId === reference.commandId)) return false
    return (await this.#options.status(reference)).state === 'recorded'
  }

  async #head(subject: Subject): Promise<Head | null> {
    return this.#remembered(subject) ?? this.#options.heads.read(subject)
  }

  #remembered(subject: Subject): Head | null {
    return this.#options.isTold() ? this.#options.heads.remembered(subject) : null
  }
}
