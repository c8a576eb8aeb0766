import { expect } from 'chai'
import { momentIn, readTime } from './when.ts'

describe('a time in a list', () => {
  const shanghai = (text: string) => readTime(text, 'Asia/Shanghai')

  it('is read as people write it, in the zone of the file', () => {
    for (const text of ['2026-11-24 08:30', '2026/11/24 8:30', '2026.11.24 08:30:00', '2026年11月24日8时30分', '2026年11月24日 08:30', '202611240830', '20261124 083000', '２０２６-11-24 08：30']) expect(shanghai(text), text).to.deep.equal({ at: '2026-11-24T00:30:00.000Z' })
  })

  it('keeps its own offset where it has one', () => {
    for (const text of ['2026-11-24T01:30:00+01:00', '2026-11-24T00:30Z', '2026-11-24T01:30+0100']) expect(shanghai(text), text).to.deep.equal({ at: '2026-11-24T00:30:00.000Z' })
  })

  it('is none without a time of day, and when there is no such day', () => {
    expect(shanghai('2026-11-24')).to.deep.equal({ fault: 'time-without-clock' })
    for (const text of ['2026-02-30 08:00', '2026-11-24 24:30', '46350.35', 'yesterday', '24.11.2026 08:30', '']) expect(shanghai(text), text).to.deep.equal({ fault: 'time-shape' })
  })

  it('follows summer time: the hour that is left out is none, the hour that comes twice is the first', () => {
    expect(momentIn([2026, 7, 1, 12, 0], 'Europe/Warsaw')).to.deep.equal({ at: '2026-07-01T10:00:00.000Z' })
    expect(momentIn([2026, 12, 1, 12, 0], 'Europe/Warsaw')).to.deep.equal({ at: '2026-12-01T11:00:00.000Z' })
    expect(momentIn([2026, 3, 29, 2, 30], 'Europe/Warsaw')).to.deep.equal({ fault: 'time-not-there' })
    expect(momentIn([2026, 10, 25, 2, 30], 'Europe/Warsaw')).to.deep.equal({ at: '2026-10-25T00:30:00.000Z' })
  })
})
