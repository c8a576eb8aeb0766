import { type delayReasons, type ListDifferences, type RunId, type RunView, type TrackingEvent } from '@yidan/api/contract'
import { createHash } from 'node:crypto'
import type { NewEntry } from '../events/types.ts'
import { Problem } from '../http/problem.ts'
import { clockTolerance, entryOf } from '../tracking/commands.ts'
import { runToChange, senderOf, writeChange } from './changes.ts'
import type { Asking, KnownRun } from './desk.ts'
import { fault, wordFinding, type Finding } from './findings.ts'
import { loadingListOf } from './loading-list.ts'
import { refuse } from './planning.ts'
import { boxesOf } from './rules.ts'
import { sectionFrom, sectionTo, utc, type Section } from './run.ts'

interface Told { readonly run: RunId; readonly revision: number; readonly call: number }
type DelayReason = (typeof delayReasons)[number]

/**
 * The train has left: one event (DEPA) by its number, that counts for every box aboard.
 * @throws Problem `boxes-not-loaded` naming each, unless it leaves without them; `train-not-composed`, `train-departed`, `times-faulty`
 */
export async function reportDeparture(asking: Asking, { run: id, revision, call, at, withoutMissing }: Told & { readonly at: string; readonly withoutMissing: boolean }): Promise<RunView> {
  const known = await runToChange(asking, id, revision)
  const { run, progress } = known
  const section = sectionFrom(run, call)
  const place = progress.calls[call - 1]
  if (place === undefined || call === progress.calls.length) throw new Problem('not-found', { call })
  if (section === null) throw new Problem('train-not-composed', { call })
  if (place.actualDeparture !== null || (progress.next ?? Infinity) > call - 1) throw new Problem('train-departed', { call })
  refuse('times-faulty', factFindings(asking, known, call, at, 'departure'), asking)
  const list = section.call === call ? await loadingListOf(asking, known, call) : null
  const missing = list?.items.filter(({ state }) => state === 'missing' || state === 'in-yard' || state === 'elsewhere') ?? []
  // Where boxes only change wagons they are scanned by another railway: what it did not tell is no reason to hold the train.
  if (call === 1 && missing.length > 0 && !withoutMissing) throw new Problem('boxes-not-loaded', { count: missing.length }, missing.map((item) => wordFinding(fault({ pointer: `/wagons/${(item.sequence ?? 1) - 1}`, wagon: { sequence: item.sequence ?? 0, number: item.wagon ?? '' }, slot: item.slot ?? 1 }, 'box-not-loaded', { container: item.container, state: item.movement }, item.container), asking.language)))
  const report = { kind: 'departed' as const, call, at: utc(at), wagons: section.wagons.length, boxes: boxesOf(section.wagons).length, missing: missing.map(({ container }) => container), unlisted: list?.items.filter(({ state }) => state === 'loaded-not-listed').map(({ container }) => container) ?? [] }
  return writeChange({ asking, run: id, service: run.service, revision, change: { type: 'train-reported', report }, along: [eventEntry(asking, known, { call, code: 'DEPA', kind: 'ACT', at })] })
}

/** The train is late: an estimate for each new time, with the reason, that counts for every box aboard. @throws Problem `times-faulty`, `train-departed` when it has arrived */
export async function reportDelay(asking: Asking, { run: id, revision, call, reason, remark, times }: Told & { readonly reason: DelayReason; readonly remark?: string | undefined; readonly times: readonly { readonly call: number; readonly arrival: string | null; readonly departure: string | null }[] }): Promise<RunView> {
  const known = await runToChange(asking, id, revision)
  const { run, progress } = known
  if (progress.state === 'arrived') throw new Problem('train-departed')
  if (run.plan.calls[call - 1] === undefined) throw new Problem('not-found', { call })
  refuse('times-faulty', estimateFindings(known, times), asking)
  const along = times.flatMap((time) => [
    ...(time.arrival === null ? [] : [eventEntry(asking, known, { call: time.call, code: 'ARRI', kind: 'EST', at: time.arrival, reason, remark })]),
    ...(time.departure === null ? [] : [eventEntry(asking, known, { call: time.call, code: 'DEPA', kind: 'EST', at: time.departure, reason, remark })]),
  ])
  return writeChange({ asking, run: id, service: run.service, revision, change: { type: 'train-reported', report: { kind: 'delayed', call, reason, remark: remark ?? null, times: [...times] } }, along })
}

/** 到达确报: the wagon list as found. What differs is kept with the run; the arrival is reported too when nobody has. @throws Problem `train-not-departed`, `train-not-composed`, `times-faulty` */
export async function confirmArrival(asking: Asking, { run: id, revision, call, at, wagons }: Told & { readonly at: string; readonly wagons: readonly { readonly number: string; readonly boxes: readonly string[] }[] }): Promise<RunView> {
  const known = await runToChange(asking, id, revision)
  const { run, progress } = known
  const place = progress.calls[call - 1]
  const section = sectionTo(run, call)
  if (place === undefined) throw new Problem('not-found', { call })
  if (section === null) throw new Problem('train-not-composed', { call })
  if (progress.state !== 'departed' && progress.state !== 'arrived') throw new Problem('train-not-departed')
  if (place.actualArrival === null) refuse('times-faulty', factFindings(asking, known, call, at, 'arrival'), asking)
  const report = { kind: 'confirmed' as const, call, at: utc(place.actualArrival ?? at), wagons: wagons.length, boxes: wagons.reduce((sum, { boxes }) => sum + boxes.length, 0), differences: differencesOf(section, wagons) }
  const along = place.actualArrival === null ? [eventEntry(asking, known, { call, code: 'ARRI', kind: 'ACT', at })] : []
  return writeChange({ asking, run: id, service: run.service, revision, change: { type: 'train-reported', report }, along })
}

