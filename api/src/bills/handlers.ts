import type { BillId } from '@yidan/ledger'
import { ensure } from '../access/abilities.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { recallDraft, returnDraft, sendForApproval } from './approval.ts'
import { checkBeforeRecording, takeCommand } from './commands.ts'
import { prepareCourtSuccessor } from './court-successor.ts'
import { billsCsv } from './csv.ts'
import { commandStatus } from '../recording.ts'
import { ownCompany, sha256Of, type BillDesk } from './desk.ts'
import { listDrafts } from './draft-list.ts'
import { createDraft, discardDraft, draftView, openDraft, saveDraft } from './drafts.ts'
import { chainOf } from './history.ts'
import { importAsDraft, importIntoDraft } from './import-draft.ts'
import { readBooking } from './import/booking.ts'
import { inboxOf } from './inbox.ts'
import { prepareIssue } from './issue.ts'
import { allBills, listBills } from './list.ts'
import { documentFile, draftPdf, issuedPdf, originalPdf, standingPdf } from './papers.ts'
import { proofOfBill } from './proof.ts'
import { prepareReleases, releaseCodesOf } from './releases.ts'
import { prepareReplacement } from './replacement.ts'
import { searchAll } from './search.ts'
import { addSignature, listRequests, withdrawRequest } from './signing-requests.ts'
import { keepTitlePaper, titlePapersFor } from './title-papers.ts'
import { verifyNumber, verifyUpload } from './verification.ts'
import { billView, openBill, openPapers } from './view.ts'

export type DraftNames = 'drafts' | 'createDraft' | 'importDraft' | 'draft' | 'saveDraft' | 'discardDraft' | 'importContainers' | 'sendForApproval' | 'recallDraft' | 'returnDraft' | 'prepareIssue' | 'draftPdf'
export type TitleNames = 'commitTitlePaper' | 'titlePapers' | 'command' | 'commandStatus' | 'signingRequests' | 'addSignature' | 'withdrawSigningRequest' | 'inbox' | 'search'
export type BillNames = 'bills' | 'exportBills' | 'bill' | 'billDocument' | 'billPdf' | 'billHistory' | 'billProof' | 'prepareRelease' | 'releaseCodes' | 'prepareReplacement' | 'prepareCourtSuccessor' | 'paperOriginal' | 'verifyNumber' | 'verifyFile' | 'certificate' | 'issuerKeys'

/** Writing a bill: from a booking to the document the shipper approves and the carrier issues. */
export function draftHandlers(desk: BillDesk): HandlersFor<DraftNames> {
  return {
    drafts: ({ caller, query }) => listDrafts(desk, caller, query),
    async createDraft({ caller, body, language, concerns }) {
      ensure(caller, 'create-draft')
      const draft = await createDraft(desk, caller, body.from === 'booking' ? { from: 'content', ...readBooking(body.booking, language) } : body)
      concerns(draft._id)
      return draftView(desk, draft, language)
    },
    async importDraft({ caller, file, language, concerns }) {
      ensure(caller, 'create-draft')
      const report = await importAsDraft(desk, { caller, file, language })
      concerns(report.draft.id)
      return report
    },
    async draft({ caller, params, language }) {
      return draftView(desk, await openDraft(desk, caller, params.draftId, 'read-draft'), language)
    },
    async saveDraft({ caller, params, body, language, concerns }) {
      concerns(params.draftId)
      const draft = await openDraft(desk, caller, params.draftId, 'edit-draft')
      return draftView(desk, await saveDraft(desk, draft, body), language)
    },
    async discardDraft({ caller, params, concerns }) {
      concerns(params.draftId)
      await discardDraft(desk, await openDraft(desk, caller, params.draftId, 'edit-draft'))
      return undefined
    },
    async importContainers({ caller, params, file, fields, language, concerns }) {
      concerns(params.draftId)
      const draft = await openDraft(desk, caller, params.draftId, 'edit-draft')
      return importIntoDraft(desk, draft, { file, language, mode: fields.mode })
    },
    async sendForApproval({ caller, params, body, language, concerns }) {
      const draft = await openDraft(desk, caller, params.draftId, 'edit-draft')
      const sent = await sendForApproval(desk, draft, { revision: body.revision, language })
      concerns(sent.billNumber ?? sent._id, await companiesOf(desk, [sent.shipper]))
      return draftView(desk, sent, language)
    },
    async recallDraft({ caller, params, language, concerns }) {
      const draft = await openDraft(desk, caller, params.draftId, 'edit-draft')
      concerns(draft.billNumber ?? draft._id, await companiesOf(desk, [draft.shipper]))
      return draftView(desk, await recallDraft(desk, draft), language)
    },
    async returnDraft({ caller, params, body, language, concerns }) {
      const draft = await openDraft(desk, caller, params.draftId, 'approve-draft')
      concerns(draft.billNumber ?? draft._id, await companiesOf(desk, [draft.carrier]))
      return draftView(desk, await returnDraft(desk, draft, body.reason), language)
    },
    async prepareIssue({ caller, params, language, concerns }) {
      const draft = await openDraft(desk, caller, params.draftId, 'prepare-issue')
      concerns(draft.billNumber ?? draft._id)
      return prepareIssue(desk, draft, language)
    },
    async draftPdf({ caller, params, language }) {
      return draftPdf(desk, await openDraft(desk, caller, params.draftId, 'read-draft'), language)
    },
  }
}

