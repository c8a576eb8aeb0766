import type { ServiceFact, TimedLeg } from './journey.ts'
import { samePlace, type PlaceName } from './places.ts'
import { kilometresBetween, spotOf } from './places-spots.ts'
import type { Sighting } from './rules.ts'

/**
 * A train number runs again before its last train has arrived: one that leaves every week and takes twelve days is on the way twice. No
 * report says which of the two it is of; time and place tell. A voyage has a number of its own, and a truck is one: they are never two.
 * Moments and times in milliseconds.
 */
export interface OneRun {
  readonly from: PlaceName
  readonly to: PlaceName
  /** How long it takes by plan. */
  readonly lasting: number
  /** When it left, or by plan will. */
  readonly left: number
  /** When runs of the same number left the same place before and after it, as far as was reported; in order. */
  readonly others: readonly number[]
  /** When any of them reached the end; in order. */
  readonly arrivals: readonly number[]
}

/** When runs of one number left before and after the one at `left`. */
interface Neighbours {
  readonly left: number
  readonly before: number | null
  readonly after: number | null
}

const hour = 3_600_000
/** What several senders, or several bills, say of one departure lies no further apart. */
const apart = 12 * hour

/** From where to where, and when by plan. */
export type Way = Pick<TimedLeg, 'from' | 'to' | 'plannedDeparture' | 'plannedArrival'>

/** @param facts departures and arrivals reported under the number, of this run and of others */
export function oneRun(leg: Way, left: string, facts: readonly ServiceFact[]): OneRun {
  const at = Date.parse(left)
  const lasting = Math.max(hour, Date.parse(leg.plannedArrival) - Date.parse(leg.plannedDeparture))
  return { from: leg.from, to: leg.to, lasting, left: at, others: othersThan(at, timesOf('DEPA', leg.from, facts)), arrivals: timesOf('ARRI', leg.to, facts) }
}

/** Departures of other runs than the one that left at this moment. */
export function othersThan(left: number, departures: readonly number[]): number[] {
  return departures.filter((time) => Math.abs(time - left) >= apart)
}

/**
 * From when to when a report of something expected at this moment is taken for the run's own: a quarter of the time between two runs is let
 * for a train that is early, the rest for one that is late. `early` and `late` are the bounds where no neighbour is known.
 */
export function ownTime(expected: number, { left, before, after }: Neighbours, { early = Infinity, late = Infinity }: { readonly early?: number; readonly late?: number } = {}): { readonly from: number; readonly to: number } {
  const since = before === null ? Infinity : left - before, until = after === null ? Infinity : after - left
  return { from: expected - Math.min(early, since / 4), to: until === Infinity ? expected + late : expected + until - Math.min(early, until / 4) }
}

/** Whether a train that left at that moment is the planned one, and not one of the days before. */
export function isPlannedRun({ left, others }: Pick<OneRun, 'left' | 'others'>, plannedDeparture: string): boolean {
  return left >= ownTime(Date.parse(plannedDeparture), neighboursAt(left, others)).from
}

/** Whether a train that left then, before the plan, is that of an earlier plan: of a number that runs every day the one of the day before left near the plan of that day. */
export function isOfEarlierPlan(left: number, plannedDeparture: string, others: readonly string[]): boolean {
  const planned = Date.parse(plannedDeparture)
  return left < planned && others.map((other) => Date.parse(other)).some((other) => other <= planned - apart && Math.abs(left - other) < planned - left)
}

/** Whether boxes with these ways ride on one train: who joins or leaves on the way rides on the run that ends, or began, with the others'. */
export function isSameRun(one: Way, other: Way): boolean {
  const near = (moment: string, another: string): boolean => Math.abs(Date.parse(moment) - Date.parse(another)) < apart
  const [begin, end] = [near(one.plannedDeparture, other.plannedDeparture), near(one.plannedArrival, other.plannedArrival)]
  const [from, to] = [samePlace(one.from, other.from), samePlace(one.to, other.to)]
  return (begin && from === true) || (end && to === true) || (begin && end && from !== false && to !== false)
}

