import type { TimelineItem } from '@yidan/api/contract'
import { expect } from 'chai'
import { firstToCome, leftOut, timelineOf } from './timeline.ts'

let position = 0
const item = (given: Partial<TimelineItem>): TimelineItem => ({
  position: (position += 1), eventID: `event-${position}`, kind: 'ACT', code: 'GTIN', at: '2026-11-24T02:00:00.000Z', place: '洛阳陆港', placeCode: 'CNLYA', leg: null, detail: null, retracted: false, ...given,
})
const leg = { number: 1, from: '洛阳', to: '青岛', plannedDeparture: '2026-11-24T20:00:00+08:00', plannedArrival: '2026-11-25T20:00:00+08:00', actualDeparture: null, actualArrival: null }

describe('the timeline', () => {
  it('sets the fact beside the timetable and says how late it was', () => {
    const [gate, departure, arrival] = timelineOf([item({}), item({ code: 'DEPA', leg: 1, at: '2026-11-24T15:00:00.000Z' })], [leg])
    expect(gate).to.include({ code: 'GTIN', planned: null, lateMs: 0 })
    expect(departure).to.include({ code: 'DEPA', planned: leg.plannedDeparture, actual: '2026-11-24T15:00:00.000Z', lateMs: 3 * 3_600_000 })
    expect(arrival).to.include({ code: 'ARRI', actual: null, position: null })
  })

  it('keeps a retracted fact in its place and lets the plan wait for the right one', () => {
    const rows = timelineOf([item({ code: 'DEPA', leg: 1, at: '2026-11-24T11:00:00.000Z', retracted: true }), item({ code: 'DEPA', leg: 1, at: '2026-11-24T12:10:00.000Z' })], [leg])
    expect(rows.filter((row) => row.code === 'DEPA').map(({ retracted, planned }) => ({ retracted, planned }))).to.deep.equal([{ retracted: true, planned: null }, { retracted: false, planned: leg.plannedDeparture }])
  })

  it('orders by time, not by when the message came', () => {
    const rows = timelineOf([item({ code: 'LOAD', at: '2026-11-24T08:00:00.000Z' }), item({ code: 'GTIN', at: '2026-11-24T03:00:00.000Z' })])
    expect(rows.map((row) => row.code)).to.deep.equal(['GTIN', 'LOAD'])
  })

  it('draws a run of positions together and starts anew after another event', () => {
    const rows = timelineOf([
      item({ code: 'POSITION', at: '2026-11-24T13:00:00.000Z' }), item({ code: 'POSITION', at: '2026-11-24T14:00:00.000Z', place: '商丘' }),
      item({ code: 'INSP', at: '2026-11-24T15:00:00.000Z' }), item({ code: 'POSITION', at: '2026-11-24T16:00:00.000Z' }),
    ])
    expect(rows.map(({ code, times, place }) => [code, times, place])).to.deep.equal([['POSITION', 2, '商丘'], ['INSP', 1, '洛阳陆港'], ['POSITION', 1, '洛阳陆港']])
  })

  it('tells of boxes handled one after another in one line, and each of them when asked', () => {
    const unloaded = (minute: number, detail: string | null, given: Partial<TimelineItem> = {}): TimelineItem => item({ code: 'DISC', leg: 1, at: `2026-11-25T13:${String(minute).padStart(2, '0')}:00.000Z`, detail, ...given })
    const boxes = ['CSQU3054383 · X8001', 'MSCU6639870 · X8001', 'TGHU2094516 · X8001']
    const [line, ...others] = timelineOf(boxes.map((detail, index) => unloaded(index, detail)))
    expect(others).to.deep.equal([])
    expect(line).to.include({ code: 'DISC', times: 3, detail: null, actual: '2026-11-25T13:02:00.000Z' })
    expect(line?.each.map(({ detail }) => detail)).to.deep.equal(boxes)
    // The same box again, a withdrawn report, another place, another day: lines of their own.
    const apart = [unloaded(3, 'CSQU3054383'), unloaded(4, 'CSQU3054383'), unloaded(5, 'MSCU6639870', { retracted: true }), unloaded(6, 'TGHU2094516', { place: '青岛港' }), unloaded(7, 'TGHU2094516', { place: '青岛港', at: '2026-11-26T13:00:00.000Z' })]
    expect(timelineOf(apart).map(({ times, each }) => [times, each.length])).to.deep.equal(Array.from({ length: 5 }, () => [1, 0]))
  })

  it('takes the newest estimate and compares it with the plan', () => {
    const rows = timelineOf([item({ kind: 'EST', code: 'ARRI', leg: 1, at: '2026-11-25T14:00:00.000Z' }), item({ kind: 'EST', code: 'ARRI', leg: 1, at: '2026-11-25T17:00:00.000Z' })], [leg])
    expect(rows.find((row) => row.code === 'ARRI')).to.include({ estimated: '2026-11-25T17:00:00.000Z', lateMs: 5 * 3_600_000 })
  })

  it('knows a departure from its leg though no event tells it', () => {
    const [departure] = timelineOf([], [{ ...leg, actualDeparture: '2026-11-24T12:30:00.000Z' }])
    expect(departure).to.include({ code: 'DEPA', actual: '2026-11-24T12:30:00.000Z', position: null })
  })

  it('draws the border to what is to come after the last fact, though an earlier plan was never told', () => {
    const rows = timelineOf([item({ code: 'GTIN', at: '2026-11-25T01:00:00.000Z' })], [leg])
    expect(rows.map((row) => row.code)).to.deep.equal(['DEPA', 'GTIN', 'ARRI'])
    expect(firstToCome(rows)?.code).to.equal('ARRI')
    expect(firstToCome(timelineOf([item({})]))).to.equal(null)
  })

  it('is shown from its end when it is long', () => {
    expect([0, 40, 60, 61, 200].map(leftOut)).to.deep.equal([0, 0, 0, 21, 160])
  })

  it('leaves a withdrawn estimate out', () => {
    expect(timelineOf([item({ kind: 'EST', code: 'ARRI', retracted: true })])).to.deep.equal([])
  })
})
