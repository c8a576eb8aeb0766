import type { DraftContainer } from '@yidan/api/contract'
import type { UploadedFile } from '../../http/handlers.ts'
import { fault, warning, type Finding } from '../findings.ts'
import { containerFindings, repeatedFindings, type Surroundings } from '../rules/containers.ts'
import { plainNumber } from '../rules/typed.ts'
import { columnOf, headings, neededColumns, numberColumns, type Column } from './headings.ts'
import { readTable, type Sheet } from './read-table.ts'

export interface ListReport {
  readonly imported: readonly DraftContainer[]
  readonly refused: number
  /** The refused rows as read, to be mended by hand. */
  readonly refusedRows?: readonly { readonly row: number; readonly container: DraftContainer }[]
  readonly rows: number
  readonly findings: readonly Finding[]
}
interface Row {
  readonly line: number
  readonly container: DraftContainer
  readonly findings: readonly Finding[]
}
const containersPerBill = 200

/** Takes the good rows of a container list over and tells each bad one with all it has. `already` are the boxes of the draft so far. */
export async function importContainerList({ file, already, ...surroundings }: { file: UploadedFile; already: readonly DraftContainer[] } & Pick<Surroundings, 'seaLeg' | 'towardsEu'> & {
  /** Live bills of these boxes. */
  readonly liveBills: (containers: readonly string[]) => Promise<ReadonlyMap<string, string>>
}): Promise<ListReport> {
  const sheet = await readTable(file)
  const { columns, findings } = readHeadings(sheet)
  const [, ...body] = sheet.rows
  if (findings.some(({ severity }) => severity === 'fault')) return { imported: [], refused: body.length, rows: body.length, findings }
  if (body.length === 0) return { imported: [], refused: 0, rows: 0, findings: [...findings, fault('', 'no-rows', { row: 1 })] }

  const read = body.map(({ line, cells }) => readRow(line, cells, columns))
  const liveBillByContainer = await surroundings.liveBills(read.flatMap(({ container }) => plainNumber(container.number) ?? []))
  const repeated = repeatedFindings(
    [...already, ...read.map(({ container }) => container)],
    (index) => (index < already.length ? (already[index]?.number ?? '@another') : `row:${read[index - already.length]?.line ?? 0}`),
    (index) => `/rows/${read[index - already.length]?.line ?? 0}`,
  )
  const judged = read.map((row) => judge(row, repeated, { ...surroundings, liveBillByContainer }))
  return settle(judged, already.length, findings)
}

function settle(rows: readonly Row[], alreadyThere: number, findings: readonly Finding[]): ListReport {
  const imported: DraftContainer[] = []
  const told: Finding[] = [...findings]
  const refusedRows: { row: number; container: DraftContainer }[] = []
  for (const row of rows) {
    const isFaulty = row.findings.some(({ severity }) => severity === 'fault')
    const isOver = !isFaulty && alreadyThere + imported.length >= containersPerBill
    if (!isFaulty && !isOver) imported.push(row.container)
    else if (refusedRows.length < 1000) refusedRows.push({ row: row.line, container: row.container })
    told.push(...row.findings, ...(isOver ? [fault(`/rows/${row.line}`, 'row-over-limit', { row: row.line, detail: { max: containersPerBill } })] : []))
  }
  return { imported, refused: rows.length - imported.length, refusedRows, rows: rows.length, findings: told }
}

function readHeadings({ rows }: Sheet): { columns: ReadonlyMap<Column, number>; findings: Finding[] } {
  const columns = new Map<Column, number>()
  const findings: Finding[] = []
  const heading = rows[0]?.cells ?? []
  const line = rows[0]?.line ?? 1
  heading.forEach((text, index) => {
    if (text === '') return
    const column = columnOf(text)
    if (column === null) findings.push(warning('', 'heading-unknown', { row: line, column: text, value: text }))
    else if (columns.has(column)) findings.push(fault('', 'heading-twice', { row: line, column: text, detail: { what: text } }))
    else columns.set(column, index)
  })
  for (const column of neededColumns) {
    if (!columns.has(column)) findings.push(fault('', 'heading-missing', { row: line, detail: { what: `@${column}`, accepted: headings[column].slice(0, 4).join(', ') } }))
  }
  return { columns, findings }
}

function readRow(line: number, cells: readonly string[], columns: ReadonlyMap<Column, number>): Row {
  const findings: Finding[] = []
  const values = new Map<Column, string | number>()
  for (const [column, index] of columns) {
    const text = (cells[index] ?? '').trim()
    if (text === '') continue
    if (!numberColumns.includes(column)) {
      values.set(column, column === 'number' || column === 'sizeType' || column === 'sealNumber' ? text.normalize('NFKC').toUpperCase() : text)
      continue
    }
    const value = Number(text.normalize('NFKC').replaceAll(/(?<=\d),(?=\d{3}(\D|$))/g, '').replace(/\s*(kgs?|公斤|千克|件|m3|m³|cbm)$/i, ''))
    if (Number.isFinite(value)) values.set(column, value)
    else findings.push(fault(`/rows/${line}/${column}`, 'number-shape', { value: text }))
  }
  const goods = Object.fromEntries((['unNumber', 'imoClass', 'properShippingName', 'packingGroup'] as const).flatMap((column) => (values.has(column) ? [[column, String(values.get(column))]] : [])))
  for (const column of ['unNumber', 'imoClass', 'properShippingName', 'packingGroup'] as const) values.delete(column)
  const container = { ...(Object.fromEntries(values) as DraftContainer), ...(Object.keys(goods).length === 0 ? {} : { dangerousGoods: [withoutPrefix(goods)] }) }
  return { line, container, findings }
}

/** "UN 3481" is 3481. */
function withoutPrefix({ unNumber, ...rest }: Record<string, string>): NonNullable<DraftContainer['dangerousGoods']>[number] {
  return { ...rest, ...(unNumber === undefined ? {} : { unNumber: unNumber.replace(/^un\s*/i, '') }) }
}

function judge({ line, container, findings }: Row, repeated: readonly Finding[], surroundings: Surroundings): Row {
  const pointer = `/rows/${line}`
  const unreadable = new Set(findings.map((finding) => finding.pointer))
  const own = containerFindings(container, pointer, surroundings).filter((finding) => !unreadable.has(finding.pointer))
  const all = [...findings, ...own, ...repeated.filter((finding) => finding.pointer.startsWith(`${pointer}/`))]
  return { line, container, findings: all.map((finding) => ({ ...finding, row: line, column: finding.pointer.slice(pointer.length + 1).split('/').at(-1) ?? '' })) }
}
