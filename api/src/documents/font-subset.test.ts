import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { create } from 'fontkit'
import { openSubsetter } from './font-subset.ts'

describe('cutting a font down', () => {
  const file = readFileSync(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'))
  const whole = create(file)

  it('keeps each glyph’s width under its new number, composites with their parts', () => {
    const subset = openSubsetter(file)()
    const used = Array.from('洛阳 ABC éàü Ž 龘', (character) => whole.glyphForCodePoint(character.codePointAt(0) ?? 0))
    const numbers = used.map(({ id }) => subset.includeGlyph(id))
    const cut = create(Buffer.from(subset.encode())) as unknown as { getGlyph(id: number): { advanceWidth: number; path: { toSVG(): string } } }
    const source = whole as unknown as typeof cut
    for (const [index, { id, advanceWidth }] of used.entries()) {
      expect(cut.getGlyph(numbers[index] ?? 0).advanceWidth).to.equal(advanceWidth)
      expect(cut.getGlyph(numbers[index] ?? 0).path.toSVG()).to.equal(source.getGlyph(id).path.toSVG())
    }
  })

  it('gives the same bytes for glyphs used in the same order', () => {
    const open = openSubsetter(file)
    const one = open(), other = open()
    for (const id of [40, 7, 40, 900]) expect(one.includeGlyph(id)).to.equal(other.includeGlyph(id))
    expect(Buffer.from(one.encode()).equals(Buffer.from(other.encode()))).to.equal(true)
  })
})