/** Acts on title, and what waits for somebody. */
export function titleHandlers(desk: BillDesk): HandlersFor<TitleNames> {
  const { ledger } = desk.ports
  return {
    async command({ caller, body, language, concerns }) {
      const { subject, action } = body.command
      const [named, taken] = await Promise.allSettled([numberOf(desk, subject).then((number) => concerns(number, [], action)), takeCommand(desk, { caller, signed: body, language })])
      if (taken.status === 'rejected') throw taken.reason
      if (named.status === 'rejected') throw named.reason
      const { outcome, companies } = taken.value
      concerns(await numberOf(desk, subject), await companiesOf(desk, [...companies, ...(await partiesTo(subject))]), action)
      return { status: outcome.outcome === 'recorded' ? 200 : 202, json: outcome }
    },
    async commandStatus({ caller, params, query, language }) {
      const status = await commandStatus(desk.ports, { ...params, ...query }, language)
      if (status.state !== 'recorded') return status
      // A receipt is for the company that acted.
      const entry = (await ledger.history(query.subject)).find(({ signed }) => signed.command.commandId === params.commandId)
      if (entry?.signed.command.party !== ownCompany(caller).partyId) throw new Problem('not-found')
      return status
    },
    async commitTitlePaper({ caller, params, body, language, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'write-title-papers')
      return { hash: await keepTitlePaper(desk, { caller, title: record.title, paper: body, language }) }
    },
    async titlePapers({ caller, params, concerns }) {
      concerns(params.billNumber)
      return { items: await titlePapersFor(desk, caller, await openBill(desk, caller, params.billNumber, 'read-title-papers')) }
    },
    async signingRequests({ caller, query }) {
      return { items: await listRequests(desk, caller, query.state) }
    },
    async addSignature({ caller, params, body, language, concerns }) {
      concerns(params.commandId)
      // What is signed along is told by bill and act, whether it is taken or refused (T-20).
      const waiting = await desk.store.requests.findOne({ _id: params.commandId, parties: ownCompany(caller).partyId })
      if (waiting !== null) concerns(await numberOf(desk, waiting.subject), await companiesOf(desk, [waiting.signed.command.party]), waiting.signed.command.action)
      const outcome = await addSignature(desk, { caller, commandId: params.commandId, signature: body, beforeRecording: (signed) => checkBeforeRecording(desk, signed, language) })
      return { status: outcome.outcome === 'recorded' ? 200 : 202, json: outcome }
    },
    async withdrawSigningRequest({ caller, params, concerns }) {
      concerns(params.commandId)
      await withdrawRequest(desk, caller, params.commandId)
      return undefined
    },
    async inbox({ caller }) {
      return { items: await inboxOf(desk, caller) }
    },
    async search({ caller, query }) {
      return { items: await searchAll(desk, caller, query.q) }
    },
  }

  async function partiesTo(subject: string): Promise<string[]> {
    const title = subject.startsWith('b') ? await (ledger.nearby ?? ledger).read(subject as BillId) : null
    return title === null ? [] : [title.carrier, title.shipper, title.possessor, title.titleholder].flatMap((party) => (party === null || party === 'BLANK' ? [] : [party]))
  }
}

