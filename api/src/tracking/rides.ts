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
  const from = on ?? moment(leg.plannedDeparture, -3 * day)
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

/** Where what a unit did in this stretch is filed. */
export function weekFiles(unit: string, { from, to }: Stretch): string[] {
  return weeksBetween(weekOf(from), weekOf(to)).map((week) => `${unit}@${week}`)
}

/** The files of units that belong to these rides: those of the weeks that are over, and from a week on all that follow. */
export function filesOfRides(rides: readonly string[]): { readonly weeks: readonly string[]; readonly onwards: readonly { readonly first: string; readonly last: string }[] } {
  const earliest = new Map<string, number>()
  for (const { unit, from, to } of stretchesOf(rides)) if (to === null) earliest.set(unit, Math.min(earliest.get(unit) ?? Infinity, weekOf(from)))
  const isCovered = (file: string): boolean => Number(file.slice(file.lastIndexOf('@') + 1)) >= (earliest.get(file.slice(0, file.lastIndexOf('@'))) ?? Infinity)
  return {
    weeks: [...new Set(rides)].filter((ride) => !ride.endsWith('-') && !isCovered(ride)),
    // Weeks have four digits until the year 2161.
    onwards: [...earliest].map(([unit, week]) => ({ first: `${unit}@${week}`, last: `${unit}@9999` })),
  }
}

/** Where the boxes are filed that may have been on this unit in this stretch. One that was never said to have left it is not looked for after `longestRide`. */
export function filesFor(unit: string, { from, to }: Stretch): string[] {
  const [first, last] = [weekOf(from), weekOf(to)]
  return [...weekFiles(unit, { from, to }), ...weeksBetween(first - longestRide, last).map((week) => `${unit}@${week}-`)]
}

/** The stretches in which boxes that are filed so rode on each unit, whole weeks; `to` null for those that still do. */
export function stretchesOf(rides: readonly string[]): readonly (Span & { readonly unit: string })[] {
  return [...new Set(rides)].map((file) => {
    const at = file.lastIndexOf('@')
    const first = Number.parseInt(file.slice(at + 1), 10)
    return { unit: file.slice(0, at), from: startOf(first), to: file.endsWith('-') ? null : startOf(first + 1) }
  })
}

function weeksBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(last - first + 1, 1) }, (_, index) => first + index)
}

/** Weeks since 1 January 1970. */
function weekOf(at: string): number {
  return Math.floor(Date.parse(at) / week)
}

function startOf(weeks: number): string {
  return new Date(weeks * week).toISOString()
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

function moment(text: string, shift: number): string {
  return new Date(Date.parse(text) + shift).toISOString()
}
