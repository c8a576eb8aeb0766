import { billNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { billInCode, billNumberHelp, boxHelp } from './scanned.ts'

const number = billNumber({ prefix: 'LYLG', month: '2611', serial: 42 })

describe('what was scanned', () => {
  it('is a bill when it is the address printed on one, with its piece of hash', () => {
    expect(billInCode(`https://yidan.example/v/${number}?h=0123456789abcdef`)).to.deep.equal({ number, hash: '0123456789abcdef' })
  })

  it('is a bill when it is its number, however it is spaced', () => {
    expect(billInCode(` ${number.slice(0, 4).toLowerCase()} ${number.slice(4)} `)).to.deep.equal({ number, hash: null })
    expect(billInCode('CSQU3054383')).to.equal(null)
  })
})

describe('help while a bill number is typed', () => {
  it('waits, then accepts or names the wrong check character', () => {
    expect(billNumberHelp('LYLG2611')).to.equal('typing')
    expect(billNumberHelp(number)).to.equal('good')
    expect(billNumberHelp(number.slice(0, -1) + (number.endsWith('A') ? 'B' : 'A'))).to.equal('wrong-check')
    expect(billNumberHelp('12')).to.equal('wrong-shape')
  })
})

describe('help while a box number is typed', () => {
  it('tells the check digit before it is typed, and when it is wrong', () => {
    expect(boxHelp('CSQU305438')).to.deep.equal({ is: 'last-digit', expected: '3' })
    expect(boxHelp('CSQU3054384')).to.deep.equal({ is: 'check-digit', expected: '3' })
    expect(boxHelp('csqu 305438-3')).to.deep.equal({ is: 'good' })
  })

  it('warns of the remainder ten and of a category that no freight box has', () => {
    expect(boxHelp('TBJU1000090')).to.deep.equal({ is: 'remainder-ten' })
    expect(boxHelp('CSQR3054383')).to.deep.equal({ is: 'category' })
  })

  it('tells a digit among the letters', () => {
    expect(boxHelp('CS0U3054383')).to.deep.equal({ is: 'letters' })
  })

  it('says nothing of a code that is no box number', () => {
    expect(boxHelp('7Q4K-99ZX-1')).to.deep.equal({ is: 'other' })
    expect(boxHelp('')).to.deep.equal({ is: 'empty' })
  })
})
