import type { Fact } from './facts.ts'
import { samePlace, type PlaceName } from './places.ts'
import { kilometresBetween, spotOf } from './places-spots.ts'

/**
 * Facts that cannot both be true. Only times that were reported are held against each other: messages come late and out of order, so that
 * something is missing never contradicts anything. Each rule looks at one new fact beside what is known and names the fact it contradicts.
 */
export const contradictionRules = ['two-places-at-once', 'arrival-before-departure', 'load-before-gate-in', 'discharge-before-load', 'moved-after-delivery'] as const
export type ContradictionRule = (typeof contradictionRules)[number]

export interface Contradiction {
  readonly rule: ContradictionRule
  /** The known event that cannot be true beside the new one; null when it is the delivery on the ledger. */
  readonly against: string | null
  readonly at: string | null
  readonly place: string | null
}

/** What is known of a box: its own facts of this journey, without those withdrawn; and when it was delivered on its bill. */
export interface KnownOfBox {
  readonly facts: readonly Fact[]
  readonly deliveredAt: string | null
}
/** What is known of a train, vessel or truck: its arrivals and departures, and the legs it was planned for. */
export interface KnownOfUnit {
  readonly calls: readonly Pick<Fact, 'eventID' | 'code' | 'at' | 'place'>[]
  readonly legs: readonly { readonly mode: string; readonly from: PlaceName; readonly to: PlaceName; readonly plannedDeparture: string }[]
}

/** Between a load and a gate-in these say that it may well have come back. */
export const wentAwayBy: readonly string[] = ['DISC', 'GTOT', 'STRP']
/** Faster than an airliner: no box has been at both places. */
export const fastestKmh = 1_000
/** Coordinates of a place are those of its middle, and clocks differ. */
const nearKm = 60
/** A delivered box that is laden again this soon has not been stripped, filled and handed in anew. */
export const turnaround = 7 * 86_400_000
const minute = 60_000
const day = 86_400_000
const longestRide = 60 * day

export function contradictionsOfBox(fact: Fact, known: KnownOfBox): Contradiction[] {
  const others = known.facts.filter(({ kind, retracts, eventID }) => kind === 'ACT' && retracts === null && eventID !== fact.eventID)
  return [twoPlacesAtOnce(fact, others), loadBeforeGateIn(fact, others), dischargeBeforeLoad(fact, others), movedAfterDelivery(fact, { facts: others, deliveredAt: known.deliveredAt })].filter((found) => found !== null)
}

/** The sightings just before and just after in time are too far away to have come from, or to have got to. */
export function twoPlacesAtOnce(fact: Fact, others: readonly Fact[]): Contradiction | null {
  if (spotOf(fact) === null) return null
  const sighted = others.filter((other) => spotOf(other) !== null).sort(byTime)
  const neighbours = [sighted.findLast(({ at }) => at <= fact.at), sighted.find(({ at }) => at > fact.at)]
  const other = neighbours.find((neighbour) => neighbour !== undefined && isTooFast(fact, neighbour))
  return other ? contradiction('two-places-at-once', other) : null
}

/** Whether a box seen at one of these cannot have been seen at the other. */
export function isTooFast(one: Sighted, other: Sighted): boolean {
  const [here, there] = [spotOf(one), spotOf(other)]
  // Most boxes are seen again where they were.
  if (here === null || there === null || (here.latitude === there.latitude && here.longitude === there.longitude)) return false
  const distance = kilometresBetween(here, there)
  return distance > nearKm && distance > (fastestKmh * Math.abs(Date.parse(one.at) - Date.parse(other.at))) / 3_600_000
}
type Sighted = Pick<Fact, 'at' | 'place' | 'latitude' | 'longitude'>

/** Loaded at a place into which it was brought only later, without having left in between. */
export function loadBeforeGateIn(fact: Fact, others: readonly Fact[]): Contradiction | null {
  if (fact.code === 'LOAD') {
    const brought = gateInsAt(fact.place, others)
    const later = brought.find(({ at }) => at > fact.at)
    return later && !brought.some(({ at }) => at <= fact.at) && !wentAway(others, fact.at, later.at) ? contradiction('load-before-gate-in', later) : null
  }
  if (fact.code !== 'GTIN') return null
  const loaded = others.filter(({ code, place, at }) => code === 'LOAD' && at < fact.at && samePlace(place, fact.place) === true).sort(byTime).at(-1)
  if (!loaded || gateInsAt(fact.place, others).some(({ at }) => at <= loaded.at) || wentAway(others, loaded.at, fact.at)) return null
  return contradiction('load-before-gate-in', loaded)
}

