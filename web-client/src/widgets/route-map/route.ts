import type { LegView } from '@yidan/api/contract'
import { findPlace, laneBetween, type Place } from './places.ts'

export type MapLeg = Pick<LegView, 'mode' | 'from' | 'fromCode' | 'to' | 'toCode' | 'progress'>
export interface Point { readonly x: number; readonly y: number }

export interface RouteNode extends Point {
  readonly place: Place | null
  /** As the bill says it. */
  readonly name: string
}

export interface RouteLine {
  readonly leg: number
  readonly mode: LegView['mode']
  readonly progress: LegView['progress']
  readonly points: readonly Point[]
  readonly from: RouteNode
  readonly to: RouteNode
}

export interface RouteLayout {
  readonly nodes: readonly RouteNode[]
  readonly lines: readonly RouteLine[]
  /** Short ways between two stations of one joint, such as a change of gauge at a border. */
  readonly transfers: readonly (readonly [RouteNode, RouteNode])[]
  readonly width: number
  readonly height: number
}

/** What moves: a train, a ship, or boxes seen at one spot. */
export interface MapUnit {
  readonly label: string
  /** The leg it is on, counted from 1. */
  readonly leg: number | null
  readonly place: string | null
  readonly code?: string | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly stale: boolean
}
export interface PlacedUnit extends Point {
  readonly unit: MapUnit
  /** `seen` there; `assumed` somewhere on its leg. */
  readonly how: 'seen' | 'assumed'
}

interface Stop { place: Place | null; name: string; x: number; y: number; set: boolean }

/** Lays the legs out on the grid: known places where they belong, unknown ones between or beside their neighbours; gaps are evened out, order is kept. */
export function layOut(legs: readonly MapLeg[], { width, height, margin = 46 }: { width: number; height: number; margin?: number }): RouteLayout {
  const stops: Stop[] = []
  const ends: { from: number; to: number }[] = []
  const joints: [number, number][] = []
  for (const leg of legs) {
    const from = joinedTo(stops.at(-1), leg.from, leg.fromCode) ? stops.length - 1 : stops.push(stopAt(leg.from, leg.fromCode)) - 1
    if (from > 0 && from === stops.length - 1 && ends.length > 0 && ends.at(-1)?.to !== from) joints.push([ends.at(-1)?.to ?? 0, from])
    const arrival = stopAt(leg.to, leg.toCode)
    // A door in the town whose port we know is not the port.
    if (arrival.place && arrival.place === stops[from]?.place) Object.assign(arrival, { place: null, set: false })
    ends.push({ from, to: stops.push(arrival) - 1 })
  }
  findRoomForUnknown(stops)

  const lanes = legs.map((leg, index) => {
    const { from, to } = ends[index] ?? { from: 0, to: 0 }
    const one = stops[from]?.place, other = stops[to]?.place
    return leg.mode === 'sea' && one && other ? laneBetween(one, other) : []
  })
  const bends = lanes.flat()
  const column = evened([...stops.map((stop) => stop.x), ...bends.map(([x]) => x)], { least: 1, most: 3.2, same: 0.05 })
  const row = evened([...stops.map((stop) => stop.y), ...bends.map(([, y]) => y)], { least: 0.7, most: 1.8, same: 0.3 })
  const across = { from: margin, to: width - margin }, down = { from: margin * 0.75, to: height - margin * 0.75 }
  const place = (x: number, y: number): Point => ({ x: scale(column, x, across), y: scale(row, y, down) })

  const nodes = stops.map((stop): RouteNode => ({ ...place(stop.x, stop.y), place: stop.place, name: stop.name }))
  const lines = legs.flatMap((leg, index): RouteLine[] => {
    const from = nodes[ends[index]?.from ?? -1], to = nodes[ends[index]?.to ?? -1]
    if (!from || !to) return []
    return [{ leg: index + 1, mode: leg.mode, progress: leg.progress, from, to, points: [from, ...(lanes[index] ?? []).map(([x, y]) => place(x, y)), to] }]
  })
  const transfers = joints.flatMap(([one, other]) => {
    const from = nodes[one], to = nodes[other]
    return from && to ? [[from, to] as const] : []
  })
  return { nodes, lines, transfers, width, height }
}

/** Where a unit is drawn: where it was seen; else somewhere on its leg; null when nothing is known - then it is said, not drawn. */
export function placeUnit(layout: RouteLayout, unit: MapUnit): PlacedUnit | null {
  const line = layout.lines.find(({ leg }) => leg === unit.leg)
  const { latitude, longitude } = unit
  if (latitude !== null && longitude !== null) {
    const on = line ?? nearest(layout.lines, latitude, longitude)
    const part = on && partOf(on, latitude, longitude)
    if (on && part !== null && part !== undefined) return { ...along(on.points, part), unit, how: 'seen' }
  }
  const found = findPlace({ code: unit.code ?? null, name: unit.place })
  const node = layout.nodes.findLast((candidate) => (found !== null && candidate.place === found) || (unit.place !== null && candidate.name === unit.place))
  if (node) return { x: node.x, y: node.y, unit, how: 'seen' }
  if (!line) return null
  const part = { waiting: 0, 'under-way': 0.5, done: 1 }[line.progress]
  return { ...along(line.points, part), unit, how: 'assumed' }
}

