import { expect } from 'chai'
import { etasOf, type RideTimes } from '../../api/src/tracking/eta.ts'
import { quantilesOf } from '../../api/src/tracking/corridors.ts'
import type { LegRun, TimedLeg } from '../../api/src/tracking/journey.ts'
import type { Sighting } from '../../api/src/tracking/rules.ts'
import { openCorridorStore } from '../../api/src/tracking/store.ts'
import { measureEta } from './eta-histories.ts'
import { openLog, received, transport } from './open-log.ts'

const hours = (count: number): string => new Date(Date.UTC(2026, 10, 24) + count * 3_600_000).toISOString()
const leg = (number: number, mode: TimedLeg['mode'], from: string, to: string, departs: number, arrives: number): TimedLeg => ({ number, mode, carrier: 'c', unit: 'U', services: ['U'], from: { name: null, code: from }, to: { name: null, code: to }, plannedDeparture: hours(departs), plannedArrival: hours(arrives) })
const rail = leg(1, 'rail', 'CNLYA', 'CNQDP', 0, 24)
const sea = leg(2, 'sea', 'CNQDP', 'BRSSZ', 96, 1000)
const run = (of: TimedLeg, departure: number | null = null, arrival: number | null = null): LegRun => ({ leg: of, departure: departure === null ? null : hours(departure), arrival: arrival === null ? null : hours(arrival), progress: arrival !== null ? 'done' : departure === null ? 'waiting' : 'under-way', train: null })
const eta = (runs: LegRun[], now: number, more: { times?: RideTimes; estimate?: number; seen?: Sighting } = {}) =>
  etasOf({ runs, seen: more.seen ?? null, now: new Date(hours(now)), timesOf: (of) => (of.number === 1 ? (more.times ?? null) : null), estimateOf: ({ leg: of }) => (of.number === 1 && more.estimate !== undefined ? hours(more.estimate) : null) })

