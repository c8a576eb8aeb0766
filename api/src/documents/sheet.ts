import PDFDocument from 'pdfkit'
import { ellipsize, faces, printable, wrap, type Weight } from './fonts.ts'

/** A4 in points, with the frame all pages keep to. */
export const page = { width: 595.28, height: 841.89, left: 30, right: 565.28, top: 28, bottom: 812 } as const
export const frameWidth = page.right - page.left

/** Three strengths of ink; no meaning hangs on colour, so that a black-and-white print says the same. */
export const ink = { text: '#111111', label: '#4a4f57', line: '#5a5f68', hair: '#b4b8bf', tint: '#eef0f3', seal: '#a61b1b' } as const

/** Words of a form field: 中文 and English. */
export type Label = readonly [zh: string, en: string]

export interface Paragraph {
  readonly text: string
  readonly weight?: Weight
  readonly size?: number
  readonly color?: string
}

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Text that did not fit its box, to be printed in full on an annex page. */
export interface Continuation {
  readonly label: Label
  readonly paragraphs: readonly Paragraph[]
}

export interface SetLine {
  readonly text: string
  readonly size: number
  readonly weight: Weight
  readonly color: string
}

/** A face inside one PDF: its name there, and characters as the glyph codes of its subset. */
interface Pen {
  readonly id: string
  readonly reference: unknown
  encode(text: string): string
}

export const bodySize = 7.6
const smallestSize = 5.6
/** Distance of baselines, in sizes of type. */
export const leading = 1.24

/**
 * The paper under the pen: text by baseline, rules, boxes. What does not fit a box is first set smaller, then cut with a pointer
 * to the annex and kept in `continuations`; nothing ever runs over a line.
 */
export class Sheet {
  readonly pdf: PDFKit.PDFDocument
  readonly continuations: Continuation[] = []
  readonly #pens = new Map<Weight, Pen>()
  /** Set when a character had to be printed as another one. */
  replaced = false

  constructor(options: PDFKit.PDFDocumentOptions) {
    this.pdf = new PDFDocument({ ...options, size: [page.width, page.height], margin: 0, autoFirstPage: false, bufferPages: true })
    const { regular, bold } = faces()
    this.pdf.registerFont('regular', regular.font as unknown as PDFKit.Mixins.PDFFontSource)
    this.pdf.registerFont('bold', bold.font as unknown as PDFKit.Mixins.PDFFontSource)
  }

