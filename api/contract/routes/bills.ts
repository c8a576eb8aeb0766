import { BillNumber, CommandId, PartyId, Signature, SignedCommand, Subject } from '@yidan/ledger'
import { z } from 'zod'
import { route } from '../route.ts'
import { BankCheck, BillProof, BillStateName, BillSummary, BillView, ChainLink, CommandOutcome, CourtSuccessorRequest, CommandStatusView, DraftContent, DraftId, draftStatuses, DraftSummary, DraftView, ImportReport, InboxItem, IssuerKeys, IssuePreparation, page, Paging, PledgeFiling, PledgeTerms, PledgeView, PublicVerdict, ReleaseCode, ReplacementPreparation, ReplacementRequest, SearchHit, SigningRequest } from '../views/index.ts'

const draft = z.object({ draftId: DraftId })
const bill = z.object({ billNumber: BillNumber })
const revision = z.int().min(1)
const MiB = 1024 * 1024

export const billFilters = {
  q: z.string().max(100).optional(), state: BillStateName.optional(), pledged: z.enum(['yes', 'no']).optional(), mine: z.enum(['holding', 'carrying', 'pledged-to-me', 'shipped']).optional(), from: z.iso.date().optional(), to: z.iso.date().optional(),
  sort: z.enum(['-updatedAt', 'updatedAt', '-issuedAt', 'billNumber']).default('-updatedAt'),
}

