import type { Gauge, PlacedBox, TrainLimits, Wagon } from '@yidan/api/contract'
import { checkContainerNumber } from '@yidan/ledger'
import { dangerousGoods } from '../bills/tables/dangerous-goods.ts'
import { isReefer, sizeTypes } from '../bills/tables/size-types.ts'
import { fault, warning, type Finding, type Spot } from './findings.ts'
import { checkWagonNumber } from './wagon-number.ts'

/** What a train may carry and how boxes stand on its wagons. All that is wrong is told at once, each by wagon and slot. */
export interface Composition {
  readonly wagons: readonly Wagon[]
  readonly gauge: Gauge
  readonly limits: TrainLimits
  /** The train as it came to this call, when boxes or wagons are exchanged there; null at the first. */
  readonly before: readonly Wagon[] | null
  readonly exchange: boolean
  /** Other trains that carry one of these boxes during the same time, by box. */
  readonly elsewhere: ReadonlyMap<string, string>
}

/** Two 20' boxes on one wagon may differ by this much (铁路集装箱运输规则). */
const pairTolerance = 10_000
/** No box weighs less empty. */
const lightestBox = 1_500

export function compositionFindings(composition: Composition): Finding[] {
  const { wagons } = composition
  return [...wagons.flatMap((wagon, index) => wagonFindings(wagon, index, composition)), ...repeated(wagons), ...trainFindings(composition), ...exchangeFindings(composition)]
}

/** Length by the first character of the size-type (ISO 6346); null when it does not tell. */
export function feetOf(sizeType: string): 20 | 40 | 45 | null {
  const known = (sizeTypes.spokenFor)[sizeType] ?? sizeType
  if (!/^[24L][0-9A-Z]{3}$/.test(known)) return null
  return known.startsWith('2') ? 20 : known.startsWith('4') ? 40 : 45
}

/** 20' places that a box covers. */
export function placesOf({ position, sizeType }: Pick<PlacedBox, 'position' | 'sizeType'>): number[] {
  const feet = feetOf(sizeType) ?? 20
  return Array.from({ length: Math.ceil(feet / 20) }, (_, index) => position + index)
}

export const isReeferBox = ({ sizeType }: Pick<PlacedBox, 'sizeType'>): boolean => isReefer((sizeTypes.spokenFor)[sizeType] ?? sizeType)
export const teuOf = ({ sizeType }: Pick<PlacedBox, 'sizeType'>): number => (feetOf(sizeType) === 20 ? 1 : 2)
export const loadedKg = ({ boxes }: Pick<Wagon, 'boxes'>): number => boxes.reduce((sum, { grossKg }) => sum + grossKg, 0)

/** Gross mass with the wagons' own, length over couplers, boxes and TEU. */
export function totalsOf(wagons: readonly Wagon[]): { boxes: number; teu: number; grossKg: number; lengthMm: number } {
  const boxes = wagons.flatMap((wagon) => wagon.boxes)
  return { boxes: boxes.length, teu: boxes.reduce((sum, box) => sum + teuOf(box), 0), grossKg: wagons.reduce((sum, wagon) => sum + wagon.tareKg + loadedKg(wagon), 0), lengthMm: wagons.reduce((sum, { lengthMm }) => sum + lengthMm, 0) }
}

export const boxesOf = (wagons: readonly Pick<Wagon, 'boxes'>[]): string[] => wagons.flatMap(({ boxes }) => boxes.map(({ container }) => container))

function wagonFindings(wagon: Wagon, index: number, composition: Composition): Finding[] {
  const at: Spot = { pointer: `/wagons/${index}`, wagon: { sequence: index + 1, number: wagon.number } }
  const field = (name: string): Spot => ({ ...at, pointer: `${at.pointer}/${name}` })
  const number = checkWagonNumber(wagon.number)
  const loaded = loadedKg(wagon)
  const twenties = wagon.boxes.filter(({ sizeType }) => feetOf(sizeType) === 20)
  const [one, other] = twenties
  const difference = one && other && twenties.length === 2 && wagon.boxes.length === 2 ? Math.abs(one.grossKg - other.grossKg) : 0
  return [
    ...(number.ok ? (number.gauge === composition.gauge ? [] : [fault(field('number'), 'wagon-of-other-gauge', { found: number.gauge, gauge: composition.gauge }, wagon.number)]) : []),
    ...(number.ok ? [] : number.fault === 'shape' ? [fault(field('number'), 'wagon-number-shape', {}, wagon.number)] : [fault(field('number'), 'wagon-check-digit', { expected: number.expected }, wagon.number)]),
    ...(loaded > wagon.payloadKg ? [fault(field('payloadKg'), 'over-payload', { loaded, limit: wagon.payloadKg }, loaded)] : []),
    ...(difference > pairTolerance ? [warning(field('boxes'), 'pair-uneven', { difference })] : []),
    ...(twenties.length === 1 && wagon.boxes.length === 1 ? [warning(field('boxes'), 'single-twenty')] : []),
    ...wagon.boxes.flatMap((box, slot) => boxFindings(box, { ...at, pointer: `${at.pointer}/boxes/${slot}`, slot: box.position }, wagon, composition)),
    ...crowded(wagon, at),
  ]
}

