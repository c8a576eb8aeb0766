import { creditCodeCheck } from '@yidan/ledger'
import { expect } from 'chai'
import { creditCodeHelp, leiHelp, vatHelp } from './identifiers.ts'

const first17 = '91410300MA4XXXXX0'
const code = first17 + creditCodeCheck(first17)

describe('help while a company’s identifier is typed', () => {
  it('accepts a credit code with its check character, in small letters too', () => {
    expect(creditCodeHelp(code)).to.deep.equal({ is: 'good' })
    expect(creditCodeHelp(code.toLowerCase())).to.deep.equal({ is: 'good' })
  })

  it('names the check character that should stand there', () => {
    const wrong = first17 + (code.endsWith('0') ? '1' : '0')
    expect(creditCodeHelp(wrong)).to.deep.equal({ is: 'check', expected: code.slice(-1) })
  })

  it('tells at once of a letter that no credit code has', () => {
    expect(creditCodeHelp('9141O3')).to.deep.equal({ is: 'letter', found: 'O' })
    expect(creditCodeHelp('914103')).to.deep.equal({ is: 'typing' })
  })

  it('knows a wrong LEI and the shape of a VAT number', () => {
    expect(leiHelp('5493001KJTIIGC8Y1R12')).to.deep.equal({ is: 'good' })
    expect(leiHelp('5493001KJTIIGC8Y1R13')).to.deep.equal({ is: 'wrong' })
    expect(vatHelp('DE811234567')).to.deep.equal({ is: 'good' })
    expect(vatHelp('8112345678')).to.deep.equal({ is: 'wrong' })
  })
})
