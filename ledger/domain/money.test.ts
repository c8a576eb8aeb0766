import { expect } from 'chai'
import fc from 'fast-check'
import { Amount, convert, fromMinor, toMinor, type Amount as AmountText } from './money.ts'

describe('money', () => {
  it('goes to hundredths and back without loss', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), (minor) => toMinor(Amount.parse(fromMinor(minor))) === minor))
  })
  for (const bad of ['1', '1.0', '1.000', '01.00', '-1.00', '1e3', '1,000.00', ' 1.00', '']) it(`refuses "${bad}"`, () => { expect(Amount.safeParse(bad).success).to.equal(false) })
  it('adds what floating point cannot', () => { expect(fromMinor(toMinor('0.10') + toMinor('0.20'))).to.equal('0.30') })
  const conversions: [AmountText, string, string][] = [['100.00', '7.1234', '712.34'], ['0.01', '0.5', '0.01'], ['0.01', '0.49', '0.00'], ['105200.00', '7.0821', '745036.92'], ['1.00', '7', '7.00']]
  for (const [amount, rate, result] of conversions) it(`converts ${amount} at ${rate} to ${result}, half up`, () => { expect(convert({ amount, rate })).to.equal(result) })
})
