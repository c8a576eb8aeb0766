import { create } from 'qrcode'

/** A QR code as one SVG path, a unit per module, with the quiet zone of four modules that ISO/IEC 18004 asks for. Made here: the text goes nowhere. */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const quiet = 4
  const rows = Array.from({ length: modules.size }, (_, y) => Array.from({ length: modules.size }, (_, x) => (modules.get(y, x) ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')).join(''))
  return { size: modules.size + quiet * 2, path: rows.join('') }
}
