import { boxesOf } from './rules.ts'
import { ridesOf, utc, type Section, type TrainRun } from './run.ts'
import type { TrainStore } from './store.ts'

/** Runs looked at for boxes that are on another train; a train meets far fewer. */
const runLimit = 200

/** Boxes of this section that another run carries during the same time, with that run. */
export async function elsewhereOf(store: TrainStore, run: Pick<TrainRun, '_id' | 'plan' | 'end' | 'sections'>, section: Pick<Section, 'call' | 'wagons'>): Promise<ReadonlyMap<string, string>> {
  const boxes = boxesOf(section.wagons)
  const from = utc(run.plan.calls[section.call - 1]?.departure)
  const next = run.sections.find(({ call }) => call > section.call)
  const to = next === undefined ? run.end : utc(run.plan.calls[next.call - 1]?.arrival)
  const others = await store.find({ boxes: { $in: boxes }, _id: { $ne: run._id }, cancelled: false, start: { $lt: to }, end: { $gt: from } }, runLimit)
  const wanted = new Set(boxes)
  return new Map(others.flatMap((other) => ridesOf(other).filter((ride) => wanted.has(ride.container) && ride.from < to && ride.to > from).map(({ container }): [string, string] => [container, other._id])))
}
