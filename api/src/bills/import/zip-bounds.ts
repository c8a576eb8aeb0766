import { inflateRawSync } from 'node:zlib'

export class ZipFault extends Error {
  override readonly name = 'ZipFault'
  readonly code: 'zip-damaged' | 'zip-too-large' | 'zip-not-a-sheet'

  constructor(code: ZipFault['code']) {
    super(code)
    this.code = code
  }
}

const mostEntries = 200
const mostUnpacked = 24 * 2 ** 20

/**
 * Refuses a workbook that would unpack into more than a container list can be, before any library unpacks it. Sizes stated in the
 * archive are not believed: each entry is unpacked with a bound and thrown away.
 * @throws ZipFault
 */
export function refuseBomb(bytes: Buffer): void {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end + 22 > bytes.length) throw new ZipFault('zip-damaged')
  const entries = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  let budget = mostUnpacked
  let isSheet = false
  if (entries > mostEntries) throw new ZipFault('zip-too-large')
  for (let index = 0; index < entries; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new ZipFault('zip-damaged')
    const method = bytes.readUInt16LE(at + 10), packed = bytes.readUInt32LE(at + 20), nameLength = bytes.readUInt16LE(at + 28)
    const local = bytes.readUInt32LE(at + 42)
    isSheet ||= bytes.toString('utf8', at + 46, at + 46 + nameLength) === 'xl/workbook.xml'
    budget -= unpackedSize(bytes, { local, packed, method, budget })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  if (!isSheet) throw new ZipFault('zip-not-a-sheet')
}

function unpackedSize(bytes: Buffer, { local, packed, method, budget }: { local: number; packed: number; method: number; budget: number }): number {
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50) throw new ZipFault('zip-damaged')
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  if (start + packed > bytes.length) throw new ZipFault('zip-damaged')
  if (method === 0) {
    if (packed > budget) throw new ZipFault('zip-too-large')
    return packed
  }
  if (method !== 8) throw new ZipFault('zip-damaged')
  try {
    return inflateRawSync(bytes.subarray(start, start + packed), { maxOutputLength: Math.max(1, budget) }).length
  } catch (error) {
    throw new ZipFault(error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'zip-too-large' : 'zip-damaged')
  }
}
