import type { TrackingEvent } from '@yidan/api/contract'
import { billNumber, withCheckDigit, type PartyId } from '@yidan/ledger'
import type { StoredEntry } from '../../../api/src/events/appender.ts'
import type { LogEntry } from '../../../api/src/events/types.ts'
import type { BillRecord, BoxRecord, DocumentRecord, DraftRecord } from '../../../api/src/bills/store.ts'
import type { ExceptionRecord } from '../../../api/src/exceptions/store.ts'
import { ridesOf } from '../../../api/src/tracking/rides.ts'
import { addToService, newService } from '../../../api/src/tracking/service-journal.ts'
import type { Box, Service, TrackedBill } from '../../../api/src/tracking/store.ts'
import { ofUnit, reportOf, type UnitReport } from '../../../api/src/tracking/unit-reports.ts'
import { factOf } from '../../../api/src/tracking/view.ts'
import { position, received, transport } from '../../tracking/open-log.ts'
import { step, type Pattern, type Patterns } from './patterns.ts'
import { loom, type Thread } from './weave.ts'

/** How the generated platform is made up. */
export interface Scale {
  readonly bills: number
  readonly patterns: Patterns
  /** A fifth of all bills are shipped by the one, a hundred in all by the other; the rest by companies of a hundred bills each. */
  readonly large: PartyId
  readonly small: PartyId
  readonly carrier: PartyId
  /** Blind tokens of the names on the bill of this shipper. */
  readonly namesOf: (shipper: PartyId) => readonly string[]
  readonly now: Date
}

/** One train with fifty boxes, and all that the log and the views have of it. */
export interface Run {
  readonly entries: StoredEntry[]
  readonly bills: BillRecord[]
  readonly documents: DocumentRecord[]
  /** Of the bills of the large company: with all that was typed into them they would take as much room as everything else. */
  readonly drafts: DraftRecord[]
  readonly tracked: TrackedBill[]
  readonly boxes: Box[]
  readonly gateHistories: BoxRecord[]
  readonly exceptions: ExceptionRecord[]
  readonly reports: UnitReport[]
}

/** The traffic under way is the same on a large platform and a small one: as many lines, each with one train on its way. What grows is history. */
export const lines = 60
export const boxesOfRun = 50
export const eventsOfBill = 10
/** Of two years. */
const history = 730 * 86_400_000
const ownEvents = eventsOfBill - 1

/** What tells one generated bill from another. */
export interface Generated {
  readonly index: number
  readonly container: string
  readonly billNumber: string
  readonly shipper: PartyId
  readonly service: string
  readonly vessel: string
}

export function generated(scale: Pick<Scale, 'bills' | 'large' | 'small'>, index: number): Generated {
  const run = Math.floor(index / boxesOfRun)
  return {
    index, container: withCheckDigit(`${owners[Math.floor(index / 1_000_000)] ?? 'SCYU'}${String(index % 1_000_000).padStart(6, '0')}`),
    billNumber: billNumber({ prefix: 'SCAL', month: String(2401 + Math.floor(index / 1_000_000)), serial: index % 1_000_000 }),
    shipper: shipperOf(scale, index), service: serviceOf(run), vessel: `${1000 + run}N`,
  }
}

const owners = ['SCAU', 'SCBU', 'SCDU']

function shipperOf({ bills, large, small }: Pick<Scale, 'bills' | 'large' | 'small'>, index: number): PartyId {
  if (index % 5 === 0) return large
  const companies = Math.max(1, Math.floor(bills / 100))
  // Its bills lie evenly over the years, like those of every other company.
  return index % companies === 1 ? small : companyOf(index % companies)
}

/** Companies that are on bills and nowhere else. */
export function companyOf(number: number): PartyId {
  return `p${number.toString(16).padStart(32, '0')}` as PartyId
}

export function serviceOf(run: number): string {
  return `X${8000 + (run % lines)}`
}

