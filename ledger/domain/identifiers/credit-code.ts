import { z } from 'zod'

/** 统一社会信用代码, GB 32100-2015: 17 characters and a check character, modulo 31; the letters I, O, S, V, Z are not used. */
export const CreditCode = z
  .string()
  .regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/, 'a credit code is 18 digits or capitals without I, O, S, V, Z')
  .refine((text) => creditCodeCheck(text.slice(0, 17)) === text.charAt(17), 'the check character does not fit')
  .brand<'CreditCode'>()
export type CreditCode = z.infer<typeof CreditCode>

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** The check character for the first 17: weights are powers of 3 modulo 31. */
export function creditCodeCheck(first17: string): string {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return alphabet.charAt((31 - (sum % 31)) % 31)
}
