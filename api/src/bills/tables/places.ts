/**
 * Places that are one place for the cargo though papers write them differently: carriers use CNTAO and CNNGB for seaports that UN/LOCODE
 * lists as airports, stations and terminals lie inside a port. `names` are found anywhere in what was typed.
 */
export interface KnownPlace {
  readonly key: string
  readonly codes: readonly string[]
  readonly names: readonly string[]
}

export const places = {
  source: 'UN/LOCODE 2024-2 (extract), aliases from carriers’ papers and the sample bookings',
  version: '2026-11',
  known: [
    { key: 'luoyang-land-port', codes: ['CNLYA'], names: ['东方红洛阳国际陆港', '东方红国际陆港', '洛阳国际陆港', '洛阳陆港', '洛阳东站', 'luoyang land port'] },
    { key: 'luoyang-bonded-zone', codes: [], names: ['洛阳综合保税区', '洛阳综保区'] },
    { key: 'qingdao', codes: ['CNQDP', 'CNTAO', 'CNQIN', 'CNQAW', 'CNQDG'], names: ['青岛', '黄岛', '前湾', 'qingdao', 'huangdao', 'qianwan'] },
    { key: 'ningbo-zhoushan', codes: ['CNNBP', 'CNNBO', 'CNNGB', 'CNBEI', 'CNZOS', 'CNNBG'], names: ['宁波', '北仑', '穿山', '舟山港', 'ningbo', 'beilun'] },
    { key: 'shanghai', codes: ['CNSHA', 'CNSGH', 'CNSHG', 'CNYSA'], names: ['上海', '洋山', '外高桥', 'shanghai', 'yangshan'] },
    { key: 'tianjin', codes: ['CNTXG', 'CNTSN', 'CNTJN'], names: ['天津', '新港', 'tianjin', 'xingang'] },
    { key: 'lianyungang', codes: ['CNLYG'], names: ['连云港', 'lianyungang'] },
    { key: 'zhengzhou', codes: ['CNZGZ', 'CNZZZ', 'CNCGO'], names: ['郑州', '圃田', 'zhengzhou'] },
    { key: 'horgos', codes: ['CNHRS'], names: ['霍尔果斯', 'horgos', 'khorgos'] },
    { key: 'altynkol', codes: ['KZALK', 'KZATY'], names: ['altynkol', '阿腾科里', '阿腾科勒'] },
    { key: 'alashankou', codes: ['CNAKL'], names: ['阿拉山口', 'alashankou', 'alataw'] },
    { key: 'dostyk', codes: ['KZDYK'], names: ['dostyk', '多斯特克', '德鲁日巴'] },
    { key: 'erenhot', codes: ['CNRLC', 'CNERC'], names: ['二连浩特', 'erenhot', 'erlian'] },
    { key: 'zamyn-uud', codes: ['MNZAU'], names: ['zamyn-uud', 'zamyn uud', '扎门乌德'] },
    { key: 'manzhouli', codes: ['CNMLX'], names: ['满洲里', 'manzhouli'] },
    { key: 'zabaikalsk', codes: ['RUZAB'], names: ['zabaikalsk', 'zabaykalsk', '后贝加尔'] },
    { key: 'suifenhe', codes: ['CNSFE', 'CNSFH'], names: ['绥芬河', 'suifenhe'] },
    { key: 'grodekovo', codes: ['RUGRD'], names: ['grodekovo', '格罗杰科沃'] },
    { key: 'brest', codes: ['BYBQT'], names: ['brest', '布列斯特'] },
    { key: 'malaszewicze', codes: ['PLMAA'], names: ['malaszewicze', 'małaszewicze', '马拉舍维奇'] },
    { key: 'tashkent', codes: ['UZTAS', 'UZCHU'], names: ['tashkent', '塔什干', 'chukursay', 'chukur-say'] },
    { key: 'almaty', codes: ['KZALA'], names: ['almaty', '阿拉木图'] },
    { key: 'busan', codes: ['KRPUS', 'KRBNP'], names: ['busan', 'pusan', '釜山'] },
    { key: 'hamburg', codes: ['DEHAM'], names: ['hamburg', '汉堡'] },
    { key: 'duisburg', codes: ['DEDUI'], names: ['duisburg', '杜伊斯堡'] },
    { key: 'rotterdam', codes: ['NLRTM'], names: ['rotterdam', '鹿特丹'] },
    { key: 'antwerp', codes: ['BEANR'], names: ['antwerp', 'antwerpen', '安特卫普'] },
    { key: 'santos', codes: ['BRSSZ'], names: ['santos', '桑托斯'] },
    { key: 'los-angeles', codes: ['USLAX', 'USLGB'], names: ['los angeles', 'long beach', '洛杉矶', '长滩'] },
    { key: 'singapore', codes: ['SGSIN'], names: ['singapore', '新加坡'] },
    { key: 'dar-es-salaam', codes: ['TZDAR'], names: ['dar es salaam', '达累斯萨拉姆'] },
    { key: 'laem-chabang', codes: ['THLCH'], names: ['laem chabang', '林查班'] },
    { key: 'moscow', codes: ['RUMOW', 'RURZH'], names: ['moscow', 'selyatino', '莫斯科', '谢利亚季诺'] },
  ] as readonly KnownPlace[],
  /** Stations on the two sides of one border, between which the train or its boxes pass over. */
  borderPairs: [
    ['horgos', 'altynkol'], ['alashankou', 'dostyk'], ['erenhot', 'zamyn-uud'], ['manzhouli', 'zabaikalsk'], ['suifenhe', 'grodekovo'], ['brest', 'malaszewicze'],
  ] as readonly (readonly [string, string])[],
  /** Six HS digits are needed towards these countries (ICS2, Commission Implementing Regulation (EU) 2021/2104). */
  eu: ['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'] as readonly string[],
} as const

interface TypedPlace { readonly name?: string | undefined; readonly code?: string | undefined }

/** Whether cargo that arrives at one may leave from the other: the same code, alias, name within name, or two sides of a border. */
export function sameSpot(one: TypedPlace, other: TypedPlace): boolean {
  if (one.code && one.code === other.code) return true
  const a = plain(one.name), b = plain(other.name)
  if (a !== '' && b !== '' && (a.includes(b) || b.includes(a))) return true
  const left = keysOf(one), right = keysOf(other)
  if (left.some((key) => right.includes(key))) return true
  return places.borderPairs.some(([here, there]) => (left.includes(here) && right.includes(there)) || (left.includes(there) && right.includes(here)))
}

/** The first code of the one known place that the name says; null when it says none or several. */
export function codeOfName(name: string): string | null {
  const keys = keysOf({ name })
  return keys.length === 1 ? (places.known.find(({ key }) => key === keys[0])?.codes[0] ?? null) : null
}

/** ISO country of a place: from its code, else from a known name. */
export function countryOf(place: TypedPlace): string | null {
  if (place.code && /^[A-Z]{2}/.test(place.code)) return place.code.slice(0, 2)
  const [key] = keysOf(place)
  return places.known.find((known) => known.key === key)?.codes[0]?.slice(0, 2) ?? null
}

function keysOf(place: TypedPlace): string[] {
  const name = plain(place.name)
  return places.known.filter(({ codes, names }) => (place.code !== undefined && codes.includes(place.code)) || names.some((alias) => name.includes(plain(alias)))).map(({ key }) => key)
}

/** Case, spaces, brackets and commas make no other place. */
function plain(name: string | undefined): string {
  return (name ?? '').normalize('NFKC').toLowerCase().replaceAll(/[\s()（）,，.·、'"-]/g, '')
}
