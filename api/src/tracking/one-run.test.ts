import { expect } from 'chai'
import { etasOf } from './eta.ts'
import { estimate, journeyOf, type Journey, type ServiceFact, type ServiceState, type TimedLeg } from './journey.ts'
import { isOwnCall, oneRun } from './one-run.ts'
import type { BoxState, Sighting } from './rules.ts'
import { startState } from './rules.ts'
import { newService } from './service-journal.ts'
import { leftWithout } from './watching.ts'

const day = 86_400_000
/** Of the day on which the box's own train leaves. */
const at = (days: number): string => new Date(Date.UTC(2026, 10, 24) + days * day).toISOString()

/** A train from Luoyang to Hamburg in twelve days, and a box on it. */
const leg: TimedLeg = { number: 1, mode: 'rail', carrier: 'c', unit: 'X8155', services: ['X8155'], from: { name: null, code: 'CNLYA' }, to: { name: null, code: 'DEHAM' }, plannedDeparture: at(0), plannedArrival: at(12) }
const call = (code: ServiceFact['code'], days: number, place = code === 'DEPA' ? 'CNLYA' : 'DEHAM', created = days): ServiceFact => ({ eventID: `${code}${days}${place}${created}`, code, at: at(days), created: at(created), place: { name: null, code: place } })
const seen = (days: number, latitude: number, longitude: number): Sighting => ({ at: at(days), eventID: `p${days}`, place: { name: null, code: null }, latitude, longitude })
const [nearLuoyang, nearMoscow] = [[34.8, 110.5], [55.5, 37]] as const

const loaded = (on: number | null = -0.5): BoxState => ({ ...startState({ legs: [leg], seals: [] }), leg: 1, aboard: on !== null, movement: on === null ? 'GATED_IN' : 'LOADED', newest: { at: at(on ?? -5) } as never, legs: [{ number: 1, on: on === null ? null : at(on), off: null, service: on === null ? null : 'X8155' }] })
const journey = (told: Partial<ServiceState>, state = loaded()): Journey => journeyOf({ state, legs: [leg], services: new Map([['X8155', { facts: [], estimates: [], sightings: [], ...told }]]), destination: null })
const weekly = [-14, -7, 0, 7].map((days) => call('DEPA', days))

describe('one of several trains of a number that are on the way at once', () => {
  it('has not arrived when the train of the week before has', () => {
    const earlier = [...weekly, call('ARRI', -1.5), call('ARRI', 5.2)]
    expect(journey({ facts: earlier }).movement).to.equal('IN_TRANSIT')
    const own = journey({ facts: [...earlier, call('ARRI', 12.4)] })
    expect([own.movement, own.runs[0]?.arrival]).to.deep.equal(['ARRIVED', at(12.4)])
    const late = journey({ facts: [...earlier, call('ARRI', 16.9)] })
    expect(late.runs[0]?.arrival, 'late by most of a week').to.equal(at(16.9))
  })

  it('arrives when it does, as long as no other is known of', () => {
    expect(journey({ facts: [call('DEPA', 0), call('ARRI', 0.1)] }).movement).to.equal('ARRIVED')
    expect(journey({ facts: [call('DEPA', 0), call('ARRI', 40)] }).movement).to.equal('ARRIVED')
  })

  it('is where it should have come to by now, and not where the next one is that has just left', () => {
    const sightings = [seen(8, ...nearMoscow), seen(8.1, ...nearLuoyang)]
    expect(journey({ facts: weekly, sightings }).seen).to.include({ at: at(8) })
    expect(journey({ facts: weekly, sightings: [seen(8.1, ...nearLuoyang)] }).seen, 'nothing was heard of it').to.equal(null)
    // The one before is at its end, and said so.
    expect(journey({ facts: [...weekly, call('ARRI', 5)], sightings: [seen(5.5, 52, 60)] }).seen).to.include({ at: at(5.5) })
    expect(journey({ facts: weekly.slice(0, 3), sightings: [seen(1, ...nearMoscow), seen(1.1, ...nearLuoyang)] }).seen).to.include({ at: at(1.1) })
    expect(journey({ facts: [call('DEPA', 0)], sightings: [seen(1, ...nearMoscow)] }).seen, 'alone on the way').to.include({ at: at(1) })
  })

  it('comes when its sender says it comes, though the next one’s arrival was foretold after that', () => {
    const estimates = [call('ARRI', 13, 'DEHAM', 3), call('ARRI', 19.5, 'DEHAM', 8)]
    const { runs, next } = journey({ facts: weekly, estimates })
    expect(next).to.include({ code: 'ARRI', plannedAt: at(13) })
    expect(estimate(runs[0]!, 'ARRI', new Map([['X8155', { facts: weekly, estimates, sightings: [] }]]))).to.equal(at(13))
    expect(journey({ facts: weekly.slice(0, 3), estimates }).next, 'before the next one has left').to.include({ plannedAt: at(13) })
  })

  it('is the planned one for a box of which nobody said that it was loaded, not one that left while the box waited', () => {
    const daily = [-4, -3, -2, -1].map((days) => call('DEPA', days))
    expect(journey({ facts: daily }, loaded(null)).movement).to.equal('GATED_IN')
    const left = journey({ facts: [...daily, call('DEPA', 0.1)] }, loaded(null))
    expect([left.movement, left.runs[0]?.departure]).to.deep.equal(['IN_TRANSIT', at(0.1)])
    expect(journey({ facts: [call('DEPA', -1)] }, loaded(null)).movement, 'a day early, and no other known of').to.equal('IN_TRANSIT')
  })

  it('left without a box that waits when it left, not when the one of the day before did', () => {
    const left = (...days: number[]): string | null => leftWithout(leg, new Map([['X8155', { ...newService('X8155'), facts: days.map((one) => call('DEPA', one)) }]]))
    expect([left(-2.99, -1.99, -0.99), left(-1.99, -0.99, 0.2, 1.2), left(-0.99)]).to.deep.equal([null, at(0.2), at(-0.99)])
    const planned = (...days: number[]): string | null => leftWithout(leg, new Map([['X8155', { ...newService('X8155'), facts: [call('DEPA', -0.99)] }]]), days.map((one) => ({ from: leg.from, plannedDeparture: at(one) })))
    expect([planned(0, -7), planned(0, -1), planned(1)], 'one was planned for the day before').to.deep.equal([at(-0.99), null, at(-0.99)])
  })

  it('tells its own calls from those of the others', () => {
    const train = oneRun(leg, at(0), [...weekly, call('ARRI', 5)])
    const own = [call('DEPA', 0), call('ARRI', 12), call('DEPA', 6, 'RUMOW'), { ...call('DEPA', 6), place: { name: 'Nowhere', code: null } }]
    const others = [call('DEPA', 7), call('ARRI', 5), call('DEPA', 8, 'CNSIA'), call('DEPA', 6.5)]
    expect([own.map((one) => isOwnCall(train, one)), others.map((one) => isOwnCall(train, one))]).to.deep.equal([[true, true, true, true], [false, false, false, false]])
  })

  it('a ship is never two: its voyage has a number of its own', () => {
    const sea = { ...leg, mode: 'sea' } as const
    const { runs } = journeyOf({ state: loaded(), legs: [sea], services: new Map([['X8155', { facts: [...weekly, call('ARRI', 5)], estimates: [], sightings: [] }]]), destination: null })
    expect([runs[0]?.train, runs[0]?.arrival]).to.deep.equal([null, at(5)])
    expect(etasOf({ runs, seen: null, now: new Date(at(6)), timesOf: () => null, estimateOf: () => null })).to.deep.equal([])
  })
})
