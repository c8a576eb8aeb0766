import { z } from 'zod'
import { isSoundText } from '../../http/sound-text.ts'
import type { VisibleEvent } from '../visible-events.ts'
import { transportCallId, v2Codes } from './v2-event.ts'
import { v3Codes } from './v3-event.ts'
import { shipmentCodes } from './shipment-codes.ts'

/** Which events are wanted: every field that is given must fit; of the values of one field any. Plain JSON, so that a subscription can keep it. */
export interface EventFilter {
  /** Reefers and devices are wanted only by name: Track & Trace 3.0 itself has SHIPMENT, TRANSPORT and EQUIPMENT. */
  readonly eventTypes?: readonly string[]
  readonly shipmentCodes?: readonly string[]
  readonly documentCodes?: readonly string[]
  readonly transportCodes?: readonly string[]
  readonly equipmentCodes?: readonly string[]
  readonly booking?: string
  /** The number of the transport document: ours are bill numbers. */
  readonly bill?: string
  readonly document?: string
  readonly container?: string
  readonly transportCall?: string
  readonly vesselIMO?: string
  readonly voyage?: string
  readonly service?: string
  readonly place?: string
  /** Numbers of the standard that nobody tells here: nothing fits them. */
  readonly importVoyage?: string
  readonly universalImportVoyage?: string
  readonly universalExportVoyage?: string
  readonly universalService?: string
  readonly created?: readonly Bound[]
  readonly happened?: readonly Bound[]
}
export interface Bound {
  readonly operator: (typeof operators)[number]
  readonly moment: string
}

const operators = ['gte', 'gt', 'lte', 'lt', 'eq'] as const

/** One thing wrong with a request: the parameter or field, what was found, and why it is not taken. */
export interface FilterFault {
  readonly property: string
  readonly value: string
  readonly message: string
}

export interface ParsedQuery {
  readonly filter: EventFilter
  readonly limit: number
  readonly cursor: string | null
}

const text = (length: number): z.ZodString => z.string().min(1, 'is empty').max(length, `is longer than ${length} characters`).refine(isSoundText, 'holds characters that no text may hold')
const codes = (known: readonly string[]) => z.string().min(1, 'is empty').transform((list, context) => {
  const named = list.split(',').map((one) => one.trim())
  const strange = named.filter((one) => !known.includes(one))
  if (strange.length > 0) context.addIssue({ code: 'custom', message: `knows no ${strange.map((one) => JSON.stringify(one.slice(0, 40))).join(', ')}; it takes ${known.join(', ')}` })
  return named
})
const moment = z.string().transform((given, context) => {
  // A plus that was not escaped arrives as a space.
  const parsed = z.iso.datetime({ offset: true, local: false }).safeParse(given.replace(/ (?=\d\d:\d\d$)/, '+'))
  const instant = parsed.success ? new Date(parsed.data) : null
  if (instant === null || Number.isNaN(instant.getTime())) context.addIssue({ code: 'custom', message: 'is no date and time with its offset, like 2026-11-20T08:30:00+08:00' })
  return instant === null || Number.isNaN(instant.getTime()) ? '' : instant.toISOString()
})
const limit = z.string().regex(/^\d{1,4}$/, 'is no whole number from 1 to 1000').transform(Number).refine((count) => count >= 1 && count <= 1000, 'is no whole number from 1 to 1000')
const sort = z.string().regex(/^eventCreatedDateTime(:ASC)?$/, 'can only be eventCreatedDateTime:ASC, the order in which events became known here')
const container = (length: number) => z.string().trim().toUpperCase().pipe(text(length))
const universalVoyage = z.string().regex(/^\d{2}[0-9A-Z]{2}[NEWS]$/, 'is no universal voyage reference, like 2103N')
const universalService = z.string().regex(/^SR\d{5}[A-Z]$/, 'is no universal service reference, like SR12345A')
const vesselIMO = z.string().regex(/^\d{7}$/, 'is no IMO number of seven digits')
const place = z.string().trim().toUpperCase().regex(/^[A-Z]{2}[A-Z2-9]{3}$/, 'is no UN/LOCODE of five characters')

