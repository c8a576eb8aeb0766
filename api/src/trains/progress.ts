import type { RunCall, RunState, RunSummary } from '@yidan/api/contract'
import { legRules } from '@yidan/ledger'
import { isOwnSighting, ownTime, timesOf, type OneRun } from '../tracking/one-run.ts'
import { moment, type Stretch } from '../tracking/rides.ts'
import type { PlaceName } from '../tracking/places.ts'
import { samePlace, type Service } from '../tracking/view.ts'
import { gaugeFrom } from './plan-rules.ts'
import { utc, type TrainRun } from './run.ts'

/** A run joined with what its train reported. */
export interface Progress {
  readonly state: RunState
  readonly calls: readonly RunCall[]
  /** Index of the call it stands at or comes to next; null when it is over. */
  readonly next: number | null
  readonly lastSeen: RunSummary['lastSeen']
}
/** When the runs of the same number before and after this one leave, by plan: a number runs again while the last train is still on its way. */
export interface Neighbours {
  readonly before: string | null
  readonly after: string | null
}

/** What the unit told in the weeks of the run. */
type Told = Pick<Service, 'facts' | 'estimates' | 'sightings'>
export const nothingTold: Told = { facts: [], estimates: [], sightings: [] }
const day = 86_400_000
/** Less than this is not called a delay. */
const delayFrom = 15
const earliest = 3 * day
const latest = 60 * day

/** A report of this time may belong to the run, as far as can be said without its neighbours. */
export function reportedDuring({ start, plan }: TrainRun): Stretch {
  return { from: moment(start, -earliest), to: moment(plan.calls.at(-1)?.arrival ?? start, latest) }
}

export function progressOf({ run, told, neighbours, now }: { readonly run: TrainRun; readonly told: Told; readonly neighbours: Neighbours; readonly now: Date }): Progress {
  const times = run.plan.calls.map((call, index) => {
    const reported = (kind: 'facts' | 'estimates', code: 'ARRI' | 'DEPA', planned: string | null): string | null => (planned === null ? null : reportOf({ facts: told[kind], code, planned: utc(planned), place: { name: call.place, code: call.code }, run, neighbours, newest: kind === 'estimates' }))
    return {
      actualArrival: index === 0 ? null : reported('facts', 'ARRI', call.arrival), actualDeparture: reported('facts', 'DEPA', call.departure),
      estimatedArrival: index === 0 ? null : reported('estimates', 'ARRI', call.arrival), estimatedDeparture: reported('estimates', 'DEPA', call.departure),
    }
  })
  const reached = times.findLastIndex(({ actualArrival, actualDeparture }) => (actualArrival ?? actualDeparture) !== null)
  const state = stateOf(run, times, reached)
  const next = state === 'arrived' || state === 'cancelled' ? null : Math.max(0, times[reached]?.actualDeparture ? reached + 1 : reached)
  const remarks = run.reports.flatMap(({ report }) => (report.kind === 'delayed' ? [report] : []))
  const calls = run.plan.calls.map((call, index): RunCall => {
    const { actualArrival = null, actualDeparture = null, estimatedArrival = null, estimatedDeparture = null } = times[index] ?? {}
    const late = minutesLate(call.arrival, actualArrival ?? estimatedArrival) ?? minutesLate(call.departure, actualDeparture ?? estimatedDeparture)
    const remarked = remarks.findLast((report) => report.call === index + 1 || report.times.some((time) => time.call === index + 1)) ?? null
    return {
      ...call, number: index + 1, gauge: gaugeFrom(run.plan, index + 1), actualArrival, actualDeparture, expectedArrival: actualArrival === null ? estimatedArrival : null, expectedDeparture: actualDeparture === null ? estimatedDeparture : null,
      delay: late === null ? null : { minutes: late, reason: remarked?.reason ?? null }, remark: remarked?.remark ?? null,
    }
  })
  return { state, calls, next, lastSeen: state === 'cancelled' ? null : seenOf({ run, told, neighbours, calls, now }) }
}

/** When the next thing is expected, and how late that is: by estimate, or by the clock when it should have been. */
export function nextOf({ calls, next }: Progress, now: Date): Pick<RunSummary, 'nextCall' | 'delay'> {
  const call = next === null ? undefined : calls[next]
  if (next === null || call === undefined) return { nextCall: null, delay: null }
  const leaving = next === 0 || call.actualArrival !== null
  const planned = (leaving ? call.departure : call.arrival) ?? ''
  const estimate = leaving ? call.expectedDeparture : call.expectedArrival
  const expected = estimate ?? planned
  const late = minutesLate(planned, [utc(expected), now.toISOString()].sort().at(-1) ?? null)
  return { nextCall: { place: call.place, code: call.code, expected }, delay: late === null ? null : { minutes: late, reason: call.delay?.reason ?? null } }
}

