import { expect } from 'chai'
import fc from 'fast-check'
import type { PartyId } from '@yidan/ledger'
import { readEvent, type Fact } from './facts.ts'
import { isLate, isStale, journeyOf, type ServiceFact, type TimedLeg } from './journey.ts'
import { addToBox, foldBox, startState, type BoxState, type Plan } from './rules.ts'

const leg = (number: number, mode: TimedLeg['mode'], from: string, to: string, unit: string | null, planned: [string, string]): TimedLeg => ({
  number, mode, carrier: 'c', unit, from: { name: from, code: from }, to: { name: to, code: to }, services: unit === null ? ['TRUCK BILL'] : [unit], plannedDeparture: planned[0], plannedArrival: planned[1],
})
const legs = [
  leg(1, 'road', 'CNFAC', 'CNLYA', null, ['2026-11-23T08:00:00+08:00', '2026-11-23T10:00:00+08:00']),
  leg(2, 'rail', 'CNLYA', 'CNQDP', 'X9136', ['2026-11-24T20:00:00+08:00', '2026-11-25T20:00:00+08:00']),
  leg(3, 'sea', 'CNTAO', 'BRSSZ', 'DEMO ORIENT 048W', ['2026-11-28T12:00:00+08:00', '2027-01-04T09:00:00-03:00']),
]
const plan: Plan = { legs, seals: ['LY700000'] }
const sender = `p${'1'.repeat(32)}` as PartyId
let count = 0

function fact(code: string, at: string, more: { place?: string; service?: string; mode?: 'RAIL' | 'VESSEL' | 'TRUCK'; seals?: string[]; kind?: 'ACT' | 'EST'; retracts?: string; eventID?: string; sender?: PartyId } = {}): Fact {
  count += 1
  const event = {
    eventType: 'EQUIPMENT', eventID: more.eventID ?? `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`, eventDateTime: at, eventClassifierCode: more.kind ?? 'ACT', equipmentEventTypeCode: code, equipmentReference: 'TBJU5123003', emptyIndicatorCode: 'LADEN',
    ...(more.place ? { eventLocation: { UNLocationCode: more.place } } : {}), ...(more.mode ? { transportCall: { modeOfTransport: more.mode, ...(more.service ? { carrierServiceCode: more.service } : {}) } } : {}),
    ...(more.seals ? { seals: more.seals.map((sealNumber) => ({ sealNumber })) } : {}),
  }
  return readEvent({ position: count, event: event as never, sender: more.sender ?? sender, retracts: more.retracts ?? null })
}

const ride = (): Fact[] => [
  fact('GTOT', '2026-11-23T08:10:00+08:00', { place: 'CNFAC' }), fact('GTIN', '2026-11-23T10:05:00+08:00', { place: 'CNLYA', seals: ['LY-700000'] }),
  fact('LOAD', '2026-11-24T18:00:00+08:00', { place: 'CNLYA', mode: 'RAIL', service: 'X9136' }), fact('DISC', '2026-11-25T22:00:00+08:00', { place: 'CNTAO', mode: 'RAIL', service: 'X9136' }),
  fact('LOAD', '2026-11-28T08:00:00+08:00', { place: 'CNQDP', mode: 'VESSEL', service: '048W' }),
]

/** As the projection does it: one at a time, folded anew when it must be. */
function feed(facts: readonly Fact[]): BoxState {
  const seen: Fact[] = []
  return facts.reduce<BoxState>((state, one) => {
    seen.push(one)
    return addToBox(plan, state, one) ?? foldBox(plan, seen)
  }, startState(plan))
}

