import { createHash } from 'node:crypto'
import type { BillDocument } from '@yidan/ledger'
import { ellipsize, faces } from '../fonts.ts'
import { proofAddress } from '../proof-code.ts'
import { frameWidth, ink, page, round, type Paragraph, type Sheet } from '../sheet.ts'
import type { BillPrint, Issuance } from '../print.ts'
import { labels, utcTime } from '../wording.ts'

/** The foot of the face: what the carrier acknowledges, where the record lives, and who signed as carrier. */
export const signatureHeight = 128
const leftWidth = 298

export function drawSignature(sheet: Sheet, print: BillPrint, docHash: string, y: number): void {
  const right = { x: page.left + leftWidth, y, width: frameWidth - leftWidth, height: signatureHeight }
  const receipt = 48
  sheet.box({ x: page.left, y, width: leftWidth, height: receipt })
  sheet.block(receiptWords(print.document), { x: page.left + 4, y: y + 3, width: leftWidth - 8, height: receipt - 5 }, ['收货声明', 'Receipt'])
  sheet.field(labels.record, recordWords(print, docHash), { x: page.left, y: y + receipt, width: leftWidth, height: signatureHeight - receipt })
  sheet.box(right)
  sheet.label(labels.signature, right.x + 4, right.y + 8.2, right.width - 8)
  drawSignatories(sheet, print, right)
}

function receiptWords({ negotiable }: BillDocument): Paragraph[] {
  const zh = `上列货物除批注外外表状况良好，已收妥，承运人负责自收货地至交货地全程运输。${negotiable ? '凭本提单交付货物。' : '向收货人交付货物。'}`
  const en = `Received in apparent good order and condition unless noted, for carriage from the place of receipt to the place of delivery, the carrier answering for the whole journey. ${negotiable ? 'Goods are delivered against surrender of this bill.' : 'Goods are delivered to the named consignee.'} Conditions: last page.`
  return [{ text: zh, size: 6.6 }, { text: en, size: 6.2 }]
}

function recordWords({ document, issuance, standing, publicUrl }: BillPrint, docHash: string): Paragraph[] {
  const electronic: Paragraph[] = document.originals === 0 ? [
    { text: 'ELECTRONIC RECORD — this print is a copy; title is where the ledger says.', weight: 'bold', size: 6.6 },
    { text: '电子提单，打印件为副本；权利以账本记载为准。', size: 6.6 },
  ] : []
  const hash: Paragraph = { text: `SHA-256 ${docHash.slice(0, 32)} ${docHash.slice(32)}`, size: 6.2 }
  if (issuance === null) return [...electronic, { text: '草稿，未签发，无权利。Draft: not issued, carries no right.', weight: 'bold', size: 6.8 }, hash]
  return [
    ...electronic,
    hash,
    { text: `账本 Ledger ${issuance.network} / ${document.billId}`, size: 6.2 },
    { text: `核验 Verify ${proofAddress({ publicUrl, billNumber: document.billNumber, docHash })}`, size: 6.2 },
    standing === undefined
      ? { text: `签发时 As of issue ${utcTime(issuance.issuedAt)}`, size: 6.4 }
      : { text: `截至 As of ${utcTime(standing.asOf)}：${standing.state} · 权利人 titleholder ${standing.titleholderText}`, size: 6.6, weight: 'bold' },
  ]
}

