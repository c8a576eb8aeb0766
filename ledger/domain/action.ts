import type { z } from 'zod'
import type { Command } from './command.ts'
import type { LedgerEvent } from './events.ts'
import type { ContainerNumber } from './identifiers/container-number.ts'
import type { BillId, Hash, Instant, PartyId } from './ids.ts'
import type { Party, SigningKey } from './registry.ts'
import type { Title } from './title.ts'

/**
 * One thing a party can do. `decide` is pure: command and ledger state in, events out, or a `Refusal`. It never looks at a clock,
 * an environment or a random source. Both ledgers and the browser run this very code.
 */
export interface Action<Name extends string = string, Args = unknown> {
  readonly name: Name
  readonly subject: 'bill' | 'party'
  readonly args: z.ZodType<Args>
  /** What must be looked up besides the subject, the acting party and the signers' keys. */
  readonly reads?: (signed: Signed<Args>) => Reads
  readonly decide: (signed: Signed<Args>, view: LedgerView) => readonly LedgerEvent[]
}

export interface Reads {
  readonly bills?: readonly BillId[]
  readonly parties?: readonly PartyId[]
  readonly containers?: readonly ContainerNumber[]
  readonly documents?: readonly Hash[]
}

/** A command whose form, network, sequence, time and signatures have been checked. */
export interface Signed<Args> extends Omit<Command, 'args'> {
  readonly args: Args
  /** The keys that signed, the acting one first; all live, all verified. */
  readonly signers: readonly SigningKey[]
  /** Ledger time of this entry. */
  readonly now: Instant
}

/** What a rule may look up: only what `reads` named, all loaded beforehand. */
export interface LedgerView {
  /** The bill the command is about; null when it has no entry yet, or when the command is about a party. */
  readonly title: Title | null
  /** The party the command is about, if it is about a party. */
  readonly subjectParty: Party | null
  party(partyId: PartyId): Party | null
  bill(billId: BillId): Title | null
  /** The live bill that holds this container, if one does. */
  liveBillOf(container: ContainerNumber): BillId | null
  /** The bill ever issued with this document hash, if one was. */
  billOfDocument(docHash: Hash): BillId | null
  /** SHA-256 of UTF-8 text. */
  sha256(text: string): Hash
  readonly registrar: PartyId
}

/** Builds an action with its argument type inferred from the schema. */
export function action<Name extends string, Args>(definition: Action<Name, Args>): Action<Name, Args> {
  return definition
}

/** The signers who belong to the party. */
export function signersOf(signed: Signed<unknown>, party: PartyId): readonly SigningKey[] {
  return signed.signers.filter((key) => key.partyId === party)
}

