import type { Gauge } from '@yidan/api/contract'

/**
 * A wagon's number says whose rules it runs by: 7 digits China Railway, 8 digits the 1520 mm network (OSJD), 12 digits Europe (UIC 438-2).
 * China Railway's numbers have no check digit; the last digit of the other two makes the sum of all a multiple of ten, with the digits
 * weighted 2, 1, 2, 1 ... from the left and the digits of a product added up.
 */
export type WagonNumberCheck =
  | { readonly ok: true; readonly gauge: Gauge }
  | { readonly ok: false; readonly fault: 'shape' }
  | { readonly ok: false; readonly fault: 'check-digit'; readonly expected: string }

const gaugeByLength: Readonly<Record<number, Gauge>> = { 7: 1435, 8: 1520, 12: 1435 }

export function checkWagonNumber(text: string): WagonNumberCheck {
  const gauge = gaugeByLength[text.length]
  if (!/^\d+$/.test(text) || gauge === undefined) return { ok: false, fault: 'shape' }
  if (text.length === 7) return { ok: true, gauge }
  const expected = wagonCheckDigit(text.slice(0, -1))
  return text.endsWith(expected) ? { ok: true, gauge } : { ok: false, fault: 'check-digit', expected }
}

/** The last digit for the seven or eleven before it. */
export function wagonCheckDigit(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + Math.floor(product / 10) + (product % 10)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
