import type { DraftContainer } from '@yidan/api/contract'

/** What the columns of container lists are called in the wild, Chinese and English. Compared without case, spaces, brackets and units. */
export const headings = {
  number: ['箱号', '集装箱号', '柜号', '集装箱号码', 'container', 'container no', 'container number', 'cntr no', 'cntr', 'ctnr no', 'equipment', 'equipment reference'],
  sizeType: ['箱型', '箱型代码', '箱型尺寸', '尺寸箱型', '柜型', 'iso', 'iso code', 'size type', 'sizetype', 'type', 'container type', 'size'],
  sealNumber: ['封号', '封志号', '封条号', '铅封号', '关封号', '施封号', 'seal', 'seal no', 'seal number'],
  goods: ['品名', '货名', '货物名称', '货物描述', '中文品名', '英文品名', 'goods', 'description', 'description of goods', 'commodity', 'cargo'],
  hsCode: ['hs', 'hs编码', 'hs code', 'hscode', '海关编码', '商品编码', '税号', 'commodity code'],
  packages: ['件数', '包装件数', '数量', 'packages', 'no of packages', 'pkgs', 'pieces', 'pcs', 'qty', 'quantity'],
  packageKind: ['包装', '包装种类', '包装类型', '包装方式', 'package', 'packing', 'package kind', 'kind of package', 'package type', 'packaging'],
  grossWeightKg: ['毛重', '货重', '货物毛重', 'gross', 'gross weight', 'gw', 'weight', 'cargo weight', 'gross weight kgs'],
  tareKg: ['皮重', '箱皮重', '箱重', '自重', 'tare', 'tare weight', 'tare kgs'],
  verifiedGrossMassKg: ['vgm', '核实重量', '总重', '箱货总重', '验证毛重', 'verified gross mass', 'total weight'],
  volumeM3: ['体积', '尺码', '立方', 'volume', 'cbm', 'measurement', 'm3'],
  marks: ['唛头', '标记', '标记唛码', 'marks', 'marks and numbers', 'shipping marks'],
  reeferSetPoint: ['设定温度', '温度', 'set point', 'temperature', 'reefer temp', 'temp'],
  unNumber: ['un', 'un编号', 'un号', '危品编号', 'un no', 'un number'],
  imoClass: ['类别', '危品类别', '危险类别', 'imo class', 'class', 'imo', 'dg class', 'hazard class'],
  properShippingName: ['正确运输名称', '运输名称', 'proper shipping name', 'psn'],
  packingGroup: ['包装类别', '包装组', 'packing group', 'pg'],
} as const satisfies Partial<Record<keyof DraftContainer | 'unNumber' | 'imoClass' | 'properShippingName' | 'packingGroup', readonly string[]>>

export type Column = keyof typeof headings
export const numberColumns: readonly Column[] = ['packages', 'grossWeightKg', 'tareKg', 'verifiedGrossMassKg', 'volumeM3']
/** Without these a list cannot be read as one of containers at all. */
export const neededColumns: readonly Column[] = ['number']

const byName = new Map<string, Column>(Object.entries(headings).flatMap(([column, names]) => names.map((name): [string, Column] => [plain(name), column as Column])))

/** The column a heading stands for, or null. */
export function columnOf(heading: string): Column | null {
  return byName.get(plain(heading)) ?? byName.get(plain(heading.replace(/[(（[].*$/, ''))) ?? byName.get(plain(heading).replace(/(kgs?|公斤|千克|m3|m³|立方米)$/, '')) ?? null
}

/** Case, spaces, brackets and units make no other heading. */
export function plain(heading: string): string {
  return heading.normalize('NFKC').toLowerCase().replaceAll(/[\s_.:：()[\]/*-]/g, '').replaceAll('#', 'no')
}
