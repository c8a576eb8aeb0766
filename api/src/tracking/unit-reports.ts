import type { Collection, FindCursor } from 'mongodb'
import type { EventLogPort, LogEntry } from '../events/types.ts'
import { factOf, type Fact } from './facts.ts'
import type { ServiceFact } from './journey.ts'
import { duringRides, stretchWith, weeksOf, type Stretch } from './rides.ts'

/** Where the log has something of a train, vessel or truck, filed by the weeks it concerns as rides are: the two meet without anything else that its number has done being read. */
export interface UnitReport {
  /** Position in the log. */
  readonly _id: number
  readonly unit: string
  readonly weeks: readonly number[]
  /** The same to the moment, UTC text. */
  readonly from: string
  readonly to: string
  /** What it tells of a departure or an arrival; absent where it is about something else. */
  readonly call?: ReportedCall
}
export interface ReportedCall extends ServiceFact {
  readonly kind: Fact['kind']
  readonly sender: string
}

/** What an entry tells of a unit, and when it was so. */
export interface OfUnit {
  readonly position: number
  readonly unit: string
  readonly stretch: Stretch
  readonly call?: ReportedCall
}

/** A report is of its moment, a withdrawal of the moment of what it withdraws, an exception of the time it lasted. */
export async function ofUnits({ eventLog }: { readonly eventLog: EventLogPort }, entries: readonly LogEntry[]): Promise<readonly OfUnit[]> {
  const takenBack = entries.flatMap((entry) => {
    const fact = factOf(entry)
    return fact !== null && fact.container === null && fact.retracts !== null ? [`event:${fact.retracts}`] : []
  })
  const originals = takenBack.length === 0 ? new Map<string, LogEntry>() : await eventLog.byId(takenBack)
  return entries.flatMap((entry) => ofUnit(entry, originals) ?? [])
}

/** What is filed of a slice of the log. Positions are not: there are many, and no timeline shows them. */
export async function reportsIn(ports: { readonly eventLog: EventLogPort }, entries: readonly LogEntry[]): Promise<readonly UnitReport[]> {
  return (await ofUnits(ports, entries.filter(({ event }) => event.type !== 'tracking-received' || event.event.eventType !== 'POSITION'))).map(reportOf)
}

/** The index; MongoDB would rather walk along all reports there are, because they are to be in order. */
export const byUnit = { unit: 1, weeks: 1, _id: 1 } as const

/** What units did in the weeks of these rides and the log has after this position: the first so many, in order. */
export async function reportsDuring(reports: Collection<UnitReport>, rides: readonly string[], after: number, limit: number): Promise<readonly UnitReport[]> {
  return (await during(reports, rides, after)?.limit(limit).toArray()) ?? []
}

/** Where the log has these: for rides that are over the index alone tells. */
export async function positionsDuring(reports: Collection<UnitReport>, rides: readonly string[], after: number, limit: number): Promise<readonly number[]> {
  return (await during(reports, rides, after)?.limit(limit).project<Pick<UnitReport, '_id'>>({ _id: 1 }).toArray())?.map(({ _id }) => _id) ?? []
}

function during(reports: Collection<UnitReport>, rides: readonly string[], after: number): FindCursor<UnitReport> | null {
  const anyOf = duringRides(rides, 'unit')
  return anyOf.length === 0 ? null : reports.find({ _id: { $gt: after }, $or: [...anyOf] }, { hint: byUnit }).sort({ _id: 1 })
}

export function ofUnit(entry: LogEntry, originals: ReadonlyMap<string, LogEntry> = new Map()): OfUnit | null {
  const { position, event } = entry
  if (event.type === 'exception-changed') return event.subject.service === null ? null : { position, unit: event.subject.service, stretch: stretchWith([entry.at.toISOString()], event.subject.run) }
  const fact = factOf(entry)
  if (fact === null || fact.container !== null || fact.service === null) return null
  const original = originals.get(`event:${fact.retracts}`)
  const { at } = (original && factOf(original)) ?? fact
  return { position, unit: fact.service, stretch: { from: at, to: at }, ...callIn(fact) }
}

function callIn({ code, kind, type, retracts, eventID, at, created, place, sender }: Fact): Pick<OfUnit, 'call'> {
  return (code === 'DEPA' || code === 'ARRI') && retracts === null && type !== 'GEOFENCE' ? { call: { kind, code, eventID, at, created, place, sender } } : {}
}

export function reportOf({ position, unit, stretch, call }: OfUnit): UnitReport {
  return { _id: position, unit, weeks: weeksOf(stretch), from: stretch.from, to: stretch.to, ...(call && { call }) }
}
