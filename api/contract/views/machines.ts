import { ContainerNumber } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'

/** What webhooks can tell: reports on boxes, trains and documents, positions, reefers, devices on boxes, acts on the ledger, and what goes wrong on the way. */
export const webhookEvents = ['equipment', 'transport', 'shipment', 'position', 'reefer', 'device', 'bill', 'exception'] as const

export const WebhookInput = z.strictObject({
  url: z.string().trim().min(1).max(1000), label: z.string().trim().max(100).default(''),
  events: z.array(z.enum(webhookEvents)).min(1).max(8).default(['equipment', 'transport', 'shipment', 'bill']), billNumber: z.string().max(40).optional(), container: ContainerNumber.optional(),
})
export const WebhookChange = z.strictObject({ url: WebhookInput.shape.url.optional(), label: z.string().trim().max(100).optional(), state: z.enum(['active', 'stopped']).optional() })

/** What came of a test: the endpoint's answer, or why there was none. */
export const WebhookTest = z.strictObject({ accepted: z.boolean(), status: z.int().nullable(), fault: z.enum(['status', 'timeout', 'refused-address', 'no-connection']).nullable(), milliseconds: z.int() })
export type WebhookTest = z.infer<typeof WebhookTest>

/** `dcsa` are Track & Trace 3.0 subscriptions: they are delivered by the same engine and shown here too. */
export const WebhookView = z.strictObject({
  id: z.string(), kind: z.enum(['platform', 'dcsa']), label: z.string(), url: z.string(), events: z.array(z.string()), billNumber: z.string().nullable(), container: z.string().nullable(),
  state: z.enum(['active', 'failing', 'stopped']),
  /** Why it is stopped: too many failures, the receiver answered 410, whoever made it has no access any more, or somebody paused it. */
  because: z.enum(['gave-up', 'gone', 'access-ended', 'paused']).nullable(),
  /** The last number given to an event, and up to which number everything was accepted. */
  sequence: z.int(), delivered: z.int(), failures: z.int(), failingSince: Moment.nullable(), nextTryAt: Moment.nullable(), lastFault: z.string().nullable(), lastDeliveredAt: Moment.nullable(), createdAt: Moment,
})
export type WebhookView = z.infer<typeof WebhookView>
/** The secret is in this answer and nowhere else. */
export const WebhookSecret = z.strictObject({ webhook: WebhookView, secret: z.string(), previousUntil: Moment.nullable() })

export const WebhookDelivery = z.strictObject({
  sequence: z.int(), eventId: z.string(), code: z.string(), state: z.enum(['waiting', 'delivered', 'withheld']), attempts: z.int(), lastStatus: z.int().nullable(), lastFault: z.string().nullable(), queuedAt: Moment, lastAttemptAt: Moment.nullable(), deliveredAt: Moment.nullable(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>
