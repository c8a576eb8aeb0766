import { derived } from '../events/derived.ts'
import type { Collection, Filter } from 'mongodb'
import type { Connection } from 'mongoose'
import type { TrainRun } from './run.ts'

export type { Filter } from 'mongodb'

export interface TrainStore {
  readonly runs: Collection<TrainRun>
  /** Makes the indexes, once. */
  ready(): Promise<void>
  replace(runs: readonly TrainRun[]): Promise<void>
  /** Planned departures of all runs of these numbers, in order, by number; cancelled ones left out. */
  departures(services: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  find(filter: Filter<TrainRun>, limit: number): Promise<readonly TrainRun[]>
}

export const collection = 'train_runs'

export function openTrainStore({ database }: { readonly database: Connection }): TrainStore {
  const db = database.db
  if (db === undefined) throw new Error('trains need an open database connection')
  const runs = db.collection<TrainRun>(collection)
  let laid: Promise<unknown> | null = null
  return {
    runs,
    async ready() {
      laid ??= runs
        .createIndexes([{ key: { start: -1, _id: -1 } }, { key: { service: 1, start: 1, cancelled: 1 } }, { key: { stations: 1, start: -1 } }, { key: { boxes: 1 } }, { key: { wagons: 1 } }, { key: { date: 1 } }, { key: { end: 1 } }])
        .catch((error: unknown) => {
          laid = null
          throw error
        })
      await laid
    },
    /** A view that was lost is made again from the log: nothing waits for the majority. */
    async replace(changed) {
      if (changed.length === 0) return
      await runs.bulkWrite(changed.map((run) => ({ replaceOne: { filter: { _id: run._id }, replacement: run, upsert: true } })), { ordered: false, ...derived })
    },
    async departures(services) {
      const found = await runs.find({ service: { $in: [...services] }, cancelled: false }, { projection: { service: 1, start: 1 } }).sort({ service: 1, start: 1 }).toArray()
      const byService = new Map<string, string[]>()
      for (const { service, start } of found) byService.set(service, [...(byService.get(service) ?? []), start])
      return byService
    },
    find: (filter, limit) => runs.find(filter).sort({ start: -1, _id: -1 }).limit(limit).toArray(),
  }
}
