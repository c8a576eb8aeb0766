import { CreditCode, creditCodeCheck, Lei } from '@yidan/ledger'

export type IdentifierHelp =
  | { readonly is: 'empty' | 'typing' | 'good' }
  | { readonly is: 'letter'; readonly found: string }
  | { readonly is: 'check'; readonly expected: string }
  | { readonly is: 'wrong' }

/** Help while a 统一社会信用代码 is typed: letters it never has, and what its check character must be. */
export function creditCodeHelp(text: string): IdentifierHelp {
  const code = text.trim().toUpperCase()
  if (code === '') return { is: 'empty' }
  const stranger = /[^0-9A-HJ-NPQRTUWXY]/.exec(code)?.[0]
  if (stranger !== undefined) return { is: 'letter', found: stranger }
  if (code.length < 18) return { is: 'typing' }
  if (code.length > 18) return { is: 'wrong' }
  return CreditCode.safeParse(code).success ? { is: 'good' } : { is: 'check', expected: creditCodeCheck(code.slice(0, 17)) }
}

export function leiHelp(text: string): IdentifierHelp {
  const code = text.trim().toUpperCase()
  if (code === '') return { is: 'empty' }
  if (!/^[0-9A-Z]{0,20}$/.test(code)) return { is: 'wrong' }
  if (code.length < 20) return { is: 'typing' }
  return { is: Lei.safeParse(code).success ? 'good' : 'wrong' }
}

export function vatHelp(text: string): IdentifierHelp {
  const code = text.trim().toUpperCase()
  if (code === '') return { is: 'empty' }
  if (code.length < 6) return { is: /^[A-Z]{0,2}[0-9A-Z]*$/.test(code) ? 'typing' : 'wrong' }
  return { is: /^[A-Z]{2}[0-9A-Z]{4,16}$/.test(code) ? 'good' : 'wrong' }
}
