import { RunId, type RunView, type TrainPlan, type Wagon } from '@yidan/api/contract'
import { Problem } from '../http/problem.ts'
import { serviceName } from '../tracking/view.ts'
import { runToChange, writeChange } from './changes.ts'
import type { Asking, KnownRun } from './desk.ts'
import { elsewhereOf } from './elsewhere.ts'
import { isFault, wordFinding, type Finding } from './findings.ts'
import { changeFindings, dayOf, planFindings } from './plan-rules.ts'
import { compositionFindings } from './rules.ts'
import { gaugeOf, sectionTo } from './run.ts'

/** Plans a run. @throws Problem `plan-faulty` with every fault, `run-exists` */
export async function planRun(asking: Asking, { service, plan }: { readonly service: string; readonly plan: TrainPlan }): Promise<RunView> {
  refuse('plan-faulty', planFindings(plan), asking)
  const name = serviceName(service)
  return writeChange({ asking, run: RunId.parse(`${name}.${dayOf(plan)}`), service: name, revision: 0, change: { type: 'train-planned', plan } })
}

/** @throws Problem `plan-faulty`, `train-departed`, `revision-conflict`, `train-cancelled` */
export async function changePlan(asking: Asking, { run: id, revision, plan }: { readonly run: RunId; readonly revision: number; readonly plan: TrainPlan }): Promise<RunView> {
  const { run, progress } = await runToChange(asking, id, revision)
  if (progress.state === 'departed' || progress.state === 'arrived') throw new Problem('train-departed')
  refuse('plan-faulty', [...planFindings(plan), ...changeFindings({ before: run.plan, after: plan, date: run.date, composed: run.sections.map(({ call }) => call) })], asking)
  return writeChange({ asking, run: id, service: run.service, revision, change: { type: 'train-planned', plan } })
}

/** @throws Problem `train-departed`, `revision-conflict`, `train-cancelled` */
export async function cancelRun(asking: Asking, { run: id, revision, reason }: { readonly run: RunId; readonly revision: number; readonly reason: string }): Promise<RunView> {
  const { run, progress } = await runToChange(asking, id, revision)
  if (progress.state === 'departed' || progress.state === 'arrived') throw new Problem('train-departed')
  return writeChange({ asking, run: id, service: run.service, revision, change: { type: 'train-reported', report: { kind: 'cancelled', reason } } })
}

/**
 * Puts the whole train together as it leaves a call.
 * @throws Problem `composition-faulty` with every fault by wagon and slot; `no-exchange-here`, `train-not-composed`, `train-departed`, `revision-conflict`, `train-cancelled`
 */
export async function compose(asking: Asking, { run: id, call, revision, wagons }: { readonly run: RunId; readonly call: number; readonly revision: number; readonly wagons: readonly Wagon[] }): Promise<RunView> {
  const known = await openForComposing(asking, { run: id, call, revision })
  refuse('composition-faulty', await findingsFor(asking, known, { call, wagons }), asking)
  return writeChange({ asking, run: id, service: known.run.service, revision, change: { type: 'train-composed', call, wagons } })
}

/** The run, when it can be composed at this call at all. */
export async function openForComposing(asking: Asking, { run: id, call, revision }: { readonly run: RunId; readonly call: number; readonly revision: number }): Promise<KnownRun> {
  const known = await runToChange(asking, id, revision)
  const { run, progress } = known
  const place = progress.calls[call - 1]
  if (place === undefined) throw new Problem('not-found', { call })
  if (call > 1 && !place.exchange && place.gaugeTo === null) throw new Problem('no-exchange-here', { call })
  if (call > 1 && sectionTo(run, call) === null) throw new Problem('train-not-composed', { call })
  // Also when only a later call was reported: the train is past this one.
  if (place.actualDeparture !== null || (progress.next ?? Infinity) > call - 1) throw new Problem('train-departed', { call })
  return known
}

export async function findingsFor(asking: Asking, { run }: KnownRun, { call, wagons }: { readonly call: number; readonly wagons: readonly Wagon[] }): Promise<Finding[]> {
  const gauge = gaugeOf(run, { call })
  const found = compositionFindings({
    wagons, gauge, limits: run.plan.limits[gauge], before: call === 1 ? null : (sectionTo(run, call)?.wagons ?? []), exchange: run.plan.calls[call - 1]?.exchange ?? false,
    elsewhere: await elsewhereOf(asking.store, run, { call, wagons }),
  })
  return [...found, ...followingFindings({ run, call, wagons })]
}

/** A later section made before this one must still fit behind it. */
function followingFindings({ run, call, wagons }: { readonly run: KnownRun['run']; readonly call: number; readonly wagons: readonly Wagon[] }): Finding[] {
  const next = run.sections.find((section) => section.call > call)
  if (next === undefined || run.plan.calls[next.call - 1]?.exchange === true) return []
  const gauge = gaugeOf(run, next)
  return compositionFindings({ wagons: next.wagons, gauge, limits: run.plan.limits[gauge], before: wagons, exchange: false, elsewhere: new Map() })
    .filter(({ code }) => code === 'box-left-behind' || code === 'box-from-nowhere')
    .map((finding) => ({ ...finding, pointer: '/wagons', severity: 'warning' as const }))
}

/** @throws Problem with all findings, faults first, when one of them is a fault */
export function refuse(code: 'plan-faulty' | 'composition-faulty' | 'times-faulty', findings: readonly Finding[], { language }: Pick<Asking, 'language'>): void {
  if (!findings.some(isFault)) return
  throw new Problem(code, {}, [...findings.filter(isFault), ...findings.filter((finding) => !isFault(finding))].map((finding) => wordFinding(finding, language)))
}
