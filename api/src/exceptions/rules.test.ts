import { expect } from 'chai'
import { changeFor, findingsOfUnit, hasTracker, lateAfter, type UnitRun } from './rules.ts'

const at = (hours: number): string => new Date(Date.UTC(2026, 10, 24) + hours * 3_600_000).toISOString()
const run: UnitRun = { plannedDeparture: at(0), plannedArrival: at(24), departure: null, arrival: null, expected: null, from: { name: null, code: 'CNLYA' }, to: { name: null, code: 'CNQDP' } }
const train = (riding: UnitRun | null, now: number, seen: number | null = null) => findingsOfUnit({ mode: 'rail', riding, seen: seen === null ? null : { at: at(seen), eventID: 'e', place: { name: null, code: 'CNZZZ' } }, putAside: [], now: new Date(at(now)) })
const cause = { key: 'a', code: 'overdue', at: at(0), values: {} }

describe('what is wrong on the way', () => {
  it('a train is late from its grace on, and is looked at just then', () => {
    expect(train(run, 1)).to.deep.equal({ causes: {}, due: Date.parse(at(0)) + lateAfter.rail })
    expect(train(run, 2).causes.LATE).to.include({ code: 'overdue', key: 'DEPA' })
    expect(train({ ...run, departure: at(1) }, 3, 2.5).causes.LATE, 'it has left, and is in time for its arrival').to.equal(undefined)
    expect(train({ ...run, departure: at(1), expected: at(30) }, 3, 2.5).causes.LATE).to.include({ code: 'announced-late' })
    expect(train({ ...run, departure: at(1), arrival: at(30) }, 40, 30)).to.deep.equal({ causes: {}, due: null })
    expect(train(null, 40)).to.deep.equal({ causes: {}, due: null })
  })

  it('a train under way is stale after two hours without a word, a waiting one never', () => {
    expect(train({ ...run, departure: at(1) }, 4.4, 2.5).causes.STALE).to.equal(undefined)
    expect(train({ ...run, departure: at(1) }, 4.5, 2.5).causes.STALE).to.include({ code: 'no-word' })
    expect(train(run, 1, -30).causes.STALE).to.equal(undefined)
  })

  it('a truck without a tracker is not waited for: it has told nothing since it set out', () => {
    const leg = { number: 2 } as NonNullable<Parameters<typeof hasTracker>[0]['leg']>
    const legs = [{ number: 1, on: at(0), off: at(1), service: null }, { number: 2, on: at(2), off: null, service: null }]
    const seen = (hours: number) => ({ at: at(hours), eventID: 'e', place: { name: null, code: 'CNLYA' } }) as NonNullable<Parameters<typeof hasTracker>[0]['seen']>
    expect([hasTracker({ leg, seen: seen(2) }, legs), hasTracker({ leg, seen: seen(2.1) }, legs), hasTracker({ leg, seen: null }, legs), hasTracker({ leg: null, seen: seen(3) }, legs)]).to.deep.equal([false, true, false, false])
  })

  it('begins once, ends once, stays closed for the same cause and begins again for another', () => {
    expect(changeFor(null, undefined, null)).to.equal(null)
    expect(changeFor(null, cause, 'B')).to.deep.equal({ type: 'raised', cause, billNumber: 'B' })
    expect(changeFor({ state: 'open', cause, gone: false }, cause, 'B')).to.equal(null)
    expect(changeFor({ state: 'open', cause, gone: false }, undefined, 'B')).to.deep.equal({ type: 'gone' })
    expect(changeFor({ state: 'ended', cause, gone: true }, undefined, 'B')).to.equal(null)
    expect(changeFor({ state: 'closed', cause, gone: false }, cause, 'B')).to.equal(null)
    expect(changeFor({ state: 'closed', cause, gone: false }, { ...cause, key: 'b' }, 'B')).to.include({ type: 'raised' })
    expect(changeFor({ state: 'closed', cause, gone: true }, cause, 'B')).to.include({ type: 'raised' })
  })
})
