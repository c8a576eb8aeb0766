import type { ReplacementPreparation, ReplacementRequest } from '@yidan/api/contract'
import { BillDocument, bindingReasons, canonicalJson, isOnPaper, type BillId, type BillNumber, type ContainerNumber, type Hash, type Instant, type Title } from '@yidan/ledger'
import { randomBytes, randomInt } from 'node:crypto'
import { Problem } from '../http/problem.ts'
import { commit, commitGoods, contentsFit } from './commitments.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import { addressOf, printOf, render } from './issue.ts'
import { nextBillNumber } from './numbers.ts'
import { electronicAgain, partsOf, switched, wholeOf } from './replacement-documents.ts'
import { toBinary, type ReplacementRecord } from './store.ts'
import { documentText, type OpenedBill } from './view.ts'

/** What a replacement is made from: one bill or, for a combination, several, with the documents behind them. */
export interface Old { readonly title: Title; readonly billNumber: BillNumber; readonly document: BillDocument }
export interface Made { readonly billId: BillId; readonly document: BillDocument; readonly docHash: Hash; readonly visualisationHash: Hash }
type Act = ReplacementRecord['action']
export type Drafted = Pick<ReplacementRecord, 'args' | 'documents'>

const reasonFor = { split: 'SPLIT', combine: 'COMBINE', switchBill: 'SWI', toPaper: 'SWTP' } as const satisfies Partial<Record<Act, (typeof bindingReasons)[number]>>
/** A preparation that nobody has signed yet is made anew after this time: the date of issue on the bill is the day it is issued. */
const freshFor = 12 * 3_600_000

/**
 * Makes the documents and PDFs of the bills that will take this one's place, and the arguments that the carrier's two people sign (and
 * whoever else must). Asked again while nothing has changed it answers the same. @throws Problem why the ledger would refuse
 */
export async function prepareReplacement(desk: BillDesk, opened: OpenedBill, request: ReplacementRequest): Promise<ReplacementPreparation> {
  const olds = [await oldBill(desk, opened.record.billNumber), ...(await Promise.all((request.act === 'combine' ? request.others : []).map((billNumber) => oldBill(desk, billNumber))))]
  const [old] = olds as [Old, ...Old[]]
  for (const { title } of olds) refuseUnlessWaiting(title, request.act)
  await refuseUnlessGoodsFit(desk, olds)
  return preparedOnce(desk, { action: request.act, request, olds, draft: (issuedAt) => drafted(desk, { old, olds, request, issuedAt }) })
}

/** Kept with what was asked for and the heads of the bills it was asked of: the same again, while nothing has changed, answers the same. */
export async function preparedOnce(desk: BillDesk, { action, request, olds, draft }: { action: Act; request: object; olds: readonly Old[]; draft: (issuedAt: Instant) => Promise<Drafted> }): Promise<ReplacementPreparation> {
  const { ports, store } = desk
  const [old] = olds as [Old, ...Old[]]
  await store.ready()
  const basis = sha256Of(canonicalJson({ request: JSON.parse(JSON.stringify(request)) as unknown, heads: olds.map(({ title }) => title.headHash) })) as Hash
  const known = await store.replacements.findOne({ _id: basis })
  const record = known && ports.clock().getTime() - Date.parse(known.issuedAt) < freshFor ? known : await make(desk, { basis, billId: old.title.billId, action, draft })
  return {
    action: record.action, subject: old.title.billId, head: { seq: old.title.seq, hash: old.title.headHash }, network: ports.ledger.network, args: { ...record.args }, issuedAt: record.issuedAt,
    successors: record.documents.map(({ document }) => ({ billId: document.billId, billNumber: document.billNumber, containers: document.containers.map(({ number }) => number) })),
  }
}

/** Whether a command is one that was prepared, and its documents are in the log before the ledger speaks of them. @throws Problem `not-ready-to-issue` */
export async function refuseUnlessReplacementPrepared({ ports, store }: BillDesk, { action, args, at, title }: { action: string; args: unknown; at: string; title: Title | null }): Promise<void> {
  const record = await store.replacements.findOne({ argsHash: sha256Of(canonicalJson(args)) as Hash, billId: title?.billId as BillId })
  if (record === null || title === null || record.action !== action) throw new Problem('not-ready-to-issue', { reason: 'not prepared' })
  if (record.issuedAt !== at) throw new Problem('not-ready-to-issue', { reason: 'prepared otherwise' })
  if (record.documents.length === 0) return
  const { carrier, shipper } = title
  const { last } = await ports.eventLog.append(record.documents.map(({ document, docHash }) => ({
    id: `document-frozen:${docHash}`, event: { type: 'document-frozen', billId: document.billId, billNumber: document.billNumber, document, docHash, carrier, shipper } as const, about: [`bill:${document.billId}`],
  })))
  await ports.feed.upTo(last)
}

