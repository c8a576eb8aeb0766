import { expect } from 'chai'
import { legsOfCalls } from './calls.ts'

const call = (place: string, actualArrival: string | null, actualDeparture: string | null) => ({ place, code: null, plannedArrival: null, plannedDeparture: null, actualArrival, actualDeparture })

describe('the way of a train', () => {
  it('goes from call to call, done behind it and waiting ahead', () => {
    const legs = legsOfCalls({ mode: 'rail', calls: [call('洛阳', null, '2026-11-24T12:00:00.000Z'), call('郑州', '2026-11-24T15:00:00.000Z', '2026-11-24T16:00:00.000Z'), call('青岛', null, null), call('釜山', null, null)] })
    expect(legs.map(({ from, to, progress }) => [from, to, progress])).to.deep.equal([['洛阳', '郑州', 'done'], ['郑州', '青岛', 'under-way'], ['青岛', '釜山', 'waiting']])
  })

  it('is nothing for a train that calls at one place only', () => {
    expect(legsOfCalls({ mode: 'rail', calls: [call('洛阳', null, null)] })).to.deep.equal([])
  })
})
