import type { WebhookTest } from '@yidan/api/contract'
import type { DeliveryDesk } from './commands.ts'
import { headersFor } from './manners.ts'
import { openSecrets } from './secrets.ts'
import { post } from './send.ts'
import type { SubscriptionRecord } from './store.ts'

/** A message as events come in, signed with the same secret, with no event in it and no number used up: whoever set the endpoint up sees at once whether it answers. */
export async function sendTest({ ports, settings }: DeliveryDesk, subscription: SubscriptionRecord): Promise<WebhookTest> {
  const now = ports.clock()
  const secrets = await openSecrets(ports).of(subscription, now)
  const body = JSON.stringify(subscription.kind === 'dcsa' ? [] : { webhook: subscription._id, sentAt: now.toISOString(), test: true, events: [] })
  const headers = { ...headersFor({ subscription, items: [], body, secrets, at: now, again: false }), 'yidan-test': 'true' }
  return post({ url: subscription.url, body, headers, settings })
}
