import type { ContainerNumber } from './identifiers/container-number.ts'
import type { BillId, Hash, Instant, PartyId } from './ids.ts'

/**
 * Title to the goods of one bill, as the ledger knows it: five independent axes (state, medium, encumbrance, holds, cargo)
 * and the pointers titleholder, possessor and pledgee. MLETR art. 10-11 (control), 民法典 441 (pledge), domain rules T-1 ... T-8.
 */
export interface Title {
  readonly billId: BillId
  /** Number of the last entry in this bill's stream; the first is 1. */
  readonly seq: number
  /** Hash of that entry. The next command names it. */
  readonly headHash: Hash
  readonly state: TitleState
  readonly medium: Medium
  readonly encumbrance: Encumbrance
  readonly holds: readonly Hold[]
  readonly cargo: Readonly<Record<ContainerNumber, CargoState>>
  /** For each box a salted commitment to packages, weight and seals as the document has them (`contentsText`): what a split or a combination must conserve (T-13). */
  readonly contents: Readonly<Record<ContainerNumber, Hash>>

  readonly kind: BillKind
  /** False for a sea-waybill-like bill: it cannot be endorsed or pledged, and is delivered to its consignee by identity. */
  readonly negotiable: boolean
  readonly carrier: PartyId
  readonly shipper: PartyId
  /** The named consignee of a straight bill, or null. */
  readonly consignee: PartyId | null

  /** Who the bill names as entitled: a party, or BLANK when whoever possesses it is. Null before issue. */
  readonly titleholder: Titleholder | null
  /** The one party in exclusive control (T-1). Null before issue. */
  readonly possessor: PartyId | null
  /** False once endorsed by name only: that endorsee cannot endorse again (T-8, DCSA ENDORSE). */
  readonly endorsable: boolean
  /** True once anybody but the shipper has ever held title: then it can no longer be cancelled. */
  readonly everEndorsed: boolean
  /** What the pointers were before the last endorsement, until possession follows it: a refused offer gives them back. */
  readonly beforeEndorsement: TitlePointers | null
  readonly offer: Offer | null
  readonly surrender: Surrender | null
  /** The holder's order to the carrier not to hand anything out (民法典 829), while it stands. */
  readonly stop: Stop | null
  /** What happened to boxes that should not have: kept for ever, also on the bills that replace this one. */
  readonly incidents: readonly Incident[]

  /** SHA-256 of the canonical document. */
  readonly docHash: Hash
  /** Salted commitment to what a switched bill may not change (`fixedPartText`); null before issue. */
  readonly fixedPartHash: Hash | null
  /** SHA-256 of the PDF made at issue, or null before. */
  readonly visualisationHash: Hash | null
  readonly version: number
  readonly predecessors: readonly BillId[]
  readonly successors: readonly BillId[]
  /** Ledger time of the last entry. */
  readonly updatedAt: Instant
}

export type TitleState =
  | { readonly name: 'APPROVED' }
  | { readonly name: 'ISSUED' }
  | { readonly name: 'PENDING_SURRENDER_FOR_DELIVERY' }
  | { readonly name: 'SURRENDERED_FOR_DELIVERY' }
  | { readonly name: 'ACCOMPLISHED' }
  | { readonly name: 'PENDING_SURRENDER_FOR_AMENDMENT' }
  | { readonly name: 'SURRENDERED_FOR_AMENDMENT' }
  | { readonly name: 'VOIDED'; readonly reason: VoidReason }

export const titleStateNames = [
  'APPROVED', 'ISSUED', 'PENDING_SURRENDER_FOR_DELIVERY', 'SURRENDERED_FOR_DELIVERY', 'ACCOMPLISHED',
  'PENDING_SURRENDER_FOR_AMENDMENT', 'SURRENDERED_FOR_AMENDMENT', 'VOIDED',
] as const satisfies readonly TitleState['name'][]

export const voidReasons = ['AMENDED', 'SPLIT', 'COMBINED', 'SWITCHED', 'TO_PAPER', 'CANCELLED', 'COURT'] as const
export type VoidReason = (typeof voidReasons)[number]

/** straight 记名, to-order 指示 (of the shipper), to-named-order 凭某人指示, blank 不记名. */
export const billKinds = ['straight', 'to-order', 'to-named-order', 'blank'] as const
export type BillKind = (typeof billKinds)[number]

export type Titleholder = PartyId | 'BLANK'
/** `pledgor` when the bill was endorsed in pledge: whose debt it secured before. */
export interface TitlePointers { readonly titleholder: Titleholder; readonly endorsable: boolean; readonly pledgor?: PartyId }

export type Medium =
  | { readonly name: 'ELECTRONIC' }
  | Paper

export interface Paper { readonly name: 'PAPER'; readonly serials: readonly string[]; readonly originals: number }

