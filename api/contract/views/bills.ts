import { BillDocument, BillId, BillNumber, billKinds, Charges, Command, CommandId, ContainerNumber, cosignerReasons, Hash, holdKinds, incidentKinds, legModes, PartyId, PartyOnBill, Place, Signature, SignedCommand, Subject, titleStateNames, voidReasons } from '@yidan/ledger'
import { z } from 'zod'
import { Fault } from '../problem.ts'
import { CompanyId, DraftId, Moment, PartyRef } from './common.ts'

/**
 * A bill being written. Everything is optional and as typed: faults are reported, never thrown away. `rules.ts` turns a faultless
 * draft into a `BillDocument`.
 */
const loose = z.string().max(600)
export const DraftParty = z.strictObject({
  companyId: CompanyId.optional(), name: loose.optional(), nameEn: loose.optional(), creditCode: loose.optional(), lei: loose.optional(), vat: loose.optional(),
  address: loose.optional(), contact: loose.optional(),
})
export type DraftParty = z.infer<typeof DraftParty>
export const DraftPlace = z.strictObject({ name: loose.optional(), code: loose.optional() })
export const DraftLeg = z.strictObject({
  mode: z.enum(legModes).optional(), carrier: loose.optional(), from: DraftPlace.optional(), to: DraftPlace.optional(), plannedDeparture: loose.optional(), plannedArrival: loose.optional(),
  trainNumber: loose.optional(), vessel: loose.optional(), voyage: loose.optional(), plate: loose.optional(), distanceKm: z.number().optional(), bonded: z.boolean().optional(),
  transshipment: loose.optional(), documentKind: loose.optional(), documentNumber: loose.optional(), documentNegotiable: z.boolean().optional(),
})
export const DraftContainer = z.strictObject({
  number: loose.optional(), sizeType: loose.optional(), sealNumber: loose.optional(), goods: loose.optional(), hsCode: loose.optional(), packages: z.number().optional(), packageKind: loose.optional(),
  grossWeightKg: z.number().optional(), tareKg: z.number().optional(), verifiedGrossMassKg: z.number().optional(), volumeM3: z.number().optional(), marks: loose.optional(),
  reeferSetPoint: loose.optional(),
  dangerousGoods: z.array(z.strictObject({ unNumber: loose.optional(), imoClass: loose.optional(), properShippingName: loose.optional(), packingGroup: loose.optional() })).max(20).optional(),
})
export type DraftContainer = z.infer<typeof DraftContainer>
export const DraftContent = z.strictObject({
  bookingNumber: loose.optional(), service: loose.optional(), kind: z.enum(billKinds).optional(), negotiable: z.boolean().optional(), originals: z.number().optional(), language: z.enum(['zh-CN', 'en']).optional(),
  shipper: DraftParty.optional(),
  /** straight: the consignee; to-named-order: whose order (the bank). */
  consignee: DraftParty.optional(),
  notifyParties: z.array(DraftParty).max(10).optional(),
  placeOfReceipt: DraftPlace.optional(), placeOfDelivery: DraftPlace.optional(), legs: z.array(DraftLeg).max(20).optional(), containers: z.array(DraftContainer).max(500).optional(),
  charges: z.strictObject({
    currency: loose.optional(), terms: z.enum(['prepaid', 'collect']).optional(), lines: z.array(z.strictObject({ leg: z.number().optional(), name: loose.optional(), perTeu: loose.optional() })).max(100).optional(),
    cnyRate: loose.optional(), cnyRateDate: loose.optional(), cnyRateSource: loose.optional(),
  }).optional(),
  insurance: z.strictObject({ insurer: loose.optional(), policyNumber: loose.optional(), coverage: loose.optional(), amount: loose.optional(), currency: loose.optional() }).nullable().optional(),
  declaredValue: z.strictObject({ amount: loose.optional(), currency: loose.optional() }).nullable().optional(),
  remarks: z.array(loose).max(20).optional(), clauses: z.array(loose).max(40).optional(), placeOfIssue: loose.optional(),
})
export type DraftContent = z.infer<typeof DraftContent>

export const draftStatuses = ['editing', 'awaiting-approval', 'returned', 'approved', 'issued'] as const

