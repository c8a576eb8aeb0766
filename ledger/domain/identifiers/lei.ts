import { z } from 'zod'

/** Legal Entity Identifier, ISO 17442: 18 characters and two check digits, ISO 7064 MOD 97-10. */
export const Lei = z
  .string()
  .regex(/^[0-9A-Z]{18}\d{2}$/, 'an LEI is 18 digits or capitals and two check digits')
  .refine((text) => remainder97(text) === 1, 'the check digits do not fit')
  .brand<'Lei'>()
export type Lei = z.infer<typeof Lei>

/** The two check digits for the first 18 characters. */
export function leiCheck(first18: string): string {
  return String(98 - remainder97(`${first18}00`)).padStart(2, '0')
}

function remainder97(text: string): number {
  let remainder = 0
  for (const character of text) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return remainder
}
