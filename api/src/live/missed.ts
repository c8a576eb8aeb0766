import type { Frame } from '@yidan/api/contract'
import { setTimeout as pause } from 'node:timers/promises'
import type { EventLogPort } from '../events/types.ts'
import { corridorFrame, frameFor, inboxFrame } from './frames.ts'
import type { Arrival, OpenRoom } from './rooms.ts'

/** Entries of the log that are in memory at a time, for each reader that is brought along. */
const readAtOnce = 500
/** Frames that are kept for a reader while a page is read for it; what is more is read from the log as well. */
const heldLimit = 1_000
const waitForViews = 10
const sayOnce: ReadonlySet<OpenRoom['kind']> = new Set(['company', 'corridor'])

/**
 * Sends what the room was told after `since`, in order, none twice, however much it is: page by page from the log, at the reader's own
 * pace; then gives the reader its seat. What the room is told while pages are being read is held for the reader, so that it need not run
 * after a log that runs on.
 * @returns the position up to which all was sent; null when the reader is gone
 */
export async function sendMissed({ eventLog, room, since, sentTo, send, drained, gone, seat }: {
  readonly eventLog: Pick<EventLogPort, 'about'>
  readonly room: OpenRoom
  readonly since: number
  /** Up to where those in the room have everything. */
  readonly sentTo: () => number
  readonly send: (frames: readonly Frame[]) => void
  /** Resolves when the reader has taken what was sent, or is gone. */
  readonly drained: () => Promise<void>
  /** The reader left, or may no longer read. */
  readonly gone: () => boolean
  /** From here on the reader is told what the room is told. Called in the same breath in which it has everything: between one breath and the next more may be told. */
  readonly seat: () => void
}): Promise<number | null> {
  // It was told more by another process than this one has come to.
  while (sentTo() < since && !gone()) await pause(waitForViews)
  let at = since
  while (!gone()) {
    const held = hold(room)
    try {
      const target = sentTo()
      at = at < target && sayOnce.has(room.kind) ? summarise(target) : await readPages(at, target)
    } finally {
      room.arriving.delete(held)
    }
    if (gone()) return null
    if (held.overflowed) continue
    if (held.frames.length > 0) send(held.frames)
    seat()
    return sentTo()
  }
  return null

  /** Rooms that say only that something has changed, say it once. */
  function summarise(position: number): number {
    send([room.kind === 'company' ? inboxFrame(room.name, { position, at: new Date(), code: 'inbox-changed', billNumber: null }) : corridorFrame(room.name, { position, at: new Date() })])
    return position
  }

  async function readPages(from: number, to: number): Promise<number> {
    for (let read = from; read < to; ) {
      const entries = await eventLog.about([...room.keys], read, readAtOnce, to)
      if (gone()) return read
      const frames = entries.flatMap((entry) => frameFor(room, entry) ?? [])
      if (frames.length > 0) send(frames)
      read = entries.length < readAtOnce ? to : (entries.at(-1)?.position ?? to)
      await drained()
      if (gone()) return read
    }
    return Math.max(from, to)
  }
}

function hold(room: OpenRoom): Arrival {
  const held: Arrival = {
    frames: [], overflowed: false,
    tell(frames) {
      held.overflowed ||= held.frames.length + frames.length > heldLimit
      if (held.overflowed) held.frames.length = 0
      else held.frames.push(...frames)
    },
  }
  room.arriving.add(held)
  return held
}
