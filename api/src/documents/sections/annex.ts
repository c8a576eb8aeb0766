import type { BillDocument } from '@yidan/ledger'
import { heightOf, ink, page, type Continuation, type Label, type Paragraph, type SetLine, type Sheet } from '../sheet.ts'
import { grouped, labels, modeWords, moneyText, placeText } from '../wording.ts'
import { dangerText, packagesText, sealsText } from './goods.ts'
import { legRow } from './route.ts'
import { flowTable, type Column, type Flow } from './table.ts'

/** The annex: boxes with tare and verified mass, legs with their papers, charges, and what the face has no room for. It belongs to the bill; each page repeats the bill's number. */
export function drawAnnex(sheet: Sheet, document: BillDocument, flow: Flow): void {
  heading(sheet, flow, labels.containers)
  flowTable(sheet, flow, containerColumns, document.containers.flatMap(containerRows))
  heading(sheet, flow, labels.papers)
  flowTable(sheet, flow, legColumns, document.legs.map((leg, index) => [...legRow(leg, index + 1).slice(0, 6), paperText(leg.carrierDocument)]))
  heading(sheet, flow, labels.charges)
  flowTable(sheet, flow, chargeColumns, chargeRows(document))
  paragraphsUnder(sheet, flow, labels.remarks, document.remarks)
  paragraphsUnder(sheet, flow, labels.clauses, document.clauses)
  if (document.replaces.length > 0) paragraphsUnder(sheet, flow, labels.replaces, [document.replaces.join(', ')])
}

/** What was cut on the face, in full. */
export function drawContinuations(sheet: Sheet, flow: Flow, continuations: readonly Continuation[]): void {
  for (const { label: [zh, en], paragraphs } of continuations) {
    heading(sheet, flow, [`续 ${zh}`, `${en}, continued`])
    flowLines(sheet, flow, sheet.set(paragraphs.map((paragraph) => ({ ...paragraph, size: 7.2 })), page.right - page.left - 6))
  }
}

const containerColumns: readonly Column[] = [
  { label: ['序', 'No.'], width: 22, align: 'center' },
  { label: ['箱号 · 箱型', 'Container, type'], width: 74 },
  { label: ['封志 · 唛头', 'Seals, marks'], width: 74 },
  { label: ['件数 包装', 'Packages'], width: 58 },
  { label: ['货名 · HS · 危险品 · 冷藏', 'Goods, HS, dangerous goods, reefer'], width: 143 },
  { label: ['毛重 kg', 'Gross kg'], width: 42, align: 'right' },
  { label: ['皮重 kg', 'Tare kg'], width: 36, align: 'right' },
  { label: ['VGM kg', 'verified mass'], width: 44, align: 'right' },
  { label: ['体积 m³', 'Volume m³'], width: 42.28, align: 'right' },
]

function containerRows(container: BillDocument['containers'][number], place: number): (string | Paragraph[])[][] {
  return container.cargo.map((item, index) => {
    const first = index === 0
    return [
      first ? String(place + 1) : '',
      first ? [{ text: container.number, weight: 'bold' as const }, { text: container.sizeType, size: 6.2 }] : '',
      [...(first ? [{ text: sealsText(container) }] : []), ...(item.marks === undefined ? [] : [{ text: item.marks, size: 6.2 }])],
      packagesText(item),
      [
        { text: item.goods },
        { text: `HS ${item.hsCode}${container.reefer === undefined ? '' : `  ·  冷藏 Reefer ${container.reefer.setPointCelsius} °C`}`, size: 6.2 },
        ...(item.dangerousGoods ?? []).map((goods) => ({ text: dangerText(goods), size: 6.2, weight: 'bold' as const })),
      ],
      grouped(item.grossWeightKg),
      first ? grouped(container.tareKg) : '',
      first && container.verifiedGrossMassKg !== undefined ? grouped(container.verifiedGrossMassKg) : '',
      item.volumeM3 ?? '—',
    ]
  })
}