export const DraftView = z.strictObject({
  id: DraftId, revision: z.int(), status: z.enum(draftStatuses), content: DraftContent,
  faults: z.array(Fault), warnings: z.array(Fault),
  charges: Charges.nullable(),
  billNumber: BillNumber.nullable(), billId: BillId.nullable(), docHash: Hash.nullable(),
  /** The frozen document, from sending for approval on. */
  document: BillDocument.nullable(),
  /** Ledger head of the bill this draft becomes: sequence and hash for the next command. */
  head: z.strictObject({ seq: z.int(), hash: Hash }),
  network: z.string(),
  carrier: PartyRef, shipper: PartyRef.nullable(),
  amendmentOf: BillNumber.nullable(), returnedBecause: z.string().nullable(),
  gatedIn: z.array(z.string()),
  createdBy: z.string(), createdAt: Moment, updatedAt: Moment,
})
export type DraftView = z.infer<typeof DraftView>

export const DraftSummary = z.strictObject({
  id: DraftId, status: z.enum(draftStatuses), bookingNumber: z.string().nullable(), billNumber: BillNumber.nullable(), shipper: z.string().nullable(), containers: z.int(), gatedIn: z.int(), faults: z.int(),
  updatedAt: Moment,
})

export const ImportReport = z.strictObject({
  /** Rows taken over and rows refused; refused rows are told with every fault they have. */
  imported: z.int(), refused: z.int(), rows: z.int(), faults: z.array(Fault), warnings: z.array(Fault), draft: DraftView,
  /** What the refused rows of a list said, to be mended on the screen and put in. */
  refusedRows: z.array(z.strictObject({ row: z.int(), container: DraftContainer })).max(1000).optional(),
})

/** All that the issuing screen needs: whether the bill may be issued, why not, and the arguments two people will sign. */
export const IssuePreparation = z.strictObject({
  ready: z.boolean(), missing: z.array(Fault),
  action: z.enum(['issue', 'reissue']), subject: BillId, head: z.strictObject({ seq: z.int(), hash: Hash }), network: z.string(),
  args: z.record(z.string(), z.unknown()).nullable(),
  /** When the PDF says it was issued; the command's `at` must be the same moment. */
  issuedAt: Moment.nullable(),
})
export type IssuePreparation = z.infer<typeof IssuePreparation>

/** What the carrier wants to put in a bill's place, once its holder has given it back for that. */
export const ReplacementRequest = z.discriminatedUnion('act', [
  /** Which boxes go on which bill; every box on one. */
  z.strictObject({ act: z.literal('split'), parts: z.array(z.array(ContainerNumber).min(1).max(200)).min(2).max(20) }),
  z.strictObject({ act: z.literal('combine'), others: z.array(BillNumber).min(1).max(19) }),
  /** What the second set shows instead; the rest stays. */
  z.strictObject({
    act: z.literal('switchBill'),
    shown: z.strictObject({
      shipper: PartyOnBill.omit({ partyId: true }).optional(), notifyParties: z.array(PartyOnBill).max(3).optional(), placeOfReceipt: Place.optional(), placeOfDelivery: Place.optional(), placeOfIssue: z.string().trim().min(1).max(100).optional(),
      legs: z.array(z.strictObject({ from: Place, to: Place })).max(12).optional(),
    }),
  }),
  z.strictObject({ act: z.literal('toPaper'), originals: z.int().min(1).max(3) }),
  /** The full set came back: who brought it, whom the paper names, and the words and photographs (by SHA-256) of its cancellation. */
  z.strictObject({
    act: z.literal('fromPaper'), serials: z.array(z.string().trim().min(4).max(40)).min(1).max(10), holder: PartyId, titleholder: z.union([PartyId, z.literal('BLANK')]), endorsable: z.boolean(),
    statement: z.string().trim().min(1).max(2000), photographs: z.array(Hash).min(1).max(20),
  }),
])
export type ReplacementRequest = z.infer<typeof ReplacementRequest>

/** What a court puts in the place of a bill it voids: a bill to the party that the judgment names, resting on an order that is kept already. */
export const CourtSuccessorRequest = z.strictObject({ titleholder: PartyId, /** From `commitTitlePaper`. */ orderHash: Hash })
export type CourtSuccessorRequest = z.infer<typeof CourtSuccessorRequest>

