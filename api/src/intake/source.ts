import { createHash } from 'node:crypto'
import type { TrackingEvent } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { IntakeFinding } from './findings.ts'

/**
 * Other firms' systems tell what happened in their own way. A source turns what came in into our events, or says what is wrong with it and
 * what would cure it. It decides nothing else: whether an event can be true is the judge's, whether it was told before the log's.
 */
export interface EventSource<Told> {
  readonly name: string
  read(told: Told, from: From): Reading
}

/** Whose word it is, and the zone of times that do not name one. */
export interface From {
  readonly sender: PartyId
  readonly timeZone: string
}

export interface Reading {
  readonly events: readonly SourcedEvent[]
  readonly findings: readonly IntakeFinding[]
  /** Things told of: rows of a list, boxes of an interchange. */
  readonly rows: number
}

export interface SourcedEvent {
  readonly event: TrackingEvent
  readonly where: Where
}

/** Line of the file, counted from 1; of an interchange the segment too. */
export interface Where {
  readonly row: number
  readonly segment?: number
}

type WithoutId<Event> = Event extends unknown ? Omit<Event, 'eventID'> : never
/** An event as a source tells it. */
export type Told = WithoutId<TrackingEvent>

/**
 * The event under an id made from what it says and who says it (UUID version 8): the same fact told again is the same event, whatever file or
 * message brings it; anything said differently is another.
 */
export function named(told: Told, sender: PartyId): TrackingEvent {
  return { eventID: idOf(['told', sender, canonical(told)]), ...told }
}

/** Takes back what `named` gave an id to. */
export function withdrawalOf(event: TrackingEvent, sender: PartyId): TrackingEvent {
  return { ...event, eventID: idOf(['withdrawn', sender, event.eventID]), retractedEventID: event.eventID }
}

function idOf(parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The same text for the same content, in whatever order its fields stand. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
