import type { Frame, SubscribeAnswer } from '@yidan/api/contract'
import type { BillId } from '@yidan/ledger'
import type { Caller } from '../access/caller.ts'
import { turnedAway, type OpenRoom } from './rooms.ts'

/** Somebody without an account who holds a share link: sees one room, with the rights that its sharer has at this moment. */
export interface Guest {
  readonly shareId: string
  /** The one room the link opens. */
  readonly room: string
  /** The bill that spoke for the room when the guest came in; when another one does, the guest has to come in anew. */
  readonly billId: BillId | null
  readonly sharer: Caller
  readonly expiresAt: Date
}

/** Who stands behind a link's secret now. @throws when nobody does (any more) */
export type Admit = (token: string) => Promise<Guest>

/** The secret of a share link in a handshake: it comes in the first packet, not in the address. */
export function shareTokenIn(auth: Readonly<Record<string, unknown>>): string | null {
  return typeof auth['share'] === 'string' ? auth['share'] : null
}

/** Guests sit apart from those with an account, and are told less. */
export function guestSeats(room: string): string {
  return `guests of ${room}`
}

/** Null when the guest may sit in the room; else why not. The title of the room decides for guests as it does for their sharer. */
export function guestTurnedAway(guest: Guest, room: OpenRoom, now: Date): NonNullable<SubscribeAnswer['code']> | null {
  if (guest.room !== room.name || isOver(guest, now)) return 'forbidden'
  if (room.bill !== null && room.bill.billId !== guest.billId) return 'forbidden'
  return turnedAway(guest.sharer, room)
}

export function isOver({ expiresAt }: Guest, now: Date): boolean {
  return expiresAt <= now
}

/** What guests are told: what moved, when and where. Not who reported it, not seals, title or exceptions; of a train nothing about single boxes. */
export function guestFrames(frames: readonly Frame[]): readonly Frame[] {
  return frames
    .filter(({ kind, room, container }) => kind === 'tracking' && !(room.startsWith('train:') && container !== null))
    .map((frame) => ({ ...frame, billNumber: null, item: frame.item && { ...frame.item, detail: null } }))
}

const longestTimer = 2 ** 31 - 1

/** Calls back when the guest's time is over. @returns what stops it */
export function whenOver(guest: Guest, clock: () => Date, end: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const left = guest.expiresAt.getTime() - clock().getTime()
    if (left <= 0) end()
    else timer = setTimeout(wait, Math.min(left, longestTimer)).unref()
  }
  wait()
  return () => clearTimeout(timer)
}
