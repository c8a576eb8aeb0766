import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'

/**
 * Whether two files printed by this renderer say the same on every page. Deflate may pack the same content into other bytes on
 * another machine, so streams are compared unpacked; everything outside streams must be the same text, but for lengths and
 * offsets, and the offsets must point where they say. A file with anything added, such as an incremental update, is not the same.
 */
export function samePages(one: Uint8Array, other: Uint8Array): boolean {
  const a = Buffer.from(one.buffer, one.byteOffset, one.length)
  const b = Buffer.from(other.buffer, other.byteOffset, other.length)
  if (a.equals(b)) return true
  const parts = takeApart(a)
  const others = takeApart(b)
  return parts !== null && others !== null && parts.length === others.length && parts.every((part, index) => part === others[index])
}

/** SHA-256 over what a file says, however it was packed; null when it is not of our form. */
export function contentHash(file: Uint8Array): string | null {
  const parts = takeApart(Buffer.from(file.buffer, file.byteOffset, file.length))
  return parts === null ? null : createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

const unpackedBytes = 16 * 2 ** 20

/** The file as a list of comparable texts, or null when it is not of the plain form that pdfkit writes. */
function takeApart(file: Buffer): string[] | null {
  const text = file.toString('latin1')
  const parts: string[] = []
  const offsets: number[] = []
  let budget = unpackedBytes
  let at = firstObject(text)
  parts.push(text.slice(0, at))
  for (;;) {
    const head = /^(\d{1,7}) 0 obj\n/.exec(text.slice(at, at + 20))
    if (head === null) break
    offsets[Number(head[1]) - 1] = at
    const end = text.indexOf('\nendobj\n', at)
    const stream = text.indexOf('\nstream\n', at)
    if (end < 0) return null
    if (stream < 0 || stream > end) {
      parts.push(text.slice(at, end))
      at = end + 8
      continue
    }
    const dictionary = text.slice(at, stream)
    const length = Number(/\/Length (\d{1,9})\n/.exec(dictionary)?.[1] ?? -1)
    const data = stream + 8
    const close = '\nendstream\nendobj\n'
    if (length < 0 || data + length > file.length) return null
    if (!text.startsWith(close, data + length)) return null
    const content = file.subarray(data, data + length)
    let unpacked: Buffer
    try {
      unpacked = dictionary.includes('/Filter /FlateDecode\n') ? inflateSync(content, { maxOutputLength: Math.max(1, budget) }) : content
    } catch {
      return null
    }
    budget -= unpacked.length
    if (budget < 0) return null
    parts.push(dictionary.replace(/\/Length \d{1,9}\n/, '/Length\n'), unpacked.toString('latin1'))
    at = data + length + close.length
  }
  const table = /^xref\n0 (\d{1,7})\n0000000000 65535 f \n((?:\d{10} 00000 n \n)*)(trailer\n<<\n[^%]*>>\n)startxref\n(\d{1,10})\n%%EOF\n$/.exec(text.slice(at))
  if (table === null) return null
  const [, size, rows = '', trailer = '', start] = table
  const stated = rows.split('\n').filter((row) => row !== '').map((row) => Number(row.slice(0, 10)))
  const inPlace = Number(size) === offsets.length + 1 && stated.length === offsets.length && stated.every((offset, index) => offset === offsets[index]) && Number(start) === at
  return inPlace ? [...parts, trailer] : null
}

function firstObject(text: string): number {
  const match = /(?:^|\n)(\d{1,7} 0 obj\n)/.exec(text.slice(0, 200))
  return match === null ? text.length : match.index + match[0].length - (match[1] ?? '').length
}