export type Encumbrance =
  | { readonly name: 'NONE' }
  | PledgeProposal
  | PledgeInForce

export interface PledgeProposal {
  readonly name: 'PROPOSED'
  readonly pledgor: PartyId
  readonly pledgee: PartyId
  readonly termsHash: Hash
}

interface PledgeTerms {
  readonly pledgor: PartyId
  readonly pledgee: PartyId
  /** Salted commitment to amount, debt and due date, which stay off the ledger. */
  readonly termsHash: Hash
  /** Salted commitment to the registration number in 动产融资统一登记公示系统. */
  readonly filingHash: Hash
}

export type PledgeInForce =
  | PledgeTerms & { readonly name: 'PLEDGED' }
  | PledgeTerms & { readonly name: 'DEFAULTED'; readonly default: Default }
  | PledgeTerms & { readonly name: 'ENFORCING'; readonly default: Default; readonly basis: EnforcementBasis; readonly basisHash: Hash }

/** The pledgee's word that the debt was not paid: the notice it gave, and until when the pledgor may still pay. */
export interface Default { readonly noticeHash: Hash; readonly curesAt: Instant }

/** On what a pledgee realises its security (民法典 436; 民事诉讼法 on 实现担保物权): an agreement made after the default, a court's ruling, or an auction. */
export const enforcementBases = ['agreement', 'court', 'auction'] as const
export type EnforcementBasis = (typeof enforcementBases)[number]

export const holdKinds = ['JUDICIAL', 'DISPUTE', 'KEY_LOSS', 'FRAUD', 'SANCTION', 'CARRIER_LIEN'] as const
export interface Hold {
  readonly kind: (typeof holdKinds)[number]
  readonly by: PartyId
  readonly since: Instant
  /** Salted commitment to the order, complaint or report it rests on. */
  readonly referenceHash: Hash
}

export interface Stop {
  readonly by: PartyId
  readonly since: Instant
  /** Salted commitment to the instruction and to the security for its costs. */
  readonly instructionHash: Hash
}

export const incidentKinds = ['LOST', 'DAMAGED', 'DELIVERED_WITHOUT_BILL'] as const
/** One box that was lost, damaged, or handed out without the bill: a liability, never an end of title. */
export interface Incident {
  readonly kind: (typeof incidentKinds)[number]
  readonly container: ContainerNumber
  readonly at: Instant
  readonly by: PartyId
  /** Salted commitment to the report, or to the letter of indemnity. */
  readonly evidenceHash: Hash
  /** The bank behind the letter of indemnity; null for loss and damage. */
  readonly indemnifier: PartyId | null
  /** When the box was found again, or the holder said that it has its due. */
  readonly settledAt: Instant | null
}

/** Where one container stands towards title. Its movements are tracking's business. */
export type CargoState =
  | { readonly name: 'RECEIVED' }
  | { readonly name: 'RELEASED'; readonly codeHash: Hash; readonly expiresAt: Instant }
  | { readonly name: 'DELIVERED'; readonly at: Instant; readonly by: PartyId }
  /** The holder has its due for a box that it did not get. */
  | { readonly name: 'SETTLED'; readonly at: Instant; readonly by: PartyId }
  /** A damaged box is still to be handed out; a lost one and one that went without the bill cannot be. */
  | { readonly name: Incident['kind']; readonly at: Instant; readonly by: PartyId }

export interface Offer {
  readonly from: PartyId
  readonly to: PartyId
  readonly expiresAt: Instant
  /** Set when the title was endorsed to the recipient just before: a rejection or withdrawal gives both pointers back. */
  readonly returnsTitleTo: TitlePointers | null
}

export interface Surrender {
  readonly by: PartyId
  readonly purpose: 'delivery' | 'amendment'
  readonly reason: string | null
  /** Who possessed the bill before the carrier took it in; a rejection gives it back. */
  readonly returnsTo: PartyId
}

/** The pledge that locks the bill, if one does. */
export function pledgeInForce(title: Title): PledgeInForce | null {
  const { encumbrance } = title
  return encumbrance.name === 'NONE' || encumbrance.name === 'PROPOSED' ? null : encumbrance
}

/** Whether the bill still stands for goods, here or on paper: boxes of a live bill cannot be on another one (T-2). */
export function isLive(title: Title): boolean {
  return title.state.name !== 'ACCOMPLISHED' && (title.state.name !== 'VOIDED' || isOnPaper(title))
}

/** Whether paper originals are out that stand for the goods: they left the ledger, and no electronic bill has taken their place yet (T-12). */
export function isOnPaper(title: Title): title is Title & { readonly medium: Paper } {
  const { state, medium, successors } = title
  return medium.name === 'PAPER' && state.name === 'VOIDED' && state.reason === 'TO_PAPER' && successors.length === 0
}
