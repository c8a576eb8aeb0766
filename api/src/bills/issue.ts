import type { IssuePreparation, StatementState } from '@yidan/api/contract'
import { canonicalJson, noHash, type BillDocument, type ContainerNumber, type Hash, type Instant, type Title } from '@yidan/ledger'
import { issuerOf, RendererBusy, RenderFailed, type BillPrint, type Sealed } from '../documents/index.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { gateFindings, gateInsOf, type GateIn } from './boxes.ts'
import { commitGoods, type GoodsCommitments } from './commitments.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import { statusOf } from './drafts.ts'
import { fault, wordFindings, type Finding } from './findings.ts'
import { toBinary, type DraftRecord, type Preparation, type VisualisationRecord } from './store.ts'

type FrozenDraft = DraftRecord & { readonly document: BillDocument; readonly docHash: Hash; readonly billId: NonNullable<DraftRecord['billId']>; readonly billNumber: NonNullable<DraftRecord['billNumber']> }
interface Stage {
  readonly draft: FrozenDraft
  readonly action: 'issue' | 'reissue'
  /** The bill whose stream the command continues: the new one, or the one that is amended. */
  readonly subject: FrozenDraft['billId']
  readonly title: Title | null
  readonly gateIns: ReadonlyMap<ContainerNumber, GateIn>
  readonly missing: readonly Finding[]
}

/**
 * Whether the bill can be issued now, and if so what two people sign: the document's hash, the hash of the very PDF, who holds it first,
 * and the evidence that every box was received. Asked again it answers the same as long as nothing it rests on has changed.
 */
export async function prepareIssue(desk: BillDesk, draft: DraftRecord, language: Language): Promise<IssuePreparation> {
  const { ports } = desk
  if (draft.billId === null || draft.docHash === null || draft.document === null || draft.stage !== 'sent') throw new Problem('draft-not-sent')
  const stage = await examine(desk, draft as FrozenDraft)
  const prepared = stage.missing.length > 0 ? null : await preparationOf(desk, stage)
  return {
    ready: prepared !== null, missing: wordFindings(stage.missing, language).faults, action: stage.action, subject: stage.subject, head: { seq: stage.title?.seq ?? 0, hash: stage.title?.headHash ?? noHash }, network: ports.ledger.network,
    args: prepared === null ? null : { ...prepared.args }, issuedAt: prepared?.issuedAt ?? null,
  }
}

/** Whether a command to issue or reissue is the one that was prepared, and still stands. @throws Problem `not-ready-to-issue` */
export async function refuseUnlessPrepared(desk: BillDesk, { visualisationHash, at, args, language }: { visualisationHash: string; at: string; args: Readonly<Record<string, unknown>>; language: Language }): Promise<void> {
  const { store } = desk
  const visualisation = await store.visualisations.findOne({ _id: visualisationHash as Hash }, { projection: { bytes: 0 } })
  const draft = visualisation?.draftId == null ? null : await store.drafts.findOne({ _id: visualisation.draftId })
  if (!visualisation || !draft || draft.stage !== 'sent' || draft.docHash !== visualisation.docHash) throw new Problem('not-ready-to-issue', { reason: 'not prepared' })
  if (visualisation.issuedAt !== at || canonicalJson(visualisation.args) !== canonicalJson(args)) throw new Problem('not-ready-to-issue', { reason: 'prepared otherwise' })
  const { missing, gateIns } = await examine(desk, draft as FrozenDraft)
  if (missing.length > 0) throw new Problem('not-ready-to-issue', {}, wordFindings(missing, language).faults)
  if (visualisation.action === 'issue' && canonicalJson(receivedOf(gateIns, draft as FrozenDraft)) !== canonicalJson(evidenceIn(visualisation.args))) throw new Problem('not-ready-to-issue', { reason: 'gate-in changed' })
}

