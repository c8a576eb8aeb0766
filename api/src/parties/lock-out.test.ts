import { expect } from 'chai'
import { lockAfter } from './lock-out.ts'

const minutes = (failures: number): number => lockAfter(failures) / 60_000

describe('the lock after failed sign-ins', () => {
  it('comes with the eighth failure and doubles from then on, up to a day', () => {
    expect([1, 7].map(minutes)).to.deep.equal([0, 0])
    expect([8, 9, 10].map(minutes)).to.deep.equal([15, 30, 60])
    expect(minutes(1000)).to.equal(24 * 60)
  })
})
