import { createHash } from 'node:crypto'
import { canonicalJson } from '@yidan/ledger'
import { faces } from './fonts.ts'
import { rendererVersion, type BillPrint, type SealFile } from './print.ts'
import { proofAddress } from './proof-code.ts'
import { drawAnnex, drawContinuations, drawPageHead } from './sections/annex.ts'
import { drawConditions } from './sections/conditions.ts'
import { drawGoods } from './sections/goods.ts'
import { drawPartiesAndTitle } from './sections/head.ts'
import { drawRoute } from './sections/route.ts'
import { drawSignature, signatureHeight } from './sections/signature.ts'
import { drawValue, valueHeight } from './sections/value.ts'
import { heightOf, ink, page, Sheet, type Label } from './sheet.ts'
import { labels, marks, markWords, type Mark } from './wording.ts'

/**
 * The bill on paper: A4, PDF/A-3b, Chinese and English, with `bill.json` (the canonical document, byte for byte) and `seal.json`
 * inside. Synchronous and without side effects; the same input gives the same bytes, in any process.
 */
export function renderBill(print: BillPrint): Uint8Array {
  const { document, issuance, mark, publicUrl } = print
  const json = Buffer.from(canonicalJson(document), 'utf8')
  const docHash = createHash('sha256').update(json).digest('hex')
  if (issuance !== null && issuance.docHash !== docHash) throw new RangeError('the issuance is of another document: the hashes differ')
  // A draft has no date of its own; a fixed one keeps the bytes a function of the input.
  const date = issuance === null ? new Date(0) : new Date(issuance.issuedAt)

  const sheet = new Sheet({
    pdfVersion: '1.7', subset: 'PDF/A-3b', font: null as unknown as string, lang: 'zh-CN', displayTitle: true,
    info: {
      Title: `多式联运提单 Multimodal Through Bill of Lading ${document.billNumber}`,
      Subject: `SHA-256 ${docHash}`, Keywords: `${document.billNumber} ${mark}`,
      Creator: rendererVersion, Producer: rendererVersion, CreationDate: date,
    },
  })
  sheet.pdf.file(json, { name: 'bill.json', type: 'application/json', description: '提单数据 the bill, canonical JSON (RFC 8785)', relationship: 'Source', creationDate: date, modifiedDate: date })
  if (issuance !== null) {
    sheet.pdf.file(Buffer.from(canonicalJson(sealFile(print, docHash)), 'utf8'), { name: 'seal.json', type: 'application/json', description: '签章 seal and issue', relationship: 'Data', creationDate: date, modifiedDate: date })
  }

  const proof = issuance === null ? null : (issuance.address ?? proofAddress({ publicUrl, billNumber: document.billNumber, docHash }))
  drawFace(sheet, print, docHash, proof)
  const turnTo = (label: Label) => (): number => {
    turnPage(sheet, mark)
    return drawPageHead(sheet, document, label)
  }
  const annex = { y: 0, turn: turnTo(labels.annex) }
  annex.y = annex.turn()
  drawAnnex(sheet, document, annex)
  drawContinuations(sheet, annex, sheet.continuations)
  if (sheet.replaced) drawReplacedNote(sheet, annex)
  const conditions = { y: 0, turn: turnTo(labels.conditions) }
  conditions.y = conditions.turn()
  drawConditions(sheet, document, conditions)
  drawFooters(sheet, print, docHash)
  return bytesOf(sheet)
}

export function sealFile({ issuance, mark, standing, publicUrl, paper }: BillPrint, docHash: string): SealFile | null {
  if (issuance === null) return null
  const { seal, certificatePem, issuedAt, network, signatories, address } = issuance
  return { schema: 'yidan.print/1', rendererVersion, seal, certificatePem, docHash, issuedAt, network, publicUrl, signatories, ...(address === undefined ? {} : { address }), mark, standing: standing ?? null, ...(paper ? { paper } : {}) }
}

function drawFace(sheet: Sheet, print: BillPrint, docHash: string, proof: string | null): void {
  const { document, issuance, mark } = print
  turnPage(sheet, mark)
  const signatureTop = page.bottom - signatureHeight
  const valueTop = signatureTop - valueHeight
  const headBottom = drawPartiesAndTitle(sheet, { document, mark, proof, paper: print.paper })
  const goodsTop = drawRoute(sheet, document, headBottom, { roomForTable: 146 })
  drawGoods(sheet, document, goodsTop, valueTop)
  drawValue(sheet, { document, issuance }, valueTop)
  drawSignature(sheet, print, docHash, signatureTop)
  sheet.pdf.lineWidth(1.2).rect(page.left, page.top, page.right - page.left, page.bottom - page.top).stroke(ink.text)
}

/** A new page with its mark under everything that will be printed on it. */
function turnPage(sheet: Sheet, mark: Mark): void {
  const { pdf } = sheet
  pdf.addPage()
  if (mark === 'ORIGINAL') return
  const text = `${marks[mark].zh} ${marks[mark].en}`
  const size = 88
  const width = faces().bold.widthOf(text, size)
  pdf.save().translate(page.width / 2, page.height / 2).rotate(-52)
  sheet.line({ text, size, weight: 'bold', color: mark === 'VOID' ? '#d2d4d8' : '#e9ebee' }, -width / 2, size * 0.36)
  pdf.restore()
  if (mark === 'VOID') {
    sheet.rule(page.left, page.bottom, page.right, page.top, { weight: 1.4, color: '#8a8d93' })
    sheet.rule(page.left, page.bottom - 10, page.right - 8, page.top, { weight: 1.4, color: '#8a8d93' })
  }
}

function drawReplacedNote(sheet: Sheet, annex: { y: number; turn(): number }): void {
  const lines = sheet.set([{ text: '个别文字字库所无，印作近似字母或〓；以所附 bill.json 为准。 Some letters are not in the printer’s font and stand as plain letters or 〓; the attached bill.json has them exactly.', size: 6.6 }], page.right - page.left)
  if (annex.y + heightOf(lines) + 8 > page.bottom) annex.y = annex.turn()
  annex.y = sheet.lines(lines, page.left, annex.y + 8)
}

function drawFooters(sheet: Sheet, { document: { billNumber, originals }, mark, paper }: BillPrint, docHash: string): void {
  const { zh, en } = markWords(mark, originals, paper)
  // MLETR art. 18(2): the paper says that it takes the place of the electronic record.
  const stamp = paper ? `  ·  ${paper.serial}  ·  本纸质正本替代电子提单 replaces the electronic record` : ''
  const { count } = sheet.pdf.bufferedPageRange()
  for (let index = 0; index < count; index += 1) {
    sheet.pdf.switchToPage(index)
    const y = page.bottom + 11
    sheet.line({ text: `${billNumber}  ·  SHA-256 ${docHash.slice(0, 16)}  ·  ${zh} ${en}${stamp}`, size: 6.6, color: ink.label }, page.left, y)
    sheet.rightAligned({ text: `第 ${index + 1} 页 共 ${count} 页  Page ${index + 1} of ${count}`, size: 6.6, color: ink.label }, page.right, y)
  }
}

/** pdfkit fills its stream synchronously, so all chunks are there once it has ended. */
function bytesOf({ pdf }: Sheet): Uint8Array {
  pdf.end()
  const chunks: Buffer[] = []
  for (let chunk = pdf.read() as Buffer | null; chunk !== null; chunk = pdf.read() as Buffer | null) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}
