/**
 * Cuts a TrueType font down to the glyphs a bill uses. Works on the bytes of the file, so that each glyph is one slice instead of
 * being decoded and written anew for every bill. Glyphs keep the order in which they were first used: same text, same bytes.
 */
export interface FontSubset {
  /** The glyph's number in the subset. */
  includeGlyph(glyph: number): number
  /** The subset as a TrueType file. */
  encode(): Uint8Array
  /** pdfkit asks: this is not a CFF font. */
  readonly cff: undefined
}

export function openSubsetter(file: Buffer): () => FontSubset {
  const tables = tablesOf(file)
  const head = table(tables, 'head')
  const hhea = table(tables, 'hhea')
  const maxp = table(tables, 'maxp')
  const loca = table(tables, 'loca')
  const glyf = table(tables, 'glyf')
  const hmtx = table(tables, 'hmtx')
  const kept = ['cvt ', 'fpgm', 'prep'].flatMap((tag) => (tables.has(tag) ? [{ tag, data: table(tables, tag) }] : []))
  const wideOffsets = head.readInt16BE(50) === 1
  const metrics = hhea.readUInt16BE(34)

  const outlineOf = (glyph: number): Buffer => {
    const [from, to] = wideOffsets
      ? [loca.readUInt32BE(glyph * 4), loca.readUInt32BE(glyph * 4 + 4)]
      : [loca.readUInt16BE(glyph * 2) * 2, loca.readUInt16BE(glyph * 2 + 2) * 2]
    return glyf.subarray(from, to)
  }
  const metricOf = (glyph: number): { advance: number; bearing: number } =>
    glyph < metrics
      ? { advance: hmtx.readUInt16BE(glyph * 4), bearing: hmtx.readInt16BE(glyph * 4 + 2) }
      : { advance: hmtx.readUInt16BE((metrics - 1) * 4), bearing: hmtx.readInt16BE(metrics * 4 + (glyph - metrics) * 2) }

  return () => {
    const glyphs: number[] = [0]
    const numbers = new Map<number, number>([[0, 0]])
    const includeGlyph = (glyph: number): number => {
      let number = numbers.get(glyph)
      if (number === undefined) {
        number = glyphs.length
        glyphs.push(glyph)
        numbers.set(glyph, number)
      }
      return number
    }
    const encode = (): Uint8Array => {
      const outlines: Buffer[] = []
      const offsets = [0]
      let end = 0
      // Parts of composite glyphs join the list while it is walked.
      for (let index = 0; index < glyphs.length; index += 1) {
        const outline = withPartsRenumbered(outlineOf(glyphs[index] ?? 0), includeGlyph)
        const padding = Buffer.alloc(-outline.length & 3)
        outlines.push(outline, padding)
        end += outline.length + padding.length
        offsets.push(end)
      }
      const places = Buffer.alloc(offsets.length * 4)
      for (const [index, offset] of offsets.entries()) places.writeUInt32BE(offset, index * 4)
      const widths = Buffer.alloc(glyphs.length * 4)
      for (const [index, glyph] of glyphs.entries()) {
        const { advance, bearing } = metricOf(glyph)
        widths.writeUInt16BE(advance, index * 4)
        widths.writeInt16BE(bearing, index * 4 + 2)
      }
      return fileOf([
        { tag: 'head', data: changed(head, (copy) => copy.writeInt16BE(1, 50)) },
        { tag: 'hhea', data: changed(hhea, (copy) => copy.writeUInt16BE(glyphs.length, 34)) },
        { tag: 'maxp', data: changed(maxp, (copy) => copy.writeUInt16BE(glyphs.length, 4)) },
        { tag: 'loca', data: places },
        { tag: 'hmtx', data: widths },
        { tag: 'glyf', data: Buffer.concat(outlines) },
        ...kept,
      ])
    }
    return { includeGlyph, encode, cff: undefined }
  }
}

interface Table { readonly tag: string; readonly data: Buffer }

function tablesOf(file: Buffer): Map<string, Buffer> {
  const tables = new Map<string, Buffer>()
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const at = 12 + index * 16
    const offset = file.readUInt32BE(at + 8)
    tables.set(file.toString('latin1', at, at + 4), file.subarray(offset, offset + file.readUInt32BE(at + 12)))
  }
  return tables
}

function table(tables: ReadonlyMap<string, Buffer>, tag: string): Buffer {
  const data = tables.get(tag)
  if (data === undefined) throw new RangeError(`the font has no table ${tag}`)
  return data
}

function changed(data: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(data)
  change(copy)
  return copy
}

/** A composite glyph (an accented letter) names its parts by number. */
function withPartsRenumbered(outline: Buffer, includeGlyph: (glyph: number) => number): Buffer {
  if (outline.length < 10 || outline.readInt16BE(0) >= 0) return outline
  const copy = Buffer.from(outline)
  for (let at = 10, more = true; more;) {
    const flags = copy.readUInt16BE(at)
    copy.writeUInt16BE(includeGlyph(copy.readUInt16BE(at + 2)), at + 2)
    at += 4 + ((flags & 0x0001) !== 0 ? 4 : 2) + ((flags & 0x0008) !== 0 ? 2 : (flags & 0x0040) !== 0 ? 4 : (flags & 0x0080) !== 0 ? 8 : 0)
    more = (flags & 0x0020) !== 0
  }
  return copy
}

/** The TrueType wrapping: a directory sorted by tag, then the tables, each padded to four bytes and with its checksum. */
function fileOf(tables: readonly Table[]): Buffer {
  const sorted = [...tables].sort((a, b) => (a.tag < b.tag ? -1 : 1))
  const power = 2 ** Math.floor(Math.log2(sorted.length))
  const directory = Buffer.alloc(12 + sorted.length * 16)
  directory.writeUInt32BE(0x0001_0000, 0)
  directory.writeUInt16BE(sorted.length, 4)
  directory.writeUInt16BE(power * 16, 6)
  directory.writeUInt16BE(Math.log2(power), 8)
  directory.writeUInt16BE((sorted.length - power) * 16, 10)
  const parts: Buffer[] = [directory]
  let offset = directory.length
  for (const [index, { tag, data }] of sorted.entries()) {
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)])
    const at = 12 + index * 16
    directory.write(tag, at, 'latin1')
    directory.writeUInt32BE(checksum(padded), at + 4)
    directory.writeUInt32BE(offset, at + 8)
    directory.writeUInt32BE(data.length, at + 12)
    parts.push(padded)
    offset += padded.length
  }
  return Buffer.concat(parts)
}

function checksum(padded: Buffer): number {
  let sum = 0
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0
  return sum
}
