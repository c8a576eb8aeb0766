import type { LegMode } from '@yidan/ledger'
import type { Air, Fact } from './facts.ts'
import { sealName, serviceName } from './facts.ts'
import { samePlace, type PlaceName } from './places.ts'

/** How a box is to travel, by its bill; a box of no known bill has an empty plan. */
export interface Plan {
  readonly legs: readonly PlannedLeg[]
  readonly seals: readonly string[]
}
export interface PlannedLeg {
  readonly number: number
  readonly mode: LegMode
  readonly from: PlaceName
  readonly to: PlaceName
  /** Every name its train, vessel or truck may be reported under, the best first. */
  readonly services: readonly string[]
}

/**
 * Where one box is by its own events. Made by folding them in the order they happened; whatever order they came in, the same events
 * give the same state. What its train or vessel does is not in here: it is read from the service (`journey.ts`).
 */
export interface BoxState {
  readonly movement: 'EXPECTED' | 'GATED_IN' | 'LOADED' | 'DISCHARGED' | 'GATED_OUT'
  /** The leg it is on or waits for, counted from 1; null once the last is done, or without a plan. */
  readonly leg: number | null
  readonly aboard: boolean
  readonly legs: readonly LegRecord[]
  readonly empty: boolean | null
  readonly seals: readonly string[]
  readonly sealMismatch: boolean
  /** The seals that did not fit; absent where none was found yet. */
  readonly strangeSeals?: readonly string[]
  /** Selected by customs and not released since. */
  readonly customsHold: boolean
  /** Seals put on by order of an authority, which count in place of the bill's. */
  readonly resealed: readonly string[] | null
  /** The newest equipment fact folded in: an event before it calls for a new fold. */
  readonly newest: FactOrder | null
  readonly seen: Sighting | null
  /** Air of a reefer, and the door's last opening; absent as long as no event told of them. */
  readonly reefer?: ReeferSeen
  readonly setPoint?: SetPoint
  readonly doorOpened?: DoorSeen
  /** Withdrawals by event id and sender: they also strike an event that comes after its withdrawal. */
  readonly withdrawn: readonly string[]
}
export interface ReeferSeen extends Omit<Air, 'setPoint'> {
  readonly at: string
  readonly eventID: string
}
export interface SetPoint {
  readonly at: string
  readonly eventID: string
  readonly celsius: number
}
export interface DoorSeen {
  readonly at: string
  readonly eventID: string
  readonly place: PlaceName
}
export interface LegRecord {
  readonly number: number
  readonly on: string | null
  readonly off: string | null
  readonly service: string | null
}
export interface FactOrder {
  readonly at: string
  readonly rank: number
  readonly eventID: string
}
export interface Sighting {
  readonly at: string
  readonly eventID: string
  readonly place: PlaceName
  readonly latitude: number | null
  readonly longitude: number | null
}

export function startState({ legs }: Plan): BoxState {
  return {
    movement: 'EXPECTED', leg: legs[0]?.number ?? null, aboard: false, legs: legs.map(({ number }) => ({ number, on: null, off: null, service: null })), empty: null, seals: [], sealMismatch: false,
    customsHold: false, resealed: null, newest: null, seen: null, withdrawn: [],
  }
}

/** The state after all these facts, in whatever order they are given. */
export function foldBox(plan: Plan, facts: readonly Fact[]): BoxState {
  const withdrawals = facts.filter(({ retracts }) => retracts !== null).map(withdrawalOf)
  const start = { ...startState(plan), withdrawn: [...new Set(withdrawals)].sort() }
  return facts.filter((fact) => counts(start, fact)).sort(byOrder).reduce<BoxState>((state, fact) => step(plan, state, fact), start)
}

/** The state after one more fact, or null when it must be folded anew: the fact withdraws another, or happened before one that is in. */
export function addToBox(plan: Plan, state: BoxState, fact: Fact): BoxState | null {
  if (fact.retracts !== null) return null
  if (!counts(state, fact)) return state
  return isLate(state, fact) ? null : step(plan, state, fact)
}

/** Whether the box moved on by something that happened after this. */
export function isLate({ newest }: Pick<BoxState, 'newest'>, fact: Fact): boolean {
  return isMove(fact) && newest !== null && compare(orderOf(fact), newest) < 0
}

