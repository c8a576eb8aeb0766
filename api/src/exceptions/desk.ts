import { type CompanyId, type Deskperson, type ExceptionHistoryItem, type ExceptionSummary, type ExceptionView, type PersonId, type PutAsideView } from '@yidan/api/contract'
import { ensure, may, type Thing } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { NewEntry } from '../events/types.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { contradictionText, entryOf, putAsideShelf } from '../tracking/index.ts'
import { stretchWith, type Stretch } from '../tracking/rides.ts'
import { aboutOf, readEvent, titleFor, track, type Box, type TrackingReader, type TrackingWatch } from '../tracking/view.ts'
import { changeEntry, type Actor, type Cause, type ExceptionChange } from './changes.ts'
import { subjectOf } from './looking.ts'
import type { ExceptionRecord, ExceptionStore, HistoryRecord, PutAsideRecord } from './store.ts'
import { runsOf } from './unit-runs.ts'

/** What the desk works with. */
export interface Desk {
  readonly ports: Ports
  readonly directory: Directory
  readonly reader: TrackingReader
  readonly watch: TrackingWatch
  readonly store: ExceptionStore
}
export interface Asking {
  readonly caller: Caller
  readonly language: Language
}

/** Roles of people to whom exceptions are given. */
export const staffRoles = ['administrator', 'clerk', 'gate'] as const
const tries = 5
/** Bills looked at for who has to do with a train, vessel or truck. */
const billLimit = 200

/**
 * Who may see it: whoever may follow the box on the journey it is about, or a box that was on the unit while it lasted.
 * @throws Problem `not-found` for one that is not there, or is none of the caller's business
 */
export async function openException(desk: Desk, { caller }: Pick<Asking, 'caller'>, id: string): Promise<{ record: ExceptionRecord; thing: Thing }> {
  const record = await desk.store.exceptions.findOne({ _id: id })
  if (record === null) throw new Problem('not-found')
  const thing = await thingOf(desk, record)
  if (!may(caller, 'read-exceptions', thing)) throw new Problem('not-found')
  return { record, thing }
}

/** Whose business it is: the bills whose cargo it concerns, as they stand now. */
export async function thingOf({ reader, watch, ports }: Pick<Desk, 'reader' | 'watch'> & { readonly ports: Pick<Ports, 'clock'> }, record: Pick<ExceptionRecord, 'container' | 'service' | 'billId' | 'state' | 'since' | 'changedAt' | 'run'>): Promise<Thing> {
  const { container, service, billId } = record
  if (container !== null) {
    const [box, bill] = await Promise.all([reader.box(container), billId === null ? null : reader.bill(billId)])
    // An earlier journey is told to those who had to do with it, as far as its bill still lets them.
    return { type: 'cargo', bills: bill === null || (box?.billId !== billId && bill.endedAt === null) ? [] : [titleFor(bill)] }
  }
  const bills = await reader.bills(service === null ? [] : await watch.billsOn(service, lastingOf(record, ports.clock()), billLimit))
  return { type: 'cargo', bills: bills.map(titleFor) }
}

/** The boxes it is about now: of a train those that ride on this run or wait for it, and not those of the next. */
export async function boxesConcerned({ reader, watch }: Pick<Desk, 'reader' | 'watch'>, { container, service, run }: Pick<ExceptionRecord, 'container' | 'service' | 'run'>): Promise<readonly Box[]> {
  if (container !== null) return watch.boxes([container])
  const name = service ?? '', boxes = await watch.boxesOn(name)
  const riding = runsOf(name, await track(reader, boxes), await reader.services([name])).find(({ day }) => day === run)
  return riding === undefined ? boxes : boxes.filter(({ _id }) => riding.boxes.includes(_id))
}

/** From when it was raised until it was over, or now; and the day of the run it is about, which may be ahead. */
export function lastingOf({ state, since, changedAt, run }: Pick<ExceptionRecord, 'state' | 'since' | 'changedAt' | 'run'>, now: Date): Stretch {
  return stretchWith([since, state === 'open' ? now.toISOString() : changedAt], run)
}

export async function exceptionView(desk: Desk, asking: Asking, id: string): Promise<ExceptionView> {
  const position = desk.ports.feed.health().position
  const { record, thing } = await openException(desk, asking, id)
  const handle = may(asking.caller, 'handle-exceptions', thing)
  const decide = may(asking.caller, 'decide-put-aside')
  const doubted = record.kind === 'IMPOSSIBLE' ? await desk.store.putAside.find(record.container === null ? { service: record.service } : { container: record.container }).sort({ position: -1 }).limit(50).toArray() : []
  const inner = handle || decide
  const lines = inner ? record.history : record.history.filter(({ type }) => type === 'raised' || type === 'gone' || type === 'closed')
  const names = await namesFor(desk, [...(inner ? [record.assigned, ...lines.flatMap(({ by, to }) => [by?.personId ?? null, to])] : []), ...doubted.map(({ by }) => by?.personId ?? null)], [...lines, ...doubted].flatMap(({ by }) => by?.companyId ?? []))
  return {
    ...summaryOf(record, inner ? names : null), history: lines.map((line) => historyItem(line, names, inner)),
    putAside: await putAsideViews(desk, inner ? doubted : doubted.filter(({ state }) => state === 'open'), names, asking.language), may: { handle, decide: decide && doubted.some(({ state }) => state === 'open') }, position,
  }
}

