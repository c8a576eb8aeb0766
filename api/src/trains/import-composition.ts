import { Wagons, type CompositionImport, type PlacedBox, type RunId, type Wagon } from '@yidan/api/contract'
import type { UploadedFile } from '../http/handlers.ts'
import { readTable, type Sheet } from '../bills/import/read-table.ts'
import { writeChange } from './changes.ts'
import type { Asking } from './desk.ts'
import { fault, isFault, warning, wordFinding, type Finding } from './findings.ts'
import { bothNames, listColumnOf, listColumns, neededColumns, wagonColumns, type ListColumn } from './list-columns.ts'
import { findingsFor, openForComposing } from './planning.ts'

type Cells = ReadonlyMap<ListColumn, string>
type Value = string | number | boolean
interface Row {
  readonly line: number
  readonly values: ReadonlyMap<ListColumn, Value>
}
interface Read {
  readonly wagons: readonly Wagon[]
  readonly rows: number
  readonly findings: readonly (Finding & { readonly row?: number; readonly column?: string })[]
  /** Row of the sheet by pointer: `/wagons/3`, `/wagons/3/boxes/0`. */
  readonly lines: ReadonlyMap<string, number>
}

/** A wagon list as the composition of a call: all or nothing, with every fault by row and column. @throws what composing throws, and Problem `unreadable-file`, `unknown-file-type`, `too-many-rows` */
export async function importComposition(asking: Asking, { run: id, call, revision, file }: { readonly run: RunId; readonly call: number; readonly revision: number; readonly file: UploadedFile }): Promise<CompositionImport> {
  const known = await openForComposing(asking, { run: id, call, revision })
  const { wagons, rows, findings, lines } = readList(await readTable(file))
  const judged = findings.some(isFault) || wagons.length === 0 ? [] : await findingsFor(asking, known, { call, wagons })
  const told = [...findings, ...judged.map((finding) => ({ ...finding, ...placeIn(lines, finding.pointer) }))].map(({ row, column, ...finding }) => ({ ...wordFinding(finding, asking.language), ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) }))
  const faults = told.filter(isFault)
  const warnings = told.filter((one) => !isFault(one))
  // What could not be read at all is no wagon list yet.
  if (faults.length > 0) return { saved: false, rows, wagons: Wagons.safeParse(wagons).data ?? [], faults, warnings, revision }
  const view = await writeChange({ asking, run: id, service: known.run.service, revision, change: { type: 'train-composed', call, wagons } })
  return { saved: true, rows, wagons: [...wagons], faults, warnings, revision: view.revision }
}

/** What the sheet says, one row a box; a row without a box is an empty wagon. */
export function readList(sheet: Sheet): Read {
  const { columns, findings } = readHeadings(sheet)
  const [, ...body] = sheet.rows
  if (findings.some(isFault)) return { wagons: [], rows: body.length, findings, lines: new Map() }
  if (body.length === 0) return { wagons: [], rows: 0, findings: [...findings, { ...fault({ pointer: '' }, 'no-rows'), row: 1 }], lines: new Map() }
  const told = [...findings]
  const rows = body.map(({ line, cells }): Row => {
    const found: Cells = new Map([...columns].map(([column, index]) => [column, (cells[index] ?? '').trim().normalize('NFKC')]))
    const read = readCells(found, line)
    told.push(...read.findings)
    return { line, values: read.values }
  })
  return { ...gather(rows, told), rows: body.length }
}

function readHeadings({ rows }: Sheet): { columns: ReadonlyMap<ListColumn, number>; findings: Read['findings'] } {
  const columns = new Map<ListColumn, number>()
  const findings: Read['findings'][number][] = []
  const row = rows[0]?.line ?? 1
  for (const [index, text] of (rows[0]?.cells ?? []).entries()) {
    if (text === '') continue
    const column = listColumnOf(text)
    if (column === null) findings.push({ ...warning({ pointer: '' }, 'heading-unknown', { what: text }), row, column: text })
    else if (columns.has(column)) findings.push({ ...fault({ pointer: '' }, 'heading-twice', { what: text }), row, column: text })
    else columns.set(column, index)
  }
  for (const column of neededColumns) if (!columns.has(column)) findings.push({ ...fault({ pointer: '' }, 'heading-missing', { what: bothNames(column) }), row })
  return { columns, findings }
}