export const billRoutes = {
  drafts: route({ method: 'get', path: '/drafts', tag: 'drafts', summary: 'Drafts of the own company, and those sent to it for approval', ability: 'list-drafts', query: z.object({ q: z.string().max(100).optional(), status: z.enum(draftStatuses).optional(), ...Paging }), responses: { 200: page(DraftSummary) } }),
  createDraft: route({ method: 'post', path: '/drafts', tag: 'drafts', summary: 'A new draft: from a booking’s JSON, as a copy or an amendment of a bill, or by hand', ability: 'create-draft',
    body: z.discriminatedUnion('from', [
      z.strictObject({ from: z.literal('booking'), booking: z.record(z.string(), z.unknown()) }),
      z.strictObject({ from: z.literal('copy'), billNumber: BillNumber }),
      z.strictObject({ from: z.literal('amendment'), billNumber: BillNumber }),
      z.strictObject({ from: z.literal('content'), content: DraftContent }),
    ]), responses: { 201: DraftView }, idempotent: true }),
  importDraft: route({ method: 'post', path: '/drafts/import', tag: 'drafts', summary: 'A new draft from a file: booking JSON, or a container list (CSV, XLSX)', ability: 'create-draft', upload: { maxBytes: 5 * MiB }, responses: { 201: ImportReport } }),
  draft: route({ method: 'get', path: '/drafts/{draftId}', tag: 'drafts', summary: 'One draft with all its faults', ability: 'read-draft', params: draft, responses: { 200: DraftView } }),
  saveDraft: route({ method: 'put', path: '/drafts/{draftId}', tag: 'drafts', summary: 'Save; refused when somebody else saved in between', ability: 'edit-draft', params: draft, body: z.strictObject({ revision, content: DraftContent }), responses: { 200: DraftView } }),
  discardDraft: route({ method: 'delete', path: '/drafts/{draftId}', tag: 'drafts', summary: 'Discard a draft that was not sent', ability: 'edit-draft', params: draft, responses: { 204: null } }),
  importContainers: route({ method: 'post', path: '/drafts/{draftId}/containers/import', tag: 'drafts', summary: 'Take a container list (CSV, XLSX) into a draft: good rows are kept, each bad row is told with its faults', ability: 'edit-draft', params: draft, upload: { fields: z.object({ mode: z.enum(['append', 'replace']).default('append') }), maxBytes: 5 * MiB }, responses: { 200: ImportReport } }),
  sendForApproval: route({ method: 'post', path: '/drafts/{draftId}/approval-request', tag: 'drafts', summary: 'Freeze the document, give it its number and ask the shipper', ability: 'edit-draft', params: draft, body: z.strictObject({ revision }), responses: { 200: DraftView } }),
  recallDraft: route({ method: 'delete', path: '/drafts/{draftId}/approval-request', tag: 'drafts', summary: 'Take a draft back before it is issued, to edit it again', ability: 'edit-draft', params: draft, responses: { 200: DraftView } }),
  returnDraft: route({ method: 'post', path: '/drafts/{draftId}/return', tag: 'drafts', summary: 'The shipper sends the draft back with a reason', ability: 'approve-draft', params: draft, body: z.strictObject({ reason: z.string().trim().min(1).max(500) }), responses: { 200: DraftView } }),
  prepareIssue: route({ method: 'get', path: '/drafts/{draftId}/issue', tag: 'drafts', summary: 'Whether the bill can be issued now, what is missing, and the arguments two people sign', ability: 'prepare-issue', params: draft, responses: { 200: IssuePreparation } }),
  draftPdf: route({ method: 'get', path: '/drafts/{draftId}/pdf', tag: 'drafts', summary: 'The draft as the document it will be, marked DRAFT', ability: 'read-draft', params: draft, responses: { 200: { contentType: 'application/pdf' } } }),

  command: route({ method: 'post', path: '/commands', tag: 'title', summary: 'A signed title action. Recorded on the ledger at once, or kept until the other signatures it needs have come', ability: 'act-on-title', body: SignedCommand, responses: { 200: CommandOutcome, 202: CommandOutcome } }),
  commandStatus: route({ method: 'get', path: '/commands/{commandId}', tag: 'title', summary: 'What became of a command that was kept while the ledger’s network was away', ability: 'act-on-title', params: z.object({ commandId: CommandId }), query: z.object({ subject: Subject, expects: z.coerce.number().int().min(0) }), responses: { 200: CommandStatusView } }),
  signingRequests: route({ method: 'get', path: '/signing-requests', tag: 'title', summary: 'Commands that wait for a signature of the own company, or that it started', ability: 'sign-along', query: z.object({ state: z.enum(['open', 'all']).default('open') }), responses: { 200: z.strictObject({ items: z.array(SigningRequest) }) } }),
  addSignature: route({ method: 'post', path: '/signing-requests/{commandId}/signatures', tag: 'title', summary: 'Sign along', ability: 'sign-along', params: z.object({ commandId: CommandId }), body: Signature, responses: { 200: CommandOutcome, 202: CommandOutcome } }),
  withdrawSigningRequest: route({ method: 'delete', path: '/signing-requests/{commandId}', tag: 'title', summary: 'Withdraw a command that still waits', ability: 'sign-along', params: z.object({ commandId: CommandId }), responses: { 204: null } }),
  inbox: route({ method: 'get', path: '/inbox', tag: 'home', summary: 'What needs me now', ability: 'use-session', responses: { 200: z.strictObject({ items: z.array(InboxItem) }) } }),
  search: route({ method: 'get', path: '/search', tag: 'home', summary: 'Any number: bill, container, booking, train, seal, company', ability: 'search', query: z.object({ q: z.string().trim().min(1).max(60) }), responses: { 200: z.strictObject({ items: z.array(SearchHit) }) } }),

  bills: route({ method: 'get', path: '/bills', tag: 'bills', summary: 'Bills the caller may see', ability: 'list-bills', query: z.object({ ...billFilters, ...Paging }), responses: { 200: page(BillSummary) } }),
  exportBills: route({ method: 'get', path: '/bills/export', tag: 'bills', summary: 'The same list as CSV (UTF-8 with BOM)', ability: 'list-bills', query: z.object(billFilters), responses: { 200: { contentType: 'text/csv' } } }),
  bill: route({ method: 'get', path: '/bills/{billNumber}', tag: 'bills', summary: 'One bill', ability: 'read-bill', params: bill, responses: { 200: BillView } }),
  billDocument: route({ method: 'get', path: '/bills/{billNumber}/document', tag: 'bills', summary: 'The canonical document, byte for byte as it was hashed', ability: 'read-bill-document', params: bill, responses: { 200: { contentType: 'application/json' } } }),
  billPdf: route({ method: 'get', path: '/bills/{billNumber}/pdf', tag: 'bills', summary: 'The bill as PDF/A-3b; `issued` is the file made at issue, `standing` is a copy with the present state', ability: 'read-bill-document', params: bill, query: z.object({ as: z.enum(['issued', 'standing']).default('issued') }), responses: { 200: { contentType: 'application/pdf' } } }),
  billHistory: route({ method: 'get', path: '/bills/{billNumber}/history', tag: 'bills', summary: 'Chain of title, each signature checked again', ability: 'read-bill-history', params: bill, responses: { 200: z.strictObject({ items: z.array(ChainLink) }) } }),
  billProof: route({ method: 'get', path: '/bills/{billNumber}/proof', tag: 'bills', summary: 'Evidence of the bill’s title, to be checked without this platform', ability: 'read-bill-proof', params: bill, responses: { 200: BillProof } }),
  bankCheck: route({ method: 'get', path: '/bills/{billNumber}/check', tag: 'bank', summary: 'The bank’s check: authenticity, chain, control, pledge, holds, boxes', ability: 'check-bill', params: bill, responses: { 200: BankCheck } }),
  pledgeTerms: route({ method: 'get', path: '/bills/{billNumber}/pledge', tag: 'bank', summary: 'The pledge proposed or in force, for pledgor and bank', ability: 'read-pledge-terms', params: bill, responses: { 200: PledgeView } }),
  commitPledgeTerms: route({ method: 'post', path: '/bills/{billNumber}/pledge/terms', tag: 'bank', summary: 'Keep the terms off the ledger; the answer is the salted hash that is signed', ability: 'write-pledge-terms', params: bill, body: PledgeTerms.extend({ pledgee: PartyId }), responses: { 201: z.strictObject({ hash: z.string() }) } }),
  commitPledgeFiling: route({ method: 'post', path: '/bills/{billNumber}/pledge/filing', tag: 'bank', summary: 'Keep the 中登网 registration off the ledger; the answer is the salted hash that is signed', ability: 'write-pledge-terms', params: bill, body: PledgeFiling, responses: { 201: z.strictObject({ hash: z.string() }) } }),
  prepareRelease: route({ method: 'post', path: '/bills/{billNumber}/release-codes', tag: 'bills', summary: 'Make one code per box; the answer is the `releases` argument of acceptSurrender or renewReleases', ability: 'prepare-release', params: bill, body: z.strictObject({ days: z.int().min(1).max(60).default(14) }), responses: { 201: z.strictObject({ releases: z.array(z.strictObject({ container: z.string(), codeHash: z.string(), expiresAt: z.string() })) }) } }),
  releaseCodes: route({ method: 'get', path: '/bills/{billNumber}/release-codes', tag: 'bills', summary: 'The codes, for the one who surrendered the bill', ability: 'read-release-codes', params: bill, responses: { 200: z.strictObject({ items: z.array(ReleaseCode) }) } }),

  prepareReplacement: route({ method: 'post', path: '/bills/{billNumber}/replacement', tag: 'bills', summary: 'Make the documents and prints of a split, a combination, a switch, or the ways to paper and back; the answer holds the arguments the carrier’s two people sign', ability: 'prepare-release', params: bill, body: ReplacementRequest, responses: { 201: ReplacementPreparation } }),
  prepareCourtSuccessor: route({ method: 'post', path: '/bills/{billNumber}/court-successor', tag: 'bills', summary: 'For a court that holds the bill: make the document and print of the bill that its judgment gives to another; the answer holds the arguments of voidByCourt that two of its people sign', ability: 'prepare-court-successor', params: bill, body: CourtSuccessorRequest, responses: { 200: ReplacementPreparation } }),
  paperOriginal: route({ method: 'get', path: '/bills/{billNumber}/originals/{serial}', tag: 'bills', summary: 'One paper original, to be printed once, signed and handed out: after the bill has left the ledger for paper', ability: 'prepare-release', params: z.object({ billNumber: BillNumber, serial: z.string().max(40) }), responses: { 200: { contentType: 'application/pdf' } } }),

  verifyNumber: route({ method: 'get', path: '/verify/{billNumber}', tag: 'verify', summary: 'Genuine or not, and the state: for anybody who holds the paper', ability: 'verify-bill', params: z.object({ billNumber: z.string().max(40) }), query: z.object({ h: z.string().max(64).optional() }), responses: { 200: PublicVerdict } }),
  verifyFile: route({ method: 'post', path: '/verify', tag: 'verify', summary: 'Compare a PDF or JSON with the ledger; the file is not kept', ability: 'verify-bill', upload: { maxBytes: 5 * MiB }, responses: { 200: PublicVerdict } }),
  issuerKeys: route({ method: 'get', path: '/certificates', tag: 'verify', summary: 'Public keys of all who issue bills: what the signed statement in a bill’s QR is checked with, also offline', ability: 'read-public-certificate', responses: { 200: IssuerKeys } }),
  certificate: route({ method: 'get', path: '/certificates/{issuer}', tag: 'verify', summary: 'The issuer’s certificate (PEM), by credit code or party id', ability: 'read-public-certificate', params: z.object({ issuer: z.string().max(40) }), responses: { 200: { contentType: 'application/x-pem-file' } } }),
}
