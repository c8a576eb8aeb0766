import type { LegView, TimelineItem } from '@yidan/api/contract'

/** One line of a timeline: what was to happen, what is expected, what did. */
export interface TimelineRow {
  readonly key: string
  readonly code: string
  readonly place: string | null
  readonly leg: number | null
  /** As the timetable says it, with its own offset, or a moment. */
  readonly planned: string | null
  readonly estimated: string | null
  readonly actual: string | null
  /** The fact was taken back; it stays, struck out. */
  readonly retracted: boolean
  readonly detail: string | null
  /** Feed position of the newest event in it; null when it is only the plan. */
  readonly position: number | null
  /** Later than planned by, in ms: by fact, else by estimate; 0 when on time or not planned. */
  readonly lateMs: number
  /** How many reports it stands for. */
  readonly times: number
  /** Each report of a line that stands for several boxes, oldest first; empty for every other line. */
  readonly each: readonly TimelineItem[]
}

type PlannedLeg = Pick<LegView, 'number' | 'from' | 'to' | 'plannedDeparture' | 'plannedArrival' | 'actualDeparture' | 'actualArrival'>
interface Draft { code: string; place: string | null; leg: number | null; planned: string | null; estimated: string | null; actual: TimelineItem | null; /** Known from the leg, though no event tells it. */ came: string | null; position: number | null; detail: string | null; times: number; each: TimelineItem[]; at: number; order: number }

/** Of a long timeline its end is shown first. */
const endOf = 40

/** How many lines are left out until somebody wants them; a few more than the end are not worth a button. */
export function leftOut(lines: number): number {
  return lines <= endOf * 1.5 ? 0 : lines - endOf
}

/** The first line that is still to come: after the last thing that is known to have happened. Null when all has. */
export function firstToCome(rows: readonly TimelineRow[]): TimelineRow | null {
  return rows[rows.findLastIndex((row) => row.actual !== null) + 1] ?? null
}

/** What is told of one box after another within this time is one line. */
const together = 6 * 3_600_000

/** Plan and facts in one line each, in the order of time; a run of positions is one line, and so is the same thing told of one box after another. */
export function timelineOf(items: readonly TimelineItem[], legs: readonly PlannedLeg[] = []): readonly TimelineRow[] {
  const rows: Draft[] = []
  const inOrder = [...items].sort((one, other) => Date.parse(one.at) - Date.parse(other.at) || one.position - other.position)
  for (const item of inOrder) if (item.kind === 'ACT') takeFact(rows, item)
  // A newer message replaces an older plan, whatever time it names.
  for (const item of [...items].sort((one, other) => one.position - other.position)) if (item.kind !== 'ACT' && !item.retracted) takePlan(rows, item)
  for (const leg of legs) {
    takeTimetable(rows, { code: 'DEPA', leg: leg.number, place: leg.from, at: leg.plannedDeparture, came: leg.actualDeparture })
    takeTimetable(rows, { code: 'ARRI', leg: leg.number, place: leg.to, at: leg.plannedArrival, came: leg.actualArrival })
  }
  for (const row of rows) row.at = Date.parse(row.actual?.at ?? row.came ?? row.estimated ?? row.planned ?? '')
  return rows.sort((one, other) => one.at - other.at || (one.leg ?? 0) - (other.leg ?? 0) || one.order - other.order).map(finish)
}

function takeFact(rows: Draft[], item: TimelineItem): void {
  const last = rows.at(-1)
  if (item.code === 'POSITION' && !item.retracted && last?.code === 'POSITION' && last.actual && !last.actual.retracted) {
    Object.assign(last, { actual: item, place: item.place ?? last.place, position: item.position, detail: item.detail, times: last.times + 1 })
    return
  }
  const before = last?.each.length ? last.each : last?.actual ? [last.actual] : []
  if (last && isOfAnotherBox(item, before)) {
    Object.assign(last, { actual: item, position: Math.max(last.position ?? 0, item.position), detail: null, times: before.length + 1, each: [...before, item] })
    return
  }
  rows.push({ ...lineOf(item, rows.length), actual: item })
}

/** The same thing at the same place, a little later, of another box: its detail names the box. */
function isOfAnotherBox(item: TimelineItem, before: readonly TimelineItem[]): boolean {
  const last = before.at(-1)
  if (last === undefined || item.detail === null || last.detail === null || item.retracted || last.retracted) return false
  return last.code === item.code && last.place === item.place && last.leg === item.leg && Date.parse(item.at) - Date.parse(last.at) <= together && !before.some(({ detail }) => detail === item.detail)
}

function takePlan(rows: Draft[], item: TimelineItem): void {
  const field = item.kind === 'PLN' ? 'planned' : 'estimated'
  const row = rows.find((candidate) => sameThing(candidate, item) && !candidate.actual?.retracted)
  if (!row) {
    rows.push({ ...lineOf(item, rows.length), [field]: item.at })
    return
  }
  row[field] = item.at
  row.position = Math.max(row.position ?? 0, item.position)
}

function takeTimetable(rows: Draft[], stop: { code: string; leg: number; place: string; at: string; came: string | null }): void {
  const row = rows.find((candidate) => candidate.code === stop.code && candidate.leg === stop.leg && !candidate.actual?.retracted)
  if (row) row.planned ??= stop.at
  else rows.push({ code: stop.code, place: stop.place, leg: stop.leg, planned: stop.at, estimated: null, actual: null, came: stop.came, position: null, detail: null, times: 1, each: [], at: 0, order: rows.length })
}

function lineOf(item: TimelineItem, order: number): Draft {
  return { code: item.code, place: item.place, leg: item.leg, planned: null, estimated: null, actual: null, came: null, position: item.position, detail: item.detail, times: 1, each: [], at: 0, order }
}

function sameThing(row: Draft, item: TimelineItem): boolean {
  return row.code === item.code && row.leg === item.leg && (row.leg !== null || row.place === item.place)
}

function finish(row: Draft, index: number): TimelineRow {
  const { code, place, leg, planned, estimated, actual, position, detail, times, each } = row
  const fact = actual ? actual.at : row.came
  const came = actual?.retracted ? null : fact ?? estimated
  const behind = planned && came ? Date.parse(came) - Date.parse(planned) : 0
  return {
    key: actual?.eventID ?? `${code}-${leg ?? ''}-${place ?? ''}-${index}`, code, place, leg, planned, estimated, actual: fact, retracted: actual?.retracted ?? false, detail, position, times, each,
    lateMs: Number.isFinite(behind) && behind >= 3_600_000 ? behind : 0,
  }
}
