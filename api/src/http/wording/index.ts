import type { ProblemCode } from '@yidan/api/contract'
import type { Language } from '../handlers.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

/** What people read when something is turned down. One table a language; a missing code or fault does not compile. */
export interface Wording {
  readonly titles: Readonly<Record<ProblemCode, string>>
  /** A second sentence with what was found; `{name}` is filled from the problem's detail, and the sentence is left out when a value is missing. */
  readonly details: Partial<Readonly<Record<ProblemCode, string>>>
  readonly faults: Readonly<Record<FaultCode, string>>
  /** What the shapes of the contract say in their own English, by that English. */
  readonly shapes: Readonly<Record<string, string>>
}

/** What can be wrong with one field. */
export const faultCodes = [
  'required', 'wrong-type', 'too-short', 'too-long', 'too-small', 'too-big', 'too-few', 'too-many', 'wrong-format', 'not-one-of', 'unknown-field', 'no-alternative-fits',
  'invalid-characters', 'too-deep', 'not-right', 'file-missing', 'one-file-only', 'not-grantable', 'common-password', 'password-is-email', 'wrong-subject', 'wrong-action', 'wrong-key',
  'callback-shape', 'callback-not-https', 'callback-private', 'callback-unknown-host',
] as const
export type FaultCode = (typeof faultCodes)[number]

export const wordings: Readonly<Record<Language, Wording>> = { zh, en }

/** Fills `{name}`; null when a value is missing, so that no half sentence is shown. */
export function fill(template: string, values: Readonly<Record<string, unknown>>): string | null {
  let isWhole = true
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined || value === null || typeof value === 'object') isWhole = false
    return String(value)
  })
  return isWhole ? text : null
}

/** zh unless the caller prefers English: weighs `Accept-Language` as RFC 9110 12.5.4 says. */
export function languageOf(accept: string | undefined): Language {
  const weighed = (accept ?? '').slice(0, 500).split(',').map((part, index) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const quality = Number(parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((found) => found !== undefined) ?? 1)
    return { language: tag.split('-')[0], quality: Number.isNaN(quality) ? 0 : quality, index }
  })
  const known = weighed.filter(({ language, quality }) => (language === 'zh' || language === 'en') && quality > 0)
  known.sort((one, other) => other.quality - one.quality || one.index - other.index)
  return known[0]?.language === 'en' ? 'en' : 'zh'
}
