import { corridorNames, corridors, type BoardUnit, type CorridorName } from '@yidan/api/contract'
import { findPlace, laneBetween, type Place } from '../../widgets/route-map/places.ts'
import { along, evened, kilometres, scale, type Point } from '../../widgets/route-map/route.ts'

/** The corridors as a diagram: places in true order and rough direction, trains and vessels where they were seen or between two calls. */
export interface BoardLayout {
  readonly nodes: readonly (Point & { readonly place: Place })[]
  readonly lines: readonly { readonly key: string; readonly mode: 'rail' | 'sea'; readonly points: readonly Point[] }[]
  readonly spots: readonly Spot[]
  /** Units that stand nowhere on the diagram: said, not drawn. */
  readonly lost: readonly BoardUnit[]
}
/** Units at one point; how it is known. */
export interface Spot extends Point {
  readonly units: readonly BoardUnit[]
  readonly how: 'seen' | 'between' | 'at'
}
interface Size { readonly width: number; readonly height: number; readonly margin: number }

export function layOutBoard(units: readonly BoardUnit[], { width, height, margin }: Size): BoardLayout {
  const known = new Map<string, Place>()
  const note = (place: Place | null): Place | null => {
    if (place) known.set(place.code, place)
    return place
  }
  const chains = corridorNames.map((name) => corridors[name].flatMap((code) => note(findPlace({ code })) ?? []))
  const ends = units.map((unit) => ({ unit, from: unit.from && note(findPlace({ code: unit.from.code, name: unit.from.place })), to: unit.to && note(findPlace({ code: unit.to.code, name: unit.to.place })) }))
  const lanes = ends.flatMap(({ unit, from, to }) => (unit.mode === 'sea' && from && to ? laneBetween(from, to) : []))
  const all = [...known.values()]
  const column = evened([...all.map((place) => place.column), ...lanes.map(([x]) => x)], { least: 0.9, most: 2.6, same: 0.05 })
  const row = evened([...all.map((place) => place.row), ...lanes.map(([, y]) => y)], { least: 0.5, most: 1.6, same: 0.25 })
  const put = (x: number, y: number): Point => ({ x: scale(column, x, { from: margin, to: width - margin }), y: scale(row, y, { from: margin * 0.7, to: height - margin * 0.8 }) })
  const at = ({ column: x, row: y }: Place): Point => put(x, y)
  const path = (unit: BoardUnit, from: Place, to: Place): Point[] => (unit.mode === 'sea' ? [at(from), ...laneBetween(from, to).map(([x, y]) => put(x, y)), at(to)] : way(chains, unit.corridor, from, to).map(at))

  const rails = chains.flatMap((chain) => chain.slice(1).map((to, index) => ({ key: [chain[index]?.code, to.code].sort().join('-'), mode: 'rail' as const, points: [at(chain[index] ?? to), at(to)] })))
  const others = ends.flatMap(({ unit, from, to }) => (from && to && from !== to ? [{ key: `${unit.mode} ${[from.code, to.code].sort().join('-')}`, mode: unit.mode, points: path(unit, from, to) }] : [])).filter(({ mode, points }) => mode === 'sea' || points.length === 2)
  const lines = [...new Map([...others, ...rails].map((line) => [line.key, line])).values()]
  const placed = ends.map(({ unit, from, to }) => ({ unit, spot: spotOf(unit, from, to) }))
  return { nodes: all.map((place) => ({ ...at(place), place })), lines, spots: gathered(placed), lost: placed.filter(({ spot }) => spot === null).map(({ unit }) => unit) }

  function spotOf(unit: BoardUnit, from: Place | null, to: Place | null): (Point & { how: Spot['how'] }) | null {
    if (unit.state !== 'moving') return from ? { ...at(from), how: 'at' } : null
    const { latitude = null, longitude = null } = unit.lastSeen ?? {}
    if (from && to && from !== to) {
      const points = path(unit, from, to)
      if (latitude === null || longitude === null) return { ...along(points, 0.5), how: 'between' }
      const behind = kilometres(from, { latitude, longitude }), ahead = kilometres({ latitude, longitude }, to)
      return { ...along(points, behind + ahead === 0 ? 0 : behind / (behind + ahead)), how: 'seen' }
    }
    return from ? { ...at(from), how: 'at' } : null
  }
}

/** Along a corridor when both lie on one, its own first; else straight. */
function way(chains: readonly (readonly Place[])[], corridor: CorridorName | null, from: Place, to: Place): readonly Place[] {
  const own = corridor === null ? undefined : chains[corridorNames.indexOf(corridor)]
  for (const chain of [...(own ? [own] : []), ...chains]) {
    const [start, end] = [chain.indexOf(from), chain.indexOf(to)]
    if (start >= 0 && end >= 0) return start < end ? chain.slice(start, end + 1) : chain.slice(end, start + 1).reverse()
  }
  return [from, to]
}

function gathered(placed: readonly { readonly unit: BoardUnit; readonly spot: (Point & { readonly how: Spot['how'] }) | null }[]): Spot[] {
  const spots = new Map<string, Spot>()
  for (const { unit, spot } of placed) {
    if (spot === null) continue
    const key = `${Math.round(spot.x / 16)}:${Math.round(spot.y / 16)}`
    const before = spots.get(key)
    spots.set(key, before ? { ...before, units: [...before.units, unit] } : { ...spot, units: [unit] })
  }
  return [...spots.values()]
}
