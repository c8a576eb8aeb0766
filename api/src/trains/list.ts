import type { CorridorName, RunState, RunSummary } from '@yidan/api/contract'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'
import { partyOf, seesAll, withProgress, type Asking, type KnownRun } from './desk.ts'
import type { TrainRun } from './run.ts'
import type { Filter } from './store.ts'
import { aboardNow, summaryOf } from './view.ts'
import { boxesOf } from './rules.ts'

interface Listing {
  readonly q?: string | undefined
  readonly station?: string | undefined
  readonly date?: string | undefined
  readonly corridor?: CorridorName | undefined
  readonly state?: RunState | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}
interface RunPage {
  readonly items: RunSummary[]
  readonly next: string | null
  readonly total: number | null
}
/** The state hangs on what the trains reported: a page with that filter looks at this many runs at most, and its cursor goes on from there. */
const scanLimit = 2_000

/** Runs, the latest departure first. Anybody signed in may know that a train runs; boxes are counted and found only by those who may follow them. */
export async function listRuns(asking: Asking, { cursor, limit, state, ...filters }: Listing): Promise<RunPage> {
  const { store } = asking
  const filter = await filterOf(asking, filters)
  const found: KnownRun[] = []
  let after = cursor ?? null
  for (let scanned = 0; scanned < scanLimit; ) {
    const runs = await store.find(after === null ? filter : { $and: [filter, behind(after)] }, state === undefined ? limit + 1 : Math.max(limit, 100))
    scanned += runs.length
    for (const known of await withProgress(asking, runs)) {
      if (found.length === limit) return { items: await summariesOf(asking, found), next: after, total: await count() }
      after = cursorOf(known.run)
      if (state === undefined || known.progress.state === state) found.push(known)
    }
    if (runs.length === 0 || (state === undefined && runs.length <= limit)) return { items: await summariesOf(asking, found), next: null, total: await count() }
  }
  return { items: await summariesOf(asking, found), next: after, total: null }

  async function count(): Promise<number | null> {
    return state === undefined ? counted((options) => store.runs.countDocuments(filter, options)) : null
  }
}

async function filterOf(asking: Asking, { q, station, date, corridor }: Omit<Listing, 'cursor' | 'limit' | 'state'>): Promise<Filter<TrainRun>> {
  const conditions: Filter<TrainRun>[] = []
  if (station !== undefined) conditions.push({ stations: station })
  if (date !== undefined) conditions.push({ date })
  if (corridor !== undefined) conditions.push({ 'plan.corridor': corridor })
  if (q) conditions.push(await matching(asking, q.toUpperCase()))
  return conditions.length === 0 ? {} : { $and: conditions }
}

/** A box that one may not follow is on no train. */
async function matching({ caller, reader }: Asking, q: string): Promise<Filter<TrainRun>> {
  const named = { _id: { $regex: new RegExp(`^${literally(q)}`) } } as unknown as Filter<TrainRun>
  if (seesAll(caller)) return { $or: [named, { boxes: q }, { wagons: q }] }
  const box = await reader.box(q)
  return (box?.followers as readonly string[] | undefined)?.includes(partyOf(caller)) ? { $or: [named, { boxes: q }] } : named
}

async function summariesOf(asking: Asking, runs: readonly KnownRun[]): Promise<RunSummary[]> {
  const now = asking.ports.clock()
  const boxes = runs.map((known) => boxesOf(aboardNow(known)?.wagons ?? []))
  if (seesAll(asking.caller)) return runs.map((known, index) => summaryOf(known, now, boxes[index]?.length ?? 0))
  const own = new Set((await asking.reader.boxes([...new Set(boxes.flat())])).filter(({ followers }) => (followers as readonly string[]).includes(partyOf(asking.caller))).map(({ _id }) => _id))
  return runs.map((known, index) => summaryOf(known, now, boxes[index]?.filter((container) => own.has(container)).length ?? 0))
}

const cursorOf = ({ start, _id }: TrainRun): string => `${start}~${_id}`

function behind(cursor: string): Filter<TrainRun> {
  const [start = '', id = ''] = cursor.split('~')
  return { $or: [{ start: { $lt: start } }, { start, _id: { $lt: id as TrainRun['_id'] } }] }
}