describe('where a box is', () => {
  it('follows it over road, rail and sea', () => {
    const states = ride().map((_, index, all) => foldBox(plan, all.slice(0, index + 1)))
    expect(states.map(({ movement, leg: at, aboard }) => [movement, at, aboard])).to.deep.equal([['GATED_OUT', 1, true], ['GATED_IN', 2, false], ['LOADED', 2, true], ['DISCHARGED', 3, false], ['LOADED', 3, true]])
  })

  it('is the same in whatever order the events come, withdrawn and doubled ones among them', () => {
    const stranger = `p${'2'.repeat(32)}` as PartyId
    const events = [...ride(), fact('GTIN', '2026-11-25T23:00:00+08:00', { place: 'USLAX', eventID: 'aaaaaaaa-0000-4000-8000-000000000000', seals: ['WRONG'] }), fact('CUSI', '2026-11-26T01:00:00+08:00'), fact('CUSR', '2026-11-26T02:00:00+08:00'), fact('DISC', '2026-12-24T23:00:00+08:00', { kind: 'EST' })]
    const more = [fact('GTIN', '2026-11-25T23:00:00+08:00', { retracts: 'aaaaaaaa-0000-4000-8000-000000000000' }), fact('LOAD', '2026-11-24T18:00:00+08:00', { retracts: events[2]?.eventID ?? '', sender: stranger }), fact('CROS', '2026-11-25T04:00:00+08:00', { place: 'KZDYK' })]
    const all = [...events, ...more]
    const expected = foldBox(plan, all)
    expect(expected.sealMismatch).to.equal(false)
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }), (order) => {
        expect(feed(order)).to.deep.equal(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('is the same in any order for any events at all, at equal times too', () => {
    const codes = ['GTIN', 'GTOT', 'LOAD', 'DISC', 'CUSI', 'CUSR', 'RSEA', 'INSP', 'CROS']
    const anEvent = fc.record({ code: fc.constantFrom(...codes), minute: fc.integer({ min: 0, max: 5 }), place: fc.constantFrom('CNFAC', 'CNLYA', 'CNQDP', 'BRSSZ', undefined), mode: fc.constantFrom('RAIL', 'VESSEL', 'TRUCK', undefined), seals: fc.constantFrom(['LY700000'], ['OTHER'], undefined), withdrawn: fc.boolean() })
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 9 }), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (given, order) => {
        const facts = given.flatMap(({ code, minute, place, mode, seals, withdrawn }) => {
          const one = fact(code, `2026-11-23T08:0${minute}:00Z`, { ...(place ? { place } : {}), ...(mode ? { mode: mode as 'RAIL' } : {}), ...(seals ? { seals: [...seals] } : {}) })
          return withdrawn ? [one, fact(code, `2026-11-23T08:0${minute}:00Z`, { retracts: one.eventID })] : [one]
        })
        const shuffled = facts.map((one) => ({ one, key: order.next().value as number })).sort((a, b) => a.key - b.key).map(({ one }) => one)
        expect(feed(shuffled)).to.deep.equal(foldBox(plan, facts))
      }),
      { numRuns: 300 },
    )
  })

  it('does not let a stranger withdraw an event', () => {
    const [first] = ride() as [Fact]
    const stranger = fact('GTOT', '2026-11-23T08:10:00+08:00', { retracts: first.eventID, sender: `p${'2'.repeat(32)}` as PartyId })
    expect(foldBox(plan, [first, stranger]).movement).to.equal('GATED_OUT')
    expect(foldBox(plan, [first, fact('GTOT', first.at, { retracts: first.eventID })]).movement).to.equal('EXPECTED')
  })

  it('compares seals with the bill’s, and with an authority’s after it resealed the box', () => {
    const broken = fact('GTIN', '2026-11-23T10:05:00+08:00', { seals: ['XX1'] })
    expect(foldBox(plan, [broken]).sealMismatch).to.equal(true)
    const resealed = [broken, fact('RSEA', '2026-11-23T11:00:00+08:00', { seals: ['CU9'] }), fact('GTOT', '2026-11-23T12:00:00+08:00', { seals: ['cu 9'] })]
    expect(foldBox(plan, resealed).sealMismatch).to.equal(false)
  })
})

