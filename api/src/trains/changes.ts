import type { RunId, RunView, TrainPlan, TrainReport, Wagon } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import { companyOf } from '../access/caller.ts'
import type { NewEntry, PlatformEvent } from '../events/types.ts'
import { Problem } from '../http/problem.ts'
import { openRun, type Asking, type KnownRun } from './desk.ts'
import { runView } from './view.ts'

type Change =
  | { readonly type: 'train-planned'; readonly plan: TrainPlan }
  | { readonly type: 'train-composed'; readonly call: number; readonly wagons: readonly Wagon[] }
  | { readonly type: 'train-reported'; readonly report: TrainReport }

/**
 * Writes one change of a run, and events of its train with it, all or none. The entry's id holds the revision: of two changes made upon
 * the same revision, by whatever processes, the log takes only the first.
 * @throws Problem `revision-conflict`, for a new run `run-exists`
 */
export async function writeChange({ asking, run, service, revision, change, along = [] }: { readonly asking: Asking; readonly run: RunId; readonly service: string; readonly revision: number; readonly change: Change; readonly along?: readonly NewEntry[] }): Promise<RunView> {
  const { ports, caller } = asking
  const sender = senderOf(asking)
  const event = { ...change, run, ...(change.type === 'train-planned' ? { service } : {}), revision: revision + 1, by: sender } as PlatformEvent
  const entry: NewEntry = { id: `train-run:${run}:${revision + 1}`, event, about: [`run:${run}`, `service:${service}`] }
  const { positions, last } = await ports.eventLog.append([entry, ...along])
  if (positions[0] === null) throw new Problem(revision === 0 ? 'run-exists' : 'revision-conflict', { run })
  await ports.feed.upTo(last)
  return runView({ ...asking, caller }, await openRun(asking, run))
}

export function senderOf({ caller }: Pick<Asking, 'caller'>): PartyId {
  const company = companyOf(caller)
  if (company === null) throw new Problem('not-signed-in')
  return company.partyId
}

/** The run to be changed, as everything written so far has made it. @throws Problem `not-found`, `revision-conflict`, `train-cancelled` */
export async function runToChange(asking: Asking, id: RunId, revision: number): Promise<KnownRun> {
  const { eventLog, feed } = asking.ports
  await feed.upTo(await eventLog.last())
  const known = await openRun(asking, id)
  if (known.run.revision !== revision) throw new Problem('revision-conflict', { revision: known.run.revision })
  if (known.run.cancelled) throw new Problem('train-cancelled')
  return known
}
