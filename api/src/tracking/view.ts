import type { ContainerSummary as ContainerSummarySchema, ContainerView, LegView } from '@yidan/api/contract'
import { ContainerNumber, type BillId, type BillNumber, type PartyId } from '@yidan/ledger'
import type { z } from 'zod'
import type { Ports } from '../ports.ts'
import type { Directory } from '../parties/directory.ts'
import type { Language } from '../http/handlers.ts'
import type { LogEntry } from '../events/types.ts'
import { startState, type Sighting } from './rules.ts'
import { rideTimesOf } from './corridors.ts'
import { etasOf } from './eta.ts'
import { estimate, isLate, isStale, journeyOf, type Journey, type LegRun, type ServicesByName, type TimedLeg } from './journey.ts'
import { duringRides, ridesBefore, ridesOf, unitsOn } from './rides.ts'
import { byUnit, reportsDuring, type ReportedCall, type UnitReport } from './unit-reports.ts'
import { collections, onTheWay, openTrackingStore, type Box, type Service, type TrackedBill } from './store.ts'

/** What other concepts may ask tracking: bills and boxes as they are in the views. */
export interface TrackingReader {
  box(container: string): Promise<Box | null>
  bill(billId: string): Promise<TrackedBill | null>
  bills(billIds: readonly BillId[]): Promise<readonly TrackedBill[]>
  billByNumber(billNumber: string): Promise<TrackedBill | null>
  /** The boxes for which this bill speaks now, in the order of the bill; those without any event are expected. */
  boxesOf(bill: TrackedBill): Promise<readonly Box[]>
  services(names: readonly string[]): Promise<ReadonlyMap<string, Service>>
  /** What units told of their calls in the weeks of these rides, without what was taken back, and where they were heard of last. */
  calls(rides: readonly string[]): Promise<ServicesByName>
  boxes(containers: readonly string[]): Promise<readonly Box[]>
  /** Where the log has what units did in the weeks of these rides, after this position: the first so many, in order. */
  reportsDuring(rides: readonly string[], after: number, limit: number): Promise<readonly UnitReport[]>
  /** Boxes whose journey is not over and that are planned on one of these services, or were loaded on it. */
  boxesOn(services: readonly string[], limit: number): Promise<readonly Box[]>
  isOnABill(service: string): Promise<boolean>
  /** What bills plan on each of these services: those of boxes aboard, and the newest; of each some. */
  legsOn(services: readonly string[]): Promise<ReadonlyMap<string, readonly TimedLeg[]>>
  /** Trains and vessels of which something was heard, the latest first. */
  underWay(limit: number): Promise<readonly LastHeard[]>
}
export type LastHeard = Pick<Service, '_id' | 'mode' | 'heard'>
export { titleAfter, titleFor } from './bill-journal.ts'
export { aboutOf, factOf, readEvent, sealName, serviceName, serviceOf, type Fact } from './facts.ts'
export { isOwnSighting, isSameRun, type OneRun } from './one-run.ts'
export { samePlace, type PlaceName } from './places.ts'
export { sealsFit } from './rules.ts'
export { timelineItem } from './timeline.ts'
export type { TimedLeg } from './journey.ts'
export { leftWithout, openTrackingWatch, type Planned, type TrackingWatch } from './watching.ts'
export type { Box, Service, TrackedBill } from './store.ts'

/** The bills that say where a train or vessel goes: of some boxes aboard, for its number runs again and again, and the newest of all. */
const tellingBills = [
  { $lookup: { from: collections.boxes, localField: '_id', foreignField: 'services', pipeline: [{ $match: { ...onTheWay, 'state.aboard': true } }, { $limit: 3 }, { $project: { _id: '$billId' } }], as: 'aboard' } },
  { $lookup: { from: collections.bills, localField: '_id', foreignField: 'services', pipeline: [{ $sort: { since: -1 } }, { $limit: 3 }, { $project: { _id: 1 } }], as: 'newest' } },
  { $project: { bills: { $setDifference: [{ $setUnion: ['$aboard._id', '$newest._id'] }, [null]] } } },
]

