import type { RunCall, RunView, TrainSection } from '@yidan/api/contract'

type WagonShown = TrainSection['wagons'][number]
type BoxShown = WagonShown['boxes'][number]

/** Every box of the train from its head to its end. */
export function boxRows({ wagons }: Pick<TrainSection, 'wagons'>): readonly { readonly wagon: WagonShown; readonly box: BoxShown }[] {
  return wagons.flatMap((wagon) => [...wagon.boxes].sort((one, other) => one.position - other.position).map((box) => ({ wagon, box })))
}

/** How many boxes are in which state, and how many need care. */
export function countsOf(section: Pick<TrainSection, 'wagons'>): { readonly states: readonly { readonly movement: BoxShown['movement']; readonly count: number }[]; readonly dangerous: number; readonly reefers: number } {
  const boxes = boxRows(section).map(({ box }) => box)
  const states = [...new Set(boxes.map(({ movement }) => movement))].map((movement) => ({ movement, count: boxes.filter((box) => box.movement === movement).length }))
  return { states, dangerous: boxes.filter(({ unNumber }) => unNumber !== undefined).length, reefers: boxes.filter(({ reefer }) => reefer).length }
}

/** `26.05 t`: weights of wagons and boxes as the railway says them. */
export function tonnes(kg: number): string {
  return `${(kg / 1000).toFixed(kg % 1000 === 0 ? 0 : kg % 100 === 0 ? 1 : 2)} t`
}

/** The section with which the train runs now: as it left the last call, or is to leave the first. */
export function sectionNow({ sections, calls }: Pick<RunView, 'sections' | 'calls'>): TrainSection | null {
  const left = calls.findLast(({ actualDeparture }) => actualDeparture !== null)?.number ?? 1
  return sections.findLast(({ call }) => call <= left) ?? sections[0] ?? null
}

/** New times for a call and those after it, when everything from there on is so many minutes later than planned. Only calls ahead. */
export function shifted(calls: readonly RunCall[], from: number, minutes: number): { call: number; arrival: string | null; departure: string | null }[] {
  const later = (moment: string | null): string | null => (moment === null ? null : new Date(Date.parse(moment) + minutes * 60_000).toISOString())
  return calls.filter(({ number, actualDeparture }) => number >= from && actualDeparture === null).map(({ number, arrival, departure, actualArrival }) => ({ call: number, arrival: actualArrival === null ? later(arrival) : null, departure: later(departure) }))
    .filter(({ arrival, departure }) => (arrival ?? departure) !== null)
}

/** The wagon list as lines of text, a wagon and its boxes on each; and back. */
export function listText({ wagons }: Pick<TrainSection, 'wagons'>): string {
  return wagons.map(({ number, boxes }) => [number, ...boxes.map(({ container }) => container)].join(' ')).join('\n')
}

export function listFrom(text: string): { number: string; boxes: string[] }[] {
  return text.split('\n').map((line) => line.trim().toUpperCase().split(/[\s,;，；、]+/).filter((word) => word !== '')).flatMap(([number, ...boxes]) => (number === undefined ? [] : [{ number, boxes }]))
}
