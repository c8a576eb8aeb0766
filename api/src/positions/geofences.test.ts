import { expect } from 'chai'
import { fencesAround, isInside } from './geofences.ts'

describe('geofences', () => {
  it('know the station, and the bonded zone beside it, by their edges', () => {
    const ids = (latitude: number, longitude: number): string[] => fencesAround({ latitude, longitude }).map(({ id }) => id)
    expect(ids(34.62, 112.45)).to.deep.equal(['luoyang-station'])
    expect(ids(34.66, 112.36)).to.deep.equal(['luoyang-bonded'])
    expect(ids(34.66, 112.38), 'just outside its eastern edge').to.deep.equal([])
    expect(ids(40, 100)).to.deep.equal([])
  })

  it('hold a polygon that is not convex by the even-odd rule', () => {
    const corners = [[0, 0], [0, 10], [10, 10], [10, 0], [5, 5]].map(([latitude = 0, longitude = 0]) => ({ latitude, longitude }))
    expect(isInside({ latitude: 2, longitude: 5 }, { corners })).to.equal(true)
    expect(isInside({ latitude: 5, longitude: 2 }, { corners }), 'in the notch').to.equal(false)
    expect(isInside({ latitude: 5, longitude: 8 }, { corners })).to.equal(true)
  })
})
