import { sign, verify, type KeyObject } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { dirname } from 'node:path'
import { noHash, type Hash } from '../domain/index.ts'
import { sha256 } from '../signing/node-checks.ts'

/**
 * The append-only file behind the embedded ledger. Each line is `signature SP json LF`; the JSON names its position and the SHA-256 of
 * the JSON before it, so no line can be changed, dropped or moved, and the service key has signed each one.
 */
export interface Journal {
  /** Lines from the start, checked one by one. @throws JournalDamaged */
  lines(): AsyncIterable<JournalLine>
  /** Durable (fdatasync) when it resolves. A failed append leaves the file as it was. */
  append(records: readonly unknown[]): Promise<readonly Place[]>
  readLine(place: Place): Promise<JournalLine>
  /** Bytes of a last line that a crash left unfinished and that were cut off at opening; 0 if none. */
  readonly cutOff: number
  close(): Promise<void>
}

export interface JournalLine {
  readonly position: number
  readonly text: string
  readonly hash: Hash
  readonly signature: string
  readonly body: unknown
  readonly place: Place
}
export interface Place {
  readonly offset: number
  readonly length: number
}

/** The journal is not as it was written. The ledger does not start on it. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged'
  readonly line: number
  readonly fault: string

  constructor(line: number, fault: string) {
    super(`the ledger journal is damaged at line ${line}: ${fault}. Restore it from a backup; nothing was changed.`)
    this.line = line
    this.fault = fault
  }
}

interface Options {
  readonly path: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Opens the file, making it if need be, and cuts off a torn last line. Reading it (`lines`) must come before the first append. */
export async function openJournal({ path, privateKey, publicKey }: Options): Promise<Journal> {
  const file = await open(path, 'a+', 0o600)
  await syncFolder(dirname(path))
  const cutOff = await cutTornTail(file)
  let end = (await file.stat()).size
  let isDirty = false
  let last: { position: number; hash: Hash } = { position: -1, hash: noHash }

  async function* lines(): AsyncIterable<JournalLine> {
    for await (const { bytes, offset } of splitLines(path, end)) {
      const line = parseLine(bytes, offset, last.position + 2)
      if (!verifyLine(line, publicKey)) throw new JournalDamaged(last.position + 2, 'the service signature does not fit')
      const { position, prev } = line.body as { position?: unknown; prev?: unknown }
      if (position !== last.position + 1) throw new JournalDamaged(last.position + 2, 'the position is not the next one')
      if (prev !== last.hash) throw new JournalDamaged(last.position + 2, 'it does not continue the line before')
      last = { position: line.position, hash: line.hash }
      yield line
    }
  }

  /** What a failed append may have left goes before the next. */
  async function cutBack(): Promise<void> {
    await file.truncate(end)
    isDirty = false
  }

  async function append(records: readonly unknown[]): Promise<readonly Place[]> {
    let { position, hash } = last
    let offset = end
    const added = records.map((record) => {
      const text = JSON.stringify({ position: ++position, prev: hash, record })
      const signature = sign('sha256', Buffer.from(text, 'utf8'), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')
      const bytes = Buffer.from(`${signature} ${text}\n`, 'utf8')
      hash = sha256(text)
      const place: Place = { offset, length: bytes.length }
      offset += bytes.length
      return { bytes, place }
    })
    try {
      if (isDirty) await cutBack()
      isDirty = true
      await file.appendFile(Buffer.concat(added.map(({ bytes }) => bytes)))
      await file.datasync()
    } catch (error) {
      await cutBack().catch(() => undefined)
      throw error
    }
    isDirty = false
    end = offset
    last = { position, hash }
    return added.map(({ place }) => place)
  }

  async function readLine(place: Place): Promise<JournalLine> {
    const bytes = Buffer.alloc(place.length)
    await file.read(bytes, 0, place.length, place.offset)
    return parseLine(bytes.subarray(0, -1), place.offset, 0)
  }

  return { lines, append, readLine, cutOff, close: () => file.close() }
}

/** A new file is there after a power cut only when its folder has been written too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function parseLine(bytes: Buffer, offset: number, lineNumber: number): JournalLine {
  const content = bytes.toString('utf8')
  const space = content.indexOf(' ')
  const text = content.slice(space + 1)
  const body = parseJson(text)
  if (space < 0 || typeof body !== 'object' || body === null) throw new JournalDamaged(lineNumber, 'it cannot be read')
  return { position: Number((body as { position?: unknown }).position), text, hash: sha256(text), signature: content.slice(0, space), body, place: { offset, length: bytes.length + 1 } }
}

/** Whether the service signed this line. */
export function verifyLine({ text, signature }: Pick<JournalLine, 'text' | 'signature'>, publicKey: KeyObject): boolean {
  return verify('sha256', Buffer.from(text, 'utf8'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A crash may leave the last line without its end: nobody was told of it, so it goes. */
async function cutTornTail(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const chunk = Buffer.alloc(64 * 1024)
  for (let from = size; from > 0; ) {
    const start = Math.max(0, from - chunk.length)
    const { bytesRead } = await file.read(chunk, 0, from - start, start)
    const lineEnd = chunk.subarray(0, bytesRead).lastIndexOf(10)
    if (lineEnd >= 0) {
      const whole = start + lineEnd + 1
      if (whole < size) await file.truncate(whole)
      return size - whole
    }
    from = start
  }
  if (size > 0) await file.truncate(0)
  return size
}

async function* splitLines(path: string, end: number): AsyncIterable<{ bytes: Buffer; offset: number }> {
  if (end === 0) return
  let rest: Buffer = Buffer.alloc(0), offset = 0
  for await (const chunk of createReadStream(path, { end: end - 1, highWaterMark: 1024 * 1024 })) {
    let bytes = Buffer.concat([rest, chunk as Buffer])
    for (let cut = bytes.indexOf(10); cut >= 0; cut = bytes.indexOf(10)) {
      yield { bytes: bytes.subarray(0, cut), offset }
      offset += cut + 1
      bytes = bytes.subarray(cut + 1)
    }
    rest = bytes
  }
}