export function differencesOf({ wagons }: Pick<Section, 'wagons'>, found: readonly { readonly number: string; readonly boxes: readonly string[] }[]): ListDifferences {
  const announced = new Map(wagons.flatMap(({ number, boxes }) => boxes.map(({ container }) => [container, number] as const)))
  const there = new Map(found.flatMap(({ number, boxes }) => boxes.map((container) => [container, number] as const)))
  const [wagonsAnnounced, wagonsThere] = [new Set(wagons.map(({ number }) => number)), new Set(found.map(({ number }) => number))]
  return {
    missingWagons: [...wagonsAnnounced].filter((number) => !wagonsThere.has(number)), extraWagons: [...wagonsThere].filter((number) => !wagonsAnnounced.has(number)),
    missingBoxes: [...announced.keys()].filter((container) => !there.has(container)), extraBoxes: [...there.keys()].filter((container) => !announced.has(container)),
    movedBoxes: [...there].flatMap(([container, number]) => (announced.has(container) && announced.get(container) !== number ? [container] : [])),
  }
}

function factFindings({ ports }: Asking, { progress }: KnownRun, call: number, at: string, what: 'arrival' | 'departure'): Finding[] {
  const spot = { pointer: '/at' }
  const place = progress.calls[call - 1]
  const before = progress.calls.slice(0, call - 1).flatMap(({ actualArrival, actualDeparture }) => actualDeparture ?? actualArrival ?? []).at(-1)
  if (Date.parse(at) > ports.clock().getTime() + clockTolerance) return [fault(spot, 'time-ahead', {}, at)]
  if (what === 'departure' && place?.actualArrival && utc(at) < place.actualArrival) return [fault(spot, 'departs-before-arrival', {}, at)]
  return before !== undefined && utc(at) < before ? [fault(spot, 'time-too-early', {}, at)] : []
}

/** New times are of calls ahead, and rise along the way. */
function estimateFindings({ progress }: KnownRun, times: readonly { readonly call: number; readonly arrival: string | null; readonly departure: string | null }[]): Finding[] {
  const found: Finding[] = []
  const reached = progress.calls.flatMap(({ actualArrival, actualDeparture }) => actualDeparture ?? actualArrival ?? []).at(-1) ?? ''
  let latest = reached
  for (const [time, index] of times.map((given, place) => [given, place] as const).sort(([one], [other]) => one.call - other.call)) {
    const call = progress.calls[time.call - 1]
    const at = (field: string): { pointer: string } => ({ pointer: `/times/${index}/${field}` })
    if (call === undefined) {
      found.push(fault(at('call'), 'call-unknown', { call: time.call }, time.call))
      continue
    }
    if (call.actualDeparture !== null || (time.arrival !== null && call.actualArrival !== null) || time.call - 1 < (progress.next ?? 0)) found.push(fault(at('call'), 'call-behind', { call: time.call }, time.call))
    for (const [field, moment] of [['arrival', time.arrival], ['departure', time.departure]] as const) {
      if (moment === null) continue
      if (utc(moment) < latest) found.push(fault(at(field), 'estimate-too-early', {}, moment))
      latest = utc(moment)
    }
  }
  return found
}

interface Happening { readonly call: number; readonly code: 'ARRI' | 'DEPA'; readonly kind: 'ACT' | 'EST'; readonly at: string; readonly reason?: DelayReason; readonly remark?: string | undefined }

/**
 * The event of the train itself (DCSA TRANSPORT). Its id is made from the run's revision: when somebody else's change was first, this
 * event is known already and is not written either.
 */
function eventEntry(asking: Asking, { run }: KnownRun, { call, code, kind, at, reason, remark }: Happening): NewEntry {
  const place = run.plan.calls[call - 1]
  const event: TrackingEvent = {
    eventType: 'TRANSPORT', eventID: eventIdOf(`${run._id} ${run.revision + 1} ${call} ${code} ${kind}`), eventCreatedDateTime: asking.ports.clock().toISOString(), eventDateTime: at, eventClassifierCode: kind, transportEventTypeCode: code,
    transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: run.service, ...(place ? { UNLocationCode: place.code, location: { locationName: place.place, UNLocationCode: place.code } } : {}) },
    ...(reason === undefined ? {} : { delayReasonCode: reason }), ...(remark === undefined ? {} : { changeRemark: remark }),
  }
  return entryOf(event, senderOf(asking))
}

/** A UUID of version 8 (RFC 9562 5.8) from a text. */
function eventIdOf(text: string): string {
  const hex = createHash('sha256').update(`yidan train event ${text}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
