import type { BoardUnit, CorridorBoard } from '@yidan/api/contract'
import { legRules } from '@yidan/ledger'
import { samePlace, type LastHeard, type TimedLeg } from '../tracking/view.ts'
import { seesAll, withProgress, type Asking, type KnownRun } from './desk.ts'
import { nextOf } from './progress.ts'
import { boxesOf } from './rules.ts'
import { utc } from './run.ts'
import { aboardNow } from './view.ts'

const unitLimit = 400
const hour = 3_600_000
const day = 24 * hour
/** A train that is to leave soon is on the board; one that has arrived stays a while. */
const beforeDeparture = 12 * hour
const afterArrival = 12 * hour
/** A train or vessel of which nothing was heard for so long is not under way any more. */
const forgotten = 45 * day

/** All trains and vessels under way, with a run or known by their reports alone. */
export async function corridorBoard(asking: Asking): Promise<CorridorBoard> {
  const { store, reader, ports } = asking
  const position = ports.feed.health().position
  const now = ports.clock()
  const soon = new Date(now.getTime() + beforeDeparture).toISOString()
  const since = new Date(now.getTime() - forgotten).toISOString()
  const runs = await withProgress(asking, await store.find({ start: { $lte: soon }, end: { $gte: since }, cancelled: false }, unitLimit))
  const trains = runs.flatMap((known) => unitOfRun(known, now, seesAll(asking.caller)))
  const withRun = new Set(runs.map(({ run }) => run.service))
  const others = (await reader.underWay(unitLimit)).filter((service) => !withRun.has(service._id) && heardAt(service) >= since)
  const legs = await reader.legsOn(others.map(({ _id }) => _id))
  return { units: [...trains, ...others.flatMap((service) => unitOfService(service, legs.get(service._id) ?? [], now))], position }
}

function unitOfRun(known: KnownRun, now: Date, whole: boolean): BoardUnit[] {
  const { run, progress } = known
  const { calls, next, state, lastSeen } = progress
  if (state === 'cancelled' || (state === 'arrived' && now.getTime() - Date.parse(calls.at(-1)?.actualArrival ?? '') > afterArrival)) return []
  // It should have come long ago and nobody said so: tracking has lost it, and the board would show it forever.
  if (state !== 'departed' && state !== 'arrived' && now.getTime() - Date.parse(run.start) > 7 * day) return []
  const standing = next !== null && (next === 0 || calls[next]?.actualArrival !== null)
  const from = next === null ? calls.at(-1) : standing ? calls[next] : calls[next - 1]
  const to = next === null ? undefined : standing ? calls[next + 1] : calls[next]
  const { nextCall, delay } = nextOf(progress, now)
  const boxes = aboardNow(known)
  return [{
    service: run.service, mode: 'rail', run: run._id, corridor: run.plan.corridor, state: next === null ? 'arrived' : next === 0 ? 'waiting' : standing ? 'standing' : 'moving', from: spotOf(from), to: spotOf(to),
    expected: nextCall?.expected ?? null, late: delay !== null, delay, lastSeen, boxes: whole && boxes !== null ? boxesOf(boxes.wagons).length : null,
  }]
}

function spotOf(call: { readonly place: string; readonly code: string } | undefined): BoardUnit['from'] {
  return call === undefined ? null : { place: call.place, code: call.code }
}

/** A vessel, or a train that nobody planned here: from its own reports, and from where the bills say that it goes. */
function unitOfService(service: LastHeard, legs: readonly TimedLeg[], now: Date): BoardUnit[] {
  const { fact: last, seen, estimates } = service.heard
  if (last === null && seen === null) return []
  const moving = last?.code === 'DEPA'
  const leg = legNow(legs, last?.at ?? seen?.at ?? '')
  const arrivedAt = last?.code === 'ARRI' && leg !== null && samePlace(leg.to, last.place) !== false ? last.at : null
  if (arrivedAt !== null && now.getTime() - Date.parse(arrivedAt) > afterArrival) return []
  const estimate = leg === null ? undefined : estimates.findLast((fact) => fact.code === 'ARRI' && samePlace(leg.to, fact.place) === true && fact.at > (last?.at ?? ''))
  const expected = arrivedAt !== null || leg === null ? null : (estimate?.at ?? utc(leg.plannedArrival))
  const mode = service.mode === 'sea' ? 'sea' : 'rail'
  return [{
    service: service._id, mode, run: null, corridor: null, state: arrivedAt !== null ? 'arrived' : moving ? 'moving' : 'standing',
    from: last === null ? (leg && { place: leg.from.name ?? leg.from.code ?? '', code: leg.from.code }) : { place: last.place.name ?? last.place.code ?? '', code: last.place.code },
    to: arrivedAt !== null || leg === null ? null : { place: leg.to.name ?? leg.to.code ?? '', code: leg.to.code },
    expected, late: expected !== null && expected < now.toISOString(), delay: null,
    lastSeen: seen && { latitude: seen.latitude, longitude: seen.longitude, place: seen.place.name ?? seen.place.code, at: seen.at, stale: moving && now.getTime() - Date.parse(seen.at) > legRules[mode].staleAfterMinutes * 60_000 },
    boxes: null,
  }]
}

/** The planned leg that is nearest in time to what was last heard. */
function legNow(legs: readonly TimedLeg[], at: string): TimedLeg | null {
  const distance = (leg: TimedLeg): number => Math.abs(Date.parse(leg.plannedDeparture) - Date.parse(at))
  return [...legs].sort((one, other) => distance(one) - distance(other))[0] ?? null
}

function heardAt({ heard: { fact, seen } }: LastHeard): string {
  return [fact?.at ?? '', seen?.at ?? ''].sort().at(-1) ?? ''
}
