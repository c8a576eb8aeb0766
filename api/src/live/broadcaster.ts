import type { Frame } from '@yidan/api/contract'
import type { AccessEnded, LogEntry } from '../events/types.ts'
import { factOf, titleAfter, type TrackingReader } from '../tracking/view.ts'
import { frameFor, inboxFrame, isOnTheWay, partiesOf } from './frames.ts'
import { corridorKey, openRoom, serviceKeys, type OpenRoom } from './rooms.ts'

/** What somebody sat in a room by. */
export type Ended = AccessEnded | { readonly type: 'share'; readonly shareId: string }

export interface Broadcaster {
  /** Everything up to here was sent. */
  readonly position: number
  /** The room with this name, shared by all who sit in it; null when there is no such thing. Give it back with `leave`. */
  enter(name: string): Promise<OpenRoom | null>
  leave(room: OpenRoom): void
  /** Up to where those in the room have everything. */
  sentTo(room: OpenRoom): number
  /** Entries that are in the views now, in the order of the log. */
  tell(entries: readonly LogEntry[]): void
  /** Resolves when all that was told has been sent. */
  settled(): Promise<void>
}

/**
 * Turns log entries into frames for the rooms somebody sits in. A batch of entries is one emit per room. Titles are folded along entry by
 * entry, so that who lost the right to a room is out of it before anything that happened afterwards is sent.
 */
