/** What @types/pdfkit and fontkit do not say about themselves: only what this folder uses. */
declare namespace PDFKit.Mixins {
  interface PDFAttachmentOptions {
    /** PDF/A-3 AFRelationship. */
    relationship?: 'Source' | 'Data' | 'Alternative' | 'Supplement' | 'Unspecified'
  }
}

declare namespace PDFKit {
  /** The font in use, as pdfkit keeps it (0.20.2, pinned): read by sheet.ts, which writes text itself. */
  interface EmbeddedFont {
    readonly id: string
    ref(): unknown
    encode(text: string): readonly [codes: readonly string[], positions: readonly unknown[]]
  }
  interface PDFDocument {
    readonly _font: EmbeddedFont
    addContent(data: string): this
  }
  interface PDFPage {
    readonly fonts: Record<string, unknown>
  }
}

declare module 'fontkit' {
  export interface Glyph {
    readonly id: number
    readonly advanceWidth: number
    readonly codePoints: readonly number[]
  }
  export interface GlyphPosition {
    xAdvance: number
    yAdvance: number
    xOffset: number
    yOffset: number
    advanceWidth?: number
  }
  export interface GlyphRun {
    readonly glyphs: readonly Glyph[]
    readonly positions: GlyphPosition[]
    readonly advanceWidth: number
  }
  export interface Font {
    readonly postscriptName: string
    readonly unitsPerEm: number
    readonly ascent: number
    readonly descent: number
    readonly capHeight: number
    hasGlyphForCodePoint(codePoint: number): boolean
    glyphForCodePoint(codePoint: number): Glyph
    layout(text: string): GlyphRun
  }
  export function create(buffer: Uint8Array): Font
}
