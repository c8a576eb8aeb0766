import type { Fact } from './facts.ts'
import type { ServiceFact } from './journey.ts'
import { isWithdrawn, withdrawalOf, type Sighting } from './rules.ts'
import type { Service } from './store.ts'

/** A train number runs for years: of its calls and sightings the last are at hand here; all calls are in its reports (`unit-reports.ts`), by the week. */
const factLimit = 400
const sightingLimit = 20
const lastEstimates = 20

export function newService(name: string): Service {
  return { _id: name, mode: null, facts: [], estimates: [], sightings: [], withdrawn: [], heard: { fact: null, seen: null, estimates: [] }, position: 0 }
}

/** The service after one more report of the unit itself. Kept as sorted facts, so the order of arrival does not matter. */
export function addToService(service: Service, fact: Fact): Service {
  const { mode, facts, estimates, sightings, withdrawn } = listsAfter(service, fact)
  const heard = { fact: facts.at(-1) ?? null, seen: sightings.at(-1) ?? null, estimates: estimates.slice(-lastEstimates) }
  return { _id: service._id, mode, facts, estimates, sightings, withdrawn, heard, position: fact.position }
}

type Lists = Omit<Service, '_id' | 'heard' | 'position'>

function listsAfter({ mode, facts, estimates, sightings, withdrawn }: Service, fact: Fact): Lists {
  const noted = { mode: mode ?? fact.mode, facts, estimates, sightings, withdrawn }
  if (fact.retracts !== null) return withdraw(noted, fact)
  if (fact.type === 'GEOFENCE' || isWithdrawn(noted, fact)) return noted
  const sighted = fact.kind === 'ACT' && (fact.latitude !== null || fact.place.name !== null || fact.place.code !== null) ? insert(sightings, sightingOf(fact), sightingLimit) : sightings
  if (fact.code !== 'DEPA' && fact.code !== 'ARRI') return { ...noted, sightings: sighted }
  const call: ServiceFact = { eventID: fact.eventID, code: fact.code, at: fact.at, created: fact.created, place: fact.place }
  return fact.kind === 'ACT' ? { ...noted, facts: insert(facts, call, factLimit), sightings: sighted } : { ...noted, estimates: insert(estimates, call, factLimit) }
}

/** Only the sender may withdraw; intake saw to it for events it knew, this for those that came later. */
function withdraw(lists: Lists, fact: Fact): Lists {
  const kept = <T extends { readonly eventID: string }>(list: readonly T[]): T[] => list.filter(({ eventID }) => eventID !== fact.retracts)
  return { ...lists, facts: kept(lists.facts), estimates: kept(lists.estimates), sightings: kept(lists.sightings), withdrawn: [...new Set([...lists.withdrawn, withdrawalOf(fact)])].sort() }
}

function insert<T extends { readonly at: string; readonly eventID: string }>(list: readonly T[], item: T, limit: number): T[] {
  const others = list.filter(({ eventID }) => eventID !== item.eventID)
  return [...others, item].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.eventID < other.eventID ? -1 : 1)).slice(-limit)
}

function sightingOf({ at, eventID, place, latitude, longitude }: Fact): Sighting {
  return { at, eventID, place, latitude, longitude }
}
