import type { Ports } from '../ports.ts'
import type { Projection } from '../events/types.ts'
import { runAfter, runOf, type TrainRun } from './run.ts'
import { collection, openTrainStore } from './store.ts'

/** Brings the train runs along with the log: one read and one bulk write for a whole batch, none when no run is in it. */
export function trainProjections(ports: Pick<Ports, 'database'>): readonly Projection[] {
  const store = openTrainStore(ports)
  return [
    {
      name: 'trains',
      collections: [collection],
      async apply(entries) {
        await store.ready()
        const names = [...new Set(entries.flatMap((entry) => runOf(entry) ?? []))]
        if (names.length === 0) return
        const runs = new Map<string, TrainRun>((await store.find({ _id: { $in: names as TrainRun['_id'][] } }, names.length)).map((run) => [run._id, run]))
        for (const entry of entries) {
          const name = runOf(entry)
          const run = name === null ? null : runAfter(runs.get(name) ?? null, entry)
          if (name !== null && run !== null) runs.set(name, run)
        }
        await store.replace([...runs.values()])
      },
    },
  ]
}
