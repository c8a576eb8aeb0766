import { expect } from 'chai'
import { lateBy, ribbonOf, type RibbonLeg } from './ribbon.ts'

const day = (date: string): string => `2026-${date}:00.000Z`
const leg = (given: Partial<RibbonLeg>): RibbonLeg => ({
  mode: 'rail', from: '洛阳', to: '青岛', unit: 'X9136', plannedDeparture: day('11-24T12:00'), plannedArrival: day('11-25T12:00'), actualDeparture: null, actualArrival: null, progress: 'waiting', ...given,
})
const truck = leg({ mode: 'road', plannedDeparture: day('11-23T00:00'), plannedArrival: day('11-23T02:00'), progress: 'done', actualDeparture: day('11-23T00:10'), actualArrival: day('11-23T02:10') })
const ship = leg({ mode: 'sea', plannedDeparture: day('11-28T04:00'), plannedArrival: day('12-30T12:00') })
const at = (date: string): number => Date.parse(day(date))

describe('the ribbon of legs', () => {
  it('fills the width exactly and keeps a truck of two hours visible beside a ship of weeks', () => {
    const { segments } = ribbonOf([truck, leg({}), ship], { width: 300, now: at('11-23T12:00') })
    const last = segments[2]
    expect((last?.x ?? 0) + (last?.width ?? 0)).to.be.closeTo(300, 1e-9)
    expect(segments[0]?.width).to.be.greaterThan(35)
    expect(segments[2]?.width).to.be.greaterThan(segments[1]?.width ?? 0)
  })

  it('puts now between a finished leg and the next one', () => {
    const ribbon = ribbonOf([truck, leg({}), ship], { width: 300, now: at('11-23T12:00') })
    expect(ribbon.now).to.include({ at: 'between', leg: 2 })
  })

  it('puts now halfway along a train that is half its time under way', () => {
    const { segments, now } = ribbonOf([truck, leg({ progress: 'under-way', actualDeparture: day('11-24T12:00') }), ship], { width: 300, now: at('11-25T00:00') })
    expect(now).to.include({ at: 'on-leg', leg: 2 })
    expect(segments[1]?.done).to.equal(0.5)
  })

  it('never lets the clock make a train arrive', () => {
    const { segments } = ribbonOf([leg({ progress: 'under-way', actualDeparture: day('11-24T12:00') })], { width: 100, now: at('12-24T12:00') })
    expect(segments[0]?.done).to.equal(0.95)
  })

  it('puts now at the start before anything moved, and at the end when all is done', () => {
    expect(ribbonOf([leg({})], { width: 100, now: at('11-20T00:00') }).now).to.include({ x: 0, at: 'before' })
    expect(ribbonOf([{ ...truck }], { width: 100, now: at('11-24T00:00') }).now).to.include({ x: 100, at: 'arrived' })
  })

  it('marks a train late that has not left an hour after its time, and one that arrived late', () => {
    expect(lateBy(leg({}), at('11-24T12:59'))).to.equal(0)
    expect(lateBy(leg({}), at('11-24T15:00'))).to.equal(3 * 3_600_000)
    expect(lateBy(leg({ progress: 'done', actualDeparture: day('11-24T12:00'), actualArrival: day('11-25T18:00') }), at('12-01T00:00'))).to.equal(6 * 3_600_000)
  })

  it('draws nothing for a journey without legs', () => {
    expect(ribbonOf([], { width: 100, now: 0 })).to.deep.equal({ segments: [], now: null })
  })
})
