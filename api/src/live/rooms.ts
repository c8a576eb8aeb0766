import type { Frame, SubscribeAnswer } from '@yidan/api/contract'
import type { BillId, PartyId, Title } from '@yidan/ledger'
import { may } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import { exceptionShelf } from '../exceptions/changes.ts'
import { serviceName, titleFor, type TimedLeg, type TrackedBill, type TrackingReader } from '../tracking/view.ts'

/** A room somebody sits in, and what of the log belongs in it. */
export interface OpenRoom {
  readonly name: string
  readonly kind: RoomKind
  /** What entries must be about to be told here. One set for what is told live and what is read again after a gap: so both are the same. */
  readonly keys: Set<string>
  readonly container: string | null
  /** The bill whose title decides who may sit here; null for trains and companies, and for a box of no bill. */
  bill: { readonly billId: BillId; readonly billNumber: string | null; readonly legs: readonly TimedLeg[]; title: Title; position: number } | null
  /** The company's party, of a company room. */
  partyId: PartyId | null
  /** Up to here everything was sent to those who sit in it. */
  sentTo: number
  /** How many sockets sit here or are being let in. */
  seats: number
  /** Readers that are being brought along: they hear what the room is told when they have what came before it. */
  readonly arriving: Set<Arrival>
}
/** What the room was told while a reader was being brought along; too much of it is not kept. */
export interface Arrival {
  readonly frames: Frame[]
  overflowed: boolean
  tell(frames: readonly Frame[]): void
}
export type RoomKind = 'bill' | 'container' | 'train' | 'company' | 'corridor' | 'desk' | 'person'

/** What every report of a train or vessel is about besides itself. It is not in the log: the corridor's room is told that something moved, not what. */
export const corridorKey = 'corridor'

/** @returns the room as the views know it now, or null when there is no such thing */
export async function openRoom(reader: TrackingReader, name: string): Promise<OpenRoom | null> {
  const [kind, subject = ''] = name.split(/:(.*)/s)
  switch (kind) {
    case 'bill':
      return billRoom(reader, name, subject)
    case 'container':
      return containerRoom(reader, name, subject)
    case 'train':
      return roomOf({ name, kind, keys: serviceKeys([serviceName(subject)]) })
    case 'company':
      return roomOf({ name, kind, keys: [] })
    case 'desk':
      return subject === 'exceptions' ? roomOf({ name, kind, keys: [exceptionShelf] }) : null
    case 'person':
      return roomOf({ name, kind, keys: [name] })
    case 'corridor':
      return subject === 'all' ? roomOf({ name, kind, keys: [corridorKey] }) : null
    default:
      return null
  }
}

async function billRoom(reader: TrackingReader, name: string, billNumber: string): Promise<OpenRoom | null> {
  const bill = await reader.billByNumber(billNumber)
  if (bill === null) return null
  const boxes = await reader.boxesOf(bill)
  const services = boxes.flatMap((box) => box.services)
  return roomOf({ name, kind: 'bill', keys: [`bill:${bill._id}`, ...bill.containers.flatMap(containerKeys), ...serviceKeys([...bill.services, ...services])], bill })
}

async function containerRoom(reader: TrackingReader, name: string, container: string): Promise<OpenRoom | null> {
  const box = await reader.box(container)
  if (box === null) return null
  const bill = box.billId === null ? null : await reader.bill(box.billId)
  return roomOf({ name, kind: 'container', keys: [...containerKeys(container), ...serviceKeys(box.services)], container, bill })
}

function roomOf({ name, kind, keys, container = null, bill = null }: { name: string; kind: RoomKind; keys: readonly string[]; container?: string | null; bill?: TrackedBill | null }): OpenRoom {
  return {
    name, kind, keys: new Set(keys), container, partyId: null, sentTo: 0, seats: 0, arriving: new Set(),
    bill: bill && { billId: bill._id, billNumber: bill.billNumber, legs: bill.legs, title: titleFor(bill), position: bill.position },
  }
}

export function containerKeys(container: string): string[] {
  return [`container:${container}`, `container:${container}:position`]
}

export function serviceKeys(services: readonly string[]): string[] {
  return [...new Set(services)].flatMap((service) => [`service:${service}`, `service:${service}:position`])
}

/** Null when the caller may sit in the room; else the code it is turned away with. Boxes one may not follow do not exist for one, as over HTTP. */
export function turnedAway(caller: Caller, room: OpenRoom): NonNullable<SubscribeAnswer['code']> | null {
  if (caller.kind === 'anonymous') return 'not-signed-in'
  const titles = room.bill === null ? [] : [room.bill.title]
  switch (room.kind) {
    case 'bill':
      return titles[0] && may(caller, 'follow-bill', { type: 'bill', title: titles[0], formerHolders: [] }) ? null : 'forbidden'
    case 'container':
      return may(caller, 'follow-container', { type: 'cargo', bills: titles }) ? null : 'not-found'
    case 'train':
    case 'corridor':
      return may(caller, 'follow-train') ? null : 'forbidden'
    case 'company':
      return may(caller, 'use-session') && room.name === `company:${companyOf(caller)?.id ?? ''}` ? null : 'forbidden'
    case 'person':
      return caller.kind === 'person' && room.name === `person:${caller.person.id}` && may(caller, 'read-exceptions') ? null : 'forbidden'
    case 'desk':
      return may(caller, 'read-exceptions') ? null : 'forbidden'
  }
}
