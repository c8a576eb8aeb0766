/**
 * Places of our corridors on a calm grid: columns run east, rows run south, one cell is no fixed distance. Order and rough direction
 * are true, the Pacific lies in the middle as on Chinese charts. Positions are degrees north and east, good to about 0.1°.
 */
export interface Place {
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly column: number
  readonly row: number
  readonly latitude: number
  readonly longitude: number
  /** How carriers spell it: other codes, and names a text may begin with. */
  readonly also?: readonly string[]
}

export const places: readonly Place[] = [
  { code: 'CNLYA', zh: '洛阳陆港', en: 'Luoyang', column: 20, row: 10, latitude: 34.62, longitude: 112.45, also: ['东方红', '洛阳陆港', 'luoyang', 'dongfanghong', '洛阳东'] },
  { code: 'CNLYZ', zh: '洛阳综保区', en: 'Luoyang bonded zone', column: 19, row: 10.8, latitude: 34.66, longitude: 112.36, also: ['洛阳综合保税区', '洛阳综保区', 'luoyang comprehensive bonded zone', 'luoyang bonded'] },
  { code: 'CNCGO', zh: '郑州圃田', en: 'Zhengzhou', column: 21.2, row: 10, latitude: 34.74, longitude: 113.78, also: ['郑州', '圃田', 'zhengzhou', 'putian'] },
  { code: 'CNSIA', zh: '西安', en: "Xi'an", column: 18, row: 10, latitude: 34.35, longitude: 108.98, also: ['西安', 'xian'] },
  { code: 'CNQDP', zh: '青岛港', en: 'Qingdao', column: 24, row: 9, latitude: 36.02, longitude: 120.22, also: ['CNTAO', 'CNQIN', '黄岛', '青岛', '前湾', 'qingdao', 'huangdao', 'qianwan'] },
  { code: 'CNNBP', zh: '宁波舟山港', en: 'Ningbo-Zhoushan', column: 24.4, row: 12, latitude: 29.93, longitude: 121.88, also: ['CNBEI', 'CNNGB', 'CNZOS', '宁波', '舟山', '北仑', '穿山', 'ningbo', 'zhoushan', 'beilun', 'chuanshan'] },
  { code: 'CNSHA', zh: '上海', en: 'Shanghai', column: 24.6, row: 11.2, latitude: 31.2, longitude: 121.8, also: ['CNSGH', 'CNYSA', '上海', '洋山', 'shanghai', 'yangshan'] },
  { code: 'CNLYG', zh: '连云港', en: 'Lianyungang', column: 23.8, row: 10, latitude: 34.75, longitude: 119.45, also: ['连云港', 'lianyungang'] },
  { code: 'CNTSN', zh: '天津', en: 'Tianjin', column: 22.6, row: 8.2, latitude: 38.98, longitude: 117.75, also: ['CNTXG', '天津', 'tianjin', 'xingang'] },
  { code: 'CNDLC', zh: '大连', en: 'Dalian', column: 24.2, row: 7.8, latitude: 38.95, longitude: 121.65, also: ['大连', 'dalian'] },
  { code: 'CNSZX', zh: '深圳', en: 'Shenzhen', column: 22.4, row: 13.6, latitude: 22.55, longitude: 114.1, also: ['CNYTN', 'CNNSA', '深圳', '盐田', 'shenzhen', 'yantian'] },
  { code: 'HKHKG', zh: '香港', en: 'Hong Kong', column: 22.8, row: 14, latitude: 22.3, longitude: 114.15, also: ['香港', 'hong kong'] },
  { code: 'CNWUH', zh: '武汉', en: 'Wuhan', column: 21.4, row: 11.6, latitude: 30.6, longitude: 114.3, also: ['武汉', 'wuhan'] },
  { code: 'CNMLX', zh: '满洲里', en: 'Manzhouli', column: 22, row: 5, latitude: 49.6, longitude: 117.43, also: ['满洲里', 'manzhouli'] },
  { code: 'RUZBK', zh: '后贝加尔', en: 'Zabaikalsk', column: 21.3, row: 4.4, latitude: 49.65, longitude: 117.33, also: ['后贝加尔', 'zabaikalsk', 'zabaykalsk'] },
  { code: 'CNERC', zh: '二连浩特', en: 'Erenhot', column: 20.6, row: 7, latitude: 43.65, longitude: 111.98, also: ['CNERL', '二连', 'erenhot', 'erlian'] },
  { code: 'MNZMU', zh: '扎门乌德', en: 'Zamyn-Uud', column: 20.2, row: 6.4, latitude: 43.72, longitude: 111.9, also: ['扎门乌德', 'zamyn'] },
  { code: 'MNULN', zh: '乌兰巴托', en: 'Ulaanbaatar', column: 19.6, row: 5.6, latitude: 47.92, longitude: 106.92, also: ['乌兰巴托', 'ulaanbaatar', 'ulan bator'] },
  { code: 'CNSFH', zh: '绥芬河', en: 'Suifenhe', column: 25.4, row: 6.2, latitude: 44.4, longitude: 131.15, also: ['绥芬河', 'suifenhe'] },
  { code: 'CNURC', zh: '乌鲁木齐', en: 'Urumqi', column: 14, row: 8.2, latitude: 43.8, longitude: 87.6, also: ['乌鲁木齐', 'urumqi'] },
  { code: 'CNHRS', zh: '霍尔果斯', en: 'Horgos', column: 12.4, row: 8.8, latitude: 44.2, longitude: 80.42, also: ['CNHGS', '霍尔果斯', 'horgos', 'khorgos'] },
  { code: 'KZATK', zh: '阿腾科里', en: 'Altynkol', column: 11.4, row: 8.6, latitude: 44.15, longitude: 80.25, also: ['阿腾科里', '阿尔滕科里', 'altynkol'] },
  { code: 'CNAKL', zh: '阿拉山口', en: 'Alashankou', column: 12.6, row: 7.6, latitude: 45.17, longitude: 82.57, also: ['CNALS', '阿拉山口', 'alashankou'] },
  { code: 'KZDYK', zh: '多斯特克', en: 'Dostyk', column: 11.8, row: 7.3, latitude: 45.25, longitude: 82.48, also: ['多斯特克', 'dostyk'] },
  { code: 'KZALA', zh: '阿拉木图', en: 'Almaty', column: 10.4, row: 9, latitude: 43.25, longitude: 76.92, also: ['阿拉木图', 'almaty'] },
  { code: 'UZTAS', zh: '塔什干', en: 'Tashkent', column: 8.6, row: 9.6, latitude: 41.3, longitude: 69.27, also: ['塔什干', 'tashkent'] },
  { code: 'RUBAX', zh: '巴尔瑙尔', en: 'Barnaul', column: 13.4, row: 5, latitude: 53.35, longitude: 83.77, also: ['巴尔瑙尔', 'barnaul'] },
  { code: 'RUMOW', zh: '莫斯科', en: 'Moscow', column: 5.6, row: 4.6, latitude: 55.55, longitude: 36.98, also: ['莫斯科', '谢利亚季诺', 'moscow', 'selyatino', 'vorsino'] },
  { code: 'BYBQT', zh: '布列斯特', en: 'Brest', column: 3.2, row: 5, latitude: 52.1, longitude: 23.68, also: ['布列斯特', 'brest'] },
  { code: 'PLMAL', zh: '马拉舍维奇', en: 'Małaszewicze', column: 2.4, row: 5, latitude: 52.03, longitude: 23.53, also: ['PLMAZ', '马拉舍维奇', 'malaszewicze', 'małaszewicze'] },
  { code: 'PLWAW', zh: '华沙', en: 'Warsaw', column: 1.8, row: 5, latitude: 52.2, longitude: 20.9, also: ['华沙', 'warsaw', 'warszawa'] },
  { code: 'DEDUI', zh: '杜伊斯堡', en: 'Duisburg', column: 0.2, row: 5, latitude: 51.4, longitude: 6.73, also: ['杜伊斯堡', 'duisburg'] },
  { code: 'DEHAM', zh: '汉堡', en: 'Hamburg', column: 0.8, row: 4.2, latitude: 53.53, longitude: 9.95, also: ['汉堡', 'hamburg'] },
  { code: 'NLRTM', zh: '鹿特丹', en: 'Rotterdam', column: -0.4, row: 4.7, latitude: 51.95, longitude: 4.1, also: ['鹿特丹', 'rotterdam'] },
  { code: 'BEANR', zh: '安特卫普', en: 'Antwerp', column: -0.6, row: 5.2, latitude: 51.25, longitude: 4.35, also: ['安特卫普', 'antwerp'] },
  { code: 'GRPIR', zh: '比雷埃夫斯', en: 'Piraeus', column: 3, row: 8.4, latitude: 37.95, longitude: 23.6, also: ['比雷埃夫斯', 'piraeus'] },
  { code: 'KRPUS', zh: '釜山', en: 'Busan', column: 26, row: 9.2, latitude: 35.08, longitude: 128.83, also: ['KRBNP', '釜山', 'busan', 'pusan'] },
  { code: 'KRINC', zh: '仁川', en: 'Incheon', column: 25.6, row: 8.4, latitude: 37.45, longitude: 126.6, also: ['仁川', 'incheon'] },
  { code: 'JPTYO', zh: '东京', en: 'Tokyo', column: 28, row: 9.2, latitude: 35.6, longitude: 139.8, also: ['JPYOK', '东京', '横滨', 'tokyo', 'yokohama'] },
  { code: 'THLCH', zh: '林查班', en: 'Laem Chabang', column: 19, row: 15.4, latitude: 13.08, longitude: 100.9, also: ['林查班', 'laem chabang', '曼谷', 'bangkok'] },
  { code: 'SGSIN', zh: '新加坡', en: 'Singapore', column: 20, row: 17, latitude: 1.27, longitude: 103.8, also: ['新加坡', 'singapore'] },
  { code: 'TZDAR', zh: '达累斯萨拉姆', en: 'Dar es Salaam', column: 7, row: 17.4, latitude: -6.83, longitude: 39.3, also: ['达累斯萨拉姆', 'dar es salaam'] },
  { code: 'USLAX', zh: '洛杉矶', en: 'Los Angeles', column: 33, row: 9.8, latitude: 33.74, longitude: -118.26, also: ['USLGB', '洛杉矶', '长滩', 'los angeles', 'long beach'] },
  { code: 'BRSSZ', zh: '桑托斯', en: 'Santos', column: 36, row: 16.6, latitude: -23.96, longitude: -46.3, also: ['桑托斯', 'santos'] },
]