describe('when it will be there', () => {
  it('by the plan, as long as nothing else is known, as a range', () => {
    const [first, second] = eta([run(rail), run(sea)], -10)
    expect(first).to.include({ leg: 1, basis: 'plan', likely: hours(24) })
    expect(first && first.earliest < first.likely && first.likely < first.latest).to.equal(true)
    expect(second).to.include({ likely: hours(1000) })
  })

  it('by how long the same leg took before, once there were enough rides', () => {
    const times = { rides: 5, short: 26, median: 30, long: 40 }
    expect(eta([run(rail, 2)], 3, { times })[0]).to.deep.equal({ leg: 1, basis: 'history', earliest: hours(28), likely: hours(32), latest: hours(42) })
    expect(eta([run(rail, 2)], 3, { times: { ...times, rides: 4 } })[0]).to.include({ basis: 'plan' })
  })

  it('the unit’s own word comes first, and the range holds it', () => {
    const [first] = eta([run(rail, 0)], 3, { times: { rides: 9, short: 22, median: 24, long: 28 }, estimate: 36 })
    expect(first).to.include({ earliest: hours(22), likely: hours(36), latest: hours(36) })
  })

  it('the nearer it is, the narrower the range', () => {
    const half = { at: hours(12), eventID: 'e', place: { name: null, code: null }, latitude: 35.3, longitude: 116.3 }
    const far = eta([run(rail, 0)], 12, { times: { rides: 9, short: 20, median: 24, long: 32 } })[0]
    const near = eta([run(rail, 0)], 12, { times: { rides: 9, short: 20, median: 24, long: 32 }, seen: half })[0]
    const width = (of: typeof far): number => Date.parse(of?.latest ?? '') - Date.parse(of?.earliest ?? '')
    expect(width(near)).to.be.lessThan(width(far) * 0.6)
  })

  it('is never in the past, and what comes late makes the next leg late', () => {
    const [first, second] = eta([run(rail, 0), run(sea)], 90)
    expect(first?.earliest).to.equal(hours(90))
    expect(second && second.likely > hours(1000)).to.equal(true)
    expect(eta([run(rail, 0, 24), run(sea)], 30).map((one) => one.leg)).to.deep.equal([2])
    expect(eta([run(rail, 0, 24), run(sea, 96, 1000)], 1001)).to.deep.equal([])
  })

  it('is better than the plan on generated histories, and its range holds as often as it says', () => {
    const error = measureEta()
    expect(error.atDeparture).to.be.lessThan(error.plan * 0.75)
    expect(error.halfWay).to.be.lessThan(error.atDeparture * 0.8)
    expect(error.inRange).to.be.within(0.74, 0.86)
  })

  it('tenths of a few rides', () => {
    expect(quantilesOf([10, 20, 30, 40, 50])).to.deep.equal({ rides: 5, short: 14, median: 30, long: 46 })
  })

  it('keeps how long each ride took, between whatever codes a place is written with, and makes the same again from the log', async () => {
    const open = await openLog()
    const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
    // An arrival of which no departure is known is no ride.
    const { last: alone } = await open.eventLog.append([received(transport({ code: 'ARRI', at: hours(-50), ...call, UNLocationCode: 'CNQDP' }))])
    await open.feed.upTo(alone, 60_000)
    expect(open.feed.health().ok).to.equal(true)
    const { last } = await open.eventLog.append([0, 100, 200].flatMap((begin, index) => [transport({ code: 'DEPA', at: hours(begin), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: hours(begin + 20 + index), ...call, UNLocationCode: index === 1 ? 'CNTAO' : 'CNQDP' })]).map((event) => received(event)))
    await open.feed.upTo(last, 60_000)
    const store = openCorridorStore(open)
    const rides = async (): Promise<[string, number[]][]> => (await store.corridors.find().toArray()).map((record) => [record._id, record.rides.map((ride) => ride.hours)])
    expect(await rides()).to.deep.equal([['rail CNLYA CNQDP', [20, 21, 22]]])
    const before = await open.stored(store.names)
    await open.feed.rebuild()
    expect(await open.stored(store.names)).to.equal(before)
    await open.close()
  })

  it('knows by its plan which of two trains of one number has arrived, when both are on the way', async () => {
    const open = await openLog()
    const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X8155' } as const
    const week = 168
    const planOf = (begin: number): Parameters<typeof open.eventLog.append>[0][number] => ({
      id: `run:X8155-${begin}:1`, about: ['service:X8155'],
      event: {
        type: 'train-planned', run: `X8155-${hours(begin).slice(0, 10)}`, service: 'X8155', revision: 1, by: `p${'1'.repeat(32)}` as never,
        plan: { corridor: 'cn-eu', gauge: 1435, limits: {} as never, calls: [{ place: '洛阳', code: 'CNLYA', arrival: null, departure: hours(begin) }, { place: 'Hamburg', code: 'DEHAM', arrival: hours(begin + 288), departure: null }] } as never,
      },
    })
    const weeks = [0, 1, 2, 3, 4, 5]
    // Twelve days and some hours each, and the fourth more than four days late.
    const told = weeks.flatMap((one) => [transport({ code: 'DEPA', at: hours(one * week), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: hours(one * week + 288 + (one === 3 ? 100 : one)), ...call, UNLocationCode: 'DEHAM' })])
    const inOrder = told.sort((one, other) => (one.eventDateTime < other.eventDateTime ? -1 : 1)).map((event) => received(event))
    const { last } = await open.eventLog.append([planOf(0), ...inOrder])
    await open.feed.upTo(last, 60_000)
    const store = openCorridorStore(open)
    const rides = async (): Promise<number[]> => (await store.corridors.findOne({ _id: 'rail CNLYA DEHAM' }))?.rides.map((ride) => ride.hours) ?? []
    expect((await rides()).sort((one, other) => one - other)).to.deep.equal([288, 289, 290, 292, 293, 388])
    const before = await open.stored(store.names)
    await open.feed.rebuild()
    expect(await open.stored(store.names)).to.equal(before)
    await open.close()
  })
})
