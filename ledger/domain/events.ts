import type { ContainerNumber } from './identifiers/container-number.ts'
import type { BillId, Hash, Instant, KeyId, PartyId } from './ids.ts'
import type { PartyRole, SigningKey } from './registry.ts'
import type { BillKind, EnforcementBasis, Hold, Incident, PledgeInForce, Titleholder, TitlePointers, VoidReason } from './title.ts'

/** Everything that can have happened to a bill's title. Past tense, one object per fact; the names are the wire names. */
export type TitleEvent =
  | { readonly type: 'bill-approved'; readonly billId: BillId; readonly docHash: Hash; readonly carrier: PartyId; readonly shipper: PartyId; readonly kind: BillKind; readonly negotiable: boolean }
  | BillIssued
  | { readonly type: 'title-endorsed'; readonly billId: BillId; readonly from: Titleholder; readonly to: Titleholder; readonly manner: EndorsementManner }
  | { readonly type: 'possession-offered'; readonly billId: BillId; readonly from: PartyId; readonly to: PartyId; readonly expiresAt: Instant; readonly returnsTitleTo: TitlePointers | null }
  | { readonly type: 'possession-transferred'; readonly billId: BillId; readonly from: PartyId; readonly to: PartyId }
  | { readonly type: 'offer-rejected'; readonly billId: BillId; readonly by: PartyId; readonly reason: string | null }
  | { readonly type: 'offer-withdrawn'; readonly billId: BillId; readonly by: PartyId }
  | { readonly type: 'pledge-proposed'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId; readonly termsHash: Hash }
  | { readonly type: 'pledge-declined'; readonly billId: BillId; readonly by: PartyId; readonly reason: string | null }
  | { readonly type: 'pledge-withdrawn'; readonly billId: BillId; readonly by: PartyId }
  | { readonly type: 'pledge-accepted'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId; readonly filingHash: Hash }
  | { readonly type: 'pledge-released'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId }
  | { readonly type: 'surrender-requested'; readonly billId: BillId; readonly by: PartyId; readonly purpose: 'delivery' | 'amendment'; readonly reason: string | null }
  | { readonly type: 'surrender-accepted'; readonly billId: BillId; readonly by: PartyId; readonly purpose: 'delivery' | 'amendment'; readonly releases: readonly ContainerRelease[] }
  | { readonly type: 'surrender-rejected'; readonly billId: BillId; readonly by: PartyId; readonly returnsTo: PartyId; readonly reason: string }
  | { readonly type: 'releases-renewed'; readonly billId: BillId; readonly by: PartyId; readonly releases: readonly ContainerRelease[] }
  | { readonly type: 'container-delivered'; readonly billId: BillId; readonly container: ContainerNumber; readonly by: PartyId }
  | { readonly type: 'bill-accomplished'; readonly billId: BillId }
  | { readonly type: 'bill-voided'; readonly billId: BillId; readonly reason: VoidReason; readonly successors: readonly BillId[]; readonly orderHash?: Hash }
  | { readonly type: 'endorsement-rejected'; readonly billId: BillId; readonly by: PartyId; readonly reason: string | null }
  | { readonly type: 'hold-placed' | 'hold-lifted'; readonly billId: BillId; readonly kind: Hold['kind']; readonly by: PartyId; readonly referenceHash: Hash }
  | { readonly type: 'default-declared'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId; readonly noticeHash: Hash; readonly curesAt: Instant }
  | { readonly type: 'default-cured'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId }
  | { readonly type: 'enforcement-started'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId; readonly basis: EnforcementBasis; readonly basisHash: Hash }
  | { readonly type: 'pledge-enforced'; readonly billId: BillId; readonly pledgor: PartyId; readonly pledgee: PartyId; readonly to: PartyId; readonly proceedsHash: Hash }
  | { readonly type: 'pledge-assigned'; readonly billId: BillId; readonly pledgor: PartyId; readonly from: PartyId; readonly to: PartyId; readonly termsHash: Hash; readonly filingHash: Hash }
  | { readonly type: 'delivery-stopped'; readonly billId: BillId; readonly by: PartyId; readonly instructionHash: Hash }
  | { readonly type: 'delivery-resumed'; readonly billId: BillId; readonly by: PartyId }
  /** `pledgee` is whoever must be told, since insurance money and damages take the place of the goods (民法典 390); null when nobody has them in pledge. */
  | { readonly type: 'delivered-without-bill'; readonly billId: BillId; readonly container: ContainerNumber; readonly by: PartyId; readonly indemnifier: PartyId; readonly indemnityHash: Hash; readonly pledgee: PartyId | null }
  | { readonly type: 'incident-settled'; readonly billId: BillId; readonly container: ContainerNumber; readonly by: PartyId }
  | { readonly type: 'cargo-reported'; readonly billId: BillId; readonly container: ContainerNumber; readonly condition: CargoCondition; readonly by: PartyId; readonly reportHash: Hash; readonly pledgee: PartyId | null }
  | { readonly type: 'paper-issued'; readonly billId: BillId; readonly originals: readonly { readonly serial: string; readonly visualisationHash: Hash }[]; readonly to: PartyId }
  | { readonly type: 'paper-returned'; readonly billId: BillId; readonly serials: readonly string[]; readonly statementHash: Hash; readonly by: PartyId; readonly successor: BillId }

