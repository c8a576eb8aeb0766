import { isOnPaper, type BillDocument } from '@yidan/ledger'
import type { FileAnswer, Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { sha256Of, partyNames, type BillDesk } from './desk.ts'
import { documentFrom } from './document.ts'
import { findingsOf } from './drafts.ts'
import { wordFindings } from './findings.ts'
import { addressOf, printOf, render } from './issue.ts'
import { preview } from './rules.ts'
import type { DraftRecord } from './store.ts'
import { documentText, type OpenedBill } from './view.ts'

/** The canonical document as a file. */
export async function documentFile(desk: BillDesk, { record }: OpenedBill): Promise<FileAnswer> {
  const text = await documentText(desk, record.title.docHash, sha256Of)
  return { file: text, contentType: 'application/json', name: `${record.billNumber}.json`, etag: record.title.docHash }
}

/** The very file made at issue, checked against the hash on the ledger. @throws Problem `not-issued` */
export async function issuedPdf({ store, ports }: BillDesk, { record }: OpenedBill): Promise<FileAnswer> {
  const { visualisationHash } = record.title
  if (visualisationHash === null) throw new Problem('not-issued')
  const kept = await store.visualisations.findOne({ _id: visualisationHash })
  if (kept === null) throw new Problem('not-found')
  const bytes = new Uint8Array(kept.bytes.buffer)
  if (sha256Of(bytes) !== visualisationHash) {
    ports.log.error({ visualisationHash }, 'a kept PDF no longer fits its hash')
    throw new Problem('wrong-document-hash', { visualisationHash })
  }
  return { file: bytes, contentType: 'application/pdf', name: `${record.billNumber}.pdf`, etag: visualisationHash }
}

/** One numbered original of a bill that left the ledger for paper. @throws Problem `not-on-paper`; `not-found` for a serial that the set has not */
export async function originalPdf({ store, ports }: BillDesk, { record }: OpenedBill, serial: string): Promise<FileAnswer> {
  if (!isOnPaper(record.title)) throw new Problem('not-on-paper')
  const [issued] = (await ports.ledger.history(record._id)).flatMap(({ events }) => events.filter((event) => event.type === 'paper-issued'))
  const original = issued?.originals.find((one) => one.serial === serial)
  const kept = original && (await store.visualisations.findOne({ _id: original.visualisationHash }))
  if (!original || !kept) throw new Problem('not-found')
  return { file: new Uint8Array(kept.bytes.buffer), contentType: 'application/pdf', name: `${record.billNumber}-${serial}.pdf`, etag: original.visualisationHash }
}

const stateWords: Readonly<Record<string, string>> = {
  APPROVED: '托运人已确认 Approved', ISSUED: '已签发 Issued', PENDING_SURRENDER_FOR_DELIVERY: '缴回提货待受理 Surrender for delivery pending', SURRENDERED_FOR_DELIVERY: '已缴回，可提货 Surrendered for delivery', ACCOMPLISHED: '货已交付 Accomplished',
  PENDING_SURRENDER_FOR_AMENDMENT: '缴回改单待受理 Surrender for amendment pending', SURRENDERED_FOR_AMENDMENT: '已缴回改单 Surrendered for amendment', VOIDED: '已作废 Void',
}

/** A copy that shows the present state; a voided bill is struck through. */
export async function standingPdf(desk: BillDesk, { record }: OpenedBill): Promise<FileAnswer> {
  const { ports, store, directory } = desk
  const { title } = record
  if (title.visualisationHash === null) throw new Problem('not-issued')
  const kept = await store.visualisations.findOne({ _id: title.visualisationHash }, { projection: { bytes: 0 } })
  if (kept === null) throw new Problem('not-found')
  const document = JSON.parse(await documentText(desk, title.docHash, sha256Of)) as BillDocument
  const named = await partyNames(directory, [title.titleholder === 'BLANK' ? null : title.titleholder])
  const titleholderText = title.titleholder === null ? '—' : title.titleholder === 'BLANK' ? '不记名 Bearer' : (named(title.titleholder).name ?? title.titleholder)
  const asOf = ports.clock().toISOString()
  const address = await addressOf(desk, document, { docHash: title.docHash, state: title.state.name, seq: title.seq, at: asOf })
  const print = printOf(desk, document, { docHash: title.docHash, issuedAt: kept.issuedAt, sealed: kept, address }, {
    mark: title.state.name === 'VOIDED' ? 'VOID' : 'COPY', standing: { state: stateWords[title.state.name] ?? title.state.name, titleholderText, asOf },
  })
  return { file: await render(desk, print), contentType: 'application/pdf', name: `${record.billNumber}-copy.pdf` }
}

/** The draft as the document it will be, marked DRAFT. @throws Problem `draft-faulty` while something on it cannot be printed */
export async function draftPdf(desk: BillDesk, draft: DraftRecord, language: Language): Promise<FileAnswer> {
  const { ports } = desk
  const document = draft.stage === 'sent' && draft.document !== null ? draft.document : await previewOf(desk, draft, language)
  const file = await render(desk, { document, issuance: null, mark: 'DRAFT', publicUrl: ports.settings.publicUrl })
  return { file, contentType: 'application/pdf', name: `${draft.billNumber ?? draft.content.bookingNumber ?? draft._id}-draft.pdf` }
}

async function previewOf(desk: BillDesk, draft: DraftRecord, language: Language): Promise<BillDocument> {
  const { findings, context } = await findingsOf(desk, draft)
  const { faults } = wordFindings(findings, language)
  if (faults.length > 0) throw new Problem('draft-faulty', { faults: faults.length }, faults)
  const made = documentFrom(draft.content, context, { ...preview, ...(draft.billNumber === null ? {} : { billNumber: draft.billNumber }) })
  if (!made.ok) throw new Problem('draft-faulty', { faults: made.issues.length })
  return made.document
}
