import type { BillDocument } from '@yidan/ledger'
import { frameWidth, page, type Paragraph, type Sheet } from '../sheet.ts'
import type { Issuance } from '../print.ts'
import { inWords, labels, moneyText, utcTime } from '../wording.ts'
import { dangerText } from './goods.ts'

/** Two rows of fields: value, insurance, special cargo and condition; freight, originals, place and date of issue. */
export const valueHeight = 92
const firstRow = 48

export function drawValue(sheet: Sheet, { document, issuance }: { document: BillDocument; issuance: Issuance | null }, y: number): void {
  const widths = [104, 142, 155, frameWidth - 401]
  const cells = [
    { label: labels.declaredValue, paragraphs: declaredValue(document) },
    { label: labels.insurance, paragraphs: insurance(document) },
    { label: labels.dangerous, paragraphs: specialCargo(document) },
    { label: labels.condition, paragraphs: condition(document) },
  ]
  let x: number = page.left
  for (const [index, { label, paragraphs }] of cells.entries()) {
    const width = widths[index] ?? 0
    sheet.field(label, paragraphs, { x, y, width, height: firstRow })
    x += width
  }
  const second = { y: y + firstRow, height: valueHeight - firstRow }
  sheet.field(labels.freight, freight(document), { x: page.left, width: 246, ...second })
  sheet.field(labels.originals, originals(document), { x: page.left + 246, width: 155, ...second })
  sheet.field(labels.issue, issue(document, issuance), { x: page.left + 401, width: frameWidth - 401, ...second })
}

function declaredValue({ declaredValue }: BillDocument): Paragraph[] {
  if (declaredValue === null) return [{ text: '未声明 No value declared' }, { text: '责任限额适用 limits of liability apply', size: 6.2 }]
  return [{ text: moneyText(declaredValue), weight: 'bold' }]
}

function insurance({ insurance }: BillDocument): Paragraph[] {
  if (insurance === null) return [{ text: '承运人未代办' }, { text: 'Not arranged by the carrier' }]
  const { insurer, policyNumber, coverage, insured } = insurance
  return [{ text: moneyText(insured), weight: 'bold' }, { text: `${insurer} · ${coverage}`, size: 7 }, { text: `保单 Policy ${policyNumber}`, size: 7 }]
}

function specialCargo({ containers }: BillDocument): Paragraph[] {
  const lines = containers.flatMap((container) => [
    ...(container.reefer === undefined ? [] : [`${container.number} 冷藏 REEFER ${container.reefer.setPointCelsius} °C`]),
    ...container.cargo.flatMap((item) => (item.dangerousGoods ?? []).map((goods) => `${container.number} ${dangerText(goods)}`)),
  ])
  return lines.length === 0 ? [{ text: '无 None declared' }] : lines.map((text) => ({ text, size: 6.8 }))
}

function condition({ remarks }: BillDocument): Paragraph[] {
  if (remarks.length === 0) return [{ text: '清洁 CLEAN', weight: 'bold', size: 9 }, { text: '无不良批注 no adverse remark', size: 6.4 }]
  return [{ text: '有批注 CLAUSED', weight: 'bold' }, ...remarks.map((text) => ({ text, size: 6.8 }))]
}

function freight({ charges }: BillDocument): Paragraph[] {
  const terms = charges.terms === 'prepaid' ? '运费预付 FREIGHT PREPAID' : '运费到付 FREIGHT COLLECT'
  return [
    { text: `${terms}    ${moneyText({ amount: charges.total, currency: charges.currency })}`, weight: 'bold', size: 8.8 },
    ...(charges.inCny === undefined ? [] : [{ text: `= CNY ${moneyText({ amount: charges.inCny.total, currency: 'CNY' }).slice(4)}，汇率 rate ${charges.inCny.rate}，${charges.inCny.rateDate}，${charges.inCny.source}`, size: 6.6 }]),
    { text: '全程一次收费，明细见附页  one charge for the whole journey; particulars on the annex', size: 6.2 },
  ]
}

function originals({ originals }: BillDocument): Paragraph[] {
  if (originals > 0) return [{ text: `${inWords(originals)} (${originals})`, weight: 'bold', size: 9 }, { text: '其一完成交货，其余失效 one being accomplished, the others stand void', size: 6.2 }]
  return [{ text: '电子提单 无纸质正本', weight: 'bold' }, { text: 'NONE — ELECTRONIC RECORD', weight: 'bold', size: 7.2 }]
}

function issue({ placeOfIssue }: BillDocument, issuance: Issuance | null): Paragraph[] {
  return [
    { text: placeOfIssue, weight: 'bold' },
    issuance === null ? { text: '未签发 not issued' } : { text: utcTime(issuance.issuedAt) },
  ]
}