type Parameter = readonly [field: keyof EventFilter, schema: z.ZodType<unknown, string>]

/** GET /v2/events of DCSA_TNT 2.2.0; deprecated parameters that still mean something here are taken. */
const v2Parameters: Readonly<Record<string, Parameter>> = {
  eventType: ['eventTypes', codes(['SHIPMENT', 'TRANSPORT', 'EQUIPMENT'])],
  shipmentEventTypeCode: ['shipmentCodes', codes(v2Codes.shipment)], documentTypeCode: ['documentCodes', codes(v2Codes.document)],
  transportEventTypeCode: ['transportCodes', codes(v2Codes.transport)], equipmentEventTypeCode: ['equipmentCodes', codes(v2Codes.equipment)],
  carrierBookingReference: ['booking', text(35)], bookingReference: ['booking', text(35)], transportDocumentReference: ['bill', text(20)], transportCallID: ['transportCall', text(100)],
  vesselIMONumber: ['vesselIMO', vesselIMO], carrierVoyageNumber: ['voyage', text(50)], exportVoyageNumber: ['voyage', text(50)], carrierServiceCode: ['service', text(40)], UNLocationCode: ['place', place],
  equipmentReference: ['container', container(15)],
}

/** GET /v3/events of DCSA_TNT 3.0.0-Beta-1; ours besides: REEFER and IOT, carrierBookingReference, transportDocumentReference. */
const v3Parameters: Readonly<Record<string, Parameter>> = {
  eventTypes: ['eventTypes', codes(['SHIPMENT', 'TRANSPORT', 'EQUIPMENT', 'REEFER', 'IOT'])],
  shipmentEventTypeCodes: ['shipmentCodes', codes(v3Codes.shipment)], documentTypeCodes: ['documentCodes', codes(v3Codes.document)],
  transportEventTypeCodes: ['transportCodes', codes(v3Codes.transport)], equipmentEventTypeCodes: ['equipmentCodes', codes(v3Codes.equipment)],
  documentReference: ['document', text(100)], carrierBookingReference: ['booking', text(35)], transportDocumentReference: ['bill', text(20)], equipmentReference: ['container', container(11)],
  transportCallReference: ['transportCall', text(100)], vesselIMONumber: ['vesselIMO', vesselIMO], carrierExportVoyageNumber: ['voyage', text(50)], carrierServiceCode: ['service', text(40)], UNLocationCode: ['place', place],
  carrierImportVoyageNumber: ['importVoyage', text(50)], universalImportVoyageReference: ['universalImportVoyage', universalVoyage], universalExportVoyageReference: ['universalExportVoyage', universalVoyage], universalServiceReference: ['universalService', universalService],
}

const versions = {
  2: { parameters: v2Parameters, times: { eventCreatedDateTime: 'created' } },
  3: { parameters: v3Parameters, times: { eventCreatedDateTime: 'created', eventDateTime: 'happened' } },
} as const satisfies Record<number, { parameters: Readonly<Record<string, Parameter>>; times: Readonly<Record<string, 'created' | 'happened'>> }>
export type Version = keyof typeof versions

