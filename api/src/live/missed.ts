import type { Frame } from '@yidan/api/contract'
import type { EventLogPort } from '../events/types.ts'
import { corridorFrame, frameFor, inboxFrame } from './frames.ts'
import type { OpenRoom } from './rooms.ts'

/** Whoever missed more than this reads the view again instead. */
const missedLimit = 2_000
const readAtOnce = 500

/**
 * Sends what a room was told after `since`, read again from the log, in order, none twice.
 * @returns the position up to which all was sent; null when too much was missed, or the reader is gone
 */
export async function sendMissed({ eventLog, room, since, sentTo, send, gone }: {
  readonly eventLog: EventLogPort
  readonly room: OpenRoom
  readonly since: number
  /** Up to where those in the room have everything. */
  readonly sentTo: () => number
  readonly send: (frames: readonly Frame[]) => void
  /** The reader left, or may no longer read. */
  readonly gone: () => boolean
}): Promise<number | null> {
  if (room.kind === 'company') {
    const position = sentTo()
    if (since < position) send([inboxFrame(room.name, { position, at: new Date(), code: 'inbox-changed', billNumber: null })])
    return position
  }
  if (room.kind === 'corridor') {
    const position = sentTo()
    if (since < position) send([corridorFrame(room.name, { position, at: new Date() })])
    return position
  }
  let sent = 0
  let at = since
  while (at < sentTo()) {
    const target = sentTo()
    const entries = await eventLog.about([...room.keys], at, readAtOnce)
    if (gone()) return null
    const due = entries.filter(({ position }) => position <= target)
    const frames = due.flatMap((entry) => frameFor(room, entry) ?? [])
    sent += frames.length
    if (sent > missedLimit) return null
    if (frames.length > 0) send(frames)
    at = due.length < readAtOnce ? target : (due.at(-1)?.position ?? target)
  }
  return at
}
