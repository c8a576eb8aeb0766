import type { Fault } from '@yidan/api/contract'
import type { z } from 'zod'
import type { Language } from './handlers.ts'
import { fill, wordings, type FaultCode } from './wording/index.ts'

/** A fault of one field, worded. */
export function faultOf({ pointer, code, language, values = {} }: { pointer: string; code: FaultCode; language: Language; values?: Readonly<Record<string, unknown>> }): Fault {
  return { pointer, code, message: fill(wordings[language].faults[code], values) ?? wordings[language].faults['not-right'], severity: 'fault' }
}

/**
 * Everything zod found, as faults. `pointerOf` says how a path is written: a JSON pointer into a body, a bare name in query and path.
 * Of a union that fits nowhere, the alternative that came nearest is told.
 */
export function faultsOf({ error, input, pointerOf, language }: { error: z.ZodError; input: unknown; pointerOf: (path: readonly PropertyKey[]) => string; language: Language }): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, []))

  function faultsOfIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): Fault[] {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => faultOf({ pointer: pointerOf([...path, key]), code: 'unknown-field', language }))
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return nearest(issue.errors).flatMap((inner) => faultsOfIssue(inner, path))
    const { code, values, own } = wordsFor(issue, valueAt(input, path))
    const message = own === undefined ? undefined : (wordings[language].shapes[own] ?? (language === 'en' ? own : undefined))
    const fault = faultOf({ pointer: pointerOf(path), code, language, ...(values === undefined ? {} : { values }) })
    return [message === undefined ? fault : { ...fault, message }]
  }
}

/** `/containers/3/number`, RFC 6901. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

interface Words { readonly code: FaultCode; readonly values?: Readonly<Record<string, unknown>>; /** What the schema itself says, in English. */ readonly own?: string }

function wordsFor(issue: z.core.$ZodIssue, found: unknown): Words {
  switch (issue.code) {
    case 'invalid_type':
      return found === undefined ? { code: 'required' } : { code: 'wrong-type', values: { expected: issue.expected } }
    case 'too_small':
      return { code: bounds[issue.origin]?.[0] ?? 'too-small', values: { minimum: issue.minimum } }
    case 'too_big':
      return { code: bounds[issue.origin]?.[1] ?? 'too-big', values: { maximum: issue.maximum } }
    case 'invalid_format':
      return { code: 'wrong-format', own: issue.message }
    case 'invalid_value':
      return found === undefined ? { code: 'required' } : { code: 'not-one-of', values: { values: issue.values.map(String).join(', ') } }
    case 'invalid_union':
      return found === undefined ? { code: 'required' } : 'options' in issue && Array.isArray(issue.options) ? { code: 'not-one-of', values: { values: issue.options.join(', ') } } : { code: 'no-alternative-fits' }
    case 'custom':
      return { code: 'not-right', own: issue.message }
    default:
      return { code: 'not-right' }
  }
}

const bounds: Readonly<Record<string, readonly [FaultCode, FaultCode]>> = { string: ['too-short', 'too-long'], array: ['too-few', 'too-many'], set: ['too-few', 'too-many'] }

function nearest(alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length))
  return alternatives.reduce((best, next) => (depth(next) > depth(best) || (depth(next) === depth(best) && next.length < best.length) ? next : best))
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined), input)
}
