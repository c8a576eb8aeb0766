import type { Ports } from '../ports.ts'
import { betweenBatches } from '../events/between-batches.ts'
import type { LogEntry, Projection } from '../events/types.ts'
import { planOf, speakingFor, withDocument, withErased, withLedgerEntry } from './bill-journal.ts'
import { corridorProjection } from './corridors.ts'
import { aboutOf, factOf, type Fact } from './facts.ts'
import { ridesOf } from './rides.ts'
import { addToBox, foldBox, startState, type Plan } from './rules.ts'
import { addToService, newService } from './service-journal.ts'
import { collections, openTrackingStore, type Box, type BoxChange, type Service, type TrackedBill, type TrackingStore } from './store.ts'
import { reportsIn } from './unit-reports.ts'

/** Facts read from the log at once for boxes that must be folded anew. */
const refoldLimit = 5_000
/** Boxes written last that need not be read again: about as many as report within a minute. */
const recentLimit = 2_000

/** Brings bills, boxes and services along with the log: a few reads and one bulk write per collection for a whole batch. */
export function trackingProjections({ database, vault, eventLog }: Pick<Ports, 'database' | 'vault' | 'eventLog'>): readonly Projection[] {
  const store = openTrackingStore({ database, vault })
  /** Should another process have written one of them, its update finds no match and the batch comes again. */
  const recent = betweenBatches<Map<string, Box>>()
  return [
    {
      name: 'tracking',
      collections: Object.values(collections),
      async apply(entries) {
        await store.ready()
        const known = recent.take(entries) ?? new Map<string, Box>()
        const batch = await openBatch(store, entries, known)
        for (const entry of entries) noteBill(batch, entry)
        await settleBoxes(store, batch)
        for (const entry of entries) noteFact(batch, entry)
        await refold(eventLog, batch, entries.at(-1)?.position ?? 0)
        await store.replace({ boxes: boxChanges(batch), services: changesIn(batch.services), reports: await reportsIn({ eventLog }, entries), bills: changesIn(batch.bills) })
        recent.keep(entries, remember(known, batch.boxes.found))
      },
    },
    corridorProjection({ database }),
  ]
}

/** Documents of one collection that the batch touches. */
interface Touched<T> {
  readonly found: Map<string, T>
  readonly changed: Set<string>
}
interface Batch {
  readonly bills: Touched<TrackedBill>
  readonly boxes: Touched<Box>
  /** The boxes as they were read. */
  readonly boxesBefore: Map<string, Box>
  readonly services: Touched<Service>
  /** Boxes of bills whose plan, standing or followers changed. */
  readonly unsettled: Set<string>
  /** Boxes whose state must be folded anew. */
  readonly stale: Set<string>
}

/** Those touched last come last; the oldest are forgotten. */
function remember(recent: Map<string, Box>, touched: ReadonlyMap<string, Box>): Map<string, Box> {
  for (const [name, box] of touched) {
    recent.delete(name)
    recent.set(name, box)
  }
  for (const name of recent.keys()) {
    if (recent.size <= recentLimit) break
    recent.delete(name)
  }
  return recent
}

async function openBatch(store: TrackingStore, entries: readonly LogEntry[], known: ReadonlyMap<string, Box>): Promise<Batch> {
  const bills = new Set<string>()
  const boxes = new Set<string>()
  const services = new Set<string>()
  for (const { event } of entries) {
    if (event.type === 'document-frozen' || event.type === 'bill-erased') bills.add(event.billId)
    if (event.type === 'ledger-recorded') for (const { subject } of event.record.entries) if (subject.startsWith('b')) bills.add(subject)
    if (event.type === 'tracking-received') for (const about of aboutOf(event.event)) sort(about, boxes, services)
  }
  const [foundBills, foundBoxes, foundServices] = await Promise.all([load<TrackedBill>(store.bills, bills), load<Box>(store.boxes, boxes, known), load<Service>(store.services, services)])
  await loadBillsOf(store, foundBills.found, foundBoxes.found.values())
  return { bills: foundBills, boxes: foundBoxes, boxesBefore: new Map(foundBoxes.found), services: foundServices, unsettled: new Set(), stale: new Set() }
}

