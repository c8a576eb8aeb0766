import { expect } from 'chai'
import { amountOf } from './amount.ts'

describe('An amount as people type it', () => {
  it('is taken with or without separators and cents', () => {
    expect(amountOf('5600000')).to.equal('5600000.00')
    expect(amountOf(' 5,600,000.5 ')).to.equal('5600000.50')
    expect(amountOf('0012.30')).to.equal('12.30')
    expect(amountOf('0.01')).to.equal('0.01')
  })

  it('is refused when it is none, negative or finer than a cent', () => {
    for (const typed of ['', 'abc', '-5', '1.234', '1e6', '12345678901234.00', ',']) expect(amountOf(typed), typed).to.equal(null)
  })
})
