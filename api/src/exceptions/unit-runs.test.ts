import { expect } from 'chai'
import { journeyOf, type ServiceFact, type TimedLeg } from '../tracking/journey.ts'
import { oneRun } from '../tracking/one-run.ts'
import { startState } from '../tracking/rules.ts'
import { newService } from '../tracking/service-journal.ts'
import type { Tracked } from '../tracking/view.ts'
import { lastWordOf, runsOf } from './unit-runs.ts'

/** Days after the train's planned departure, in UTC. */
const at = (days: number): string => new Date(Date.UTC(2026, 10, 24) + days * 86_400_000).toISOString()
const place = (code: string) => ({ name: null, code })
const call = (code: ServiceFact['code'], days: number, where: string): ServiceFact => ({ eventID: `${code}${days}`, code, at: at(days), created: at(days), place: place(where) })

describe('the runs of a train number', () => {
  it('are as many as there are trains, and boxes that join or leave on the way are on one of them', () => {
    const told = [call('DEPA', 0, 'CNLYA'), call('DEPA', 7, 'CNLYA')]
    const boxes = [
      aBox(['CNLYA', 0, 'DEHAM', 12], { on: -0.5, told }), aBox(['RUMOW', 8, 'DEHAM', 12.2], { on: null, told }), aBox(['CNLYA', 0.1, 'RUMOW', 8], { on: -0.4, told }),
      aBox(['CNLYA', 7, 'DEHAM', 19], { on: 6.5, told }), aBox(['CNLYA', 14, 'DEHAM', 26], { on: null, told }),
    ]
    expect(runsOf('X8155', boxes, new Map()).map(({ day, run }) => [day, run.departure])).to.deep.equal([['2026-11-24', at(0)], ['2026-12-01', at(7)], ['2026-12-08', null]])
  })

  it('never share a day: what is written of one would undo what is written of the other', () => {
    const boxes = [aBox(['CNLYA', 0, 'DEHAM', 12], { on: null, told: [] }), aBox(['CNLYA', 0.7, 'DEHAM', 12.7], { on: null, told: [] }), aBox(['CNZZZ', 0.2, 'RUMOW', 6], { on: null, told: [] })]
    expect(runsOf('X8155', boxes, new Map()).map(({ day }) => day)).to.deep.equal(['2026-11-24'])
  })

  it('are each heard of by their own reports, or not since the oldest that is kept', () => {
    const told = [call('DEPA', 0, 'CNLYA'), call('DEPA', 7, 'CNLYA')]
    const leg = aLeg(['CNLYA', 0, 'DEHAM', 12])
    const run = { plannedDeparture: leg.plannedDeparture, plannedArrival: leg.plannedArrival, departure: at(0), arrival: null, expected: null, from: leg.from, to: leg.to }
    const riding = { run, train: oneRun(leg, at(0), told) }
    const seen = (days: number, latitude: number, longitude: number) => ({ at: at(days), eventID: `seen ${days}`, place: { name: null, code: null }, latitude, longitude })
    const [nearLuoyang, nearMoscow] = [[34.8, 110.5], [55.5, 37]] as const
    expect(lastWordOf(riding, [seen(8, ...nearMoscow), seen(8.1, ...nearLuoyang)])).to.include({ at: at(8) })
    expect(lastWordOf(riding, [seen(8.1, ...nearLuoyang), seen(8.2, ...nearLuoyang)]), 'all of the next').to.deep.equal({ at: at(8.1), eventID: `left:${at(0)}`, place: leg.from })
    expect(lastWordOf(riding, [seen(-1, ...nearMoscow)]), 'of the one before').to.include({ at: at(0) })
    expect(lastWordOf(riding, [])).to.equal(null)
  })
})

type Way = readonly [from: string, departure: number, to: string, arrival: number]

function aLeg([from, departure, to, arrival]: Way): TimedLeg {
  return { number: 1, mode: 'rail', carrier: 'c', unit: 'X8155', services: ['X8155'], from: place(from), to: place(to), plannedDeparture: at(departure), plannedArrival: at(arrival) }
}

/** A box that waits where its train is to take it, or was loaded. */
function aBox(way: Way, { on, told }: { readonly on: number | null; readonly told: readonly ServiceFact[] }): Tracked {
  const legs = [aLeg(way)]
  const services = new Map([['X8155', { ...newService('X8155'), facts: told }]])
  const state = { ...startState({ legs, seals: [] }), aboard: on !== null, movement: on === null ? 'GATED_IN' : 'LOADED', newest: { at: at(on ?? way[1] - 1), rank: 0, eventID: 'e' }, legs: [{ number: 1, on: on === null ? null : at(on), off: null, service: on === null ? null : 'X8155' }] } as const
  return { box: { _id: 'TBJU5123003', state }, bill: { endedAt: null, title: null }, services, journey: journeyOf({ state, legs, services, destination: null }) } as unknown as Tracked
}
