import { expect } from 'chai'
import fc from 'fast-check'
import type { TimedLeg } from './journey.ts'
import { duringRides, filesFor, ridesOf, rodeOn, spanOf, weeksOf } from './rides.ts'
import type { LegRecord } from './rules.ts'

interface Weeks { readonly $elemMatch: { readonly $gte: number; readonly $lte: number } }
const day = 86_400_000
const at = (days: number): string => new Date(Date.UTC(2026, 10, 24) + days * day).toISOString()
const place = (code: string): TimedLeg['from'] => ({ name: null, code })
const leg = (number: number, leaves: number, arrives: number, services: readonly string[] = ['X9136']): TimedLeg => ({ number, mode: 'rail', carrier: 'c', unit: 'X9136', services, from: place('CNLYA'), to: place('CNQDP'), plannedDeparture: at(leaves), plannedArrival: at(arrives) })
const record = (number: number, on: number | null, off: number | null, service: string | null = null): LegRecord => ({ number, on: on === null ? null : at(on), off: off === null ? null : at(off), service })
const atOnce = (days: number): { from: string; to: string } => ({ from: at(days), to: at(days) })

describe('a ride', () => {
  const over = { leg: null, legs: [record(1, 0, 2)] }

  it('lasts from loading to discharge; before that as long as the box may be taken, and until it is over', () => {
    expect(spanOf(leg(1, 0, 1), over)).to.deep.equal({ from: at(0), to: at(2) })
    expect(spanOf(leg(1, 0, 1), { leg: 1, legs: [record(1, null, null)] })).to.deep.equal({ from: at(-3), to: null })
    expect(spanOf(leg(1, 0, 1), { leg: 2, legs: [record(1, null, null), record(2, null, null)] }), 'passed without a word').to.deep.equal({ from: at(-3), to: at(31) })
  })

  it('ties the box to what its train did then, and not to the next run of the same number', () => {
    const legs = [leg(1, 0, 1)]
    expect([rodeOn('X9136', atOnce(1), over, legs), rodeOn('X9136', atOnce(7), over, legs), rodeOn('X9137', atOnce(1), over, legs)]).to.deep.equal([true, false, false])
    const [before, after] = [filesFor('X9136', atOnce(-20)), filesFor('X9136', atOnce(20))]
    expect(ridesOf(over, legs).filter((file) => before.includes(file) || after.includes(file))).to.deep.equal([])
  })

  it('is found under every name of its train, and under that of the one it was loaded on', () => {
    const rides = ridesOf({ leg: 1, legs: [record(1, 0, null, 'X1')] }, [leg(1, 0, 1, ['X9136', 'X9136/5'])])
    for (const unit of ['X1', 'X9136', 'X9136/5']) expect(rides.some((file) => filesFor(unit, atOnce(3)).includes(file)), unit).to.equal(true)
  })

  it('is always filed where it is looked for, and what was told then is found by it', () => {
    const aDay = fc.integer({ min: -60, max: 60 })
    const aRecord = fc.record({ on: fc.option(aDay), lasts: fc.option(fc.integer({ min: 0, max: 100 })), leaves: aDay, takes: fc.integer({ min: 0, max: 40 }), current: fc.boolean() })
    fc.assert(
      fc.property(aRecord, aDay, fc.integer({ min: 0, max: 40 }), ({ on, lasts, leaves, takes, current }, asked, long) => {
        const legs = [leg(1, leaves, leaves + takes)]
        const state = { leg: current && lasts === null ? 1 : null, legs: [record(1, on, on === null || lasts === null ? null : on + lasts)] }
        const stretch = { from: at(asked), to: at(asked + long) }
        if (!rodeOn('X9136', stretch, state, legs)) return
        const rides = ridesOf(state, legs)
        expect(filesFor('X9136', stretch).some((file) => rides.includes(file)), JSON.stringify({ state, stretch })).to.equal(true)
        const holds = ({ unit, weeks }: { readonly unit?: object | number; readonly weeks?: object | number }): boolean =>
          (unit as { $in: string[] }).$in.includes('X9136') && weeksOf(stretch).some((week) => (typeof weeks === 'number' ? week === weeks : week >= (weeks as Weeks).$elemMatch.$gte && week <= (weeks as Weeks).$elemMatch.$lte))
        expect(duringRides(rides, 'unit').some(holds)).to.equal(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
