import type { LegMode } from '@yidan/ledger'
import { isDeepStrictEqual } from 'node:util'
import { isOwnSighting, isSameRun, leftWithout, type OneRun, type Planned, type Service, type Tracked } from '../tracking/view.ts'
import { isOver, type Sighted, type UnitRun } from './rules.ts'

/** The planned train or vessel left before the box was there. */
export function missedAt({ box, journey }: Tracked, services: ReadonlyMap<string, Service>, plans: readonly Planned[]): string | null {
  const { leg, aboard, movement } = journey
  if (leg === null || leg.mode === 'road' || aboard || movement === 'EXPECTED' || box.state.newest === null) return null
  const left = leftWithout(leg, services, plans)
  return left !== null && left < box.state.newest.at ? left : null
}

/** The train or vessel that the box rides on, or waits for. */
export function unitsOf({ box, bill, journey: { leg, movement } }: Tracked): string[] {
  if (bill === null || isOver(bill, box._id) || leg === null || leg.mode === 'road' || movement === 'EXPECTED') return []
  const loadedOn = box.state.legs.find(({ number }) => number === leg.number)?.service
  return [loadedOn ?? leg.services[0]].filter((name) => name !== undefined)
}

/** A run as the boxes on it have it. */
export interface Riding {
  readonly mode: LegMode
  readonly run: UnitRun
  readonly train: OneRun | null
  /** Of the planned departure, at the first place where one of these boxes joins; no two runs have one day. */
  readonly day: string
  /** The boxes that ride on it, or wait for it. */
  readonly boxes: readonly string[]
}

/**
 * The runs a unit makes now, or is waited for, the earliest first: a train number is on the way several times at once. Boxes that join or
 * leave on the way ride on the run that ends, or began, with theirs; so do those of a number that runs twice a day.
 */
export function runsOf(name: string, tracked: readonly Tracked[], services: ReadonlyMap<string, Service>): readonly Riding[] {
  const plans = new Map(tracked.flatMap(({ journey }) => journey.runs.flatMap(({ leg }) => (leg.services.includes(name) ? [[`${leg.from.code} ${leg.plannedDeparture}`, leg] as const] : []))))
  const riding = tracked.filter((one) => unitsOf(one).includes(name) && missedAt(one, services, [...plans.values()]) === null)
  const ways = riding.flatMap(({ box, journey }): Riding[] => {
    const run = journey.runs.find(({ leg }) => leg.number === journey.leg?.number)
    if (!run || run.progress === 'done') return []
    const { leg, departure, arrival, train } = run
    const told = journey.next !== null && ['DEPA', 'ARRI', 'LOAD'].includes(journey.next.code) ? journey.next.plannedAt : null
    return [{ mode: leg.mode, train, day: leg.plannedDeparture.slice(0, 10), boxes: [box._id], run: { plannedDeparture: leg.plannedDeparture, plannedArrival: leg.plannedArrival, departure, arrival, expected: told, from: leg.from, to: leg.to } }]
  })
  const runs: { readonly day: string; readonly ways: Riding[]; readonly boxes: string[] }[] = []
  for (const way of ways.sort((one, other) => Date.parse(one.run.plannedDeparture) - Date.parse(other.run.plannedDeparture))) {
    const same = runs.find(({ day, ways: others }) => day === way.day || others.some(({ run }) => isSameRun(run, way.run)))
    if (same === undefined) {
      runs.push({ day: way.day, ways: [way], boxes: [...way.boxes] })
      continue
    }
    same.boxes.push(...way.boxes)
    // Of many boxes on one way the first says all.
    if (!same.ways.some(({ run }) => isDeepStrictEqual(run, way.run))) same.ways.push(way)
  }
  // Boxes that have arrived are the terminal's to hand on; the unit goes on with the others.
  return runs.flatMap(({ day, ways: same, boxes }) => {
    const [riding] = same.sort((one, other) => Number(one.run.arrival !== null) - Number(other.run.arrival !== null) || Number(one.run.departure === null) - Number(other.run.departure === null))
    return riding === undefined ? [] : [{ ...riding, day, boxes }]
  })
}

/** Where this run was seen last. Of a number that reports often, a silent train may have no report left among the newest: since the oldest of them at least nothing was heard of it. */
export function lastWordOf({ run: { departure, from }, train }: Pick<Riding, 'run' | 'train'>, sightings: Service['sightings']): Sighted | null {
  const [oldest] = sightings
  if (train === null || departure === null || oldest === undefined) return sightings.at(-1) ?? null
  const own = sightings.findLast((seen) => seen.at >= departure && isOwnSighting(train, seen))
  return own ?? { at: oldest.at > departure ? oldest.at : departure, eventID: `left:${departure}`, place: from }
}
