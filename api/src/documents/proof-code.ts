import { create } from 'qrcode'
import { round, type Sheet } from './sheet.ts'

/** What the QR says: the page where anybody may ask whether the bill is genuine. No secret: the number and 16 digits of the hash. */
export function proofAddress({ publicUrl, billNumber, docHash }: { publicUrl: string; billNumber: string; docHash: string }): string {
  return `${publicUrl.replace(/\/+$/, '')}/v/${billNumber}?h=${docHash.slice(0, 16)}`
}

/** Draws the QR as vector rectangles with its quiet zone inside the square of `size` points. */
export function drawProofCode(sheet: Sheet, { text, x, y, size }: { text: string; x: number; y: number; size: number }): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const quiet = 3
  const step = size / (modules.size + quiet * 2)
  const { pdf } = sheet
  pdf.rect(round(x), round(y), round(size), round(size)).fill('#ffffff')
  for (let row = 0; row < modules.size; row += 1) {
    let start = -1
    for (let column = 0; column <= modules.size; column += 1) {
      const dark = column < modules.size && modules.get(row, column) !== 0
      if (dark && start < 0) start = column
      if (!dark && start >= 0) {
        pdf.rect(round(x + (start + quiet) * step), round(y + (row + quiet) * step), round((column - start) * step), round(step + 0.02))
        start = -1
      }
    }
  }
  pdf.fill('#000000')
}
