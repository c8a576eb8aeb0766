import type { ExceptionKind } from '@yidan/api/contract'
import { legRules, type LegMode } from '@yidan/ledger'
import type { Journey } from '../tracking/journey.ts'
import type { LegRecord } from '../tracking/rules.ts'
import type { PlaceName, Tracked } from '../tracking/view.ts'
import type { Cause, ExceptionChange } from './changes.ts'

/**
 * What is wrong with a box or a unit, from what is known and the time: pure, nothing remembered. What concerns all boxes on a train or
 * vessel alike (it is late, nobody hears of it) is wrong with the unit, once; a box has its own only where it is alone with it.
 */
export type Causes = Partial<Record<ExceptionKind, Cause>>
export interface Findings {
  readonly causes: Causes
  /** When to look again, because time alone may make or end something; null when only an event can. */
  readonly due: number | null
}

const hour = 3_600_000
/** What is overdue by less is no exception. */
export const lateAfter: Readonly<Record<LegMode, number>> = { road: hour, rail: 2 * hour, sea: 12 * hour }
/** A box is handed on within this time after its unit has come in. */
export const handlingTime: Readonly<Record<LegMode, number>> = { road: 4 * hour, rail: 24 * hour, sea: 72 * hour }
/** Around the set point, in °C: defrosting is no breach. */
export const temperatureTolerance = 3
/** Boxes with something open, and those on a unit that is late, are looked at again after this time. */
export const lookAgain = 30 * 60_000

export function findingsOfBox({ tracked: { box, bill, journey }, setPoint, putAside, missedAt, now }: {
  readonly tracked: Tracked
  readonly setPoint: number | null
  /** Events put aside and not decided, the oldest first. */
  readonly putAside: readonly { readonly eventID: string; readonly at: string; readonly rule: string }[]
  /** When its train or vessel left without it. */
  readonly missedAt: string | null
  readonly now: Date
}): Findings {
  const { state } = box
  const first = putAside[0]
  const causes: Causes = first ? { IMPOSSIBLE: { key: 'put-aside', code: first.rule, at: first.at, values: { count: putAside.length } } } : {}
  if (bill === null || isOver(bill, box._id)) return { causes, due: null }
  const at = state.newest?.at ?? now.toISOString()
  // What did not fit, though the right seals may have been read since.
  const strange = state.strangeSeals ?? state.seals
  if (state.sealMismatch) causes.SEAL = { key: strange.join('/'), code: 'seal-mismatch', at, values: { found: strange.join(' / ') } }
  if (state.customsHold) causes.CUSTOMS = { key: 'hold', code: 'customs-hold', at, values: {} }
  const door = doorOpened(state)
  if (door) causes.DOOR = door
  const temperature = outOfRange(state, setPoint)
  if (temperature) causes.TEMPERATURE = temperature
  const late = lateness({ journey, missedAt, now })
  if (late.cause) causes.LATE = late.cause
  const quiet = journey.leg?.mode === 'road' && hasTracker(journey, state.legs) ? silence({ aboard: journey.aboard && journey.movement !== 'ARRIVED' && journey.movement !== 'LOADED', mode: 'road', seen: journey.seen, now }) : { cause: null, due: null }
  if (quiet.cause) causes.STALE = quiet.cause
  return { causes, due: earliest(late.due, quiet.due) }
}

/** A truck that has told nothing since it took the box over has no tracker: nobody waits for its word, only for its arrival. */
export function hasTracker({ leg, seen }: Pick<Journey, 'leg' | 'seen'>, legs: readonly LegRecord[]): boolean {
  const setOut = legs.find(({ number }) => number === leg?.number)?.on ?? null
  return seen !== null && setOut !== null && seen.at > setOut
}

/** Delivered, or its bill has ended: nobody waits for it any more. */
export function isOver({ endedAt, title }: NonNullable<Tracked['bill']>, container: string): boolean {
  const cargo = title?.cargo as Readonly<Record<string, { readonly name: string }>> | undefined
  return endedAt !== null || ['DELIVERED', 'SETTLED'].includes(cargo?.[container]?.name ?? '')
}

type State = Tracked['box']['state']

/** Opened on the way. A new seal, customs or stripping after it explain it. */
function doorOpened({ doorOpened: door, newest, resealed, movement }: State): Cause | null {
  if (!door || (movement === 'GATED_OUT' && newest !== null && newest.at > door.at)) return null
  const isExplained = resealed !== null && newest !== null && newest.at >= door.at
  return isExplained ? null : { key: door.eventID, code: 'door-opened', at: door.at, values: { place: nameOf(door.place) } }
}

function outOfRange({ reefer }: State, setPoint: number | null): Cause | null {
  const measured = reefer?.return ?? reefer?.supply ?? null
  if (!reefer || measured === null || setPoint === null || Math.abs(measured - setPoint) <= temperatureTolerance) return null
  return { key: 'out', code: measured > setPoint ? 'too-warm' : 'too-cold', at: reefer.at, values: { measured, setPoint } }
}

interface Timed {
  readonly cause: Cause | null
  readonly due: number | null
}

