import { expect } from 'chai'
import { aTail } from './tail.ts'
import type { LogEntry } from './types.ts'

const entry = (position: number, type: 'tracking-received' | 'bill-erased' = 'tracking-received'): LogEntry => ({ position, id: String(position), at: new Date(0), event: { type } as LogEntry['event'], about: [] })
const entries = (from: number, to: number): LogEntry[] => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index))
const positions = (found: readonly LogEntry[] | null): readonly number[] | null => found?.map(({ position }) => position) ?? null

describe('the tail of the log', () => {
  it('gives what comes after a position as long as it knows', () => {
    const tail = aTail(100)
    tail.add(entries(11, 20))
    expect(positions(tail.after(17, 10))).to.deep.equal([18, 19, 20])
    expect(positions(tail.after(10, 2))).to.deep.equal([11, 12])
    expect([tail.after(9, 10), tail.after(20, 10)], 'before it, and nothing there').to.deep.equal([null, null])
  })

  it('begins anew where something is missing or is no tracking event', () => {
    const tail = aTail(100)
    tail.add(entries(1, 5))
    tail.add(entries(7, 8))
    expect([tail.after(4, 10), positions(tail.after(6, 10))]).to.deep.equal([null, [7, 8]])
    tail.add([entry(9, 'bill-erased')])
    expect(tail.after(6, 10)).to.equal(null)
  })

  it('keeps what the views do not have yet, and a little behind', () => {
    const tail = aTail(10_000)
    for (let batch = 0; batch < 40; batch += 1) {
      tail.add(entries(batch * 100 + 1, (batch + 1) * 100))
      if (batch < 30) tail.passed(batch * 100)
    }
    expect(tail.after(2_899, 2_000)).to.have.length(1_101)
    expect(tail.after(2_500, 1)).to.have.length(1)
    expect(tail.after(1_000, 1), 'long in the views').to.equal(null)
  })

  it('never holds more than half above its size', () => {
    const tail = aTail(100)
    for (let batch = 0; batch < 10; batch += 1) tail.add(entries(batch * 60 + 1, (batch + 1) * 60))
    expect([positions(tail.after(599, 10)), tail.after(300, 10)]).to.deep.equal([[600], null])
  })
})
