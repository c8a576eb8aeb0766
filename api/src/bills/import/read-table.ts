import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import readXlsxFile from 'read-excel-file/node'
import type { UploadedFile } from '../../http/handlers.ts'
import { Problem } from '../../http/problem.ts'
import { refuseBomb, ZipFault } from './zip-bounds.ts'

/** A sheet as text: `rows[0]` is the heading, `line` is the row as the sheet counts it. */
export interface Sheet {
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

export const rowLimit = 500
const columnLimit = 100
const cellLimit = 600

/** @throws Problem `unreadable-file`, `unknown-file-type` or `too-many-rows`; whatever comes in. */
export async function readTable(file: UploadedFile, limit = rowLimit): Promise<Sheet> {
  const { bytes } = file
  if (bytes.length === 0) throw new Problem('unreadable-file', { reason: 'empty' })
  const cells = isZip(bytes) ? await readXlsx(bytes) : readCsv(bytes, limit)
  const rows = cells.map((row, index) => ({ line: index + 1, cells: row })).filter(({ cells: row }) => row.some((cell) => cell !== ''))
  if (rows.length > limit + 1) throw new Problem('too-many-rows', { rows: rows.length - 1, limit })
  if (rows.some(({ cells: row }) => row.length > columnLimit || row.some((cell) => cell.length > cellLimit))) throw new Problem('unreadable-file', { reason: 'cells' })
  return { rows }
}

/** UTF-8 or UTF-16 by their marks, else UTF-8 if every byte fits, else GBK as Chinese Excel writes it. */
export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, 'utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(bytes, 'utf16be')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return iconv.decode(bytes, 'gb18030')
  }
}

function readCsv(bytes: Buffer, limit: number): string[][] {
  const text = textOf(bytes).replace(/^\ufeff/, '')
  if (text.includes('\0') || looksBinary(bytes)) throw new Problem('unknown-file-type', { allowed: ['csv', 'xlsx', 'json'] })
  try {
    // Reading stops soon after the limit: one row more than allowed is enough to know.
    return parse(text, { delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: false, trim: true, max_record_size: 200_000, to: limit * 2 + 2 })
  } catch (error) {
    throw new Problem('unreadable-file', { reason: error instanceof Error && 'code' in error ? String(error.code) : 'csv' })
  }
}

/** The separator that stands most often in the heading, outside quotes. */
function delimiterOf(text: string): string {
  const heading = (text.split(/\r?\n/).find((line) => line.trim() !== '') ?? '').replaceAll(/"[^"]*"/g, '')
  const candidates = [',', ';', '\t', '|'].map((mark) => ({ mark, count: heading.split(mark).length }))
  return candidates.reduce((best, candidate) => (candidate.count > best.count ? candidate : best)).mark
}

async function readXlsx(bytes: Buffer): Promise<string[][]> {
  try {
    refuseBomb(bytes)
    const rows = await readXlsxFile(bytes)
    return rows.map((row) => row.map((cell: unknown) => (cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString() : typeof cell === 'object' ? '' : String(cell as string | number | boolean).trim())))
  } catch (error) {
    throw new Problem('unreadable-file', { reason: error instanceof ZipFault ? error.code : 'xlsx' })
  }
}

function isZip(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))
}

function looksBinary(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 8).toString('latin1')
  return start.startsWith('%PDF') || start.startsWith('\xd0\xcf\x11\xe0') || start.startsWith('\x89PNG') || start.startsWith('\xff\xd8\xff') || start.startsWith('\x1f\x8b')
}
