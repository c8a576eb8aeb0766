import type { BillId, Command, CommandId, Instant, KeyId, LogEntry, Party, PartyId, RefusalCode, SignedCommand, SigningKey, Subject, Title } from './domain/index.ts'

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
  /** Who keeps the ledger together; empty where one keeper does. A party is registered with one of them as its host. */
  readonly organisations: readonly Organisation[]

  /**
   * Decides and records one act. Resolves when it is durable. The same command again gives the first receipt (`repeated: true`).
   * @throws Refusal when a rule says no; nothing was written.
   * @param confidential texts whose hash the command names, such as the terms of a pledge: kept with the organisation that must know
   *   them and with nobody else. A ledger of one keeper checks the hash and keeps nothing.
   * @throws LedgerUnavailable when the ledger cannot say; ask `status` later, or send the same bytes again.
   */
  submit(signed: SignedCommand, confidential?: readonly string[]): Promise<Receipt>
  /** What became of a command, asked by whoever has it. */
  status(command: CommandReference): Promise<CommandStatus>
  read(billId: BillId): Promise<Title | null>
  party(partyId: PartyId): Promise<Party | null>
  key(keyId: KeyId): Promise<SigningKey | null>
  /** All entries of one stream in order; empty when there are none. */
  history(subject: Subject): Promise<readonly LogEntry[]>
  /** Every record after the position, in order, for ever; ends when the signal aborts. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LedgerRecord>
  /** The block that a position lies in, where the ledger is made of blocks. */
  blockOf?(position: number): number
  /** Evidence that one entry is on the ledger, checkable without it. */
  proof(subject: Subject, seq: number): Promise<LedgerProof | null>
  health(): Promise<LedgerHealth>
  close(): Promise<void>
  /** Where asking takes long: what this side has seen already. */
  readonly nearby?: Nearby
}

/**
 * The same answers out of what has been seen of the ledger on this side, a moment old at most. Enough to look before an act is sent, since
 * the ledger decides it anew; whoever would refuse something because of them asks the ledger itself first.
 */
export interface Nearby extends Pick<Ledger, 'read' | 'party' | 'key'> {
  /** Whether the command is recorded. */
  holds(command: CommandReference): Promise<boolean>
}

/** One command as the ledger recorded it: an entry in each stream it touched. Positions grow from 1 on; a ledger may leave gaps. */
export interface LedgerRecord {
  readonly position: number
  readonly commandId: CommandId
  readonly entries: readonly LogEntry[]
  readonly recordedAt: Instant
}

export interface Receipt extends LedgerRecord {
  readonly repeated: boolean
}

/** Which command: its id, and where it would stand. */
export type CommandReference = Pick<Command, 'commandId' | 'subject' | 'expects'>

export type CommandStatus =
  | { readonly state: 'recorded'; readonly receipt: Receipt }
  /** Kept safely on this side and sent again until the ledger answers or the command expires. */
  | { readonly state: 'pending'; readonly since: Instant }
  /** It was pending, and then a rule said no. */
  | { readonly state: 'refused'; readonly code: RefusalCode; readonly detail: Readonly<Record<string, unknown>> }
  | { readonly state: 'unknown' }

/** One keeper of a ledger that several keep together. */
export interface Organisation {
  /** Its name on the network, such as `BankMSP`. */
  readonly id: string
  readonly role: 'operator' | 'association' | 'bank' | 'authority'
}

export type LedgerProof = EmbeddedProof | FabricProof

/**
 * Evidence of a Fabric network, for a stranger who has only the organisations' root certificates: the entries with the parties'
 * signatures, the block of each with the orderer's signature and the peers' endorsements, and statements of the heads signed by peers
 * of two organisations, which say that none of it was invalidated and nothing is left out.
 */
export interface FabricProof extends ProvenStream {
  readonly kind: 'fabric'
  readonly network: string
  readonly channel: string
  readonly chaincode: string
  /** Whole blocks (common.Block, base64), each once, in order; every entry is in one of them. */
  readonly blocks: readonly string[]
  /** Every party that is named in the stream or signed in it, and whoever registered those: their keys, roles and commitments. */
  readonly parties: readonly ProvenStream[]
  /** What the network was founded on, endorsed like a head: its name, its registrar, its organisations (common.Envelope, base64). */
  readonly constitution: string
}

/** All entries of one bill or party, where each came in, and its head. */
export interface ProvenStream {
  readonly subject: Subject
  readonly entries: readonly LogEntry[]
  /** For each entry, in order: the transaction it came in and that transaction's block. */
  readonly places: readonly { readonly txId: string; readonly block: number }[]
  /** The head as peers of at least two organisations endorsed it for this proof; never sent for ordering (common.Envelope, base64). */
  readonly attestation: string
}

/** Evidence of the embedded ledger: the journal line with the entry, chained to the one before and signed by the service key. */
export interface EmbeddedProof {
  readonly kind: 'embedded'
  readonly network: string
  readonly entry: LogEntry
  /** The journal line's text: position, hash of the line before, record. */
  readonly line: string
  /** Service signature over the line, ES256 base64url, and the service's public key (SPKI base64). */
  readonly signature: string
  readonly serviceKey: string
  /** The journal's first line, which names network and registrar, and its signature. */
  readonly genesis: { readonly line: string; readonly signature: string }
}

export interface LedgerHealth {
  readonly kind: Ledger['kind']
  readonly ok: boolean
  readonly network: string
  readonly position: number
  readonly detail: string
  /** Where several keep the ledger together: how each stands, as seen from here. */
  readonly keepers?: KeepersHealth
}

export interface KeepersHealth {
  readonly peers: readonly PeerHealth[]
  /** When the last block came here; null when none has come since the start. */
  readonly lastBlockAt: Instant | null
  /** Commands that wait, batches under way, and since when the oldest waits. */
  readonly queue: { readonly waiting: number; readonly inFlight: number; readonly oldest: Instant | null }
  /** Whole days until a certificate ends; negative when it has. */
  readonly certificates: readonly { readonly of: string; readonly days: number }[]
}

export interface PeerHealth {
  readonly organisation: string
  readonly peer: string
  readonly ok: boolean
  /** Blocks it has; null when it does not answer. */
  readonly height: number | null
  /** Blocks it is behind the furthest. */
  readonly lag: number | null
}

/** The ledger did not answer. Whether the command was recorded is not known. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
  /** The command is kept safely and goes on without the caller: `status` tells. */
  readonly pending: boolean
  /** The organisation that is waited for, where that is known. */
  readonly waitsFor: string | null

  constructor(message: string, { pending = false, waitsFor = null, cause }: { readonly pending?: boolean; readonly waitsFor?: string | null; readonly cause?: unknown } = {}) {
    super(message, { cause })
    this.pending = pending
    this.waitsFor = waitsFor
  }
}
