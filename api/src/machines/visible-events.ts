import type { TrackingEvent } from '@yidan/api/contract'
import type { PartyId, TitleEvent } from '@yidan/ledger'
import { isTitleEvent } from '@yidan/ledger'
import { may } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { LogEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { cargoThing } from '../tracking/container-views.ts'
import { factOf, type Fact } from '../tracking/facts.ts'
import { openFollowedReader, type FollowedReader, type RidingBox } from '../tracking/followed.ts'
import { filesFor, rodeOn } from '../tracking/rides.ts'
import { ofUnits } from '../tracking/unit-reports.ts'
import { isWithdrawn } from '../tracking/rules.ts'
import { titleFor, type Box, type TrackedBill } from '../tracking/view.ts'
import { exceptionSeen, type VisibleException } from './visible-exceptions.ts'

/** One event as a caller may have it: everything that names what the caller may not follow is out of it. */
export type VisibleEvent = VisibleTracking | VisibleTitle | VisibleException

interface Common {
  /** Where it stands in the log; `index` counts the events of one entry. */
  readonly position: number
  readonly index: number
  readonly recordedAt: Date
  /** Boxes it concerns that the caller may follow, and their bills. */
  readonly containers: readonly string[]
  readonly billNumbers: readonly string[]
}
export interface VisibleTracking extends Common {
  readonly kind: 'tracking'
  readonly event: TrackingEvent
  readonly fact: Fact
  readonly sender: PartyId
  /** Its sender has taken it back since. */
  readonly withdrawn: boolean
}
export interface VisibleTitle extends Common {
  readonly kind: 'title'
  readonly event: TitleEvent
  readonly carrier: PartyId
  readonly entryHash: string
}

export interface EventSight {
  readonly followed: FollowedReader
  /** What of these entries the caller may see, in their order. Asked anew each time: who has lost the right sees nothing more. */
  visible(caller: Caller, entries: readonly LogEntry[]): Promise<readonly VisibleEvent[]>
}

/** The same rule as for boxes and bills on the screens (`access/abilities.ts`); what a train does is seen by whoever follows a box that rides it. */
export function openEventSight(ports: Pick<Ports, 'database' | 'vault' | 'eventLog'>): EventSight {
  const followed = openFollowedReader(ports)
  return {
    followed,
    async visible(caller, entries) {
      const view = await lookUp({ ports, followed, caller, entries })
      return entries.flatMap((entry): readonly VisibleEvent[] => (entry.event.type === 'tracking-received' ? trackingSeen(view, entry) : entry.event.type === 'exception-changed' ? exceptionSeen(view, entry) : titlesSeen(view, entry)))
    },
  }
}

/** A box aboard a train or vessel, on its bill. */
export interface Rider {
  readonly box: RidingBox
  readonly bill: TrackedBill
}
/** The boxes that the caller may follow and that were aboard, or were to be, when what the entry at this position tells of a unit happened. */
export type RidersAt = (position: number) => readonly Rider[]

/** Everything a slice of the log speaks of, read once. */
interface View {
  readonly caller: Caller
  /** Terminals and overseers follow every box. */
  readonly all: boolean
  readonly boxes: ReadonlyMap<string, Box>
  readonly bills: ReadonlyMap<string, TrackedBill>
  readonly billsByNumber: ReadonlyMap<string, TrackedBill>
  readonly ridersAt: RidersAt
  /** Event id and sender of what was taken back on trains and on documents. */
  readonly withdrawn: ReadonlySet<string>
}

async function lookUp({ ports, followed, caller, entries }: { ports: Pick<Ports, 'eventLog'>; followed: FollowedReader; caller: Caller; entries: readonly LogEntry[] }): Promise<View> {
  const all = may(caller, 'follow-container', cargoThing(null))
  const facts = entries.flatMap((entry) => factOf(entry) ?? [])
  const documents = entries.flatMap(({ event }) => (event.type === 'tracking-received' ? documentsOf(event.event) : []))
  const wrong = entries.flatMap(({ event }) => (event.type === 'exception-changed' ? [event.subject] : []))
  const partyId = companyOf(caller)?.partyId ?? null
  const subjects = entries.flatMap(({ event }) => (event.type === 'ledger-recorded' ? event.record.entries.map(({ subject }) => subject) : []))
  const told = await ofUnits(ports, entries)
  const [boxes, withdrawn, riding, billsByNumber] = await Promise.all([
    followed.boxes([...facts, ...wrong].flatMap(({ container }) => container ?? [])), followed.withdrawnOn(told.map(({ unit }) => unit)), partyId === null ? [] : followed.riding(told.flatMap(({ unit, stretch }) => filesFor(unit, stretch)), all ? null : partyId),
    followed.billsByNumber(documents),
  ])
  const bills = await followed.bills([...subjects.filter((subject) => subject.startsWith('b')), ...wrong.flatMap(({ billId }) => billId ?? []), ...[...boxes.values(), ...riding].flatMap(({ billId }) => billId ?? [])])
  const riders = riding.flatMap((box): Rider[] => {
    const bill = box.billId === null ? undefined : bills.get(box.billId)
    return bill !== undefined && may(caller, 'follow-container', cargoThing(bill)) ? [{ box, bill }] : []
  })
  const unitAt = new Map(told.map((one) => [one.position, one]))
  return {
    caller, all, boxes, bills, billsByNumber, withdrawn: new Set([...withdrawn, ...(await withdrawnDocuments(ports, entries))]),
    ridersAt(position) {
      const one = unitAt.get(position)
      return one === undefined ? [] : riders.filter(({ box, bill }) => rodeOn(one.unit, one.stretch, box.state, bill.legs))
    },
  }
}

async function withdrawnDocuments({ eventLog }: Pick<Ports, 'eventLog'>, entries: readonly LogEntry[]): Promise<readonly string[]> {
  const keys = [...new Set(entries.flatMap(({ event, about }) => (event.type === 'tracking-received' && event.event.eventType === 'SHIPMENT' ? about : [])))]
  const told = keys.length === 0 ? [] : await eventLog.about(keys, 0, 5_000)
  return told.flatMap(({ event }) => (event.type === 'tracking-received' && event.retracts !== null ? [`${event.retracts} ${event.sender}`] : []))
}

function trackingSeen(view: View, entry: LogEntry): VisibleTracking[] {
  const fact = factOf(entry)
  if (fact === null || entry.event.type !== 'tracking-received') return []
  const { event, sender } = entry.event
  const concerned = fact.container !== null ? boxSeen(view, fact) : fact.service !== null ? ridersSeen(view, fact) : documentSeen(view, event)
  if (concerned === null) return []
  const { containers, billNumbers, withdrawn } = concerned
  return [{ kind: 'tracking', position: entry.position, index: 0, recordedAt: entry.at, containers, billNumbers, event: onlyKnown(view, event, billNumbers), fact, sender, withdrawn: withdrawn || view.withdrawn.has(`${fact.eventID} ${sender}`) }]
}

interface Concerned { readonly containers: readonly string[]; readonly billNumbers: readonly string[]; readonly withdrawn: boolean }

function boxSeen({ caller, all, boxes, bills }: View, fact: Fact): Concerned | null {
  const number = fact.container ?? ''
  const box = boxes.get(number)
  const bill = box?.billId ? (bills.get(box.billId) ?? null) : null
  const now = box !== undefined && fact.position > box.since
  if (!all && !(now && may(caller, 'follow-container', cargoThing(bill)))) return null
  return { containers: [number], billNumbers: now && bill?.billNumber ? [bill.billNumber] : [], withdrawn: box !== undefined && isWithdrawn(box.state, fact) }
}

function ridersSeen({ all, ridersAt }: View, fact: Fact): Concerned | null {
  const found = ridersAt(fact.position).filter(({ box }) => fact.position > box.since)
  if (!all && found.length === 0) return null
  return { containers: found.map(({ box }) => box._id), billNumbers: [...new Set(found.flatMap(({ bill }) => bill.billNumber ?? []))], withdrawn: false }
}

function documentSeen({ caller, all, billsByNumber }: View, event: TrackingEvent): Concerned | null {
  const found = documentsOf(event).flatMap((number) => billsByNumber.get(number) ?? []).filter((bill) => may(caller, 'follow-bill', { type: 'bill', title: titleFor(bill), formerHolders: [] }))
  if (!all && found.length === 0) return null
  return { containers: [], billNumbers: found.flatMap(({ billNumber }) => billNumber ?? []), withdrawn: false }
}

/** Bills an event may be about: the document itself, and transport documents it refers to. */
function documentsOf(event: TrackingEvent): string[] {
  const named = (event.documentReferences ?? []).flatMap(({ documentReferenceType, documentReferenceValue }) => (documentReferenceType === 'TRD' ? [documentReferenceValue] : []))
  return event.eventType === 'SHIPMENT' ? [event.documentID, ...named] : named
}

/** A report of a train may name the bills of many shippers: each reads of its own. */
function onlyKnown({ all }: View, event: TrackingEvent, billNumbers: readonly string[]): TrackingEvent {
  if (all || event.documentReferences === undefined) return event
  const shared = event.eventType === 'TRANSPORT' || event.eventType === 'POSITION'
  return { ...event, documentReferences: event.documentReferences.filter(({ documentReferenceType, documentReferenceValue }) => (documentReferenceType === 'TRD' ? billNumbers.includes(documentReferenceValue) : !shared)) }
}

function titlesSeen({ caller, bills }: View, { position, at, event }: LogEntry): VisibleTitle[] {
  if (event.type !== 'ledger-recorded') return []
  const told = event.record.entries.flatMap((entry) => {
    const bill = bills.get(entry.subject)
    if (bill === undefined || !may(caller, 'follow-bill', { type: 'bill', title: titleFor(bill), formerHolders: [] })) return []
    const own = entry.events.filter((one): one is TitleEvent => isTitleEvent(one) && one.billId === entry.subject)
    return own.map((one) => ({ one, bill, entry }))
  })
  return told.map(({ one, bill, entry }, index) => ({
    kind: 'title', position, index, recordedAt: at, containers: bill.containers, billNumbers: bill.billNumber === null ? [] : [bill.billNumber], event: one, carrier: bill.carrier, entryHash: entry.hash,
  }))
}
