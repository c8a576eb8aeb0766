import type { TrainView } from '@yidan/api/contract'
import { may } from '../access/abilities.ts'
import { Problem } from '../http/problem.ts'
import { cargoThing, type Asking } from './container-views.ts'
import { serviceName } from './facts.ts'
import type { ServiceFact, TimedLeg } from './journey.ts'
import { legRules } from '@yidan/ledger'
import { samePlace, type PlaceName } from './places.ts'
import { isOwnCall, isOwnSighting, isPlannedRun, oneRun, type OneRun, type Way } from './one-run.ts'
import { moment, rideSince, ridesDuring, soonest } from './rides.ts'
import { onTheWay, openTrackingStore, type Box, type Service, type TrackedBill, type TrackingStore } from './store.ts'
import { timelineOf } from './timeline.ts'
import { reportersOf, summaryOf, track } from './view.ts'

const boxLimit = 1_000
/** A train number runs for years: of its bills are read those of the boxes on the way, and the newest. */
const newestBills = 20
const day = 86_400_000

/** A train, vessel or truck, with what it did last: so many entries. Anybody signed in may see where it is; of the boxes aboard each sees those it may follow. */
export async function trainView({ ports, directory, reader, caller, language }: Asking, { service: given, entries: wanted }: { readonly service: string; readonly entries: number }): Promise<TrainView> {
  const name = serviceName(given)
  const position = ports.feed.health().position
  const { bills, boxes, services } = openTrackingStore(ports)
  const [service, newest, onIt, told] = await Promise.all([
    services.findOne({ _id: name }, { projection: { mode: 1, heard: 1 } }) as Promise<Pick<Service, 'mode' | 'heard'> | null>,
    bills.kept.find({ services: name }).sort({ since: -1 }).limit(newestBills).toArray(),
    boxes.find({ services: name, ...onTheWay }).sort({ _id: 1 }).limit(boxLimit).toArray(),
    ports.eventLog.newestAbout(`service:${name}`, wanted + 1),
  ])
  if (service === null && newest.length === 0) throw new Problem('not-found', { service: name })
  const now = ports.clock()
  const others = onIt.flatMap(({ billId }) => (billId === null || newest.some(({ _id }) => _id === billId) ? [] : [billId]))
  const planned = (await Promise.all([bills.open(newest), reader.bills(others)])).flat()
  const riding = await track(reader, onIt, { known: planned, asked: 'summary' })
  const legs = planned.flatMap((bill) => bill.legs.filter(({ services }) => services.includes(name)))
  const run = runNow(legs, now)
  const mode = service?.mode ?? legs[0]?.mode ?? 'rail'
  const aboard = riding.filter(({ journey, box, bill }) => isFor(name, box.state.legs.find(({ number }) => number === journey.leg?.number)?.service ?? null, journey.leg) && may(caller, 'follow-container', cargoThing(bill)))
  const entries = told.slice(-wanted)
  const { fact = null } = service?.heard ?? {}
  const ofRun = planned.filter(({ legs: own }) => own.some((leg) => run.includes(leg)))
  const loaded = await loadedFrom(boxes, { bills: ofRun, run, read: riding.map(({ box }) => box) })
  const start = startOf(run, fact, loaded)
  const way = mode === 'rail' ? wayOf(run) : null
  const before = way === null ? [] : ridesDuring(name, { from: moment(start, Date.parse(way.plannedDeparture) - Date.parse(way.plannedArrival)), to: start })
  const { facts = [], sightings = [] } = (await reader.calls([...before, rideSince(name, start)])).get(name) ?? {}
  const since = facts.filter(({ at }) => at >= start)
  const train = way === null ? null : trainOn(way, loaded ?? start, facts)
  const reported = train === null ? since : since.filter((call) => isOwnCall(train, call))
  const seen = train === null ? (service?.heard.seen ?? null) : (sightings.findLast((one) => one.at >= start && isOwnSighting(train, one)) ?? null)
  const moving = reported.at(-1)?.code === 'DEPA'
  return {
    service: name, mode, calls: callsOf(run, reported), containers: aboard.map((tracked) => summaryOf(tracked, now)),
    lastSeen: seen && { latitude: seen.latitude, longitude: seen.longitude, place: seen.place.name ?? seen.place.code, at: seen.at, stale: moving && now.getTime() - Date.parse(seen.at) > legRules[mode].staleAfterMinutes * 60_000 },
    timeline: timelineOf({ entries, legs: [], reporters: await reportersOf(directory, entries, language) }), hasEarlier: told.length > wanted, position,
  }
}

