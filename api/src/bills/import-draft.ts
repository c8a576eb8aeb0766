import type { DraftContent, DraftView, ImportReport } from '@yidan/api/contract'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import type { Language, UploadedFile } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { liveBillsOf } from './boxes.ts'
import type { BillDesk } from './desk.ts'
import { createDraft, draftView, replaceDraft } from './drafts.ts'
import { wordFindings } from './findings.ts'
import { readBooking } from './import/booking.ts'
import { importContainerList } from './import/container-list.ts'
import { textOf } from './import/read-table.ts'
import { hasSeaLegTyped, isTowardsEu } from './rules/typed.ts'
import type { DraftRecord } from './store.ts'

type Report = z.infer<typeof ImportReport>
interface Given { readonly caller: Caller; readonly file: UploadedFile; readonly language: Language }

/** A new draft from a file: a booking, or a container list with nothing else known yet. */
export async function importAsDraft(desk: BillDesk, { caller, file, language }: Given): Promise<Report> {
  const booking = jsonOf(file)
  if (booking !== undefined) {
    const { content, carrierNamed } = readBooking(booking, language)
    const draft = await createDraft(desk, caller, { from: 'content', content, carrierNamed })
    const rows = content.containers?.length ?? 0
    return { imported: rows, refused: 0, rows, faults: [], warnings: [], draft: await draftView(desk, draft, language) }
  }
  const list = await importContainerList({ file, already: [], seaLeg: false, towardsEu: false, liveBills: (boxes) => liveBillsOf(desk.store, boxes, null) })
  const draft = await createDraft(desk, caller, { from: 'content', content: { containers: [...list.imported] } })
  return reportOf(list, await draftView(desk, draft, language), language)
}

/** A container list into a draft that is there. @throws Problem `draft-frozen`, `revision-conflict` */
export async function importIntoDraft(desk: BillDesk, draft: DraftRecord, { file, language, mode }: Omit<Given, 'caller'> & { readonly mode: 'append' | 'replace' }): Promise<Report> {
  if (draft.stage === 'sent') throw new Problem('draft-frozen')
  const already = mode === 'append' ? (draft.content.containers ?? []) : []
  const list = await importContainerList({
    file, already, seaLeg: hasSeaLegTyped(draft.content), towardsEu: isTowardsEu(draft.content), liveBills: (boxes) => liveBillsOf(desk.store, boxes, draft.amendmentOf?.billId ?? null),
  })
  const content: DraftContent = { ...draft.content, containers: [...already, ...list.imported] }
  const next = list.imported.length === 0 ? draft : await replaceDraft(desk, draft, { content })
  return reportOf(list, await draftView(desk, next, language), language)
}

function reportOf({ imported, refused, refusedRows = [], rows, findings }: Awaited<ReturnType<typeof importContainerList>>, draft: DraftView, language: Language): Report {
  return { imported: imported.length, refused, rows, ...wordFindings(findings, language), draft, refusedRows: [...refusedRows] }
}

/** A file that starts like JSON is a booking; undefined for everything else. @throws Problem `unreadable-file` when it is broken */
function jsonOf({ bytes }: UploadedFile): unknown {
  const start = textOf(bytes.subarray(0, 64)).replace(/^\ufeff/, '').trimStart()
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined
  try {
    return JSON.parse(textOf(bytes).replace(/^\ufeff/, '')) as unknown
  } catch {
    throw new Problem('unreadable-file', { reason: 'json' })
  }
}