export function openBroadcaster({ reader, start, emit, recheck, ended = () => undefined, failed }: {
  readonly reader: TrackingReader
  readonly start: number
  readonly emit: (room: string, frames: readonly Frame[]) => void
  /** The title of the room's bill has changed: those who may no longer sit there must leave now. */
  readonly recheck: (room: OpenRoom) => void
  /** Access or a share link has ended, here or in another process: whoever sits here by it must leave now. */
  readonly ended?: (what: Ended) => void
  /** Some frames could not be made: everybody must come back and resume from the log. */
  readonly failed: (error: unknown) => void
}): Broadcaster {
  const rooms = new Map<string, OpenRoom>()
  const opening = new Map<string, Promise<OpenRoom | null>>()
  const roomsByKey = new Map<string, Set<OpenRoom>>()
  const pending = new Map<OpenRoom, Frame[]>()
  let position = start
  /** Counts the entries that can change who may sit where. */
  let moves = 0
  let work: Promise<void> = Promise.resolve()

  async function tellBatch(entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) {
      const { event } = entry
      if (event.type !== 'tracking-received') moves += 1
      if (event.type === 'ledger-recorded') await titleMoved(entry, event.record.entries)
      if (event.type === 'document-frozen') await reopenRoomsOf(event.document?.containers.map(({ number }) => number) ?? [], `bill:${event.billNumber}`)
      if (event.type === 'tracking-received') boarded(entry)
      if (event.type === 'share-ended') endedAt(entry.position, { type: 'share', shareId: event.shareId })
      if (event.type === 'access-ended') endedAt(entry.position, event.ended)
      for (const room of roomsAbout(isOnTheWay(entry) ? [...entry.about, corridorKey] : entry.about)) add(room, frameFor(room, entry))
    }
    for (const room of pending.keys()) flush(room, entries.at(-1)?.position ?? position)
    pending.clear()
    position = entries.at(-1)?.position ?? position
  }

  /** What came before the end still belongs to those whose it is. */
  function endedAt(at: number, what: Ended): void {
    for (const room of [...pending.keys()]) flush(room, at - 1)
    ended(what)
  }

  async function titleMoved(entry: LogEntry, streams: Extract<LogEntry['event'], { type: 'ledger-recorded' }>['record']['entries']): Promise<void> {
    for (const stream of streams) {
      const touched = [...rooms.values()].filter(({ bill }) => bill?.billId === stream.subject)
      for (const room of touched) moveTitle(room, entry, stream)
      const begins = stream.events.some(({ type }) => type === 'bill-issued' || type === 'bill-voided' || type === 'bill-accomplished' || type === 'bill-approved')
      if (begins && stream.subject.startsWith('b')) await resettle(stream.subject)
      if (stream.subject.startsWith('b')) await tellInboxes(entry, stream)
    }
  }

  function moveTitle(room: OpenRoom, { position: at }: LogEntry, stream: Parameters<typeof titleAfter>[1]): void {
    const { bill } = room
    if (bill === null || bill.position >= at) return
    bill.title = titleAfter(bill.title.seq === 0 ? null : bill.title, stream) ?? bill.title
    bill.position = at
    // What came before the change still belongs to those who sit here now.
    flush(room, at - 1)
    recheck(room)
  }

  /** A bill came into force or ended: its boxes may now be another bill's. */
  async function resettle(billId: string): Promise<void> {
    const bill = await reader.bill(billId)
    if (bill) await reopenRoomsOf(bill.containers, bill.billNumber === null ? null : `bill:${bill.billNumber}`)
  }

  async function reopenRoomsOf(containers: readonly string[], billRoom: string | null): Promise<void> {
    for (const name of [...containers.map((container) => `container:${container}`), ...(billRoom === null ? [] : [billRoom])]) {
      const room = rooms.get(name)
      const fresh = room && (await openRoom(reader, name))
      if (!room || !fresh) continue
      setKeys(room, [...room.keys, ...fresh.keys])
      if (fresh.bill && (room.bill === null || fresh.bill.billId !== room.bill.billId || fresh.bill.position > room.bill.position || fresh.bill.legs.length !== room.bill.legs.length)) {
        room.bill = fresh.bill
        flush(room, position)
        recheck(room)
      }
    }
  }

  /** Loaded on a train that no plan names: from now on its reports concern the box. */
  function boarded(entry: LogEntry): void {
    const fact = factOf(entry)
    if (fact === null || fact.code !== 'LOAD' || fact.service === null || fact.container === null) return
    for (const room of roomsAbout(entry.about)) if (room.kind !== 'train') setKeys(room, [...room.keys, ...serviceKeys([fact.service])])
  }

  /** Companies to whose inbox the act matters. */
  async function tellInboxes(entry: LogEntry, stream: Parameters<typeof titleAfter>[1]): Promise<void> {
    const companies = [...rooms.values()].filter(({ kind }) => kind === 'company')
    if (companies.length === 0) return
    const bill = await reader.bill(stream.subject)
    const concerned = partiesOf(bill?.title ?? null)
    concerned.add(stream.signed.command.party)
    const named = JSON.stringify(stream.events)
    for (const room of companies) {
      if (room.partyId === null || !(concerned.has(room.partyId) || named.includes(room.partyId))) continue
      const last = pending.get(room)?.at(-1)
      if (last?.position !== entry.position) add(room, inboxFrame(room.name, { position: entry.position, at: entry.at, code: stream.events[0]?.type ?? 'inbox-changed', billNumber: bill?.billNumber ?? null }))
    }
  }

  function add(room: OpenRoom, frame: Frame | null): void {
    if (frame === null) return
    const frames = pending.get(room)
    // Of a batch the corridor is told once: the board is read again as a whole.
    if (room.kind === 'corridor') pending.set(room, [frame])
    else if (frames) frames.push(frame)
    else pending.set(room, [frame])
  }

  function flush(room: OpenRoom, upTo: number): void {
    const frames = pending.get(room)
    pending.delete(room)
    if (frames?.length) {
      emit(room.name, frames)
      for (const arrival of room.arriving) arrival.tell(frames)
    }
    room.sentTo = Math.max(room.sentTo, upTo, frames?.at(-1)?.position ?? 0)
  }

  function roomsAbout(about: readonly string[]): Set<OpenRoom> {
    return new Set(about.flatMap((key) => [...(roomsByKey.get(key) ?? [])]))
  }

  function setKeys(room: OpenRoom, keys: readonly string[]): void {
    for (const key of keys) {
      room.keys.add(key)
      const sharing = roomsByKey.get(key) ?? new Set()
      roomsByKey.set(key, sharing.add(room))
    }
  }

  async function open(name: string): Promise<OpenRoom | null> {
    let read: number
    let room: OpenRoom | null
    do {
      read = moves
      room = await openRoom(reader, name)
      // What moved while it was being read was told to nobody here: read again, the views have it.
    } while (read !== moves)
    opening.delete(name)
    if (room === null) return null
    rooms.set(name, room)
    setKeys(room, [...room.keys])
    return room
  }

  return {
    get position() {
      return position
    },
    async enter(name) {
      const room = rooms.get(name) ?? (await (opening.get(name) ?? opening.set(name, open(name)).get(name))) ?? null
      if (room) room.seats += 1
      // Everybody left while this one was waiting: the room is opened again.
      if (room && !rooms.has(name)) {
        rooms.set(name, room)
        setKeys(room, [...room.keys])
      }
      return room
    },
    leave(room) {
      room.seats -= 1
      if (room.seats > 0 || rooms.get(room.name) !== room) return
      rooms.delete(room.name)
      pending.delete(room)
      for (const key of room.keys) {
        const sharing = roomsByKey.get(key)
        sharing?.delete(room)
        if (sharing?.size === 0) roomsByKey.delete(key)
      }
    },
    sentTo: (room) => Math.max(position, room.sentTo),
    tell(entries) {
      work = work.then(() => tellBatch(entries)).catch((error: unknown) => {
        pending.clear()
        position = entries.at(-1)?.position ?? position
        failed(error)
      })
    },
    settled: () => work,
  }
}