async function make(desk: BillDesk, { basis, billId, action, draft }: { basis: Hash; billId: BillId; action: Act; draft: (issuedAt: Instant) => Promise<Drafted> }): Promise<ReplacementRecord> {
  const issuedAt = desk.ports.clock().toISOString() as Instant
  const { args, documents } = await draft(issuedAt)
  const record: ReplacementRecord = { _id: basis, billId, action, args, argsHash: sha256Of(canonicalJson(args)) as Hash, issuedAt, documents }
  const { _id, ...fields } = record
  await desk.store.replacements.replaceOne({ _id }, fields, { upsert: true, writeConcern: { w: 'majority' } })
  return record
}

async function drafted(desk: BillDesk, given: { old: Old; olds: readonly Old[]; request: ReplacementRequest; issuedAt: Instant }): Promise<Drafted> {
  const { old, olds, request } = given
  const { carrier } = old.title
  const build = (documents: readonly BillDocument[]) => Promise.all(documents.map(async (document) => freeze(desk, { document, olds, action: request.act, issuedAt: given.issuedAt })))
  const signed = ({ billId, docHash, visualisationHash }: Made) => ({ billId, docHash, visualisationHash })
  const fixedPart = async ({ document }: Made, replaced: Title['fixedPartHash']): Promise<Hash> => (await commitGoods(desk, { document, by: carrier, replaced: { contents: Object.assign({}, ...olds.map(({ title }) => title.contents)) as Title['contents'], fixedPartHash: replaced } })).fixedPartHash
  switch (request.act) {
    case 'split': {
      refuseUnlessPartition(old, request.parts)
      const made = await build(partsOf(old.document, request.parts))
      const successors = await Promise.all(made.map(async (one) => ({ ...signed(one), fixedPartHash: await fixedPart(one, null), containers: one.document.containers.map(({ number }) => number) })))
      return { args: { successors }, documents: made }
    }
    case 'combine': {
      const [whole] = await build([wholeOf(olds.map(({ document }) => document))])
      const others = olds.slice(1).map(({ title }) => ({ billId: title.billId, expects: title.seq, prevHash: title.headHash }))
      return { args: { others, successor: { ...signed(whole as Made), fixedPartHash: await fixedPart(whole as Made, null) } }, documents: [whole as Made] }
    }
    case 'switchBill': {
      const [made] = await build([switched(old.document, request.shown)])
      return { args: { successor: { ...signed(made as Made), fixedPartHash: await fixedPart(made as Made, old.title.fixedPartHash) } }, documents: [made as Made] }
    }
    case 'toPaper': return { args: { originals: await originalsOf(desk, old, { count: request.originals, issuedAt: given.issuedAt }) }, documents: [] }
    case 'fromPaper': {
      const { serials, holder, titleholder, endorsable, statement, photographs } = request
      const [made] = await build([electronicAgain(old.document, { billNumber: old.billNumber, serials })])
      const statementHash = await commit(desk, { billId: old.title.billId, kind: 'statement', by: carrier, content: { serials, statement, photographs } })
      return { args: { successor: signed(made as Made), serials, statementHash, holder, titleholder, endorsable }, documents: [made as Made] }
    }
  }
}

/** Number, id and salt of its own; sealed and printed as it will be issued. @throws Problem `render-unavailable` */
export async function freeze(desk: BillDesk, { document: before, olds, action, issuedAt }: { document: BillDocument; olds: readonly Old[]; action: Act; issuedAt: Instant }): Promise<Made> {
  const { ports, store } = desk
  const billId = `b${randomBytes(16).toString('hex')}` as BillId
  const billNumber = await nextBillNumber(store, { prefix: ports.settings.billPrefix, now: ports.clock() })
  const version = Math.max(...olds.map(({ title }) => title.version)) + 1
  const document = BillDocument.parse({ ...before, billId, billNumber, version, salt: randomBytes(16).toString('hex'), replaces: olds.map((old) => old.billNumber) })
  const docHash = sha256Of(canonicalJson(document)) as Hash
  return { billId, document, docHash, visualisationHash: await printed(desk, { document, docHash, action, issuedAt }) }
}