export const ReplacementPreparation = z.strictObject({
  action: z.enum(['split', 'combine', 'switchBill', 'toPaper', 'fromPaper', 'voidByCourt']), subject: BillId, head: z.strictObject({ seq: z.int(), hash: Hash }), network: z.string(),
  args: z.record(z.string(), z.unknown()),
  /** When the prints say they were issued; the command's `at` must be the same moment. */
  issuedAt: Moment,
  successors: z.array(z.strictObject({ billId: BillId, billNumber: BillNumber, containers: z.array(ContainerNumber) })),
})
export type ReplacementPreparation = z.infer<typeof ReplacementPreparation>

export const BillStateName = z.enum(titleStateNames)

/** Whom a bill names as entitled; `BLANK` where that is whoever possesses it. */
export const Titleholder = z.union([PartyRef, z.literal('BLANK')])
export type Titleholder = z.infer<typeof Titleholder>

/** Who holds what: shown on the bill page, the check page and the chain. */
export const Standing = z.strictObject({
  state: BillStateName, voidReason: z.enum(voidReasons).nullable(),
  titleholder: Titleholder.nullable(), possessor: PartyRef.nullable(), pledgee: PartyRef.nullable(), pledgeState: z.enum(['NONE', 'PROPOSED', 'PLEDGED', 'DEFAULTED', 'ENFORCING']),
  offer: z.strictObject({ from: PartyRef, to: PartyRef, expiresAt: Moment }).nullable(),
  surrender: z.strictObject({ by: PartyRef, purpose: z.enum(['delivery', 'amendment']), reason: z.string().nullable() }).nullable(),
  holds: z.array(z.string()),
  /** The same, with who placed each and when: everybody who may see the bill must see what stops it. */
  heldBy: z.array(z.strictObject({ kind: z.enum(holdKinds), by: PartyRef, since: Moment })),
  /** Until when the pledgor may still pay, once a default is declared. */
  curesAt: Moment.nullable(),
  stop: z.strictObject({ by: PartyRef, since: Moment }).nullable(),
  incidents: z.array(z.strictObject({ kind: z.enum(incidentKinds), container: ContainerNumber, at: Moment, by: PartyRef, settledAt: Moment.nullable() })),
  asOf: Moment,
})
export type Standing = z.infer<typeof Standing>

/** A title action and whether the caller may do it now; if not, the refusal code that would come. */
export const PossibleAction = z.strictObject({
  action: z.string(), allowed: z.boolean(), because: z.string().nullable(),
  /** Whose signatures it needs besides the caller's; a party that the caller has yet to choose is null. */
  needs: z.array(z.strictObject({ party: PartyRef.nullable(), why: z.enum(cosignerReasons) })),
})
export type PossibleAction = z.infer<typeof PossibleAction>

export const cargoWords = ['RECEIVED', 'RELEASED', 'DELIVERED', 'SETTLED', ...incidentKinds] as const
export const BillContainer = z.strictObject({
  number: ContainerNumber, sizeType: z.string(), seals: z.array(z.string()), goods: z.string(), packages: z.int(), grossWeightKg: z.int(),
  title: z.enum(cargoWords).nullable(),
  /** Where tracking last saw it. */
  movement: z.string(), lastEventAt: Moment.nullable(), lastPlace: z.string().nullable(),
})

export const BillView = z.strictObject({
  billNumber: BillNumber, billId: BillId, network: z.string(), ledgerKind: z.enum(['embedded', 'fabric']), head: z.strictObject({ seq: z.int(), hash: Hash }),
  kind: z.enum(billKinds), negotiable: z.boolean(), version: z.int(), docHash: Hash, visualisationHash: Hash.nullable(),
  issuedAt: Moment.nullable(), standing: Standing, containers: z.array(BillContainer), hasSeaLeg: z.boolean(),
  /** Null for those who may know the standing but not the papers. Charges are left out for those who may not see money. */
  document: BillDocument.omit({ charges: true }).extend({ charges: Charges.nullable() }).nullable(),
  predecessors: z.array(BillNumber), successors: z.array(BillNumber),
  actions: z.array(PossibleAction),
  /** The title as the rules see it, so that the browser can run them before anything is sent. */
  title: z.record(z.string(), z.unknown()),
  /** What the caller is to this bill. */
  relations: z.array(z.enum(['carrier', 'shipper', 'consignee', 'titleholder', 'possessor', 'pledgee', 'offeree', 'former-holder', 'terminal', 'overseer'])),
  trackable: z.boolean(),
  /** What it said was erased after its retention time: document, goods, names and terms are gone, the ledger's history is left. */
  erased: z.boolean(),
  position: z.int(),
})
export type BillView = z.infer<typeof BillView>

