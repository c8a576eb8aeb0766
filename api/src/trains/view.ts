import type { BoxOnTrain, RunSummary, RunView, TrainReport, TrainSection, WagonOnTrain } from '@yidan/api/contract'
import type { z } from 'zod'
import { dangerousGoods } from '../bills/tables/dangerous-goods.ts'
import { track, type Tracked } from '../tracking/view.ts'
import { mayFollowBox, partyOf, seesAll, type Asking, type KnownRun } from './desk.ts'
import { elsewhereOf } from './elsewhere.ts'
import { isFault, wordFinding } from './findings.ts'
import { nextOf } from './progress.ts'
import { boxesOf, compositionFindings, feetOf, isReeferBox, loadedKg, totalsOf } from './rules.ts'
import { gaugeOf, sectionFrom, sectionTo, type Section } from './run.ts'

export type BoxView = z.infer<typeof BoxOnTrain>

/** Boxes of a train as tracking knows them, those the caller may follow. */
export interface VisibleBoxes {
  readonly whole: boolean
  /** Null for a box of which nothing was ever heard. */
  get(container: string): Tracked | null
  has(container: string): boolean
}

export async function runView(asking: Asking, known: KnownRun): Promise<RunView> {
  const { run, progress } = known
  const position = asking.ports.feed.health().position
  const boxes = await visibleBoxes(asking, run.boxes)
  const sections = run.sections.map((section) => sectionView(known, section, boxes))
  const names = await asking.directory.byParties([...new Set(run.reports.map(({ by }) => by))])
  return {
    ...summaryOf(known, asking.ports.clock(), aboardNow(known)?.wagons.flatMap((wagon) => wagon.boxes).filter(({ container }) => boxes.has(container)).length ?? 0),
    revision: run.revision, plan: run.plan, calls: [...progress.calls], sections,
    reports: run.reports.map(({ at, by, report }) => {
      const party = names.get(by)
      return { at, by: (asking.language === 'en' ? party?.nameEn : null) ?? party?.name ?? null, report: boxes.whole ? report : withoutForeign(report, boxes) }
    }),
    findings: boxes.whole ? await standingFindings(asking, known) : [], whole: boxes.whole, position,
  }
}

export function summaryOf(known: KnownRun, now: Date, boxes: number): RunSummary {
  const { run, progress } = known
  const [first, last] = [run.plan.calls[0], run.plan.calls.at(-1)]
  return {
    run: run._id, service: run.service, date: run.date, corridor: run.plan.corridor, state: progress.state, from: first?.place ?? '', fromCode: first?.code ?? '', to: last?.place ?? '', toCode: last?.code ?? '',
    departure: first?.departure ?? '', arrival: last?.arrival ?? last?.departure ?? '', wagons: aboardNow(known)?.wagons.length ?? null, boxes, lastSeen: progress.lastSeen, ...nextOf(progress, now),
  }
}

/** The section the train runs with now: as it left the last call, or will leave the first. */
export function aboardNow({ run, progress: { next, calls } }: KnownRun): Section | null {
  if (next === null) return run.sections.at(-1) ?? null
  const standing = calls[next]?.actualArrival !== null && calls[next]?.actualArrival !== undefined
  return sectionFrom(run, Math.max(1, next + (standing ? 1 : 0)))
}

/** Reads the boxes and judges the right to each. */
export async function visibleBoxes({ caller, reader }: Asking, containers: readonly string[]): Promise<VisibleBoxes> {
  const whole = seesAll(caller)
  const found = await reader.boxes(containers)
  const own = whole ? found : found.filter(({ followers }) => (followers as readonly string[]).includes(partyOf(caller)))
  const tracked = new Map((await track(reader, own)).map((one) => [one.box._id, one]))
  const visible = whole ? null : new Set([...tracked.values()].filter(({ bill }) => mayFollowBox(caller, bill)).map(({ box }) => box._id))
  return { whole, get: (container) => tracked.get(container) ?? null, has: (container) => visible === null || visible.has(container) }
}

export function boxView(box: Section['wagons'][number]['boxes'][number], tracked: Tracked | null): BoxView {
  return {
    ...box, feet: feetOf(box.sizeType) ?? 20, reefer: isReeferBox(box), imoClass: box.unNumber === undefined ? null : (dangerousGoods.classByUnNumber[box.unNumber] ?? null),
    billNumber: tracked?.box.billNumber ?? null, movement: tracked?.journey.movement ?? 'EXPECTED',
  }
}

/** Those who see only some boxes are shown the wagons that carry them, in their places, and no sums that would tell of others. */
function sectionView(known: KnownRun, section: Section, boxes: VisibleBoxes): TrainSection {
  const { run } = known
  const before = section.call === 1 ? null : sectionTo(run, section.call)
  const shown = section.wagons.map((wagon, index) => wagonView(wagon, index, boxes)).filter((wagon) => boxes.whole || wagon.boxes.length > 0)
  const change = (from: Section | null, to: Section | null): { wagons: string[]; boxes: string[] } => {
    if (before === null) return { wagons: [], boxes: [] }
    const [wagonsBefore, boxesBefore] = [new Set(from?.wagons.map(({ number }) => number)), new Set(boxesOf(from?.wagons ?? []))]
    return { wagons: boxes.whole ? (to?.wagons ?? []).flatMap(({ number }) => (wagonsBefore.has(number) ? [] : [number])) : [], boxes: boxesOf(to?.wagons ?? []).filter((container) => !boxesBefore.has(container) && boxes.has(container)) }
  }
  return {
    call: section.call, gauge: gaugeOf(run, section), composedAt: section.at, wagons: shown, wagonCount: section.wagons.length, totals: boxes.whole ? totalsOf(section.wagons) : null,
    joined: change(before, section), left: change(section, before),
  }
}

export function wagonView(wagon: Section['wagons'][number], index: number, boxes: VisibleBoxes): WagonOnTrain {
  return { ...wagon, sequence: index + 1, grossKg: boxes.whole ? wagon.tareKg + loadedKg(wagon) : null, boxes: wagon.boxes.filter(({ container }) => boxes.has(container)).map((box) => boxView(box, boxes.get(box.container))) }
}

function withoutForeign(report: TrainReport, boxes: VisibleBoxes): TrainReport {
  const own = (list: readonly string[]): string[] => list.filter((container) => boxes.has(container))
  if (report.kind === 'departed') return { ...report, missing: own(report.missing), unlisted: own(report.unlisted) }
  if (report.kind !== 'confirmed') return report
  const { missingBoxes, extraBoxes, movedBoxes } = report.differences
  return { ...report, differences: { missingWagons: [], extraWagons: [], missingBoxes: own(missingBoxes), extraBoxes: own(extraBoxes), movedBoxes: own(movedBoxes) } }
}

/** What is not right about the newest composition as it stands now: two trains may have been given one box at the same moment. */
async function standingFindings(asking: Asking, { run }: KnownRun): Promise<RunView['findings']> {
  const section = run.sections.at(-1)
  if (section === undefined || run.cancelled) return []
  const call = run.plan.calls[section.call - 1]
  const found = compositionFindings({
    wagons: section.wagons, gauge: gaugeOf(run, section), limits: run.plan.limits[gaugeOf(run, section)], before: section.call === 1 ? null : (sectionTo(run, section.call)?.wagons ?? []),
    exchange: call?.exchange ?? false, elsewhere: await elsewhereOf(asking.store, run, section),
  })
  return found.sort((one, other) => Number(isFault(other)) - Number(isFault(one))).map((finding) => wordFinding(finding, asking.language))
}
