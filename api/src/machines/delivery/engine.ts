import type { Caller } from '../../access/caller.ts'
import { may } from '../../access/abilities.ts'
import { aBell } from '../../events/wake.ts'
import { leaseTime } from '../../events/lease.ts'
import type { Ports } from '../../ports.ts'
import { readEvents, type Place } from '../event-pages.ts'
import type { EventSight, VisibleEvent } from '../visible-events.ts'
import { codeOf, eventIdOf } from './platform-event.ts'
import { headersFor, type Manners, type Outgoing } from './manners.ts'
import { openSecrets } from './secrets.ts'
import { post, type Outcome, type SendSettings } from './send.ts'
import { deliveryId, type DeliveryRecord, type DeliveryStore, type Maker, type StopReason, type SubscriptionRecord } from './store.ts'

export interface DeliverySettings extends SendSettings {
  /** The wait after a first failure; it doubles up to a quarter of an hour. */
  readonly firstRetryMs: number
  /** Failures in a row after which a subscription is stopped and says so. */
  readonly giveUpAfter: number
}

export const deliveryDefaults: DeliverySettings = { allowLoopback: false, timeoutMs: 10_000, firstRetryMs: 1_000, giveUpAfter: 40 }

export interface DeliveryEngine {
  start(): void
  /** Something has changed: look again now. */
  ring(): void
  /** Ends when what is under way has been answered or timed out. */
  stop(): Promise<void>
}

/** The caller behind a subscription as it is now; null when it has no access any more. */
export type CallerBehind = (maker: Maker) => Promise<Caller | null>

/** Events in one POST, events numbered at once, and endpoints called side by side at most. */
const batchLimit = 50
const numberedAtOnce = 200
const sideBySide = 32
/** Many appends in a row are one look. */
const lookEvery = 200
const longestWait = 15 * 60_000
const keptFor = 30 * 86_400_000

/**
 * Pushes events to callback addresses: each subscription in its own order and under its own numbers, at least once. All state is in MongoDB:
 * whichever process holds the duty goes on where the last one stopped. What may go out is asked at the moment it goes out.
 */
