import { expect } from 'chai'
import { ahead } from '../../clock.ts'
import { recentWord, remembersFor, rememberWord } from './recent-words.ts'

describe('what the ledger said at the gate a moment ago', () => {
  const asOf = '2026-11-24T04:00:00.000Z', now = Date.parse(asOf)
  it('is told again for ten minutes, and not longer', () => {
    rememberWord('CSQU3054383', { word: 'RELEASE', asOf })
    expect(recentWord('CSQU3054383', now + remembersFor)).to.deep.equal({ word: 'RELEASE', asOf })
    expect(recentWord('CSQU3054383', now + remembersFor + 1)).to.equal(null)
    expect(recentWord('TBJU1234567', now)).to.equal(null)
  })
  it('is as old as the platform says, on a phone whose clock is wrong', () => {
    const told = new Date(Date.now() + 3_600_000).toISOString()
    rememberWord('CSQU3054383', { word: 'RELEASE', asOf: told })
    ahead.value = 3_600_000
    expect(recentWord('CSQU3054383')?.word).to.equal('RELEASE')
    ahead.value = 3_600_000 + remembersFor + 60_000
    expect(recentWord('CSQU3054383')).to.equal(null)
    ahead.value = 0
  })
  it('is the last one, and of the last five hundred codes', () => {
    rememberWord('CSQU3054383', { word: 'HOLD', asOf })
    expect(recentWord('CSQU3054383', now)?.word).to.equal('HOLD')
    for (let serial = 0; serial < 500; serial += 1) rememberWord(`code ${serial}`, { word: 'HOLD', asOf })
    expect(recentWord('CSQU3054383', now)).to.equal(null)
  })
})