export function openTrackingReader(ports: Pick<Ports, 'database' | 'vault'>): TrackingReader {
  const { bills, billsById, boxes, services, reports } = openTrackingStore(ports)
  return {
    box: (container) => boxes.findOne({ _id: container }),
    bill: (billId) => bills.findOne({ _id: billId as TrackedBill['_id'] }),
    bills: billsById,
    billByNumber: async (billNumber) => (await bills.find({ billNumber: billNumber as BillNumber }).sort({ since: -1 }).limit(1).toArray())[0] ?? null,
    async boxesOf({ _id, containers, billNumber, docHash, followers, services: planned, legs }) {
      const found = new Map((await boxes.find({ _id: { $in: [...containers] } }).toArray()).map((box) => [box._id, box]))
      const expected = startState({ legs, seals: [] })
      return containers.flatMap((container): Box[] => {
        const box = found.get(container)
        if (box === undefined) return [{ _id: container, billId: _id, billNumber, docHash, followers, services: planned, rides: ridesOf(expected, legs), since: 0, state: expected, position: 0 }]
        return box.billId === _id ? [box] : []
      })
    },
    async services(names) {
      const found = names.length === 0 ? [] : await services.find({ _id: { $in: [...new Set(names)] } }).toArray()
      return new Map(found.map((service) => [service._id, service]))
    },
    async calls(rides) {
      if (rides.length === 0) return noServices
      const [told, units] = await Promise.all([
        reports.find({ $or: [...duringRides(rides, 'unit')], call: { $exists: true } }, { hint: byUnit, projection: { unit: 1, call: 1 } }).toArray(),
        services.find({ _id: { $in: unitsOn(rides) } }, { projection: { heard: 1, sightings: 1, withdrawn: 1 } }).toArray() as Promise<Pick<Service, '_id' | 'heard' | 'sightings' | 'withdrawn'>[]>,
      ])
      const callsOf = new Map<string, ReportedCall[]>(units.map(({ _id }) => [_id, []]))
      for (const { unit, call } of told) if (call) callsOf.get(unit)?.push(call)
      return new Map(units.map(({ _id, heard, sightings, withdrawn }) => {
        const calls = (callsOf.get(_id) ?? []).filter(({ eventID, sender }) => !withdrawn.includes(`${eventID} ${sender}`)).sort((one, other) => (one.at < other.at ? -1 : 1))
        return [_id, { facts: calls.filter(({ kind }) => kind === 'ACT'), estimates: [...calls.filter(({ kind }) => kind !== 'ACT'), ...heard.estimates], sightings }]
      }))
    },
    boxes: (containers) => boxes.find({ _id: { $in: [...containers] } }).toArray(),
    reportsDuring: (rides, after, limit) => reportsDuring(reports, rides, after, limit),
    boxesOn: (names, limit) => boxes.find({ services: { $in: [...names] }, ...onTheWay }).sort({ _id: 1 }).limit(limit).toArray(),
    isOnABill: async (name) => (await bills.kept.findOne({ services: name }, { projection: { _id: 1 } })) !== null,
    async legsOn(names) {
      const found = await services.aggregate<{ _id: string; bills: readonly BillId[] }>([{ $match: { _id: { $in: [...names] } } }, ...tellingBills]).toArray()
      const told = await bills.find({ _id: { $in: [...new Set(found.flatMap((service) => service.bills))] } }, { projection: { legs: 1 } }).toArray()
      const legs = new Map(told.map((bill) => [bill._id, bill.legs]))
      return new Map(found.map((service) => [service._id, service.bills.flatMap((bill) => legs.get(bill) ?? []).filter((leg) => leg.services.includes(service._id))]))
    },
    underWay: (limit) => services.find({ mode: { $in: ['rail', 'sea'] } }).sort({ position: -1 }).limit(limit).project<LastHeard>({ mode: 1, heard: 1 }).toArray(),
  }
}

/** A box with its plan and how it is getting on. */
export interface Tracked {
  readonly box: Box
  readonly bill: TrackedBill | null
  readonly journey: Journey
  /** What its units told of the legs that were asked for. */
  readonly services: ServicesByName
}

const noServices: ServicesByName = new Map()

/**
 * Joins boxes with their bills and with the services they ride on. For a summary only the leg under way counts: of the other legs it is not
 * read when they began and ended. A train number runs for years, and most boxes have long arrived.
 */
export async function track(reader: TrackingReader, boxes: readonly Box[], { known = [], asked = 'whole' }: { readonly known?: readonly TrackedBill[]; readonly asked?: 'whole' | 'summary' } = {}): Promise<readonly Tracked[]> {
  const bills = new Map<string, TrackedBill>(known.map((bill) => [bill._id, bill]))
  for (const bill of await reader.bills(boxes.flatMap(({ billId }) => (billId === null || bills.has(billId) ? [] : [billId])))) bills.set(bill._id, bill)
  const planned = boxes.map((box) => ({ box, bill: (box.billId === null ? null : bills.get(box.billId)) ?? null }))
  const services = await reader.calls(planned.flatMap(({ box, bill }) => {
    const legs = (bill?.legs ?? []).filter(({ number }) => asked === 'whole' || number === box.state.leg)
    return [...ridesOf(box.state, legs), ...ridesBefore(box.state, legs)]
  }))
  return planned.map(({ box, bill }) => ({ box, bill, services, journey: journeyOf({ state: box.state, legs: bill?.legs ?? [], services, destination: bill?.destination ?? null }) }))
}