/** Whether it was this run that reached the end then. */
export function isOwnArrival(run: Pick<OneRun, 'left' | 'lasting' | 'others'>, at: string): boolean {
  const { from, to } = ownTime(run.left + run.lasting, neighboursAt(run.left, run.others))
  return Date.parse(at) >= from && Date.parse(at) < to
}

/** Whether it is this run of which somebody says when it will leave or arrive. The next has often not left yet: it is taken to come as this one came after the last. */
export function isOwnEstimate(run: OneRun, { code, at }: Pick<ServiceFact, 'code' | 'at'>): boolean {
  const { left, before, after } = neighboursAt(run.left, run.others)
  const { from, to } = ownTime(code === 'DEPA' ? run.left : run.left + run.lasting, { left, before, after: after ?? (before === null ? null : 2 * left - before) })
  return Date.parse(at) >= from && Date.parse(at) < to
}

/** Whether it was this run that was seen there: of all that may have been on the way it is the one that should have come that far by then. */
export function isOwnSighting(run: OneRun, seen: Pick<Sighting, 'at' | 'place' | 'latitude' | 'longitude'>): boolean {
  const at = Date.parse(seen.at)
  const others = run.others.filter((left) => left <= at && at < left + 2 * run.lasting && !hasArrived(run, left, at))
  if (others.length === 0) return true
  const share = shareOf(run, seen)
  if (share === null) return false
  const off = (left: number): number => Math.abs(Math.min(1, Math.max(0, (at - left) / run.lasting)) - share)
  return others.every((left) => off(run.left) <= off(left))
}

/** Whether a call, reported or foretold, belongs to what this run does; one at a place of which nothing is known is let stand. */
export function isOwnCall(run: OneRun, { code, at, place }: Pick<ServiceFact, 'code' | 'at' | 'place'>): boolean {
  if (code === 'DEPA' && samePlace(run.from, place) === true) return isOwnEstimate(run, { code, at })
  if (code === 'ARRI' && samePlace(run.to, place) === true) return isOwnArrival(run, at)
  return shareOf(run, { place, latitude: null, longitude: null }) === null || isOwnSighting(run, { at, place, latitude: null, longitude: null })
}

function neighboursAt(left: number, others: readonly number[]): Neighbours {
  return { left, before: others.findLast((other) => other < left) ?? null, after: others.find((other) => other > left) ?? null }
}

/** Trains of one number do not overtake each other: with a later one all before it have arrived. At the moment of its arrival it is seen there itself. */
function hasArrived(run: OneRun, left: number, by: number): boolean {
  const all = [...run.others, run.left].sort((one, other) => one - other)
  const { from } = ownTime(left + run.lasting, neighboursAt(left, all))
  return run.arrivals.some((at) => at >= Math.max(from, left) && at < by)
}

/** How much of the way lies behind it, as the crow flies; null where nothing is known of a place. */
function shareOf({ from: start, to: end }: OneRun, seen: Pick<Sighting, 'place' | 'latitude' | 'longitude'>): number | null {
  const [here, from, to] = [spotOf(seen), spotOf({ place: start, latitude: null, longitude: null }), spotOf({ place: end, latitude: null, longitude: null })]
  if (here === null || from === null || to === null) return null
  const [behind, ahead] = [kilometresBetween(from, here), kilometresBetween(here, to)]
  return behind + ahead === 0 ? null : behind / (behind + ahead)
}

export function timesOf(code: ServiceFact['code'], where: PlaceName, facts: readonly ServiceFact[]): number[] {
  return facts.filter((fact) => fact.code === code && samePlace(where, fact.place) === true).map(({ at }) => Date.parse(at)).sort((one, other) => one - other)
}
