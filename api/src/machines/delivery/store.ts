import type { CompanyId, PersonId } from '@yidan/api/contract'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { DutyLease } from '../../events/duty-lease.ts'
import type { EventFilter } from '../dcsa/filters.ts'
import type { Place } from '../event-pages.ts'

/** Who made a subscription: events go out as long as this one may have them. */
export type Maker = { readonly kind: 'person'; readonly personId: PersonId } | { readonly kind: 'api-key'; readonly apiKeyId: string }

export interface PlatformFilter {
  readonly events: readonly ('equipment' | 'transport' | 'shipment' | 'position' | 'reefer' | 'device' | 'bill' | 'exception')[]
  readonly billNumber?: string
  readonly container?: string
}

/** A callback address, what is to be sent there, and how far it has come. */
export type SubscriptionRecord = SubscriptionState & ({ readonly kind: 'platform'; readonly filter: PlatformFilter } | { readonly kind: 'dcsa'; readonly filter: EventFilter })
export interface SubscriptionState {
  readonly _id: string
  readonly companyId: CompanyId
  readonly maker: Maker
  readonly label: string
  readonly url: string
  /** Sealed with the company's data key. */
  readonly secret: string
  /** The secret before it, which still signs too until then. */
  readonly previousSecret: string | null
  readonly previousUntil: Date | null
  readonly state: 'active' | 'stopped'
  readonly because: StopReason | null
  /** Everything of the log up to here was looked at. */
  readonly cursor: Place
  /** The last number that was given to an event; numbers have no gaps. */
  readonly sequence: number
  /** Everything up to this number was accepted. */
  readonly delivered: number
  /** Tries in a row that failed, since when, and when the next one is. */
  readonly failures: number
  readonly failingSince: Date | null
  readonly nextTryAt: Date
  readonly lastFault: string | null
  readonly lastDeliveredAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}
export type StopReason = 'gave-up' | 'gone' | 'access-ended' | 'paused'

/** One event under its number. What it says is read from the log each time, and each time asked whether it may go out. */
export interface DeliveryRecord {
  readonly _id: string
  readonly subscriptionId: string
  readonly sequence: number
  readonly place: Place
  readonly eventId: string
  readonly code: string
  readonly queuedAt: Date
  readonly state: 'waiting' | 'delivered' | 'withheld'
  readonly attempts: number
  readonly lastStatus: number | null
  readonly lastFault: string | null
  readonly lastAttemptAt: Date | null
  readonly deliveredAt: Date | null
  /** Asked for once more, out of turn. */
  readonly again: boolean
  readonly expiresAt: Date
}

export interface DeliveryStore {
  readonly subscriptions: Collection<SubscriptionRecord>
  readonly deliveries: Collection<DeliveryRecord>
  readonly duty: DutyLease
}

export async function openDeliveryStore(database: Connection): Promise<DeliveryStore> {
  const db = database.db
  if (db === undefined) throw new Error('deliveries need an open database connection')
  const subscriptions = db.collection<SubscriptionRecord>('webhooks')
  const deliveries = db.collection<DeliveryRecord>('webhook_deliveries')
  await subscriptions.createIndexes([{ key: { companyId: 1, createdAt: 1 }, name: 'company' }, { key: { state: 1, nextTryAt: 1 }, name: 'due' }])
  await deliveries.createIndexes([{ key: { subscriptionId: 1, sequence: 1 }, unique: true, name: 'sequence' }, { key: { subscriptionId: 1, again: 1 }, partialFilterExpression: { again: true }, name: 'again' }, { key: { expiresAt: 1 }, expireAfterSeconds: 0, name: 'expires' }])
  return { subscriptions, deliveries, duty: new DutyLease(db, 'deliveries') }
}

export function deliveryId(subscriptionId: string, sequence: number): string {
  return `${subscriptionId}:${sequence}`
}
