import type { BillId, PartyId } from '@yidan/ledger'
import type { Ports } from '../ports.ts'
import { isOfEarlierPlan, isPlannedRun, othersThan, timesOf } from './one-run.ts'
import { samePlace, type PlaceName } from './places.ts'
import { filesFor, type Stretch } from './rides.ts'
import { onTheWay, openTrackingStore, type Box, type Service } from './store.ts'

/** What the exception desk asks of tracking besides the reader: boxes by what ties them together. */
export interface TrackingWatch {
  boxes(containers: readonly string[]): Promise<readonly Box[]>
  /** Boxes whose journey is not over, planned on or loaded on this train, vessel or truck. */
  boxesOn(service: string): Promise<readonly Box[]>
  boxesOfBills(billIds: readonly BillId[]): Promise<readonly string[]>
  /** Boxes the party may follow now, with their bills and rides; `limit` at most. */
  followedBy(partyId: PartyId, limit: number): Promise<readonly Pick<Box, '_id' | 'billId' | 'rides'>[]>
  /** Whether the party may follow a box that rode on this train, vessel or truck in this stretch. */
  followsOneOn(partyId: PartyId, service: string, stretch: Stretch): Promise<boolean>
  /** Bills of boxes that rode on it in this stretch. */
  billsOn(service: string, stretch: Stretch, limit: number): Promise<readonly BillId[]>
  /** Boxes on bills, in order of their numbers, after this one. */
  boxesAfter(container: string, limit: number): Promise<readonly Box[]>
}

const boxLimit = 1_000
const day = 86_400_000

export function openTrackingWatch(ports: Pick<Ports, 'database' | 'vault'>): TrackingWatch {
  const { boxes } = openTrackingStore(ports)
  return {
    boxes: (containers) => (containers.length === 0 ? Promise.resolve([]) : boxes.find({ _id: { $in: [...containers] } }).toArray()),
    boxesOn: (service) => boxes.find({ services: service, ...onTheWay }).sort({ _id: 1 }).limit(boxLimit).toArray(),
    boxesOfBills: async (billIds) => (billIds.length === 0 ? [] : (await boxes.find({ billId: { $in: [...billIds] } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id)),
    followedBy: (partyId, limit) => boxes.find({ followers: partyId }, { projection: { billId: 1, rides: 1 } }).sort({ _id: 1 }).limit(limit).toArray(),
    followsOneOn: async (partyId, service, stretch) => (await boxes.findOne({ rides: { $in: filesFor(service, stretch) }, followers: partyId }, { projection: { _id: 1 } })) !== null,
    async billsOn(service, stretch, limit) {
      const found = await boxes.aggregate<{ _id: BillId }>([{ $match: { rides: { $in: filesFor(service, stretch) }, billId: { $ne: null } } }, { $group: { _id: '$billId' } }, { $sort: { _id: 1 } }, { $limit: limit }]).toArray()
      return found.map(({ _id }) => _id)
    },
    boxesAfter: (container, limit) => boxes.find({ _id: { $gt: container }, billId: { $ne: null } }).sort({ _id: 1 }).limit(limit).toArray(),
  }
}

/**
 * When the planned unit of the leg left without the box that waits there; null when it did not. A train number runs again: only the planned
 * run counts.
 * @param plans what else is planned on it: one that left before this plan may be that of another, the day before
 */
export function leftWithout(leg: Planned & { readonly services: readonly string[] }, services: ReadonlyMap<string, Service>, plans: readonly Planned[] = []): string | null {
  const planned = Date.parse(leg.plannedDeparture)
  const others = plans.flatMap(({ from, plannedDeparture }) => (samePlace(from, leg.from) === true ? [plannedDeparture] : []))
  const departures = timesOf('DEPA', leg.from, leg.services.flatMap((name) => services.get(name)?.facts ?? []))
  const own = departures.find((left) => left >= planned - day && left <= planned + 7 * day && !isOfEarlierPlan(left, leg.plannedDeparture, others) && isPlannedRun({ left, others: othersThan(left, departures) }, leg.plannedDeparture))
  return own === undefined ? null : new Date(own).toISOString()
}

export interface Planned {
  readonly from: PlaceName
  readonly plannedDeparture: string
}