const legColumns: readonly Column[] = [
  { label: ['序', 'No.'], width: 18, align: 'center' },
  { label: ['方式', 'Mode'], width: 46 },
  { label: ['区段承运人', 'Performed by'], width: 104 },
  { label: ['车次 · 船名航次 · 车牌', 'Train, vessel/voyage, plate'], width: 84 },
  { label: ['起运', 'From'], width: 96 },
  { label: ['到达', 'To'], width: 96 },
  { label: ['区段单证（不可转让）', 'Paper, non-negotiable'], width: 91.28 },
]

const consignedTo = { carrier: '承运人 carrier', 'carrier-agent': '承运人代理 its agent', terminal: '场站 terminal' } as const

function paperText({ kind, number, consignedTo: to }: BillDocument['legs'][number]['carrierDocument']): Paragraph[] {
  return [
    { text: `${kind}${number === undefined ? '' : ` ${number}`}`, weight: 'bold', size: 6.4 },
    { text: `收货人 consigned to ${consignedTo[to]}`, size: 6 },
  ]
}

const chargeColumns: readonly Column[] = [
  { label: ['区段', 'Leg'], width: 175 },
  { label: ['费用', 'Charge'], width: 146.28 },
  { label: ['每标准箱', 'Per TEU'], width: 84, align: 'right' },
  { label: ['标准箱', 'TEU'], width: 40, align: 'right' },
  { label: ['金额', 'Amount'], width: 90, align: 'right' },
]

function chargeRows({ charges, legs }: BillDocument): (string | Paragraph[])[][] {
  const lines = charges.lines.map((line) => {
    const leg = legs[line.leg - 1]
    return [
      leg === undefined ? String(line.leg) : `${line.leg}  ${modeWords[leg.mode].join(' ')}  ${placeText(leg.from)} – ${placeText(leg.to)}`,
      line.name,
      grouped(line.perTeu),
      String(line.teu),
      grouped(line.amount),
    ]
  })
  const terms = charges.terms === 'prepaid' ? '预付 PREPAID' : '到付 COLLECT'
  return [...lines, [[{ text: `总额 TOTAL  ${terms}`, weight: 'bold' }], '', '', '', [{ text: moneyText({ amount: charges.total, currency: charges.currency }), weight: 'bold' }]]]
}

function paragraphsUnder(sheet: Sheet, flow: Flow, label: Label, texts: readonly string[]): void {
  if (texts.length === 0) return
  heading(sheet, flow, label)
  flowLines(sheet, flow, sheet.set(texts.map((text, index) => ({ text: texts.length === 1 ? text : `${index + 1}. ${text}`, size: 7.2 })), page.right - page.left - 6))
}

export function heading(sheet: Sheet, flow: Flow, [zh, en]: Label): void {
  if (flow.y + 70 > page.bottom) flow.y = flow.turn()
  flow.y += 10
  sheet.line(sheet.oneLine({ text: `${zh}  ${en}`, size: 8.6, weight: 'bold', width: page.right - page.left }), page.left, flow.y + 8)
  flow.y += 13
}

function flowLines(sheet: Sheet, flow: Flow, lines: readonly SetLine[]): void {
  for (const line of lines) {
    if (flow.y + heightOf([line]) > page.bottom) flow.y = flow.turn()
    flow.y = sheet.lines([line], page.left + 3, flow.y)
  }
  flow.y += 2
}

/** The head of every page after the face; answers where content begins. */
export function drawPageHead(sheet: Sheet, document: BillDocument, [zh, en]: Label): number {
  sheet.line({ text: `${zh}  ${en}`, size: 11, weight: 'bold' }, page.left, page.top + 11)
  sheet.rightAligned({ text: document.billNumber, size: 11, weight: 'bold' }, page.right, page.top + 11)
  const words = sheet.oneLine({ text: '多式联运提单（一单制） Multimodal Through Bill of Lading', size: 7, width: 300 })
  sheet.rightAligned({ ...words, color: ink.label }, page.right, page.top + 21)
  const carrier = sheet.oneLine({ text: document.carrier.name, size: 7, width: 220 })
  sheet.line({ ...carrier, color: ink.label }, page.left, page.top + 21)
  sheet.rule(page.left, page.top + 26, page.right, page.top + 26, { weight: 1 })
  return page.top + 28
}
