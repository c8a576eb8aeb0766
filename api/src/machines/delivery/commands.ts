import { randomUUID } from 'node:crypto'
import { ensure } from '../../access/abilities.ts'
import { companyOf, type Caller, type CallerCompany } from '../../access/caller.ts'
import { counted } from '../../http/counted.ts'
import { faultOf } from '../../http/faults.ts'
import type { Language } from '../../http/handlers.ts'
import { Problem } from '../../http/problem.ts'
import type { Ports } from '../../ports.ts'
import type { EventFilter } from '../dcsa/filters.ts'
import { endOfEntry } from '../event-pages.ts'
import { faultOfAddress } from './callback-address.ts'
import type { DeliveryEngine, DeliverySettings } from './engine.ts'
import { newSecret, openSecrets, overlap } from './secrets.ts'
import { deliveryId, type DeliveryRecord, type DeliveryStore, type Maker, type SubscriptionRecord, type SubscriptionState } from './store.ts'

/** What commands on subscriptions are done with. */
export interface DeliveryDesk {
  readonly ports: Ports
  readonly store: DeliveryStore
  readonly engine: Pick<DeliveryEngine, 'ring'>
  readonly settings: Pick<DeliverySettings, 'allowLoopback' | 'timeoutMs'>
}

type Kind = Pick<SubscriptionRecord, 'kind' | 'filter'>
const perCompany = 50

export async function listSubscriptions({ store }: DeliveryDesk, caller: Caller, kind?: SubscriptionRecord['kind']): Promise<readonly SubscriptionRecord[]> {
  return store.subscriptions.find({ companyId: ownCompany(caller).id, ...(kind === undefined ? {} : { kind }) }).sort({ createdAt: 1, _id: 1 }).toArray()
}

/** Begins with what happens from now on. @throws Problem `invalid-request` for an address that is not to be called */
export async function subscribe(desk: DeliveryDesk, caller: Caller, given: { readonly url: string; readonly label: string; readonly what: Kind; readonly secret?: string; readonly language: Language; readonly pointer?: string }): Promise<{ readonly subscription: SubscriptionRecord; readonly secret: string }> {
  const { ports, store } = desk
  // What is pushed is what the caller could read.
  ensure(caller, 'follow-container')
  const company = ownCompany(caller)
  await checkAddress(desk, given.url, given.language, given.pointer)
  if ((await store.subscriptions.countDocuments({ companyId: company.id }, { limit: perCompany })) >= perCompany) throw new Problem('invalid-request', {}, [faultOf({ pointer: '', code: 'too-many', language: given.language, values: { maximum: perCompany } })])
  const now = ports.clock()
  const secret = given.secret ?? newSecret(given.what.kind)
  const _id = randomUUID()
  const subscription = {
    _id, ...given.what, companyId: company.id, maker: makerOf(caller), label: given.label, url: given.url, secret: await openSecrets(ports).seal(secret, { _id, companyId: company.id }), previousSecret: null, previousUntil: null,
    state: 'active', because: null, cursor: { position: await ports.eventLog.last(), index: endOfEntry }, sequence: 0, delivered: 0, failures: 0, failingSince: null, nextTryAt: new Date(0), lastFault: null, lastDeliveredAt: null, createdAt: now, updatedAt: now,
  } as SubscriptionRecord
  await store.subscriptions.insertOne(subscription, { writeConcern: { w: 'majority' } })
  return { subscription, secret }
}

/** @throws Problem `not-found` also for those of other companies */
export async function subscriptionOf({ store }: DeliveryDesk, caller: Caller, id: string, kind?: SubscriptionRecord['kind']): Promise<SubscriptionRecord> {
  const found = await store.subscriptions.findOne({ _id: id, companyId: ownCompany(caller).id, ...(kind === undefined ? {} : { kind }) })
  if (found === null) throw new Problem('not-found')
  return found
}

/** Setting one going again also takes it over: from then on it goes out with the rights of whoever did so. */
export async function changeSubscription(desk: DeliveryDesk, caller: Caller, before: SubscriptionRecord, change: { readonly url?: string | undefined; readonly label?: string | undefined; readonly state?: 'active' | 'stopped' | undefined; readonly filter?: EventFilter; readonly language: Language; readonly pointer?: string }): Promise<SubscriptionRecord> {
  const { url, label, state, filter } = change
  if (url !== undefined) await checkAddress(desk, url, change.language, change.pointer)
  if (state === 'active') ensure(caller, 'follow-container')
  const going: Partial<SubscriptionState> = state === 'active' ? { state, because: null, maker: makerOf(caller), failures: 0, failingSince: null, nextTryAt: new Date(0) } : state === 'stopped' ? { state, because: 'paused' } : url === undefined ? {} : { failures: 0, nextTryAt: new Date(0) }
  const after = await desk.store.subscriptions.findOneAndUpdate({ _id: before._id }, { $set: { ...(url === undefined ? {} : { url }), ...(label === undefined ? {} : { label }), ...(filter === undefined ? {} : { filter }), ...going, updatedAt: desk.ports.clock() } }, { returnDocument: 'after' })
  if (after === null) throw new Problem('not-found')
  desk.engine.ring()
  return after
}

