import type { z } from 'zod'
import type { Command } from './command.ts'
import type { LedgerEvent } from './events.ts'
import type { ContainerNumber } from './identifiers/container-number.ts'
import type { BillId, Hash, Instant, PartyId } from './ids.ts'
import { refuseUnless } from './refusal.ts'
import type { KeyPurpose, Party, SigningKey } from './registry.ts'
import type { Title } from './title.ts'

/**
 * One thing a party can do. `decide` is pure: command and ledger state in, events out, or a `Refusal`. It never looks at a clock,
 * an environment or a random source. Every ledger and the browser run this very code.
 */
export interface Action<Name extends string = string, Args = unknown> {
  readonly name: Name
  readonly subject: 'bill' | 'party'
  /** What the acting key must be made for; nothing for a key that introduces itself. */
  readonly purpose: KeyPurpose | null
  readonly args: z.ZodType<Args>
  /** Passes although the party's keys are reported lost. */
  readonly whileFrozen?: true
  /** What a ledger must load besides the subject, the acting party and the signers' keys. */
  readonly reads?: (command: Command, args: Args) => Reads
  /** The key that a command brings along and proves possession of. */
  readonly introduces?: (args: Args) => Pick<SigningKey, 'keyId' | 'person' | 'purposes' | 'algorithm' | 'publicKey'>
  /** Whose signatures it needs besides the acting one. */
  readonly cosigners?: (signed: Signed<Args>, view: LedgerView) => readonly Cosigner[]
  readonly decide: (signed: Signed<Args>, view: LedgerView) => readonly LedgerEvent[]
}

export const cosignerReasons = ['second-person', 'pledgee', 'pledgor', 'buyer', 'assignee', 'indemnifier', 'carrier', 'shipper', 'holder', 'administrator'] as const

/** A signature that an action needs besides the acting one: of a second person of the same party, or of another party. `holder` is who gives paper back. */
export interface Cosigner {
  readonly party: PartyId
  readonly why: (typeof cosignerReasons)[number]
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

/** What the rules may look up. A ledger that cannot answer at once loads beforehand what `readsOf` names. */
export interface LedgerView {
  readonly network: string
  readonly registrar: PartyId
  /** Names of the organisations whose peers stand for parties on this ledger; none where there is only one keeper. */
  readonly organisations: readonly string[]
  bill(billId: BillId): Title | null
  party(partyId: PartyId): Party | null
  key(keyId: SigningKey['keyId']): SigningKey | null
  /** The live bill that holds this container, if one does. */
  liveBillOf(container: ContainerNumber): BillId | null
  /** The bill ever issued with this document hash, if one was. */
  billOfDocument(docHash: Hash): BillId | null
  /** SHA-256 of UTF-8 text. */
  sha256(text: string): Hash
}

/** The title a command is about. @throws Refusal `unknown-bill` */
export function titleOf(signed: Signed<unknown>, view: LedgerView): Title {
  const title = view.bill(signed.subject as BillId)
  refuseUnless(title !== null, 'unknown-bill', { subject: signed.subject })
  return title
}

/** The second of two people of the acting party (T-10, 四眼). */
export function secondPerson(signed: Signed<unknown>): Cosigner {
  return { party: signed.party, why: 'second-person' }
}