/** Reads a query. What is not known is a fault too: a filter that is silently left out would give more than was asked for. */
export function parseQuery(version: Version, query: Readonly<Record<string, unknown>>): { readonly parsed: ParsedQuery; readonly faults: readonly FilterFault[] } {
  const { parameters, times } = versions[version]
  const faults: FilterFault[] = []
  const filter: Record<string, unknown> = {}
  const bounds: Record<'created' | 'happened', Bound[]> = { created: [], happened: [] }
  let count = 100
  let cursor: string | null = null

  for (const [name, value] of Object.entries(query)) {
    const [base = '', operator = 'eq', ...more] = name.split(':')
    const time = Object.hasOwn(times, base) ? (times as Readonly<Record<string, 'created' | 'happened'>>)[base] : undefined
    const [field, schema] = Object.hasOwn(parameters, name) ? (parameters[name] as Parameter) : []
    if (typeof value !== 'string') faults.push(faultOf(name, value, 'is given more than once: separate several values by commas'))
    else if (time !== undefined) {
      if (more.length > 0 || !isOperator(operator)) faults.push(faultOf(name, value, `has no operator ${JSON.stringify(operator.slice(0, 40))}; it takes ${operators.join(', ')}`))
      else take(moment, name, value, (found) => void bounds[time].push({ operator, moment: found as string }))
    } else if (name === 'limit') take(limit, name, value, (found) => (count = found as number))
    else if (name === 'cursor') take(text(100), name, value, (found) => (cursor = found as string))
    else if (name === 'sort') take(sort, name, value, () => undefined)
    else if (field !== undefined && schema !== undefined) {
      take(schema, name, value, (found) => {
        if (filter[field] !== undefined && JSON.stringify(filter[field]) !== JSON.stringify(found)) faults.push(faultOf(name, value, 'says another thing than the parameter that it replaces'))
        filter[field] = found
      })
    } else faults.push(faultOf(name, value, 'is no parameter of this operation'))
  }
  for (const [field, found] of Object.entries(bounds)) if (found.length > 0) filter[field] = found
  return { parsed: { filter, limit: count, cursor }, faults }

  function take(schema: z.ZodType<unknown, string>, name: string, value: string, keep: (found: unknown) => void): void {
    const parsed = schema.safeParse(value)
    if (parsed.success) keep(parsed.data)
    else for (const { message } of parsed.error.issues) faults.push(faultOf(name, value, message))
  }
}

/** The filter fields of a 3.0 subscription body: the names of the query, lists as arrays. */
export function parseSubscriptionFilter(body: Readonly<Record<string, unknown>>): { readonly filter: EventFilter; readonly faults: readonly FilterFault[] } {
  const asQuery = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes(',')) ? value.join(',') : value]))
  const misplaced = ['limit', 'cursor', 'sort'].filter((name) => Object.hasOwn(asQuery, name)).map((name) => faultOf(name, asQuery[name], 'is no field of a subscription'))
  const { parsed, faults } = parseQuery(3, asQuery)
  return { filter: parsed.filter, faults: [...misplaced, ...faults.map((fault) => (typeof asQuery[fault.property] === 'string' ? fault : { ...fault, message: 'should be a text, or a list of texts' }))] }
}

/** The filter in the names of the 3.0 subscription body. */
export function subscriptionFields({ created: _created, happened: _happened, ...filter }: EventFilter): Record<string, unknown> {
  const nameOf = new Map<string, string>(Object.entries(v3Parameters).map(([name, [field]]) => [field, name]))
  return Object.fromEntries(Object.entries(filter).map(([field, value]) => [nameOf.get(field) ?? field, value]))
}

function isOperator(text: string): text is Bound['operator'] {
  return (operators as readonly string[]).includes(text)
}

function faultOf(property: string, value: unknown, message: string): FilterFault {
  return { property: property.slice(0, 60), value: (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100), message: `${property.slice(0, 60)} ${message}` }
}

const ownTypes: readonly string[] = ['SHIPMENT', 'TRANSPORT', 'EQUIPMENT']

/** Whether an event fits. `bookedBills` are the bills of the booking that the filter names. */
export function fitsFilter(filter: EventFilter, visible: VisibleEvent, bookedBills: readonly string[]): boolean {
  const { containers, billNumbers, recordedAt } = visible
  const facts = visible.kind === 'exception' ? null : visible.kind === 'title' ? factsOfTitle(visible) : factsOfTracking(visible)
  if (facts === null) return false
  const isOne = (wanted: readonly string[] | undefined, found: string | null): boolean => wanted === undefined || (found !== null && wanted.includes(found))
  const is = (wanted: string | undefined, ...found: readonly (string | null | undefined)[]): boolean => wanted === undefined || found.includes(wanted)
  return (
    isOne(filter.eventTypes ?? ownTypes, facts.type) && isOne(filter.shipmentCodes, facts.shipment) && isOne(filter.documentCodes, facts.documentType) && isOne(filter.transportCodes, facts.transport) && isOne(filter.equipmentCodes, facts.equipment) &&
    is(filter.container, ...containers) && is(filter.bill, ...billNumbers, ...facts.bills) && is(filter.document, facts.document, ...facts.documents) &&
    (is(filter.booking, ...facts.bookings) || billNumbers.some((number) => bookedBills.includes(number))) &&
    is(filter.transportCall, facts.call) && is(filter.voyage, ...facts.voyages) && is(filter.service, facts.service) && is(filter.place, ...facts.places) && is(filter.vesselIMO, facts.vessel) &&
    is(filter.importVoyage) && is(filter.universalImportVoyage) && is(filter.universalExportVoyage) && is(filter.universalService) &&
    (filter.created ?? []).every((bound) => within(bound, recordedAt.getTime())) && (filter.happened ?? []).every((bound) => within(bound, facts.at))
  )
}