export function openDeliveryEngine({ ports, sight, store, callerBehind, manners, settings }: { readonly ports: Ports; readonly sight: EventSight; readonly store: DeliveryStore; readonly callerBehind: CallerBehind; readonly manners: Manners; readonly settings: DeliverySettings }): DeliveryEngine {
  const bell = aBell()
  const underWay = new Map<string, Promise<void>>()
  const secrets = openSecrets(ports)
  let stopped = false
  let end: () => void = () => undefined
  const ending = new Promise<void>((resolve) => {
    end = resolve
  })
  let running: Promise<void> | null = null
  ports.feed.onApplied(() => bell.ring())

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        const mine = await store.duty.hold()
        if (mine) for (const { _id } of await due()) if (underWay.size < sideBySide) begin(_id)
        if (mine) await bell.wait(500)
        // A process without the duty looks now and then whether it is free.
        await Promise.race([ending, pause(mine ? lookEvery : leaseTime / 3)])
      } catch (error) {
        ports.log.warn({ err: error }, 'deliveries wait')
        await bell.wait(1_000)
      }
    }
  }

  async function due(): Promise<readonly Pick<SubscriptionRecord, '_id'>[]> {
    const position = ports.feed.health().position
    const again = await store.deliveries.distinct('subscriptionId', { again: true })
    const behind = { state: 'active' as const, nextTryAt: { $lte: new Date() }, $or: [{ 'cursor.position': { $lt: position } }, { $expr: { $lt: ['$delivered', '$sequence'] } }] }
    return store.subscriptions.find({ _id: { $nin: [...underWay.keys()] }, $or: [behind, { _id: { $in: again } }] }, { projection: { _id: 1 } }).sort({ nextTryAt: 1 }).limit(sideBySide).toArray()
  }

  function begin(id: string): void {
    const work = serve(id)
      .catch((error: unknown) => ports.log.warn({ err: error, subscription: id }, 'a delivery waits'))
      .finally(() => {
        underWay.delete(id)
      })
    underWay.set(id, work)
  }

  /** Everything that one subscription waits for, until it is up to date, fails, or is stopped. */
  async function serve(id: string): Promise<void> {
    while (!stopped) {
      const subscription = await store.subscriptions.findOne({ _id: id })
      if (subscription === null) return
      const caller = await callerBehind(subscription.maker)
      if (caller === null || !may(caller, 'follow-container')) {
        await store.deliveries.updateMany({ subscriptionId: id, again: true }, { $set: { again: false, lastFault: 'access-ended' } })
        return stop(subscription, 'access-ended')
      }
      await sendAgain(subscription, caller)
      if (subscription.state !== 'active' || subscription.nextTryAt.getTime() > Date.now()) return
      const waiting = await store.deliveries.find({ subscriptionId: id, sequence: { $gt: subscription.delivered, $lte: subscription.sequence } }).sort({ sequence: 1 }).limit(batchLimit).toArray()
      const goesOn = waiting.length > 0 ? await deliver(subscription, caller, waiting) : subscription.delivered < subscription.sequence ? await skipForgotten(subscription) : await number(subscription, caller)
      if (!goesOn) return
    }
  }

  /** Gives the next events of the log their numbers. @returns whether there is something to do */
  async function number(subscription: SubscriptionRecord, caller: Caller): Promise<boolean> {
    const { _id, cursor, sequence } = subscription
    const { events, upTo } = await readEvents({ ports, sight, caller, after: cursor, limit: numberedAtOnce, wanted: await manners[subscription.kind].wanted(subscription) })
    if (upTo.position === cursor.position && upTo.index === cursor.index) return false
    const now = ports.clock()
    const records = events.map((event, index): DeliveryRecord => ({
      _id: deliveryId(_id, sequence + index + 1), subscriptionId: _id, sequence: sequence + index + 1, place: { position: event.position, index: event.index }, eventId: eventIdOf(event), code: codeOf(event),
      queuedAt: now, state: 'waiting', attempts: 0, lastStatus: null, lastFault: null, lastAttemptAt: null, deliveredAt: null, again: false, expiresAt: new Date(Date.now() + keptFor),
    }))
    // Written again after a crash in between, they are the same numbers: they count from when the subscription says so.
    if (records.length > 0) await store.deliveries.bulkWrite(records.map((record) => ({ replaceOne: { filter: { _id: record._id }, replacement: record, upsert: true } })))
    const { matchedCount } = await store.subscriptions.updateOne({ _id, sequence, 'cursor.position': cursor.position, 'cursor.index': cursor.index }, { $set: { cursor: upTo, sequence: sequence + records.length } })
    return matchedCount === 1
  }

  async function deliver(subscription: SubscriptionRecord, caller: Caller, records: readonly DeliveryRecord[]): Promise<boolean> {
    const last = records.at(-1)?.sequence ?? 0
    const { outcome, withheld } = await call(subscription, caller, records, { again: (records[0]?.deliveredAt ?? null) !== null })
    await note(records, outcome, withheld)
    const { _id, delivered } = subscription
    if (outcome.accepted) {
      const { matchedCount } = await store.subscriptions.updateOne({ _id, delivered }, { $set: { delivered: last, failures: 0, failingSince: null, lastFault: null, nextTryAt: new Date(0), lastDeliveredAt: ports.clock() } })
      return matchedCount === 1
    }
    if (outcome.status === 410) await stop(subscription, 'gone')
    else await waitAfter(subscription, outcome)
    return false
  }

  async function waitAfter(subscription: SubscriptionRecord, outcome: Outcome): Promise<void> {
    const failures = subscription.failures + 1
    const wait = Math.min(settings.firstRetryMs * 2 ** Math.min(failures - 1, 20), longestWait)
    const lastFault = faultOf(outcome)
    await store.subscriptions.updateOne({ _id: subscription._id, delivered: subscription.delivered }, { $set: { failures, lastFault, failingSince: subscription.failingSince ?? ports.clock(), nextTryAt: new Date(Date.now() + wait * (0.8 + Math.random() * 0.4)) } })
    if (failures >= settings.giveUpAfter) return stop(subscription, 'gave-up')
    setTimeout(() => bell.ring(), wait * 1.25).unref()
  }

  async function stop({ _id }: SubscriptionRecord, because: StopReason): Promise<void> {
    await store.subscriptions.updateOne({ _id, state: 'active' }, { $set: { state: 'stopped', because, updatedAt: ports.clock() } })
    ports.log.warn({ subscription: _id, because }, 'a subscription is stopped')
  }

  /** Numbers whose records are no longer kept cannot be sent: the subscription goes on behind them. */
  async function skipForgotten({ _id, delivered, sequence }: SubscriptionRecord): Promise<boolean> {
    const { matchedCount } = await store.subscriptions.updateOne({ _id, delivered }, { $set: { delivered: sequence } })
    return matchedCount === 1
  }

  /** Single events that somebody asked for once more: one try each, beside the order of the others. */
  async function sendAgain(subscription: SubscriptionRecord, caller: Caller): Promise<void> {
    for (const record of await store.deliveries.find({ subscriptionId: subscription._id, again: true }).sort({ sequence: 1 }).limit(batchLimit).toArray()) {
      const { outcome, withheld } = await call(subscription, caller, [record], { again: true })
      await note([record], outcome, withheld)
      await store.deliveries.updateOne({ _id: record._id }, { $set: { again: false } })
    }
  }

  /** One POST. An event that may no longer go out keeps its number and loses its content. */
  async function call(subscription: SubscriptionRecord, caller: Caller, records: readonly DeliveryRecord[], { again }: { readonly again: boolean }): Promise<{ readonly outcome: Outcome; readonly withheld: ReadonlySet<string> }> {
    const events = await eventsAt(caller, records.map(({ place }) => place))
    const manner = manners[subscription.kind]
    const items = records.map((record): Outgoing => ({ sequence: record.sequence, event: events.get(`${record.place.position}.${record.place.index}`) ?? null }))
    const body = await manner.body(subscription, items, ports.clock())
    const keys = await secrets.of(subscription, ports.clock())
    const withheld = new Set(records.filter((_, index) => items[index]?.event === null).map(({ _id }) => _id))
    if (keys.length === 0) return { outcome: { accepted: false, status: null, fault: 'no-connection', milliseconds: 0 }, withheld }
    const outcome = await post({ url: subscription.url, body, headers: headersFor({ subscription, items, body, secrets: keys, at: ports.clock(), again }), settings })
    return { outcome, withheld }
  }

  async function eventsAt(caller: Caller, places: readonly Place[]): Promise<ReadonlyMap<string, VisibleEvent>> {
    const positions = [...new Set(places.map(({ position }) => position))]
    const entries = await Promise.all(positions.map((position) => ports.eventLog.read(position - 1, 1)))
    return new Map((await sight.visible(caller, entries.flat())).map((event) => [`${event.position}.${event.index}`, event]))
  }

  async function note(records: readonly DeliveryRecord[], outcome: Outcome, withheld: ReadonlySet<string>): Promise<void> {
    const at = ports.clock()
    await store.deliveries.bulkWrite(records.map(({ _id, deliveredAt }) => ({
      updateOne: {
        filter: { _id },
        update: { $inc: { attempts: 1 }, $set: { lastAttemptAt: at, lastStatus: outcome.status, lastFault: faultOf(outcome), ...(outcome.accepted ? { state: withheld.has(_id) ? ('withheld' as const) : ('delivered' as const), deliveredAt: deliveredAt ?? at } : {}) } },
      },
    })))
  }

  return {
    start() {
      running ??= run()
    },
    ring: () => bell.ring(),
    async stop() {
      stopped = true
      end()
      bell.ring()
      await running
      await Promise.all(underWay.values())
      await store.duty.release()
    },
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}

function faultOf({ fault, status }: Outcome): string | null {
  return fault === 'status' ? `status-${status}` : fault
}
