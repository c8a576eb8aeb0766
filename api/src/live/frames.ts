import type { Frame } from '@yidan/api/contract'
import type { PartyId, Title } from '@yidan/ledger'
import type { LogEntry } from '../events/types.ts'
import { factOf, timelineItem } from '../tracking/view.ts'
import type { OpenRoom } from './rooms.ts'

/** What an entry means to a room; null when it is none of the room's business. At most one frame for each entry: its position is the resume point. */
export function frameFor(room: OpenRoom, entry: LogEntry): Frame | null {
  if (room.kind === 'corridor') return isOnTheWay(entry) ? corridorFrame(room.name, entry) : null
  if (!entry.about.some((about) => room.keys.has(about))) return null
  const says = (kind: Frame['kind'], code: string, container: string | null = null, item: Frame['item'] = null): Frame => ({
    room: room.name, position: entry.position, at: entry.at.toISOString(), kind, code, billNumber: room.bill?.billNumber ?? null, container, item,
  })
  const fact = factOf(entry)
  if (fact !== null) return fact.retracts === null ? says('tracking', fact.code, fact.container, timelineItem(fact, { legs: room.bill?.legs ?? [] })) : says('tracking', 'RETRACTED', fact.container)
  const { event } = entry
  if (event.type === 'people-notified') return says('notice', 'new')
  // The desk's room says only that something changed: what it is, everybody reads with their own rights.
  if (event.type === 'exception-changed') return room.kind === 'desk' ? says('exception', 'changed') : says('exception', event.kind, event.subject.container)
  if (room.kind === 'train' && isTrainChange(entry)) return says('tracking', entry.event.type)
  const code = titleCode(room, entry)
  return code === null ? null : says('title', code)
}

/** The first event of the bill's entry: `surrender-accepted`, not the release of the pledge that comes with it. */
function titleCode(room: OpenRoom, { event }: LogEntry): string | null {
  if (event.type === 'document-frozen') return event.type
  if (event.type !== 'ledger-recorded') return null
  const own = event.record.entries.find(({ subject }) => subject === room.bill?.billId)
  return own?.events[0]?.type ?? null
}

/** Says that the company's inbox may have changed; what is in it is read over HTTP, with the caller's rights. */
export function inboxFrame(room: string, { position, at, code, billNumber }: { position: number; at: Date; code: string; billNumber: string | null }): Frame {
  return { room, position, at: at.toISOString(), kind: 'inbox', code, billNumber, container: null, item: null }
}

/** Says that trains or vessels have moved; the board is read over HTTP. */
export function corridorFrame(room: string, { position, at }: { position: number; at: Date }): Frame {
  return { room, position, at: at.toISOString(), kind: 'tracking', code: 'corridor-changed', billNumber: null, container: null, item: null }
}

/** A report of a train or vessel itself, or a change of its plan. */
export function isOnTheWay({ about }: Pick<LogEntry, 'about'>): boolean {
  return about.some((key) => key.startsWith('service:'))
}

function isTrainChange({ event }: LogEntry): boolean {
  return event.type === 'train-planned' || event.type === 'train-composed' || event.type === 'train-reported'
}

/** Everybody a title concerns: whoever holds, held just before, carries, shipped, or is offered something. */
export function partiesOf(...titles: readonly (Title | null)[]): Set<PartyId> {
  const named = titles.flatMap((title) => {
    if (title === null) return []
    const { encumbrance } = title
    return [title.carrier, title.shipper, title.consignee, title.titleholder, title.possessor, title.offer?.to, title.surrender?.by, ...(encumbrance.name === 'NONE' ? [] : [encumbrance.pledgor, encumbrance.pledgee])]
  })
  return new Set(named.filter((party): party is PartyId => party !== null && party !== undefined && party !== 'BLANK'))
}
