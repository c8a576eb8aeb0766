import { createHash } from 'node:crypto'
import { BillDocument, canonicalJson } from '@yidan/ledger'
import { z } from 'zod'
import { limits, looksLikePdf, readAttachments, UnreadableFile } from './attachments.ts'
import { renderBill } from './bill-pdf.ts'
import { rendererVersion, type BillPrint, type SealFile } from './print.ts'
import { samePages } from './same-pages.ts'
import { addressAgrees, checkSeal, issuerOf, type SealPayload } from './seal.ts'

/** Codes in the order a person would ask. `ok` is null when a check could not be made here. */
export const fileChecks = ['readable', 'schema', 'hash', 'seal', 'anchored', 'agreement', 'pages'] as const
export type FileCheckCode = (typeof fileChecks)[number]
export interface FileCheck {
  readonly code: FileCheckCode
  readonly ok: boolean | null
  /** English; people's wording hangs on code and ok. */
  readonly detail: string
}

export interface FileVerdict {
  readonly kind: 'pdf' | 'json'
  /**
   * genuine: everything holds, under a certificate the asker trusts. consistent: everything holds, but under the certificate the file
   * brought along, which anybody can make. altered: something does not hold. unsealed: no seal to check. unreadable: not a bill.
   */
  readonly verdict: 'genuine' | 'consistent' | 'altered' | 'unsealed' | 'unreadable'
  readonly checks: readonly FileCheck[]
  /** Present when the document could be read, whatever the verdict. */
  readonly document?: BillDocument
  /** SHA-256 of the canonical form of the document in this file. */
  readonly docHash?: string
  readonly seal?: SealPayload
}

export interface VerifyOptions {
  /** The issuer's certificate, or the network's root. Without it the seal is checked against the one it brings along: not anchored. */
  readonly certificatePem?: string
  /** How to print the pages again; the API gives its thread's `render`. */
  readonly render?: (print: BillPrint) => Promise<Uint8Array> | Uint8Array
}

const text = (max: number): z.ZodString => z.string().max(max)
const PrintFile = z.object({
  schema: z.literal('yidan.print/1'), rendererVersion: text(100), seal: text(40_000), certificatePem: text(20_000), docHash: text(64), issuedAt: z.iso.datetime({ precision: 3 }), network: text(200), publicUrl: text(500),
  signatories: z.array(text(200)).max(20), address: text(600).optional(), mark: z.enum(['ORIGINAL', 'COPY', 'VOID', 'DRAFT']), standing: z.object({ state: text(200), titleholderText: text(400), asOf: text(40) }).nullable(),
  paper: z.object({ serial: text(40), number: z.int(), of: z.int() }).optional(),
})

/**
 * Checks a bill's PDF or JSON with nothing but mathematics: no network, no ledger. It cannot know whether the bill is still live or
 * who holds it; mark and standing printed on a copy are not sealed either. The ledger says that.
 */