/** Run after run, oldest first, and the trains as they stand after the last. */
export function* runsOf(scale: Scale): Generator<Run, Map<string, Service>> {
  const total = Math.ceil(scale.bills / boxesOfRun)
  const looms = { over: loomsOf(scale.patterns.over, scale), underWay: loomsOf(scale.patterns.underWay, scale) }
  const services = new Map<string, Service>()
  for (let run = 0; run < total; run += 1) {
    // Those under way now are as the patterns are; the others spread back over the years.
    const isUnderWay = run >= total - lines
    const { start, make } = looms[isUnderWay ? 'underWay' : 'over']
    const shift = scale.now.getTime() - start - (isUnderWay ? 3_600_000 : 30 * 86_400_000 + ((total - run) / total) * history)
    const made: Run = { entries: [], bills: [], documents: [], drafts: [], tracked: [], boxes: [], gateHistories: [], exceptions: [], reports: [] }
    const last = Math.min(scale.bills, (run + 1) * boxesOfRun)
    const train = reportsOfTrain(serviceOf(run), start + shift, last - run * boxesOfRun, isUnderWay)
    for (let index = run * boxesOfRun; index < last; index += 1) {
      make(made, index, shift)
      const event = train[index - run * boxesOfRun]
      if (event) made.entries.push(stored(event, index * eventsOfBill + ownEvents + 1))
    }
    for (const entry of made.entries) foldTrain(services, made.reports, entry)
    yield made
  }
  return services
}

function stored(event: TrackingEvent, _id: number): StoredEntry {
  const { id, event: kept, about } = received(event)
  return { _id, id, at: new Date(Date.parse(event.eventDateTime) + 1_000), event: kept as StoredEntry['event'], about, batch: 'generated' }
}

/** The views of trains are made by what makes them from the log. */
function foldTrain(services: Map<string, Service>, reports: UnitReport[], { _id: position, id, at, event, about }: StoredEntry): void {
  if (!about.some((key) => key.startsWith('service:'))) return
  const entry = { position, id, at, event: event as LogEntry['event'], about }
  const fact = factOf(entry)
  const told = fact?.type === 'POSITION' ? null : ofUnit(entry)
  if (told !== null) reports.push(reportOf(told))
  if (fact?.service) services.set(fact.service, addToService(services.get(fact.service) ?? newService(fact.service), fact))
}

const stations = [{ locationName: '黄岛港', UNLocationCode: 'CNQDP' }, { locationName: '济南', UNLocationCode: 'CNTNA' }, { locationName: '郑州', UNLocationCode: 'CNCGO' }, { locationName: '东方红（洛阳）国际陆港', UNLocationCode: 'CNLYA' }] as const

/** Estimates, departures, arrivals, and where it was in between. It leaves after its boxes were loaded and comes in before they are discharged. */
function reportsOfTrain(service: string, start: number, count: number, isUnderWay: boolean): TrackingEvent[] {
  const at = (steps: number): string => new Date(start + steps * step).toISOString()
  const call = (station: number): { modeOfTransport: 'RAIL'; carrierServiceCode: string; location: (typeof stations)[number] } => ({ modeOfTransport: 'RAIL', carrierServiceCode: service, location: stations[station] ?? stations[0] })
  const calls = [
    transport({ code: 'ARRI', at: at(6.5), kind: 'EST', ...call(3) }), transport({ code: 'DEPA', at: at(3.5), ...call(0) }), transport({ code: 'ARRI', at: at(4), ...call(1) }), transport({ code: 'DEPA', at: at(4.5), ...call(1) }),
    ...(isUnderWay ? [] : [transport({ code: 'ARRI', at: at(5), ...call(2) }), transport({ code: 'DEPA', at: at(5.5), ...call(2) }), transport({ code: 'ARRI', at: at(6.5), ...call(3) })]),
  ]
  const sightings = Array.from({ length: Math.max(0, count - calls.length) }, (_, index) => position({ at: at(3.6 + (index / count) * (isUnderWay ? 1 : 2.8)), latitude: 36 - index * 0.03, longitude: 120 - index * 0.15, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: service } }))
  return [...calls, ...sightings].slice(0, count)
}

