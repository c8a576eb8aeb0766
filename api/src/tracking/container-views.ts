import { type BillTracking, type ContainerSummary, type ContainerView, type movements } from '@yidan/api/contract'
import { checkContainerNumber, ContainerNumber } from '@yidan/ledger'
import type { Filter } from 'mongodb'
import type { z } from 'zod'
import { ensure, may, type Thing } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { LogEntry } from '../events/types.ts'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { titleFor } from './bill-journal.ts'
import { isLate, type Journey, type ServiceFact } from './journey.ts'
import { isOwnCall } from './one-run.ts'
import { onTheWay, openTrackingStore, type Box, type TrackedBill } from './store.ts'
import { rodeOn } from './rides.ts'
import { timelineOf } from './timeline.ts'
import type { UnitReport } from './unit-reports.ts'
import { conditionOf, etaOf, lastSeenOf, legViews, reportersOf, summaryOf, track, type Tracked, type TrackingReader } from './view.ts'

export interface Asking {
  readonly ports: Ports
  readonly directory: Directory
  readonly reader: TrackingReader
  readonly caller: Caller
  readonly language: Language
}

/** A timeline shows this many entries of the log at most, from the start of the journey. */
const timelineLimit = 2_000
/** A filter that needs the trains' state looks at this many boxes per page at most; the cursor goes on from there. */
const scanLimit = 5_000, lookedAtOnce = 1_000

/** Boxes the caller cannot follow do not exist for it. */
export function cargoThing(bill: TrackedBill | null): Thing {
  return { type: 'cargo', bills: bill === null ? [] : [titleFor(bill)] }
}

export async function containerView({ ports, directory, reader, caller, language }: Asking, given: string): Promise<ContainerView> {
  const number = parseContainer(given)
  const position = ports.feed.health().position
  const box = await reader.box(number)
  const [[tracked], found] = box === null ? [[], nothingFound] : await Promise.all([track(reader, [box]), lookedUp(ports, reader, [box])])
  if (!tracked || !may(caller, 'follow-container', cargoThing(tracked.bill))) throw new Problem('not-found', { container: number })
  const now = ports.clock()
  const { journey, bill } = tracked
  const { state, billNumber } = tracked.box
  const entries = await entriesOf(ports, found, [tracked])
  return {
    number, billNumber, movement: journey.movement, leg: journey.leg?.number ?? null, empty: state.empty, lastSeen: lastSeenOf(journey, now), seals: [...state.seals], sealMismatch: state.sealMismatch, ...conditionOf(tracked),
    legs: legViews(bill?.legs ?? [], [tracked]), timeline: timelineOf({ entries, legs: bill?.legs ?? [], reporters: await reportersOf(directory, entries, language) }),
    next: journey.next && { ...journey.next, late: isLate(journey, now) }, eta: await etaOf(ports, tracked, now), position,
  }
}

export async function billTracking({ ports, directory, reader, caller, language }: Asking, billNumber: string): Promise<BillTracking> {
  const position = ports.feed.health().position
  const bill = await reader.billByNumber(billNumber)
  if (bill === null) throw new Problem('not-found', { billNumber })
  ensure(caller, 'follow-bill', { type: 'bill', title: titleFor(bill), formerHolders: [] })
  const boxes = await reader.boxesOf(bill)
  const [tracked, found] = await Promise.all([track(reader, boxes, { known: [bill] }), lookedUp(ports, reader, boxes)])
  const entries = await entriesOf(ports, found, tracked)
  return {
    billNumber, legs: legViews(bill.legs, tracked), containers: tracked.map((one) => summaryOf(one, ports.clock())),
    timeline: timelineOf({ entries, legs: bill.legs, reporters: await reportersOf(directory, entries, language) }), position,
  }
}

/** What may belong to the timelines of boxes: entries about them, and reports of units in the weeks of their rides. */
interface Found {
  readonly ofBoxes: readonly LogEntry[]
  readonly reports: readonly UnitReport[]
}
const nothingFound: Found = { ofBoxes: [], reports: [] }

async function lookedUp({ eventLog }: Pick<Ports, 'eventLog'>, reader: TrackingReader, boxes: readonly Box[]): Promise<Found> {
  if (boxes.length === 0) return nothingFound
  const since = Math.min(...boxes.map((box) => box.since))
  const [ofBoxes, reports] = await Promise.all([eventLog.about(boxes.map(({ _id }) => `container:${_id}`), since, timelineLimit), reader.reportsDuring(boxes.flatMap(({ rides }) => rides), since, timelineLimit)])
  return { ofBoxes, reports }
}

