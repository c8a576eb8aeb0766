import { inflateSync } from 'node:zlib'
import { PDFArray, PDFDict, PDFDocument, PDFHexString, PDFName, PDFRawStream, PDFString, type PDFObject } from 'pdf-lib'

/** Why nothing could be taken out of a file. */
export type AttachmentFault = 'file-too-large' | 'not-a-pdf' | 'pdf-encrypted' | 'pdf-damaged' | 'pdf-saved-anew' | 'pdf-ambiguous' | 'attachment-missing' | 'attachment-damaged' | 'attachment-too-large'

/** The file cannot be read as a bill's PDF; `code` says why. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly code: AttachmentFault

  constructor(code: AttachmentFault, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

const mebi = 2 ** 20
export const limits = { fileBytes: 8 * mebi, attachmentBytes: 4 * mebi, nameTreeNodes: 200 } as const

export interface Attachments {
  /** The canonical document, byte for byte as embedded. */
  readonly bill: Uint8Array
  /** Null in a draft. */
  readonly seal: Uint8Array | null
}

/**
 * Takes `bill.json` and `seal.json` out of a PDF that anybody may have sent. Sizes are bounded before anything is unpacked, so a
 * hostile file costs milliseconds and ends in an `UnreadableFile` with a code.
 */
export async function readAttachments(bytes: Uint8Array): Promise<Attachments> {
  if (bytes.length > limits.fileBytes) throw new UnreadableFile('file-too-large')
  if (!looksLikePdf(bytes)) throw new UnreadableFile('not-a-pdf')
  refusePackedObjects(bytes)
  const files = embeddedFiles(await parse(bytes))
  const bill = files.get('bill.json')
  if (bill === undefined) throw new UnreadableFile('attachment-missing')
  const seal = files.get('seal.json')
  return { bill: contentOf(bill), seal: seal === undefined ? null : contentOf(seal) }
}

export function looksLikePdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('%PDF-')
}

async function parse(bytes: Uint8Array): Promise<PDFDocument> {
  try {
    return await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true, parseSpeed: Infinity })
  } catch (error) {
    const encrypted = error instanceof Error && error.message.includes('encrypted')
    throw new UnreadableFile(encrypted ? 'pdf-encrypted' : 'pdf-damaged', { cause: error })
  }
}

/**
 * Our files hold every object in the open. Other software, saving a file anew, packs objects into compressed streams, which the
 * parser unpacks without a bound; such a file is refused, and so are spellings that would hide one (`/Obj#53tm`).
 */
function refusePackedObjects(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const packed = /\/(?:ObjStm|XRef)(?![0-9A-Za-z])/
  if (packed.test(text)) throw new UnreadableFile('pdf-saved-anew')
  for (const [name] of text.matchAll(/\/[^\s/<>[\](){}%#]{0,12}#[0-9A-Fa-f]{2}[^\s/<>[\](){}%]{0,36}/g)) {
    if (packed.test(name.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))) throw new UnreadableFile('pdf-saved-anew')
  }
}

/** Streams of the EmbeddedFiles name tree by file name. */
function embeddedFiles({ catalog }: PDFDocument): Map<string, PDFRawStream> {
  const found = new Map<string, PDFRawStream>()
  try {
    const tree = catalog.lookupMaybe(PDFName.of('Names'), PDFDict)?.lookupMaybe(PDFName.of('EmbeddedFiles'), PDFDict)
    const open: PDFDict[] = tree === undefined ? [] : [tree]
    const seen = new Set<PDFObject>()
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue
      seen.add(node)
      if (seen.size > limits.nameTreeNodes) throw new UnreadableFile('pdf-ambiguous')
      const kids = node.lookupMaybe(PDFName.of('Kids'), PDFArray)
      for (let index = 0; index < (kids?.size() ?? 0) && index < limits.nameTreeNodes; index += 1) open.push(kids?.lookup(index, PDFDict) ?? node)
      const names = node.lookupMaybe(PDFName.of('Names'), PDFArray)
      for (let index = 1; index < (names?.size() ?? 0) && index < limits.nameTreeNodes * 2; index += 2) {
        const entry = fileOf(names?.lookup(index))
        if (entry === null) continue
        // Two files of one name: which of them a reader shows is anybody's guess.
        if (found.has(entry.name)) throw new UnreadableFile('pdf-ambiguous')
        found.set(entry.name, entry.stream)
      }
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile('pdf-damaged', { cause: error })
  }
  return found
}

function fileOf(specification: PDFObject | undefined): { name: string; stream: PDFRawStream } | null {
  if (!(specification instanceof PDFDict)) return null
  const name = specification.lookup(PDFName.of('UF')) ?? specification.lookup(PDFName.of('F'))
  const stream = specification.lookupMaybe(PDFName.of('EF'), PDFDict)?.lookup(PDFName.of('F'))
  if (!(name instanceof PDFString || name instanceof PDFHexString) || !(stream instanceof PDFRawStream)) return null
  return { name: name.decodeText(), stream }
}

function contentOf({ dict, contents }: PDFRawStream): Uint8Array {
  const filter = dict.lookup(PDFName.of('Filter'))
  const name = filter instanceof PDFArray && filter.size() === 1 ? filter.lookup(0) : filter
  if (name === undefined) {
    if (contents.length > limits.attachmentBytes) throw new UnreadableFile('attachment-too-large')
    return contents
  }
  if (name !== PDFName.of('FlateDecode')) throw new UnreadableFile('attachment-damaged')
  return inflate(contents, limits.attachmentBytes, 'attachment-too-large')
}

function inflate(data: Uint8Array, maxOutputLength: number, tooLarge: AttachmentFault): Uint8Array {
  if (maxOutputLength < 1) throw new UnreadableFile(tooLarge)
  try {
    return inflateSync(data, { maxOutputLength })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new UnreadableFile(code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge : 'attachment-damaged', { cause: error })
  }
}
