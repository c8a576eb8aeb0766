import { billsOfBooking } from '../../bills/bookings.ts'
import type { Directory } from '../../parties/directory.ts'
import type { Ports } from '../../ports.ts'
import { apiVersions } from '../dcsa/answers.ts'
import { fitsFilter } from '../dcsa/filters.ts'
import { publishersOf } from '../dcsa/publishers.ts'
import { hasPlaceInV3, v3Event } from '../dcsa/v3-event.ts'
import type { Wanted } from '../event-pages.ts'
import type { VisibleEvent } from '../visible-events.ts'
import { fitsPlatformFilter, platformEvent } from './platform-event.ts'
import { hmac, signatureOver } from './send.ts'
import type { SubscriptionRecord } from './store.ts'

/** One numbered event; null when the subscriber may no longer have it. */
export interface Outgoing {
  readonly sequence: number
  readonly event: VisibleEvent | null
}

/** What each kind of subscription wants, and how it is told. */
export interface Manner {
  wanted(subscription: SubscriptionRecord): Promise<Wanted>
  body(subscription: SubscriptionRecord, items: readonly Outgoing[], now: Date): Promise<string>
}
export type Manners = Readonly<Record<SubscriptionRecord['kind'], Manner>>

export function openManners(ports: Pick<Ports, 'database' | 'vault'>, directory: Directory): Manners {
  return {
    platform: {
      wanted: (subscription) => Promise.resolve(subscription.kind === 'platform' ? platformWanted(subscription.filter) : nothing),
      body: ({ _id }, items, now) => Promise.resolve(JSON.stringify({ webhook: _id, sentAt: now.toISOString(), events: items.map(({ sequence, event }) => (event === null ? { sequence, withheld: true } : { sequence, withheld: false, ...platformEvent(event) })) })),
    },
    dcsa: {
      async wanted(subscription) {
        if (subscription.kind !== 'dcsa') return nothing
        const { filter } = subscription
        const booked = filter.booking === undefined ? [] : await billsOfBooking(ports, filter.booking)
        return { positions: filter.eventTypes?.includes('REEFER') ?? false, ...(filter.container === undefined ? {} : { containers: [filter.container] }), ...(filter.bill === undefined ? {} : { billNumbers: [filter.bill] }), matches: (event) => fitsFilter(filter, event, booked) && hasPlaceInV3(event) }
      },
      // The callback of the standard is a list of events; what is withheld leaves a number without an event.
      async body(_subscription, items) {
        const events = items.flatMap(({ event }) => event ?? [])
        const nameOf = await publishersOf(directory, events)
        return JSON.stringify(events.flatMap((event) => v3Event(event, nameOf) ?? []))
      },
    },
  }
}

const nothing: Wanted = { matches: () => false }

function platformWanted(filter: Extract<SubscriptionRecord, { kind: 'platform' }>['filter']): Wanted {
  const { billNumber, container, events } = filter
  return { ...(container === undefined ? {} : { containers: [container] }), ...(billNumber === undefined ? {} : { billNumbers: [billNumber] }), positions: events.includes('position') || events.includes('reefer'), matches: (event) => fitsPlatformFilter(filter, event) }
}

/**
 * Yidan-Signature signs time and body; Yidan-Sequence names the numbers in it, `17` or `17-20`. DCSA's callbacks bear the standard's own
 * headers too: Subscription-ID, and Notification-Signature over the body alone (Subscription Callback API 1.0).
 */
export function headersFor({ subscription, items, body, secrets, at, again }: { readonly subscription: SubscriptionRecord; readonly items: readonly Outgoing[]; readonly body: string; readonly secrets: readonly Uint8Array[]; readonly at: Date; readonly again: boolean }): Record<string, string> {
  const first = items[0]?.sequence ?? 0
  const last = items.at(-1)?.sequence ?? first
  const own = { 'yidan-webhook': subscription._id, 'yidan-sequence': first === last ? String(first) : `${first}-${last}`, 'yidan-signature': signatureOver(body, { secrets, at }), ...(again ? { 'yidan-redelivery': 'true' } : {}) }
  if (subscription.kind === 'platform') return own
  return { ...own, 'subscription-id': subscription._id, 'api-version': apiVersions[3], 'notification-signature': `sha256=${hmac(secrets[0] ?? new Uint8Array(), body)}` }
}
