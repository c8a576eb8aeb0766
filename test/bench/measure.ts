import { readFileSync } from 'node:fs'
/** One figure of the bench: what was measured, beside its baseline in the same run. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: number
  readonly ratio: number
  readonly goal: string
  readonly reached: boolean
  readonly note: string
}

type Goal = { readonly atLeast: number } | { readonly atMost: number }

export function figure({ name, unit, value, baseline, goal, note }: { name: string; unit: string; value: number; baseline: number; goal: Goal; note: string }): Figure {
  const ratio = value / baseline
  const reached = 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost
  return { name, value: round(value), unit, baseline: round(baseline), ratio: round(ratio), goal: 'atLeast' in goal ? `≥ ${goal.atLeast} ×` : `≤ ${goal.atMost} ×`, reached, note }
}

/**
 * Median operations a second of subject and baseline over some rounds, turn about, so that a busy neighbour on the machine hits both.
 * The first round warms up and is not counted.
 */
export async function inTurns({ rounds = 7, prepare, subject, baseline }: { rounds?: number; prepare?: () => Promise<void> | void; subject: () => Promise<number> | number; baseline: () => Promise<number> | number }): Promise<{ value: number; baseline: number }> {
  const values: number[] = [], baselines: number[] = []
  for (let turn = 0; turn <= rounds; turn += 1) {
    await prepare?.()
    const [base, value] = [await perSecond(baseline), await perSecond(subject)]
    if (turn === 0) continue
    baselines.push(base)
    values.push(value)
  }
  return { value: median(values), baseline: median(baselines) }
}

/** `workers` loops at once over a shared list of work; gives how much was done. */
export async function concurrently<T>(work: readonly T[], workers: number, one: (item: T) => Promise<unknown>): Promise<number> {
  let next = 0
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let item = work[next++]; item !== undefined; item = work[next++]) await one(item)
  }))
  return work.length
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
}

async function perSecond(run: () => Promise<number> | number): Promise<number> {
  const started = performance.now()
  const count = await run()
  return count / ((performance.now() - started) / 1000)
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

/** Ticks of all cores since the machine began, and those of them that the host gave to other machines; null where it is not told. */
export function machineTime(): { readonly all: number; readonly taken: number } | null {
  try {
    const ticks = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number)
    return { all: ticks.reduce((sum, one) => sum + one, 0), taken: ticks[7] ?? 0 }
  } catch {
    return null
  }
}

/** How much of the machine's time others took since then, in percent. */
export function takenSince(before: ReturnType<typeof machineTime>): number | null {
  const now = machineTime()
  return before === null || now === null ? null : Math.round(((now.taken - before.taken) / Math.max(1, now.all - before.all)) * 100)
}