/** Whether a box is on this service now, or waits for it. */
function isFor(name: string, loadedOn: string | null, leg: TimedLeg | null): boolean {
  return loadedOn === null ? (leg?.services.includes(name) ?? false) : loadedOn === name || (leg?.services.includes(name) ?? false)
}

/** A number runs again and again: the first run that is not over, or else the last there was. */
function runNow(legs: readonly TimedLeg[], now: Date): readonly TimedLeg[] {
  const byDeparture = [...legs].sort((one, other) => Date.parse(one.plannedDeparture) - Date.parse(other.plannedDeparture))
  const chosen = byDeparture.find(({ plannedArrival }) => Date.parse(plannedArrival) + 2 * day >= now.getTime()) ?? byDeparture.at(-1)
  return chosen ? byDeparture.filter(({ plannedDeparture }) => Math.abs(Date.parse(plannedDeparture) - Date.parse(chosen.plannedDeparture)) < day) : []
}

/** From its first place to its last. */
function wayOf(run: readonly TimedLeg[]): Way | null {
  const [first] = run
  const last = [...run].sort((one, other) => Date.parse(one.plannedArrival) - Date.parse(other.plannedArrival)).at(-1)
  return first && last ? { from: first.from, to: last.to, plannedDeparture: first.plannedDeparture, plannedArrival: last.plannedArrival } : null
}

/** The run among those of its number: it left after its first box was loaded. */
function trainOn(way: Way, since: string, facts: readonly ServiceFact[]): OneRun {
  const left = facts.find(({ code, at, place }) => code === 'DEPA' && at >= since && samePlace(way.from, place) === true && isPlannedRun(oneRun(way, at, facts), way.plannedDeparture))
  return oneRun(way, left?.at ?? way.plannedDeparture, facts)
}

/** When the first box of this run was loaded: a train may leave long before its plan. Most of its boxes were read already. */
async function loadedFrom(boxes: TrackingStore['boxes'], { bills, run, read }: { readonly bills: readonly TrackedBill[]; readonly run: readonly TimedLeg[]; readonly read: readonly Box[] }): Promise<string | null> {
  const known = new Set(read.map(({ _id }) => _id))
  const others = bills.flatMap(({ containers }) => containers.filter((container) => !known.has(container)))
  const found = [...read, ...(others.length === 0 ? [] : await boxes.find({ _id: { $in: others } }, { projection: { billId: 1, 'state.legs': 1 } }).limit(boxLimit).toArray())]
  const numbers = new Map(bills.map((bill) => [bill._id, new Set(bill.legs.filter((leg) => run.includes(leg)).map(({ number }) => number))]))
  return found.flatMap(({ billId, state }) => state.legs.flatMap(({ number, on }) => (on !== null && billId !== null && numbers.get(billId)?.has(number) ? [on] : []))).sort()[0] ?? null
}

/** What was reported before this is of an earlier run. Without a plan the run is what the unit did in the days before it was last heard of. */
function startOf(run: readonly TimedLeg[], last: ServiceFact | null, loaded: string | null): string {
  const [first] = run
  if (first === undefined) return moment(last?.at ?? '9999-12-31', -15 * day)
  const planned = soonest(first)
  return loaded !== null && loaded < planned ? loaded : planned
}

type Call = TrainView['calls'][number]

/** Planned calls with what was last reported of each, then places reported that no plan names. */
function callsOf(run: readonly TimedLeg[], facts: readonly ServiceFact[]): Call[] {
  const places: PlaceName[] = []
  for (const place of [...run.map(({ from }) => from), ...run.map(({ to }) => to), ...facts.map((fact) => fact.place)]) {
    const named = place.name !== null || place.code !== null
    if (named && !places.some((known) => samePlace(known, place) === true)) places.push(place)
  }
  return places
    .map((place): Call => ({
      place: place.name ?? place.code ?? '', code: place.code,
      plannedArrival: run.find(({ to }) => samePlace(to, place) === true)?.plannedArrival ?? null,
      plannedDeparture: run.find(({ from }) => samePlace(from, place) === true)?.plannedDeparture ?? null,
      actualArrival: lastAt(facts, 'ARRI', place), actualDeparture: lastAt(facts, 'DEPA', place),
    }))
    .sort((one, other) => timeOf(one) - timeOf(other))
}

function lastAt(facts: readonly ServiceFact[], code: ServiceFact['code'], place: PlaceName): string | null {
  return facts.findLast((fact) => fact.code === code && samePlace(fact.place, place) === true)?.at ?? null
}

function timeOf({ plannedArrival, plannedDeparture, actualArrival, actualDeparture }: Call): number {
  return Date.parse(plannedArrival ?? plannedDeparture ?? actualArrival ?? actualDeparture ?? '9999-12-31')
}