export interface BillIssued {
  readonly type: 'bill-issued'
  readonly billId: BillId
  readonly docHash: Hash
  readonly visualisationHash: Hash
  readonly kind: BillKind
  readonly negotiable: boolean
  readonly carrier: PartyId
  readonly shipper: PartyId
  readonly consignee: PartyId | null
  readonly titleholder: Titleholder
  readonly possessor: PartyId
  readonly containers: readonly ContainerNumber[]
  /** For each box the commitment to its contents. */
  readonly contents: Readonly<Record<ContainerNumber, Hash>>
  readonly fixedPartHash: Hash
  /** The pledge that follows from the bills this one replaces; null on a first issue. */
  readonly pledge: PledgeInForce | null
  /** Whether the titleholder may endorse: an amended bill goes on where the chain of the old one stood (T-8). */
  readonly endorsable: boolean
  readonly everEndorsed: boolean
  readonly version: number
  readonly predecessors: readonly BillId[]
  /** What happened to these boxes while the bills stood that this one replaces. */
  readonly incidents?: readonly Incident[]
}

export const endorsementManners = ['to-order', 'named', 'blank'] as const
export type EndorsementManner = (typeof endorsementManners)[number]

export const cargoConditions = ['LOST', 'DAMAGED', 'FOUND'] as const
export type CargoCondition = (typeof cargoConditions)[number]

/** One box, one code (T-5): the ledger keeps only the hash; whoever shows the code takes the box, once, before it expires. */
export interface ContainerRelease {
  readonly container: ContainerNumber
  readonly codeHash: Hash
  readonly expiresAt: Instant
}

/** Who takes part: parties and their keys. */
export type RegistryEvent =
  | { readonly type: 'party-registered'; readonly partyId: PartyId; readonly roles: readonly PartyRole[]; readonly identityHash: Hash; readonly host?: string }
  | { readonly type: 'key-registered'; readonly partyId: PartyId; readonly key: Omit<SigningKey, 'registeredAt' | 'revoked'> }
  | { readonly type: 'key-revoked'; readonly partyId: PartyId; readonly keyId: KeyId; readonly reason: string }
  | { readonly type: 'key-loss-reported'; readonly partyId: PartyId; readonly by: PartyId; readonly referenceHash: Hash }
  | { readonly type: 'key-loss-withdrawn'; readonly partyId: PartyId; readonly by: PartyId }
  | { readonly type: 'keys-rebound'; readonly partyId: PartyId; readonly key: Omit<SigningKey, 'registeredAt' | 'revoked'>; readonly evidenceHash: Hash }

export type LedgerEvent = TitleEvent | RegistryEvent
export type LedgerEventType = LedgerEvent['type']

/** The stream an event belongs to. */
export function subjectOf(event: LedgerEvent): BillId | PartyId {
  return 'billId' in event ? event.billId : event.partyId
}
