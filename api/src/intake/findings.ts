import type { Fault } from '@yidan/api/contract'
import type { Language } from '../http/handlers.ts'
import type { Where } from './source.ts'
import { findingWords, type FindingCode } from './finding-words.ts'

/** What is wrong with a line, or only worth knowing; worded at the door. */
export interface IntakeFinding {
  readonly where: Where
  readonly code: FindingCode
  readonly severity: 'fault' | 'warning'
  /** Column of the sheet, or tag of the segment. */
  readonly column?: string
  /** As it was found. */
  readonly value?: string
  /** Fills the wording. */
  readonly detail?: Readonly<Record<string, string | number>>
}

type Rest = Omit<IntakeFinding, 'where' | 'code' | 'severity'>
export const fault = (where: Where, code: FindingCode, rest: Rest = {}): IntakeFinding => ({ where, code, severity: 'fault', ...rest })
export const warning = (where: Where, code: FindingCode, rest: Rest = {}): IntakeFinding => ({ where, code, severity: 'warning', ...rest })
export const isFault = ({ severity }: Pick<IntakeFinding, 'severity'>): boolean => severity === 'fault'

/** Line, place in it, what is wrong and what would cure it, in the caller's language. */
export function wordFinding({ where: { row, segment }, code, severity, column, value, detail = {} }: IntakeFinding, language: Language): Fault {
  const [message, cure] = findingWords[code][language].map((text) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(detail[name] ?? '')))
  return {
    pointer: segment === undefined ? `/rows/${row}` : `/segments/${segment}`, code, message: message ?? code, severity, row,
    ...(column === undefined ? {} : { column }), ...(value === undefined ? {} : { value: value.slice(0, 200) }), ...(cure === undefined ? {} : { cure }),
  }
}
