import { exceptionKinds } from '@yidan/api/contract'
import type { AnyBulkWriteOperation } from 'mongodb'
import type { NewEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { leftWithout, openTrackingReader, openTrackingWatch, setPointOf, track, type Service, type Tracked } from '../tracking/view.ts'
import { changeEntry, exceptionIdOf, type ExceptionSubject } from './changes.ts'
import { changeFor, findingsOfBox, findingsOfUnit, isOver, lookAgain, type Findings, type UnitRun } from './rules.ts'
import type { ExceptionRecord, ExceptionStore, PutAsideRecord, WatchRecord } from './store.ts'

/** Looks at boxes and units: writes what changed to the log, and when to look again to the watch. */
export interface Looking {
  readonly boxes: (containers: readonly string[]) => Promise<void>
  readonly units: (services: readonly string[]) => Promise<void>
}

const atOnce = 200
/** After a change that another process made at the same moment. */
const soon = 30_000

export function openLooking(ports: Pick<Ports, 'database' | 'vault' | 'eventLog' | 'clock'>, store: ExceptionStore): Looking {
  const reader = openTrackingReader(ports)
  const watch = openTrackingWatch(ports)

  async function lookAtBoxes(containers: readonly string[]): Promise<void> {
    const [boxes, records, doubted] = await Promise.all([watch.boxes(containers), store.exceptions.find({ container: { $in: [...containers] } }).toArray(), store.putAside.find({ container: { $in: [...containers] }, state: 'open' }).sort({ position: 1 }).toArray()])
    const services = await reader.services(boxes.flatMap((box) => box.services))
    const tracked = new Map((await track(reader, boxes)).map((one) => [one.box._id, one]))
    const now = ports.clock()
    const outcomes = containers.map((container): Outcome => {
      const known = tracked.get(container) ?? null
      const subject = { container, service: null, billId: known?.box.billId ?? null, run: null }
      return { key: `container:${container}`, subject, billNumber: known?.box.billNumber ?? null, findings: findingsFor(known, services, doubted.filter((one) => one.container === container), now), records: records.filter((one) => one.container === container) }
    })
    await settle(outcomes, now)
    await watchUnits([...tracked.values()].flatMap(unitsOf))
  }

  /** A unit that boxes wait for, or ride on, is looked at from now on. */
  async function watchUnits(services: readonly string[]): Promise<void> {
    const names = [...new Set(services)]
    const watched = new Set((await store.watch.find({ _id: { $in: names.map((name) => `service:${name}`) } }).toArray()).map(({ _id }) => _id))
    await inParts(names.filter((name) => !watched.has(`service:${name}`)), 20, lookAtUnits)
  }

  async function lookAtUnits(names: readonly string[]): Promise<void> {
    const now = ports.clock()
    const [services, records, doubted] = await Promise.all([reader.services(names), store.exceptions.find({ service: { $in: [...names] } }).toArray(), store.putAside.find({ service: { $in: [...names] }, state: 'open' }).sort({ position: 1 }).toArray()])
    const outcomes = await Promise.all(names.map(async (name): Promise<Outcome> => {
      const service = services.get(name) ?? null
      const riding = runOf(name, await track(reader, await watch.boxesOn(name)), services)
      const findings = findingsOfUnit({ mode: riding?.mode ?? service?.mode ?? 'rail', riding: riding?.run ?? null, seen: service?.sightings.at(-1) ?? null, putAside: openOf(doubted.filter((one) => one.service === name)), now })
      const own = records.filter((one) => one.service === name)
      const run = riding?.run.plannedDeparture.slice(0, 10) ?? own.findLast(({ kind }) => kind === 'IMPOSSIBLE')?.run ?? null
      return { key: `service:${name}`, subject: { container: null, service: name, billId: null, run }, billNumber: null, findings, records: own }
    }))
    await settle(outcomes, now)
  }

  /** Writes the changes and the next moment to look. */
  async function settle(outcomes: readonly Outcome[], now: Date): Promise<void> {
    const entries = outcomes.map(changesOf)
    const [{ positions }, watched] = await Promise.all([ports.eventLog.append(entries.flat()), store.watch.find({ _id: { $in: outcomes.map(({ key }) => key) } }).toArray()])
    const waiting = new Set(watched.map(({ _id }) => _id))
    let next = 0
    const writes = outcomes.flatMap(({ key, findings, records }, index): AnyBulkWriteOperation<WatchRecord>[] => {
      const own = entries[index] ?? []
      const lost = own.some((_, at) => positions[next + at] === null)
      next += own.length
      const open = records.some(({ state }) => state === 'open') || Object.keys(findings.causes).some((kind) => kind === 'LATE' || kind === 'STALE')
      const due = Math.min(findings.due ?? Infinity, open ? now.getTime() + lookAgain : Infinity, lost ? now.getTime() + soon : Infinity)
      if (Number.isFinite(due)) return [{ updateOne: { filter: { _id: key }, update: { $set: { due: new Date(due) } }, upsert: true } }]
      return waiting.has(key) ? [{ deleteOne: { filter: { _id: key } } }] : []
    })
    if (writes.length > 0) await store.watch.bulkWrite(writes, { ordered: false })
  }

  return { boxes: (containers) => inParts(containers, atOnce, lookAtBoxes), units: (services) => inParts(services, 20, lookAtUnits) }
}

interface Outcome {
  readonly key: string
  readonly subject: ExceptionSubject
  readonly billNumber: string | null
  readonly findings: Findings
  readonly records: readonly ExceptionRecord[]
}

function changesOf({ subject, billNumber, findings, records }: Outcome): NewEntry[] {
  const own = exceptionKinds.flatMap((kind): NewEntry[] => {
    const exceptionId = exceptionIdOf(kind, subject)
    const record = records.find(({ _id }) => _id === exceptionId) ?? null
    const change = changeFor(record, findings.causes[kind], billNumber)
    return change === null ? [] : [changeEntry({ exceptionId, kind, subject, turn: (record?.turn ?? 0) + 1, change })]
  })
  // What belonged to an earlier journey, or an earlier run, is over with it.
  const earlier = records.filter((record) => !record.gone && (record.billId !== subject.billId || record.run !== subject.run))
  return [...own, ...earlier.map((record) => changeEntry({ exceptionId: record._id, kind: record.kind, subject: subjectOf(record), turn: record.turn + 1, change: { type: 'gone' } }))]
}

export function subjectOf({ container, service, billId, run }: ExceptionSubject): ExceptionSubject {
  return { container, service, billId, run }
}

function findingsFor(tracked: Tracked | null, services: ReadonlyMap<string, Service>, doubted: readonly PutAsideRecord[], now: Date): Findings {
  const putAside = openOf(doubted)
  if (tracked !== null) return findingsOfBox({ tracked, setPoint: setPointOf(tracked.bill, tracked.box._id) ?? tracked.box.state.setPoint?.celsius ?? null, putAside, missedAt: missedAt(tracked, services), now })
  const [first] = putAside
  return { causes: first ? { IMPOSSIBLE: { key: 'put-aside', code: first.rule, at: first.at, values: { count: putAside.length } } } : {}, due: null }
}

function openOf(records: readonly PutAsideRecord[]): { eventID: string; at: string; rule: string }[] {
  return records.map(({ _id, receivedAt, because }) => ({ eventID: _id, at: receivedAt, rule: because[0]?.rule ?? '' }))
}

/** The planned train or vessel left before the box was there. */
function missedAt({ box, journey }: Tracked, services: ReadonlyMap<string, Service>): string | null {
  const { leg, aboard, movement } = journey
  if (leg === null || leg.mode === 'road' || aboard || movement === 'EXPECTED' || box.state.newest === null) return null
  const left = leftWithout(leg, services)
  return left !== null && left < box.state.newest.at ? left : null
}

function unitsOf({ box, bill, journey: { leg, movement } }: Tracked): string[] {
  if (bill === null || isOver(bill, box._id) || leg === null || leg.mode === 'road' || movement === 'EXPECTED') return []
  const loadedOn = box.state.legs.find(({ number }) => number === leg.number)?.service
  return [loadedOn ?? leg.services[0]].filter((name) => name !== undefined)
}

/** The run a unit makes now: the earliest that boxes ride on, or wait for. */
function runOf(name: string, tracked: readonly Tracked[], services: ReadonlyMap<string, Service>): { readonly mode: UnitMode; readonly run: UnitRun } | null {
  const riding = tracked.filter((one) => unitsOf(one).includes(name) && missedAt(one, services) === null)
  const runs = riding.flatMap(({ journey }) => {
    const run = journey.runs.find(({ leg }) => leg.number === journey.leg?.number)
    if (!run || run.progress === 'done') return []
    const { leg, departure, arrival } = run
    const told = journey.next !== null && ['DEPA', 'ARRI', 'LOAD'].includes(journey.next.code) ? journey.next.plannedAt : null
    return [{ mode: leg.mode, run: { plannedDeparture: leg.plannedDeparture, plannedArrival: leg.plannedArrival, departure, arrival, expected: told, from: leg.from.code ?? leg.from.name ?? '', to: leg.to.code ?? leg.to.name ?? '' } }]
  })
  // Boxes that have arrived are the terminal's to hand on; the unit goes on with the others.
  return runs.sort((one, other) => Number(one.run.arrival !== null) - Number(other.run.arrival !== null) || Number(one.run.departure === null) - Number(other.run.departure === null) || Date.parse(one.run.plannedDeparture) - Date.parse(other.run.plannedDeparture))[0] ?? null
}
type UnitMode = Parameters<typeof findingsOfUnit>[0]['mode']

async function inParts<T>(all: readonly T[], size: number, act: (part: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += size) await act(all.slice(at, at + size))
}
