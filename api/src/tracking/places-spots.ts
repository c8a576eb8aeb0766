import type { PlaceName } from './places.ts'

/** Degrees north and east. */
export interface Spot {
  readonly latitude: number
  readonly longitude: number
}

/** Where the places of our corridors lie, by UN/LOCODE, good to about 0.1°; of other places nothing is known and nothing is concluded. */
const spots = spotsOf({
  CNLYA: [34.62, 112.45], CNLYZ: [34.66, 112.36], CNCGO: [34.74, 113.78], CNSIA: [34.35, 108.98], CNQDP: [36.02, 120.22], CNTAO: [36.02, 120.22],
  CNQIN: [36.02, 120.22], CNNBP: [29.93, 121.88], CNBEI: [29.93, 121.88], CNNGB: [29.93, 121.88], CNZOS: [29.93, 121.88], CNSHA: [31.2, 121.8],
  CNSGH: [31.2, 121.8], CNYSA: [31.2, 121.8], CNLYG: [34.75, 119.45], CNTSN: [38.98, 117.75], CNTXG: [38.98, 117.75], CNDLC: [38.95, 121.65],
  CNSZX: [22.55, 114.1], CNYTN: [22.55, 114.1], CNNSA: [22.55, 114.1], HKHKG: [22.3, 114.15], CNWUH: [30.6, 114.3], CNMLX: [49.6, 117.43],
  RUZBK: [49.65, 117.33], CNERC: [43.65, 111.98], CNERL: [43.65, 111.98], MNZMU: [43.72, 111.9], MNULN: [47.92, 106.92], CNSFH: [44.4, 131.15],
  CNURC: [43.8, 87.6], CNHRS: [44.2, 80.42], CNHGS: [44.2, 80.42], KZATK: [44.15, 80.25], CNAKL: [45.17, 82.57], CNALS: [45.17, 82.57],
  KZDYK: [45.25, 82.48], KZALA: [43.25, 76.92], UZTAS: [41.3, 69.27], RUBAX: [53.35, 83.77], RUMOW: [55.55, 36.98], BYBQT: [52.1, 23.68],
  PLMAL: [52.03, 23.53], PLMAZ: [52.03, 23.53], PLWAW: [52.2, 20.9], DEDUI: [51.4, 6.73], DEHAM: [53.53, 9.95], NLRTM: [51.95, 4.1],
  BEANR: [51.25, 4.35], GRPIR: [37.95, 23.6], KRPUS: [35.08, 128.83], KRBNP: [35.08, 128.83], KRINC: [37.45, 126.6], JPTYO: [35.6, 139.8],
  JPYOK: [35.6, 139.8], THLCH: [13.08, 100.9], SGSIN: [1.27, 103.8], TZDAR: [-6.83, 39.3], USLAX: [33.74, -118.26], USLGB: [33.74, -118.26],
  BRSSZ: [-23.96, -46.3],
})

/** Where something is: as it says itself, or else where its place lies. */
export function spotOf({ place, latitude, longitude }: { readonly place: PlaceName; readonly latitude: number | null; readonly longitude: number | null }): Spot | null {
  if (latitude !== null && longitude !== null) return { latitude, longitude }
  return place.code === null ? null : (spots.get(place.code) ?? null)
}

function spotsOf(table: Readonly<Record<string, readonly [latitude: number, longitude: number]>>): ReadonlyMap<string, Spot> {
  return new Map(Object.entries(table).map(([code, [latitude, longitude]]) => [code, { latitude, longitude }]))
}

const earthRadiusKm = 6_371

/** Great-circle distance in kilometres (haversine). */
export function kilometresBetween(one: Spot, other: Spot): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180
  const [dLat, dLon] = [rad(other.latitude - one.latitude), rad(other.longitude - one.longitude)]
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(one.latitude)) * Math.cos(rad(other.latitude)) * Math.sin(dLon / 2) ** 2
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)))
}
