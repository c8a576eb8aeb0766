import type { LogEntry, NewEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { factOf, type Fact } from '../tracking/view.ts'
import { fencesAround } from './geofences.ts'
import { unitOf } from './projection.ts'
import type { PositionStore } from './store.ts'
import { thinPositions } from './thinning.ts'

/** Tells the log what positions crossed which fence, and thins old positions once a day. */
export interface PositionWatcher {
  note(entries: readonly LogEntry[]): void
  settled(): Promise<void>
  stop(): Promise<void>
}

const daily = 86_400_000
const firstThinning = 10 * 60_000

/**
 * Each position is compared with the unit's newest before it; one that comes late changes nothing. An entry's id names the position, the
 * fence and the direction: noted again, by this process or another, it is not written again.
 */
export function openPositionWatcher(ports: Pick<Ports, 'eventLog' | 'clock' | 'log'>, store: PositionStore): PositionWatcher {
  let work: Promise<void> = Promise.resolve()
  const then = (task: () => Promise<unknown>): void => {
    work = work.then(task).then(() => undefined, (error: unknown) => { ports.log.warn({ err: error }, 'geofences or thinning wait') })
  }
  const thin = (): void => { then(() => thinPositions(store, ports.clock())) }
  const soon = setTimeout(thin, firstThinning).unref()
  const thinning = setInterval(thin, daily).unref()

  async function cross(facts: readonly Fact[]): Promise<void> {
    const units = [...new Set(facts.flatMap((fact) => unitOf(fact) ?? []))]
    const states = new Map((await store.fences.find({ _id: { $in: units } }).toArray()).map((state) => [state._id, state]))
    const entries: NewEntry[] = []
    for (const fact of [...facts].sort((one, other) => (one.at < other.at ? -1 : 1))) {
      const unit = unitOf(fact)
      if (unit === null || fact.latitude === null || fact.longitude === null) continue
      const before = states.get(unit)
      if (before && before.at >= fact.at) continue
      const fences = fencesAround({ latitude: fact.latitude, longitude: fact.longitude })
      const inside = fences.map(({ id }) => id)
      const crossed = [...inside.filter((id) => !before?.inside.includes(id)).map((id) => ['in', id] as const), ...(before?.inside ?? []).filter((id) => !inside.includes(id)).map((id) => ['out', id] as const)]
      for (const [direction, fence] of crossed) entries.push(crossing(fact, unit, direction, fence))
      states.set(unit, { _id: unit, at: fact.at, inside })
    }
    // The log first: cut short in between, the same crossings are found again and are there already.
    await ports.eventLog.append(entries)
    if (states.size > 0) await store.fences.bulkWrite([...states.values()].map((state) => ({ replaceOne: { filter: { _id: state._id }, replacement: state, upsert: true } })), { ordered: false })
  }

  return {
    note(entries) {
      const facts = entries.flatMap((entry) => {
        const fact = factOf(entry)
        return fact?.code === 'POSITION' && fact.kind === 'ACT' && fact.retracts === null ? [fact] : []
      })
      if (facts.length > 0) then(() => cross(facts))
    },
    settled: () => work,
    async stop() {
      clearTimeout(soon)
      clearInterval(thinning)
      await work
    },
  }
}

function crossing({ eventID, at, sender, container, service }: Fact, unit: string, direction: 'in' | 'out', fence: string): NewEntry {
  return { id: `geofence:${eventID}:${fence}:${direction}`, event: { type: 'geofence-crossed', eventID, at, sender, container, service: container === null ? service : null, fence, direction }, about: [unit] }
}
