import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font, type Glyph, type GlyphRun } from 'fontkit'
import { openSubsetter } from './font-subset.ts'

/**
 * The two faces a bill is set in: Noto Sans SC, regular and bold (OFL-1.1; 27,000 Han characters, Latin, Greek, Cyrillic).
 * Read and parsed once per process. Text is laid one glyph after another by its advance width: no kerning and no substitution,
 * so that what is measured is what is drawn, and a bill costs milliseconds.
 */
export type Weight = 'regular' | 'bold'

/** Stands where the font has no sign for a character (the 下駄 mark of printers). The exact text is in the attached bill.json. */
export const missingSign = '〓'

export interface Face {
  /** Given to pdfkit's `registerFont`. */
  readonly font: Font
  widthOf(text: string, size: number): number
  has(codePoint: number): boolean
}

let opened: Readonly<Record<Weight, Face>> | null = null

export function faces(): Readonly<Record<Weight, Face>> {
  opened ??= { regular: openFace('400Regular'), bold: openFace('700Bold') }
  return opened
}

/** The text as it can be set: one line, no control characters, signs the font lacks replaced by their base letter or by 〓. */
export function printable(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const { regular } = faces()
  let out = ''
  for (const character of text.normalize('NFC').replace(/\s+/g, ' ')) {
    const codePoint = character.codePointAt(0) ?? 0
    if (isInvisible(codePoint)) continue
    out += regular.has(codePoint) ? character : inPlaceOf(character, regular)
  }
  return out
}

/** Lines of the text no wider than `width` points: breaks at blanks, around Han characters, and inside a word only when it must. */
export function wrap({ text, size, weight, width }: { text: string; size: number; weight: Weight; width: number }): string[] {
  const face = faces()[weight]
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  for (const piece of piecesOf(text)) {
    const pieceWidth = face.widthOf(piece.trimEnd(), size)
    if (lineWidth + pieceWidth <= width) {
      line += piece
      lineWidth += face.widthOf(piece, size)
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = ''
    lineWidth = 0
    if (pieceWidth <= width) {
      line = piece
      lineWidth = face.widthOf(piece, size)
      continue
    }
    for (const character of piece) {
      const characterWidth = face.widthOf(character, size)
      if (lineWidth + characterWidth > width && line !== '') {
        lines.push(line)
        line = ''
        lineWidth = 0
      }
      line += character
      lineWidth += characterWidth
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd())
  return lines.length > 0 ? lines : ['']
}

/** Cuts a text to one line of the width, with an ellipsis. */
export function ellipsize({ text, size, weight, width }: { text: string; size: number; weight: Weight; width: number }): string {
  const face = faces()[weight]
  if (face.widthOf(text, size) <= width) return text
  const room = width - face.widthOf('…', size)
  let kept = ''
  let keptWidth = 0
  for (const character of text) {
    keptWidth += face.widthOf(character, size)
    if (keptWidth > room) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

function openFace(style: '400Regular' | '700Bold'): Face {
  const path = createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans-sc/${style}/NotoSansSC_${style}.ttf`)
  const file = readFileSync(path)
  const parsed = create(file)
  const glyphs = new Map<number, Glyph>()
  const known = new Map<number, boolean>()
  const glyphFor = (codePoint: number): Glyph => {
    let glyph = glyphs.get(codePoint)
    if (glyph === undefined) {
      const { id, advanceWidth } = parsed.glyphForCodePoint(codePoint)
      glyph = { id, advanceWidth, codePoints: [codePoint] }
      glyphs.set(codePoint, glyph)
    }
    return glyph
  }
  const layout = (text: string): GlyphRun => {
    const run: Glyph[] = []
    let advanceWidth = 0
    for (const character of text) {
      const glyph = glyphFor(character.codePointAt(0) ?? 0)
      run.push(glyph)
      advanceWidth += glyph.advanceWidth
    }
    // pdfkit scales positions in place, so each run gets its own.
    return { glyphs: run, advanceWidth, positions: run.map((glyph) => ({ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 })) }
  }
  const font = Object.create(parsed, { layout: { value: layout }, createSubset: { value: openSubsetter(file) } }) as Font
  const { unitsPerEm } = parsed
  return {
    font,
    widthOf(text, size) {
      let width = 0
      for (const character of text) width += glyphFor(character.codePointAt(0) ?? 0).advanceWidth
      return (width * size) / unitsPerEm
    },
    has(codePoint) {
      let has = known.get(codePoint)
      if (has === undefined) known.set(codePoint, (has = parsed.hasGlyphForCodePoint(codePoint)))
      return has
    },
  }
}

/** Control, format, surrogate and private-use characters never reach paper. */
function isInvisible(codePoint: number): boolean {
  return /\p{C}/u.test(String.fromCodePoint(codePoint))
}

/** Letters that do not decompose into base and accent. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l', Ł: 'L', ı: 'i', İ: 'I', đ: 'd', Đ: 'D', ħ: 'h', Ħ: 'H', ŧ: 't', Ŧ: 'T', œ: 'oe', Œ: 'OE', ə: 'a', Ə: 'A',
}

function inPlaceOf(character: string, face: Face): string {
  const plain = plainLetters[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '')
  const fits = plain !== '' && [...plain].every((letter) => face.has(letter.codePointAt(0) ?? 0))
  return fits ? plain : missingSign
}

const han = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[\u{20000}-\u{3ffff}]/u
/** Signs that may not begin a line. */
const closing = '，。、；：？！）》」』】〉”’…,.;:?!)]}%'
/** Signs that may not end a line. */
const opening = '（《「『【〈“‘(['

/** The smallest parts between which a line may break; blanks stay with the part before them. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  let piece = ''
  let mayBreak = false
  for (const character of text) {
    const isHan = han.test(character)
    const glued = closing.includes(character) || (piece !== '' && opening.includes(piece.slice(-1))) || (piece.endsWith(',') && /\d/.test(character))
    if (piece !== '' && character !== ' ' && !glued && (mayBreak || isHan)) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
    mayBreak = isHan || character === ' ' || (mayBreak && closing.includes(character)) || (/[-/,;]/.test(character) && piece.length > 1)
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}