/** Whether the fact was withdrawn, by the one who sent it. */
export function isWithdrawn(state: Pick<BoxState, 'withdrawn'>, { eventID, sender }: Fact): boolean {
  return state.withdrawn.includes(`${eventID} ${sender}`)
}

export function withdrawalOf({ retracts, sender }: Fact): string {
  return `${retracts} ${sender}`
}

/** Plans, estimates and what geofences observe are shown and never believed. */
function counts(state: BoxState, fact: Fact): boolean {
  return fact.retracts === null && fact.kind === 'ACT' && fact.type !== 'GEOFENCE' && !isWithdrawn(state, fact)
}

/** One copy, filled in part by part: every event of every box goes through here, several times over. */
function step(plan: Plan, state: BoxState, fact: Fact): BoxState {
  const next = { ...state, seen: latest(state.seen, sightingOf(fact)) }
  if (fact.reefer !== null) Object.assign(next, airAfter(state, fact))
  if (fact.code === 'DRO') Object.assign(next, doorAfter(state, fact))
  if (!isMove(fact)) return next
  next.newest = orderOf(fact)
  next.empty = fact.empty ?? state.empty
  if (fact.seals.length > 0) Object.assign(next, sealsAfter(plan, state, fact))
  const move = moves[fact.code]
  return move === undefined ? next : Object.assign(next, move(plan, next, fact))
}

/** The newest measurement and the newest set point, each by its own time: so it does not matter in which order they come in. */
function airAfter({ reefer, setPoint }: BoxState, { at, eventID, reefer: air }: Fact): Pick<BoxState, 'reefer' | 'setPoint'> {
  if (air === null) return {}
  const measured = air.supply === null && air.return === null && air.humidity === null ? null : { at, eventID, supply: air.supply, return: air.return, humidity: air.humidity }
  const newest = latest(reefer ?? null, measured)
  const set = latest(setPoint ?? null, air.setPoint === null ? null : { at, eventID, celsius: air.setPoint })
  return { ...(newest ? { reefer: newest } : {}), ...(set ? { setPoint: set } : {}) }
}

function doorAfter({ doorOpened }: BoxState, { at, eventID, place }: Fact): Pick<BoxState, 'doorOpened'> {
  const opened: DoorSeen = { at, eventID, place }
  return { doorOpened: latest(doorOpened ?? null, opened) ?? opened }
}

type Move = (plan: Plan, state: BoxState, fact: Fact) => Partial<BoxState>

/** What each equipment event does to a box. Those not listed only change where it was last seen. */
const moves: Readonly<Record<string, Move>> = {
  GTIN(plan, state, fact) {
    const current = legOf(plan, state.leg)
    const waitsAt = plan.legs.find(({ number, from }) => number >= (state.leg ?? Infinity) && samePlace(from, fact.place) === true)
    const arrived = current?.mode === 'road' && (state.aboard || samePlace(current.to, fact.place) === true)
    if (current && arrived && waitsAt?.number !== current.number) return { movement: 'GATED_IN', ...handedOn(plan, state, current, fact) }
    return { movement: 'GATED_IN', aboard: false, leg: waitsAt?.number ?? state.leg }
  },
  LOAD(plan, state, fact) {
    const leg = legTaken(plan, state, fact)
    return { movement: 'LOADED', ...(leg ? takenOver(state, leg, fact) : { aboard: true }) }
  },
  DISC(plan, state, fact) {
    const leg = (state.aboard ? legOf(plan, state.leg) : undefined) ?? legTaken(plan, state, fact)
    return { movement: 'DISCHARGED', ...(leg ? handedOn(plan, state, leg, fact) : { aboard: false }) }
  },
  GTOT(plan, state, fact) {
    const leg = legOf(plan, state.leg)
    return { movement: 'GATED_OUT', ...(leg?.mode === 'road' ? takenOver(state, leg, fact) : { aboard: false }) }
  },
  CUSS: () => ({ customsHold: true }),
  CUSI: () => ({ customsHold: true }),
  CUSR: () => ({ customsHold: false }),
}

