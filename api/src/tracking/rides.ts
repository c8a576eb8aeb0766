import type { TimedLeg } from './journey.ts'
import type { BoxState, LegRecord } from './rules.ts'

/**
 * Which train, vessel or truck a box rode on, and when: a train number runs for years, and a box is aboard for days of it. Kept with the
 * box by the week, so that who asks about one report of a train is told the boxes of that run and need not read all that ever rode on it.
 */

const day = 86_400_000, week = 7 * day
/** In weeks; a box that stays aboard longer has been forgotten there. */
const longestRide = 30

interface Span {
  readonly from: string
  /** Null as long as the ride is not over. */
  readonly to: string | null
}

/**
 * From when to when what a leg's unit reports concerns this box. Never reported aboard, only the planned run can have taken it; on a leg that
 * it has left behind without a report of that, the ride was over a month after the plan.
 */
export function spanOf(leg: TimedLeg, state: Pick<BoxState, 'leg' | 'legs'>): Span {
  const { on, off } = recordOf(leg, state)
  const from = on ?? soonest(leg)
  const isPassed = state.leg === null || leg.number < state.leg
  return { from, to: off ?? (isPassed ? latestOf(moment(leg.plannedArrival, 30 * day), moment(from, 30 * day)) : null) }
}

/** A stretch of time, in UTC text; one moment, where both are the same. */
export interface Stretch {
  readonly from: string
  readonly to: string
}

/** All these moments, and the run of a unit that is to leave on this day: with the two days within which late boxes are still loaded. */
export function stretchWith(moments: readonly string[], run: string | null): Stretch {
  const sorted = [...moments, ...(run === null ? [] : [moment(run, 0), moment(run, 3 * day)])].sort()
  return { from: sorted[0] ?? '', to: sorted.at(-1) ?? '' }
}

/** Whether the box rode on this unit, or was to, at some moment of this stretch. */
export function rodeOn(unit: string, { from, to }: Stretch, state: Pick<BoxState, 'leg' | 'legs'>, legs: readonly TimedLeg[]): boolean {
  return legs.some((leg) => {
    if (!unitsOf(leg, recordOf(leg, state)).includes(unit)) return false
    const span = spanOf(leg, state)
    return to >= span.from && (span.to === null || from <= span.to)
  })
}

/** What a box is filed under: `X8155@2951` for each week of a ride that is over, `X8155@2951-` for one that began in this week and is not. */
export function ridesOf(state: Pick<BoxState, 'leg' | 'legs'>, legs: readonly TimedLeg[]): string[] {
  const filed = legs.flatMap((leg) => {
    const { from, to } = spanOf(leg, state)
    const weeks = to === null ? [`${weekOf(from)}-`] : weeksBetween(weekOf(from), Math.min(weekOf(to), weekOf(from) + longestRide)).map(String)
    return unitsOf(leg, recordOf(leg, state)).flatMap((unit) => weeks.map((one) => `${unit}@${one}`))
  })
  return [...new Set(filed)].sort()
}

/** The weeks that a stretch lies in: what a unit did is filed under its name and these. */
export function weeksOf({ from, to }: Stretch): number[] {
  return weeksBetween(weekOf(from), weekOf(to))
}

/**
 * What was filed of units in the weeks of these rides: conditions of which one must hold, over a field with the unit's name and `weeks`.
 * Rides of one week are asked for together: there are few weeks, and many units.
 */
export function duringRides(rides: readonly string[], unitField: string): readonly Readonly<Record<string, object | number>>[] {
  const units = new Map<string, string[]>()
  for (const ride of new Set(rides)) {
    const at = ride.lastIndexOf('@')
    const when = ride.slice(at + 1)
    units.set(when, [...(units.get(when) ?? []), ride.slice(0, at)])
  }
  return [...units].map(([when, names]) => {
    const first = Number.parseInt(when, 10)
    // Of a field with several values MongoDB uses one bound alone, unless one value is to meet both.
    return { [unitField]: { $in: names }, weeks: when.endsWith('-') ? { $elemMatch: { $gte: first, $lte: first + longestRide } } : first }
  })
}

/** A ride that began in the week of this moment and is not over: all that the unit did since. */
export function rideSince(unit: string, from: string): string {
  return `${unit}@${weekOf(from)}-`
}

/** A ride in each week of the stretch. */
export function ridesDuring(unit: string, stretch: Stretch): string[] {
  return weeksOf(stretch).map((week) => `${unit}@${week}`)
}

/** Weeks in which trains of these legs left before the one that took the box, and may have been on their way with it: which of them a report is of is told by knowing all. */
export function ridesBefore(state: Pick<BoxState, 'leg' | 'legs'>, legs: readonly TimedLeg[]): string[] {
  return legs.filter(({ mode }) => mode === 'rail').flatMap((leg) => {
    const { from } = spanOf(leg, state)
    const lasting = Math.min(Date.parse(leg.plannedArrival) - Date.parse(leg.plannedDeparture), longestRide * week)
    return unitsOf(leg, recordOf(leg, state)).flatMap((unit) => ridesDuring(unit, { from: moment(from, -lasting), to: from }))
  })
}

/** The units of these rides. */
export function unitsOn(rides: readonly string[]): string[] {
  return [...new Set(rides.map((ride) => ride.slice(0, ride.lastIndexOf('@'))))]
}

/** The units of rides that are not over. */
export function unitsNow(rides: readonly string[]): string[] {
  return unitsOn(rides.filter((ride) => ride.endsWith('-')))
}

/** Where the boxes are filed that may have been on this unit in this stretch. One that was never said to have left it is not looked for after `longestRide`. */
export function filesFor(unit: string, { from, to }: Stretch): string[] {
  const [first, last] = [weekOf(from), weekOf(to)]
  return [...ridesDuring(unit, { from, to }), ...weeksBetween(first - longestRide, last).map((week) => `${unit}@${week}-`)]
}

function weeksBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(last - first + 1, 1) }, (_, index) => first + index)
}

/** Weeks since 1 January 1970. */
function weekOf(at: string): number {
  return Math.floor(Date.parse(at) / week)
}

/** The unit a box was loaded on, and every name its planned one may be reported under. */
export function unitsOf(leg: TimedLeg, { service }: Pick<LegRecord, 'service'>): string[] {
  return [...new Set([...(service === null ? [] : [service]), ...leg.services])]
}

function recordOf({ number }: TimedLeg, { legs }: Pick<BoxState, 'legs'>): LegRecord {
  return legs.find((record) => record.number === number) ?? { number, on: null, off: null, service: null }
}

function latestOf(one: string, other: string): string {
  return one > other ? one : other
}

/** The planned run can have taken a box so long before its plan. */
export function soonest({ plannedDeparture }: Pick<TimedLeg, 'plannedDeparture'>): string {
  return moment(plannedDeparture, -3 * day)
}

/** A moment in UTC text, moved by so many milliseconds. */
export function moment(text: string, shift = 0): string {
  return new Date(Date.parse(text) + shift).toISOString()
}
