import { z } from 'zod'

/** ISO 6346: three owner letters, category U, J or Z, six digits, one check digit. Only `ContainerNumber.parse` makes one. */
export const ContainerNumber = z
  .string()
  .regex(/^[A-Z]{3}[UJZ]\d{7}$/, 'a container number is four letters, the last U, J or Z, and seven digits')
  .refine((text) => checkContainerNumber(text).ok, 'the check digit does not fit')
  .brand<'ContainerNumber'>()
export type ContainerNumber = z.infer<typeof ContainerNumber>

export type ContainerNumberCheck =
  /** `remainderTen`: the rule gives 10, printed as 0; valid, but owners are advised not to use such numbers (BIC). */
  | { readonly ok: true; readonly remainderTen: boolean }
  | { readonly ok: false; readonly fault: 'shape' }
  | { readonly ok: false; readonly fault: 'check-digit'; readonly expected: string }

/** Checks shape and check digit (ISO 6346 annex A): letter and digit values weighted by powers of two, modulo 11. */
export function checkContainerNumber(text: string): ContainerNumberCheck {
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(text)) return { ok: false, fault: 'shape' }
  const remainder = remainderOf(text.slice(0, 10))
  const expected = String(remainder % 10)
  return text.charAt(10) === expected ? { ok: true, remainderTen: remainder === 10 } : { ok: false, fault: 'check-digit', expected }
}

/** The full number for ten characters of owner, category and serial. */
export function withCheckDigit(firstTen: string): ContainerNumber {
  return ContainerNumber.parse(firstTen + String(remainderOf(firstTen) % 10))
}

function remainderOf(firstTen: string): number {
  let sum = 0
  for (let index = 0; index < 10; index += 1) sum += valueOf(firstTen.charAt(index)) * 2 ** index
  return sum % 11
}

/** A = 10, B = 12 ... Z = 38: multiples of eleven are left out. */
function valueOf(character: string): number {
  if (character <= '9') return Number(character)
  const place = character.charCodeAt(0) - 65
  return 10 + place + Math.floor((place + 9) / 10)
}