function boxFindings(box: PlacedBox, at: Spot, { loadingFeet }: Wagon, { elsewhere }: Composition): Finding[] {
  const { container, sizeType, grossKg, position, unNumber, setPoint, empty } = box
  const field = (name: string): Spot => ({ ...at, pointer: `${at.pointer}/${name}` })
  const number = checkContainerNumber(container)
  const feet = feetOf(sizeType)
  const plate = (sizeTypes.types)[(sizeTypes.spokenFor)[sizeType] ?? sizeType]
  const other = elsewhere.get(container)
  return [
    ...(number.ok ? [] : number.fault === 'shape' ? [fault(field('container'), 'box-number-shape', {}, container)] : [fault(field('container'), 'box-check-digit', { expected: number.expected }, container)]),
    ...(other === undefined ? [] : [fault(field('container'), 'box-on-other-train', { container, run: other }, container)]),
    ...(feet === null ? [fault(field('sizeType'), 'size-type-unknown', { sizeType }, sizeType)] : []),
    ...(feet !== null && (position - 1) * 20 + feet > loadingFeet ? [fault(field('position'), 'does-not-fit', { feet, slot: position, deck: loadingFeet }, position)] : []),
    ...(plate !== undefined && grossKg > plate ? [fault(field('grossKg'), 'over-plate', { grossKg, limit: plate }, grossKg)] : []),
    ...(grossKg < lightestBox ? [fault(field('grossKg'), 'weight-too-low', { grossKg }, grossKg)] : []),
    ...(unNumber !== undefined && !/^\d{4}$/.test(unNumber) ? [fault(field('unNumber'), 'un-number-shape', {}, unNumber)] : []),
    ...(unNumber !== undefined && /^\d{4}$/.test(unNumber) && dangerousGoods.classByUnNumber[unNumber] === undefined ? [warning(field('unNumber'), 'un-number-unknown', { unNumber }, unNumber)] : []),
    ...(isReeferBox(box) && !empty && setPoint === undefined ? [warning(field('setPoint'), 'reefer-without-set-point')] : []),
  ]
}

/** Two boxes in one place. */
function crowded({ boxes }: Wagon, at: Spot): Finding[] {
  const taken = new Map<number, string>()
  return boxes.flatMap((box, slot) => {
    const places = placesOf(box)
    const before = places.map((place) => taken.get(place)).find((container) => container !== undefined)
    for (const place of places) if (!taken.has(place)) taken.set(place, box.container)
    return before === undefined ? [] : [fault({ ...at, pointer: `${at.pointer}/boxes/${slot}/position`, slot: box.position }, 'slot-taken', { container: before }, box.position)]
  })
}

/** The same wagon or box twice in one train. */
function repeated(wagons: readonly Wagon[]): Finding[] {
  const sequenceByWagon = new Map<string, number>()
  const sequenceByBox = new Map<string, number>()
  return wagons.flatMap((wagon, index) => {
    const at: Spot = { pointer: `/wagons/${index}`, wagon: { sequence: index + 1, number: wagon.number } }
    const before = sequenceByWagon.get(wagon.number)
    if (before === undefined) sequenceByWagon.set(wagon.number, index + 1)
    const found = before === undefined ? [] : [fault({ ...at, pointer: `${at.pointer}/number` }, 'wagon-twice', { sequence: before }, wagon.number)]
    for (const [slot, { container, position }] of wagon.boxes.entries()) {
      const sequence = sequenceByBox.get(container)
      if (sequence === undefined) sequenceByBox.set(container, index + 1)
      else found.push(fault({ ...at, pointer: `${at.pointer}/boxes/${slot}/container`, slot: position }, 'box-twice', { container, sequence }, container))
    }
    return found
  })
}

function trainFindings({ wagons, limits }: Composition): Finding[] {
  const at: Spot = { pointer: '/wagons' }
  const { grossKg, lengthMm } = totalsOf(wagons)
  return [
    ...(wagons.length > limits.wagons ? [fault(at, 'too-many-wagons', { wagons: wagons.length, limit: limits.wagons }, wagons.length)] : []),
    ...(grossKg > limits.grossKg ? [fault(at, 'train-too-heavy', { grossKg, limit: limits.grossKg }, grossKg)] : []),
    ...(lengthMm > limits.lengthMm ? [fault(at, 'train-too-long', { metres: Math.ceil(lengthMm / 1000), limit: Math.floor(limits.lengthMm / 1000) }, lengthMm)] : []),
  ]
}

/** Where only the gauge changes the boxes stay the same; only where cars are exchanged may something join or leave. */
function exchangeFindings({ wagons, before, exchange }: Composition): Finding[] {
  if (before === null) return []
  const boxBefore = new Map(before.flatMap((wagon) => wagon.boxes.map((box) => [box.container, box] as const)))
  const boxesNow = new Set(boxesOf(wagons))
  const found: Finding[] = exchange ? [] : [...boxBefore.keys()].filter((container) => !boxesNow.has(container)).map((container) => fault({ pointer: '/wagons' }, 'box-left-behind', { container }, container))
  for (const [index, wagon] of wagons.entries()) {
    for (const [slot, box] of wagon.boxes.entries()) {
      const at: Spot = { pointer: `/wagons/${index}/boxes/${slot}`, wagon: { sequence: index + 1, number: wagon.number }, slot: box.position }
      const was = boxBefore.get(box.container)
      if (was === undefined && !exchange) found.push(fault({ ...at, pointer: `${at.pointer}/container` }, 'box-from-nowhere', { container: box.container }, box.container))
      if (was !== undefined && (was.sizeType !== box.sizeType || was.grossKg !== box.grossKg)) found.push(warning(at, 'box-differs', { container: box.container }))
    }
  }
  return found
}
