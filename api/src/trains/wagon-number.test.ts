import { expect } from 'chai'
import fc from 'fast-check'
import { checkWagonNumber, wagonCheckDigit } from './wagon-number.ts'

describe('a wagon’s number', () => {
  it('says by its length which gauge the wagon runs on', () => {
    expect(checkWagonNumber('5240123')).to.deep.equal({ ok: true, gauge: 1435 })
    expect(checkWagonNumber(`9401234${wagonCheckDigit('9401234')}`)).to.deep.equal({ ok: true, gauge: 1520 })
    // The example everybody gives for UIC 438-2: 21 81 2471 217-3.
    expect(checkWagonNumber('218124712173')).to.deep.equal({ ok: true, gauge: 1435 })
  })

  it('is refused with the digit it should end in', () => {
    expect(checkWagonNumber('218124712174')).to.deep.equal({ ok: false, fault: 'check-digit', expected: '3' })
  })

  it('is refused when it has another length, or letters', () => {
    for (const text of ['', '524012', '524012345', '52401A3', '5240123 ', '２１８１２４７']) expect(checkWagonNumber(text), text).to.deep.equal({ ok: false, fault: 'shape' })
  })

  it('shows every single wrong digit', () => {
    fc.assert(fc.property(fc.stringMatching(/^\d{7}$/), fc.nat(7), fc.integer({ min: 1, max: 9 }), (seven, at, by) => {
      const right = seven + wagonCheckDigit(seven)
      const wrong = right.slice(0, at) + String((Number(right.charAt(at)) + by) % 10) + right.slice(at + 1)
      expect(checkWagonNumber(right).ok).to.equal(true)
      expect(checkWagonNumber(wrong).ok).to.equal(false)
    }))
  })
})