interface Facts {
  readonly type: string
  readonly at: number
  readonly shipment: string | null
  readonly documentType: string | null
  readonly document: string | null
  /** Other documents it refers to. */
  readonly documents: readonly string[]
  readonly transport: string | null
  readonly equipment: string | null
  readonly bookings: readonly string[]
  readonly bills: readonly string[]
  readonly call: string | null
  readonly voyages: readonly (string | undefined)[]
  readonly service: string | null
  /** IMO number. */
  readonly vessel: string | null
  readonly places: readonly (string | undefined)[]
}

function factsOfTracking({ event }: Extract<VisibleEvent, { kind: 'tracking' }>): Facts | null {
  if (event.eventType === 'POSITION') return null
  const call = 'transportCall' in event ? event.transportCall : undefined
  const references = event.documentReferences ?? []
  const shipment = event.eventType === 'SHIPMENT' ? event : null
  const named = (type: string): string[] => [...references.filter(({ documentReferenceType }) => documentReferenceType === type).map(({ documentReferenceValue }) => documentReferenceValue), ...(shipment?.documentTypeCode === type ? [shipment.documentID] : [])]
  return {
    type: event.eventType, at: Date.parse(event.eventDateTime), shipment: shipment?.shipmentEventTypeCode ?? null, documentType: shipment?.documentTypeCode ?? null, document: shipment?.documentID ?? null,
    documents: references.map(({ documentReferenceValue }) => documentReferenceValue), transport: event.eventType === 'TRANSPORT' ? event.transportEventTypeCode : null, equipment: event.eventType === 'EQUIPMENT' ? event.equipmentEventTypeCode : null,
    bookings: named('BKG'), bills: named('TRD'), call: transportCallId(event), voyages: [call?.exportVoyageNumber, call?.carrierServiceCode], service: call?.carrierServiceCode ?? null, vessel: call?.vesselIMONumber ?? null,
    places: [call?.UNLocationCode, call?.location?.UNLocationCode, ...('eventLocation' in event ? [event.eventLocation?.UNLocationCode] : [])],
  }
}

function factsOfTitle({ event, recordedAt, billNumbers }: Extract<VisibleEvent, { kind: 'title' }>): Facts | null {
  const code = shipmentCodes[event.type]
  if (code === undefined) return null
  return { type: 'SHIPMENT', at: recordedAt.getTime(), shipment: code, documentType: 'TRD', document: billNumbers[0] ?? null, documents: [], transport: null, equipment: null, bookings: [], bills: billNumbers, call: null, voyages: [], service: null, vessel: null, places: [] }
}

function within({ operator, moment: limitText }: Bound, at: number): boolean {
  const bound = Date.parse(limitText)
  return { gte: at >= bound, gt: at > bound, lte: at <= bound, lt: at < bound, eq: at === bound }[operator]
}

/** From when and until when events were recorded here, as far as the filter says. */
export function recordedWithin({ created = [] }: EventFilter): { from?: Date; until?: Date } {
  const from = created.filter(({ operator }) => operator !== 'lt' && operator !== 'lte').map((bound) => Date.parse(bound.moment))
  const until = created.filter(({ operator }) => operator !== 'gt' && operator !== 'gte').map((bound) => Date.parse(bound.moment))
  return { ...(from.length === 0 ? {} : { from: new Date(Math.max(...from)) }), ...(until.length === 0 ? {} : { until: new Date(Math.min(...until)) }) }
}
