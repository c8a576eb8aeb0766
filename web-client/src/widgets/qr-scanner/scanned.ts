import { readStatement } from '@yidan/api/contract'
import { BillNumber, checkContainerNumber } from '@yidan/ledger'

/** What was scanned or typed where a bill is asked for: its number, and the piece of hash that a QR carries. Null when it is neither. */
export function billInCode(text: string): { readonly number: string; readonly hash: string | null } | null {
  const trimmed = text.trim()
  const inAddress = /\/v\/([^/?#\s]{1,40})(?:\?([^#\s]*))?/.exec(trimmed)
  if (inAddress) {
    const read = readStatement(trimmed)
    // What stands in a statement's place and is none is compared as it is, and fits no bill.
    const hash = read.is === 'statement' ? read.statement.hashStart : read.is === 'damaged' ? 'damaged' : new URLSearchParams(inAddress[2] ?? '').get('h')
    return { number: decodeURIComponent(inAddress[1] ?? '').toUpperCase(), hash }
  }
  const number = trimmed.toUpperCase().replace(/[\s-]/g, '')
  return /^[A-Z]{4}\d{10}[0-9A-Z]$/.test(number) ? { number, hash: null } : null
}

/** How far somebody typing a bill number has come. */
export function billNumberHelp(text: string): 'empty' | 'typing' | 'good' | 'wrong-check' | 'wrong-shape' {
  const number = text.trim().toUpperCase().replace(/[\s-]/g, '')
  if (number === '') return 'empty'
  if (!/^[A-Z]{0,4}$/.test(number) && !/^[A-Z]{4}\d{0,10}$/.test(number) && !/^[A-Z]{4}\d{10}[0-9A-Z]$/.test(number)) return 'wrong-shape'
  if (number.length < 15) return 'typing'
  return BillNumber.safeParse(number).success ? 'good' : 'wrong-check'
}

export type BoxHelp =
  | { readonly is: 'empty' | 'typing' | 'good' | 'remainder-ten' | 'other' }
  | { readonly is: 'category' | 'letters' }
  | { readonly is: 'check-digit'; readonly expected: string }
  | { readonly is: 'last-digit'; readonly expected: string }

/** Help while a box number is typed: says what is wrong as soon as it is, and what the check digit must be. */
export function boxHelp(text: string): BoxHelp {
  const number = text.trim().toUpperCase().replace(/[\s-]/g, '')
  if (number === '') return { is: 'empty' }
  if (!/^[A-Z]{0,4}$/.test(number) && !/^[A-Z]{4}\d{1,7}$/.test(number)) return /^[A-Z0-9]{1,4}\d*$/.test(number) && number.length <= 11 && /[A-Z]/.test(number) && /\d/.test(number.slice(0, 4)) ? { is: 'letters' } : { is: 'other' }
  if (number.length < 4) return { is: 'typing' }
  if (!/[UJZ]/.test(number.charAt(3))) return { is: /^[A-Z]{4}\d{0,7}$/.test(number) && number.length <= 11 ? 'category' : 'other' }
  if (number.length < 10) return { is: 'typing' }
  if (number.length === 10) return { is: 'last-digit', expected: expectedDigit(number) }
  const check = checkContainerNumber(number)
  if (check.ok) return { is: check.remainderTen ? 'remainder-ten' : 'good' }
  return check.fault === 'check-digit' ? { is: 'check-digit', expected: check.expected } : { is: 'other' }
}

function expectedDigit(firstTen: string): string {
  for (const digit of '0123456789') if (checkContainerNumber(firstTen + digit).ok) return digit
  throw new RangeError('every ten characters have a check digit')
}
