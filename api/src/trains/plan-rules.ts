import { corridors, type Gauge, type TrainCall, type TrainPlan } from '@yidan/api/contract'
import { fault, warning, type Finding } from './findings.ts'

/** A timetable holds together: times rise from call to call, the gauge changes where it says so, no place is called at twice. */
export function planFindings(plan: TrainPlan): Finding[] {
  const { calls } = plan
  return [...calls.flatMap((call, index) => [...missingTimes(call, index, calls.length), ...early(calls, index), ...twice(calls, index)]), ...gaugeFindings(plan), ...offCorridor(plan)]
}

/** What must stay of a plan once it is known by: the day, and the calls that have a composition. */
export function changeFindings({ before, after, date, composed }: { readonly before: TrainPlan; readonly after: TrainPlan; readonly date: string; readonly composed: readonly number[] }): Finding[] {
  const moved = dayOf(after) === date ? [] : [fault({ pointer: '/plan/calls/0/departure' }, 'day-changed', { date })]
  const changed = composed.filter((number) => {
    const [was, is] = [before.calls[number - 1], after.calls[number - 1]]
    return was?.code !== is?.code || gaugeFrom(before, number) !== gaugeFrom(after, number) || (number > 1 && is?.exchange !== was?.exchange)
  })
  return [...moved, ...changed.map((call) => fault({ pointer: `/plan/calls/${call - 1}` }, 'composed-call-changed', { call }))]
}

/** The local day of the first departure: part of the run's name. */
export function dayOf({ calls }: TrainPlan): string {
  return (calls[0]?.departure ?? '').slice(0, 10)
}

/** The gauge on which the train leaves a call, counted from 1. */
export function gaugeFrom({ gauge, calls }: TrainPlan, number: number): Gauge {
  return calls.slice(0, number).reduce<Gauge>((now, call) => call.gaugeTo ?? now, gauge)
}

function missingTimes({ arrival, departure }: TrainCall, index: number, count: number): Finding[] {
  const found: Finding[] = []
  if (arrival === null && index > 0) found.push(fault({ pointer: `/plan/calls/${index}/arrival` }, 'arrival-missing'))
  if (departure === null && index < count - 1) found.push(fault({ pointer: `/plan/calls/${index}/departure` }, 'departure-missing'))
  return found
}

function early(calls: readonly TrainCall[], index: number): Finding[] {
  const call = calls[index]
  if (call === undefined) return []
  const before = calls.slice(0, index).flatMap(({ arrival, departure }) => departure ?? arrival ?? []).at(-1) ?? null
  const found: Finding[] = []
  if (isBefore(call.arrival, before)) found.push(fault({ pointer: `/plan/calls/${index}/arrival` }, 'time-too-early'))
  if (isBefore(call.departure, call.arrival ?? before)) found.push(fault({ pointer: `/plan/calls/${index}/departure` }, 'time-too-early'))
  return found
}

function isBefore(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && Date.parse(one) < Date.parse(other)
}

function twice(calls: readonly TrainCall[], index: number): Finding[] {
  const code = calls[index]?.code ?? ''
  const first = calls.findIndex((call) => call.code === code)
  return first === index ? [] : [fault({ pointer: `/plan/calls/${index}/code` }, 'place-twice', { code, call: first + 1 }, code)]
}

function gaugeFindings(plan: TrainPlan): Finding[] {
  return plan.calls.flatMap(({ gaugeTo, border }, index) => {
    if (gaugeTo === null) return []
    const comingOn = gaugeFrom(plan, index)
    const at = { pointer: `/plan/calls/${index}/gaugeTo` }
    return [...(gaugeTo === comingOn ? [fault(at, 'gauge-unchanged', { gauge: gaugeTo })] : []), ...(border ? [] : [warning(at, 'gauge-away-from-border')])]
  })
}

function offCorridor({ corridor, calls }: TrainPlan): Finding[] {
  const on: readonly string[] = corridors[corridor]
  return calls.some(({ code }) => on.includes(code)) ? [] : [warning({ pointer: '/plan/corridor' }, 'off-corridor', { corridor })]
}
