import type { BillDocument } from '@yidan/ledger'
import { faces } from '../fonts.ts'
import { drawProofCode } from '../proof-code.ts'
import { ink, page, type Paragraph, type Sheet } from '../sheet.ts'
import type { PaperOriginal } from '../print.ts'
import { consigneeParagraphs, kindWords, labels, markWords, partyParagraphs, type Mark } from '../wording.ts'

/** The upper part of the face: parties on the left; number, proof code, title and carrier on the right. */
const leftWidth = 262
const rightX = page.left + leftWidth
const rightWidth = page.right - rightX
const partyHeights = [74, 74, 70] as const
/** Room for the proof code: at 90 points the modules of a code of version 10 are half a millimetre wide. */
const numberHeight = 94, proofSize = 90
const titleHeight = 56
/** What is left of the right column beside the code. */
const beside = rightWidth - proofSize - 12

export function drawPartiesAndTitle(sheet: Sheet, { document, mark, proof, paper }: { document: BillDocument; mark: Mark; proof: string | null; paper?: PaperOriginal | undefined }): number {
  const bottom = drawParties(sheet, document)
  drawNumber(sheet, document, { mark, proof, paper })
  drawTitle(sheet, document)
  const carrierTop = page.top + numberHeight + titleHeight
  sheet.field(labels.carrier, partyParagraphs(document.carrier), { x: rightX, y: carrierTop, width: rightWidth, height: bottom - carrierTop })
  return bottom
}

function drawParties(sheet: Sheet, document: BillDocument): number {
  const [shipper, consignee, notify] = partyHeights
  const { label, paragraphs } = consigneeParagraphs(document)
  let y: number = page.top
  sheet.field(labels.shipper, partyParagraphs(document.shipper), { x: page.left, y, width: leftWidth, height: shipper })
  y += shipper
  sheet.field(label, paragraphs, { x: page.left, y, width: leftWidth, height: consignee })
  y += consignee
  sheet.field(labels.notify, notifyParagraphs(document), { x: page.left, y, width: leftWidth, height: notify })
  return y + notify
}

function notifyParagraphs({ notifyParties }: BillDocument): Paragraph[] {
  if (notifyParties.length === 0) return [{ text: '— 无 none' }]
  if (notifyParties.length === 1) return notifyParties.flatMap(partyParagraphs)
  return notifyParties.flatMap((party, index) => {
    const [name, ...rest] = partyParagraphs(party)
    return [
      { text: `${index + 1}. ${name?.text ?? ''}`, weight: 'bold' as const, size: 7.4 },
      ...(rest.length === 0 ? [] : [{ text: rest.map(({ text }) => text).join(' · '), size: 6.8 }]),
    ]
  })
}

function drawNumber(sheet: Sheet, document: BillDocument, { mark, proof, paper }: { mark: Mark; proof: string | null; paper: PaperOriginal | undefined }): void {
  const area = { x: rightX, y: page.top, width: rightWidth, height: numberHeight }
  sheet.box(area)
  sheet.label(labels.number, area.x + 5, area.y + 9, beside)
  const size = 15
  const baseline = area.y + 28
  sheet.line({ text: document.billNumber, size, weight: 'bold' }, area.x + 5, baseline)
  // The check character stands in a little box, as on a container door.
  const { bold } = faces()
  const bodyWidth = bold.widthOf(document.billNumber.slice(0, -1), size)
  sheet.box({ x: area.x + 5 + bodyWidth - 0.6, y: baseline - 13, width: bold.widthOf(document.billNumber.slice(-1), size) + 1.6, height: 15.6 }, { weight: 0.8 })
  const booking = sheet.oneLine({ text: `订舱号 Booking ${document.bookingNumber} · 版次 Version ${document.version}`, size: 7, width: beside })
  sheet.line(booking, area.x + 5, area.y + 43)
  drawMark(sheet, markWords(mark, document.originals, paper), area.x + 5, area.y + 51)
  if (proof === null) {
    sheet.pdf.dash(3, { space: 2 })
    sheet.box({ x: area.x + rightWidth - proofSize + 2, y: area.y + 6, width: proofSize - 8, height: proofSize - 8 }, { weight: 0.5 })
    sheet.pdf.undash()
    sheet.centered({ text: '签发后生成', size: 6.4, color: ink.label }, area.x + rightWidth - proofSize / 2 - 2, area.y + 43)
    sheet.centered({ text: 'made at issue', size: 6.4, color: ink.label }, area.x + rightWidth - proofSize / 2 - 2, area.y + 52)
    return
  }
  drawProofCode(sheet, { text: proof, x: area.x + rightWidth - proofSize - 2, y: area.y + 2, size: proofSize })
}

/** 正本, 副本, 作废 or 草稿 in a heavy box. */
function drawMark(sheet: Sheet, { zh, en }: { zh: string; en: string }, x: number, y: number): void {
  const text = `${zh} ${en}`
  const { bold } = faces()
  const size = 11 * Math.min(1, (beside - 14) / bold.widthOf(text, 11))
  sheet.box({ x, y, width: bold.widthOf(text, size) + 14, height: 19 }, { weight: 1.4 })
  sheet.line({ text, size, weight: 'bold' }, x + 7, y + 13.6)
}

function drawTitle(sheet: Sheet, { negotiable, kind }: BillDocument): void {
  const area = { x: rightX, y: page.top + numberHeight, width: rightWidth, height: titleHeight }
  sheet.box(area)
  const centre = area.x + area.width / 2
  sheet.centered({ text: '多式联运提单（一单制）', size: 14, weight: 'bold' }, centre, area.y + 17)
  sheet.centered({ text: 'MULTIMODAL THROUGH BILL OF LADING', size: 9.4, weight: 'bold' }, centre, area.y + 30)
  const [zh, en] = kindWords[kind]
  const words = `${negotiable ? '可转让 NEGOTIABLE' : '不可转让 NON-NEGOTIABLE'}  ·  ${zh} ${en}`
  const set = sheet.oneLine({ text: words, size: 7.6, weight: 'bold', width: area.width - 20 })
  const width = faces().bold.widthOf(set.text, set.size) + 12
  sheet.box({ x: centre - width / 2, y: area.y + 37, width, height: 13.4 }, { fill: ink.text, weight: 0.4 })
  sheet.centered({ ...set, color: '#ffffff' }, centre, area.y + 46.6)
}