async function examine({ ports, store }: BillDesk, draft: FrozenDraft): Promise<Stage> {
  const { document, amendmentOf } = draft
  const own = await ports.ledger.read(draft.billId)
  if (amendmentOf !== null) {
    const title = await ports.ledger.read(amendmentOf.billId)
    const ready = title?.state.name === 'SURRENDERED_FOR_AMENDMENT' && own === null
    return {
      draft, action: 'reissue', subject: amendmentOf.billId, title, gateIns: new Map(),
      missing: [...(ready ? [] : [fault('', 'amendment-not-surrendered', { detail: { billNumber: amendmentOf.billNumber } })]), ...sealFindings(document)],
    }
  }
  const status = statusOf(draft, own)
  if (status === 'issued') throw new Problem('document-already-issued', { docHash: draft.docHash })
  const gateIns = await gateInsOf(store, { document, since: draft.firstSentAt })
  return { draft, action: 'issue', subject: draft.billId, title: own, gateIns, missing: [...(status === 'approved' ? [] : [fault('', 'not-approved')]), ...gateFindings(document, gateIns), ...sealFindings(document)] }
}

function sealFindings({ carrier }: BillDocument): Finding[] {
  try {
    issuerOf(carrier)
    return []
  } catch {
    return [fault('/carrier', 'issuer-cannot-seal')]
  }
}

/** A preparation that nobody has signed yet is made anew after this time, so that the date of issue on the bill is the day it is issued. */
const freshFor = 12 * 3_600_000

async function preparationOf(desk: BillDesk, stage: Stage): Promise<Preparation> {
  const { ports, store } = desk
  const { draft, title, gateIns } = stage
  const received = receivedOf(gateIns, draft)
  const basis = sha256Of(canonicalJson({ docHash: draft.docHash, head: title?.headHash ?? noHash, received })) as Hash
  const kept = await reusable(desk, draft, stage.subject, basis)
  if (kept) return kept
  const issuedAt = ports.clock().toISOString() as Instant
  const sealed = await ports.seals.seal({ document: draft.document, docHash: draft.docHash, issuedAt, network: ports.ledger.network })
  const address = await addressOf(desk, draft.document, { docHash: draft.docHash, state: 'AS_ISSUED', seq: 0, at: issuedAt })
  const bytes = await render(desk, printOf(desk, draft.document, { docHash: draft.docHash, issuedAt, sealed, address }))
  const visualisationHash = sha256Of(bytes) as Hash
  const args = await argsOf(desk, stage, visualisationHash, received)
  const preparation: Preparation = { basis, issuedAt, visualisationHash, args }
  const visualisation: VisualisationRecord = { _id: visualisationHash, draftId: draft._id, billId: draft.billId, docHash: draft.docHash, issuedAt, action: stage.action, args, bytes: toBinary(bytes), seal: sealed.seal, certificatePem: sealed.certificatePem }
  await store.visualisations.replaceOne({ _id: visualisationHash }, visualisation, { upsert: true, writeConcern: { w: 'majority' } })
  // Two people may prepare at once: the first preparation that is kept is the one both get.
  const { matchedCount } = await store.drafts.updateOne({ _id: draft._id, revision: draft.revision, 'preparation.basis': draft.preparation?.basis ?? null, 'preparation.issuedAt': draft.preparation?.issuedAt ?? null }, { $set: { preparation } })
  if (matchedCount === 1) return preparation
  const other = await store.drafts.findOne({ _id: draft._id })
  if (other?.preparation?.basis === basis) return other.preparation
  throw new Problem('revision-conflict', { revision: other?.revision ?? 0 })
}

async function reusable({ ports, store }: BillDesk, { preparation }: FrozenDraft, subject: string, basis: Hash): Promise<Preparation | null> {
  if (preparation === null || preparation.basis !== basis) return null
  if (ports.clock().getTime() - Date.parse(preparation.issuedAt) < freshFor) return preparation
  const waiting = await store.requests.findOne({ subject, state: 'open', expiresAt: { $gt: ports.clock() } })
  return waiting === null ? null : preparation
}

