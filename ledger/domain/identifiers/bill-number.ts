import { z } from 'zod'
import { mod3736 } from './check-digits.ts'

/**
 * What people call a bill: issuer prefix, year and month, serial, check character - `LYLG2611000042K`.
 * Fits the 20 characters of a DCSA transportDocumentReference; every single mistyped character is caught (ISO 7064 MOD 37,36).
 */
export const BillNumber = z
  .string()
  .regex(/^[A-Z]{4}\d{10}[0-9A-Z]$/, { error: 'a bill number is four letters, ten digits and a check character', abort: true })
  .refine((text) => mod3736(text.slice(0, -1)) === text.slice(-1), 'the check character does not fit')
  .brand<'BillNumber'>()
export type BillNumber = z.infer<typeof BillNumber>

export function billNumber({ prefix, month, serial }: { prefix: string; /** yyMM */ month: string; serial: number }): BillNumber {
  const body = `${prefix}${month}${String(serial).padStart(6, '0')}`
  return BillNumber.parse(body + mod3736(body))
}
