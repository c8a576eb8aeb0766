import type { Fault } from '@yidan/api/contract'
import { csvOf } from '../../csv.ts'

/** The faults of an import as a list for Excel, one line a fault. */
export function faultCsv(faults: readonly Fault[], heading: readonly string[]): string {
  return csvOf(heading, faults.map((fault) => [fault.row ?? '', fault.column ?? fault.pointer, fault.code, fault.message, textOf(fault.value), fault.cure ?? '']))
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
