import { expect } from 'chai'
import { ellipsize, faces, missingSign, printable, wrap } from './fonts.ts'

describe('setting text', () => {
  const widthOf = (text: string): number => faces().regular.widthOf(text, 8)

  it('keeps Chinese, Latin, Cyrillic and rare characters as they are', () => {
    for (const text of ['洛阳陆港多式联运', '龘靐齉爩㙍囍喆堃镕', 'Łódź'.slice(1, 2), 'Москва', 'São Paulo', '45G1']) expect(printable(text)).to.equal(text)
  })

  it('prints letters the font lacks by their base letter, and scripts it lacks by 〓', () => {
    expect(printable('Małaszewicze Iğdır Győr')).to.equal('Malaszewicze Igdir Gyor')
    expect(printable('부산')).to.equal(missingSign.repeat(2))
    expect(printable('a😀b')).to.equal(`a${missingSign}b`)
  })

  it('never lets control or direction characters onto paper', () => {
    expect(printable('a\u0000b\u202ec\u200bd\ne\tf')).to.equal('abcd e f')
  })

  it('breaks lines no wider than asked and loses nothing', () => {
    const texts = ['Donaudampfschiffahrtsgesellschaftskapitän', '洛阳陆港国际多式联运物流枢纽股份有限公司', 'a b c d e f g h i j k l m n o p q r s t u v w', 'PV modules 太阳能光伏组件, HS 854143', '9,999,999,999,999.99']
    for (const text of texts) {
      for (const width of [20, 47, 90, 300]) {
        const lines = wrap({ text, size: 8, weight: 'regular', width })
        for (const line of lines) expect(widthOf(line), line).to.be.at.most(width + 1e-9)
        expect(lines.join('').replace(/ /g, '')).to.equal(text.replace(/ /g, ''))
      }
    }
  })

  it('does not begin a line with a closing sign, nor break a figure at its comma', () => {
    expect(wrap({ text: '洛阳陆港，国际', size: 8, weight: 'regular', width: widthOf('洛阳陆港') + 1 })).to.deep.equal(['洛阳陆', '港，国际'])
    expect(wrap({ text: 'CNY 8,000,000.00', size: 8, weight: 'regular', width: widthOf('8,000,000.00') + 1 })).to.deep.equal(['CNY', '8,000,000.00'])
  })

  it('cuts one line with an ellipsis only when it must', () => {
    expect(ellipsize({ text: '洛阳', size: 8, weight: 'regular', width: 16 })).to.equal('洛阳')
    const cut = ellipsize({ text: '洛阳陆港国际', size: 8, weight: 'regular', width: 30 })
    expect(cut).to.match(/^洛.*…$/)
    expect(widthOf(cut)).to.be.at.most(30)
  })
})
