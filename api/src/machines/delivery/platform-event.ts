import { titleEventId, uuidOf } from '../event-ids.ts'
import type { VisibleEvent } from '../visible-events.ts'
import type { PlatformFilter } from './store.ts'

/** One event as our own webhooks tell it. Tracking events are as they came in; of the ledger it says what happened to which bill: who is what to it now is read with the caller's rights. */
export interface PlatformEvent {
  readonly id: string
  readonly kind: PlatformFilter['events'][number]
  readonly code: string
  readonly recordedAt: string
  /** Position in the platform's log; grows, with gaps. */
  readonly position: number
  readonly containers: readonly string[]
  readonly billNumbers: readonly string[]
  /** The event as it was reported; what is wrong, of an exception; null for an act on the ledger. */
  readonly event: object | null
}

export function platformEvent(visible: VisibleEvent): PlatformEvent {
  const { position, containers, billNumbers } = visible
  const common = { id: eventIdOf(visible), kind: kindOf(visible), code: codeOf(visible), recordedAt: visible.recordedAt.toISOString(), position, containers, billNumbers }
  return { ...common, event: visible.kind === 'title' ? null : visible.kind === 'exception' ? exceptionTold(visible) : visible.event }
}

export function eventIdOf(visible: VisibleEvent): string {
  if (visible.kind === 'exception') return uuidOf('exception', visible.exceptionId, String(visible.position))
  return visible.kind === 'title' ? titleEventId(visible) : visible.event.eventID
}

function exceptionTold({ exceptionId, exception, change, cause, service, run }: Extract<VisibleEvent, { kind: 'exception' }>): object {
  return { exceptionId, exception, change, service, run, cause }
}

/** LOAD, DEPA, bill-issued …; RETRACTED for a withdrawal; of an exception raised, ended or closed. */
export function codeOf(visible: VisibleEvent): string {
  if (visible.kind === 'title') return visible.event.type
  if (visible.kind === 'exception') return `exception-${visible.change}`
  return visible.fact.retracts === null ? visible.fact.code : 'RETRACTED'
}

function kindOf(visible: VisibleEvent): PlatformEvent['kind'] {
  if (visible.kind === 'title') return 'bill'
  if (visible.kind === 'exception') return 'exception'
  return ({ EQUIPMENT: 'equipment', TRANSPORT: 'transport', SHIPMENT: 'shipment', POSITION: 'position', REEFER: 'reefer', IOT: 'device' } as const)[visible.event.eventType]
}

export function fitsPlatformFilter({ events, billNumber, container }: PlatformFilter, visible: VisibleEvent): boolean {
  return events.includes(kindOf(visible)) && (billNumber === undefined || visible.billNumbers.includes(billNumber)) && (container === undefined || visible.containers.includes(container))
}
