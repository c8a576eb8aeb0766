import type { PartyId } from '@yidan/ledger'
import type { Ports } from '../ports.ts'
import { openTrackingStore, type Box, type TrackedBill } from './store.ts'
import { positionsDuring } from './unit-reports.ts'

/** What names a followed box, for finding what the log says of it. */
export type FollowedBox = Pick<Box, '_id' | 'billId' | 'billNumber' | 'services' | 'rides' | 'since'>

/** What tells when a box rode on what. */
export type RidingBox = Pick<Box, '_id' | 'billId' | 'since'> & { readonly state: Pick<Box['state'], 'leg' | 'legs'> }

/** Many boxes, bills and services at once, for those who read the log in slices. */
export interface FollowedReader {
  /** Boxes that the party may follow, by number, at most `limit`; on these boxes or bills only, when they are named. */
  followedBy(partyId: PartyId, only: { readonly containers?: readonly string[]; readonly billNumbers?: readonly string[] }, limit: number): Promise<readonly FollowedBox[]>
  boxes(numbers: readonly string[]): Promise<ReadonlyMap<string, Box>>
  /** Boxes filed under one of these rides (`filesFor`); those that the party may follow, when one is named. */
  riding(files: readonly string[], partyId: PartyId | null): Promise<readonly RidingBox[]>
  /** Where the log has what units did in the weeks of these rides, after this position: the first so many, in order. */
  positionsDuring(rides: readonly string[], after: number, limit: number): Promise<readonly number[]>
  /** What was taken back on these trains, vessels and trucks: event id and sender. */
  withdrawnOn(services: readonly string[]): Promise<ReadonlySet<string>>
  bills(ids: readonly string[]): Promise<ReadonlyMap<string, TrackedBill>>
  /** By number; of several with one number the newest. */
  billsByNumber(numbers: readonly string[]): Promise<ReadonlyMap<string, TrackedBill>>
}

export function openFollowedReader(ports: Pick<Ports, 'database' | 'vault'>): FollowedReader {
  const { bills, billsById, boxes, services, reports } = openTrackingStore(ports)
  return {
    followedBy: (partyId, { containers, billNumbers }, limit) =>
      boxes.find(
        { followers: partyId, ...(containers === undefined ? {} : { _id: { $in: [...containers] } }), ...(billNumbers === undefined ? {} : { billNumber: { $in: [...billNumbers] as never[] } }) },
        { projection: { billId: 1, billNumber: 1, services: 1, rides: 1, since: 1 } },
      ).sort({ _id: 1 }).limit(limit).toArray(),
    boxes: async (numbers) => byId(numbers.length === 0 ? [] : await boxes.find({ _id: { $in: unique(numbers) } }).toArray()),
    riding: async (files, partyId) => {
      if (files.length === 0) return []
      const found = boxes.find({ rides: { $in: unique(files) }, ...(partyId === null ? {} : { followers: partyId }) }, { projection: { billId: 1, since: 1, 'state.leg': 1, 'state.legs': 1 } })
      return (await found.toArray() as RidingBox[]).sort((one, other) => (one._id < other._id ? -1 : 1))
    },
    positionsDuring: (rides, after, limit) => positionsDuring(reports, rides, after, limit),
    async withdrawnOn(names) {
      const found = names.length === 0 ? [] : await services.find({ _id: { $in: unique(names) } }, { projection: { withdrawn: 1 } }).toArray()
      return new Set(found.flatMap(({ withdrawn }) => withdrawn))
    },
    bills: async (ids) => byId(await billsById(ids as TrackedBill['_id'][])),
    async billsByNumber(numbers) {
      const found = numbers.length === 0 ? [] : await bills.find({ billNumber: { $in: unique(numbers) as NonNullable<TrackedBill['billNumber']>[] } }).sort({ since: 1 }).toArray()
      return new Map(found.map((bill) => [bill.billNumber ?? '', bill]))
    },
  }
}

function byId<T extends { readonly _id: string }>(found: readonly T[]): ReadonlyMap<string, T> {
  return new Map(found.map((one) => [one._id, one]))
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