  #pen(weight: Weight): Pen {
    const known = this.#pens.get(weight)
    if (known !== undefined) return known
    const font = this.pdf.font(weight)._font
    const codes = new Map<string, string>()
    const encode = (text: string): string => {
      let hex = ''
      for (const character of text) {
        let code = codes.get(character)
        if (code === undefined) codes.set(character, (code = font.encode(character)[0].join('')))
        hex += code
      }
      return hex
    }
    const pen = { id: font.id, reference: font.ref(), encode }
    this.#pens.set(weight, pen)
    return pen
  }

  clean(text: string): string {
    const clean = printable(text)
    if (clean !== text && clean !== text.normalize('NFC').replace(/\s+/g, ' ')) this.replaced = true
    return clean
  }

  /** One line of text whose baseline begins at (x, y). */
  line({ text, size, weight = 'regular', color = ink.text }: { text: string; size: number; weight?: Weight; color?: string }, x: number, y: number): void {
    if (text === '') return
    // Written straight into the content stream: pdfkit's own text() lays every line out twice and costs three times as much.
    const { pdf } = this
    const pen = this.#pen(weight)
    pdf.fillColor(color)
    const fonts = pdf.page.fonts as Record<string, unknown>
    fonts[pen.id] ??= pen.reference
    pdf.addContent(`BT\n1 0 0 -1 ${round(x)} ${round(y)} Tm\n/${pen.id} ${size} Tf\n<${pen.encode(text)}> Tj\nET`)
  }

  centered(line: { text: string; size: number; weight?: Weight; color?: string }, centre: number, y: number): void {
    this.line(line, centre - faces()[line.weight ?? 'regular'].widthOf(line.text, line.size) / 2, y)
  }

  rightAligned(line: { text: string; size: number; weight?: Weight; color?: string }, right: number, y: number): void {
    this.line(line, right - faces()[line.weight ?? 'regular'].widthOf(line.text, line.size), y)
  }

  /** The largest size, down to `smallest`, at which the text stays on one line; cut with an ellipsis if even that is too wide. */
  oneLine({ text, size, weight = 'regular', width, smallest = smallestSize }: { text: string; size: number; weight?: Weight; width: number; smallest?: number }): { text: string; size: number; weight: Weight; cut: boolean } {
    const clean = this.clean(text)
    const natural = faces()[weight].widthOf(clean, size)
    const fitted = natural <= width ? size : Math.max(smallest, Math.floor(((size * width) / natural) * 20) / 20)
    const set = ellipsize({ text: clean, size: fitted, weight, width: width + 0.01 })
    return { text: set, size: fitted, weight, cut: set !== clean }
  }

  /** Sets paragraphs to a width at a scale, ready to be drawn. */
  set(paragraphs: readonly Paragraph[], width: number, scale = 1): SetLine[] {
    const lines: SetLine[] = []
    for (const { text, weight = 'regular', size = bodySize, color = ink.text } of paragraphs) {
      const scaled = Math.max(smallestSize, Math.round(size * scale * 20) / 20)
      for (const line of wrap({ text: this.clean(text), size: scaled, weight, width })) lines.push({ text: line, size: scaled, weight, color })
    }
    return lines
  }

  /** Draws set lines downwards from y (the top of the first line); answers the y under the last. */
  lines(lines: readonly SetLine[], x: number, y: number, { align = 'left', width = 0 }: { align?: 'left' | 'right' | 'center'; width?: number } = {}): number {
    let top = y
    for (const line of lines) {
      const baseline = top + line.size * 0.96
      if (align === 'right') this.rightAligned(line, x + width, baseline)
      else if (align === 'center') this.centered(line, x + width / 2, baseline)
      else this.line(line, x, baseline)
      top += line.size * leading
    }
    return top
  }

  /** Paragraphs inside an area: smaller if need be, else cut and carried to the annex under `label`. */
  block(paragraphs: readonly Paragraph[], area: Area, label: Label): void {
    let lines: SetLine[] = []
    for (const scale of [1, 0.93, 0.86, 0.8, 0.74]) {
      lines = this.set(paragraphs, area.width, scale)
      if (heightOf(lines) <= area.height + 0.5) {
        this.lines(lines, area.x, area.y)
        return
      }
    }
    this.continuations.push({ label, paragraphs })
    const pointer: SetLine = { text: '… 续见附页 continued on the annex', size: smallestSize, weight: 'bold', color: ink.label }
    const room = area.height - pointer.size * leading
    const kept: SetLine[] = []
    let height = 0
    for (const line of lines) {
      height += line.size * leading
      if (height > room) break
      kept.push(line)
    }
    this.lines([...kept, pointer], area.x, area.y)
  }

  /** A framed form field: label on top, content under it. */
  field(label: Label, paragraphs: readonly Paragraph[], area: Area): void {
    this.box(area)
    this.label(label, area.x + 4, area.y + 8.2, area.width - 8)
    this.block(paragraphs, { x: area.x + 4, y: area.y + 11.4, width: area.width - 8, height: area.height - 13 }, label)
  }

  label([zh, en]: Label, x: number, y: number, width: number): void {
    const whole = this.oneLine({ text: `${zh}  ${en}`, size: 6, width, smallest: 4.6 })
    this.line({ ...whole, color: ink.label }, x, y)
  }

  box({ x, y, width, height }: Area, { fill, weight = 0.6 }: { fill?: string; weight?: number } = {}): void {
    if (fill !== undefined) this.pdf.rect(round(x), round(y), round(width), round(height)).fill(fill)
    this.pdf.lineWidth(weight).rect(round(x), round(y), round(width), round(height)).stroke(ink.line)
  }

  rule(x1: number, y1: number, x2: number, y2: number, { weight = 0.6, color = ink.line }: { weight?: number; color?: string } = {}): void {
    this.pdf.lineWidth(weight).moveTo(round(x1), round(y1)).lineTo(round(x2), round(y2)).stroke(color)
  }
}

export function heightOf(lines: readonly SetLine[]): number {
  return lines.reduce((height, line) => height + line.size * leading, 0)
}

/** Hundredths of a point: shorter content streams, the same on every machine. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