function sort(about: string, boxes: Set<string>, services: Set<string>): void {
  const [kind, name = ''] = about.replace(/:position$/, '').split(/:(.*)/s)
  if (kind === 'container') boxes.add(name)
  if (kind === 'service') services.add(name)
}

async function load<T extends { readonly _id: string }>(collection: { find(filter: object): { toArray(): Promise<unknown[]> } }, ids: ReadonlySet<string>, known: ReadonlyMap<string, T> = new Map()): Promise<Touched<T>> {
  const missing = [...ids].filter((id) => !known.has(id))
  const read = missing.length === 0 ? [] : ((await collection.find({ _id: { $in: missing } }).toArray()) as T[])
  const found = new Map(read.map((one) => [one._id, one]))
  for (const id of ids) {
    const one = known.get(id)
    if (one) found.set(id, one)
  }
  return { found, changed: new Set() }
}

/** The plans of these boxes. */
async function loadBillsOf(store: TrackingStore, bills: Map<string, TrackedBill>, boxes: Iterable<Box>): Promise<void> {
  const missing = new Set([...boxes].flatMap(({ billId }) => (billId === null || bills.has(billId) ? [] : [billId])))
  for (const [id, bill] of (await load<TrackedBill>(store.bills, missing)).found) bills.set(id, bill)
}

function noteBill({ bills, unsettled, stale }: Batch, { position, event }: LogEntry): void {
  const next = (id: string, after: (before: TrackedBill | null) => TrackedBill | null): void => {
    const before = bills.found.get(id) ?? null
    if (before !== null && before.position >= position) return
    const bill = after(before)
    if (bill === null) return
    bills.found.set(id, bill)
    bills.changed.add(id)
    if (!speaksTheSame(before, bill)) for (const container of [...(before?.containers ?? []), ...bill.containers]) unsettled.add(container)
  }
  if (event.type === 'document-frozen') {
    const { document, ...frozen } = event
    next(event.billId, (before) => (document === null ? withErased(before, frozen, position) : withDocument(before, { ...frozen, document }, position)))
  }
  if (event.type === 'bill-erased') {
    next(event.billId, (before) => withErased(before, null, position))
    // What the boxes were seen to do is told again without the plan.
    for (const container of bills.found.get(event.billId)?.containers ?? []) {
      unsettled.add(container)
      stale.add(container)
    }
  }
  if (event.type === 'ledger-recorded') {
    for (const entry of event.record.entries) if (entry.subject.startsWith('b')) next(entry.subject, (before) => withLedgerEntry(before, entry, position))
  }
}

function speaksTheSame(before: TrackedBill | null, after: TrackedBill): boolean {
  return before !== null && before.docHash === after.docHash && before.standing === after.standing && before.endedAt === after.endedAt && before.followers.join() === after.followers.join() && before.containers === after.containers
}

/** Gives each box of a changed bill the bill that now speaks for it. A new plan or a new journey calls for a new fold. */
async function settleBoxes(store: TrackingStore, { bills, boxes, boxesBefore, unsettled, stale }: Batch): Promise<void> {
  if (unsettled.size === 0) return
  const missing = new Set([...unsettled].filter((container) => !boxes.found.has(container)))
  for (const [id, box] of (await load<Box>(store.boxes, missing)).found) {
    boxes.found.set(id, box)
    boxesBefore.set(id, box)
  }
  await loadBillsOf(store, bills.found, boxes.found.values())
  for (const bill of await store.bills.find({ containers: { $in: [...unsettled] } }).toArray()) if (!bills.found.has(bill._id)) bills.found.set(bill._id, bill)
  const byContainer = new Map<string, TrackedBill[]>()
  for (const bill of bills.found.values()) for (const container of bill.containers) if (unsettled.has(container)) byContainer.set(container, [...(byContainer.get(container) ?? []), bill])
  for (const container of unsettled) {
    const candidates = byContainer.get(container) ?? []
    const bill = speakingFor(candidates)
    const since = Math.max(0, ...candidates.filter((other) => other !== bill && other.endedAt !== null && other.endedAt < (bill?.since ?? 0)).map(({ endedAt }) => endedAt ?? 0))
    const before = boxes.found.get(container) ?? newBox(container)
    const same = before.billId === (bill?._id ?? null) && before.docHash === (bill?.docHash ?? null) && before.since === since
    boxes.found.set(container, { ...before, billId: bill?._id ?? null, billNumber: bill?.billNumber ?? null, docHash: bill?.docHash ?? null, followers: bill?.followers ?? [], since })
    boxes.changed.add(container)
    if (!same) stale.add(container)
  }
}

