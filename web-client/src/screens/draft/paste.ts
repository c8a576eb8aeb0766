import type { DraftContainer } from '@yidan/api/contract'

/** Columns of the container table, in their order on the screen. */
export const columns = ['number', 'sizeType', 'sealNumber', 'goods', 'hsCode', 'packages', 'packageKind', 'grossWeightKg', 'tareKg', 'verifiedGrossMassKg'] as const
export type ContainerColumn = (typeof columns)[number]
export const numberColumns: readonly ContainerColumn[] = ['packages', 'grossWeightKg', 'tareKg', 'verifiedGrossMassKg']

/** Cells copied from a spreadsheet, put in from one cell to the right and downwards; rows are added as needed. Null when it is plain text. */
export function pasted({ text, into, row, column }: { text: string; into: readonly DraftContainer[]; row: number; column: ContainerColumn }): DraftContainer[] | null {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/).map((line) => line.split('\t'))
  if (lines.length === 1 && lines[0]?.length === 1) return null
  const start = columns.indexOf(column)
  const rows: DraftContainer[] = into.map((container) => ({ ...container }))
  lines.forEach((cells, down) => {
    const at = row + down
    rows[at] = { ...rows[at], ...Object.fromEntries(cells.flatMap((cell, right) => entryOf(columns[start + right], cell.trim()))) }
  })
  return rows
}

function entryOf(column: ContainerColumn | undefined, cell: string): [string, string | number | undefined][] {
  if (column === undefined) return []
  if (!numberColumns.includes(column)) return [[column, column === 'number' || column === 'sizeType' ? cell.toUpperCase() : cell]]
  const value = Number(cell.replaceAll(',', ''))
  return [[column, cell === '' || !Number.isFinite(value) ? undefined : value]]
}