export async function verifyFile(bytes: Uint8Array, options: VerifyOptions = {}): Promise<FileVerdict> {
  const kind = looksLikePdf(bytes) ? 'pdf' : 'json'
  const parts = await takeParts(bytes, kind)
  if (typeof parts === 'string') return { kind, verdict: 'unreadable', checks: [{ code: 'readable', ok: false, detail: parts }] }
  const readable: FileCheck = { code: 'readable', ok: true, detail: kind === 'pdf' ? 'bill.json taken out of the PDF' : 'JSON read' }

  const docHash = hashOf(parts)
  const parsed = BillDocument.safeParse(parts.document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const detail = `not a bill: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()
    return { kind, verdict: parts.seal === null ? 'unreadable' : 'altered', checks: [readable, { code: 'schema', ok: false, detail }], ...(docHash === null ? {} : { docHash }) }
  }
  const document = parsed.data
  const schema: FileCheck = { code: 'schema', ok: true, detail: `${document.schema}, bill ${document.billNumber}, version ${document.version}` }
  if (docHash === null) return { kind, verdict: 'altered', checks: [readable, schema, { code: 'hash', ok: false, detail: 'the document has no canonical form' }], document }
  if (parts.seal === null) {
    return { kind, verdict: 'unsealed', checks: [readable, schema, { code: 'seal', ok: null, detail: 'no seal in the file: compare the hash with the ledger' }], document, docHash }
  }

  const { seal, certificatePem } = parts.seal
  const anchor = options.certificatePem ?? certificatePem
  const sealed = anchor === undefined ? null : checkSeal(seal, anchor)
  if (sealed === null || !sealed.ok) {
    const detail = sealed === null ? 'no certificate to check the seal with' : sealed.code
    return { kind, verdict: 'altered', checks: [readable, schema, { code: 'seal', ok: false, detail }], document, docHash }
  }
  const { payload } = sealed
  const checks: FileCheck[] = [
    readable,
    schema,
    { code: 'hash', ok: payload.docHash === docHash, detail: payload.docHash === docHash ? `SHA-256 ${docHash}` : `sealed ${payload.docHash}, this document ${docHash}` },
    { code: 'seal', ok: true, detail: `sealed by ${sealed.company}, ${payload.issuedAt}, certificate ${sealed.fingerprint.slice(0, 16)}` },
    options.certificatePem === undefined
      ? { code: 'anchored', ok: null, detail: 'checked with the certificate inside the file; give the issuer’s certificate to know whose it is' }
      : { code: 'anchored', ok: true, detail: 'checked with the certificate you gave' },
    agreement(document, payload, parts.print),
    ...(kind === 'pdf' ? [await pagesCheck(bytes, parts.document as BillDocument, parts.print, options.render ?? renderBill)] : []),
  ]
  const verdict = checks.some(({ ok }) => ok === false) ? 'altered' : options.certificatePem === undefined ? 'consistent' : 'genuine'
  return { kind, verdict, checks, document, docHash, seal: payload }
}

interface Parts {
  readonly document: unknown
  /** The canonical bytes when the file holds them as such. */
  readonly raw: Uint8Array | null
  readonly seal: { readonly seal: string; readonly certificatePem?: string | undefined } | null
  readonly print: SealFile | null
}

/** The document and its seal, or the reason why there are none. */
async function takeParts(bytes: Uint8Array, kind: 'pdf' | 'json'): Promise<Parts | string> {
  try {
    if (kind === 'pdf') {
      const { bill, seal } = await readAttachments(bytes)
      const document = jsonOf(bill)
      if (document === undefined) return 'bill.json is not JSON'
      if (seal === null) return { document, raw: bill, seal: null, print: null }
      const print = PrintFile.safeParse(jsonOf(seal))
      return print.success ? { document, raw: bill, seal: print.data, print: print.data } : 'seal.json is not a seal'
    }
    if (bytes.length > limits.fileBytes) return 'file-too-large'
    const content = jsonOf(bytes)
    if (typeof content !== 'object' || content === null) return 'neither PDF nor JSON'
    if (!('document' in content)) return { document: content, raw: null, seal: null, print: null }
    const seal = 'seal' in content && typeof content.seal === 'string' ? content.seal : null
    const certificatePem = 'certificatePem' in content && typeof content.certificatePem === 'string' ? content.certificatePem : undefined
    return { document: content.document, raw: null, seal: seal === null ? null : { seal, certificatePem }, print: null }
  } catch (error) {
    if (error instanceof UnreadableFile) return error.code
    throw error
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

/** What is embedded must itself be canonical; loose JSON is made so. */
function hashOf({ document, raw }: Parts): string | null {
  try {
    return createHash('sha256').update(raw ?? canonicalJson(document)).digest('hex')
  } catch {
    return null
  }
}

/** Whether seal, document and the printed particulars speak of the same bill. */
function agreement(document: BillDocument, payload: SealPayload, print: SealFile | null): FileCheck {
  const faults = [
    payload.billNumber === document.billNumber ? null : 'bill number',
    payload.billId === document.billId ? null : 'bill id',
    payload.issuer === issuerOf(document.carrier) ? null : 'carrier',
    print === null || print.issuedAt === payload.issuedAt ? null : 'time of issue',
    print === null || print.network === payload.network ? null : 'network',
    print?.address === undefined || addressAgrees({ address: print.address, seal: print.seal, network: payload.network, billNumber: payload.billNumber, docHash: payload.docHash }) ? null : 'QR code',
    print === null || payload.signatories === undefined || JSON.stringify(payload.signatories) === JSON.stringify(print.signatories) ? null : 'signatories',
  ].filter((fault) => fault !== null)
  return faults.length === 0
    ? { code: 'agreement', ok: true, detail: `seal and document name the same bill on ${payload.network}` }
    : { code: 'agreement', ok: false, detail: `seal and document differ in: ${faults.join(', ')}` }
}

/** Prints the bill again from what is attached: a page that was changed by hand no longer matches. */
async function pagesCheck(bytes: Uint8Array, document: BillDocument, print: SealFile | null, render: NonNullable<VerifyOptions['render']>): Promise<FileCheck> {
  if (print === null) return { code: 'pages', ok: null, detail: 'pages not checked' }
  if (print.rendererVersion !== rendererVersion) return { code: 'pages', ok: null, detail: `pages not checked offline: printed by ${print.rendererVersion}, this is ${rendererVersion}` }
  const { network, docHash, issuedAt, seal, certificatePem, signatories, address, mark, standing, publicUrl, paper } = print
  let again: Uint8Array
  try {
    again = await render({ document, issuance: { network, docHash, issuedAt, seal, certificatePem, signatories, ...(address === undefined ? {} : { address }) }, mark, publicUrl, ...(standing === null ? {} : { standing }), ...(paper ? { paper } : {}) })
  } catch {
    return { code: 'pages', ok: false, detail: 'what is attached cannot be printed' }
  }
  return samePages(bytes, again) ? { code: 'pages', ok: true, detail: 'every page says what the sealed document says' } : { code: 'pages', ok: false, detail: 'the pages were changed: they are not those of the sealed document' }
}