/** Bills as they stand, for those who may see them; and for anybody, whether one is genuine. */
export function readingHandlers(desk: BillDesk): HandlersFor<BillNames> {
  const { ports } = desk
  return {
    bills: ({ caller, query }) => listBills(desk, caller, query),
    async exportBills({ caller, query, language }) {
      return { file: billsCsv(await allBills(desk, caller, query), language), contentType: 'text/csv', name: `bills-${ports.clock().toISOString().slice(0, 10)}.csv` }
    },
    async bill({ caller, params, concerns }) {
      concerns(params.billNumber)
      return billView(desk, caller, await openBill(desk, caller, params.billNumber, 'read-bill'))
    },
    async billDocument({ caller, params, concerns }) {
      concerns(params.billNumber)
      return documentFile(desk, await openPapers(desk, caller, params.billNumber))
    },
    async billPdf({ caller, params, query, concerns }) {
      concerns(params.billNumber)
      const opened = await openPapers(desk, caller, params.billNumber)
      return query.as === 'issued' ? issuedPdf(desk, opened) : standingPdf(desk, opened)
    },
    async billHistory({ caller, params, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'read-bill-history')
      return { items: await chainOf(desk, record) }
    },
    async billProof({ caller, params, concerns }) {
      concerns(params.billNumber)
      return proofOfBill(desk, await openBill(desk, caller, params.billNumber, 'read-bill-proof'))
    },
    async prepareRelease({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'prepare-release')
      return { releases: await prepareReleases(desk, record.title, body.days) }
    },
    async prepareReplacement({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      const opened = await openBill(desk, caller, params.billNumber, 'prepare-release')
      if (body.act === 'combine') for (const other of body.others) await openBill(desk, caller, other, 'prepare-release')
      return prepareReplacement(desk, opened, body)
    },
    async prepareCourtSuccessor({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      return prepareCourtSuccessor(desk, await openBill(desk, caller, params.billNumber, 'prepare-court-successor'), body)
    },
    async paperOriginal({ caller, params, concerns }) {
      concerns(params.billNumber)
      return originalPdf(desk, await openBill(desk, caller, params.billNumber, 'prepare-release'), params.serial)
    },
    async releaseCodes({ caller, params, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'read-release-codes')
      return { items: await releaseCodesOf(desk, record.title) }
    },
    async issuerKeys() {
      return { network: ports.ledger.network, asOf: ports.clock().toISOString(), items: [...(await ports.seals.issuerKeys())] }
    },
    verifyNumber: ({ params, query }) => verifyNumber(desk, { billNumber: params.billNumber, h: query.h }),
    verifyFile: ({ file }) => verifyUpload(desk, file),
    async certificate({ params }) {
      const pem = params.issuer === 'root' ? ports.seals.rootCertificatePem : await ports.seals.certificateOf(params.issuer)
      if (pem === null) throw new Problem('not-found')
      return { file: pem, contentType: 'application/x-pem-file', name: `${params.issuer}.pem`, etag: sha256Of(pem) }
    },
  }
}

async function numberOf({ store }: BillDesk, subject: string): Promise<string> {
  const draft = subject.startsWith('b') ? await store.drafts.findOne({ billId: subject as BillId }, { projection: { billNumber: 1 } }) : null
  if (draft?.billNumber != null || !subject.startsWith('b')) return draft?.billNumber ?? subject
  return (await store.bills.kept.findOne({ _id: subject as BillId }, { projection: { billNumber: 1 } }))?.billNumber ?? subject
}

async function companiesOf({ directory }: BillDesk, parties: readonly (string | null)[]): Promise<string[]> {
  const known = await directory.byParties(parties.flatMap((party) => (party === null ? [] : [party as never])))
  return [...known.values()].map(({ id }) => id)
}
