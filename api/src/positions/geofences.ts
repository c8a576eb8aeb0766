import { kilometresBetween, type Spot } from '../tracking/places-spots.ts'

/** Places whose edge is watched. A circle where a middle and a size are known; a polygon, its corners in order, where the edge matters. */
export interface Geofence {
  readonly id: string
  readonly kind: 'station' | 'port' | 'border' | 'bonded'
  readonly name: string
  readonly nameEn: string
  /** UN/LOCODE of the place it stands for. */
  readonly code: string
  readonly area: { readonly centre: Spot; readonly radiusKm: number } | { readonly corners: readonly Spot[] }
}

const circle = (latitude: number, longitude: number, radiusKm: number): Geofence['area'] => ({ centre: { latitude, longitude }, radiusKm })
const polygon = (...corners: readonly (readonly [number, number])[]): Geofence['area'] => ({ corners: corners.map(([latitude, longitude]) => ({ latitude, longitude })) })

/** Approximate, from maps that everybody has: they say that something was near, never that it has arrived. */
export const geofences: readonly Geofence[] = [
  { id: 'luoyang-station', kind: 'station', name: '东方红（洛阳）国际陆港', nameEn: 'Luoyang land port', code: 'CNLYA', area: circle(34.62, 112.45, 4) },
  { id: 'luoyang-bonded', kind: 'bonded', name: '洛阳综合保税区', nameEn: 'Luoyang comprehensive bonded zone', code: 'CNLYZ', area: polygon([34.672, 112.344], [34.672, 112.376], [34.648, 112.376], [34.648, 112.344]) },
  { id: 'zhengzhou-station', kind: 'station', name: '郑州圃田', nameEn: 'Zhengzhou Putian', code: 'CNCGO', area: circle(34.74, 113.78, 5) },
  { id: 'qingdao-port', kind: 'port', name: '青岛港（前湾）', nameEn: 'Qingdao, Qianwan', code: 'CNQDP', area: circle(36.02, 120.22, 12) },
  { id: 'ningbo-port', kind: 'port', name: '宁波舟山港', nameEn: 'Ningbo-Zhoushan', code: 'CNNBP', area: circle(29.93, 121.88, 15) },
  { id: 'lianyungang-port', kind: 'port', name: '连云港', nameEn: 'Lianyungang', code: 'CNLYG', area: circle(34.75, 119.45, 10) },
  { id: 'horgos-border', kind: 'border', name: '霍尔果斯口岸', nameEn: 'Horgos border', code: 'CNHRS', area: circle(44.2, 80.42, 8) },
  { id: 'alashankou-border', kind: 'border', name: '阿拉山口口岸', nameEn: 'Alashankou border', code: 'CNAKL', area: circle(45.17, 82.57, 8) },
  { id: 'manzhouli-border', kind: 'border', name: '满洲里口岸', nameEn: 'Manzhouli border', code: 'CNMLX', area: circle(49.6, 117.43, 8) },
  { id: 'erenhot-border', kind: 'border', name: '二连浩特口岸', nameEn: 'Erenhot border', code: 'CNERC', area: circle(43.65, 111.98, 6) },
  { id: 'malaszewicze-station', kind: 'border', name: '马拉舍维奇', nameEn: 'Małaszewicze', code: 'PLMAL', area: circle(52.03, 23.53, 6) },
  { id: 'tashkent-station', kind: 'station', name: '塔什干', nameEn: 'Tashkent', code: 'UZTAS', area: circle(41.3, 69.27, 12) },
  { id: 'hamburg-port', kind: 'port', name: '汉堡港', nameEn: 'Hamburg', code: 'DEHAM', area: circle(53.53, 9.95, 12) },
  { id: 'busan-port', kind: 'port', name: '釜山港', nameEn: 'Busan', code: 'KRPUS', area: circle(35.08, 128.83, 15) },
  { id: 'santos-port', kind: 'port', name: '桑托斯港', nameEn: 'Santos', code: 'BRSSZ', area: circle(-23.96, -46.3, 12) },
]

export function fencesAround(spot: Spot, fences: readonly Geofence[] = geofences): Geofence[] {
  return fences.filter(({ area }) => isInside(spot, area))
}

/** On a circle's edge counts as inside. Polygons by the even-odd rule; none of ours crosses the date line. */
export function isInside(spot: Spot, area: Geofence['area']): boolean {
  if ('centre' in area) return kilometresBetween(spot, area.centre) <= area.radiusKm
  const { corners } = area
  return corners.reduce((inside, one, index) => {
    const other = corners[(index + 1) % corners.length] ?? one
    const between = one.latitude > spot.latitude !== other.latitude > spot.latitude
    const crossing = ((other.longitude - one.longitude) * (spot.latitude - one.latitude)) / (other.latitude - one.latitude) + one.longitude
    return between && spot.longitude < crossing ? !inside : inside
  }, false)
}
