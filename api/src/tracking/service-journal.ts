import type { Fact } from './facts.ts'
import type { ServiceFact } from './journey.ts'
import { isWithdrawn, withdrawalOf, type Sighting } from './rules.ts'
import type { Service } from './store.ts'

/** A train number runs for years: calls and sightings beyond these are only in the log. */
const factLimit = 400
const sightingLimit = 20

export function newService(name: string): Service {
  return { _id: name, mode: null, facts: [], estimates: [], sightings: [], withdrawn: [], position: 0 }
}

/** The service after one more report of the unit itself. Kept as sorted facts, so the order of arrival does not matter. */
export function addToService(service: Service, fact: Fact): Service {
  const { _id, facts, estimates, sightings, withdrawn } = service
  const noted = { _id, mode: service.mode ?? fact.mode, facts, estimates, sightings, withdrawn, position: fact.position }
  if (fact.retracts !== null) return withdraw(noted, fact)
  if (fact.type === 'GEOFENCE' || isWithdrawn(service, fact)) return noted
  const sighted = fact.kind === 'ACT' && (fact.latitude !== null || fact.place.name !== null || fact.place.code !== null) ? insert(sightings, sightingOf(fact), sightingLimit) : sightings
  if (fact.code !== 'DEPA' && fact.code !== 'ARRI') return { ...noted, sightings: sighted }
  const call: ServiceFact = { eventID: fact.eventID, code: fact.code, at: fact.at, created: fact.created, place: fact.place }
  return fact.kind === 'ACT' ? { ...noted, facts: insert(facts, call, factLimit), sightings: sighted } : { ...noted, estimates: insert(estimates, call, factLimit) }
}

/** Only the sender may withdraw; intake saw to it for events it knew, this for those that came later. */
function withdraw(service: Service, fact: Fact): Service {
  const kept = <T extends { readonly eventID: string }>(list: readonly T[]): T[] => list.filter(({ eventID }) => eventID !== fact.retracts)
  return { ...service, facts: kept(service.facts), estimates: kept(service.estimates), sightings: kept(service.sightings), withdrawn: [...new Set([...service.withdrawn, withdrawalOf(fact)])].sort() }
}

function insert<T extends { readonly at: string; readonly eventID: string }>(list: readonly T[], item: T, limit: number): T[] {
  const others = list.filter(({ eventID }) => eventID !== item.eventID)
  return [...others, item].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.eventID < other.eventID ? -1 : 1)).slice(-limit)
}

function sightingOf({ at, eventID, place, latitude, longitude }: Fact): Sighting {
  return { at, eventID, place, latitude, longitude }
}
