import { expect } from 'chai'
import { canonicalJson } from './canonical-json.ts'

describe('canonical JSON (RFC 8785)', () => {
  it('orders keys by UTF-16 code units, whatever order they came in', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\u0080': 5, '\u00f6': 6, '\ufb33': 7, '10': 8, '9': 9 })).to.equal('{"\\r":2,"1":3,"10":8,"9":9,"\u0080":5,"ö":6,"€":1,"😀":4,"\ufb33":7}')
  })
  it('writes numbers as ECMAScript does', () => { expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0])).to.equal('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]') })
  it('keeps text that only looks like an escape', () => { expect(canonicalJson('\\ud800')).to.equal('"\\\\ud800"') })
  for (const [what, value] of [['undefined', undefined], ['NaN', NaN], ['Infinity', [Infinity]], ['a bigint', 1n], ['half a surrogate pair', { name: '\ud83d' }], ['a lone low surrogate', '\udc00']] as const) {
    it(`refuses ${what}`, () => { expect(() => canonicalJson(value)).to.throw(Error) })
  }
})