function receivedOf(gateIns: ReadonlyMap<ContainerNumber, GateIn>, { document }: FrozenDraft): { container: ContainerNumber; eventHash: Hash }[] {
  return document.containers.flatMap(({ number }) => {
    const gateIn = gateIns.get(number)
    return gateIn === undefined ? [] : [{ container: number, eventHash: gateIn.event.hash }]
  })
}

type Evidence = ReturnType<typeof receivedOf>[number]

/** The gate-ins that arguments to issue name, without the commitments beside them. */
function evidenceIn(args: Preparation['args']): Evidence[] {
  return ((args['received'] ?? []) as Evidence[]).map(({ container, eventHash }) => ({ container, eventHash }))
}

async function argsOf(desk: BillDesk, { action, draft, title }: Stage, visualisationHash: Hash, received: readonly Evidence[]): Promise<Preparation['args']> {
  const { document, docHash, billId } = draft
  const { contents, fixedPartHash } = await commitGoods(desk, { document, by: draft.carrier, replaced: action === 'reissue' ? title : null })
  if (action === 'reissue') return { successor: { billId, docHash, visualisationHash }, ...correctionOf(title, { contents, fixedPartHash }) }
  const named = 'toOrderOf' in document.consignee ? (typeof document.consignee.toOrderOf === 'string' ? null : document.consignee.toOrderOf) : document.consignee
  const namedParty = named?.partyId ?? null
  const titleholder = { straight: namedParty, 'to-order': draft.shipper, 'to-named-order': namedParty, blank: 'BLANK' as const }[document.kind]
  const hashOf = new Map(contents.map(({ container, contentsHash }) => [container, contentsHash]))
  return {
    docHash, visualisationHash, consignee: document.kind === 'straight' ? namedParty : null, titleholder, containers: document.containers.map(({ number }) => number),
    received: received.map((evidence) => ({ ...evidence, contentsHash: hashOf.get(evidence.container) })), fixedPartHash, subDocumentsNonNegotiable: document.legs.every(({ carrierDocument }) => carrierDocument.nonNegotiable),
  }
}

/** What an amendment changes of the ledger's commitments to the goods; nothing, when it changes other things. */
function correctionOf(title: Title | null, { contents, fixedPartHash }: GoodsCommitments): { corrected?: GoodsCommitments } {
  const changed = contents.filter(({ container, contentsHash }) => title?.contents[container] !== contentsHash)
  return changed.length === 0 && title?.fixedPartHash === fixedPartHash ? {} : { corrected: { fixedPartHash, contents: changed } }
}

/** What the QR of a print holds: where to ask, and what the carrier states of the bill at that moment. */
export function addressOf({ ports: { seals, ledger, settings } }: BillDesk, { carrier, billNumber }: BillDocument, { docHash, state, seq, at }: { docHash: string; state: StatementState; seq: number; at: string }): Promise<string> {
  return seals.address({ carrier, network: ledger.network, publicUrl: settings.publicUrl, statement: { billNumber, state, seq, at, hashStart: docHash.slice(0, 32) } })
}

export function printOf({ ports }: BillDesk, document: BillDocument, issue: { docHash: string; issuedAt: string; sealed: Sealed; address: string }, more: Partial<BillPrint> = {}): BillPrint {
  const { docHash, issuedAt, sealed, address } = issue
  return { document, issuance: { network: ports.ledger.network, docHash, issuedAt, seal: sealed.seal, certificatePem: sealed.certificatePem, signatories: [], address }, mark: 'ORIGINAL', publicUrl: ports.settings.publicUrl, ...more }
}

/** @throws Problem `render-unavailable` */
export async function render({ ports }: BillDesk, print: BillPrint): Promise<Uint8Array> {
  try {
    return await ports.renderer.render(print)
  } catch (error) {
    if (!(error instanceof RendererBusy || error instanceof RenderFailed)) throw error
    ports.log.warn({ err: error, billNumber: print.document.billNumber }, 'a bill could not be printed')
    throw new Problem('render-unavailable')
  }
}
