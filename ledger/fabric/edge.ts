import type { RefusalCode, SignedCommand, Subject } from '../domain/index.ts'
import type { TransactionOutcome } from './records.ts'

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
  /** Who will have to endorse it, as far as is known here: asked by name they decide side by side. Null where that is not known or not enough. */
  readonly likely: readonly string[] | null
}