/** Bends of a sea lane between the far east and a far shore, so that a ship is not drawn across the land. */
const lanes: readonly { readonly to: (place: Place) => boolean; readonly via: readonly (readonly [column: number, row: number])[] }[] = [
  { to: (place) => place.column < 5 && place.row < 12, via: [[20.8, 16.4], [6, 12.6], [-1.4, 7.6]] },
  { to: (place) => place.column < 10, via: [[20.8, 16.4]] },
]

export function laneBetween(from: Place, to: Place): readonly (readonly [number, number])[] {
  const [east, west] = from.column >= to.column ? [from, to] : [to, from]
  if (east.column < 18) return []
  const via = lanes.find((lane) => lane.to(west))?.via ?? []
  return east === from ? via : [...via].reverse()
}

/** The place a leg or event names: by code, else by how its name begins. Null when we do not know it. */
export function findPlace({ code, name }: { readonly code?: string | null; readonly name?: string | null }): Place | null {
  const byCode = code ? places.find((place) => place.code === code || place.also?.includes(code)) : undefined
  if (byCode) return byCode
  const text = name?.trim().toLowerCase()
  if (!text) return null
  return places.find((place) => [place.zh, place.en, ...(place.also ?? [])].some((word) => text.startsWith(word.toLowerCase()))) ?? null
}