/** What the log has of these boxes on their present journeys, and of the units they rode on while they did. */
async function entriesOf({ eventLog }: Pick<Ports, 'eventLog'>, { ofBoxes, reports }: Found, tracked: readonly Tracked[]): Promise<readonly LogEntry[]> {
  const own = ofBoxes.filter(({ position, about }) => tracked.some(({ box }) => position > box.since && about.includes(`container:${box._id}`)))
  const concerned = reports.filter(({ _id, unit, call, ...stretch }) => tracked.some(({ box, bill, journey }) => _id > box.since && rodeOn(unit, stretch, box.state, bill?.legs ?? []) && !(call && isOfAnotherRun(unit, call, journey))))
  const ofUnits = await eventLog.at(concerned.map(({ _id }) => _id))
  return [...new Map([...own, ...ofUnits].map((entry) => [entry.position, entry])).values()].sort((one, other) => one.position - other.position)
}

/** The next train of the same number leaves while this one is still on its way. */
function isOfAnotherRun(unit: string, call: ServiceFact, { runs }: Journey): boolean {
  const trains = runs.flatMap(({ leg, train, departure }) => (train !== null && departure !== null && leg.services.includes(unit) ? [train] : []))
  return trains.length > 0 && !trains.some((train) => isOwnCall(train, call))
}

interface Listing {
  readonly q?: string | undefined
  readonly movement?: (typeof movements)[number] | undefined
  readonly late?: 'yes' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}
interface ContainerPage {
  readonly items: z.infer<typeof ContainerSummary>[]
  readonly next: string | null
  readonly total: number | null
}

/** Boxes the caller may follow, by number. Terminals and overseers follow all. */
export async function listContainers({ ports, reader, caller }: Asking, { q, movement, late, cursor, limit }: Listing): Promise<ContainerPage> {
  const { boxes } = openTrackingStore(ports)
  const now = ports.clock()
  const all = may(caller, 'follow-container', cargoThing(null))
  const partyId = companyOf(caller)?.partyId
  const conditions: Filter<Box>[] = [all ? {} : { followers: partyId ?? '' }, ...(q ? [matching(q)] : []), ...(movement === undefined ? [] : [couldBe(movement)]), ...(late === 'yes' ? [onTheWay] : [])] as Filter<Box>[]
  const needsScan = movement !== undefined || late === 'yes'
  const items: ContainerPage['items'] = []
  let after = cursor ?? ''
  // Mostly the first ones are right; where few are, more are looked at each time.
  for (let scanned = 0, next = limit + 1; scanned < scanLimit; next = Math.min(next * 2, lookedAtOnce)) {
    const found = await boxes.find({ $and: [...conditions, { _id: { $gt: after } }] } as Filter<Box>).sort({ _id: 1 }).limit(next).toArray()
    for (const tracked of await track(reader, found, { asked: 'summary' })) {
      const summary = summaryOf(tracked, now)
      if ((movement !== undefined && summary.movement !== movement) || (late === 'yes' && !summary.late)) {
        after = tracked.box._id
        continue
      }
      if (items.length === limit) return { items, next: after, total: await count() }
      items.push(summary)
      after = tracked.box._id
    }
    scanned += found.length
    if (found.length < next) return { items, next: null, total: await count() }
  }
  return { items, next: after, total: null }

  async function count(): Promise<number | null> {
    return needsScan ? null : counted((options) => boxes.countDocuments({ $and: conditions }, options))
  }
}

/** What the box's own events must say for it to be in this movement; the trains' reports decide the rest. */
function couldBe(movement: NonNullable<Listing['movement']>): object {
  if (movement === 'EXCEPTION') return { 'state.customsHold': true }
  if (movement === 'IN_TRANSIT' || movement === 'ARRIVED') return { 'state.movement': { $ne: 'EXPECTED' }, ...onTheWay }
  return { 'state.movement': movement }
}

function matching(q: string): object {
  const start = new RegExp(`^${literally(q.trim().toUpperCase())}`)
  return { $or: [{ _id: start }, { billNumber: start }, { services: start }] }
}

/** @throws Problem `invalid-request` that tells the check digit when only that is wrong. */
export function parseContainer(given: string): ContainerNumber {
  const text = given.trim().toUpperCase()
  const check = checkContainerNumber(text)
  if (check.ok) return ContainerNumber.parse(text)
  const message = check.fault === 'shape' ? 'a container number is four letters, the last U, J or Z, and seven digits' : `the check digit should be ${check.expected}`
  throw new Problem('invalid-request', { container: text }, [{ pointer: 'container', code: `container-${check.fault}`, message, value: text, severity: 'fault' }])
}
