import type { TimelineItem } from '@yidan/api/contract'
import type { LogEntry } from '../events/types.ts'
import { factOf, type Fact } from './facts.ts'
import type { TimedLeg } from './journey.ts'
import { samePlace } from './places.ts'
import { withdrawalOf } from './rules.ts'

/** What a screen shows of what happened, oldest first. Withdrawn events stay, struck out; withdrawals themselves are not shown. */
export function timelineOf({ entries, legs, reporters }: { entries: readonly LogEntry[]; legs: readonly TimedLeg[]; reporters: ReadonlyMap<string, string> }): TimelineItem[] {
  const facts = entries.flatMap((entry) => factOf(entry) ?? [])
  const withdrawn = new Set(facts.filter(({ retracts }) => retracts !== null).map(withdrawalOf))
  return facts
    .filter(({ retracts }) => retracts === null)
    .map((fact) => timelineItem(fact, { legs, retracted: withdrawn.has(`${fact.eventID} ${fact.sender}`), reporter: reporters.get(fact.sender) ?? null }))
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.position - other.position))
}

export function timelineItem(fact: Fact, { legs, retracted = false, reporter = null }: { legs: readonly TimedLeg[]; retracted?: boolean; reporter?: string | null }): TimelineItem {
  const { position, eventID, kind, code, at, place, container, service, detail, seals } = fact
  const words = [container, service, seals.length > 0 ? seals.join('/') : null, detail, reporter].filter((word) => word !== null)
  return { position, eventID, kind, code, at, place: place.name ?? place.code, placeCode: place.code, leg: legOfFact(fact, legs), detail: words.length > 0 ? words.join(' · ') : null, retracted }
}

/** Which leg an event belongs to: by the service's name, by mode, by place; null when none tells. */
function legOfFact({ service, mode, place, code }: Fact, legs: readonly TimedLeg[]): number | null {
  const arriving = ['ARRI', 'DISC', 'GTIN'].includes(code)
  const at = (leg: TimedLeg): boolean => samePlace(arriving ? leg.to : leg.from, place) === true
  const touches = (leg: TimedLeg): boolean => samePlace(leg.from, place) === true || samePlace(leg.to, place) === true
  const ofMode = legs.filter((leg) => mode === null || leg.mode === mode)
  const found = legs.find(({ services }) => service !== null && services.includes(service)) ?? ofMode.find(at) ?? ofMode.find(touches) ?? (mode === null || ofMode.length !== 1 ? undefined : ofMode[0])
  return found?.number ?? null
}
