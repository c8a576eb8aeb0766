import type { TrackingEvent } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { LogEntry, NewEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { planOf } from './bill-journal.ts'
import { arrivalBeforeDeparture, contradictionsOfBox, isTooFast, movedAfterDelivery, type Contradiction } from './contradictions.ts'
import { aboutOf, factOf, readEvent, type Fact } from './facts.ts'
import { addToBox, startState, withdrawalOf, type BoxState, type Plan, type Sighting } from './rules.ts'
import { openTrackingStore, type Box, type TrackedBill } from './store.ts'
import { openUnread } from './unread.ts'

/** Tells of facts what they contradict, one answer for each event, in order. What is not contradicted is known to those after it. */
export type Judge = (events: readonly TrackingEvent[], sender: PartyId) => Promise<readonly (readonly Contradiction[])[]>

/** Entries of the log that are in memory at once while the history of boxes is read. */
const readAtOnce = 5_000
/** Plans of one unit that are looked at, the latest first. */
const plansLimit = 200

/**
 * Holds new facts against what the views and the newest end of the log know. A fact that comes in its order and from where the box was
 * is let through without reading anything more; only for the others the history of their boxes is read from the log.
 */
export function openJudge(ports: Pick<Ports, 'database' | 'vault' | 'eventLog' | 'feed'>): Judge {
  const store = openTrackingStore(ports)
  const unread = openUnread(ports)

  return async function judge(events, sender) {
    const facts = events.map((event, index) => readEvent({ position: Number.MAX_SAFE_INTEGER - events.length + index, event, sender, retracts: event.retractedEventID ?? null }))
    const told = facts.filter(({ kind, retracts }) => kind === 'ACT' && retracts === null)
    if (told.length === 0) return facts.map(() => [])
    const boxNames = new Set(told.flatMap(({ container }) => container ?? []))
    const unitNames = new Set(told.flatMap(({ code, container, service }) => (container === null && service !== null && (code === 'ARRI' || code === 'DEPA') ? [service] : [])))
    const asked = unread.ask()
    try {
      const [fresh, boxes, units] = await Promise.all([asked.facts(boxNames, unitNames), knownBoxes([...boxNames]), knownUnits([...unitNames])])
      for (const fact of fresh) if (fact.container === null && fact.kind === 'ACT' && fact.retracts === null) units.get(fact.service ?? '')?.calls.push(fact)
      const suspects = suspectsAmong(boxes, [...fresh, ...told])
      const [histories, rides] = await Promise.all([readHistories(suspects, boxes), seenAboard(suspects, boxes)])
      return facts.map((fact) => judgeOne(fact, { boxes, units, histories, rides }))
    } finally {
      asked.done()
    }
  }

  async function knownBoxes(names: readonly string[]): Promise<Map<string, KnownBox>> {
    const found = names.length === 0 ? [] : await store.boxes.find({ _id: { $in: [...names] } }, { projection: { billId: 1, since: 1, state: 1, position: 1 } }).toArray()
    const billIds = [...new Set(found.flatMap(({ billId }) => billId ?? []))]
    const bills = new Map((billIds.length === 0 ? [] : await store.bills.find({ _id: { $in: billIds } }).toArray()).map((bill) => [bill._id, bill]))
    return new Map(found.map((box) => [box._id, knownBox(box, box.billId === null ? null : (bills.get(box.billId) ?? null))]))
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
    const [services, bills] = await Promise.all([store.services.find({ _id: { $in: [...names] } }).toArray(), store.bills.find({ services: { $in: [...names] }, endedAt: null }).sort({ since: -1 }).limit(plansLimit).toArray()])
    return new Map(names.map((name) => [name, { calls: [...(services.find(({ _id }) => _id === name)?.facts ?? [])], legs: bills.flatMap(({ legs }) => legs.filter(({ services: named }) => named.includes(name))) }]))
  }

  async function readHistories(containers: readonly string[], boxes: ReadonlyMap<string, KnownBox>): Promise<Map<string, Fact[]>> {
    const histories = new Map(containers.map((container): [string, Fact[]] => [container, []]))
    if (containers.length === 0) return histories
    const since = Math.min(...containers.map((container) => boxes.get(container)?.since ?? 0))
    for (let after = since; ; ) {
      const entries = await ports.eventLog.about(containers.map((container) => `container:${container}`), after, readAtOnce)
      for (const fact of entries.flatMap((entry) => factOf(entry) ?? [])) if (fact.type !== 'GEOFENCE' && fact.container !== null && fact.position > (boxes.get(fact.container)?.since ?? 0)) histories.get(fact.container)?.push(fact)
      after = entries.at(-1)?.position ?? after
      if (entries.length < readAtOnce) break
    }
    for (const [container, facts] of histories) {
      const withdrawn = new Set(facts.filter(({ retracts }) => retracts !== null).map(withdrawalOf))
      histories.set(container, facts.filter(({ eventID, sender }) => !withdrawn.has(`${eventID} ${sender}`)))
    }
    return histories
  }
}

interface KnownBox {
  readonly since: number
  /** In its state are the facts up to here. */
  readonly position: number
  readonly plan: Plan
  readonly state: BoxState
  readonly deliveredAt: string | null
}
interface KnownUnit {
  readonly calls: Pick<Fact, 'eventID' | 'code' | 'at' | 'place'>[]
  readonly legs: TrackedBill['legs']
}

function knownBox(box: Pick<Box, '_id' | 'since' | 'position' | 'state'>, bill: TrackedBill | null): KnownBox {
  const cargo = bill?.title?.cargo[box._id as keyof NonNullable<TrackedBill['title']>['cargo']]
  return { since: box.since, position: box.position, plan: bill ? planOf(bill, box._id) : { legs: [], seals: [] }, state: box.state, deliveredAt: cargo?.name === 'DELIVERED' ? cargo.at : null }
}

/** Boxes of which a fact comes out of order, from too far away, or says again what was over: only these are looked at closely. */
function suspectsAmong(boxes: ReadonlyMap<string, KnownBox>, facts: readonly Fact[]): string[] {
  const states = new Map<string, BoxState>()
  const suspects = new Set<string>()
  for (const fact of facts) {
    if (fact.container === null || suspects.has(fact.container)) continue
    const known = boxes.get(fact.container)
    if (known !== undefined && fact.position <= known.position) continue
    const plan = known?.plan ?? { legs: [], seals: [] }
    const state = states.get(fact.container) ?? known?.state ?? startState(plan)
    const next = addToBox(plan, state, fact)
    if (next === null || isOdd(state, known?.deliveredAt ?? null, fact)) suspects.add(fact.container)
    else states.set(fact.container, next)
  }
  return [...suspects]
}

function isOdd(state: BoxState, deliveredAt: string | null, fact: Fact): boolean {
  if (state.seen !== null && isTooFast(state.seen, fact)) return true
  if (movedAfterDelivery(fact, { facts: [], deliveredAt }) !== null) return true
  if (fact.code === 'GTIN') return state.movement === 'LOADED'
  return fact.code === 'LOAD' && state.legs.some(({ off, service }) => off !== null && service !== null && service === fact.service)
}

interface Known {
  readonly boxes: ReadonlyMap<string, KnownBox>
  readonly units: ReadonlyMap<string, KnownUnit>
  readonly histories: ReadonlyMap<string, Fact[]>
  readonly rides: ReadonlyMap<string, Sighting>
}

function judgeOne(fact: Fact, { boxes, units, histories, rides }: Known): readonly Contradiction[] {
  if (fact.kind !== 'ACT' || fact.retracts !== null) return []
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