export type Names = (by: Actor | PersonId | null) => Deskperson | null

/** Names of people and companies; what was forgotten has none. */
export async function namesFor({ directory }: Desk, personIds: readonly (PersonId | null)[], companyIds: readonly CompanyId[] = []): Promise<Names> {
  const people = await directory.people(personIds.filter((id) => id !== null))
  const companies = new Map(await Promise.all([...new Set([...companyIds, ...[...people.values()].map(({ companyId }) => companyId)])].map(async (id) => [id, (await directory.company(id))?.name ?? null] as const)))
  return (by) => {
    if (by === null) return null
    const personId = typeof by === 'string' ? by : by.personId
    const person = personId === null ? undefined : people.get(personId)
    return { personId, name: person?.name ?? null, company: companies.get(typeof by === 'string' ? (person?.companyId ?? ('' as CompanyId)) : by.companyId) ?? null }
  }
}

export function summaryOf({ _id, kind, state, container, service, run, billNumber, cause, since, changedAt, times, assigned }: ExceptionRecord, names: Names | null): ExceptionSummary {
  return { id: _id, kind, state, container, service, run, billNumber, cause: causeView(cause), since, changedAt, times, assigned: names?.(assigned) ?? null }
}

function causeView({ code, at, values }: Cause): ExceptionSummary['cause'] {
  return { code, at: new Date(at).toISOString(), values: { ...values } }
}

function historyItem({ at, type, by, to, text, cause }: HistoryRecord, names: Names, inner: boolean): ExceptionHistoryItem {
  return { at, type, by: inner ? names(by) : null, to: inner ? names(to) : null, text: inner ? text : null, cause: cause && causeView(cause) }
}

async function putAsideViews({ directory }: Desk, records: readonly PutAsideRecord[], names: Names, language: Language): Promise<PutAsideView[]> {
  const senders = await directory.byParties(records.map(({ sender }) => sender))
  return records.map(({ _id, state, event, sender, because, receivedAt, by, reason, position }) => {
    const { code, at, place, service, type } = readEvent({ position, event, sender, retracts: null })
    const company = senders.get(sender)
    return {
      eventID: _id, state, code, kind: type, at, place: place.name ?? place.code, service, sender: (language === 'en' ? company?.nameEn : null) ?? company?.name ?? null, receivedAt,
      because: because.map((one) => ({ rule: one.rule, against: one.against, at: one.at, place: one.place, message: contradictionText(one, language) })), decidedBy: names(by), reason,
    }
  })
}

/**
 * Writes what a person did. When somebody else was faster, it is done again on what then stands.
 * @throws Problem `exception-not-open` (409) when only an open one can be changed so
 */
export async function changeException(desk: Desk, asking: Asking, id: string, change: (by: Actor) => ExceptionChange): Promise<ExceptionView> {
  const { thing } = await openException(desk, asking, id)
  ensure(asking.caller, 'handle-exceptions', thing)
  const by = actorOf(asking.caller)
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { record } = await openException(desk, asking, id)
    const made = change(by)
    if (made.type === 'closed' && record.state !== 'open') throw new Problem('exception-not-open')
    const { positions, last } = await desk.ports.eventLog.append([changeEntry({ exceptionId: id, kind: record.kind, subject: subjectOf(record), turn: record.turn + 1, change: made })])
    await desk.ports.feed.upTo(last)
    if (positions[0] !== null) return exceptionView(desk, asking, id)
  }
  throw new Problem('revision-conflict')
}

export function actorOf(caller: Caller): Actor {
  const company = companyOf(caller)
  if (company === null || caller.kind === 'anonymous') throw new Problem('not-signed-in')
  return { personId: caller.kind === 'person' ? caller.person.id : null, companyId: company.id }
}

/**
 * Accepts or rejects an event that was put aside, once. Accepted it is received as if nothing had contradicted it, from its own sender.
 * @throws Problem `not-found`; `not-put-aside` (409) when it was decided before
 */
export async function decidePutAside(desk: Desk, { caller, language }: Asking, eventID: string, { decision, reason }: { decision: 'accepted' | 'rejected'; reason: string }): Promise<PutAsideView> {
  ensure(caller, 'decide-put-aside')
  const record = await desk.store.putAside.findOne({ _id: eventID })
  if (record === null) throw new Problem('not-found')
  if (record.state !== 'open') throw new Problem('not-put-aside')
  const by = actorOf(caller)
  const decided: NewEntry = { id: `put-aside-decided:${eventID}`, event: { type: 'put-aside-decided', eventID, decision, reason, by }, about: [...aboutOf(record.event).map((about) => about.replace(/:position$/, '')), putAsideShelf] }
  const { positions, last } = await desk.ports.eventLog.append(decision === 'accepted' ? [decided, entryOf(record.event, record.sender)] : [decided])
  await desk.ports.feed.upTo(last)
  if (positions[0] === null) throw new Problem('not-put-aside')
  const after = await desk.store.putAside.findOne({ _id: eventID })
  const [view] = await putAsideViews(desk, [after ?? record], await namesFor(desk, [by.personId], [by.companyId]), language)
  if (view === undefined) throw new Problem('not-found')
  return view
}
