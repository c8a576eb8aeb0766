import type { PublicVerdict } from '@yidan/api/contract'
import { BillNumber, isLive, type Title } from '@yidan/ledger'
import type { z } from 'zod'
import { verifyFile, type FileVerdict } from '../documents/index.ts'
import type { UploadedFile } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import type { BillRecord } from './store.ts'
import { billNumbers } from './view.ts'

type Verdict = z.infer<typeof PublicVerdict>
type Check = Verdict['checks'][number]

/** For anybody who holds the paper: whether the number is of an issued bill, and whether `h`, the start of the hash in its QR, is this one's. */
export async function verifyNumber(desk: BillDesk, { billNumber, h }: { billNumber: string; h?: string | undefined }): Promise<Verdict> {
  const typed = BillNumber.safeParse(billNumber.trim().toUpperCase().replaceAll(/[\s-]/g, ''))
  if (!typed.success) return verdict(desk, 'unknown', null, [{ code: 'number', ok: false, detail: 'this is not a bill number: its check character does not fit' }])
  const found = await issuedBill(desk, typed.data)
  const onLedger: Check = { code: 'on-ledger', ok: found !== null, detail: found === null ? 'no bill of this number was issued here' : `recorded on ${desk.ports.ledger.network}, entry ${found.title.seq}` }
  if (found === null) return verdict(desk, 'unknown', null, [{ code: 'number', ok: true, detail: 'the check character fits' }, onLedger])
  const checks: Check[] = [{ code: 'number', ok: true, detail: 'the check character fits' }, onLedger, ...(found.record.erased ? [erasedCheck] : [])]
  const prefix = h?.trim().toLowerCase()
  if (prefix !== undefined && prefix !== '') {
    const fits = /^[0-9a-f]{8,64}$/.test(prefix) && found.title.docHash.startsWith(prefix)
    checks.push({ code: 'hash', ok: fits, detail: fits ? 'the paper shows the hash of the document on the ledger' : 'the paper shows another hash than the ledger: it is not of this bill' })
    if (!fits) return verdict(desk, 'not-genuine', found, checks)
  } else {
    checks.push({ code: 'hash', ok: null, detail: 'not compared: scan the QR code, or upload the file' })
  }
  return verdict(desk, 'genuine', found, checks)
}

/** Compares a PDF or JSON with the ledger. The file is not kept. */
export async function verifyUpload(desk: BillDesk, file: UploadedFile): Promise<Verdict> {
  const checked = await takenApart(desk, file)
  const own: Check[] = checked.checks.map(({ code, ok, detail }) => ({ code, ok, detail }))
  if (checked.document === undefined || checked.docHash === undefined) return verdict(desk, checked.verdict === 'altered' ? 'not-genuine' : 'unknown', null, own)
  const found = await issuedBill(desk, checked.document.billNumber)
  if (found === null) return verdict(desk, checked.seal !== undefined || checked.verdict === 'altered' ? 'not-genuine' : 'unknown', null, [...own, { code: 'on-ledger', ok: false, detail: 'no bill of this number was issued here' }])
  const checks = [...own, ...ledgerChecks(found.title, checked, file), ...(found.record.erased ? [erasedCheck] : [])]
  return verdict(desk, checked.verdict === 'altered' || checks.some(({ code, ok }) => ok === false && code !== 'file') ? 'not-genuine' : 'genuine', found, checks)
}

/** @throws Problem `unreadable-file` for a file that the checker itself trips over */
async function takenApart({ ports }: BillDesk, file: UploadedFile): Promise<FileVerdict> {
  try {
    return await verifyFile(file.bytes, { certificatePem: ports.seals.rootCertificatePem, render: (print) => ports.renderer.render(print) })
  } catch (error) {
    ports.log.warn({ err: error, bytes: file.bytes.length }, 'a file to verify could not be taken apart')
    throw new Problem('unreadable-file', { reason: 'damaged' })
  }
}

function ledgerChecks(title: Title, { docHash, kind }: FileVerdict, file: UploadedFile): Check[] {
  const same = docHash === title.docHash
  const asIssued = kind === 'pdf' && sha256Of(file.bytes) === title.visualisationHash
  return [
    { code: 'on-ledger', ok: same, detail: same ? `the ledger holds the hash of this document, entry ${title.seq}` : 'the ledger holds another hash for this bill' },
    ...(kind === 'pdf' ? [{ code: 'file', ok: asIssued ? true : null, detail: asIssued ? 'this is the very file made at issue' : 'not the file made at issue: a copy; its pages were compared with the document' }] : []),
  ]
}

const erasedCheck: Check = { code: 'document', ok: null, detail: 'what the bill said was erased here after its retention time' }

interface Found { readonly title: Title; readonly record: BillRecord }

/** Title straight from the ledger: what the public reads is never a view that lags. */
async function issuedBill({ ports, store }: BillDesk, billNumber: BillNumber): Promise<Found | null> {
  await store.ready()
  const record = await store.bills.findOne({ billNumber })
  const title = record && (await ports.ledger.read(record._id))
  return record && title && title.visualisationHash !== null ? { record, title } : null
}

async function verdict({ ports, store }: BillDesk, word: Verdict['verdict'], found: Found | null, checks: Check[]): Promise<Verdict> {
  const { ledger, clock } = ports
  const told = word === 'not-genuine' ? null : found
  const numbers = await billNumbers(store, told?.title.successors ?? [])
  const title = told?.title ?? null
  return {
    verdict: word, live: title !== null && isLive(title), billNumber: found?.record.billNumber ?? null, state: title?.state.name ?? null, voidReason: title?.state.name === 'VOIDED' ? title.state.reason : null,
    successor: title === null ? null : (numbers(title.successors)[0] ?? null), pledged: title === null ? null : title.encumbrance.name !== 'NONE' && title.encumbrance.name !== 'PROPOSED',
    issuedAt: told?.record.issuedAt ?? null, docHash: title?.docHash ?? null, issuer: title === null ? null : await issuerName({ store }, title), asOf: clock().toISOString(), ledgerKind: ledger.kind, network: ledger.network, checks,
  }
}

async function issuerName({ store }: Pick<BillDesk, 'store'>, { docHash }: Title): Promise<string | null> {
  const paper = await store.documents.findOne({ _id: docHash })
  const carrier = paper && (JSON.parse(paper.text) as { carrier: { name: string } }).carrier
  return carrier?.name ?? null
}