/** The point at a part (0 to 1) of a line's length. */
export function along(points: readonly Point[], part: number): Point {
  const lengths = points.slice(1).map((point, index) => Math.hypot(point.x - (points[index]?.x ?? 0), point.y - (points[index]?.y ?? 0)))
  let left = part * lengths.reduce((sum, length) => sum + length, 0)
  for (const [index, length] of lengths.entries()) {
    const from = points[index], to = points[index + 1]
    if (!from || !to) break
    if (left <= length || index === lengths.length - 1) {
      const share = length === 0 ? 0 : Math.min(1, left / length)
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
    }
    left -= length
  }
  const first = points[0]
  return { x: first?.x ?? 0, y: first?.y ?? 0 }
}

function stopAt(name: string, code: string | null): Stop {
  const place = findPlace({ code, name })
  return { place, name, x: place?.column ?? 0, y: place?.row ?? 0, set: place !== null }
}

/** Whether the next leg starts where the last one ended: the same place, or one of the two is a name we cannot tell apart. */
function joinedTo(last: Stop | undefined, name: string, code: string | null): boolean {
  if (!last) return false
  const next = findPlace({ code, name })
  return next === null || last.place === null || next === last.place
}

function findRoomForUnknown(stops: Stop[]): void {
  for (const [index, stop] of stops.entries()) {
    if (stop.set) continue
    const before = stops[index - 1]
    const ahead = stops.findIndex((later, at) => at > index && later.set)
    const after = stops[ahead]
    if (before?.set && after) {
      const share = 1 / (ahead - index + 1)
      Object.assign(stop, { x: before.x + (after.x - before.x) * share, y: before.y + (after.y - before.y) * share, set: true })
    } else if (before?.set) {
      const earlier = stops[index - 2]
      Object.assign(stop, { x: before.x + ((earlier?.x ?? before.x - 1) <= before.x ? 1 : -1), y: before.y + 0.8, set: true })
    } else if (after) {
      const later = stops[ahead + 1]
      const back = (later?.x ?? after.x + 1) >= after.x ? -1 : 1
      Object.assign(stop, { x: after.x + back * (ahead - index), y: after.y + 0.8, set: true })
    } else Object.assign(stop, { x: index * 2, y: 0, set: true })
  }
}

/** Evens the gaps out: neighbours on the axis keep their order, none nearer than `least` or farther than `most`; the nearly same become the same. */
export function evened(values: readonly number[], { least, most, same }: { least: number; most: number; same: number }): ReadonlyMap<number, number> {
  const result = new Map<number, number>()
  let at = 0, before: number | null = null
  for (const value of [...new Set(values)].sort((one, other) => one - other)) {
    const gap: number = before === null ? 0 : value - before
    if (gap > same) at += Math.min(most, Math.max(least, gap))
    result.set(value, at)
    before = value
  }
  return result
}

export function scale(axis: ReadonlyMap<number, number>, value: number, { from, to }: { from: number; to: number }): number {
  const most = Math.max(...axis.values())
  return most === 0 ? (from + to) / 2 : from + ((axis.get(value) ?? 0) / most) * (to - from)
}

/** How far along its line something seen at a position is, by its distance to both ends. */
function partOf(line: RouteLine, latitude: number, longitude: number): number | null {
  const { from: { place: from }, to: { place: to } } = line
  if (!from || !to) return null
  const behind = kilometres(from, { latitude, longitude }), ahead = kilometres({ latitude, longitude }, to)
  return behind + ahead === 0 ? 0 : behind / (behind + ahead)
}

function nearest(lines: readonly RouteLine[], latitude: number, longitude: number): RouteLine | undefined {
  const detour = ({ from, to }: RouteLine): number => from.place && to.place
    ? kilometres(from.place, { latitude, longitude }) + kilometres({ latitude, longitude }, to.place) - kilometres(from.place, to.place)
    : Infinity
  return [...lines].sort((one, other) => detour(one) - detour(other))[0]
}

export function kilometres(one: { latitude: number; longitude: number }, other: { latitude: number; longitude: number }): number {
  const rad = Math.PI / 180
  const across = Math.sin(((other.longitude - one.longitude) * rad) / 2) ** 2 * Math.cos(one.latitude * rad) * Math.cos(other.latitude * rad)
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(Math.sin(((other.latitude - one.latitude) * rad) / 2) ** 2 + across)))
}
