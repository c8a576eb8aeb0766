import type { BillId, BillNumber, Hash, PartyId, Title } from '@yidan/ledger'
import type { Collection, Db } from 'mongodb'
import type { Connection } from 'mongoose'
import { isDeepStrictEqual } from 'node:util'
import { derived } from '../events/derived.ts'
import { sealedCollection, type SealedCollection } from '../vault/sealed-store.ts'
import type { KeyName, Vault } from '../vault/vault.ts'
import type { ServiceFact, TimedLeg } from './journey.ts'
import type { PlaceName } from './places.ts'
import type { BoxState, Sighting } from './rules.ts'
import { byUnit, type UnitReport } from './unit-reports.ts'

/** What tracking keeps of a bill: who may follow it, and how its boxes are to travel. */
export interface TrackedBill {
  readonly _id: BillId
  readonly billNumber: BillNumber | null
  readonly docHash: Hash | null
  readonly carrier: PartyId
  readonly shipper: PartyId
  /** Null until the ledger knows it. */
  readonly title: Title | null
  readonly followers: readonly PartyId[]
  /** Which bill speaks for a box that stands on several: 3 issued, 2 not yet issued, 1 accomplished, 0 void. */
  readonly standing: 0 | 1 | 2 | 3
  /** Log position from which it has been known, and at which its journey was over. */
  readonly since: number
  readonly endedAt: number | null
  readonly containers: readonly string[]
  readonly boxes: readonly TrackedBox[]
  readonly legs: readonly TimedLeg[]
  readonly services: readonly string[]
  readonly destination: string | null
  readonly place: PlaceName | null
  readonly position: number
}
export interface TrackedBox {
  readonly number: string
  readonly sizeType: string
  readonly seals: readonly string[]
  /** What a reefer is to be kept at, in °C; absent for other boxes. */
  readonly setPoint?: number
}

/** One container, on the bill that speaks for it now. */
export interface Box {
  readonly _id: string
  readonly billId: BillId | null
  readonly billNumber: BillNumber | null
  /** The document its plan is from. */
  readonly docHash: Hash | null
  readonly followers: readonly PartyId[]
  /** Trains, vessels and trucks it is planned on or was loaded on. */
  readonly services: readonly string[]
  /** When it rode on each of them (`rides.ts`). */
  readonly rides: readonly string[]
  /** Events up to here belong to an earlier journey of the box. */
  readonly since: number
  readonly state: BoxState
  readonly position: number
}

/** A train, vessel or truck by its name. */
export interface Service {
  readonly _id: string
  readonly mode: TimedLeg['mode'] | null
  readonly facts: readonly ServiceFact[]
  readonly estimates: readonly ServiceFact[]
  readonly sightings: readonly Sighting[]
  readonly withdrawn: readonly string[]
  /** The end of each list once more, for who asks only where it is now. */
  readonly heard: Heard
  readonly position: number
}
export interface Heard {
  readonly fact: ServiceFact | null
  readonly seen: Sighting | null
  /** The last few, oldest first. */
  readonly estimates: readonly ServiceFact[]
}

/** A box as it was read, and as it is to be. */
export interface BoxChange {
  readonly before: Box | null
  readonly after: Box
}

type PlanField = 'legs' | 'destination' | 'place'

export interface TrackingStore {
  /** Where a bill's boxes are to go is part of what it says: sealed with the bill's data key. */
  readonly bills: SealedCollection<TrackedBill, PlanField>
  readonly boxes: Collection<Box>
  readonly services: Collection<Service>
  readonly reports: Collection<UnitReport>
  /** Makes the indexes, once. */
  ready(): Promise<void>
  /** These bills, in no order. Their data keys are read at the same time: on a large platform both lie scattered. */
  readonly billsById: (ids: readonly BillId[]) => Promise<readonly TrackedBill[]>
  /**
   * Writes what changed over what was read; bills last, because their entries must come again if the boxes were not written. No
   * transaction: one that a killed process leaves behind would lock the views for a minute. Nothing waits for the majority either: a view
   * that was lost is made again from the log, and the checkpoint is written after it and cannot outlive it.
   * @throws Error when another process has written a box since it was read: the batch must come again
   */
  replace(changes: { readonly boxes: readonly BoxChange[]; readonly services: readonly Service[]; readonly reports: readonly UnitReport[]; readonly bills: readonly TrackedBill[] }): Promise<void>
}

/** Boxes with a leg still to go, or under way on one. */
export const onTheWay = { 'state.leg': { $gt: 0 } } as const

export const collections = { bills: 'tracking_bills', boxes: 'tracking_boxes', services: 'tracking_services', reports: 'tracking_unit_reports' } as const

