import type { DraftContent } from '@yidan/api/contract'
import { Amount, convert, currencies, fromMinor, teuOf, toMinor, type Charges, type Currency } from '@yidan/ledger'
import type { z } from 'zod'
import { fault, warning, type Finding } from '../findings.ts'
import { sizeTypes } from '../tables/size-types.ts'
import { amountOf, typed } from './typed.ts'

type DraftCharges = NonNullable<DraftContent['charges']>

/** 一次收费: a line for each service per TEU, one total. */
export function chargeFindings(content: DraftContent): Finding[] {
  const { charges, legs = [] } = content
  const lines = charges?.lines ?? []
  const findings: Finding[] = []
  if (typed(charges?.currency) === undefined) findings.push(fault('/charges/currency', 'required', { detail: { what: '@currency' } }))
  else if (!isCurrency(charges?.currency)) findings.push(fault('/charges/currency', 'currency-unknown', { value: charges?.currency }))
  if (charges?.terms === undefined) findings.push(fault('/charges/terms', 'required', { detail: { what: '@terms' } }))
  if (lines.length === 0) findings.push(fault('/charges/lines', 'required', { detail: { what: '@charge-lines' } }))
  lines.forEach((line, index) => {
    const pointer = `/charges/lines/${index}`
    if (typed(line.name) === undefined) findings.push(fault(`${pointer}/name`, 'required', { detail: { what: '@charge-name' } }))
    if (line.leg === undefined) findings.push(fault(`${pointer}/leg`, 'required', { detail: { what: '@leg' } }))
    else if (!(Number.isInteger(line.leg) && line.leg >= 1 && line.leg <= legs.length)) findings.push(fault(`${pointer}/leg`, 'charge-leg-unknown', { value: line.leg, detail: { leg: line.leg } }))
    if (typed(line.perTeu) === undefined) findings.push(fault(`${pointer}/perTeu`, 'required', { detail: { what: '@amount' } }))
    else if (amountOf(line.perTeu) === null) findings.push(fault(`${pointer}/perTeu`, 'amount-shape', { value: line.perTeu }))
  })
  if (lines.length > 0) legs.forEach((_, index) => { if (!lines.some(({ leg }) => leg === index + 1)) findings.push(warning(`/legs/${index}`, 'leg-without-charge', { detail: { leg: index + 1 } })) })
  return [...findings, ...rateFindings(charges)]
}

function rateFindings(charges: DraftCharges | undefined): Finding[] {
  const rate = typed(charges?.cnyRate)
  if (rate === undefined) return []
  if (charges?.currency === 'CNY') return [warning('/charges/cnyRate', 'rate-needless', { value: rate })]
  return [
    ...(isRate(rate) ? [] : [fault('/charges/cnyRate', 'rate-shape', { value: rate })]),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(typed(charges?.cnyRateDate) ?? '') ? [] : [fault('/charges/cnyRateDate', 'required', { detail: { what: '@rate-date' } })]),
    ...(typed(charges?.cnyRateSource) === undefined ? [fault('/charges/cnyRateSource', 'required', { detail: { what: '@rate-source' } })] : []),
  ]
}

export function insuranceFindings({ insurance, declaredValue }: DraftContent): Finding[] {
  const findings: Finding[] = []
  if (declaredValue) findings.push(...moneyFindings(declaredValue, '/declaredValue'))
  if (!insurance) return findings
  for (const field of ['insurer', 'policyNumber', 'coverage'] as const) {
    if (typed(insurance[field]) === undefined) findings.push(fault(`/insurance/${field}`, 'required', { detail: { what: `@${field}` } }))
  }
  findings.push(...moneyFindings(insurance, '/insurance'))
  const insured = amountOf(insurance.amount), declared = amountOf(declaredValue?.amount)
  if (insured === null || declared === null) return findings
  if (insurance.currency !== declaredValue?.currency) return [...findings, warning('/insurance/currency', 'insurance-currency-differs', { value: insurance.currency })]
  const wanted = toMinor(declared) * 110n
  // UCP 600 art. 28 f ii.
  return toMinor(insured) * 100n < wanted ? [...findings, warning('/insurance/amount', 'insurance-under-110', { value: insurance.amount, detail: { expected: fromMinor((wanted + 99n) / 100n) } })] : findings
}

function moneyFindings({ amount, currency }: { amount?: string | undefined; currency?: string | undefined }, pointer: string): Finding[] {
  const findings: Finding[] = []
  if (typed(amount) === undefined) findings.push(fault(`${pointer}/amount`, 'required', { detail: { what: '@amount' } }))
  else if (amountOf(amount) === null) findings.push(fault(`${pointer}/amount`, 'amount-shape', { value: amount }))
  if (typed(currency) === undefined) findings.push(fault(`${pointer}/currency`, 'required', { detail: { what: '@currency' } }))
  else if (!isCurrency(currency)) findings.push(fault(`${pointer}/currency`, 'currency-unknown', { value: currency }))
  return findings
}

/**
 * The charges of all boxes, exact to the cent; null as long as something needed for the sum is missing. TEU are counted over boxes of
 * a known size-type.
 */
export function chargesOf(content: DraftContent): z.infer<typeof Charges> | null {
  const { charges, containers = [] } = content
  if (!charges || !isCurrency(charges.currency) || charges.terms === undefined || !charges.lines?.length || containers.length === 0) return null
  const types = containers.map(({ sizeType }) => typed(sizeType) ?? '')
  if (types.some((sizeType) => sizeTypes.types[sizeType] === undefined)) return null
  const teu = types.reduce((sum, sizeType) => sum + teuOf(sizeType), 0)
  const lines = charges.lines.flatMap(({ leg, name, perTeu: given }) => {
    const perTeu = amountOf(given), label = typed(name)
    if (leg === undefined || !Number.isInteger(leg) || leg < 1 || label === undefined || perTeu === null) return []
    return [{ leg, name: label, perTeu, teu, amount: fromMinor(toMinor(perTeu) * BigInt(teu)) }]
  })
  if (lines.length !== charges.lines.length) return null
  const total = fromMinor(lines.reduce((sum, { amount }) => sum + toMinor(amount), 0n))
  if (![total, ...lines.map(({ amount }) => amount)].every((amount) => Amount.safeParse(amount).success)) return null
  const rate = typed(charges.cnyRate), rateDate = typed(charges.cnyRateDate), source = typed(charges.cnyRateSource)
  const converted = rate !== undefined && isRate(rate) && rateDate !== undefined && source !== undefined && charges.currency !== 'CNY'
  return { currency: charges.currency, terms: charges.terms, lines, total, ...(converted ? { inCny: { total: convert({ amount: total, rate: withPoint(rate) }), rate: withPoint(rate), rateDate, source } } : {}) }
}

function isCurrency(text: string | undefined): text is z.infer<typeof Currency> {
  return (currencies as readonly string[]).includes(text ?? '')
}

function isRate(text: string): boolean {
  return /^\d{1,6}(\.\d{1,8})?$/.test(text) && Number(text) > 0
}

function withPoint(rate: string): string {
  return rate.includes('.') ? rate : `${rate}.0`
}