/** Which leg a box is loaded for: by the service's name, by mode and place, by mode, or simply the one it waits for. */
function legTaken({ legs }: Plan, { leg }: BoxState, { service, mode, place }: Fact): PlannedLeg | undefined {
  const ahead = legs.filter(({ number }) => leg !== null && number >= leg)
  const fits = (candidate: PlannedLeg): boolean => mode === null || candidate.mode === mode
  return (
    ahead.find((candidate) => service !== null && candidate.services.includes(service)) ??
    ahead.find((candidate) => fits(candidate) && samePlace(candidate.from, place) === true) ??
    ahead.find(fits)
  )
}

function takenOver(state: BoxState, { number }: PlannedLeg, { at, service }: Fact): Partial<BoxState> {
  return { aboard: true, leg: number, legs: state.legs.map((record) => (record.number === number ? { ...record, on: at, service } : record)) }
}

function handedOn({ legs }: Plan, state: BoxState, { number }: PlannedLeg, { at, service }: Fact): Partial<BoxState> {
  const next = legs.find((leg) => leg.number > number)
  return { aboard: false, leg: next?.number ?? null, legs: state.legs.map((record) => (record.number === number ? { ...record, off: at, service: record.service ?? service } : record)) }
}

function legOf({ legs }: Plan, number: number | null): PlannedLeg | undefined {
  return legs.find((leg) => leg.number === number)
}

/** A box whose seals are all strangers to its bill has been opened, or is another box. A new seal by an authority (RSEA) is the one to compare with from then on. */
function sealsAfter({ seals: planned }: Plan, state: BoxState, { code, seals }: Fact): Pick<BoxState, 'seals' | 'sealMismatch' | 'strangeSeals' | 'resealed'> {
  if (code === 'RSEA') return { seals, sealMismatch: false, ...(state.strangeSeals === undefined ? {} : { strangeSeals: [] }), resealed: seals }
  const expected = state.resealed ?? planned
  const fit = sealsFit(expected, seals)
  return { seals, sealMismatch: state.sealMismatch || !fit, ...(fit ? {} : { strangeSeals: [...new Set([...(state.strangeSeals ?? []), ...seals])].sort() }), resealed: state.resealed }
}

/** Whether one of the seals found is one of those expected; nothing expected fits all. */
export function sealsFit(expected: readonly string[], found: readonly string[]): boolean {
  return expected.length === 0 || found.some((seal) => expected.map(sealName).includes(sealName(seal)))
}

function isMove({ type, container }: Fact): boolean {
  return type === 'EQUIPMENT' && container !== null
}

function sightingOf({ at, eventID, place, latitude, longitude }: Fact): Sighting | null {
  return place.name === null && place.code === null && latitude === null ? null : { at, eventID, place, latitude, longitude }
}

export function latest<T extends { readonly at: string; readonly eventID: string }>(one: T | null, other: T | null): T | null {
  if (one === null || other === null) return one ?? other
  return one.at > other.at || (one.at === other.at && one.eventID >= other.eventID) ? one : other
}

/** Events of one moment: in the order in which they can have happened. */
const ranks = ['AVPU', 'PICK', 'STUF', 'GTIN', 'CUSS', 'CUSI', 'INSP', 'RMVD', 'RSEA', 'CUSR', 'LOAD', 'CROS', 'DISC', 'STRP', 'GTOT', 'AVDO', 'DROP']

function orderOf({ at, code, eventID }: Fact): FactOrder {
  return { at, rank: ranks.indexOf(code), eventID }
}

function compare(one: FactOrder, other: FactOrder): number {
  return text(one.at, other.at) || one.rank - other.rank || text(one.eventID, other.eventID)
}

function byOrder(one: Fact, other: Fact): number {
  return compare(orderOf(one), orderOf(other))
}

function text(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Every name under which the leg's train, vessel or truck may be reported. */
export function servicesOf(leg: { mode: LegMode; trainNumber?: string | undefined; vessel?: string | undefined; voyage?: string | undefined; plate?: string | undefined }, billNumber: string): string[] {
  const names: Readonly<Record<LegMode, readonly (string | undefined)[]>> = {
    rail: [leg.trainNumber, `RAIL ${billNumber}`],
    sea: [leg.vessel && leg.voyage ? `${leg.vessel} ${leg.voyage}` : undefined, leg.vessel, leg.voyage, `VESSEL ${billNumber}`],
    road: [leg.plate, `TRUCK ${billNumber}`],
  }
  return names[leg.mode].filter((name) => name !== undefined).map(serviceName)
}
