import type { RunId } from '@yidan/api/contract'
import { may, type Thing } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { ridesDuring } from '../tracking/rides.ts'
import { titleFor, type TrackedBill, type TrackingReader } from '../tracking/view.ts'
import { nothingTold, progressOf, reportedDuring, type Neighbours, type Progress } from './progress.ts'
import type { TrainRun } from './run.ts'
import type { TrainStore } from './store.ts'

/** What every question about trains is answered with. */
export interface TrainDesk {
  readonly ports: Ports
  readonly directory: Directory
  readonly store: TrainStore
  readonly reader: TrackingReader
}
export interface Asking extends TrainDesk {
  readonly caller: Caller
  readonly language: Language
}
/** A run with what its train has done. */
export interface KnownRun {
  readonly run: TrainRun
  readonly progress: Progress
}

/** @throws Problem `not-found` */
export async function openRun(desk: TrainDesk, id: RunId): Promise<KnownRun> {
  const [run] = await desk.store.find({ _id: id }, 1)
  if (run === undefined) throw new Problem('not-found', { run: id })
  const [known] = await withProgress(desk, [run])
  if (known === undefined) throw new Problem('not-found', { run: id })
  return known
}

/** Joins runs with the reports of their trains: two reads, however many runs there are. */
export async function withProgress({ store, reader, ports }: TrainDesk, runs: readonly TrainRun[]): Promise<readonly KnownRun[]> {
  const names = [...new Set(runs.map(({ service }) => service))]
  const [told, neighbours] = await Promise.all([reader.calls(runs.flatMap((run) => ridesDuring(run.service, reportedDuring(run)))), neighboursOf(store, runs, names)])
  const now = ports.clock()
  return runs.map((run) => ({ run, progress: progressOf({ run, told: told.get(run.service) ?? nothingTold, neighbours: neighbours(run), now }) }))
}

async function neighboursOf(store: TrainStore, runs: readonly TrainRun[], names: readonly string[]): Promise<(run: TrainRun) => Neighbours> {
  const departures = runs.length === 0 ? new Map<string, readonly string[]>() : await store.departures(names)
  return ({ service, start }) => {
    const others = departures.get(service) ?? []
    return { before: others.findLast((other) => other < start) ?? null, after: others.find((other) => other > start) ?? null }
  }
}

/** Terminals and overseers see every box of a train; others those they may follow. */
export function seesAll(caller: Caller): boolean {
  return may(caller, 'follow-container', { type: 'cargo', bills: [] })
}

export function mayFollowBox(caller: Caller, bill: TrackedBill | null): boolean {
  const thing: Thing = { type: 'cargo', bills: bill === null ? [] : [titleFor(bill)] }
  return may(caller, 'follow-container', thing)
}

export function partyOf(caller: Caller): string {
  return companyOf(caller)?.partyId ?? ''
}