describe('a journey', () => {
  const call = (code: 'DEPA' | 'ARRI', at: string, place: string): ServiceFact => ({ eventID: `${code}${at}`, code, at: new Date(at).toISOString(), created: new Date(at).toISOString(), place: { name: null, code: place } })
  const train = (...facts: ServiceFact[]) => new Map([['X9136', { facts, estimates: [], sightings: [] }]])
  const onTrain = (): BoxState => foldBox(plan, ride().slice(0, 3))

  it('counts one report of a train for every box aboard', () => {
    const depart = call('DEPA', '2026-11-24T20:03:00+08:00', 'CNLYA')
    const between = call('ARRI', '2026-11-25T03:00:00+08:00', 'CNZGZ')
    const arrive = call('ARRI', '2026-11-25T20:30:00+08:00', 'CNTAO')
    const journey = (...facts: ServiceFact[]) => journeyOf({ state: onTrain(), legs, services: train(...facts), destination: 'Santos CY' })
    expect(journey().movement).to.equal('LOADED')
    expect(journey().next?.code).to.equal('DEPA')
    expect(journey(depart).movement).to.equal('IN_TRANSIT')
    expect(journey(depart, between).movement).to.equal('IN_TRANSIT')
    expect(journey(depart, between).next).to.include({ code: 'ARRI', place: 'CNQDP' })
    expect(journey(depart, between, arrive).movement).to.equal('ARRIVED')
    expect(journey(depart, between, arrive).next?.code).to.equal('DISC')
  })

  it('does not count the same train number of another day', () => {
    const lastWeek = [call('DEPA', '2026-11-17T20:00:00+08:00', 'CNLYA'), call('ARRI', '2026-11-18T20:00:00+08:00', 'CNQDP')]
    expect(journeyOf({ state: onTrain(), legs, services: train(...lastWeek), destination: null }).movement).to.equal('LOADED')
    const off = foldBox(plan, ride().slice(0, 4))
    const nextWeek = [call('DEPA', '2026-12-01T20:00:00+08:00', 'CNLYA')]
    expect(journeyOf({ state: off, legs, services: train(...nextWeek), destination: null }).runs[1]).to.include({ departure: null, progress: 'done' })
  })

  it('takes a box that waited for the train as aboard when the train leaves, though nobody reported the loading', () => {
    const waiting = foldBox(plan, ride().slice(0, 2))
    const journey = journeyOf({ state: waiting, legs, services: train(call('DEPA', '2026-11-24T20:03:00+08:00', 'CNLYA')), destination: null })
    expect([journey.movement, journey.aboard]).to.deep.equal(['IN_TRANSIT', true])
    expect(journeyOf({ state: startState(plan), legs, services: train(call('DEPA', '2026-11-24T20:03:00+08:00', 'CNLYA')), destination: null }).movement).to.equal('EXPECTED')
  })

  it('says what comes next and when it is overdue', () => {
    const expected = journeyOf({ state: startState(plan), legs, services: new Map(), destination: null })
    expect(expected.next).to.deep.equal({ code: 'GTIN', place: 'CNFAC', plannedAt: '2026-11-23T00:00:00.000Z' })
    expect([isLate(expected, new Date('2026-11-22T23:59:00Z')), isLate(expected, new Date('2026-11-23T00:01:00Z'))]).to.deep.equal([false, true])
    const estimated = new Map([['X9136', { facts: [], estimates: [call('DEPA', '2026-11-25T09:00:00+08:00', 'CNLYA')], sightings: [] }]])
    expect(journeyOf({ state: onTrain(), legs, services: estimated, destination: null }).next?.plannedAt).to.equal('2026-11-25T01:00:00.000Z')
  })

  it('says that a box at the end of its legs waits to be handed out, and no day for it', () => {
    const arrived = journeyOf({ state: onTrain(), legs: [], services: new Map(), destination: '洛阳综合保税区' })
    expect(arrived.next).to.deep.equal({ code: 'GTOT', place: '洛阳综合保税区', plannedAt: null })
    expect(isLate(arrived, new Date('2030-01-01T00:00:00Z'))).to.equal(false)
  })

  it('calls a train’s last position stale after two hours, and a box that stands never', () => {
    const seen = { at: '2026-11-24T14:00:00.000Z', eventID: 'p', place: { name: null, code: null }, latitude: 35, longitude: 115 }
    const moving = journeyOf({ state: onTrain(), legs, services: new Map([['X9136', { facts: [call('DEPA', '2026-11-24T20:03:00+08:00', 'CNLYA')], estimates: [], sightings: [seen] }]]), destination: null })
    expect(moving.seen?.latitude).to.equal(35)
    expect([isStale(moving, new Date('2026-11-24T15:59:00Z')), isStale(moving, new Date('2026-11-24T16:01:00Z'))]).to.deep.equal([false, true])
    const standing = journeyOf({ state: foldBox(plan, ride().slice(0, 2)), legs, services: new Map(), destination: null })
    expect(isStale(standing, new Date('2026-11-30T00:00:00Z'))).to.equal(false)
  })
})
