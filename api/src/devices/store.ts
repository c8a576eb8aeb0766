import type { CompanyId } from '@yidan/api/contract'
import type { ContainerNumber, PartyId } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { DutyLease } from '../events/duty-lease.ts'

/** A device and the boxes it was on. `companyId` is whose it is now; each binding keeps in whose name it told. */
export interface DeviceRecord {
  readonly _id: string
  readonly companyId: CompanyId
  /** The box it is on now. */
  readonly container: ContainerNumber | null
  /** Oldest first. */
  readonly bindings: readonly Binding[]
  readonly lastMessageAt: Date | null
  readonly messages: number
  readonly refused: number
  readonly boundAt: Date
}
export interface Binding {
  readonly container: ContainerNumber
  readonly partyId: PartyId
  readonly companyId: CompanyId
  readonly from: Date
  readonly until: Date | null
}

/** A message that could not be taken, kept to be looked at. */
export interface RefusalRecord {
  readonly deviceId: string
  readonly companyId: CompanyId | null
  readonly at: Date
  readonly code: string
  readonly reason: string
  readonly payload: string
}

export interface DeviceStore {
  readonly devices: Collection<DeviceRecord>
  readonly refusals: Collection<RefusalRecord>
  /** One process at a time listens to the broker. */
  readonly duty: DutyLease
}

const keptSeconds = 30 * 86_400

export async function openDeviceStore({ database }: { readonly database: Connection }): Promise<DeviceStore> {
  const db = database.db
  if (db === undefined) throw new Error('devices need an open database connection')
  const devices = db.collection<DeviceRecord>('devices')
  const refusals = db.collection<RefusalRecord>('device_refusals')
  await devices.createIndexes([{ key: { companyId: 1, boundAt: -1 }, name: 'company' }])
  await refusals.createIndexes([{ key: { at: 1 }, name: 'forgotten', expireAfterSeconds: keptSeconds }, { key: { companyId: 1, at: -1 }, name: 'company' }])
  return { devices, refusals, duty: new DutyLease(db, 'device-messages') }
}
