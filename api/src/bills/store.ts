import type { CompanyId, DraftContent, DraftId } from '@yidan/api/contract'
import type { BillDocument, BillId, BillKind, BillNumber, ContainerNumber, Cosigner, Hash, Instant, legModes, PartyId, SignedCommand, Title } from '@yidan/ledger'
import { Binary, MongoServerError, type Collection, type Filter } from 'mongodb'
import type { Connection } from 'mongoose'
import { sealedCollection, type SealedCollection } from '../vault/sealed-store.ts'
import type { KeyName, Vault } from '../vault/vault.ts'
import type { CommitmentRecord } from './commitments.ts'
import type { NoticeCode } from './notices.ts'

/**
 * What this concept keeps in MongoDB. `bills`, `bill_documents`, `bill_names` and `bill_boxes` are views of the log; the others are kept
 * for themselves. What a bill says is sealed with the bill's own data key wherever it is kept.
 */
export interface BillStore {
  readonly drafts: SealedCollection<DraftRecord, 'content' | 'document' | 'carrierNamed' | 'returnedBecause' | 'createdBy'>
  readonly counters: Collection<{ _id: string; last: number }>
  readonly bills: SealedCollection<BillRecord, 'facts'>
  readonly documents: SealedCollection<DocumentRecord, 'text'>
  readonly names: Collection<NameRecord>
  readonly boxes: Collection<BoxRecord>
  readonly visualisations: SealedCollection<VisualisationRecord, 'bytes'>
  readonly replacements: SealedCollection<ReplacementRecord, 'documents'>
  readonly requests: Collection<RequestRecord>
  readonly releases: Collection<ReleaseRecord>
  readonly commitments: Collection<CommitmentRecord>
  readonly erasures: Collection<ErasureRecord>
  readonly notices: Collection<NoticeRecord>
  readonly noticeCheckpoint: Collection<{ _id: 'notices'; position: number }>
  /** Resolves when the indexes are there. */
  readonly ready: () => Promise<void>
  /** Makes the indexes of the views again, after a rebuild has dropped them. */
  readonly indexViews: () => Promise<void>
}

