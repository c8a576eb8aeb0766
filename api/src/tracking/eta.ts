import type { LegRun, TimedLeg } from './journey.ts'
import { kilometresBetween, spotOf } from './places-spots.ts'
import type { Sighting } from './rules.ts'

/**
 * When a leg, and the journey, will be over: a range, never one moment alone. From what has happened, the plan, how long the same leg took
 * before (`corridors.ts`), and where the box was last seen. Pure; moments are UTC text with milliseconds.
 */
export interface Eta {
  readonly earliest: string
  readonly likely: string
  readonly latest: string
}
export interface LegEta extends Eta {
  readonly leg: number
  /** Whether the corridor's history told how long it takes, or only the plan. */
  readonly basis: 'history' | 'plan'
}
/** How long a leg took, in hours: of ten rides one was shorter than `short`, and one longer than `long`. */
export interface RideTimes {
  readonly rides: number
  readonly short: number
  readonly median: number
  readonly long: number
}

/** Fewer rides than this are no history. */
export const leastRides = 5
const hour = 3_600_000
/** Without history: how much shorter or longer than planned a ride is taken to be, as a share of it. */
const spread: Readonly<Record<TimedLeg['mode'], { readonly short: number; readonly long: number }>> = { road: { short: 0.1, long: 0.5 }, rail: { short: 0.08, long: 0.35 }, sea: { short: 0.05, long: 0.25 } }
/** From the end of one leg until the next can begin. */
const changeTime: Readonly<Record<TimedLeg['mode'], number>> = { road: 2 * hour, rail: 8 * hour, sea: 24 * hour }

/**
 * @param timesOf the history of a leg's corridor, or null when there is none
 * @param estimateOf the unit's own latest word on its arrival at the leg's end, or null
 * @returns one range for each leg that is not over, in order
 */
export function etasOf({ runs, seen, now, timesOf, estimateOf }: {
  readonly runs: readonly LegRun[]
  readonly seen: Sighting | null
  readonly now: Date
  readonly timesOf: (leg: TimedLeg) => RideTimes | null
  readonly estimateOf: (run: LegRun) => string | null
}): LegEta[] {
  let ready: Span | null = null
  return runs.flatMap((run): LegEta[] => {
    if (run.progress === 'done' || run.arrival !== null) {
      ready = run.arrival === null ? ready : always(Date.parse(run.arrival))
      return []
    }
    const history = timesOf(run.leg)
    const known = history !== null && history.rides >= leastRides ? history : null
    const ride = known ? { short: known.short * hour, median: known.median * hour, long: known.long * hour } : plannedRide(run.leg)
    const arrival = notBefore(now.getTime(), run.departure === null ? still(run.leg, ride, ready, now.getTime()) : riding(run, Date.parse(run.departure), ride, seen, estimateOf(run)))
    ready = arrival
    return [{ leg: run.leg.number, basis: known ? 'history' : 'plan', earliest: text(arrival.earliest), likely: text(arrival.likely), latest: text(arrival.latest) }]
  })
}

interface Span {
  readonly earliest: number
  readonly likely: number
  readonly latest: number
}
interface Ride {
  readonly short: number
  readonly median: number
  readonly long: number
}

/** Not left yet: at the planned time, or when what comes before it is over and the change is made. */
function still(leg: TimedLeg, ride: Ride, ready: Span | null, now: number): Span {
  const planned = Date.parse(leg.plannedDeparture)
  const from = (moment: number | undefined): number => Math.max(planned, moment === undefined ? 0 : moment + changeTime[leg.mode], now)
  return { earliest: from(ready?.earliest) + ride.short, likely: from(ready?.likely) + ride.median, latest: from(ready?.latest) + ride.long }
}

/** Under way: by the clock since it left, and the further it has come, the more by where it is. Its own word comes before both, but does not narrow the range. */
function riding({ leg }: LegRun, left: number, ride: Ride, seen: Sighting | null, estimate: string | null): Span {
  const done = seen === null || Date.parse(seen.at) < left ? null : shareDone(leg, seen)
  const rest = 1 - (done ?? 0)
  const byClock = left + ride.median
  const byPlace = done === null || seen === null ? byClock : Date.parse(seen.at) + rest * ride.median
  const guess = byClock * rest + byPlace * (1 - rest)
  const likely = estimate === null ? guess : Date.parse(estimate)
  return { earliest: Math.min(likely, guess - rest * (ride.median - ride.short)), likely, latest: Math.max(likely, guess + rest * (ride.long - ride.median)) }
}

/** How much of the way lies behind, as the crow flies; null where the places are not on the map. */
function shareDone(leg: TimedLeg, seen: Sighting): number | null {
  const [from, to, here] = [spotOf({ place: leg.from, latitude: null, longitude: null }), spotOf({ place: leg.to, latitude: null, longitude: null }), spotOf(seen)]
  if (from === null || to === null || here === null) return null
  const [behind, ahead] = [kilometresBetween(from, here), kilometresBetween(here, to)]
  return behind + ahead === 0 ? null : behind / (behind + ahead)
}

function plannedRide(leg: TimedLeg): Ride {
  const planned = Math.max(Date.parse(leg.plannedArrival) - Date.parse(leg.plannedDeparture), hour / 2)
  return { short: planned * (1 - spread[leg.mode].short), median: planned, long: planned * (1 + spread[leg.mode].long) }
}

/** What is still to come is not in the past. */
function notBefore(now: number, { earliest, likely, latest }: Span): Span {
  return { earliest: Math.max(earliest, now), likely: Math.max(likely, now), latest: Math.max(latest, likely, now) }
}

function always(moment: number): Span {
  return { earliest: moment, likely: moment, latest: moment }
}

function text(moment: number): string {
  return new Date(Math.round(moment)).toISOString()
}
