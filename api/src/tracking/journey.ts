import type { ContainerView } from '@yidan/api/contract'
import { legRules } from '@yidan/ledger'
import { samePlace, type PlaceName } from './places.ts'
import { isOwnArrival, isOwnEstimate, isOwnSighting, isPlannedRun, oneRun, type OneRun } from './one-run.ts'
import { moment, soonest, unitsOf } from './rides.ts'
import { latest, type BoxState, type LegRecord, type PlannedLeg, type Sighting } from './rules.ts'

/** A leg as planned, with its times; `rules.ts` needs less of it. */
export interface TimedLeg extends PlannedLeg {
  readonly carrier: string
  readonly unit: string | null
  readonly plannedDeparture: string
  readonly plannedArrival: string
}
/** What a train, vessel or truck was reported to do. */
export interface ServiceFact {
  readonly eventID: string
  readonly code: 'DEPA' | 'ARRI'
  readonly at: string
  readonly created: string
  readonly place: PlaceName
}
export interface ServiceState {
  readonly facts: readonly ServiceFact[]
  readonly estimates: readonly ServiceFact[]
  /** The last few, oldest first. */
  readonly sightings: readonly Sighting[]
}
export type ServicesByName = ReadonlyMap<string, ServiceState>

export type Movement = ContainerView['movement']
export interface Journey {
  readonly movement: Movement
  readonly leg: TimedLeg | null
  /** On the unit of this leg, by its own events or because the unit left with what waited for it. */
  readonly aboard: boolean
  readonly seen: Sighting | null
  readonly next: { readonly code: string; readonly place: string; /** Null where no leg says when: the box waits to be handed out. */ readonly plannedAt: string | null } | null
  readonly runs: readonly LegRun[]
}
/** One leg as it went for one box. */
export interface LegRun {
  readonly leg: TimedLeg
  readonly departure: string | null
  readonly arrival: string | null
  readonly progress: 'waiting' | 'under-way' | 'done'
  /** Its train among those of the same number; null for what is never two at once. */
  readonly train: OneRun | null
}

const day = 86_400_000
/** An estimate is made so long before the planned departure at most. */
const heardBefore = 30 * day

/** Joins a box with the trains and vessels it rides on: one report of a train counts for every box aboard. */
export function journeyOf({ state, legs, services, destination }: { state: BoxState; legs: readonly TimedLeg[]; services: ServicesByName; destination: string | null }): Journey {
  const runs = legs.map((leg) => runOf(leg, state, services))
  const run = runs.find(({ leg }) => leg.number === state.leg) ?? null
  const aboard = run?.progress === 'under-way'
  const movement = movementOf(state, run, aboard)
  const rider = aboard && run ? ride(run, state, services) : null
  return { movement, leg: run?.leg ?? null, aboard, seen: latest(state.seen, rider), next: nextOf({ state, run, movement, destination, services }), runs }
}

function movementOf(state: BoxState, run: LegRun | null, aboard: boolean): Movement {
  if (state.customsHold) return 'EXCEPTION'
  if (!aboard || run === null) return state.movement
  if (run.arrival !== null) return 'ARRIVED'
  return run.departure !== null && !(run.leg.mode === 'road' && state.movement === 'GATED_OUT') ? 'IN_TRANSIT' : state.movement
}

function runOf(leg: TimedLeg, state: BoxState, services: ServicesByName): LegRun {
  const record = state.legs.find(({ number }) => number === leg.number) ?? { number: leg.number, on: null, off: null, service: null }
  const passed = record.off !== null || state.leg === null || leg.number < state.leg
  const told = unitsOf(leg, record).flatMap((name) => services.get(name)?.facts ?? [])
  const { from, to } = rideTime(leg, record, state)
  const facts = told.filter(({ at }) => at >= from && at <= to).sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
  const trainOf = (left: string): OneRun | null => (leg.mode === 'rail' ? oneRun(leg, left, told) : null)
  const isTaken = (train: OneRun | null): boolean => train === null || record.on !== null || isPlannedRun(train, leg.plannedDeparture)
  const left = facts.find(({ code, place, at }) => code === 'DEPA' && samePlace(leg.from, place) !== false && isTaken(trainOf(at)))
  const train = trainOf(left?.at ?? leg.plannedDeparture)
  const here = facts.find(({ code, place, at }) => code === 'ARRI' && samePlace(leg.to, place) !== false && at >= (left?.at ?? record.on ?? '') && (train === null || left === undefined || isOwnArrival(train, at)))
  const boarded = leg.number === state.leg && (state.aboard || (left !== undefined && leg.mode !== 'road'))
  return {
    leg,
    departure: left?.at ?? (leg.mode === 'road' ? record.on : null),
    arrival: here?.at ?? record.off,
    progress: passed ? 'done' : boarded ? 'under-way' : 'waiting',
    train,
  }
}

