import { totalsOf, type BillDocument, type CargoItem, type ContainerOnBill, type DangerousGoods } from '@yidan/ledger'
import { frameWidth, heightOf, ink, page, type Paragraph, type Sheet } from '../sheet.ts'
import { boxesByType, grouped, inWords, totalVolume } from '../wording.ts'
import { drawCells, drawColumnRules, drawHead, setRow, type Column, type Row } from './table.ts'

/** What is carried: every box with its cargo when the face has room, otherwise kinds of goods with the boxes on the annex. */
const columns: readonly Column[] = [
  { label: ['箱号 · 箱型 · 封志 · 唛头', 'Container, type, seals, marks'], width: 150 },
  { label: ['件数 包装', 'Packages'], width: 60 },
  { label: ['货物名称（由托运人申报）', 'Description of goods as furnished by the shipper'], width: 199 },
  { label: ['毛重 千克', 'Gross weight kg'], width: 64, align: 'right' },
  { label: ['体积 立方米', 'Measurement m³'], width: 62.28, align: 'right' },
]
const totalHeight = 30

export function drawGoods(sheet: Sheet, document: BillDocument, top: number, bottom: number): void {
  const y = drawHead(sheet, columns, page.left, top)
  const floor = bottom - totalHeight
  drawColumnRules(sheet, columns, page.left, y, floor)
  const boxRows = document.containers.flatMap(rowsOfBox).map((row) => setRow(sheet, columns, row))
  if (boxRows.reduce((sum, row) => sum + row.height, 0) <= floor - y) {
    let at = y
    for (const row of boxRows) {
      drawCells(sheet, columns, row.cells, page.left, at)
      at += row.height
    }
  } else {
    drawKinds(sheet, document, y, floor)
  }
  drawTotals(sheet, document, floor, bottom)
}

function rowsOfBox(container: ContainerOnBill): Row[] {
  return container.cargo.map((item, index) => [
    index > 0 ? (item.marks ?? '') : [
      { text: `${container.number}  ${container.sizeType}`, weight: 'bold' as const },
      { text: `封志 Seal ${sealsText(container)}`, size: 6.2 },
      { text: item.marks === undefined ? '' : `唛头 Marks ${item.marks}`, size: 6.2 },
    ].filter(({ text }) => text !== ''),
    packagesText(item),
    [{ text: item.goods }, { text: detailText(item, container), size: 6.2 }],
    grouped(item.grossWeightKg),
    item.volumeM3 ?? '—',
  ])
}

export function sealsText({ seals }: ContainerOnBill): string {
  return seals.map(({ number }) => number).join(', ')
}

export function packagesText({ packages, packageKind }: { packages: number; packageKind: string }): string {
  return `${grouped(packages)} ${packageKind}`
}

export function dangerText({ unNumber, imoClass, properShippingName, packingGroup }: DangerousGoods): string {
  return `UN ${unNumber} · CLASS ${imoClass}${packingGroup === undefined ? '' : ` · PG ${packingGroup}`} · ${properShippingName}`
}

function detailText(item: CargoItem, container: ContainerOnBill): string {
  return [
    `HS ${item.hsCode}`,
    ...(item.dangerousGoods ?? []).map((goods) => `DG UN ${goods.unNumber} CL ${goods.imoClass}`),
    ...(container.reefer === undefined ? [] : [`冷藏 Reefer ${container.reefer.setPointCelsius} °C`]),
  ].join('  ·  ')
}

interface KindOfGoods { goods: string; hsCode: string; packageKind: string; packages: number; grossWeightKg: number; boxes: Set<string>; containers: ContainerOnBill[] }

