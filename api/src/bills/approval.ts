import { canonicalJson, type BillDocument, type BillId, type Hash } from '@yidan/ledger'
import { randomBytes } from 'node:crypto'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import { documentFrom } from './document.ts'
import { findingsOf, replaceDraft, statusOf } from './drafts.ts'
import { fault, wordFindings } from './findings.ts'
import { nextBillNumber } from './numbers.ts'
import type { DraftContext } from './rules.ts'
import type { DraftRecord } from './store.ts'

/**
 * Freezes the document: number, id and salt are given, its hash is what the shipper will sign. A draft sent again after a recall keeps
 * number and id and gets a new document. @throws Problem `draft-frozen`, `revision-conflict`, `draft-faulty` with every fault
 */
export async function sendForApproval(desk: BillDesk, draft: DraftRecord, { revision, language }: { revision: number; language: Language }): Promise<DraftRecord> {
  const { ports, store } = desk
  if (draft.stage === 'sent') throw new Problem('draft-frozen')
  if (draft.revision !== revision) throw new Problem('revision-conflict', { revision: draft.revision })
  const { findings, context } = await findingsOf(desk, draft)
  const { faults } = wordFindings(findings, language)
  if (faults.length > 0 || context.shipper === null) throw new Problem('draft-faulty', { faults: faults.length }, faults)

  const now = ports.clock()
  const { billId, isNew } = await identityOf(desk, draft)
  const billNumber = draft.billNumber !== null && !isNew ? draft.billNumber : await nextBillNumber(store, { prefix: ports.settings.billPrefix, now })
  const document = freeze(draft, context, { billNumber, billId, language })
  const docHash = sha256Of(canonicalJson(document)) as Hash
  const sent = await replaceDraft(desk, draft, { stage: 'sent', shipper: context.shipper.partyId, billNumber, billId, document, docHash, firstSentAt: isNew ? now : (draft.firstSentAt ?? now), returnedBecause: null, preparation: null })
  await recordFrozen(desk, sent)
  return sent
}

/** The bill's name on the ledger stays, unless that bill was cancelled before it was issued: then a new one begins. */
async function identityOf({ ports }: BillDesk, { billId }: DraftRecord): Promise<{ billId: BillId; isNew: boolean }> {
  const title = billId === null ? null : await ports.ledger.read(billId)
  return billId !== null && title?.state.name !== 'VOIDED' ? { billId, isNew: false } : { billId: `b${randomBytes(16).toString('hex')}` as BillId, isNew: true }
}

function freeze(draft: DraftRecord, context: DraftContext, { billNumber, billId, language }: { billNumber: BillDocument['billNumber']; billId: BillId; language: Language }): BillDocument {
  const { amends } = context
  const made = documentFrom(draft.content, context, {
    billNumber, billId, salt: randomBytes(16).toString('hex'), version: amends === null ? 1 : amends.title.version + 1, replaces: draft.amendmentOf === null ? [] : [draft.amendmentOf.billNumber],
  })
  if (made.ok) return made.document
  const findings = made.issues.map(({ path, message }) => fault(path, 'document-refused', { detail: { reason: message } }))
  throw new Problem('draft-faulty', { faults: findings.length }, wordFindings(findings, language).faults)
}

/** Enters the document into the log, once: whoever rebuilds the views finds it there before the approval of its hash. */
export async function recordFrozen({ ports }: BillDesk, { document, docHash, carrier, shipper }: DraftRecord): Promise<void> {
  if (document === null || docHash === null || shipper === null) throw new Problem('draft-not-sent')
  const { last } = await ports.eventLog.append([{ id: `document-frozen:${docHash}`, event: { type: 'document-frozen', billId: document.billId, billNumber: document.billNumber, document, docHash, carrier, shipper }, about: [`bill:${document.billId}`] }])
  await ports.feed.upTo(last)
}

/** Back to the carrier's desk before it is issued. What the shipper has approved stays approved on the ledger, but cannot be issued any more. */
export async function recallDraft(desk: BillDesk, draft: DraftRecord): Promise<DraftRecord> {
  await refuseUnlessSent(desk, draft)
  return replaceDraft(desk, draft, { stage: 'editing', preparation: null })
}

/** The shipper does not agree. @throws Problem `draft-not-sent` */
export async function returnDraft(desk: BillDesk, draft: DraftRecord, reason: string): Promise<DraftRecord> {
  await refuseUnlessSent(desk, draft)
  return replaceDraft(desk, draft, { stage: 'returned', returnedBecause: reason, preparation: null })
}

async function refuseUnlessSent({ ports }: BillDesk, draft: DraftRecord): Promise<void> {
  if (draft.stage !== 'sent' || draft.billId === null) throw new Problem('draft-not-sent')
  if (statusOf(draft, await ports.ledger.read(draft.billId)) === 'issued') throw new Problem('draft-frozen')
}