/** One in so many bills of the past once had an exception, which is closed. */
const exceptional = 30

interface Looms {
  /** When its box came in. */
  readonly start: number
  make(run: Run, index: number, shift: number): void
}

function loomsOf(pattern: Pattern, scale: Scale): Looms {
  const { bill, document, draft, tracked, box, gateHistory, entries, exceptions } = pattern
  const known = namesIn(pattern)
  const weave = { bill: loom(bill, known), document: loom(document, known), draft: loom(draft, known), tracked: loom(tracked, known), box: loom(box, known), gateHistory: loom(gateHistory, known), entries: entries.map((entry) => loom(entry, known)), exceptions: exceptions.map((one) => loom(one, known)) }
  const closed = scale.patterns.underWay.exceptions.map((one) => loom(one, namesIn(scale.patterns.underWay)))
  const kept = entries.slice(0, ownEvents)
  if (kept.length !== ownEvents || kept.length !== entries.length) throw new Error(`a pattern has ${entries.length} events of its box, not ${ownEvents}`)
  const start = Math.min(...entries.flatMap(({ event }) => (event.type === 'tracking-received' ? [Date.parse(event.event.eventDateTime)] : [])))
  return {
    start,
    make(run, index, shift) {
      const first = index * eventsOfBill + 1
      const thread: Thread = { shift, name: namer(generated(scale, index), pattern, scale) }
      const names = scale.namesOf(generated(scale, index).shipper)
      run.bills.push({ ...weave.bill(thread), position: first, names })
      run.documents.push({ ...weave.document(thread), position: first })
      if (generated(scale, index).shipper === scale.large) run.drafts.push({ ...weave.draft(thread), names })
      run.tracked.push({ ...weave.tracked(thread), position: first, since: first })
      const box = weave.box(thread)
      run.boxes.push({ ...box, rides: ridesOf(box.state, run.tracked.at(-1)?.legs ?? []), position: first + ownEvents - 1 })
      run.gateHistories.push({ ...weave.gateHistory(thread), position: first + ownEvents - 1 })
      weave.entries.forEach((make, event) => run.entries.push({ ...make(thread), _id: first + event }))
      for (const make of weave.exceptions) run.exceptions.push({ ...make(thread), position: first + ownEvents - 1 })
      if (pattern === scale.patterns.over && index % exceptional === 0) for (const make of closed) run.exceptions.push({ ...make({ shift, name: namer(generated(scale, index), scale.patterns.underWay, scale) }), position: first + ownEvents - 1, state: 'closed', gone: true })
    },
  }
}

/** Everything in the records that names this one bill, its box and its parties. */
export function namesIn({ bill, box, tracked }: Pattern): RegExp {
  const own = [bill.billNumber, box._id, ...(bill.facts?.seals ?? []), bill.facts?.bookingNumber, tracked.carrier, tracked.shipper, 'X9137', '2247N'].filter((name) => name !== null && name !== undefined)
  return new RegExp(`(${own.join('|')}|\\bb[0-9a-f]{32}\\b|\\b(?:ex|dr)_[0-9a-z]{16,24}\\b|\\b[0-9a-f]{64}\\b|\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b)`)
}

function namer({ index, container, billNumber: number, shipper, service, vessel }: Generated, { bill, box, tracked }: Pattern, { carrier }: Scale): (token: string) => string {
  const own = new Map<string, string>([[bill.billNumber ?? '', number], [box._id, container], [bill.facts?.bookingNumber ?? '', `SC20240101-${index}`], [tracked.carrier, carrier], [tracked.shipper, shipper], ['X9137', service], ['2247N', vessel], ...(bill.facts?.seals ?? []).map((seal): [string, string] => [seal, `SC${index}`])])
  // Eight digits of a hash or id are enough to tell a million apart.
  const digits = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  return (token) => {
    const [, kind = '', id = ''] = /^(b(?=[0-9a-f]{32}$)|ex_|dr_)?(.*)$/.exec(token) ?? []
    return own.get(token) ?? `${kind}${digits}${id.slice(8)}`
  }
}
