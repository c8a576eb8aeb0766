import type { CompanyId, ExceptionKind, PersonId, TrackingEvent, TrainPlan, TrainReport, Wagon } from '@yidan/api/contract'
import type { BillDocument, BillId, BillNumber, Hash, PartyId } from '@yidan/ledger'
import type { LedgerRecord } from '@yidan/ledger/port'
import type { Actor, ExceptionChange, ExceptionSubject } from '../exceptions/changes.ts'
import type { Contradiction } from '../tracking/contradictions.ts'

/**
 * The platform's log: append-only, one total order. Title is decided on the ledger; the feed copies each ledger record in here as it is
 * recorded, so that everything hangs on one order and one checkpoint. Every MongoDB view can be dropped and rebuilt from it.
 */
export type PlatformEvent =
  | { readonly type: 'ledger-recorded'; readonly record: LedgerRecord }
  /** A draft became a document with a number; the ledger knows only its hash. The document is null once it was erased. */
  | { readonly type: 'document-frozen'; readonly billId: BillId; readonly billNumber: BillNumber; readonly document: BillDocument | null; readonly docHash: Hash; readonly carrier: PartyId; readonly shipper: PartyId }
  /** What the bill said was erased after its retention time; the ledger keeps its history. */
  | { readonly type: 'bill-erased'; readonly billId: BillId }
  | { readonly type: 'tracking-received'; readonly event: TrackingEvent; readonly sender: PartyId; readonly retracts: string | null }
  /** A fact that cannot be true beside what was known: kept, not believed, until a person decides. */
  | { readonly type: 'tracking-put-aside'; readonly event: TrackingEvent; readonly sender: PartyId; readonly because: readonly Contradiction[] }
  /** A person accepted it (`tracking-received` with the same event follows it) or rejected it. */
  | { readonly type: 'put-aside-decided'; readonly eventID: string; readonly decision: 'accepted' | 'rejected'; readonly reason: string; readonly by: Actor }
  /** A position crossed the edge of a station, port, border or bonded zone. Observed, never believed as an arrival. */
  | { readonly type: 'geofence-crossed'; readonly eventID: string; readonly at: string; readonly sender: PartyId; readonly container: string | null; readonly service: string | null; readonly fence: string; readonly direction: 'in' | 'out' }
  /** Something is wrong with a box or train, or a person dealt with it. */
  | { readonly type: 'exception-changed'; readonly exceptionId: string; readonly kind: ExceptionKind; readonly subject: ExceptionSubject; readonly change: ExceptionChange }
  /** These people have a new notice about an exception; says so to whoever of them is looking. */
  | { readonly type: 'people-notified'; readonly exceptionId: string; readonly people: readonly PersonId[] }
  /** A train run was planned or planned anew. Every change of a run has the next revision: of two made upon the same one only the first is written. */
  | { readonly type: 'train-planned'; readonly run: string; readonly service: string; readonly revision: number; readonly plan: TrainPlan; readonly by: PartyId }
  /** The whole train as it leaves a call, counted from 1. */
  | { readonly type: 'train-composed'; readonly run: string; readonly revision: number; readonly call: number; readonly wagons: readonly Wagon[]; readonly by: PartyId }
  /** A share link was taken back, or its sharer's right has ended: every process lets its guests go at this place in the order of all things. */
  | { readonly type: 'share-ended'; readonly shareId: string }
  /** Somebody's access has ended or become less: every process cuts their sockets at this place in the order of all things. */
  | { readonly type: 'access-ended'; readonly ended: AccessEnded }
  | { readonly type: 'train-reported'; readonly run: string; readonly revision: number; readonly report: TrainReport; readonly by: PartyId }

export type AccessEnded =
  | { readonly type: 'session'; readonly sessionId: string }
  | { readonly type: 'api-key'; readonly apiKeyId: string }
  | { readonly type: 'person'; readonly personId: PersonId }
  | { readonly type: 'company'; readonly companyId: CompanyId }

export interface LogEntry {
  /** 1, 2, 3 ... in the order of the log, without gaps. */
  readonly position: number
  /** Given by the writer; the second entry with the same id is a duplicate and is not written. */
  readonly id: string
  readonly at: Date
  readonly event: PlatformEvent
  /** What it is about, for reading a slice: `bill:<billId>`, `container:<number>`, `service:<train or vessel>`, `run:<train run>`, `person:<person id>`. */
  readonly about: readonly string[]
}
export type NewEntry = Pick<LogEntry, 'id' | 'event' | 'about'>

/** The append-only event log in MongoDB. */
export interface EventLogPort {
  /** Durable (majority, journalled) when it resolves. `positions` runs parallel to the entries; null where the id was known. */
  append(entries: readonly NewEntry[]): Promise<{ readonly positions: readonly (number | null)[]; readonly last: number }>
  /** Entries after the position, in order, at most so many. Fewer do not mean that the log ends there, because part of it is in memory: it ends where none come. */
  read(after: number, limit: number): Promise<readonly LogEntry[]>
  /** Entries about something, or about any of several things, in order, each once; up to a position, where one is given. */
  about(about: string | readonly string[], after: number, limit: number, upTo?: number): Promise<readonly LogEntry[]>
  /** The entries at these positions, in the order of the log. The views have them: what is still being written is at none of them. */
  at(positions: readonly number[]): Promise<readonly LogEntry[]>
  /** The newest entries about something, in the order of the log. */
  newestAbout(about: string, limit: number): Promise<readonly LogEntry[]>
  /** The entries with these ids, by id; unknown ids are left out. */
  byId(ids: readonly string[]): Promise<ReadonlyMap<string, LogEntry>>
  last(): Promise<number>
  /** Everything up to here is in the views and told, and need not be held in memory any more. */
  passed(position: number): void
  /** Calls back soon after something was appended: with the end of the log when this process did it, with null when another may have. Ends with the function it returns. */
  onAppended(listener: (upTo: number | null) => void): () => Promise<void>
}

/** A view that follows the log. `apply` may be called again with entries it has seen: it must end in the same state. */
export interface Projection {
  readonly name: string
  /** MongoDB collections that `apply` writes, and that a rebuild drops. */
  readonly collections: readonly string[]
  apply(entries: readonly LogEntry[]): Promise<void>
}

/** Reads the log from its own checkpoint, brings the projections along, then tells the live hub. */
export interface FeedPort {
  /** Before `start`. */
  register(projection: Projection): void
  onApplied(listener: (entries: readonly LogEntry[]) => void): void
  /** Views that another version kept in another way are rebuilt before it resolves. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Resolves when everything up to this log position is in the views (or after `timeoutMs`, default 3,000). */
  upTo(position: number, timeoutMs?: number): Promise<void>
  /** The same for a ledger position, as a receipt names it. */
  upToLedger(position: number, timeoutMs?: number): Promise<void>
  /** Drops every view and reads the log again from its start. */
  rebuild(): Promise<void>
  health(): { readonly ok: boolean; readonly position: number; readonly behind: number; /** The ledger position that the views hold. */ readonly ledgerPosition: number; readonly detail: string }
}
