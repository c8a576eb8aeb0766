import type { Fault } from '@yidan/api/contract'
import { groupBy } from '../../group-by.ts'

/** The same warning on many rows is told once, with its rows. */
export function alikeRows(faults: readonly Fault[]): { readonly text: string; readonly rows: readonly number[] }[] {
  const groups = groupBy(faults, ({ message, cure }) => (cure ? `${message} — ${cure}` : message))
  return [...groups].map(([text, alike]) => ({ text, rows: alike.flatMap(({ row }) => row ?? []).sort((one, other) => one - other) }))
}

/** Row numbers with runs drawn together: 2, 3, 4, 8 is "2–4, 8". */
export function runsOf(rows: readonly number[]): string {
  const runs: [number, number][] = []
  for (const row of rows) {
    const last = runs.at(-1)
    if (last && row <= last[1] + 1) last[1] = row
    else runs.push([row, row])
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ')
}