/** The report that belongs to this run: of the right place, and nearer to its time than to that of the run before or after (`ownTime`). */
function reportOf({ facts, code, planned, place, run, neighbours, newest }: { readonly facts: Service['facts']; readonly code: 'ARRI' | 'DEPA'; readonly planned: string; readonly place: { readonly name: string; readonly code: string }; readonly run: TrainRun; readonly neighbours: Neighbours; readonly newest: boolean }): string | null {
  const { from, to } = windowOf(planned, run.start, neighbours)
  const own = facts.filter((fact) => fact.code === code && samePlace(place, fact.place) === true && Date.parse(fact.at) >= from && Date.parse(fact.at) < to)
  const chosen = newest ? [...own].sort((one, other) => (one.created < other.created ? -1 : one.created > other.created ? 1 : 0)).at(-1) : own.at(-1)
  return chosen?.at ?? null
}

function windowOf(planned: string, start: string, { before, after }: Neighbours): { readonly from: number; readonly to: number } {
  return ownTime(Date.parse(planned), { left: Date.parse(start), before: before === null ? null : Date.parse(before), after: after === null ? null : Date.parse(after) }, { early: earliest, late: latest })
}

function stateOf(run: TrainRun, times: readonly { readonly actualArrival: string | null; readonly actualDeparture: string | null }[], reached: number): RunState {
  if (run.cancelled) return 'cancelled'
  if (reached > 0 && reached === times.length - 1 && times[reached]?.actualArrival) return 'arrived'
  if (reached >= 0) return 'departed'
  return run.sections[0]?.call === 1 ? 'composed' : 'planned'
}

/** Null when not late, or not known. */
function minutesLate(planned: string | null, at: string | null): number | null {
  if (planned === null || planned === '' || at === null) return null
  const minutes = Math.round((Date.parse(at) - Date.parse(planned)) / 60_000)
  return minutes >= delayFrom ? minutes : null
}

/** Where it was last: of what was seen under its number, what fits this run better than those before and after it. */
function seenOf({ run, told, neighbours, calls, now }: { readonly run: TrainRun; readonly told: Told; readonly neighbours: Neighbours; readonly calls: readonly RunCall[]; readonly now: Date }): RunSummary['lastSeen'] {
  const { from } = windowOf(run.start, run.start, neighbours)
  const arrived = calls.at(-1)?.actualArrival ?? null
  const train = trainOf(run, { told, neighbours, left: calls[0]?.actualDeparture ?? run.start })
  const sighting = told.sightings.findLast((seen) => Date.parse(seen.at) >= from && (arrived === null || seen.at <= arrived) && isOwnSighting(train, seen))
  const called = calls.flatMap(({ place, code, actualArrival, actualDeparture }) => [actualArrival, actualDeparture].flatMap((at) => (at === null ? [] : [{ at, place, code }]))).at(-1)
  const moving = calls.some(({ actualDeparture }) => actualDeparture !== null) && arrived === null && (calls.findLast((call) => (call.actualArrival ?? call.actualDeparture) !== null)?.actualDeparture ?? null) !== null
  const stale = (at: string): boolean => moving && now.getTime() - Date.parse(at) > legRules.rail.staleAfterMinutes * 60_000
  if (sighting && (!called || sighting.at >= called.at)) return { latitude: sighting.latitude, longitude: sighting.longitude, place: sighting.place.name ?? sighting.place.code ?? (called?.at === sighting.at ? called.place : null), at: sighting.at, stale: stale(sighting.at) }
  return called ? { latitude: null, longitude: null, place: called.place, at: called.at, stale: stale(called.at) } : null
}

/** Among the runs of its number, whose departures are known by plan. */
function trainOf({ plan: { calls }, start, end }: TrainRun, { told, neighbours, left }: { readonly told: Told; readonly neighbours: Neighbours; readonly left: string }): OneRun {
  const placeOf = (call: TrainRun['plan']['calls'][number] | undefined): PlaceName => ({ name: call?.place ?? null, code: call?.code ?? null })
  const [from, to] = [placeOf(calls[0]), placeOf(calls.at(-1))]
  return { from, to, lasting: Date.parse(end) - Date.parse(start), left: Date.parse(left), others: [neighbours.before, neighbours.after].flatMap((time) => (time === null ? [] : [Date.parse(time)])), arrivals: timesOf('ARRI', to, told.facts) }
}
