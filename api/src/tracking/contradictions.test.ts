import { expect } from 'chai'
import type { PartyId } from '@yidan/ledger'
import { arrivalBeforeDeparture, contradictionsOfBox } from './contradictions.ts'
import { readEvent, type Fact } from './facts.ts'
import { kilometresBetween, spotOf } from './places-spots.ts'

const sender = `p${'1'.repeat(32)}` as PartyId
let count = 0

function told(eventType: 'EQUIPMENT' | 'TRANSPORT' | 'POSITION', code: string, at: string, more: { place?: string; service?: string; empty?: boolean; latitude?: number; longitude?: number } = {}): Fact {
  count += 1
  const { place, service, empty, ...spot } = more
  const call = { transportCall: { modeOfTransport: 'RAIL', ...(service ? { carrierServiceCode: service } : {}), ...(eventType === 'TRANSPORT' && place ? { UNLocationCode: place } : {}) } }
  const event = {
    eventType, eventID: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`, eventDateTime: at, eventClassifierCode: 'ACT', ...(service ? call : {}), ...spot,
    ...(eventType === 'TRANSPORT' ? { transportEventTypeCode: code } : { equipmentReference: 'TBJU5123003' }),
    ...(eventType === 'EQUIPMENT' ? { equipmentEventTypeCode: code, emptyIndicatorCode: empty ? 'EMPTY' : 'LADEN', ...(place ? { eventLocation: { UNLocationCode: place } } : {}) } : {}),
  }
  return readEvent({ position: count, event: event as never, sender, retracts: null })
}
const box = (code: string, at: string, more = {}): Fact => told('EQUIPMENT', code, `2026-11-${at}:00Z`, more)
const rulesOf = (fact: Fact, facts: Fact[], deliveredAt: string | null = null): string[] => contradictionsOfBox(fact, { facts, deliveredAt }).map(({ rule }) => rule)
const both = (one: Fact, other: Fact): string[][] => [rulesOf(one, [other]), rulesOf(other, [one])]

describe('facts that cannot both be true', () => {
  it('a box in two places at once, whichever is told first', () => {
    const [luoyang, hamburg] = [box('GTIN', '24T10:00', { place: 'CNLYA' }), box('GTIN', '24T13:00', { place: 'DEHAM' })]
    expect(both(luoyang, hamburg)).to.deep.equal([['two-places-at-once'], ['two-places-at-once']])
    const aDayLater = box('GTIN', '25T13:00', { place: 'DEHAM' })
    expect(both(luoyang, aDayLater), 'an aeroplane could').to.deep.equal([[], []])
    expect(both(box('GTIN', '24T10:00', { place: 'CNLYA' }), box('GTIN', '24T10:00', { place: 'CNLYZ' })), 'clocks and coordinates are not that good').to.deep.equal([[], []])
    expect(both(box('GTIN', '24T10:00', { place: 'CNLYA' }), box('GTIN', '24T10:05', { place: 'XXYYY' })), 'of unknown places nothing is concluded').to.deep.equal([[], []])
  })

  it('a box between two sightings that it cannot have left and reached', () => {
    const known = [box('GTIN', '24T08:00', { place: 'CNLYA' }), box('LOAD', '24T20:00', { place: 'CNLYA' })]
    expect(contradictionsOfBox(told('POSITION', 'POSITION', '2026-11-24T14:00:00Z', { latitude: 53.5, longitude: 9.9 }), { facts: known, deliveredAt: null })).to.have.length(1)
    expect(rulesOf(told('POSITION', 'POSITION', '2026-11-24T14:00:00Z', { latitude: 34.7, longitude: 112.5 }), known)).to.deep.equal([])
  })

  it('a box loaded where it was gated in only later', () => {
    const [load, gateIn] = [box('LOAD', '24T10:00', { place: 'CNLYA' }), box('GTIN', '24T12:00', { place: 'CNLYA' })]
    expect(both(load, gateIn)).to.deep.equal([['load-before-gate-in'], ['load-before-gate-in']])
    expect(rulesOf(load, [gateIn, box('GTIN', '24T09:00', { place: 'CNLYA' })]), 'it was in before').to.deep.equal([])
    expect(rulesOf(gateIn, [load, box('DISC', '24T11:00', { place: 'CNLYA' })]), 'taken off and brought again').to.deep.equal([])
    expect(both(load, box('GTIN', '26T12:00', { place: 'CNQDP' })), 'another gate').to.deep.equal([[], []])
    expect(rulesOf(load, []), 'that no gate-in is known says nothing').to.deep.equal([])
  })

  it('a box discharged from a train on which it was loaded only later', () => {
    const [off, on] = [box('DISC', '24T10:00', { place: 'CNQDP', service: 'X9136' }), box('LOAD', '25T10:00', { place: 'CNLYA', service: 'X9136' })]
    expect(both(off, on)).to.deep.equal([['discharge-before-load'], ['discharge-before-load']])
    expect(both(off, box('LOAD', '25T10:00', { place: 'CNLYA', service: 'X9138' })), 'another train').to.deep.equal([[], []])
    expect(rulesOf(on, [off, box('LOAD', '22T10:00', { place: 'CNLYA', service: 'X9136' })]), 'it rode once before').to.deep.equal([])
    expect(rulesOf(off, [])).to.deep.equal([])
  })

  it('a laden box that moves on after it was delivered', () => {
    const delivered = '2026-11-24T10:00:00.000Z'
    expect(rulesOf(box('LOAD', '25T10:00'), [], delivered)).to.deep.equal(['moved-after-delivery'])
    expect(rulesOf(box('GTOT', '24T10:30'), [], delivered), 'being fetched is part of it').to.deep.equal([])
    expect(rulesOf(box('GTIN', '25T10:00', { empty: true }), [], delivered), 'empty it goes home').to.deep.equal([])
    expect(rulesOf(box('GTIN', '26T10:00'), [box('STRP', '25T10:00')], delivered), 'emptied, and filled anew').to.deep.equal([])
    expect(rulesOf(box('LOAD', '23T10:00'), [], delivered), 'a late message about the time before').to.deep.equal([])
    expect(rulesOf(told('EQUIPMENT', 'GTIN', '2026-12-24T10:00:00Z'), [], delivered), 'a month later it is another cargo').to.deep.equal([])
  })

  describe('of trains and vessels', () => {
    const leg = { mode: 'rail', from: { name: null, code: 'CNLYA' }, to: { name: null, code: 'CNTAO' }, plannedDeparture: '2026-11-24T20:00:00+08:00' }
    const train = (code: 'ARRI' | 'DEPA', at: string, place: string): Fact => told('TRANSPORT', code, `2026-11-${at}:00Z`, { place, service: 'X9136' })
    const rule = (fact: Fact, calls: Fact[]): string | undefined => arrivalBeforeDeparture(fact, { calls, legs: [leg] })?.rule

    it('an arrival before the departure of the same run, whichever is told first', () => {
      const [left, here] = [train('DEPA', '24T15:00', 'CNLYA'), train('ARRI', '24T13:00', 'CNQDP')]
      expect(rule(here, [left])).to.equal('arrival-before-departure')
      expect(rule(left, [here])).to.equal('arrival-before-departure')
      expect(arrivalBeforeDeparture(here, { calls: [left], legs: [leg] })?.against).to.equal(left.eventID)
    })
    it('says nothing of an earlier run of the same number, of other places, or of what is merely missing', () => {
      const left = train('DEPA', '24T15:00', 'CNLYA')
      expect(rule(train('ARRI', '24T09:00', 'CNQDP'), [left]), 'before the planned departure').to.equal(undefined)
      expect(rule(train('ARRI', '24T13:00', 'CNQDP'), [left, train('DEPA', '23T13:00', 'CNLYA')]), 'it left the day before').to.equal(undefined)
      expect(rule(train('ARRI', '24T13:00', 'CNCGO'), [left])).to.equal(undefined)
      expect(rule(train('ARRI', '25T13:00', 'CNQDP'), [])).to.equal(undefined)
      expect(rule(train('ARRI', '25T13:00', 'CNQDP'), [left])).to.equal(undefined)
    })
  })

  it('measures on the great circle', () => {
    const [luoyang, hamburg] = ['CNLYA', 'DEHAM'].map((code) => spotOf({ place: { name: null, code }, latitude: null, longitude: null }))
    if (!luoyang || !hamburg) throw new Error('both places are in the table')
    expect(kilometresBetween(luoyang, hamburg)).to.be.within(7_700, 7_900)
    expect(kilometresBetween(luoyang, luoyang)).to.equal(0)
  })
})
