import type { LegView } from '@yidan/api/contract'

/** A departure or arrival counts as late from here on: what timetables round to. */
export const lateAfterMs = 60 * 60 * 1000

export type RibbonLeg = Pick<LegView, 'mode' | 'from' | 'to' | 'unit' | 'plannedDeparture' | 'plannedArrival' | 'actualDeparture' | 'actualArrival' | 'progress'>

export interface Segment {
  readonly number: number
  readonly mode: LegView['mode']
  readonly x: number
  readonly width: number
  readonly progress: LegView['progress']
  /** How much of it is behind, by the clock: 0 to 1. */
  readonly done: number
  /** How late it left, arrived, or is by now; 0 when on time. */
  readonly lateMs: number
}

export interface Ribbon {
  readonly segments: readonly Segment[]
  /** Where now is; null when nothing is known of any leg's times. */
  readonly now: { readonly x: number; readonly at: 'before' | 'on-leg' | 'between' | 'arrived'; readonly leg: number } | null
}

/**
 * The journey as one line: a segment per leg, wider for a longer leg but so that a truck's two hours stay visible beside a ship's
 * five weeks. The dot goes by reported progress, and by the clock only within the leg that is under way.
 */
export function ribbonOf(legs: readonly RibbonLeg[], { width, now, gap = 6 }: { width: number; now: number; gap?: number }): Ribbon {
  if (legs.length === 0) return { segments: [], now: null }
  const weights = legs.map((leg) => 1.5 + Math.log2(1 + Math.max(0, hours(leg))))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const room = Math.max(0, width - gap * (legs.length - 1))
  let x = 0
  const segments = legs.map((leg, index): Segment => {
    const own = (room * (weights[index] ?? 0)) / whole
    const segment = { number: index + 1, mode: leg.mode, x, width: own, progress: leg.progress, done: doneOf(leg, now), lateMs: lateBy(leg, now) }
    x += own + gap
    return segment
  })
  return { segments, now: nowOn(segments, gap) }
}

/** How late a leg is: by its arrival, else by now past its planned arrival, else by its departure or now past that. */
export function lateBy(leg: RibbonLeg, now: number): number {
  const departs = Date.parse(leg.plannedDeparture), arrives = Date.parse(leg.plannedArrival)
  const behind = leg.actualArrival
    ? Date.parse(leg.actualArrival) - arrives
    : leg.actualDeparture
      ? Math.max(now - arrives, Date.parse(leg.actualDeparture) - departs)
      : leg.progress === 'done' ? 0 : now - departs
  return Number.isFinite(behind) && behind >= lateAfterMs ? behind : 0
}

function hours(leg: RibbonLeg): number {
  const planned = (Date.parse(leg.plannedArrival) - Date.parse(leg.plannedDeparture)) / 3_600_000
  return Number.isFinite(planned) ? planned : 0
}

function doneOf(leg: RibbonLeg, now: number): number {
  if (leg.progress === 'done') return 1
  if (leg.progress === 'waiting') return 0
  const left = Date.parse(leg.actualDeparture ?? leg.plannedDeparture)
  const takes = Date.parse(leg.plannedArrival) - Date.parse(leg.plannedDeparture)
  const part = (now - left) / takes
  // Under way is neither still there nor already arrived.
  return Number.isFinite(part) ? Math.min(0.95, Math.max(0.05, part)) : 0.5
}

function nowOn(segments: readonly Segment[], gap: number): Ribbon['now'] {
  const underWay = segments.find((segment) => segment.progress === 'under-way')
  if (underWay) return { x: underWay.x + underWay.width * underWay.done, at: 'on-leg', leg: underWay.number }
  const last = segments.findLast((segment) => segment.progress === 'done')
  if (!last) return { x: 0, at: 'before', leg: 1 }
  if (last.number === segments.length) return { x: last.x + last.width, at: 'arrived', leg: last.number }
  return { x: last.x + last.width + gap / 2, at: 'between', leg: last.number + 1 }
}
