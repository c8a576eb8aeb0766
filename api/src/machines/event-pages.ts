import { may } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { EventLogPort, LogEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import type { FollowedBox } from '../tracking/followed.ts'
import { cargoThing } from '../tracking/container-views.ts'
import type { EventSight, VisibleEvent } from './visible-events.ts'

/** What is looked for. `matches` decides; the rest only spares reading what cannot match. */
export interface Wanted {
  readonly containers?: readonly string[] | undefined
  readonly billNumbers?: readonly string[] | undefined
  /** Also what comes often and lies on a shelf of its own: where boxes and trains are, and what reefers measure. */
  readonly positions?: boolean
  /** Recorded here not before, and not after. */
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly matches: (event: VisibleEvent) => boolean
}

/** A place between two events of the log. */
export interface Place {
  readonly position: number
  readonly index: number
}
export interface EventPage {
  readonly events: readonly VisibleEvent[]
  /** Where to go on; null at the end of what there is now. A page may be short and still have a next one. */
  readonly next: Place | null
  /** Up to where everything was looked at: whoever follows the log goes on from here. */
  readonly upTo: Place
}

/** Entries of the log looked at for one page. */
const scanLimit = 10_000
/** Entries read at once: at first no more than the page may need, then ever more while they hold little that the caller may see. */
const batchSize = 1_000
const firstBatch = (limit: number): number => Math.min(2 * limit, batchSize)
/** Whoever follows more boxes than this is served by reading the log itself. */
const keyedBoxes = 2_000
/** Keys asked for at once: MongoDB merges so many sorted index ranges without sorting. */
const keyChunk = 120
/** Clocks of several API processes may be apart by this much; the log is in order of position, nearly in order of time. */
const skew = 5 * 60_000

/** Reads the events that the caller may follow, in the order of the log, up to what the views hold. */
export async function readEvents({ ports, sight, caller, wanted, after, limit }: { readonly ports: Pick<Ports, 'eventLog' | 'feed'>; readonly sight: EventSight; readonly caller: Caller; readonly wanted: Wanted; readonly after: Place | null; readonly limit: number }): Promise<EventPage> {
  const end = ports.feed.health().position
  const shelves = await shelvesFor(sight, caller, wanted)
  if (shelves !== null && shelves.keys.length === 0) return { events: [], next: null, upTo: { position: end, index: endOfEntry } }
  const start = after ?? { position: wanted.from === undefined ? 0 : await positionBefore(ports.eventLog, new Date(wanted.from.getTime() - skew), end), index: Infinity }
  const events: VisibleEvent[] = []
  // The entry at the place itself is read again: more of its events may follow.
  let read = Number.isFinite(start.index) ? start.position - 1 : start.position
  const reports = shelves === null ? [] : await sight.followed.positionsDuring(shelves.rides, read, scanLimit)
  const readable = reports.length === scanLimit ? Math.min(reports.at(-1) ?? end, end) : end
  for (let scanned = 0, batch = firstBatch(limit); scanned < scanLimit; batch = Math.min(3 * batch, batchSize)) {
    const { entries, upTo } = await nextEntries(ports.eventLog, { keys: shelves?.keys ?? null, reports, after: read, end: readable, batch })
    for (const event of await sight.visible(caller, entries)) {
      if (event.position < start.position || (event.position === start.position && event.index <= start.index)) continue
      if (wanted.from !== undefined && event.recordedAt < wanted.from) continue
      if ((wanted.until !== undefined && event.recordedAt > wanted.until) || !wanted.matches(event)) continue
      if (events.length === limit) return stopAt(placeOf(events.at(-1)))
      events.push(event)
    }
    const newest = entries.at(-1)
    const past = wanted.until !== undefined && newest !== undefined && newest.at.getTime() > wanted.until.getTime() + skew
    if (upTo >= end || past) return { events, next: null, upTo: { position: upTo, index: endOfEntry } }
    read = upTo
    if (upTo >= readable) break
    scanned += entries.length
  }
  return stopAt({ position: read, index: endOfEntry })

  function stopAt(next: Place): EventPage {
    return { events, next, upTo: next }
  }
}

/** Behind every event of an entry. */
export const endOfEntry = 255

function placeOf(event: VisibleEvent | undefined): Place {
  return { position: event?.position ?? 0, index: event?.index ?? 0 }
}

/** Where the wanted events are: in the log under these keys, and what units did during these rides. */
interface Shelves {
  readonly keys: readonly string[]
  readonly rides: readonly string[]
}

/** Null when all of the log is to be read. */
async function shelvesFor({ followed }: EventSight, caller: Caller, { containers, billNumbers, positions = false }: Wanted): Promise<Shelves | null> {
  const all = may(caller, 'follow-container', cargoThing(null))
  const company = companyOf(caller)
  if (company === null) return { keys: [], rides: [] }
  if (all && containers === undefined && billNumbers === undefined) return null
  const boxes = all ? await named(followed, containers, billNumbers) : await followed.followedBy(company.partyId, { ...(containers === undefined ? {} : { containers }), ...(billNumbers === undefined ? {} : { billNumbers }) }, keyedBoxes + 1)
  if (boxes.length > keyedBoxes) return null
  const numbers = boxes.map(({ _id }) => `container:${_id}`)
  const units = positions ? boxes.flatMap(({ services }) => services.map((service) => `service:${service}`)) : []
  const bills = boxes.flatMap(({ billId, billNumber }) => [...(billId === null ? [] : [`bill:${billId}`]), ...(billNumber === null ? [] : [`document:${billNumber}`])])
  const keys = [...numbers, ...(positions ? [...numbers, ...units].map((unit) => `${unit}:position`) : []), ...bills, ...(billNumbers ?? []).map((number) => `document:${number}`)]
  return { keys: [...new Set(keys)], rides: boxes.flatMap(({ rides }) => rides) }
}

async function named(followed: EventSight['followed'], containers: readonly string[] | undefined, billNumbers: readonly string[] | undefined): Promise<readonly FollowedBox[]> {
  const bills = billNumbers === undefined ? null : [...(await followed.billsByNumber(billNumbers)).values()]
  const numbers = bills === null ? (containers ?? []) : bills.flatMap((bill) => bill.containers).filter((number) => containers === undefined || containers.includes(number))
  const found = await followed.boxes(numbers)
  return [...found.values()].filter(({ billNumber }) => billNumbers === undefined || billNumbers.includes(billNumber ?? ''))
}

/** The next entries in order, and up to where nothing was left out. */
async function nextEntries(eventLog: EventLogPort, { keys, reports, after, end, batch }: { readonly keys: readonly string[] | null; readonly reports: readonly number[]; readonly after: number; readonly end: number; readonly batch: number }): Promise<{ readonly entries: readonly LogEntry[]; readonly upTo: number }> {
  if (keys === null) {
    const entries = (await eventLog.read(after, batch)).filter(({ position }) => position <= end)
    return { entries, upTo: entries.at(-1)?.position ?? end }
  }
  const slices: (readonly LogEntry[])[] = []
  let upTo = end
  for (let from = 0; from < keys.length; from += keyChunk) {
    const slice = await eventLog.about(keys.slice(from, from + keyChunk), after, batch)
    if (slice.length === batch) upTo = Math.min(upTo, slice.at(-1)?.position ?? end)
    slices.push(slice)
  }
  const due = reports.filter((position) => position > after && position <= upTo).slice(0, batch)
  if (due.length === batch) upTo = due.at(-1) ?? upTo
  slices.push(await eventLog.at(due))
  const byPosition = new Map(slices.flat().filter(({ position }) => position <= upTo).map((entry) => [entry.position, entry]))
  return { entries: [...byPosition.values()].sort((one, other) => one.position - other.position), upTo }
}

/** The last position whose entry was recorded before this moment: found by halving, for a log without an index by time. */
async function positionBefore(eventLog: EventLogPort, moment: Date, end: number): Promise<number> {
  let low = 0
  let high = end
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2)
    const [entry] = await eventLog.read(middle - 1, 1)
    if (entry !== undefined && entry.at < moment) low = middle
    else high = middle - 1
  }
  return low
}