/** Cargo of the same words and HS code over all boxes, as far as there is room. */
function drawKinds(sheet: Sheet, { containers }: BillDocument, top: number, floor: number): void {
  const kinds = new Map<string, KindOfGoods>()
  for (const container of containers) {
    for (const item of container.cargo) {
      const key = JSON.stringify([item.goods, item.hsCode, item.packageKind])
      const kind = kinds.get(key) ?? { goods: item.goods, hsCode: item.hsCode, packageKind: item.packageKind, packages: 0, grossWeightKg: 0, boxes: new Set<string>(), containers: [] }
      kind.packages += item.packages
      kind.grossWeightKg += item.grossWeightKg
      kind.boxes.add(container.number)
      kind.containers.push({ ...container, cargo: [item] })
      kinds.set(key, kind)
    }
  }
  const pointer = '集装箱、封志、唛头及逐箱明细见附页  Containers, seals, marks and particulars box by box: see annex'
  const pointerHeight = 22
  let y = top
  let printed = 0
  for (const kind of kinds.values()) {
    const row = setRow(sheet, columns, [
      [{ text: `${kind.boxes.size} × 集装箱 container${kind.boxes.size === 1 ? '' : 's'}`, weight: 'bold' }, { text: boxesByType(firstOfEach(kind.containers)), size: 6.2 }],
      packagesText(kind),
      [{ text: kind.goods }, { text: `HS ${kind.hsCode}  ·  据称内装 said to contain`, size: 6.2 }],
      grouped(kind.grossWeightKg),
      totalVolume(kind.containers) ?? '—',
    ])
    if (y + row.height > floor - pointerHeight) break
    drawCells(sheet, columns, row.cells, page.left, y)
    y += row.height
    printed += 1
  }
  if (printed === kinds.size && listBoxes(sheet, containers, y, floor)) return
  const more = kinds.size - printed
  const lines = sheet.set([
    ...(more === 0 ? [] : [{ text: `另有 ${more} 种货物见附页  ${more} further kind${more === 1 ? '' : 's'} of goods: see annex`, size: 6.2, weight: 'bold' as const }]),
    { text: pointer, size: 6.2, weight: 'bold' as const },
  ], 193)
  sheet.lines(lines.slice(0, 4), page.left + 213, Math.max(y + 2, top + 2))
}

/** Numbers and seals alone, two to a line, in the first column; answers false when there is no room for all. */
function listBoxes(sheet: Sheet, containers: readonly ContainerOnBill[], y: number, floor: number): boolean {
  const lines = sheet.set(containers.map((container) => ({ text: `${container.number}/${sealsText(container)}`, size: 5.8 })), 71)
  const half = Math.ceil(lines.length / 2)
  if (lines.length !== containers.length || heightOf(lines.slice(0, half)) > floor - y - 4) return false
  sheet.lines(lines.slice(0, half), page.left + 3, y + 3)
  sheet.lines(lines.slice(half), page.left + 77, y + 3)
  const pointer = sheet.set([{ text: '箱号/封志号列于左栏，逐箱明细见附页  Containers and seals at left; particulars box by box on the annex', size: 6.2 }], 193)
  sheet.lines(pointer, page.left + 213, y + 2)
  return true
}

function firstOfEach(containers: readonly ContainerOnBill[]): ContainerOnBill[] {
  return [...new Map(containers.map((container) => [container.number, container])).values()]
}

function drawTotals(sheet: Sheet, { containers }: BillDocument, y: number, bottom: number): void {
  const { packages, grossWeightKg, teu } = totalsOf(containers)
  sheet.box({ x: page.left, y, width: frameWidth, height: bottom - y })
  const [box, packs, , , volume] = columns.map(({ width }) => width)
  const first = (box ?? 0)
  sheet.line({ text: '合计 TOTAL', size: 7.4, weight: 'bold' }, page.left + 3, y + 10)
  sheet.line(sheet.oneLine({ text: `${boxesByType(containers)}  =  ${teu} TEU`, size: 7, width: first - 6 }), page.left + 3, y + 21)
  const kinds = new Set(containers.flatMap(({ cargo }) => cargo.map(({ packageKind }) => packageKind)))
  const kind = kinds.size === 1 ? [...kinds][0] ?? '' : 'PACKAGES'
  sheet.line(sheet.oneLine({ text: grouped(packages), size: 7.4, weight: 'bold', width: (packs ?? 0) - 6 }), page.left + first + 3, y + 10)
  sheet.line(sheet.oneLine({ text: kind, size: 6.4, width: (packs ?? 0) - 6 }), page.left + first + 3, y + 21)
  const say: Paragraph = { text: `SAY ${inWords(containers.length)} CONTAINER${containers.length === 1 ? '' : 'S'}, ${inWords(packages)} ${kind}${packages === 1 || kind.endsWith('S') ? '' : 'S'} ONLY`, size: 6.6 }
  sheet.block([say], { x: page.left + first + (packs ?? 0) + 3, y: y + 3.4, width: 193, height: bottom - y - 5 }, ['合计', 'Total in words'])
  sheet.rightAligned({ text: grouped(grossWeightKg), size: 7.4, weight: 'bold' }, page.right - (volume ?? 0) - 3, y + 10)
  sheet.rightAligned({ text: totalVolume(containers) ?? '—', size: 7.4, weight: 'bold' }, page.right - 3, y + 10)
  sheet.rightAligned({ text: 'kg', size: 6.4, color: ink.label }, page.right - (volume ?? 0) - 3, y + 21)
  sheet.rightAligned({ text: 'm³', size: 6.4, color: ink.label }, page.right - 3, y + 21)
}