export function openTrackingStore({ database, vault }: { readonly database: Connection; readonly vault: Vault }): TrackingStore {
  const db = database.db
  if (db === undefined) throw new Error('tracking needs an open database connection')
  const bills = sealedCollection<TrackedBill, PlanField>(db.collection(collections.bills), { keyOf, secret: ['legs', 'destination', 'place'], erased: { legs: [], destination: null, place: null } }, vault)
  const boxes = db.collection<Box>(collections.boxes)
  const services = db.collection<Service>(collections.services)
  const reports = db.collection<UnitReport>(collections.reports)
  let laid: Promise<unknown> | null = null
  return {
    bills, boxes, services, reports,
    async ready() {
      laid ??= Promise.all([
        bills.kept.createIndexes([{ key: { containers: 1 } }, { key: { billNumber: 1 } }, { key: { services: 1, since: -1 } }]),
        services.createIndexes([{ key: { mode: 1, position: -1 } }]),
        reports.createIndexes([{ key: byUnit }]),
        boxes.createIndexes([
          { key: { followers: 1, _id: 1 } }, { key: { services: 1 } }, { key: { rides: 1 } }, { key: { billId: 1 } }, { key: { billNumber: 1, _id: 1 } },
          { key: { 'state.movement': 1, _id: 1 } }, { key: { followers: 1, 'state.movement': 1, _id: 1 } },
          // Boxes whose journey is not over: few beside all there have been.
          { key: { _id: 1, 'state.leg': 1 }, partialFilterExpression: onTheWay, name: 'on the way' }, { key: { followers: 1, _id: 1, 'state.leg': 1 }, partialFilterExpression: onTheWay, name: 'on the way, followed' },
          { key: { services: 1, _id: 1 }, partialFilterExpression: onTheWay, name: 'on the way, by unit' },
          { key: { 'state.customsHold': 1, _id: 1 }, partialFilterExpression: { 'state.customsHold': true }, name: 'held by customs' },
        ]),
      ]).catch((error: unknown) => {
        laid = null
        throw error
      })
      await laid
    },
    async billsById(ids) {
      if (ids.length === 0) return []
      const wanted = [...new Set(ids)]
      const [found] = await Promise.all([bills.kept.find({ _id: { $in: wanted } }).toArray(), vault.keysFor(wanted.map((_id) => keyOf({ _id })))])
      return bills.open(found)
    },
    async replace(changes) {
      await writeIn(db, collections.boxes, changes.boxes.flatMap(boxUpdate))
      await replaceIn(db, collections.services, changes.services)
      await replaceIn(db, collections.reports, changes.reports)
      await replaceIn(db, collections.bills, await bills.seal(changes.bills))
    },
  }
}

function keyOf({ _id }: Pick<TrackedBill, '_id'>): KeyName {
  return `bill:${_id}`
}

/** How long the rides on one corridor took: `rail CNLYA CNQDP`. */
export interface CorridorRecord {
  readonly _id: string
  readonly rides: readonly { readonly eventID: string; readonly at: string; readonly hours: number }[]
}
/** Where a unit left lately. */
export interface DepartedRecord {
  readonly _id: string
  /** How long a train of this number takes from call to call, by the last plan of one; absent where none was planned here. */
  readonly planned?: readonly { readonly from: string; readonly to: string; readonly hours: number }[]
  readonly departures: readonly { readonly eventID: string; readonly at: string; readonly place: string }[]
}

export function openCorridorStore({ database }: { readonly database: Connection }): { readonly corridors: Collection<CorridorRecord>; readonly departed: Collection<DepartedRecord>; readonly names: readonly string[] } {
  const db = database.db
  if (db === undefined) throw new Error('corridors need an open database connection')
  const names = ['corridors', 'corridor_departures'] as const
  return { corridors: db.collection<CorridorRecord>(names[0]), departed: db.collection<DepartedRecord>(names[1]), names }
}

/** Only what changed: most events change two fields of a box, and none that an index is over. */
function boxUpdate({ before, after }: BoxChange): Update[] {
  if (before === null) return [{ q: { _id: after._id }, u: after, upsert: true }]
  const q = { _id: after._id, position: before.position }
  const state = changedFields(before.state, after.state, 'state.'), own = changedFields({ ...before, state: null }, { ...after, state: null }, '')
  // A field that was not there: written as a whole, the fields have one order however the log was cut into batches.
  if (state === null || own === null) return [{ q, u: after, upsert: false }]
  const set = { ...own, ...state }
  return Object.keys(set).length === 0 ? [] : [{ q, u: { $set: set }, upsert: false }]
}

/** Null when one of them has a field that the other has not. */
function changedFields<T extends object>(before: T, after: T, prefix: string): Record<string, unknown> | null {
  const names = Object.keys(after) as (keyof T & string)[]
  if (names.length !== Object.keys(before).length || names.some((name) => !(name in before))) return null
  return Object.fromEntries(names.flatMap((name) => (before[name] === after[name] || isDeepStrictEqual(before[name], after[name]) ? [] : [[`${prefix}${name}`, after[name]]])))
}

interface Update {
  readonly q: object
  readonly u: object
  readonly upsert: boolean
}

function replaceIn(db: Db, name: string, documents: readonly { readonly _id: string | number }[]): Promise<void> {
  return writeIn(db, name, documents.map((document) => ({ q: { _id: document._id }, u: document, upsert: true })))
}

/** The bare command: `bulkWrite` sends retryable writes, which cost the server half as much again. */
async function writeIn(db: Db, name: string, updates: readonly Update[]): Promise<void> {
  if (updates.length === 0) return
  const { n, writeErrors } = (await db.command({ update: name, updates, ordered: false, ...derived })) as { readonly n: number; readonly writeErrors?: readonly { readonly errmsg: string }[] }
  if (writeErrors?.[0]) throw new Error(writeErrors[0].errmsg)
  if (n < updates.length) throw new Error(`another process has written ${updates.length - n} of these ${name}`)
}