/** A bill being written, and what became of it. */
export interface DraftRecord {
  readonly _id: DraftId
  readonly revision: number
  /** `sent`: frozen and with the shipper, or further; what further, the ledger says. */
  readonly stage: 'editing' | 'sent' | 'returned'
  readonly content: DraftContent
  readonly carrier: PartyId
  readonly carrierCompany: CompanyId
  readonly shipper: PartyId | null
  readonly carrierNamed: string | null
  readonly billNumber: BillNumber | null
  readonly billId: BillId | null
  readonly docHash: Hash | null
  readonly document: BillDocument | null
  /** First time the document was frozen: boxes must come in from then on. */
  readonly firstSentAt: Date | null
  readonly amendmentOf: { readonly billId: BillId; readonly billNumber: BillNumber } | null
  readonly returnedBecause: string | null
  readonly preparation: Preparation | null
  /** Its bill is issued, and it needs nobody any more: set by the projection of bills. A company has many of these, and few of the others. */
  readonly settled: boolean
  /** Capitals: booking and boxes, to be found by; once it is settled all that its bill is found by. */
  readonly tokens: readonly string[]
  /** Blind tokens of the names on its bill (`names.ts`); absent until it is settled. */
  readonly names?: readonly string[]
  readonly createdBy: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The PDF and the arguments that two people sign; stays while nothing it rests on changes. */
export interface Preparation {
  readonly basis: Hash
  readonly issuedAt: Instant
  readonly visualisationHash: Hash
  readonly args: Readonly<Record<string, unknown>>
}

export interface VisualisationRecord {
  /** SHA-256 of the bytes. */
  readonly _id: Hash
  /** Null for a bill made from others, without a draft. */
  readonly draftId: DraftId | null
  readonly billId: BillId
  readonly docHash: Hash
  readonly issuedAt: Instant
  readonly action: 'issue' | 'reissue' | ReplacementRecord['action']
  readonly args: Readonly<Record<string, unknown>>
  readonly bytes: Binary
  readonly seal: string
  readonly certificatePem: string
}

/** Bills made from others, ready for the carrier's signatures. */
export interface ReplacementRecord {
  /** SHA-256 over what was asked for and the heads of the bills it was asked of. */
  readonly _id: Hash
  readonly billId: BillId
  readonly action: 'split' | 'combine' | 'switchBill' | 'toPaper' | 'fromPaper' | 'voidByCourt'
  readonly args: Readonly<Record<string, unknown>>
  readonly argsHash: Hash
  readonly issuedAt: Instant
  readonly documents: readonly { readonly document: BillDocument; readonly docHash: Hash }[]
}

/** One bill as the log tells it. */
export interface BillRecord {
  readonly _id: BillId
  /** Log position of the last entry that changed it. */
  readonly position: number
  readonly title: Title
  readonly issuedAt: Instant | null
  /** Sorts where issuedAt is null. */
  readonly issuedSort: string
  readonly updatedAt: Instant
  /** Null when the document was never seen here: the bill of another platform on the same network. */
  readonly billNumber: BillNumber | null
  readonly facts: BillFacts | null
  readonly live: boolean
  readonly containers: readonly ContainerNumber[]
  readonly delivered: number
  /** Hashes of the gate-in events it was issued on; each counts once. */
  readonly received: readonly Hash[]
  readonly everHeldBy: readonly PartyId[]
  readonly formerHolders: readonly PartyId[]
  /** Everybody who is or was something to it. */
  readonly visibleTo: readonly PartyId[]
  /** Parties for whom something waits: an offer, a pledge to answer, a surrender to accept, codes to fetch. */
  readonly waitsFor: readonly PartyId[]
  /** Capitals: bill, booking, boxes, seals, trains, vessels. */
  readonly tokens: readonly string[]
  /** Blind tokens of the names on it: ids in `bill_names`. */
  readonly names: readonly string[]
  /** What it said was erased after its retention time. */
  readonly erased: boolean
}
/** Bills are asked for by what is not secret. */
export type BillFilter = Filter<Omit<BillRecord, 'facts'>>

/** A name that stands on some bill, sealed; searching reads them all, bills only know their tokens. */
export interface NameRecord {
  readonly _id: string
  readonly sealed: string
}
export interface BillFacts {
  readonly bookingNumber: string
  readonly shipper: string
  readonly from: string
  readonly to: string
  readonly modes: readonly (typeof legModes)[number][]
  readonly kind: BillKind
  readonly teu: number
  readonly services: readonly string[]
  readonly seals: readonly string[]
}

export interface DocumentRecord {
  /** docHash */
  readonly _id: Hash
  readonly position: number
  readonly billId: BillId
  readonly billNumber: BillNumber
  /** The canonical bytes, as they were hashed. */
  readonly text: string
}

/** What the gates and carriers have said of one box: enough to know whether it came in, with which seal, and whether it went. */
export interface BoxRecord {
  readonly _id: ContainerNumber
  readonly position: number
  /** Newest last, by time of the event. */
  readonly events: readonly BoxEvent[]
  /** Ids of events taken back, in case the withdrawal comes before the event. */
  readonly retracted: readonly string[]
}
export interface BoxEvent {
  readonly eventID: string
  readonly hash: Hash
  readonly code: string
  readonly at: string
  readonly laden: boolean
  readonly seals: readonly string[]
  readonly place: string | null
  /** Bookings and bills that the event names. */
  readonly references: readonly string[]
}

export interface RequestRecord {
  /** The command's id. */
  readonly _id: string
  readonly signed: SignedCommand
  readonly subject: string
  readonly wanted: readonly Cosigner[]
  /** Everybody whose list it stands in. */
  readonly parties: readonly PartyId[]
  readonly startedBy: string
  readonly startedAt: Date
  readonly expiresAt: Date
  readonly state: 'open' | 'recorded' | 'withdrawn' | 'refused'
  readonly refusedBecause: string | null
}

export interface ReleaseRecord {
  /** `billId:container:codeHash` */
  readonly _id: string
  readonly billId: BillId
  readonly container: ContainerNumber
  readonly codeHash: Hash
  readonly expiresAt: Instant
  readonly sealedCode: string
}

/** Whether a write failed because its key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11_000
}

export function toBinary(bytes: Uint8Array): Binary {
  return new Binary(bytes)
}

/** A mail that has to go out because of an act on the ledger. */
export interface NoticeRecord {
  /** `position:code:party` */
  readonly _id: string
  readonly position: number
  readonly party: PartyId
  readonly code: NoticeCode | 'bill-adjudged' | 'key-loss-reported' | 'key-loss-withdrawn' | 'keys-rebound'
  readonly billId: BillId | null
  readonly billNumber: BillNumber | null
  readonly detail: Readonly<Record<string, string>>
  readonly at: Date
  readonly sentAt: Date | null
  readonly claimedUntil: Date
}

/** Who asked that a bill be forgotten, who agreed, and why: all that is left of it here. */
export interface ErasureRecord {
  readonly _id: BillId
  readonly billNumber: BillNumber
  readonly reason: string
  readonly askedBy: { readonly personId: string; readonly name: string }
  readonly askedAt: Date
  readonly agreedBy: { readonly personId: string; readonly name: string } | null
  readonly agreedAt: Date | null
  /** Null until everything is gone. */
  readonly erasedAt: Date | null
}

/** The data key of a bill: document, PDF, codes, terms and views are sealed with it. */
export function billKey(billId: BillId): KeyName {
  return `bill:${billId}`
}

export function draftKey(draftId: DraftId): KeyName {
  return `draft:${draftId}`
}

/** The data key of names and of their tokens. */
export const namesKey: KeyName = 'system:names'

const stores = new WeakMap<Connection, BillStore>()

/** The stores on this database; the same ones for every caller. */
export function billStore({ database, vault }: { readonly database: Connection; readonly vault: Vault }): BillStore {
  const known = stores.get(database)
  if (known) return known
  const store = openStore(database, vault)
  stores.set(database, store)
  return store
}

export const viewCollections = ['bills', 'bill_documents', 'bill_names', 'bill_boxes'] as const

function openStore(database: Connection, vault: Vault): BillStore {
  const db = database.getClient().db(database.name, { ignoreUndefined: true })
  const drafts = sealedCollection<DraftRecord, 'content' | 'document' | 'carrierNamed' | 'returnedBecause' | 'createdBy'>(db.collection('drafts'), { keyOf: ({ _id }) => draftKey(_id), secret: ['content', 'document', 'carrierNamed', 'returnedBecause', 'createdBy'] }, vault)
  const bills = sealedCollection<BillRecord, 'facts'>(db.collection('bills'), { keyOf: ({ _id }) => billKey(_id), secret: ['facts'], erased: { facts: null } }, vault)
  const documents = sealedCollection<DocumentRecord, 'text'>(db.collection('bill_documents'), { keyOf: ({ billId }) => billKey(billId), secret: ['text'] }, vault)
  const visualisations = sealedCollection<VisualisationRecord, 'bytes'>(db.collection('visualisations'), { keyOf: ({ billId }) => billKey(billId), secret: ['bytes'], pack: ({ bytes }) => bytes.buffer, unpack: (bytes) => ({ bytes: toBinary(bytes) }) }, vault)
  const replacements: BillStore['replacements'] = sealedCollection(db.collection('replacements'), { keyOf: ({ billId }) => billKey(billId), secret: ['documents'] }, vault)
  const notices = db.collection<NoticeRecord>('notices')
  const requests = db.collection<RequestRecord>('signing_requests')
  const releases = db.collection<ReleaseRecord>('release_codes')
  const indexViews = async (): Promise<void> => {
    await Promise.all([
      bills.kept.createIndexes([
        { key: { billNumber: 1 }, name: 'billNumber' }, { key: { containers: 1, live: 1 }, name: 'boxes' }, { key: { received: 1 }, name: 'received' }, { key: { tokens: 1 }, name: 'tokens' }, { key: { names: 1 }, name: 'names' },
        { key: { visibleTo: 1, updatedAt: -1, _id: 1 }, name: 'seen' }, { key: { visibleTo: 1, issuedSort: -1, _id: 1 }, name: 'issued' }, { key: { updatedAt: -1, _id: 1 }, name: 'updated' }, { key: { issuedSort: -1, _id: 1 }, name: 'issuedLast' },
        { key: { visibleTo: 1, billNumber: 1, _id: -1 }, name: 'seenByNumber' }, { key: { visibleTo: 1, 'title.state.name': 1, updatedAt: -1, _id: 1 }, name: 'seenInState' }, { key: { 'title.state.name': 1, updatedAt: -1, _id: 1 }, name: 'inState' }, { key: { billNumber: 1, _id: -1 }, name: 'numbers' },
        { key: { waitsFor: 1, updatedAt: -1 }, name: 'waiting' },
      ]),
      documents.kept.createIndexes([{ key: { billId: 1 }, name: 'bill' }]),
    ])
  }
  let indexed: Promise<void> | null = null
  const indexAll = async (): Promise<void> => {
    await Promise.all([
      indexViews(),
      drafts.kept.createIndexes([
        { key: { billId: 1 }, name: 'bill' }, { key: { tokens: 1 }, name: 'tokens' }, { key: { names: 1 }, name: 'names' },
        { key: { carrier: 1, settled: 1, updatedAt: -1, _id: 1 }, name: 'written' }, { key: { shipper: 1, stage: 1, settled: 1, updatedAt: -1, _id: 1 }, name: 'sent' },
      ]),
      requests.createIndexes([{ key: { parties: 1, state: 1, startedAt: -1 }, name: 'parties' }, { key: { subject: 1, state: 1 }, name: 'subject' }]),
      notices.createIndexes([{ key: { sentAt: 1, claimedUntil: 1, position: 1 }, name: 'unsent' }]),
      releases.createIndexes([{ key: { billId: 1 }, name: 'bill' }]),
      db.collection('commitments').createIndexes([{ key: { billId: 1 }, name: 'bill' }]),
      visualisations.kept.createIndexes([{ key: { billId: 1 }, name: 'bill' }]),
      replacements.kept.createIndexes([{ key: { argsHash: 1 }, name: 'args' }, { key: { billId: 1 }, name: 'bill' }]),
    ])
  }
  return {
    drafts, bills, documents, replacements, requests, releases, visualisations, names: db.collection('bill_names'), erasures: db.collection('erasures'), notices, noticeCheckpoint: db.collection('notice_checkpoint'), commitments: db.collection('commitments'), counters: db.collection('bill_counters'), boxes: db.collection('bill_boxes'), indexViews,
    ready() {
      indexed ??= indexAll().catch((error: unknown) => {
        indexed = null
        throw error
      })
      return indexed
    },
  }
}
