import { z } from 'zod'
import { route } from '../route.ts'
import { page, Paging, WebhookChange, WebhookDelivery, WebhookInput, WebhookSecret, WebhookTest, WebhookView } from '../views/index.ts'

const webhook = z.object({ webhookId: z.string().max(60) })
const numbered = z.object({ webhookId: z.string().max(60), sequence: z.string().regex(/^[1-9]\d{0,14}$/) })

export const machineRoutes = {
  webhooks: route({ method: 'get', path: '/webhooks', tag: 'machines', summary: 'The company’s callback addresses, how far each has come and what is wrong with it', ability: 'manage-webhooks', responses: { 200: z.strictObject({ items: z.array(WebhookView) }) } }),
  createWebhook: route({ method: 'post', path: '/webhooks', tag: 'machines', summary: 'Have events sent to an address, from now on; the secret that signs them is in this answer alone', ability: 'manage-webhooks', body: WebhookInput, responses: { 201: WebhookSecret } }),
  webhook: route({ method: 'get', path: '/webhooks/{webhookId}', tag: 'machines', summary: 'One callback address', ability: 'manage-webhooks', params: webhook, responses: { 200: WebhookView } }),
  changeWebhook: route({ method: 'patch', path: '/webhooks/{webhookId}', tag: 'machines', summary: 'Another address or name; pause, or set going again under the own name', ability: 'manage-webhooks', params: webhook, body: WebhookChange, responses: { 200: WebhookView } }),
  deleteWebhook: route({ method: 'delete', path: '/webhooks/{webhookId}', tag: 'machines', summary: 'Send nothing more, and forget what was sent', ability: 'manage-webhooks', params: webhook, responses: { 204: null } }),
  rotateWebhookSecret: route({ method: 'post', path: '/webhooks/{webhookId}/secret', tag: 'machines', summary: 'A new secret; for a day the old one signs beside it', ability: 'manage-webhooks', params: webhook, responses: { 200: WebhookSecret } }),
  webhookDeliveries: route({ method: 'get', path: '/webhooks/{webhookId}/deliveries', tag: 'machines', summary: 'What was sent, newest first: number, tries, answer', ability: 'manage-webhooks', params: webhook, query: z.object({ state: z.enum(['waiting', 'delivered', 'withheld']).optional(), ...Paging }), responses: { 200: page(WebhookDelivery) } }),
  redeliver: route({ method: 'post', path: '/webhooks/{webhookId}/deliveries/{sequence}/redelivery', tag: 'machines', summary: 'Send one event once more, out of turn', ability: 'manage-webhooks', params: numbered, responses: { 202: WebhookDelivery } }),
  testWebhook: route({ method: 'post', path: '/webhooks/{webhookId}/test', tag: 'machines', summary: 'Send a signed message without events now, and say what the endpoint answered', ability: 'manage-webhooks', params: webhook, responses: { 200: WebhookTest } }),
  replay: route({ method: 'post', path: '/webhooks/{webhookId}/replay', tag: 'machines', summary: 'Send everything from a number on once more, in order and under the same numbers; with `to` only up to that one, out of turn, 1,000 at most', ability: 'manage-webhooks', params: webhook, body: z.strictObject({ from: z.int().min(1), to: z.int().min(1).optional() }), responses: { 202: WebhookView } }),
}
