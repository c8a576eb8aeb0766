import type { DraftContent } from '@yidan/api/contract'
import { legRules, ZonedTime } from '@yidan/ledger'
import type { z } from 'zod'
import { fault, warning, type Finding } from '../findings.ts'
import { sameSpot } from '../tables/places.ts'
import { typed } from './typed.ts'

type DraftLeg = NonNullable<DraftContent['legs']>[number]
type DraftPlace = NonNullable<DraftLeg['from']>

/** Which papers a mode may travel under; the first is what is taken when nothing was typed. */
export const carrierDocuments = {
  rail: ['RAIL-WAYBILL', 'SMGS', 'CIM-SMGS'], sea: ['SEA-WAYBILL'], road: ['ROAD-WAYBILL', 'CMR'],
} as const

/** The journey: each leg complete, all of them joined in place and time, and its ends where the goods are taken over and delivered. */
export function legFindings(content: DraftContent): Finding[] {
  const legs = content.legs ?? []
  const findings = [
    ...placeFindings(content.placeOfReceipt, '/placeOfReceipt'),
    ...placeFindings(content.placeOfDelivery, '/placeOfDelivery'),
    ...(legs.length === 0 ? [fault('/legs', 'no-legs')] : []),
    ...(legs.length > 12 ? [fault('/legs', 'too-many-legs', { value: legs.length })] : []),
    ...legs.flatMap((leg, index) => [...oneLeg(leg, `/legs/${index}`), ...(index === 0 ? [] : joint(legs[index - 1] ?? {}, leg, index))]),
  ]
  const [first, last] = [legs[0]?.from, legs.at(-1)?.to]
  if (named(content.placeOfReceipt) && named(first) && !sameSpot(content.placeOfReceipt, first)) {
    findings.push(warning('/placeOfReceipt', 'receipt-off-route', { detail: { place: content.placeOfReceipt.name ?? '', other: first.name ?? '' } }))
  }
  if (named(content.placeOfDelivery) && named(last) && !sameSpot(content.placeOfDelivery, last)) {
    findings.push(warning('/placeOfDelivery', 'delivery-off-route', { detail: { place: content.placeOfDelivery.name ?? '', other: last.name ?? '' } }))
  }
  return findings
}

function oneLeg(leg: DraftLeg, pointer: string): Finding[] {
  const findings: Finding[] = []
  if (leg.mode === undefined) findings.push(fault(`${pointer}/mode`, 'required', { detail: { what: '@mode' } }))
  if (typed(leg.carrier) === undefined) findings.push(fault(`${pointer}/carrier`, 'required', { detail: { what: '@carrier' } }))
  findings.push(...placeFindings(leg.from, `${pointer}/from`), ...placeFindings(leg.to, `${pointer}/to`))
  for (const field of ['plannedDeparture', 'plannedArrival'] as const) {
    const text = typed(leg[field])
    if (text === undefined) findings.push(fault(`${pointer}/${field}`, 'required', { detail: { what: '@time' } }))
    else if (momentOf(text) === null) findings.push(fault(`${pointer}/${field}`, 'time-shape', { value: text }))
  }
  const departure = momentOf(leg.plannedDeparture), arrival = momentOf(leg.plannedArrival)
  if (departure !== null && arrival !== null && arrival < departure) findings.push(fault(`${pointer}/plannedArrival`, 'arrival-before-departure', { value: leg.plannedArrival }))
  if (leg.mode !== undefined) {
    for (const field of legRules[leg.mode].identifiedBy) {
      if (typed(leg[field]) === undefined) findings.push(fault(`${pointer}/${field}`, 'leg-identity-missing', { detail: { what: `@${field}` } }))
    }
    const kind = typed(leg.documentKind)
    const allowed: readonly string[] = carrierDocuments[leg.mode]
    if (kind !== undefined && !allowed.includes(kind)) findings.push(fault(`${pointer}/documentKind`, 'document-kind-wrong', { value: kind, detail: { allowed: allowed.join(', ') } }))
  }
  // T-3: a negotiable paper of the sub-carrier in other hands would make the bill hollow.
  if (leg.documentNegotiable === true) findings.push(fault(`${pointer}/documentNegotiable`, 'carrier-document-negotiable', { value: true }))
  if (leg.distanceKm !== undefined && !(Number.isInteger(leg.distanceKm) && leg.distanceKm >= 1 && leg.distanceKm <= 40_000)) findings.push(fault(`${pointer}/distanceKm`, 'distance-range', { value: leg.distanceKm }))
  return findings
}

/** Leg `index` goes on where and when the one before it ends. */
function joint(before: DraftLeg, leg: DraftLeg, index: number): Finding[] {
  const findings: Finding[] = []
  const arrival = momentOf(before.plannedArrival), departure = momentOf(leg.plannedDeparture)
  if (arrival !== null && departure !== null && departure < arrival) findings.push(fault(`/legs/${index}/plannedDeparture`, 'departs-before-arrival', { value: leg.plannedDeparture, detail: { leg: index + 1 } }))
  if (named(before.to) && named(leg.from) && !sameSpot(before.to, leg.from)) {
    findings.push(fault(`/legs/${index}/from`, 'legs-do-not-join', { value: leg.from.name, detail: { leg: index + 1, from: leg.from.name ?? '', to: before.to.name ?? '' } }))
  }
  return findings
}

function placeFindings(place: DraftPlace | undefined, pointer: string): Finding[] {
  const code = typed(place?.code)
  return [
    ...(typed(place?.name) === undefined ? [fault(`${pointer}/name`, 'required', { detail: { what: '@place' } })] : []),
    ...(code !== undefined && !/^[A-Z]{2}[A-Z2-9]{3}$/.test(code) ? [fault(`${pointer}/code`, 'place-code-shape', { value: code })] : []),
  ]
}

function named(place: DraftPlace | undefined): place is DraftPlace {
  return typed(place?.name) !== undefined
}

function momentOf(text: string | undefined): number | null {
  const parsed: z.ZodSafeParseResult<string> = ZonedTime.safeParse(typed(text))
  const moment = parsed.success ? Date.parse(parsed.data) : Number.NaN
  return Number.isNaN(moment) ? null : moment
}
