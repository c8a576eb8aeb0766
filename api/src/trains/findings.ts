import type { Fault } from '@yidan/api/contract'
import type { Language } from '../http/handlers.ts'
import { findingWords, type FindingCode } from './finding-words.ts'

/** Something a rule noticed about a plan or a composition; told in words only at the door. */
export interface Finding {
  /** JSON pointer into the body: `/wagons/3/boxes/0/grossKg`. */
  readonly pointer: string
  readonly code: FindingCode
  readonly severity: 'fault' | 'warning'
  /** Fills the wording. */
  readonly detail: Readonly<Record<string, string | number>>
  readonly value?: string | number
}

/** Where in the train: the wagon by its place and number, the slot by its first 20' place. */
export interface Spot {
  readonly pointer: string
  readonly wagon?: { readonly sequence: number; readonly number: string }
  readonly slot?: number
}

type Values = Readonly<Record<string, string | number>>

export const fault = (at: Spot, code: FindingCode, detail: Values = {}, value?: string | number): Finding => find(at, code, 'fault', detail, value)
export const warning = (at: Spot, code: FindingCode, detail: Values = {}, value?: string | number): Finding => find(at, code, 'warning', detail, value)

function find({ pointer, wagon, slot }: Spot, code: FindingCode, severity: Finding['severity'], detail: Values, value: string | number | undefined): Finding {
  return { pointer, code, severity, detail: { ...detail, ...(wagon ? { '@sequence': wagon.sequence, '@wagon': wagon.number } : {}), ...(slot === undefined ? {} : { '@slot': slot }) }, ...(value === undefined ? {} : { value }) }
}

/** In the caller's language, with the wagon and the slot in front. */
export function wordFinding({ pointer, code, severity, detail, value }: Finding, language: Language): Fault {
  const text = findingWords[code][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(detail[name] ?? ''))
  return { pointer, code, message: `${placeOf(detail, language)}${text}`, severity, ...(value === undefined ? {} : { value }) }
}

function placeOf(detail: Values, language: Language): string {
  const { '@sequence': sequence, '@wagon': wagon, '@slot': slot } = detail
  if (sequence === undefined) return ''
  if (language === 'en') return `Wagon ${sequence} (${wagon})${slot === undefined ? '' : `, slot ${slot}`}: `
  return `第 ${sequence} 辆（${wagon}）${slot === undefined ? '' : `${slot} 位`}：`
}

export const isFault = ({ severity }: { readonly severity: string }): boolean => severity === 'fault'
