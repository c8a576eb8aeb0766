import type { Gauge, RunId, TrainPlan, TrainReport, Wagon } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { LogEntry } from '../events/types.ts'
import { gaugeFrom } from './plan-rules.ts'
import { boxesOf } from './rules.ts'

/** One run of a train as its entries in the log tell it. What the train does on the way is not in here: tracking knows its reports. */
export interface TrainRun {
  readonly _id: RunId
  readonly service: string
  readonly date: string
  readonly plan: TrainPlan
  /** By call, in the order of the calls. */
  readonly sections: readonly Section[]
  readonly reports: readonly Reported[]
  readonly cancelled: boolean
  readonly revision: number
  /** First planned departure and last planned arrival, UTC. */
  readonly start: string
  readonly end: string
  /** For finding runs: UN/LOCODEs, boxes and wagons of all sections. */
  readonly stations: readonly string[]
  readonly boxes: readonly string[]
  readonly wagons: readonly string[]
  readonly position: number
}
/** The train as it leaves a call, until the next call with a section of its own. */
export interface Section {
  /** Counted from 1. */
  readonly call: number
  readonly wagons: readonly Wagon[]
  readonly at: string
  readonly position: number
}
export interface Reported {
  readonly at: string
  readonly by: PartyId
  readonly report: TrainReport
}
/** A box on a train, from when to when by plan. */
export interface Ride {
  readonly container: string
  readonly from: string
  readonly to: string
}

/** The run after one more entry; an entry that it has seen, or that is not of it, changes nothing. */
export function runAfter(before: TrainRun | null, { event, at, position }: LogEntry): TrainRun | null {
  if (before !== null && before.position >= position) return before
  switch (event.type) {
    case 'train-planned': {
      const { run, service, plan, revision } = event
      return indexed({ ...(before ?? { sections: [], reports: [], cancelled: false }), _id: run as RunId, service, date: run.slice(-10), plan, revision, position })
    }
    case 'train-composed': {
      if (before === null) return null
      const section: Section = { call: event.call, wagons: event.wagons, at: at.toISOString(), position }
      const sections = [...before.sections.filter(({ call }) => call !== event.call), section].sort((one, other) => one.call - other.call)
      return indexed({ ...before, sections, revision: event.revision, position })
    }
    case 'train-reported': {
      if (before === null) return null
      const reports = [...before.reports, { at: at.toISOString(), by: event.by, report: event.report }]
      return { ...before, reports, cancelled: before.cancelled || event.report.kind === 'cancelled', revision: event.revision, position }
    }
    default:
      return before
  }
}

/** The run an entry is about, or null. */
export function runOf({ event }: LogEntry): string | null {
  return event.type === 'train-planned' || event.type === 'train-composed' || event.type === 'train-reported' ? event.run : null
}

function indexed(run: Omit<TrainRun, 'start' | 'end' | 'stations' | 'boxes' | 'wagons'>): TrainRun {
  const { calls } = run.plan
  const last = calls.at(-1)
  return {
    ...run, start: utc(calls[0]?.departure), end: utc(last?.arrival ?? last?.departure), stations: [...new Set(calls.map(({ code }) => code))],
    boxes: [...new Set(run.sections.flatMap(({ wagons }) => boxesOf(wagons)))].sort(), wagons: [...new Set(run.sections.flatMap(({ wagons }) => wagons.map(({ number }) => number)))].sort(),
  }
}

/** The section with which the train leaves a call: the one composed there, or the last one before. */
export function sectionFrom({ sections }: Pick<TrainRun, 'sections'>, call: number): Section | null {
  return sections.findLast((section) => section.call <= call) ?? null
}

/** The section with which the train comes to a call. */
export function sectionTo(run: Pick<TrainRun, 'sections'>, call: number): Section | null {
  return sectionFrom(run, call - 1)
}

export function gaugeOf({ plan }: Pick<TrainRun, 'plan'>, { call }: Pick<Section, 'call'>): Gauge {
  return gaugeFrom(plan, call)
}

/** What rides when: a box that is on from one section to the next rides through. */
export function ridesOf({ sections, plan, end }: Pick<TrainRun, 'sections' | 'plan' | 'end'>): Ride[] {
  return sections.flatMap(({ call, wagons }, index) => {
    const next = sections[index + 1]
    const from = utc(plan.calls[call - 1]?.departure)
    const to = next === undefined ? end : utc(plan.calls[next.call - 1]?.arrival)
    return boxesOf(wagons).map((container) => ({ container, from, to }))
  })
}

/** UTC text with milliseconds; the end of time for what is not known. */
export function utc(moment: string | null | undefined): string {
  return moment === null || moment === undefined ? '9999-12-31T00:00:00.000Z' : new Date(moment).toISOString()
}
