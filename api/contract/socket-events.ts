import { z } from 'zod'
import { TimelineItem } from './views/index.ts'

/** Rooms a socket may sit in. Each has an ability; each is left by force when title or rights change. */
export const Room = z.union([
  z.templateLiteral(['bill:', z.string()]),
  z.templateLiteral(['container:', z.string()]),
  z.templateLiteral(['train:', z.string()]),
  z.templateLiteral(['company:', z.string()]),
  z.literal('desk:exceptions'),
  /** The person's own notices. */
  z.templateLiteral(['person:', z.string()]),
  /** All trains and vessels: says that something moved, the board is read again. */
  z.literal('corridor:all'),
])
export type Room = z.infer<typeof Room>

/** What one feed entry means to a room. `position` rises through the feed: it is the resume point. */
export const Frame = z.strictObject({
  room: z.string(),
  position: z.int(),
  at: z.iso.datetime(),
  /** A title event, a tracking event, that the company's inbox has changed, or that something is wrong (code: the kind) or no longer is; that the person has a new notice. */
  kind: z.enum(['title', 'tracking', 'inbox', 'exception', 'notice']),
  /** The event type or code: `title-endorsed`, `GTIN`, `DEPA`, `POSITION` ... */
  code: z.string(),
  billNumber: z.string().nullable(),
  container: z.string().nullable(),
  /** A line for the timeline, when the event is one. */
  item: TimelineItem.nullable(),
})
export type Frame = z.infer<typeof Frame>

export interface SubscribeAnswer {
  readonly ok: boolean
  /** Refusal code when not ok: `forbidden`, `not-found`, `not-signed-in`, `invalid-request`, `too-many-requests`; `resync` when `since` lies beyond the end of the log, which was restored from an older backup: read the view again, then subscribe from its position. */
  readonly code?: string
  /** Feed position up to which everything was sent (missed frames are sent before the answer). */
  readonly position?: number
}

/** Socket.IO at /live; the session cookie or an API key signs in. */
export interface ClientToServer {
  /** `since`: last position seen; missed frames of the room come first, in order, none twice. */
  subscribe: (request: { room: string; since?: number }, answer: (answer: SubscribeAnswer) => void) => void
  unsubscribe: (request: { room: string }) => void
}
export interface ServerToClient {
  frames: (frames: readonly Frame[]) => void
  /** The room was closed to this socket: `title-moved` (title moved on), `forbidden` (rights ended) or `session-expired`. */
  closed: (notice: { room: string; code: string }) => void
}
