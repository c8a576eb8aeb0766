import { etasOf, type RideTimes } from '../../api/src/tracking/eta.ts'
import { quantilesOf } from '../../api/src/tracking/corridors.ts'
import type { LegRun, TimedLeg } from '../../api/src/tracking/journey.ts'
import { mulberry } from '../support/mulberry.ts'

/** Generated rides of one corridor: how far the ETA was off, beside what the plan alone would have said. */
export interface EtaError {
  readonly rides: number
  /** Mean absolute errors in hours. */
  readonly plan: number
  readonly atDeparture: number
  readonly halfWay: number
  /** How often the true arrival lay in the range. */
  readonly inRange: number
}

const hour = 3_600_000
const start = Date.UTC(2026, 0, 1)
const leg: TimedLeg = {
  number: 1, mode: 'rail', carrier: 'c', unit: 'X8001', services: ['X8001'], from: { name: null, code: 'CNLYA' }, to: { name: null, code: 'UZTAS' },
  plannedDeparture: new Date(start).toISOString(), plannedArrival: new Date(start + 264 * hour).toISOString(),
}

/**
 * Rides that take longer than planned by a share that is log-normal, as rail corridors with borders do: most a little, some much. The first
 * fifty are history; each later one is foretold at its departure and half way, then becomes history.
 */
export function measureEta({ rides = 400, seed = 1 }: { readonly rides?: number; readonly seed?: number } = {}): EtaError {
  const random = mulberry(seed)
  const taken: number[] = []
  const errors = { plan: 0, atDeparture: 0, halfWay: 0, inRange: 0 }
  for (let index = 0; index < rides + 50; index += 1) {
    const hours = 264 * (1.08 + 0.12 * (Math.exp(0.6 * normal(random)) - 1))
    if (index >= 50) {
      const times = quantilesOf(taken.slice(-200))
      const arrival = start + hours * hour
      const first = foretold(times, 0, hours)
      const half = foretold(times, 0.5, hours)
      errors.plan += Math.abs(264 - hours)
      errors.atDeparture += Math.abs(Date.parse(first.likely) - arrival) / hour
      errors.halfWay += Math.abs(Date.parse(half.likely) - arrival) / hour
      if (Date.parse(first.earliest) <= arrival && arrival <= Date.parse(first.latest)) errors.inRange += 1
    }
    taken.push(hours)
  }
  return { rides, plan: errors.plan / rides, atDeparture: errors.atDeparture / rides, halfWay: errors.halfWay / rides, inRange: errors.inRange / rides }
}

function foretold(times: RideTimes, share: number, hours: number): { earliest: string; likely: string; latest: string } {
  const now = start + share * hours * hour
  const run: LegRun = { leg, departure: new Date(start).toISOString(), arrival: null, progress: 'under-way', train: null }
  // Where it is after this share of its time, on the straight line from Luoyang to Tashkent.
  const seen = share === 0 ? null : { at: new Date(now).toISOString(), eventID: 'e', place: { name: null, code: null }, latitude: 34.62 + (41.3 - 34.62) * share, longitude: 112.45 + (69.27 - 112.45) * share }
  const [eta] = etasOf({ runs: [run], seen, now: new Date(now), timesOf: () => times, estimateOf: () => null })
  if (eta === undefined) throw new Error('the leg is not over')
  return eta
}

/** Box-Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