export function summaryOf({ box, journey }: Tracked, now: Date): z.infer<typeof ContainerSummarySchema> {
  const { leg, seen } = journey
  const record = box.state.legs.find(({ number }) => number === leg?.number)
  return {
    number: ContainerNumber.parse(box._id), billNumber: box.billNumber, movement: journey.movement, leg: leg?.number ?? null, legs: journey.runs.length, unit: record?.service ?? leg?.unit ?? null,
    lastPlace: seen?.place.name ?? seen?.place.code ?? null, lastEventAt: lastEventAt(box, seen), next: journey.next?.code ?? null, late: isLate(journey, now), stale: isStale(journey, now),
  }
}

function lastEventAt({ state }: Box, seen: Sighting | null): string | null {
  const moments = [state.newest?.at, seen?.at].filter((at) => at !== undefined).sort()
  return moments.at(-1) ?? null
}

export function lastSeenOf(journey: Journey, now: Date): ContainerView['lastSeen'] {
  const { seen } = journey
  return seen && { latitude: seen.latitude, longitude: seen.longitude, place: seen.place.name ?? seen.place.code, at: seen.at, stale: isStale(journey, now) }
}

/** When each leg, and the journey, will be over; null without a plan, and when it is. */
export async function etaOf(ports: Pick<Ports, 'database'>, { services, journey: { runs, seen } }: Tracked, now: Date): Promise<ContainerView['eta']> {
  const ahead = runs.filter(({ progress }) => progress !== 'done').map(({ leg }) => leg)
  if (ahead.length === 0) return null
  const timesOf = await rideTimesOf(ports, ahead)
  const legs = etasOf({ runs, seen, now, timesOf, estimateOf: (run) => estimate(run, 'ARRI', services) })
  const last = legs.find(({ leg }) => leg === runs.at(-1)?.leg.number)
  return { legs, journey: last ? { earliest: last.earliest, likely: last.likely, latest: last.latest } : null }
}

/** What reefer and door last told. */
export function conditionOf({ box, bill }: Tracked): Pick<ContainerView, 'reefer' | 'doorOpened'> {
  const { reefer, setPoint, doorOpened } = box.state
  const at = reefer?.at ?? setPoint?.at
  return {
    reefer: at === undefined ? null : { at, setPoint: setPoint?.celsius ?? setPointOf(bill, box._id), supply: reefer?.supply ?? null, return: reefer?.return ?? null, humidity: reefer?.humidity ?? null },
    doorOpened: doorOpened ? { at: doorOpened.at, place: doorOpened.place.name ?? doorOpened.place.code } : null,
  }
}

/** What its bill says a reefer is to be kept at, in °C. */
export function setPointOf(bill: TrackedBill | null, container: string): number | null {
  return bill?.boxes.find(({ number }) => number === container)?.setPoint ?? null
}

/** The legs as they went for these boxes together. */
export function legViews(legs: readonly TimedLeg[], tracked: readonly Tracked[]): LegView[] {
  return legs.map((leg) => {
    const runs = tracked.flatMap(({ journey }) => journey.runs.filter((run) => run.leg.number === leg.number))
    const arrivals = runs.flatMap(({ arrival }) => arrival ?? []).sort()
    const departures = runs.flatMap(({ departure }) => departure ?? []).sort()
    return {
      number: leg.number, mode: leg.mode, carrier: leg.carrier, unit: leg.unit, from: leg.from.name ?? '', fromCode: leg.from.code, to: leg.to.name ?? '', toCode: leg.to.code,
      plannedDeparture: leg.plannedDeparture, plannedArrival: leg.plannedArrival, actualDeparture: departures[0] ?? null, actualArrival: arrivals.length === runs.length ? (arrivals.at(-1) ?? null) : null,
      progress: progressOf(runs), boxesAboard: runs.filter(({ progress }) => progress === 'under-way').length, boxesDone: runs.filter(({ progress }) => progress === 'done').length,
    }
  })
}

function progressOf(runs: readonly LegRun[]): LegRun['progress'] {
  if (runs.length > 0 && runs.every(({ progress }) => progress === 'done')) return 'done'
  return runs.every(({ progress }) => progress === 'waiting') ? 'waiting' : 'under-way'
}

/** Names of those who reported, for the timeline. */
export async function reportersOf(directory: Directory, entries: readonly LogEntry[], language: Language): Promise<ReadonlyMap<string, string>> {
  const senders = new Set(entries.flatMap(({ event }): PartyId[] => (event.type === 'tracking-received' ? [event.sender] : [])))
  const known = await directory.byParties([...senders])
  return new Map([...known].map(([partyId, { name, nameEn }]) => [partyId, language === 'en' ? (nameEn ?? name) : name]))
}