function noteFact(batch: Batch, entry: LogEntry): void {
  const fact = factOf(entry)
  if (fact === null || fact.type === 'GEOFENCE') return
  if (fact.container !== null) noteBoxFact(batch, fact.container, fact)
  if (fact.service !== null && fact.container === null) noteServiceFact(batch.services, fact.service, fact)
}

function noteBoxFact({ bills, boxes, stale }: Batch, container: string, fact: Fact): void {
  const box = boxes.found.get(container) ?? newBox(container)
  if (stale.has(container) || fact.position <= box.position || fact.position <= box.since) return
  const state = addToBox(planFor(bills, box), box.state, fact)
  boxes.found.set(container, state === null ? box : withState(bills, box, state, fact.position))
  boxes.changed.add(container)
  if (state === null) stale.add(container)
}

function noteServiceFact(services: Touched<Service>, name: string, fact: Fact): void {
  const service = services.found.get(name) ?? newService(name)
  if (fact.position <= service.position) return
  services.found.set(name, addToService(service, fact))
  services.changed.add(name)
}

/** Reads what happened to these boxes from the log and folds it from the start. */
async function refold(eventLog: Ports['eventLog'], { bills, boxes, stale }: Batch, last: number): Promise<void> {
  if (stale.size === 0) return
  const facts = new Map([...stale].map((container): [string, Fact[]] => [container, []]))
  const keys = [...stale].flatMap((container) => [`container:${container}`, `container:${container}:position`])
  let after = Math.min(...[...stale].map((container) => boxes.found.get(container)?.since ?? 0))
  for (;;) {
    const entries = await eventLog.about(keys, after, refoldLimit)
    for (const entry of entries) {
      const fact = factOf(entry)
      if (fact?.container && fact.position <= last) facts.get(fact.container)?.push(fact)
    }
    after = entries.at(-1)?.position ?? last
    if (entries.length < refoldLimit || after >= last) break
  }
  for (const [container, found] of facts) {
    const box = boxes.found.get(container) ?? newBox(container)
    const own = found.filter(({ position }) => position > box.since)
    boxes.found.set(container, withState(bills, box, foldBox(planFor(bills, box), own), own.at(-1)?.position ?? box.since))
  }
}

function planFor(bills: Touched<TrackedBill>, { billId, _id }: Box): Plan {
  const bill = billId === null ? undefined : bills.found.get(billId)
  return bill ? planOf(bill, _id) : noPlan
}

const noPlan: Plan = { legs: [], seals: [] }

/** What it rides on changes with its legs alone; a plan that changed had them folded anew. */
function withState(bills: Touched<TrackedBill>, box: Box, state: Box['state'], position: number): Box {
  if (state.legs === box.state.legs && state.leg === box.state.leg) return { ...box, state, position }
  const bill = box.billId === null ? undefined : bills.found.get(box.billId)
  const ridden = state.legs.flatMap(({ service }) => (service === null ? [] : [service]))
  return { ...box, services: [...new Set([...(bill?.services ?? []), ...ridden])].sort(), rides: ridesOf(state, bill?.legs ?? []), state, position }
}

function newBox(container: string): Box {
  return { _id: container, billId: null, billNumber: null, docHash: null, followers: [], services: [], rides: [], since: 0, state: startState(noPlan), position: 0 }
}

function boxChanges({ boxes, boxesBefore }: Batch): BoxChange[] {
  return changesIn(boxes).map((after) => ({ before: boxesBefore.get(after._id) ?? null, after }))
}

function changesIn<T>({ found, changed }: Touched<T>): T[] {
  return [...changed].flatMap((id) => found.get(id) ?? [])
}
