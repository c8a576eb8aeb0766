import type { Filter } from 'mongodb'
import type { PositionDay, PositionPoint, PositionStore } from './store.ts'

/** Kept whole for 30 days, then one an hour, after a year one a day. The log keeps all. */
export const wholeDays = 30
export const hourlyDays = 365
const day = 86_400_000

const steps = [
  { from: 'all', to: 'hour', after: wholeDays, stretch: 13 },
  { from: 'hour', to: 'day', after: hourlyDays, stretch: 10 },
] as const

/**
 * Thins what has grown old: of each unit the first point of every hour, then of every day. Cut short it is done again, with the same outcome:
 * what stays is written first, and only then is the rest removed.
 * @returns how many days were thinned
 */
export async function thinPositions(store: PositionStore, now: Date): Promise<number> {
  await store.ready()
  let thinned = 0
  for (const step of steps) {
    const before = new Date(now.getTime() - step.after * day).toISOString().slice(0, 10)
    const due: Filter<PositionDay> = { _id: { $lt: before }, grain: step.from }
    for (const { _id } of await store.days.find(due).sort({ _id: 1 }).toArray()) {
      await thinDay(store, _id, step)
      await store.days.updateOne({ _id, grain: step.from }, { $set: { grain: step.to } })
      thinned += 1
    }
  }
  return thinned
}

async function thinDay({ points }: PositionStore, date: string, { from, to, stretch }: (typeof steps)[number]): Promise<void> {
  const range: Filter<PositionPoint> = { 'meta.day': date, 'meta.grain': { $in: [from, to] } }
  const found = await points.find(range, { projection: { _id: 0 } }).sort({ at: 1 }).toArray()
  const slot = (point: PositionPoint): string => `${point.meta.unit} ${point.at.toISOString().slice(0, stretch)}`
  const covered = new Set(found.filter(({ meta }) => meta.grain === to).map(slot))
  const kept = found.filter((point) => point.meta.grain === from && !covered.has(slot(point)) && covered.add(slot(point)))
  if (kept.length > 0) await points.insertMany(kept.map((point) => ({ ...point, meta: { ...point.meta, grain: to } })), { ordered: false })
  await points.deleteMany({ 'meta.day': date, 'meta.grain': from })
}
