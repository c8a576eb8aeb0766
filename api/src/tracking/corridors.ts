import type { TrainPlan } from '@yidan/api/contract'
import type { LegMode } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import type { Projection } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import type { RideTimes } from './eta.ts'
import { factOf, type Fact } from './facts.ts'
import { isOwnArrival, othersThan } from './one-run.ts'
import { canonical, type PlaceName } from './places.ts'
import { openCorridorStore, type CorridorRecord, type DepartedRecord } from './store.ts'

/** The latest rides tell how it goes now: what is older is forgotten. */
const rideLimit = 200
const departureLimit = 100
const longest = 60 * 86_400_000
const hour = 3_600_000

/**
 * How long trains and vessels took from place to place, from their own departures and arrivals. An arrival that comes before its departure
 * counts for nothing. Which departure it belongs to is plain as long as the unit is on the way once; a train number may be so several times,
 * and then its plan tells (`one-run.ts`).
 */
export function corridorProjection(ports: Pick<Ports, 'database'>): Projection {
  const store = openCorridorStore(ports)
  return {
    name: 'corridors', collections: store.names,
    async apply(entries) {
      const told = entries.flatMap((entry): Told[] => {
        if (entry.event.type === 'train-planned') return [{ service: entry.event.service, plan: entry.event.plan }]
        const fact = factOf(entry)
        return fact !== null && isCall(fact) ? [fact] : []
      })
      if (told.length === 0) return
      const names = [...new Set(told.map(({ service }) => service))]
      const units = new Map((await store.departed.find({ _id: { $in: names } }).toArray()).map((unit) => [unit._id, unit]))
      const rides: Ride[] = []
      for (const one of told) {
        const unit = units.get(one.service) ?? { _id: one.service, departures: [] }
        if ('plan' in one) units.set(one.service, { ...unit, planned: timesIn(one.plan) })
        else if (one.code === 'DEPA') units.set(one.service, withDeparture(unit, one))
        else rides.push(...ridesTo(unit, one))
      }
      if (units.size > 0) await store.departed.bulkWrite([...units.values()].map((unit) => ({ replaceOne: { filter: { _id: unit._id }, replacement: unit, upsert: true } })), { ordered: false })
      await addRides(store.corridors, rides)
    },
  }
}

type Told = Call | { readonly service: string; readonly plan: TrainPlan }
interface Call extends Fact {
  readonly service: string
  readonly mode: LegMode
  readonly place: PlaceName & { readonly code: string }
}
interface Ride {
  readonly corridor: string
  readonly eventID: string
  readonly at: string
  readonly hours: number
}

function isCall(fact: Fact): fact is Call {
  return fact.type === 'TRANSPORT' && fact.kind === 'ACT' && fact.retracts === null && fact.service !== null && fact.mode !== null && fact.place.code !== null
}

function timesIn({ calls }: TrainPlan): NonNullable<DepartedRecord['planned']> {
  return calls.flatMap(({ code: from, departure }, index) => calls.slice(index + 1).flatMap(({ code: to, arrival }) => (departure === null || arrival === null ? [] : [{ from: canonical(from), to: canonical(to), hours: (Date.parse(arrival) - Date.parse(departure)) / hour }])))
}

function withDeparture(unit: DepartedRecord, { eventID, at, place }: Call): DepartedRecord {
  const others = unit.departures.filter((departure) => departure.eventID !== eventID)
  return { ...unit, departures: [...others, { eventID, at, place: canonical(place.code) }].sort((one, other) => (one.at < other.at ? -1 : 1)).slice(-departureLimit) }
}

/** From every place it left since it was last here; where the plan says how long that takes, from where and when the train left that came now. */
function ridesTo({ departures, planned = [] }: DepartedRecord, { at, place, mode, eventID }: Call): Ride[] {
  const here = canonical(place.code)
  const before = departures.filter((departure) => departure.at < at && Date.parse(at) - Date.parse(departure.at) < longest && departure.place !== here)
  const lastHere = departures.findLast((departure) => departure.place === here && departure.at < at)?.at ?? ''
  return [...new Set(before.map((departure) => departure.place))].flatMap((from) => {
    const left = before.filter((departure) => departure.place === from)
    const hours = mode === 'rail' ? planned.find((times) => times.from === from && times.to === here)?.hours : undefined
    const own = hours === undefined ? left.findLast((departure) => departure.at > lastHere) : ownDeparture(left, { lasting: hours * hour, at })
    return own ? [{ corridor: `${mode} ${from} ${here}`, eventID, at, hours: (Date.parse(at) - Date.parse(own.at)) / hour }] : []
  })
}

/** The latest that the arrival can belong to. */
function ownDeparture(departures: DepartedRecord['departures'], { lasting, at }: { readonly lasting: number; readonly at: string }): DepartedRecord['departures'][number] | undefined {
  const times = departures.map((departure) => Date.parse(departure.at))
  return departures.findLast((_, index) => {
    const left = times[index] ?? 0
    return isOwnArrival({ left, lasting, others: othersThan(left, times) }, at)
  })
}

async function addRides(corridors: Collection<CorridorRecord>, rides: readonly Ride[]): Promise<void> {
  const ids = [...new Set(rides.map(({ corridor }) => corridor))]
  if (ids.length === 0) return
  const known = new Map((await corridors.find({ _id: { $in: ids } }).toArray()).map((record) => [record._id, record]))
  for (const { corridor, ...ride } of rides) {
    const others = (known.get(corridor)?.rides ?? []).filter(({ eventID }) => eventID !== ride.eventID)
    known.set(corridor, { _id: corridor, rides: [...others, ride].sort((one, other) => (one.at < other.at ? -1 : 1)).slice(-rideLimit) })
  }
  await corridors.bulkWrite([...known.values()].map((record) => ({ replaceOne: { filter: { _id: record._id }, replacement: record, upsert: true } })), { ordered: false })
}

/** The histories of these legs, by their corridor. */
export async function rideTimesOf(ports: Pick<Ports, 'database'>, legs: readonly CorridorOf[]): Promise<(leg: CorridorOf) => RideTimes | null> {
  const ids = [...new Set(legs.flatMap((leg) => corridorOf(leg) ?? []))]
  const found = ids.length === 0 ? [] : await openCorridorStore(ports).corridors.find({ _id: { $in: ids } }).toArray()
  const times = new Map(found.map(({ _id, rides }) => [_id, quantilesOf(rides.map(({ hours }) => hours))]))
  return (leg) => times.get(corridorOf(leg) ?? '') ?? null
}
interface CorridorOf {
  readonly mode: LegMode
  readonly from: PlaceName
  readonly to: PlaceName
}

function corridorOf({ mode, from, to }: CorridorOf): string | null {
  return from.code === null || to.code === null ? null : `${mode} ${canonical(from.code)} ${canonical(to.code)}`
}

/** Tenths, with straight lines between the values. */
export function quantilesOf(hours: readonly number[]): RideTimes {
  const sorted = [...hours].sort((one, other) => one - other)
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
    return low + (high - low) * (place - Math.floor(place))
  }
  return { rides: sorted.length, short: at(0.1), median: at(0.5), long: at(0.9) }
}