function readCells(cells: Cells, row: number): { values: ReadonlyMap<ListColumn, Value>; findings: Read['findings'] } {
  const values = new Map<ListColumn, Value>()
  const findings: Read['findings'][number][] = []
  for (const [column, text] of cells) {
    if (text === '') continue
    const { kind, ...rest } = listColumns[column]
    if ('longest' in rest && text.length > rest.longest) findings.push({ ...fault({ pointer: `/rows/${row}/${column}` }, 'cell-too-long', { what: bothNames(column), longest: rest.longest }), row, column })
    else if (kind === 'text') values.set(column, column === 'type' || column === 'seal' ? text : column === 'unNumber' ? text.replace(/^un\s*/i, '') : text.toUpperCase())
    else if (kind === 'empty') values.set(column, /^(空|空箱|e|empty|y|yes|是|1|true)$/i.test(text))
    else {
      const number = Number(text.replaceAll(/(?<=\d),(?=\d{3}(\D|$))/g, ''))
      const value = kind === 'metres' ? Math.round(number * 1000) : column === 'setPoint' ? number : Math.round(number)
      const [minimum, maximum] = 'range' in rest ? rest.range : [-Infinity, Infinity]
      if (!Number.isFinite(number)) findings.push({ ...fault({ pointer: `/rows/${row}/${column}` }, 'cell-not-a-number', { what: bothNames(column) }, text), row, column })
      else if (value < minimum || value > maximum) findings.push({ ...fault({ pointer: `/rows/${row}/${column}` }, 'cell-out-of-range', { what: bothNames(column), minimum: kind === 'metres' ? minimum / 1000 : minimum, maximum: kind === 'metres' ? maximum / 1000 : maximum }, text), row, column })
      else values.set(column, value)
    }
  }
  return { values, findings }
}

/** Rows of one wagon stand together; the first says what the wagon is, the others may leave it out. */
function gather(rows: readonly Row[], told: Read['findings'][number][]): Omit<Read, 'rows'> {
  const wagons: { wagon: Omit<Wagon, 'boxes'>; boxes: PlacedBox[]; line: number }[] = []
  const lines = new Map<string, number>()
  const miss = (row: number, column: ListColumn): void => {
    const isTold = told.some((one) => one.row === row && one.column === column)
    if (!isTold) told.push({ ...fault({ pointer: `/rows/${row}/${column}` }, 'cell-missing', { what: bothNames(column) }), row, column })
  }
  for (const { line, values } of rows) {
    const number = textAt(values, 'wagon')
    if (number === '') {
      miss(line, 'wagon')
      continue
    }
    const known = wagons.find(({ wagon }) => wagon.number === number)
    if (known !== undefined && wagons.at(-1) !== known) told.push({ ...fault({ pointer: `/rows/${line}/wagon` }, 'wagon-torn-apart', { wagon: number }, number), row: line, column: 'wagon' })
    if (known === undefined) for (const column of wagonColumns) if (!values.has(column)) miss(line, column)
    const current = known ?? { wagon: { number, type: textAt(values, 'type') || '?', tareKg: numberAt(values, 'tareKg'), payloadKg: numberAt(values, 'payloadKg'), lengthMm: numberAt(values, 'lengthMm'), loadingFeet: numberAt(values, 'loadingFeet') }, boxes: [], line }
    if (known === undefined) lines.set(`/wagons/${wagons.push(current) - 1}`, line)
    else for (const column of wagonColumns) if (values.has(column) && values.get(column) !== known.wagon[column]) told.push({ ...fault({ pointer: `/rows/${line}/${column}` }, 'wagon-told-differently', { wagon: number, what: bothNames(column), row: known.line }), row: line, column })
    if (textAt(values, 'container') === '') continue
    for (const column of ['position', 'sizeType', 'grossKg'] as const) if (!values.has(column)) miss(line, column)
    lines.set(`/wagons/${wagons.indexOf(current)}/boxes/${current.boxes.push(boxIn(values)) - 1}`, line)
  }
  return { wagons: wagons.map(({ wagon, boxes }) => ({ ...wagon, boxes })), findings: told, lines }
}

function boxIn(values: Row['values']): PlacedBox {
  const setPoint = values.get('setPoint')
  return {
    position: numberAt(values, 'position'), container: textAt(values, 'container'), sizeType: textAt(values, 'sizeType'), grossKg: numberAt(values, 'grossKg'), empty: values.get('empty') === true,
    ...(values.has('seal') ? { seal: textAt(values, 'seal') } : {}), ...(values.has('unNumber') ? { unNumber: textAt(values, 'unNumber') } : {}), ...(typeof setPoint === 'number' ? { setPoint } : {}),
  }
}

function textAt(values: Row['values'], column: ListColumn): string {
  return String(values.get(column) ?? '')
}

function numberAt(values: Row['values'], column: ListColumn): number {
  const value = values.get(column)
  return typeof value === 'number' ? value : 1
}

/** The row and column of the sheet that a finding of the rules is about. */
function placeIn(lines: Read['lines'], pointer: string): { row?: number; column?: string } {
  const [, wagon, box, field] = /^(\/wagons\/\d+)(?:(\/boxes\/\d+))?(?:\/(\w+))?/.exec(pointer) ?? []
  const row = lines.get(`${wagon ?? ''}${box ?? ''}`)
  return { ...(row === undefined ? {} : { row }), ...(field === undefined ? {} : { column: field }) }
}
