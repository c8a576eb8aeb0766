import { betweenBatches } from '../events/between-batches.ts'
import type { LogEntry, Projection } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { stretchWith, weeksOf } from '../tracking/rides.ts'
import { serviceOf } from '../tracking/view.ts'
import { collections, openExceptionStore, type ExceptionRecord, type HistoryRecord, type PutAsideRecord } from './store.ts'

/** A history longer than this loses its middle: the beginning says why, the end says how it stands. */
const historyLimit = 300

/** Exceptions and events put aside, as the log tells them. */
export function exceptionProjections(ports: Pick<Ports, 'database'>): readonly Projection[] {
  const store = openExceptionStore(ports)
  const applyPutAside = putAsideView(store.putAside)
  return [
    {
      name: 'exceptions',
      collections: Object.values(collections),
      async apply(entries) {
        await store.ready()
        await applyChanges(store.exceptions, entries)
        await applyPutAside(entries)
      },
    },
  ]
}

async function applyChanges(exceptions: ReturnType<typeof openExceptionStore>['exceptions'], entries: readonly LogEntry[]): Promise<void> {
  const ids = new Set(entries.flatMap(({ event }) => (event.type === 'exception-changed' ? [event.exceptionId] : [])))
  if (ids.size === 0) return
  const records = new Map((await exceptions.find({ _id: { $in: [...ids] } }).toArray()).map((record) => [record._id, record]))
  for (const entry of entries) {
    if (entry.event.type !== 'exception-changed') continue
    const before = records.get(entry.event.exceptionId) ?? null
    if (before !== null && before.position >= entry.position) continue
    const after = changed(before, entry, entry.event)
    if (after !== null) records.set(after._id, { ...after, weeks: weeksIn(after, before) })
  }
  if (records.size > 0) await exceptions.bulkWrite([...records.values()].map((record) => ({ replaceOne: { filter: { _id: record._id }, replacement: record, upsert: true } })), { ordered: false })
}

/** Of a unit: all weeks in which it was ever open, and those of its run. */
function weeksIn({ service, since, changedAt, run }: ExceptionRecord, before: ExceptionRecord | null): readonly number[] {
  return service === null ? [] : [...new Set([...(before?.weeks ?? []), ...weeksOf(stretchWith([since, changedAt], run))])].sort((one, other) => one - other)
}

type Changed = Extract<LogEntry['event'], { type: 'exception-changed' }>

/** The exception after one more change; null for a change of one that was never raised. */
export function changed(before: ExceptionRecord | null, { at: moment, position }: Pick<LogEntry, 'at' | 'position'>, { exceptionId, kind, subject, change }: Changed): ExceptionRecord | null {
  const at = moment.toISOString()
  const line: HistoryRecord = { at, type: change.type, by: 'by' in change ? change.by : null, to: change.type === 'assigned' ? change.to : null, text: change.type === 'noted' ? change.text : change.type === 'closed' ? change.reason : null, cause: change.type === 'raised' ? change.cause : null }
  if (before === null) {
    if (change.type !== 'raised') return null
    return { _id: exceptionId, kind, container: subject.container, service: subject.service, billId: subject.billId, run: subject.run, billNumber: change.billNumber, state: 'open', gone: false, cause: change.cause, since: at, changedAt: at, weeks: [], times: 1, assigned: null, history: [line], turn: 1, position }
  }
  const noted = { ...before, changedAt: at, history: withLine(before.history, line), turn: before.turn + 1, position }
  switch (change.type) {
    case 'raised': {
      const again = before.state !== 'open'
      return { ...noted, state: 'open', gone: false, cause: change.cause, billNumber: change.billNumber, since: again ? at : before.since, times: before.times + (again ? 1 : 0) }
    }
    case 'gone':
      return { ...noted, state: before.state === 'open' ? 'ended' : before.state, gone: true }
    case 'assigned':
      return { ...noted, assigned: change.to }
    case 'noted':
      return noted
    case 'closed':
      return { ...noted, state: 'closed' }
  }
}

function withLine(history: readonly HistoryRecord[], line: HistoryRecord): HistoryRecord[] {
  const all = [...history, line]
  return all.length <= historyLimit ? all : [...all.slice(0, 20), ...all.slice(all.length - historyLimit + 20)]
}

type PutAside = ReturnType<typeof openExceptionStore>['putAside']

/** Each event received is looked for among those that lie aside, which are few and remembered. */
function putAsideView(putAside: PutAside): (entries: readonly LogEntry[]) => Promise<void> {
  const known = betweenBatches<ReadonlySet<string>>()
  return async (entries) => {
    const before = known.take(entries)
    const told = entries.filter(({ event }) => event.type === 'tracking-put-aside' || event.type === 'put-aside-decided')
    await applyTold(putAside, told)
    const open = told.length === 0 && before !== null ? before : new Set((await putAside.find({ state: 'open' }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))
    // Sent again when what it contradicted was withdrawn: believed, nothing is left to decide.
    const believed = entries.flatMap(({ event, position }) => (event.type === 'tracking-received' && open.has(event.event.eventID) ? [{ eventID: event.event.eventID, position }] : []))
    for (const { eventID, position } of believed) await putAside.updateOne({ _id: eventID, state: 'open' }, { $set: { state: 'believed', position } })
    if (believed.length === 0) known.keep(entries, open)
  }
}

async function applyTold(putAside: PutAside, told: readonly LogEntry[]): Promise<void> {
  for (const { event, at, position } of told) {
    if (event.type === 'tracking-put-aside') {
      const { event: own, sender, because } = event
      const container = 'equipmentReference' in own ? (own.equipmentReference ?? null) : null
      const record: Omit<PutAsideRecord, '_id'> = { container, service: container === null ? serviceOf(own) : null, event: own, sender, because, receivedAt: at.toISOString(), state: 'open', by: null, reason: null, position }
      await putAside.updateOne({ _id: own.eventID }, { $setOnInsert: record }, { upsert: true })
    }
    if (event.type === 'put-aside-decided') await putAside.updateOne({ _id: event.eventID, state: 'open' }, { $set: { state: event.decision, by: event.by, reason: event.reason, position } })
  }
}