export async function unsubscribe({ store }: DeliveryDesk, { _id }: SubscriptionRecord): Promise<void> {
  await store.subscriptions.deleteOne({ _id })
  await store.deliveries.deleteMany({ subscriptionId: _id })
}

/** The old secret signs beside the new one for a day, so that the receiver can change over without missing anything. */
export async function changeSecret({ ports, store }: DeliveryDesk, before: SubscriptionRecord, given?: string): Promise<{ readonly subscription: SubscriptionRecord; readonly secret: string }> {
  const secret = given ?? newSecret(before.kind)
  const sealed = await openSecrets(ports).seal(secret, before)
  const subscription = await store.subscriptions.findOneAndUpdate({ _id: before._id, secret: before.secret }, { $set: { secret: sealed, previousSecret: before.secret, previousUntil: new Date(ports.clock().getTime() + overlap), updatedAt: ports.clock() } }, { returnDocument: 'after' })
  if (subscription === null) throw new Problem('revision-conflict')
  return { subscription, secret }
}

/** Newest first. The cursor is the number of the last one shown. */
export async function deliveriesOf({ store }: DeliveryDesk, { _id, sequence }: SubscriptionRecord, { state, cursor, limit }: { readonly state?: DeliveryRecord['state'] | undefined; readonly cursor?: string | undefined; readonly limit: number }): Promise<{ readonly items: readonly DeliveryRecord[]; readonly next: string | null; readonly total: number | null }> {
  const before = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Math.min(Number(cursor), sequence + 1) : sequence + 1
  const wanted = { subscriptionId: _id, ...(state === undefined ? {} : { state }) }
  const found = await store.deliveries.find({ ...wanted, sequence: { $lt: before } }).sort({ sequence: -1 }).limit(limit + 1).toArray()
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? String(items.at(-1)?.sequence ?? 0) : null, total: await counted((options) => store.deliveries.countDocuments({ ...wanted, sequence: { $lte: sequence } }, options)) }
}

/** @throws Problem `not-found` for a number that was not given or is no longer kept */
export async function sendOnceMore({ store, engine }: DeliveryDesk, { _id, sequence: last }: SubscriptionRecord, sequence: number): Promise<DeliveryRecord> {
  const found = sequence > last ? null : await store.deliveries.findOneAndUpdate({ _id: deliveryId(_id, sequence) }, { $set: { again: true } }, { returnDocument: 'after' })
  if (found === null) throw new Problem('not-found', { sequence })
  engine.ring()
  return found
}

/** Goes back to a number, so that it and everything after it is sent again. @throws Problem `not-found` as above */
export async function replayFrom({ store, engine }: DeliveryDesk, { _id, sequence: last }: SubscriptionRecord, from: number): Promise<SubscriptionRecord> {
  const kept = from > last ? null : await store.deliveries.findOne({ _id: deliveryId(_id, from) }, { projection: { _id: 1 } })
  if (kept === null) throw new Problem('not-found', { sequence: from })
  const after = await store.subscriptions.findOneAndUpdate({ _id }, { $min: { delivered: from - 1 }, $set: { nextTryAt: new Date(0) } }, { returnDocument: 'after' })
  if (after === null) throw new Problem('not-found')
  engine.ring()
  return after
}

const rangeLimit = 1_000

/** Sends the numbers of a range once more, out of turn: nothing behind them waits. @throws Problem `not-found` when none of them is kept */
export async function replayRange({ store, engine }: DeliveryDesk, before: SubscriptionRecord, { from, to }: { readonly from: number; readonly to: number }): Promise<SubscriptionRecord> {
  const { matchedCount } = await store.deliveries.updateMany({ subscriptionId: before._id, sequence: { $gte: from, $lte: Math.min(to, before.sequence, from + rangeLimit - 1) } }, { $set: { again: true } })
  if (matchedCount === 0) throw new Problem('not-found', { sequence: from })
  engine.ring()
  return before
}

async function checkAddress({ settings }: DeliveryDesk, url: string, language: Language, pointer = '/url'): Promise<void> {
  const fault = await faultOfAddress(url, settings)
  if (fault !== null) throw new Problem('invalid-request', {}, [faultOf({ pointer, code: fault, language })])
}

function ownCompany(caller: Caller): CallerCompany {
  const company = companyOf(caller)
  if (company === null) throw new Problem('not-signed-in')
  return company
}

function makerOf(caller: Caller): Maker {
  if (caller.kind === 'anonymous') throw new Problem('not-signed-in')
  return caller.kind === 'person' ? { kind: 'person', personId: caller.person.id } : { kind: 'api-key', apiKeyId: caller.apiKeyId }
}