function drawSignatories(sheet: Sheet, { document, issuance }: BillPrint, { x, y, width, height }: { x: number; y: number; width: number; height: number }): void {
  const radius = 44
  const centre = { x: x + width - radius - 8, y: y + 11 + radius }
  const textWidth = width - radius * 2 - 20
  if (issuance === null) {
    sheet.pdf.dash(3, { space: 2 }).lineWidth(0.8).circle(round(centre.x), round(centre.y), radius).stroke(ink.line).undash()
    sheet.centered({ text: '签发时盖章', size: 7, color: ink.label }, centre.x, centre.y)
    sheet.centered({ text: 'sealed at issue', size: 7, color: ink.label }, centre.x, centre.y + 9)
  } else {
    drawSeal(sheet, { company: document.carrier.name, fingerprint: fingerprintOf(issuance), centre, radius })
  }
  const names = issuance === null ? [] : issuance.signatories
  sheet.block(
    [
      { text: '作为承运人签发', weight: 'bold' },
      { text: 'Signed AS CARRIER', weight: 'bold' },
      { text: document.carrier.name, size: 7 },
      ...(document.carrier.nameEn === undefined ? [] : [{ text: document.carrier.nameEn, size: 6.6 }]),
    ],
    { x: x + 4, y: y + 13, width: textWidth, height: 60 },
    labels.carrier,
  )
  sheet.block(
    names.length === 0 ? [{ text: '签署人 By —', size: 7 }] : [{ text: '签署人 Signed by', size: 6.2, color: ink.label }, ...names.map((text) => ({ text, weight: 'bold' as const, size: 7.4 }))],
    { x: x + 4, y: y + 76, width: textWidth, height: height - 90 },
    ['签署人', 'Signatories'],
  )
  sheet.rule(x + 4, y + height - 13, x + width - 4, y + height - 13, { weight: 0.4, color: ink.hair })
  const foot = issuance === null ? '未签发 not issued' : `电子签章 E-seal ES256 · ${utcTime(issuance.issuedAt)} · 证书 cert ${fingerprintOf(issuance).slice(0, 16)}`
  sheet.line({ ...sheet.oneLine({ text: foot, size: 6.2, width: width - 8 }), color: ink.label }, x + 4, y + height - 4.4)
}

function fingerprintOf({ certificatePem }: Issuance): string {
  const der = Buffer.from(/-----BEGIN CERTIFICATE-----([^-]+)-----/.exec(certificatePem)?.[1] ?? '', 'base64')
  return createHash('sha256').update(der).digest('hex')
}

/** A round seal as on Chinese documents: the company around the rim, e-seal and certificate in the middle. */
function drawSeal(sheet: Sheet, { company, fingerprint, centre, radius }: { company: string; fingerprint: string; centre: { x: number; y: number }; radius: number }): void {
  const { pdf } = sheet
  pdf.lineWidth(1.8).circle(round(centre.x), round(centre.y), radius).stroke(ink.seal)
  pdf.lineWidth(0.5).circle(round(centre.x), round(centre.y), radius - 3).stroke(ink.seal)
  drawRim(sheet, sheet.clean(company), centre, radius)
  sheet.centered({ text: '承运人', size: 10, weight: 'bold', color: ink.seal }, centre.x, centre.y - 3)
  sheet.centered({ text: 'CARRIER E-SEAL', size: 6, weight: 'bold', color: ink.seal }, centre.x, centre.y + 6)
  sheet.centered({ text: '电子签章', size: 7, color: ink.seal }, centre.x, centre.y + 15.5)
  sheet.centered({ text: fingerprint.slice(0, 8), size: 5.6, color: ink.seal }, centre.x, centre.y + 24)
  sheet.centered({ text: fingerprint.slice(8, 16), size: 5.6, color: ink.seal }, centre.x, centre.y + 30.5)
}

/** Sets the name along the upper rim over at most 250°, smaller the longer it is; a name too long even so ends in an ellipsis. */
function drawRim(sheet: Sheet, name: string, centre: { x: number; y: number }, radius: number): void {
  const { bold } = faces()
  const widest = (250 / 180) * Math.PI
  let size = 9
  const baseline = (): number => radius - 5 - size
  while (size > 5 && bold.widthOf(name, size) > widest * baseline()) size -= 0.25
  const arc = baseline()
  const text = ellipsize({ text: name, size, weight: 'bold', width: widest * arc })
  const total = bold.widthOf(text, size)
  // Short names are spread out, so that they still sit like a seal.
  const characters = [...text]
  const spread = characters.length < 2 ? 0 : Math.min(size * 0.45, Math.max(0, (widest * 0.85 * arc - total) / (characters.length - 1)))
  const span = total + spread * (characters.length - 1)
  let along = -span / 2
  for (const character of characters) {
    const width = bold.widthOf(character, size)
    const angle = ((along + width / 2) / arc) * (180 / Math.PI)
    sheet.pdf.save().translate(round(centre.x), round(centre.y)).rotate(round(angle))
    sheet.line({ text: character, size, weight: 'bold', color: ink.seal }, -width / 2, -arc)
    sheet.pdf.restore()
    along += width + spread
  }
}