function gateInsAt(where: PlaceName, others: readonly Fact[]): Fact[] {
  return others.filter(({ code, place }) => code === 'GTIN' && samePlace(place, where) === true).sort(byTime)
}

/** Discharged, gated out or seen elsewhere between the two: it may well have come back. */
function wentAway(others: readonly Fact[], from: string, to: string): boolean {
  return others.some(({ code, at }) => at > from && at < to && wentAwayBy.includes(code))
}

/** Discharged from a train or vessel on which it was loaded only later. */
export function dischargeBeforeLoad(fact: Fact, others: readonly Fact[]): Contradiction | null {
  if (fact.service === null || (fact.code !== 'DISC' && fact.code !== 'LOAD')) return null
  const same = others.filter(({ service }) => service === fact.service)
  const loads = same.filter(({ code }) => code === 'LOAD').sort(byTime)
  if (fact.code === 'DISC') {
    const later = loads.find(({ at, place }) => at > fact.at && samePlace(place, fact.place) !== true)
    return later && !loads.some(({ at }) => at <= fact.at) ? contradiction('discharge-before-load', later) : null
  }
  const off = same.filter(({ code, at, place }) => code === 'DISC' && at < fact.at && samePlace(place, fact.place) !== true).sort(byTime).at(-1)
  return off && !loads.some(({ at }) => at <= off.at) ? contradiction('discharge-before-load', off) : null
}

/** Still laden and on its way, although whoever was entitled has it. Leaving the terminal is part of being delivered; empty it goes where it likes. */
export function movedAfterDelivery(fact: Fact, { facts, deliveredAt }: KnownOfBox): Contradiction | null {
  if (deliveredAt === null || fact.empty !== false || !['GTIN', 'LOAD', 'DISC'].includes(fact.code)) return null
  const since = Date.parse(fact.at) - Date.parse(deliveredAt)
  const emptied = facts.some(({ code, empty, at }) => at >= deliveredAt && at <= fact.at && (empty === true || code === 'STRP'))
  return since > 10 * minute && since < turnaround && !emptied ? { rule: 'moved-after-delivery', against: null, at: deliveredAt, place: null } : null
}

/**
 * A unit that arrives before it has left, or leaves after it has arrived, on the same leg. A train number runs again and again: what lies
 * before the planned departure belongs to an earlier run, and so does an arrival before which a departure is known.
 */
export function arrivalBeforeDeparture(fact: Fact, { calls, legs }: KnownOfUnit): Contradiction | null {
  if (fact.kind !== 'ACT' || fact.retracts !== null || (fact.code !== 'ARRI' && fact.code !== 'DEPA')) return null
  const others = calls.filter(({ eventID }) => eventID !== fact.eventID).sort(byTime)
  for (const leg of legs) {
    const earliest = new Date(Date.parse(leg.plannedDeparture) - headStart(leg.mode)).toISOString()
    const at = (code: string, where: PlaceName): Known[] => others.filter((call) => call.code === code && samePlace(call.place, where) === true)
    const departures = at('DEPA', leg.from)
    const leftBefore = (moment: string): boolean => departures.some((call) => call.at <= moment && Date.parse(call.at) > Date.parse(moment) - longestRide)
    const opposite = fact.code === 'ARRI' ? departures.find((call) => call.at > fact.at) : at('ARRI', leg.to).findLast((call) => call.at < fact.at)
    const arrivedAt = fact.code === 'ARRI' ? fact.at : (opposite?.at ?? '')
    const here = samePlace(fact.place, fact.code === 'ARRI' ? leg.to : leg.from) === true
    if (here && opposite && arrivedAt >= earliest && !leftBefore(arrivedAt)) return contradiction('arrival-before-departure', opposite)
  }
  return null
}
type Known = KnownOfUnit['calls'][number]

/** A vessel may sail days before its plan; no other run of it ends that close to it. */
function headStart(mode: string): number {
  return mode === 'sea' ? 5 * day : 0
}

function contradiction(rule: ContradictionRule, { eventID, at, place }: Pick<Fact, 'eventID' | 'at' | 'place'>): Contradiction {
  return { rule, against: eventID, at, place: place.name ?? place.code }
}

function byTime(one: { readonly at: string; readonly eventID: string }, other: { readonly at: string; readonly eventID: string }): number {
  return one.at < other.at ? -1 : one.at > other.at ? 1 : one.eventID < other.eventID ? -1 : 1
}
