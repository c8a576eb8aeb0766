import type { BillId, CommandId, Instant, KeyId, LogEntry, Party, PartyId, SignedCommand, SigningKey, Subject, Title } from './domain/index.ts'

export type { LogEntry } from './domain/index.ts'

/**
 * Where title lives. The rest of the system speaks to it only through this: commands, sequence numbers and evidence, never
 * transaction ids, memberships or read conflicts. One table of behaviour (`test/ledger/every-ledger.ts`) runs on every ledger.
 */
export interface Ledger {
  readonly kind: 'embedded' | 'fabric'
  /** Name of this network; every command carries it. */
  readonly network: string
  /** The party that may register parties. */
  readonly registrar: PartyId

  /**
   * Decides and records one act. Resolves when it is durable. The same command again gives the first receipt (`repeated: true`).
   * @throws Refusal when a rule says no; nothing was written.
   * @throws LedgerUnavailable when the ledger cannot say; ask `status` later, or send the same bytes again.
   */
  submit(signed: SignedCommand): Promise<Receipt>
  /** What became of a command; null when the ledger has never recorded it. */
  status(commandId: CommandId): Promise<Receipt | null>
  read(billId: BillId): Promise<Title | null>
  party(partyId: PartyId): Promise<Party | null>
  key(keyId: KeyId): Promise<SigningKey | null>
  /** All entries of one stream in order; empty when there are none. */
  history(subject: Subject): Promise<readonly LogEntry[]>
  /** Every record after the position, in order, for ever; ends when the signal aborts. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LedgerRecord>
  /** Evidence that one entry is on the ledger, checkable without it. */
  proof(subject: Subject, seq: number): Promise<LedgerProof | null>
  health(): Promise<LedgerHealth>
  close(): Promise<void>
}

/** One command as the ledger recorded it: an entry in each stream it touched. Positions are 1, 2, 3 ... without gaps. */
export interface LedgerRecord {
  readonly position: number
  readonly commandId: CommandId
  readonly entries: readonly LogEntry[]
  readonly recordedAt: Instant
}

export interface Receipt extends LedgerRecord {
  readonly repeated: boolean
}

/** Evidence of the embedded ledger: the journal line with the entry, chained to the one before and signed by the service key. */
export interface LedgerProof {
  readonly kind: 'embedded'
  readonly network: string
  readonly entry: LogEntry
  /** The journal line's text: position, hash of the line before, record. */
  readonly line: string
  /** Service signature over the line, ES256 base64url, and the service's public key (SPKI base64). */
  readonly signature: string
  readonly serviceKey: string
}

export interface LedgerHealth {
  readonly kind: Ledger['kind']
  readonly ok: boolean
  readonly network: string
  readonly position: number
  readonly detail: string
}

/** The ledger did not answer. Whether the command was recorded is not known. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}
