import { expect } from 'chai'
import fc from 'fast-check'
import { BillNumber, billNumber } from './bill-number.ts'
import { checkContainerNumber, ContainerNumber, withCheckDigit } from './container-number.ts'
import { CreditCode, creditCodeCheck } from './credit-code.ts'
import { Lei, leiCheck } from './lei.ts'

describe('container numbers (ISO 6346)', () => {
  for (const good of ['CSQU3054383', 'TBJU0012347', 'MSKU1234565', 'HLXU2008764', 'LYDU0000023', 'BICU1234565']) {
    it(`takes ${good}`, () => { expect(ContainerNumber.parse(good)).to.equal(good) })
  }
  it('names the digit that would fit', () => { expect(checkContainerNumber('CSQU3054384')).to.deep.equal({ ok: false, fault: 'check-digit', expected: '3' }) })
  it('marks remainder ten, which prints as 0', () => {
    for (const number of ['TBJU1000090', 'COSU1000080', 'TEXU0000000']) expect(checkContainerNumber(number)).to.deep.equal({ ok: true, remainderTen: true })
  })
  for (const bad of ['LYDU00O0018', 'CSQR3054383', 'CSQU305438', 'csqu3054383', 'CSQU30543833']) {
    it(`refuses the shape of ${bad}`, () => { expect(checkContainerNumber(bad)).to.deep.equal({ ok: false, fault: 'shape' }) })
  }
  it('finds every single wrong digit', () => {
    fc.assert(fc.property(fc.nat(999_999), fc.nat(5), fc.integer({ min: 1, max: 9 }), (serial, place, by) => {
      const good = withCheckDigit(`TBJU${String(serial).padStart(6, '0')}`)
      const digits = [...good]
      digits[4 + place] = String((Number(digits[4 + place]) + by) % 10)
      const check = checkContainerNumber(digits.join(''))
      // Remainder 0 and 10 share the digit 0: the one hole of the rule.
      return !check.ok || good.endsWith('0')
    }))
  })
})

describe('credit codes (GB 32100)', () => {
  for (const good of ['91410300MA3X1LG01Q', '91410300MA3X2TR022', '91410311MA3X3GF03R', '91410300MA3X4PW043', '91410300MA3X5XC05E']) {
    it(`takes ${good}`, () => { expect(CreditCode.parse(good)).to.equal(good) })
  }
  it('refuses every other check character', () => {
    const first = '91410300MA3X1LG01'
    for (const character of '0123456789ABCDEFGHJKLMNPQRTUWXY') expect(CreditCode.safeParse(first + character).success).to.equal(character === creditCodeCheck(first))
  })
  it('refuses letters the standard leaves out', () => { expect(CreditCode.safeParse('91410300MA3X1LGI1Q').success).to.equal(false) })
})

describe('LEI (ISO 17442)', () => {
  it('takes a real one and refuses its neighbour', () => {
    expect(Lei.safeParse('7LTWFZYICNSX8D621K86').success).to.equal(true)
    expect(Lei.safeParse('7LTWFZYICNSX8D621K87').success).to.equal(false)
  })
  it('completes eighteen characters', () => { expect(leiCheck('7LTWFZYICNSX8D621K')).to.equal('86') })
})

describe('bill numbers', () => {
  it('are refused for their shape, whatever was typed', () => {
    for (const text of ['', 'lylg2611000042k', '提单', 'LYLG2611000042', 'x'.repeat(40)]) expect(BillNumber.safeParse(text).error?.issues.map(({ code }) => code)).to.deep.equal(['invalid_format'])
  })
  it('fit a DCSA reference and carry their check character', () => {
    const number = billNumber({ prefix: 'LYLG', month: '2611', serial: 42 })
    expect(number).to.match(/^LYLG2611000042[0-9A-Z]$/)
    expect(number.length).to.be.at.most(20)
  })
  it('find every mistyped character', () => {
    fc.assert(fc.property(fc.nat(999_999), fc.integer({ min: 4, max: 13 }), fc.integer({ min: 1, max: 9 }), (serial, place, by) => {
      const typed = [...billNumber({ prefix: 'LYLG', month: '2611', serial })]
      typed[place] = String((Number(typed[place]) + by) % 10)
      return !BillNumber.safeParse(typed.join('')).success
    }))
  })
  it('find all but one in a hundred swaps of neighbours', () => {
    let swaps = 0, missed = 0
    for (let serial = 0; serial < 1_000_000; serial += 499) {
      const characters = [...billNumber({ prefix: 'LYLG', month: '2611', serial })]
      for (let place = 1; place < 14; place += 1) {
        const one = characters[place - 1] ?? '', other = characters[place] ?? ''
        if (one === other) continue
        const swapped = characters.with(place - 1, other).with(place, one).join('')
        swaps += 1
        if (BillNumber.safeParse(swapped).success) missed += 1
      }
    }
    expect(missed / swaps).to.be.below(0.01)
  })
})
