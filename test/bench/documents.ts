import * as fontkit from 'fontkit'
import { canonicalJson } from '@yidan/ledger'
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { checkSealedBill, renderBill } from '../../api/src/documents/index.ts'
import { billFrom } from '../support/bill-documents.ts'
import { aSealAuthority, sealedPrint } from '../support/sealed-bill.ts'
import { figure, inTurns, type Figure } from './measure.ts'

/** A whole bill (four pages of Chinese and English, vector QR, PDF/A-3b, attachments) beside bare pdfkit writing as many words in one Latin font. */
export async function billPdf(): Promise<Figure[]> {
  const { authority, close } = await aSealAuthority()
  const print = await sealedPrint(authority, billFrom('furnitureToHamburg'))
  const words = wordsOf(print.document)
  const pages = pageCount(renderBill(print))
  const measured = await inTurns({
    subject: () => repeat(8, () => renderBill(print)),
    baseline: () => repeatAsync(8, () => barePage(words, pages)),
  })
  const bytes = renderBill(print).length
  await close()
  // The goal is about time, the measure is a rate: its inverse.
  return [
    figure({ name: 'bill.pdf', unit: 'ms/bill', value: 1000 / measured.value, baseline: 1000 / measured.baseline, goal: { atMost: 1.5 }, note: `${pages} pages; baseline: bare pdfkit, one Latin font, the same number of words and pages, no QR` }),
    figure({ name: 'bill.pdf.size', unit: 'KB', value: bytes / 1024, baseline: 120, goal: { atMost: 1 }, note: 'limit 120 KB' }),
  ]
}

/** The offline check of a sealed bill (hash of the canonical document, seal) beside bare ES256 verification on one core. */
export async function billVerify(): Promise<Figure> {
  const { authority, close } = await aSealAuthority()
  const { document, issuance } = await sealedPrint(authority, billFrom('furnitureToHamburg'))
  const canonical = Buffer.from(canonicalJson(document), 'utf8')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const message = createHash('sha256').update(canonical).digest()
  const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const measured = await inTurns({
    subject: () => repeat(600, () => { if (!checkSealedBill({ canonical, seal: issuance.seal, certificatePem: issuance.certificatePem }).ok) throw new Error('the bill just sealed does not check') }),
    baseline: () => repeat(600, () => { if (!verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) throw new Error('the baseline signature does not check') }),
  })
  await close()
  return figure({ name: 'bill.verify', unit: 'bills/s', ...measured, goal: { atLeast: 0.6 }, note: 'one core; baseline: crypto.verify ES256' })
}

const latin = fontkit.create(readFileSync(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf')))

function barePage(words: readonly string[], pages: number): Promise<number> {
  return new Promise((resolve) => {
    const pdf = new PDFDocument({ size: 'A4', font: '' })
    let length = 0
    pdf.on('data', (chunk: Buffer) => { length += chunk.length }).on('end', () => { resolve(length) })
    pdf.registerFont('latin', latin as never).font('latin').fontSize(8)
    const share = Math.ceil(words.length / pages)
    for (let page = 0; page < pages; page += 1) {
      if (page > 0) pdf.addPage()
      for (const [index, word] of words.slice(page * share, (page + 1) * share).entries()) pdf.text(word, 40 + (index % 4) * 130, 40 + Math.floor(index / 4) * 12, { lineBreak: false })
    }
    pdf.end()
  })
}

/** Every piece of text a bill prints once, in Latin letters only. */
function wordsOf(document: unknown): readonly string[] {
  const words: string[] = []
  JSON.stringify(document, (key, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') words.push(key.slice(0, 24), String(value).replace(/[^\x20-\x7e]/g, 'x').slice(0, 28))
    return value
  })
  return words
}

function pageCount(pdf: Uint8Array): number {
  return Number(/\/Type \/Pages\s*\/Count (\d+)/.exec(Buffer.from(pdf).toString('latin1'))?.[1] ?? 1)
}

function repeat(times: number, run: () => unknown): number {
  for (let time = 0; time < times; time += 1) run()
  return times
}

async function repeatAsync(times: number, run: () => Promise<unknown>): Promise<number> {
  for (let time = 0; time < times; time += 1) await run()
  return times
}
