import { exceptionKinds } from '@yidan/api/contract'
import type { AnyBulkWriteOperation } from 'mongodb'
import type { NewEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader, openTrackingWatch, setPointOf, track, type Service, type Tracked } from '../tracking/view.ts'
import { changeEntry, exceptionIdOf, type ExceptionSubject } from './changes.ts'
import { changeFor, findingsOfBox, findingsOfUnit, lookAgain, type Findings } from './rules.ts'
import type { ExceptionRecord, ExceptionStore, PutAsideRecord, WatchRecord } from './store.ts'
import { lastWordOf, missedAt, runsOf, unitsOf } from './unit-runs.ts'

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
    const missed = await missedBy([...tracked.values()], services)
    const now = ports.clock()
    const outcomes = containers.map((container): Outcome => {
      const known = tracked.get(container) ?? null
      const subject = { container, service: null, billId: known?.box.billId ?? null, run: null }
      const findings = findingsFor(known, missed.get(container) ?? null, doubted.filter((one) => one.container === container), now)
      return { key: `container:${container}`, found: [{ subject, findings }], billNumber: known?.box.billNumber ?? null, records: records.filter((one) => one.container === container) }
    })
    await settle(outcomes, now)
    await watchUnits([...tracked.values()].flatMap(unitsOf))
  }

  /** When the train or vessel of each left without it. What else is planned on it is read only where one has left. */
  async function missedBy(tracked: readonly Tracked[], services: ReadonlyMap<string, Service>): Promise<ReadonlyMap<string, string>> {
    const left = tracked.filter((one) => missedAt(one, services, []) !== null)
    if (left.length === 0) return new Map()
    const planned = await reader.legsOn([...new Set(left.flatMap(({ journey }) => journey.leg?.services ?? []))])
    return new Map(left.flatMap((one) => {
      const at = missedAt(one, services, (one.journey.leg?.services ?? []).flatMap((name) => planned.get(name) ?? []))
      return at === null ? [] : [[one.box._id, at] as const]
    }))
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
      const own = records.filter((one) => one.service === name)
      const putAside = openOf(doubted.filter((one) => one.service === name))
      const subjectOn = (run: string | null): ExceptionSubject => ({ container: null, service: name, billId: null, run })
      const runs = runsOf(name, await track(reader, await watch.boxesOn(name)), services)
      // With nobody aboard or waiting there is still what was put aside.
      const bare = (): Outcome['found'] => [{ subject: subjectOn(own.findLast(({ kind }) => kind === 'IMPOSSIBLE')?.run ?? null), findings: findingsOfUnit({ mode: service?.mode ?? 'rail', riding: null, seen: null, putAside, now }) }]
      const found = runs.length === 0 ? bare() : runs.map((riding, index) => ({ subject: subjectOn(riding.day), findings: findingsOfUnit({ mode: riding.mode, riding: riding.run, seen: lastWordOf(riding, service?.sightings ?? []), putAside: index === 0 ? putAside : [], now }) }))
      return { key: `service:${name}`, found, billNumber: null, records: own }
    }))
    await settle(outcomes, now)
  }

  /** Writes the changes and the next moment to look. */
  async function settle(outcomes: readonly Outcome[], now: Date): Promise<void> {
    const entries = outcomes.map(changesOf)
    const [{ positions }, watched] = await Promise.all([ports.eventLog.append(entries.flat()), store.watch.find({ _id: { $in: outcomes.map(({ key }) => key) } }).toArray()])
    const waiting = new Set(watched.map(({ _id }) => _id))
    let next = 0
    const writes = outcomes.flatMap(({ key, found, records }, index): AnyBulkWriteOperation<WatchRecord>[] => {
      const own = entries[index] ?? []
      const lost = own.some((_, at) => positions[next + at] === null)
      next += own.length
      const open = records.some(({ state }) => state === 'open') || found.some(({ findings: { causes } }) => causes.LATE !== undefined || causes.STALE !== undefined)
      const due = Math.min(...found.map(({ findings }) => findings.due ?? Infinity), open ? now.getTime() + lookAgain : Infinity, lost ? now.getTime() + soon : Infinity)
      if (Number.isFinite(due)) return [{ updateOne: { filter: { _id: key }, update: { $set: { due: new Date(due) } }, upsert: true } }]
      return waiting.has(key) ? [{ deleteOne: { filter: { _id: key } } }] : []
    })
    if (writes.length > 0) await store.watch.bulkWrite(writes, { ordered: false })
  }

  return { boxes: (containers) => inParts(containers, atOnce, lookAtBoxes), units: (services) => inParts(services, 20, lookAtUnits) }
}

interface Outcome {
  /** In the watch. */
  readonly key: string
  /** The present journey of a box, or each run that a unit makes now. */
  readonly found: readonly { readonly subject: ExceptionSubject; readonly findings: Findings }[]
  readonly billNumber: string | null
  readonly records: readonly ExceptionRecord[]
}

function changesOf({ found, billNumber, records }: Outcome): NewEntry[] {
  const own = found.flatMap(({ subject, findings }) => exceptionKinds.flatMap((kind): NewEntry[] => {
    const exceptionId = exceptionIdOf(kind, subject)
    const record = records.find(({ _id }) => _id === exceptionId) ?? null
    const change = changeFor(record, findings.causes[kind], billNumber)
    return change === null ? [] : [changeEntry({ exceptionId, kind, subject, turn: (record?.turn ?? 0) + 1, change })]
  }))
  // What belonged to an earlier journey, or an earlier run, is over with it.
  const earlier = records.filter((record) => !record.gone && !found.some(({ subject }) => record.billId === subject.billId && record.run === subject.run))
  return [...own, ...earlier.map((record) => changeEntry({ exceptionId: record._id, kind: record.kind, subject: subjectOf(record), turn: record.turn + 1, change: { type: 'gone' } }))]
}

export function subjectOf({ container, service, billId, run }: ExceptionSubject): ExceptionSubject {
  return { container, service, billId, run }
}

function findingsFor(tracked: Tracked | null, missedAt: string | null, doubted: readonly PutAsideRecord[], now: Date): Findings {
  const putAside = openOf(doubted)
  if (tracked !== null) return findingsOfBox({ tracked, setPoint: setPointOf(tracked.bill, tracked.box._id) ?? tracked.box.state.setPoint?.celsius ?? null, putAside, missedAt, now })
  const [first] = putAside
  return { causes: first ? { IMPOSSIBLE: { key: 'put-aside', code: first.rule, at: first.at, values: { count: putAside.length } } } : {}, due: null }
}

function openOf(records: readonly PutAsideRecord[]): { eventID: string; at: string; rule: string }[] {
  return records.map(({ _id, receivedAt, because }) => ({ eventID: _id, at: receivedAt, rule: because[0]?.rule ?? '' }))
}

async function inParts<T>(all: readonly T[], size: number, act: (part: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += size) await act(all.slice(at, at + size))
}
