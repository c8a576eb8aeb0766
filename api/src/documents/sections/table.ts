import { heightOf, leading, page, type Label, type Paragraph, type SetLine, type Sheet } from '../sheet.ts'

/** Ruled tables that may run over pages. */
export interface Column {
  readonly label: Label
  readonly width: number
  readonly align?: 'left' | 'right' | 'center'
}
export type Cell = string | readonly Paragraph[]
export type Row = readonly Cell[]

const cellSize = 6.8
const padX = 3
const padY = 2.6
export const headHeight = 19

/** A row set to the columns: its lines per cell, and its height. */
export interface SetRow {
  readonly cells: readonly (readonly SetLine[])[]
  readonly height: number
}

export function setRow(sheet: Sheet, columns: readonly Column[], row: Row): SetRow {
  const cells = columns.map(({ width }, index) => {
    const cell = row[index] ?? ''
    const paragraphs = typeof cell === 'string' ? [{ text: cell }] : cell
    return sheet.set(paragraphs.map((paragraph) => ({ size: cellSize, ...paragraph })), width - padX * 2)
  })
  return { cells, height: Math.max(...cells.map(heightOf)) + padY * 2 }
}

/** Column heads, 中文 over English, on a tint. */
export function drawHead(sheet: Sheet, columns: readonly Column[], x: number, y: number): number {
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  sheet.box({ x, y, width, height: headHeight }, { fill: '#eef0f3' })
  let left = x
  for (const { label: [zh, en], width: columnWidth } of columns) {
    const [first, second] = [zh, en].map((text) => sheet.oneLine({ text, size: 6, width: columnWidth - padX * 2, smallest: 4.4 }))
    if (first !== undefined) sheet.line({ ...first, color: '#4a4f57' }, left + padX, y + 7.8)
    if (second !== undefined) sheet.line({ ...second, color: '#4a4f57' }, left + padX, y + 15.6)
    if (left > x) sheet.rule(left, y, left, y + headHeight)
    left += columnWidth
  }
  return y + headHeight
}

/** The content of one row from y down; rules are the caller's business. */
export function drawCells(sheet: Sheet, columns: readonly Column[], cells: SetRow['cells'], x: number, y: number): void {
  let left = x
  for (const [index, { width, align = 'left' }] of columns.entries()) {
    sheet.lines(cells[index] ?? [], left + padX, y + padY, { align, width: width - padX * 2 })
    left += width
  }
}

/** A row in its frame. */
export function drawRow(sheet: Sheet, columns: readonly Column[], row: SetRow, x: number, y: number): number {
  drawCells(sheet, columns, row.cells, x, y)
  drawColumnRules(sheet, columns, x, y, y + row.height)
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  sheet.rule(x, y + row.height, x + width, y + row.height, { weight: 0.4, color: '#b4b8bf' })
  return y + row.height
}

/** The upright lines of a table, its sides included. */
export function drawColumnRules(sheet: Sheet, columns: readonly Column[], x: number, top: number, bottom: number): void {
  let left = x
  sheet.rule(left, top, left, bottom)
  for (const { width } of columns) {
    left += width
    sheet.rule(left, top, left, bottom)
  }
}

/** Where annex content stands; `turn` starts a new page and answers its first y. */
export interface Flow {
  y: number
  turn(): number
}

/** A table that runs on over pages, repeating its head. A row higher than a page is broken between lines. */
export function flowTable(sheet: Sheet, flow: Flow, columns: readonly Column[], rows: readonly Row[]): void {
  const x = page.left
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  if (flow.y + headHeight + 30 > page.bottom) flow.y = flow.turn()
  flow.y = drawHead(sheet, columns, x, flow.y)
  const turn = (): void => {
    sheet.rule(x, flow.y, x + width, flow.y)
    flow.y = drawHead(sheet, columns, x, flow.turn())
  }
  for (const row of rows) {
    let rest = setRow(sheet, columns, row)
    while (flow.y + rest.height > page.bottom) {
      const room = page.bottom - flow.y
      const splits = rest.height > 160 && room > 60
      if (!splits) {
        turn()
        if (flow.y + rest.height <= page.bottom) break
      }
      const [now, later] = splitRow(rest, page.bottom - flow.y)
      flow.y = drawRow(sheet, columns, now, x, flow.y)
      turn()
      rest = later
    }
    flow.y = drawRow(sheet, columns, rest, x, flow.y)
  }
  sheet.rule(x, flow.y, x + width, flow.y)
}

function splitRow({ cells }: SetRow, room: number): [SetRow, SetRow] {
  const now: (readonly SetLine[])[] = []
  const later: (readonly SetLine[])[] = []
  for (const lines of cells) {
    let used = padY * 2
    let count = 0
    for (const line of lines) {
      used += line.size * leading
      if (used > room) break
      count += 1
    }
    now.push(lines.slice(0, count))
    later.push(lines.slice(count))
  }
  const height = (part: readonly (readonly SetLine[])[]): number => Math.max(...part.map(heightOf)) + padY * 2
  return [{ cells: now, height: height(now) }, { cells: later, height: height(later) }]
}
