import type { LogEntry, Projection } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { factOf } from '../tracking/view.ts'
import { collections, openPositionStore, type PositionPoint } from './store.ts'

/**
 * Positions of boxes, trains, vessels and trucks as a time series. A time series knows no unique key: a mark says up to where the log is
 * in, and a batch that was cut short leaves at most points twice, which reading tells apart by their event.
 */
export function positionProjections(ports: Pick<Ports, 'database'>): readonly Projection[] {
  const store = openPositionStore(ports)
  return [
    {
      name: 'positions',
      collections: Object.values(collections),
      async apply(entries) {
        await store.ready()
        if (!entries.some((entry) => factOf(entry)?.code === 'POSITION')) return
        const done = (await store.marks.findOne({ _id: 'positions' }))?.position ?? 0
        const fresh = entries.filter(({ position }) => position > done)
        const points = fresh.flatMap((entry) => pointOf(entry) ?? [])
        const withdrawn = fresh.flatMap((entry) => withdrawnBy(entry) ?? [])
        if (points.length === 0 && withdrawn.length === 0) return
        if (points.length > 0) {
          const days = [...new Set(points.map(({ meta }) => meta.day))]
          // Also a day that was thinned: what comes late is thinned again.
          await store.days.bulkWrite(days.map((day) => ({ updateOne: { filter: { _id: day }, update: { $set: { grain: 'all' } }, upsert: true } })))
          await store.points.insertMany(points, { ordered: false })
        }
        if (withdrawn.length > 0) await store.withdrawn.bulkWrite(withdrawn.map((_id) => ({ updateOne: { filter: { _id }, update: { $setOnInsert: {} }, upsert: true } })))
        await store.marks.updateOne({ _id: 'positions' }, { $max: { position: entries.at(-1)?.position ?? done } }, { upsert: true })
      },
    },
  ]
}

export function unitOf({ container, service }: { readonly container: string | null; readonly service: string | null }): string | null {
  return container !== null ? `container:${container}` : service !== null ? `service:${service}` : null
}

function pointOf(entry: LogEntry): PositionPoint | null {
  const fact = factOf(entry)
  if (fact === null || fact.code !== 'POSITION' || fact.kind !== 'ACT' || fact.retracts !== null || fact.latitude === null || fact.longitude === null) return null
  const unit = unitOf(fact)
  if (unit === null) return null
  const speedKmh = entry.event.type === 'tracking-received' && entry.event.event.eventType === 'POSITION' ? (entry.event.event.speedKmh ?? null) : null
  return { at: new Date(fact.at), meta: { unit, day: fact.at.slice(0, 10), grain: 'all' }, eventID: fact.eventID, sender: fact.sender, position: fact.position, latitude: fact.latitude, longitude: fact.longitude, speedKmh }
}

function withdrawnBy(entry: LogEntry): string | null {
  const fact = factOf(entry)
  return fact?.code === 'POSITION' && fact.retracts !== null ? `${fact.retracts} ${fact.sender}` : null
}
