import type { BillDocument, Leg } from '@yidan/ledger'
import { frameWidth, ink, page, round, type Sheet } from '../sheet.ts'
import { labels, localTime, modeWords, placeText, unitText } from '../wording.ts'
import { drawHead, drawRow, headHeight, setRow, type Column, type Row } from './table.ts'

/** Places of receipt and delivery, the leg ribbon, and the table of legs. */
const placesHeight = 30
const ribbonHeight = 40
const compactRow = 10.6

const columns: readonly Column[] = [
  { label: ['序', 'No.'], width: 18, align: 'center' },
  { label: ['方式', 'Mode'], width: 46 },
  { label: ['区段承运人', 'Performed by'], width: 104 },
  { label: ['车次 · 船名航次 · 车牌', 'Train, vessel/voyage, plate'], width: 84 },
  { label: ['起运', 'From'], width: 96 },
  { label: ['到达', 'To'], width: 96 },
  { label: ['计划发到（当地时间）', 'Planned (local time)'], width: 91.28 },
]

export function drawRoute(sheet: Sheet, document: BillDocument, top: number, { roomForTable }: { roomForTable: number }): number {
  let y = drawPlaces(sheet, document, top)
  sheet.box({ x: page.left, y, width: frameWidth, height: ribbonHeight })
  drawRibbon(sheet, document.legs, { x: page.left, y, width: frameWidth })
  y += ribbonHeight
  const rows = document.legs.map((leg, index) => setRow(sheet, columns, legRow(leg, index + 1)))
  const full = headHeight + rows.reduce((sum, row) => sum + row.height, 0)
  y = drawHead(sheet, columns, page.left, y)
  if (full <= roomForTable) {
    for (const row of rows) y = drawRow(sheet, columns, row, page.left, y)
  } else {
    for (const [index, leg] of document.legs.entries()) y = drawCompactRow(sheet, leg, index + 1, y)
  }
  sheet.rule(page.left, y, page.right, y)
  return y
}

export function legRow(leg: Leg, number: number): Row {
  const [zh, en] = modeWords[leg.mode]
  const notes = [leg.bonded === true ? '海关监管 bonded' : null, leg.transshipment ?? null].filter((note) => note !== null)
  return [
    String(number),
    `${zh} ${en}`,
    leg.carrier,
    [{ text: unitText(leg), weight: 'bold' }, ...notes.map((text) => ({ text, size: 6 })), ...(leg.distanceKm === undefined ? [] : [{ text: `${leg.distanceKm} km`, size: 6 }])],
    placeText(leg.from),
    placeText(leg.to),
    [{ text: localTime(leg.plannedDeparture), size: 6.4 }, { text: localTime(leg.plannedArrival), size: 6.4 }],
  ]
}

/** One line a leg, when there are many; the annex has them in full. */
function drawCompactRow(sheet: Sheet, leg: Leg, number: number, y: number): number {
  const [zh, en] = modeWords[leg.mode]
  const texts = [String(number), `${zh} ${en}`, leg.carrier, unitText(leg), placeText(leg.from), placeText(leg.to), `${leg.plannedDeparture.slice(5, 10)} – ${leg.plannedArrival.slice(0, 10)}`]
  let x: number = page.left
  for (const [index, { width }] of columns.entries()) {
    sheet.line(sheet.oneLine({ text: texts[index] ?? '', size: 6.6, width: width - 6 }), x + 3, y + 7.6)
    sheet.rule(x, y, x, y + compactRow)
    x += width
  }
  sheet.rule(page.right, y, page.right, y + compactRow)
  sheet.rule(page.left, y + compactRow, page.right, y + compactRow, { weight: 0.4, color: ink.hair })
  return y + compactRow
}

function drawPlaces(sheet: Sheet, document: BillDocument, y: number): number {
  const width = frameWidth / 3
  sheet.field(labels.receipt, [{ text: placeText(document.placeOfReceipt), weight: 'bold' }], { x: page.left, y, width, height: placesHeight })
  sheet.field(labels.delivery, [{ text: placeText(document.placeOfDelivery), weight: 'bold' }], { x: page.left + width, y, width, height: placesHeight })
  sheet.field(['服务产品', 'Service'], [{ text: document.service ?? '—' }], { x: page.left + width * 2, y, width, height: placesHeight })
  return y + placesHeight
}

/** The journey as one line: rail a track, sea a wave, road two lines; a ring at each place. */
function drawRibbon(sheet: Sheet, legs: readonly Leg[], { x, y, width }: { x: number; y: number; width: number }): void {
  const step = width / (legs.length + 1)
  const first = x + step / 2
  const level = y + 19
  for (const [index, leg] of legs.entries()) {
    const from = first + step * index + 5
    const to = first + step * (index + 1) - 5
    drawSegment[leg.mode](sheet, from, to, level)
    const [zh, en] = modeWords[leg.mode]
    const unit = unitText(leg)
    const whole = step < 90 ? zh : unit === '—' ? `${zh} ${en}` : `${zh} ${en} · ${unit}`
    const caption = sheet.oneLine({ text: whole, size: 6.4, width: step - 14, smallest: 4.4 })
    sheet.centered({ ...caption, color: ink.label }, (from + to) / 2, level - 7)
  }
  for (let index = 0; index <= legs.length; index += 1) {
    const centre = first + step * index
    const place = index === 0 ? legs[0]?.from : legs[index - 1]?.to
    const end = index === 0 || index === legs.length
    sheet.pdf.lineWidth(1).circle(round(centre), level, 3.4)
    if (end) sheet.pdf.fillAndStroke(ink.text, ink.text)
    else sheet.pdf.fillAndStroke('#ffffff', ink.text)
    const name = sheet.oneLine({ text: place?.name ?? '', size: 6.8, weight: end ? 'bold' : 'regular', width: step - 4, smallest: 4.6 })
    sheet.centered(name, centre, level + 12)
    const code = place?.code ?? legs[index]?.from.code
    if (code !== undefined) sheet.centered({ text: code, size: 5.6, color: ink.label }, centre, level + 18.6)
  }
}

const drawSegment: Readonly<Record<Leg['mode'], (sheet: Sheet, from: number, to: number, y: number) => void>> = {
  rail(sheet, from, to, y) {
    sheet.rule(from, y, to, y, { weight: 3, color: ink.text })
    sheet.pdf.dash(4, { space: 4 })
    sheet.rule(from + 2, y, to, y, { weight: 1.8, color: '#ffffff' })
    sheet.pdf.undash()
  },
  sea(sheet, from, to, y) {
    const waves = Math.max(2, Math.round((to - from) / 11))
    const half = (to - from) / waves / 2
    sheet.pdf.lineWidth(1.1).moveTo(round(from), y)
    for (let wave = 0; wave < waves; wave += 1) {
      const start = from + wave * half * 2
      sheet.pdf.quadraticCurveTo(round(start + half / 2), y - 4.4, round(start + half), y)
      sheet.pdf.quadraticCurveTo(round(start + half * 1.5), y + 4.4, round(start + half * 2), y)
    }
    sheet.pdf.stroke(ink.text)
  },
  road(sheet, from, to, y) {
    sheet.rule(from, y - 1.6, to, y - 1.6, { weight: 0.8, color: ink.text })
    sheet.rule(from, y + 1.6, to, y + 1.6, { weight: 0.8, color: ink.text })
  },
}
