import type { TrackingEvent } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { LogEntry, NewEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { planOf } from './bill-journal.ts'
import { aBoxMemory, handledAfter, neverHandled, withFacts, type KnownBox } from './box-memory.ts'
import { arrivalBeforeDeparture, contradictionsOfBox, isTooFast, movedAfterDelivery, type Contradiction } from './contradictions.ts'
import { aboutOf, factOf, readEvent, type Fact } from './facts.ts'
import { spotOf } from './places-spots.ts'
import { foldBox, isLate, isWithdrawn, startState, withdrawalOf, type Sighting } from './rules.ts'
import { openTrackingStore, type Box, type TrackedBill } from './store.ts'
import { openUnitPlans } from './unit-plans.ts'
import { openUnread, type Asked } from './unread.ts'

export interface Judge {
  /** Tells of facts what they contradict, one answer for each event, in order. What is not contradicted is known to those after it. */
  (events: readonly TrackingEvent[], sender: PartyId): Promise<readonly (readonly Contradiction[])[]>
  /** Reads what was appended a moment ago while it is in memory: who is judged next need not wait until it is fetched. */
  follow(): void
}

/** Entries of the log that are in memory at once while the history of boxes is read. */
const readAtOnce = 5_000

/**
 * Holds new facts against what the views and the newest end of the log know. A fact that comes in its order and from where the box was
 * is let through without reading anything more; only for the others the history of their boxes is read from the log.
 */
export function openJudge(ports: Pick<Ports, 'database' | 'vault' | 'eventLog' | 'feed'>): Judge {
  const store = openTrackingStore(ports)
  const memory = aBoxMemory()
  const unread = openUnread(ports, memory)
  const plansOn = openUnitPlans(store)

  return Object.assign(judge, { follow: () => unread.follow() })

  async function judge(events: readonly TrackingEvent[], sender: PartyId): Promise<readonly (readonly Contradiction[])[]> {
    const facts = events.map((event, index) => readEvent({ position: Number.MAX_SAFE_INTEGER - events.length + index, event, sender, retracts: event.retractedEventID ?? null }))
    const told = facts.filter(isTold)
    if (told.length === 0) return facts.map(() => [])
    const boxNames = new Set(told.flatMap(({ container }) => container ?? []))
    const unitNames = new Set(told.flatMap(({ code, container, service }) => (container === null && service !== null && (code === 'ARRI' || code === 'DEPA') ? [service] : [])))
    const asked = unread.ask()
    try {
      const [{ boxes, fresh }, units] = await Promise.all([knownBoxes(asked, boxNames, unitNames), knownUnits([...unitNames])])
      for (const fact of fresh) if (fact.container === null && isTold(fact)) units.get(fact.service ?? '')?.calls.push(fact)
      const suspects = suspectsAmong(boxes, told)
      const [histories, rides] = await Promise.all([readHistories(suspects, boxes), seenAboard(suspects, boxes)])
      const since = byBox(asked.held(new Set(suspects)))
      for (const [container, history] of histories) memory.handled(container, handledAfter(neverHandled, [...history, ...(since.get(container) ?? [])]))
      return facts.map((fact) => judgeOne(fact, { boxes, units, histories, rides }))
    } finally {
      asked.done()
    }
  }

  /** The boxes at the end of the log, and what the views do not have yet. What cannot be folded on from the views is folded anew, as the views will. */
  async function knownBoxes(asked: Asked, names: ReadonlySet<string>, units: ReadonlySet<string>): Promise<{ readonly boxes: Map<string, KnownBox>; readonly fresh: readonly Fact[] }> {
    const read = new Map<string, KnownBox>()
    const readMissing = async (missing: readonly string[]): Promise<void> => { for (const [name, known] of await readBoxes(missing)) read.set(name, known) }
    const [{ facts: fresh, remembered }] = await Promise.all([asked.facts(names, units), readMissing([...names].filter((name) => memory.get(name) === undefined))])
    // What the memory has forgotten meanwhile is read after all.
    const missing = (): string[] => [...names].filter((name) => !read.has(name) && (!remembered || memory.get(name) === undefined))
    while (missing().length > 0) await readMissing(missing())
    const facts = byBox(remembered ? asked.held(new Set(read.keys())) : fresh)
    const boxes = new Map<string, KnownBox>(), late = new Map<string, KnownBox>()
    for (const name of names) {
      const before = read.get(name) ?? memory.get(name) ?? unknownBox
      const known = read.has(name) ? withFacts(before, facts.get(name) ?? []) : before
      boxes.set(name, known ?? before)
      if (known === null) late.set(name, before)
      else if (remembered && read.has(name)) memory.keep(name, known, asked.applied)
    }
    const anew = await readShelves([...late.keys()], ['', ':position'], boxes)
    for (const [name, before] of late) boxes.set(name, { ...before, state: foldBox(before.plan, anew.get(name) ?? []) })
    return { boxes, fresh }
  }

  /** As the views have them. */
  async function readBoxes(names: readonly string[]): Promise<Map<string, KnownBox>> {
    const found = names.length === 0 ? [] : await store.boxes.find({ _id: { $in: [...names] } }, { projection: { billId: 1, since: 1, state: 1, position: 1 } }).toArray()
    const billIds = [...new Set(found.flatMap(({ billId }) => billId ?? []))]
    const bills = new Map((billIds.length === 0 ? [] : await store.bills.find({ _id: { $in: billIds } }).toArray()).map((bill) => [bill._id, bill]))
    const known = new Map(found.map((box) => [box._id, knownBox(box, box.billId === null ? null : (bills.get(box.billId) ?? null))]))
    return new Map(names.map((name) => [name, known.get(name) ?? unknownBox]))
  }

  /** Where trains and vessels with these boxes aboard were seen last: the boxes were there too. */
  async function seenAboard(suspects: readonly string[], boxes: ReadonlyMap<string, KnownBox>): Promise<Map<string, Sighting>> {
    const rides = suspects.flatMap((container) => {
      const aboard = boxes.get(container)?.state.legs.find(({ on, off, service }) => on !== null && off === null && service !== null)
      return aboard?.service && aboard.on ? [{ container, service: aboard.service, since: aboard.on }] : []
    })
    if (rides.length === 0) return new Map()
    const services = new Map((await store.services.find({ _id: { $in: [...new Set(rides.map(({ service }) => service))] } }).toArray()).map((service) => [service._id, service]))
    return new Map(rides.flatMap(({ container, service, since }) => {
      const seen = services.get(service)?.sightings.filter(({ at }) => at >= since).at(-1)
      return seen ? [[container, seen] as const] : []
    }))
  }

  async function knownUnits(names: readonly string[]): Promise<Map<string, KnownUnit>> {
    if (names.length === 0) return new Map()
    const [services, legs] = await Promise.all([store.services.find({ _id: { $in: [...names] } }, { projection: { facts: 1 } }).toArray(), plansOn(names)])
    return new Map(names.map((name) => [name, { calls: [...(services.find(({ _id }) => _id === name)?.facts ?? [])], legs: legs.filter(({ services: named }) => named.includes(name)) }]))
  }

  /** Without what was withdrawn. */
  async function readHistories(containers: readonly string[], boxes: ReadonlyMap<string, KnownBox>): Promise<Map<string, Fact[]>> {
    const histories = await readShelves(containers, [''], boxes)
    for (const [container, facts] of histories) {
      const withdrawn = new Set(facts.filter(({ retracts }) => retracts !== null).map(withdrawalOf))
      histories.set(container, facts.filter(({ eventID, sender }) => !withdrawn.has(`${eventID} ${sender}`)))
    }
    return histories
  }

  /** All that the log says of the present journey of these boxes. */
  async function readShelves(containers: readonly string[], shelves: readonly string[], boxes: ReadonlyMap<string, KnownBox>): Promise<Map<string, Fact[]>> {
    const facts = new Map(containers.map((container): [string, Fact[]] => [container, []]))
    if (containers.length === 0) return facts
    const keys = containers.flatMap((container) => shelves.map((shelf) => `container:${container}${shelf}`))
    for (let after = Math.min(...containers.map((container) => boxes.get(container)?.since ?? 0)); ; ) {
      const entries = await ports.eventLog.about(keys, after, readAtOnce)
      for (const fact of entries.flatMap((entry) => factOf(entry) ?? [])) if (fact.type !== 'GEOFENCE' && fact.container !== null && fact.position > (boxes.get(fact.container)?.since ?? 0)) facts.get(fact.container)?.push(fact)
      after = entries.at(-1)?.position ?? after
      if (entries.length < readAtOnce) return facts
    }
  }
}

interface KnownUnit {
  readonly calls: Pick<Fact, 'eventID' | 'code' | 'at' | 'place'>[]
  readonly legs: TrackedBill['legs']
}

function knownBox(box: Pick<Box, '_id' | 'since' | 'position' | 'state'>, bill: TrackedBill | null): KnownBox {
  const cargo = bill?.title?.cargo[box._id as keyof NonNullable<TrackedBill['title']>['cargo']]
  return { since: box.since, position: box.position, plan: bill ? planOf(bill, box._id) : { legs: [], seals: [] }, state: box.state, deliveredAt: cargo?.name === 'DELIVERED' ? cargo.at : null }
}

const unknownBox: KnownBox = { since: 0, position: 0, plan: { legs: [], seals: [] }, state: startState({ legs: [], seals: [] }), deliveredAt: null }

function byBox(facts: readonly Fact[]): Map<string, Fact[]> {
  const boxes = new Map<string, Fact[]>()
  for (const fact of facts) {
    if (fact.container === null) continue
    const before = boxes.get(fact.container)
    if (before === undefined) boxes.set(fact.container, [fact])
    else before.push(fact)
  }
  return boxes
}

/** A report of what has happened. Plans and estimates contradict nothing, and neither does what withdraws another. */
function isTold({ kind, retracts }: Fact): boolean {
  return kind === 'ACT' && retracts === null
}

/** Boxes of which a fact comes out of order, from too far away, or says again what was over: only these are looked at closely. */
function suspectsAmong(boxes: ReadonlyMap<string, KnownBox>, facts: readonly Fact[]): string[] {
  /** The box before its last fact so far: folded in only when there is another one. */
  const last = new Map<string, { readonly before: KnownBox; readonly fact: Fact }>()
  const suspects = new Set<string>()
  for (const fact of facts) {
    if (fact.container === null || suspects.has(fact.container)) continue
    const told = last.get(fact.container)
    const before = told === undefined ? (boxes.get(fact.container) ?? unknownBox) : (withFacts(told.before, [told.fact]) ?? told.before)
    if (isOdd(before, fact) || (isLate(before.state, fact) && !isWithdrawn(before.state, fact))) suspects.add(fact.container)
    else last.set(fact.container, { before, fact })
  }
  return [...suspects]
}

/** Whether one of the rules might find something; they say only of what is odd whether it does. */
function isOdd({ state, deliveredAt, handled }: KnownBox, fact: Fact): boolean {
  const { seen } = state
  if (seen !== null && spotOf(fact) !== null && (seen.at > fact.at || spotOf(seen) === null || isTooFast(seen, fact))) return true
  if (movedAfterDelivery(fact, { facts: [], deliveredAt }) !== null) return true
  if (fact.code !== 'GTIN' && fact.code !== 'LOAD') return false
  if (handled === undefined) return state.newest !== null
  return fact.code === 'GTIN' ? handled.loaded > handled.away : fact.service !== null && handled.discharged.includes(fact.service)
}

interface Known {
  readonly boxes: ReadonlyMap<string, KnownBox>
  readonly units: ReadonlyMap<string, KnownUnit>
  readonly histories: ReadonlyMap<string, Fact[]>
  readonly rides: ReadonlyMap<string, Sighting>
}

function judgeOne(fact: Fact, { boxes, units, histories, rides }: Known): readonly Contradiction[] {
  if (!isTold(fact)) return []
  if (fact.container !== null) {
    const history = histories.get(fact.container)
    // What is in the log already is a duplicate, whatever came after it.
    if (history === undefined || history.some(({ eventID }) => eventID === fact.eventID)) return []
    const known = boxes.get(fact.container)
    const lastSeen = [known?.state.seen, rides.get(fact.container)].flatMap((seen): Fact[] => (seen ? [{ ...fact, ...seen, code: 'POSITION', service: null }] : []))
    const found = contradictionsOfBox(fact, { facts: [...history, ...lastSeen], deliveredAt: known?.deliveredAt ?? null })
    if (found.length === 0) history.push(fact)
    return found
  }
  const unit = fact.service === null ? undefined : units.get(fact.service)
  if (unit === undefined || unit.calls.some(({ eventID }) => eventID === fact.eventID)) return []
  const found = arrivalBeforeDeparture(fact, unit)
  if (found === null) unit.calls.push(fact)
  return found === null ? [] : [found]
}

export const putAsideId = (eventID: string): string => `put-aside:${eventID}`
/** Everything put aside and decided is on this shelf too. */
export const putAsideShelf = 'put-aside'

export function putAsideEntry(event: TrackingEvent, sender: PartyId, because: readonly Contradiction[]): NewEntry {
  return { id: putAsideId(event.eventID), event: { type: 'tracking-put-aside', event, sender, because }, about: [...aboutOf(event), putAsideShelf] }
}

export function putAsideIn(entry: Pick<LogEntry, 'event'> | undefined): Extract<LogEntry['event'], { type: 'tracking-put-aside' }> | null {
  return entry?.event.type === 'tracking-put-aside' ? entry.event : null
}