/** What the box itself is late for: coming in, being handed on, a truck's ride, or the train it has missed. The train's own lateness is the train's. */
function lateness({ journey, missedAt, now }: { journey: Tracked['journey']; missedAt: string | null; now: Date }): Timed {
  const { next, leg, movement } = journey
  if (next === null || next.plannedAt === null || leg === null) return { cause: null, due: null }
  const cause = (code: string, at: string): Cause => ({ key: `${leg.number}:${next.code}`, code, at, values: { what: next.code, place: placeOf(leg, next.code), leg: leg.number } })
  if (missedAt !== null) return { cause: cause('missed', missedAt), due: now.getTime() + lookAgain }
  const run = journey.runs.find((one) => one.leg.number === leg.number)
  const handedOn = run?.arrival && leg.mode !== 'road' ? Math.max(Date.parse(next.plannedAt), Date.parse(run.arrival)) + handlingTime[leg.mode] : null
  const ofUnit = leg.mode !== 'road' && movement !== 'EXPECTED' && handedOn === null
  // The unit is looked at by itself; this box when it should have come in.
  if (ofUnit) return { cause: null, due: after(Date.parse(leg.plannedArrival), now) }
  const from = handedOn ?? Date.parse(next.plannedAt) + lateAfter[leg.mode]
  return now.getTime() >= from ? { cause: cause('overdue', handedOn === null ? next.plannedAt : new Date(handedOn).toISOString()), due: null } : { cause: null, due: from }
}

export function findingsOfUnit({ mode, riding, seen, putAside, now }: {
  readonly mode: LegMode
  /** The run it makes now, from the boxes on it or waiting for it; null when none is. */
  readonly riding: UnitRun | null
  readonly seen: Sighted | null
  readonly putAside: readonly { readonly eventID: string; readonly at: string; readonly rule: string }[]
  readonly now: Date
}): Findings {
  const first = putAside[0]
  const causes: Causes = first ? { IMPOSSIBLE: { key: 'put-aside', code: first.rule, at: first.at, values: { count: putAside.length } } } : {}
  if (riding === null || riding.arrival !== null) return { causes, due: null }
  const code = riding.departure === null ? 'DEPA' : 'ARRI'
  const planned = Date.parse(riding.departure === null ? riding.plannedDeparture : riding.plannedArrival)
  const expected = Math.max(riding.expected === null ? planned : Date.parse(riding.expected), now.getTime() >= planned ? now.getTime() : planned)
  const isLate = expected - planned >= lateAfter[mode]
  const hours = riding.expected === null ? null : Math.round((Date.parse(riding.expected) - planned) / hour)
  if (isLate) causes.LATE = { key: code, code: hours !== null && hours > 0 ? 'announced-late' : 'overdue', at: new Date(planned).toISOString(), values: { what: code, place: nameOf(code === 'DEPA' ? riding.from : riding.to), hours } }
  const quiet = silence({ aboard: riding.departure !== null, mode, seen, now })
  if (quiet.cause) causes.STALE = quiet.cause
  return { causes, due: earliest(isLate ? null : planned + lateAfter[mode], quiet.due) }
}

export interface UnitRun {
  readonly plannedDeparture: string
  readonly plannedArrival: string
  readonly departure: string | null
  readonly arrival: string | null
  /** When the next call will be by the sender's latest word. */
  readonly expected: string | null
  readonly from: PlaceName
  readonly to: PlaceName
}
export interface Sighted {
  readonly at: string
  readonly eventID: string
  readonly place: PlaceName
}

/** No word for longer than its mode allows, though it should be moving. Not a standstill: nobody knows. */
function silence({ aboard, mode, seen, now }: { aboard: boolean; mode: LegMode; seen: Sighted | null; now: Date }): Timed {
  if (!aboard || seen === null) return { cause: null, due: null }
  const from = Date.parse(seen.at) + legRules[mode].staleAfterMinutes * 60_000
  if (now.getTime() < from) return { cause: null, due: from }
  return { cause: { key: seen.eventID, code: 'no-word', at: seen.at, values: { place: nameOf(seen.place) } }, due: null }
}

/** What of an exception decides what becomes of it. */
export interface Standing {
  readonly state: 'open' | 'ended' | 'closed'
  readonly cause: Cause
  readonly gone: boolean
}

/** What has to be written when this is found now; null when nothing changes. */
export function changeFor(standing: Standing | null, cause: Cause | undefined, billNumber: string | null): ExceptionChange | null {
  if (cause === undefined) return standing === null || standing.gone ? null : { type: 'gone' }
  if (standing === null || standing.gone || standing.cause.key !== cause.key) return { type: 'raised', cause, billNumber }
  return null
}

function placeOf({ from, to }: { readonly from: PlaceName; readonly to: PlaceName }, code: string): string | null {
  return nameOf(['ARRI', 'DISC', 'GTOT'].includes(code) ? to : from)
}

function nameOf({ code, name }: PlaceName): string | null {
  return code ?? name
}

function after(moment: number, now: Date): number {
  return moment > now.getTime() ? moment : now.getTime() + lookAgain
}

function earliest(...moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null)
  return known.length === 0 ? null : Math.min(...known)
}
