import type { ContainerNumber } from './identifiers/container-number.ts'
import type { BillId, Hash, Instant, KeyId, PartyId } from './ids.ts'
import type { PartyRole, SigningKey } from './registry.ts'
import type { BillKind, Titleholder, TitlePointers, VoidReason } from './title.ts'

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
  | { readonly type: 'bill-voided'; readonly billId: BillId; readonly reason: VoidReason; readonly successors: readonly BillId[] }

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
  /** Whether the titleholder may endorse: an amended bill goes on where the chain of the old one stood (T-8). */
  readonly endorsable: boolean
  readonly everEndorsed: boolean
  readonly version: number
  readonly predecessors: readonly BillId[]
}

export const endorsementManners = ['to-order', 'named', 'blank'] as const
export type EndorsementManner = (typeof endorsementManners)[number]

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

export type LedgerEvent = TitleEvent | RegistryEvent
export type LedgerEventType = LedgerEvent['type']

/** The stream an event belongs to. */
export function subjectOf(event: LedgerEvent): BillId | PartyId {
  return 'billId' in event ? event.billId : event.partyId
}