export const BillSummary = z.strictObject({
  billNumber: BillNumber, state: BillStateName, voidReason: z.enum(voidReasons).nullable(), kind: z.enum(billKinds), bookingNumber: z.string(), shipper: z.string(), titleholder: Titleholder.nullable(), possessor: PartyRef.nullable(),
  pledgeState: z.string(), from: z.string(), to: z.string(), modes: z.array(z.enum(legModes)), containers: z.int(), teu: z.int(), delivered: z.int(), issuedAt: Moment.nullable(), updatedAt: Moment, erased: z.boolean(),
})
export type BillSummary = z.infer<typeof BillSummary>

/** A place on the ledger: its position, and the block of a ledger that is made of blocks. */
export const LedgerPlace = z.strictObject({ position: z.int(), block: z.int().nullable() })

/** One link of the chain: what was done, by whom, signed with which key, and that the signature was checked again when read. */
export const ChainLink = z.strictObject({
  seq: z.int(), hash: Hash, action: z.string(), events: z.array(z.record(z.string(), z.unknown())), party: PartyRef, signers: z.array(z.strictObject({
    keyId: z.string(), party: PartyRef, person: z.string().nullable(), signatureValid: z.boolean(),
    /** SubjectPublicKeyInfo, base64: whoever reads the chain checks the signature over `signed.command` again. */
    publicKey: z.string().nullable(),
  })),
  standing: Standing, recordedAt: Moment, commandId: z.string(), signed: SignedCommand,
  /** Where it stands on the ledger; null for a moment, until the views have it. */
  place: LedgerPlace.nullable(),
})
export type ChainLink = z.infer<typeof ChainLink>

export const ReceiptView = z.strictObject({
  commandId: z.string(), position: z.int(), recordedAt: Moment, repeated: z.boolean(),
  entries: z.array(z.strictObject({ subject: z.string(), seq: z.int(), hash: Hash, events: z.array(z.record(z.string(), z.unknown())) })),
})
export type ReceiptView = z.infer<typeof ReceiptView>

/** A command that more people must sign before the ledger takes it. */
export const SigningRequest = z.strictObject({
  commandId: z.string(), command: Command, signatures: z.array(Signature),
  /** Whose signature is missing, and which: a second person of the same party, or another party's. */
  wanted: z.array(z.strictObject({ party: PartyRef, why: z.enum(cosignerReasons) })),
  billNumber: BillNumber.nullable(), startedBy: z.string(), /** Whose act it is. */ party: PartyRef, /** Whom its arguments name: who signs along reads to whom something goes. */ names: z.array(PartyRef), startedAt: Moment, expiresAt: Moment, state: z.enum(['open', 'recorded', 'withdrawn', 'expired', 'refused']), refusedBecause: z.string().nullable(),
})
export type SigningRequest = z.infer<typeof SigningRequest>

export const CommandOutcome = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('recorded'), receipt: ReceiptView }),
  z.strictObject({ outcome: z.literal('awaiting-signature'), request: SigningRequest }),
  /** The ledger's network is away: the command is kept and sent when it is back. Ask `commandStatus` with the same three values. */
  z.strictObject({ outcome: z.literal('pending'), commandId: CommandId, subject: Subject, expects: z.int(), since: Moment, /** The organisation that is waited for, where that is known. */ waitsFor: z.string().nullable() }),
])
export type CommandOutcome = z.infer<typeof CommandOutcome>

/** What became of a command that went on without its sender. */
export const CommandStatusView = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('recorded'), receipt: ReceiptView }),
  z.strictObject({ state: z.literal('pending'), since: Moment }),
  z.strictObject({ state: z.literal('refused'), code: z.string(), /** In the caller's language. */ reason: z.string() }),
  z.strictObject({ state: z.literal('unknown') }),
])
export type CommandStatusView = z.infer<typeof CommandStatusView>

