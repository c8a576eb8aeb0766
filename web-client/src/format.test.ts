import { expect } from 'chai'
import { day, dayAndTime, kilograms, localAsPlanned, money, relative, short, thousands } from './format.ts'

describe('How figures and moments are written', () => {
  it('separates thousands in numbers, weights and money without losing a cent', () => {
    expect(thousands(1234567)).to.equal('1,234,567')
    expect(kilograms(999)).to.equal('999 kg')
    expect(kilograms(30480)).to.equal('30,480 kg')
    expect(money('9007199254740993.07', 'CNY')).to.equal('CNY 9,007,199,254,740,993.07')
  })

  it('writes a day as 2026-11-24', () => {
    const noon = new Date(2026, 10, 24, 12, 5)
    expect(day(noon)).to.equal('2026-11-24')
    expect(dayAndTime(noon)).to.equal('2026-11-24 12:05')
  })

  it('keeps the wall clock of the place where a train leaves', () => {
    expect(localAsPlanned('2027-01-04T09:00:00-03:00')).to.equal('2027-01-04 09:00 -03:00')
    expect(localAsPlanned('2026-11-24T20:00:00Z')).to.equal('2026-11-24 20:00 UTC')
    expect(localAsPlanned('soon')).to.equal('soon')
  })

  it('says how long ago in both languages', () => {
    const now = Date.parse('2026-11-24T12:00:00Z')
    expect(relative('2026-11-24T10:00:00Z', now, 'en')).to.equal('2 hours ago')
    expect(relative('2026-11-24T10:00:00Z', now, 'zh-CN')).to.equal('2小时前')
    expect(relative('2026-11-27T12:00:00Z', now, 'en')).to.equal('in 3 days')
    expect(relative('2026-11-24T11:59:30Z', now, 'en')).to.equal('now')
  })

  it('shortens a hash so that both ends can be compared', () => {
    expect(short('a'.repeat(58) + 'bcdefg')).to.equal('aaaaaaaa…bcdefg')
    expect(short('LY700000')).to.equal('LY700000')
  })
})
