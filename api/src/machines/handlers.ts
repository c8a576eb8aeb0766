import type { WebhookDelivery, WebhookView } from '@yidan/api/contract'
import { ensure } from '../access/abilities.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { changeSecret, changeSubscription, deliveriesOf, listSubscriptions, replayFrom, replayRange, sendOnceMore, subscribe, subscriptionOf, unsubscribe, type DeliveryDesk } from './delivery/commands.ts'
import { sendTest } from './delivery/test-message.ts'
import type { DeliveryRecord, SubscriptionRecord } from './delivery/store.ts'
import { subscriptionFields } from './dcsa/filters.ts'

type Names = 'webhooks' | 'createWebhook' | 'webhook' | 'changeWebhook' | 'deleteWebhook' | 'rotateWebhookSecret' | 'webhookDeliveries' | 'redeliver' | 'replay' | 'testWebhook'

/** Callback addresses of a company over HTTP. */
export function webhookHandlers(desk: DeliveryDesk): HandlersFor<Names> {
  return {
    async webhooks({ caller }) {
      ensure(caller, 'manage-webhooks')
      return { items: (await listSubscriptions(desk, caller)).map(webhookView) }
    },
    async createWebhook({ caller, body: { url, label, events, billNumber, container }, language, concerns }) {
      ensure(caller, 'manage-webhooks')
      const filter = { events, ...(billNumber === undefined ? {} : { billNumber }), ...(container === undefined ? {} : { container }) }
      const { subscription, secret } = await subscribe(desk, caller, { url, label, what: { kind: 'platform', filter }, language })
      concerns(subscription._id)
      return { webhook: webhookView(subscription), secret, previousUntil: null }
    },
    webhook: async ({ caller, params }) => webhookView(await subscriptionOf(desk, caller, params.webhookId)),
    async changeWebhook({ caller, params, body, language, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(before._id)
      return webhookView(await changeSubscription(desk, caller, before, { ...body, language }))
    },
    async deleteWebhook({ caller, params, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(before._id)
      await unsubscribe(desk, before)
      return undefined
    },
    async rotateWebhookSecret({ caller, params, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(before._id)
      const { subscription, secret } = await changeSecret(desk, before)
      return { webhook: webhookView(subscription), secret, previousUntil: subscription.previousUntil?.toISOString() ?? null }
    },
    async webhookDeliveries({ caller, params, query }) {
      const { items, next, total } = await deliveriesOf(desk, await subscriptionOf(desk, caller, params.webhookId), query)
      return { items: items.map(deliveryView), next, total }
    },
    async redeliver({ caller, params, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(`${before._id} ${params.sequence}`)
      return deliveryView(await sendOnceMore(desk, before, Number(params.sequence)))
    },
    async testWebhook({ caller, params, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(before._id)
      return sendTest(desk, before)
    },
    async replay({ caller, params, body, concerns }) {
      const before = await subscriptionOf(desk, caller, params.webhookId)
      concerns(`${before._id} ${body.from}`)
      return webhookView(await (body.to === undefined ? replayFrom(desk, before, body.from) : replayRange(desk, before, { from: body.from, to: body.to })))
    },
  }
}

export function webhookView(subscription: SubscriptionRecord): WebhookView {
  const { _id, kind, label, url, filter, state, because, sequence, delivered, failures, failingSince, nextTryAt, lastFault, lastDeliveredAt, createdAt } = subscription
  const failing = state === 'active' && failures > 0
  const own = kind === 'platform' && 'events' in filter ? filter : null
  return {
    id: _id, kind, label, url, events: own === null ? Object.keys('events' in filter ? {} : subscriptionFields(filter)) : [...own.events], billNumber: own?.billNumber ?? null, container: own?.container ?? null,
    state: failing ? 'failing' : state, because, sequence, delivered, failures, failingSince: failingSince?.toISOString() ?? null, nextTryAt: failing ? nextTryAt.toISOString() : null, lastFault, lastDeliveredAt: lastDeliveredAt?.toISOString() ?? null, createdAt: createdAt.toISOString(),
  }
}

function deliveryView({ sequence, eventId, code, state, attempts, lastStatus, lastFault, queuedAt, lastAttemptAt, deliveredAt }: DeliveryRecord): WebhookDelivery {
  return { sequence, eventId, code, state, attempts, lastStatus, lastFault, queuedAt: queuedAt.toISOString(), lastAttemptAt: lastAttemptAt?.toISOString() ?? null, deliveredAt: deliveredAt?.toISOString() ?? null }
}