export const InboxItem = z.strictObject({
  kind: z.enum(['draft-faults', 'draft-returned', 'approve-draft', 'gate-in-missing', 'ready-to-issue', 'signature-wanted', 'offer-received', 'pledge-offered', 'surrender-requested', 'release-ready', 'key-needed', 'key-approval', 'default-declared', 'cure-period-over', 'cargo-incident']),
  title: z.string(), billNumber: BillNumber.nullable(), draftId: DraftId.nullable(), commandId: z.string().nullable(), since: Moment, count: z.int().nullable(),
  /** Who offers or asks, and until when it can be answered. */
  from: PartyRef.nullable(), until: Moment.nullable(),
})
export type InboxItem = z.infer<typeof InboxItem>

export const PledgeTerms = z.strictObject({
  amount: z.string().regex(/^(0|[1-9]\d{0,12})\.\d{2}$/), currency: z.enum(['CNY', 'USD', 'EUR']), dueDate: z.iso.date(), purpose: z.string().max(300).optional(),
})
export const PledgeFiling = z.strictObject({ registryNumber: z.string().trim().min(1).max(60), filedOn: z.iso.date() })
export const PledgeView = z.strictObject({ pledgor: PartyRef, pledgee: PartyRef, state: z.string(), terms: PledgeTerms.nullable(), filing: PledgeFiling.nullable(), termsHash: Hash.nullable() })

export const ReleaseCode = z.strictObject({ container: ContainerNumber, code: z.string(), expiresAt: Moment, delivered: z.boolean() })

/** The public's answer: genuine or not, the state, as of when. No party, goods or amount. */
export const PublicVerdict = z.strictObject({
  verdict: z.enum(['genuine', 'not-genuine', 'unknown']),
  /** True while somebody may still demand goods with it. */
  live: z.boolean(),
  billNumber: z.string().nullable(), state: BillStateName.nullable(), voidReason: z.enum(voidReasons).nullable(), successor: BillNumber.nullable(),
  pledged: z.boolean().nullable(), issuedAt: Moment.nullable(), docHash: Hash.nullable(), issuer: z.string().nullable(), asOf: Moment, ledgerKind: z.enum(['embedded', 'fabric']), network: z.string(),
  checks: z.array(z.strictObject({ code: z.string(), ok: z.boolean().nullable(), detail: z.string() })),
})
export type PublicVerdict = z.infer<typeof PublicVerdict>

/** For a reader of QRs to keep: whose statements count on this network. `keyId` is the first 16 hex digits of SHA-256 over the key (SPKI, base64). */
export const IssuerKeys = z.strictObject({
  network: z.string(), asOf: Moment,
  items: z.array(z.strictObject({ keyId: z.string().regex(/^[0-9a-f]{16}$/), issuer: z.string(), company: z.string(), publicKey: z.string().max(200), from: Moment, to: Moment })),
})
export type IssuerKeys = z.infer<typeof IssuerKeys>

/**
 * Everything a stranger needs to check a bill's title without this platform, besides the roots of whoever keeps the ledger
 * (`npm run verify -- FILE --proof THIS --roots DIR`). `ledger` is the evidence as the ledger gives it; `names` open the commitments to
 * identities of the chain's parties: SHA-256 of `salt:kind:identifier` is what stands on the ledger.
 */
export const BillProof = z.strictObject({
  schema: z.literal('yidan.proof/1'), billNumber: BillNumber, billId: z.string(), docHash: Hash, madeAt: Moment, ledger: z.record(z.string(), z.unknown()),
  names: z.array(z.strictObject({ partyId: PartyId, name: z.string().max(400), kind: z.enum(['creditCode', 'lei', 'vat']), identifier: z.string().max(40), salt: z.string().max(100) })).max(200),
})
export type BillProof = z.infer<typeof BillProof>

/** What a bank sees before it takes a bill: each line a check with its evidence (domain 4.2). */
export const BankCheck = z.strictObject({
  bill: BillView, verdict: z.enum(['can-be-pledged', 'cannot-be-pledged', 'offered-to-you', 'pledged-to-you', 'pledged-to-another']), reasons: z.array(z.string()),
  checks: z.array(z.strictObject({ code: z.string(), ok: z.boolean().nullable(), evidence: z.string(), source: z.string(), at: Moment })),
  pledge: PledgeView.nullable(),
  boxes: z.array(z.strictObject({ number: ContainerNumber, movement: z.string(), place: z.string().nullable(), lastEventAt: Moment.nullable(), stale: z.boolean() })),
})
export const SearchHit = z.strictObject({ kind: z.enum(['bill', 'draft', 'container', 'train', 'company']), label: z.string(), path: z.string(), detail: z.string() })
