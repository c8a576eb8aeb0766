import type { Fault } from '@yidan/api/contract'

/** The faults of an import as a list for Excel: UTF-8 with BOM, one line a fault. Cells that a spreadsheet would run are defused. */
export function faultCsv(faults: readonly Fault[], heading: readonly string[]): string {
  const lines = faults.map((fault) => [fault.row ?? '', fault.column ?? fault.pointer, fault.code, fault.message, textOf(fault.value), fault.cure ?? ''])
  return `\uFEFF${[heading, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function cell(value: string | number): string {
  const text = String(value)
  const safe = /^[=+@\t\r]/.test(text) || /^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