async function printed(desk: BillDesk, { document, docHash, action, issuedAt, paper }: { document: BillDocument; docHash: Hash; action: Act; issuedAt: Instant; paper?: { serial: string; number: number; of: number } }): Promise<Hash> {
  const { ports, store } = desk
  const sealed = await ports.seals.seal({ document, docHash, issuedAt, network: ports.ledger.network })
  const address = await addressOf(desk, document, { docHash, state: 'AS_ISSUED', seq: 0, at: issuedAt })
  const bytes = await render(desk, printOf(desk, document, { docHash, issuedAt, sealed, address }, paper ? { paper } : {}))
  const hash = sha256Of(bytes) as Hash
  await store.visualisations.replaceOne({ _id: hash }, { draftId: null, billId: document.billId, docHash, issuedAt, action, args: {}, bytes: toBinary(bytes), seal: sealed.seal, certificatePem: sealed.certificatePem }, { upsert: true, writeConcern: { w: 'majority' } })
  return hash
}

/** Numbered prints of the document as it is. The serials say nothing: they stand on the ledger. */
async function originalsOf(desk: BillDesk, { document, title }: Old, { count, issuedAt }: { count: number; issuedAt: Instant }): Promise<{ serial: string; visualisationHash: Hash }[]> {
  const set = Array.from({ length: 8 }, () => letters[randomInt(letters.length)] ?? 'A').join('')
  return Promise.all(Array.from({ length: count }, async (_, index) => {
    const serial = `${set.slice(0, 4)}-${set.slice(4)}-${index + 1}`
    return { serial, visualisationHash: await printed(desk, { document, docHash: title.docHash, action: 'toPaper', issuedAt, paper: { serial, number: index + 1, of: count } }) }
  }))
}
/** Without those that look like others. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

export async function oldBill(desk: BillDesk, billNumber: BillNumber): Promise<Old> {
  const record = await desk.store.bills.findOne({ billNumber })
  const title = record && (await desk.ports.ledger.read(record._id))
  if (title === null) throw new Problem('not-found')
  return { title, billNumber, document: JSON.parse(await documentText(desk, title.docHash, sha256Of)) as BillDocument }
}

/** The ledger says the same; here it comes before numbers are given out and pages printed. */
function refuseUnlessWaiting(title: Title, act: ReplacementRequest['act']): void {
  const { state, surrender, billId } = title
  if (act === 'fromPaper') {
    if (!isOnPaper(title)) throw new Problem('not-on-paper', { billId })
    return
  }
  if (isOnPaper(title)) throw new Problem('bill-on-paper', { billId })
  if (state.name !== 'SURRENDERED_FOR_AMENDMENT') throw new Problem(state.name === 'VOIDED' ? 'bill-void' : 'not-accepted-for-amendment', { billId })
  if (surrender?.reason !== reasonFor[act]) throw new Problem('other-surrender-reason', { billId, reason: surrender?.reason ?? null })
}

function refuseUnlessPartition({ document }: Old, parts: readonly (readonly ContainerNumber[])[]): void {
  const named = parts.flat()
  const stranger = named.find((container) => !document.containers.some(({ number }) => number === container))
  if (stranger !== undefined) throw new Problem('container-not-on-bill', { container: stranger })
  if (new Set(named).size !== named.length) throw new Problem('duplicate-container', { container: named.find((container, index) => named.indexOf(container) !== index) })
  const missing = document.containers.find(({ number }) => !named.includes(number))
  if (missing) throw new Problem('containers-left-out', { container: missing.number })
}

/** T-13: what the documents say is in the boxes is what the ledger has its commitments to. */
async function refuseUnlessGoodsFit(desk: BillDesk, olds: readonly Old[]): Promise<void> {
  for (const { title, document } of olds) {
    for (const container of document.containers) {
      const contentsHash = title.contents[container.number]
      if (contentsHash === undefined || (await contentsFit(desk, container, contentsHash)) === false) throw new Problem('wrong-document-hash', { container: container.number })
    }
  }
}
