import { expect } from 'chai'
import { isSoundText, mayHoldUnsoundText, nestsTooDeep, unsoundTexts } from './sound-text.ts'

describe('text that cannot be kept', () => {
  it('is NUL and half a character', () => {
    expect(isSoundText('洛阳 🚆')).to.equal(true)
    expect(isSoundText('a\u0000b')).to.equal(false)
    expect(isSoundText('a\ud83d')).to.equal(false)
  })

  it('is found wherever it stands, in names too', () => {
    const body = JSON.parse('{"a":["ok","\\ud800"],"b":{"\\u0000":1}}') as unknown
    expect(mayHoldUnsoundText(Buffer.from('{"a":"\\ud800"}'))).to.equal(true)
    expect(unsoundTexts(body)).to.deep.equal([['a', 1], ['b']])
  })

  it('is nesting that overflows whoever walks it; brackets inside text do not count', () => {
    expect(nestsTooDeep(Buffer.from('['.repeat(65)))).to.equal(true)
    expect(nestsTooDeep(Buffer.from('[[]]'.repeat(1000)))).to.equal(false)
    expect(nestsTooDeep(Buffer.from(JSON.stringify({ text: `"${'['.repeat(200)}\\"` })))).to.equal(false)
  })
})