/** When the box can have been aboard: what the unit reported at another time concerns others. */
function rideTime(leg: TimedLeg, { on, off }: LegRecord, state: BoxState): { from: string; to: string } {
  if (on !== null) return { from: on, to: off ?? '9999' }
  // Never reported aboard: only the planned run can have taken it, and only after it was there.
  const earliest = soonest(leg)
  const there = leg.number === state.leg && state.newest !== null ? state.newest.at : earliest
  if (state.movement === 'EXPECTED') return { from: '9999', to: '' }
  return { from: there > earliest ? there : earliest, to: off ?? moment(leg.plannedArrival, 30 * day) }
}

/** Where the unit was last seen since the box has been aboard. */
function ride({ leg, train }: LegRun, state: BoxState, services: ServicesByName): Sighting | null {
  const record = state.legs.find(({ number }) => number === leg.number)
  if (!record) return null
  const { from, to } = rideTime(leg, record, state)
  const sightings = unitsOf(leg, record).map((name) => services.get(name)?.sightings.findLast((seen) => seen.at >= from && seen.at <= to && (train === null || isOwnSighting(train, seen))) ?? null)
  return sightings.reduce(latest, null)
}

function nextOf({ state, run, movement, destination, services }: { state: BoxState; run: LegRun | null; movement: Movement; destination: string | null; services: ServicesByName }): Journey['next'] {
  if (run === null) {
    const finished = state.movement === 'GATED_OUT' || destination === null || state.legs.length === 0
    return finished ? null : { code: 'GTOT', place: destination, plannedAt: null }
  }
  const { leg } = run
  const departing = estimate(run, 'DEPA', services) ?? moment(leg.plannedDeparture)
  const arriving = estimate(run, 'ARRI', services) ?? moment(leg.plannedArrival)
  const [from, to] = [leg.from.name ?? leg.from.code ?? '', leg.to.name ?? leg.to.code ?? '']
  if (movement === 'EXPECTED') return { code: 'GTIN', place: from, plannedAt: moment(leg.plannedDeparture) }
  if (run.progress === 'waiting') return { code: legRules[leg.mode].takenOverBy, place: from, plannedAt: departing }
  if (leg.mode === 'road') return { code: legRules.road.handedOnBy, place: to, plannedAt: arriving }
  if (run.arrival !== null) return { code: legRules[leg.mode].handedOnBy, place: to, plannedAt: arriving }
  return run.departure === null ? { code: 'DEPA', place: from, plannedAt: departing } : { code: 'ARRI', place: to, plannedAt: arriving }
}

/** The sender's latest word on when the unit will leave, or be at the end of the leg. */
export function estimate({ leg, train }: Pick<LegRun, 'leg' | 'train'>, code: ServiceFact['code'], services: ServicesByName): string | null {
  const earliest = moment(leg.plannedDeparture, -heardBefore)
  const where = code === 'DEPA' ? leg.from : leg.to
  const found = leg.services
    .flatMap((name) => services.get(name)?.estimates ?? [])
    .filter((fact) => fact.code === code && fact.at >= earliest && samePlace(where, fact.place) === true && (train === null || isOwnEstimate(train, fact)))
    .sort((one, other) => (one.created < other.created ? -1 : one.created > other.created ? 1 : one.eventID < other.eventID ? -1 : 1))
  return found.at(-1)?.at ?? null
}

/** A position older than its mode allows is stale, not a standstill. A box that does not move is never stale. */
export function isStale({ aboard, leg, seen, movement }: Journey, now: Date): boolean {
  if (!aboard || leg === null || seen === null || movement === 'ARRIVED' || movement === 'LOADED') return false
  return now.getTime() - Date.parse(seen.at) > legRules[leg.mode].staleAfterMinutes * 60_000
}

/** Whether what should come next is overdue. */
export function isLate({ next }: Journey, now: Date): boolean {
  return next !== null && next.plannedAt !== null && next.plannedAt < now.toISOString()
}
