import type { PreAdvice, RunId } from '@yidan/api/contract'
import { csvOf } from '../access/csv.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { openRun, type Asking, type KnownRun } from './desk.ts'
import { columnNames, nameOfColumn } from './list-columns.ts'
import { boxesOf, totalsOf } from './rules.ts'
import { gaugeOf, sectionFrom, sectionTo, utc, type Section } from './run.ts'
import { visibleBoxes, wagonView } from './view.ts'

/** What comes to a station: the train in its order, and which boxes are to be taken off there. @throws Problem `train-not-composed`, `train-cancelled` */
export async function preAdvice(asking: Asking, { run: id, call }: { readonly run: RunId; readonly call: number }): Promise<PreAdvice> {
  const known = await openRun(asking, id)
  const { run, progress } = known
  const place = progress.calls[call - 1]
  const section = sectionTo(run, call)
  if (run.cancelled) throw new Problem('train-cancelled')
  if (place === undefined || call < 2) throw new Problem('not-found', { call })
  if (section === null) throw new Problem('train-not-composed', { call })
  const leaving = boxesLeaving(known, call, section)
  const boxes = await visibleBoxes(asking, boxesOf(section.wagons))
  const wagons = section.wagons.map((wagon, index) => {
    const view = wagonView(wagon, index, boxes)
    return { ...view, boxes: view.boxes.map((box) => ({ ...box, leaves: leaving.has(box.container) })) }
  })
  const planned = place.arrival ?? ''
  const { boxes: count, ...totals } = totalsOf(section.wagons)
  return {
    run: run._id, service: run.service, date: run.date, call, place: place.place, code: place.code, planned, expected: place.actualArrival ?? place.expectedArrival ?? utc(planned), madeAt: asking.ports.clock().toISOString(), gauge: gaugeOf(run, section),
    totals: { wagons: section.wagons.length, boxes: count, leaving: leaving.size, ...totals, dangerous: section.wagons.flatMap((wagon) => wagon.boxes).filter(({ unNumber }) => unNumber !== undefined).length, reefers: wagons.flatMap((wagon) => wagon.boxes).filter(({ reefer }) => reefer).length },
    wagons,
  }
}

/** All at the last call; where the train is composed anew, those it does not take along. */
function boxesLeaving({ run }: KnownRun, call: number, section: Section): ReadonlySet<string> {
  const onward = call === run.plan.calls.length ? [] : boxesOf(sectionFrom(run, call)?.wagons ?? [])
  const staying = new Set(onward)
  return new Set(boxesOf(section.wagons).filter((container) => !staying.has(container)))
}

const adviceHeadings: Readonly<Record<Language, readonly string[]>> = {
  zh: ['车次', '日期', '到站', '预计到达UTC', '顺位', '车号', '车型', '箱位', '箱号', '箱型', '箱货总重kg', '空重', '封志号', 'UN编号', '类别', '设定温度', '本站卸下', '提单号'],
  en: ['Train', 'Date', 'Station', 'Expected UTC', 'Sequence', 'Wagon', 'Wagon type', 'Slot', 'Container', 'Size-type', 'Gross kg', 'Empty', 'Seal', 'UN', 'Class', 'Set point', 'Leaves here', 'Bill'],
}
const yes: Readonly<Record<Language, readonly [string, string]>> = { zh: ['是', '否'], en: ['yes', 'no'] }
const emptyWords: Readonly<Record<Language, readonly [string, string]>> = { zh: ['空', '重'], en: ['E', 'F'] }

export function preAdviceCsv({ service, date, place, expected, wagons }: PreAdvice, language: Language): string {
  const head = [service, date, place, expected]
  const rows = wagons.flatMap(({ sequence, number, type, boxes }) =>
    boxes.length === 0
      ? [[...head, sequence, number, type, ...Array<null>(11).fill(null)]]
      : boxes.map((box) => [...head, sequence, number, type, box.position, box.container, box.sizeType, box.grossKg, emptyWords[language][box.empty ? 0 : 1], box.seal ?? null, box.unNumber ?? null, box.imoClass, box.setPoint ?? null, yes[language][box.leaves ? 0 : 1], box.billNumber]),
  )
  return csvOf(adviceHeadings[language], rows)
}

/** The composition as a list that can be imported again. @throws Problem `train-not-composed` */
export async function compositionCsv(asking: Asking, { run: id, call }: { readonly run: RunId; readonly call: number }): Promise<string> {
  const { run } = await openRun(asking, id)
  const section = sectionFrom(run, call)
  if (section === null) throw new Problem('train-not-composed', { call })
  const rows = section.wagons.flatMap(({ number, type, tareKg, payloadKg, lengthMm, loadingFeet, boxes }) => {
    const own = [number, type, tareKg, payloadKg, lengthMm / 1000, loadingFeet]
    if (boxes.length === 0) return [[...own, ...Array<null>(8).fill(null)]]
    return boxes.map((box) => [...own, box.position, box.container, box.sizeType, box.grossKg, emptyWords[asking.language][box.empty ? 0 : 1], box.seal ?? null, box.unNumber ?? null, box.setPoint ?? null])
  })
  return csvOf(columnNames.map((column) => nameOfColumn(column, asking.language)), rows)
}
