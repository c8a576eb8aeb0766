import { z } from 'zod'
import { unsoundTexts } from '../../http/sound-text.ts'
import { uuidOf } from '../event-ids.ts'
import { equipmentSteps } from './epcis-event.ts'
import { named, type Named } from './names.ts'

/** Reads EPCIS events as Track & Trace events. What cannot be one is told with its place in the document. */
export interface CaptureFault {
  readonly index: number
  readonly message: string
}

export const eventLimit = 1_000
const uri = z.string().min(1).max(500)
const parties = z.array(z.looseObject({})).max(50).optional()
const Event = z.looseObject({
  type: z.enum(['ObjectEvent', 'AggregationEvent', 'AssociationEvent', 'TransactionEvent']), eventID: uri.optional(), eventTime: z.iso.datetime({ offset: true }), eventTimeZoneOffset: z.string().regex(/^[+-](0\d|1[0-4]):[0-5]\d$/), action: z.enum(['ADD', 'OBSERVE', 'DELETE']),
  bizStep: uri.optional(), disposition: uri.optional(), epcList: z.array(uri).max(200).optional(), parentID: uri.optional(), childEPCs: z.array(uri).max(200).optional(), readPoint: z.looseObject({ id: uri }).optional(), bizLocation: z.looseObject({ id: uri }).optional(),
  bizTransactionList: z.array(z.looseObject({ type: uri.optional(), bizTransaction: uri })).max(50).optional(), sourceList: parties, destinationList: parties, errorDeclaration: z.looseObject({ declarationTime: z.iso.datetime({ offset: true }) }).optional(),
})
type Event = z.infer<typeof Event>

export const EpcisDocument = z.looseObject({
  '@context': z.unknown(), type: z.literal('EPCISDocument'), schemaVersion: z.string().regex(/^2\.\d+(\.\d+)*$/), creationDate: z.iso.datetime({ offset: true }), epcisBody: z.looseObject({ eventList: z.array(z.unknown()).max(eventLimit) }),
})

/** One EPCIS event can be several of ours: one for each box on its list. */
export function readEpcisEvent(input: unknown, index: number): { readonly events: readonly unknown[]; readonly fault: CaptureFault | null } {
  if (unsoundTexts(input).length > 0) return failed(index, 'holds characters that no text may hold')
  const parsed = Event.safeParse(input)
  if (!parsed.success) return failed(index, parsed.error.issues.slice(0, 5).map(({ path, message }) => `/${path.join('/')} ${message}`).join('; '))
  const event = parsed.data
  const strange = [...(event.epcList ?? []), ...(event.childEPCs ?? []), ...(event.parentID === undefined ? [] : [event.parentID]), ...(event.readPoint ? [event.readPoint.id] : []), ...(event.bizLocation ? [event.bizLocation.id] : [])].filter((name) => named(name) === null)
  if (strange.length > 0) return failed(index, `names that are not known here: ${strange.slice(0, 3).join(', ')}`)
  const read = readers[event.type](event)
  return typeof read === 'string' ? failed(index, read) : { events: read, fault: null }
}

/** Read, and not yet checked: the intake does that, as for events that come in as they are. */
type Ours = Readonly<Record<string, unknown>>
const readers: Readonly<Record<Event['type'], (event: Event) => readonly Ours[] | string>> = {
  ObjectEvent(event) {
    const things = namesIn(event.epcList)
    const vehicles = things.filter((thing) => thing.kind === 'service')
    const step = word(event.bizStep)
    if (vehicles.length > 0) {
      if (vehicles.length > 1) return 'an ObjectEvent can be about one train, vessel or truck'
      if (step !== 'arriving' && step !== 'departing') return 'of a train, vessel or truck bizStep can be arriving or departing'
      return [{ ...common(event, 0), eventType: 'TRANSPORT', transportEventTypeCode: step === 'arriving' ? 'ARRI' : 'DEPA', transportCall: callOf(vehicles[0], event) }]
    }
    return boxes(event, things, equipmentCode(event))
  },
  AggregationEvent: (event) => {
    const parent = event.parentID === undefined ? null : named(event.parentID)
    if (parent?.kind === 'container') return boxes(event, [parent], event.action === 'DELETE' ? 'STRP' : event.action === 'ADD' ? 'STUF' : null)
    return loaded(event, parent)
  },
  AssociationEvent: (event) => loaded(event, event.parentID === undefined ? null : named(event.parentID)),
  TransactionEvent(event) {
    const documents = (event.bizTransactionList ?? []).flatMap(({ bizTransaction }) => named(bizTransaction) ?? []).filter((thing) => thing.kind === 'document')
    if (documents.length === 0) return 'bizTransactionList names no bill, booking or document known here'
    // A bill begins, moves and ends on the ledger alone: nobody can report it into being.
    if (documents.some(({ type }) => type === 'TRD')) return 'a bill is issued, transferred and surrendered on the ledger alone: sign the act instead'
    return documents.map(({ type, number }, place) => ({ ...common(event, place), eventType: 'SHIPMENT', shipmentEventTypeCode: event.action === 'ADD' ? 'ISSU' : event.action === 'DELETE' ? 'VOID' : 'CONF', documentTypeCode: type, documentID: number }))
  },
}

function loaded(event: Event, parent: Named | null): readonly Ours[] | string {
  if (parent?.kind !== 'service') return 'parentID names neither a box nor a train, vessel or truck'
  if (event.action === 'OBSERVE') return 'action can be ADD (loaded) or DELETE (discharged)'
  const found = boxes(event, namesIn(event.childEPCs), event.action === 'ADD' ? 'LOAD' : 'DISC')
  return typeof found === 'string' ? found : found.map((one) => ({ ...one, transportCall: callOf(parent, event) }))
}

function boxes(event: Event, things: readonly Named[], code: string | null): readonly Ours[] | string {
  const containers = things.filter((thing) => thing.kind === 'container')
  if (containers.length === 0) return 'names no box (urn:epc:id:bic:…)'
  if (code === null) return 'bizStep is none that stands for a move of a box'
  const empty = event['yidan:emptyIndicatorCode'] === 'EMPTY' ? 'EMPTY' : 'LADEN'
  const place = placeOf(event)
  return containers.map(({ number }, index) => ({ ...common(event, index), eventType: 'EQUIPMENT', equipmentEventTypeCode: code, equipmentReference: number, emptyIndicatorCode: empty, ...(place === null ? {} : { eventLocation: place }) }))
}

/** What our own events say outright, else what the step stands for. */
function equipmentCode(event: Event): string | null {
  const own = event['yidan:equipmentEventTypeCode']
  if (typeof own === 'string' && Object.hasOwn(equipmentSteps, own)) return own
  const step = word(event.bizStep)
  if (step === 'entering_exiting') return word(event.disposition) === 'in_transit' ? 'GTOT' : 'GTIN'
  return Object.entries(equipmentSteps).find(([, [bizStep]]) => bizStep === step && step !== 'other')?.[0] ?? null
}

/** Events get their id from the EPCIS event, so that the same document again changes nothing. */
function common(event: Event, index: number): Ours {
  const { declarationTime } = event.errorDeclaration ?? {}
  const given = event.eventID ?? `urn:yidan:epcis-event:${JSON.stringify({ ...event, recordTime: undefined, errorDeclaration: undefined })}`
  const uuid = /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/i.exec(given)?.[1]?.toLowerCase()
  const id = uuid !== undefined && index === 0 ? uuid : uuidOf('epcis', given, String(index))
  const references = (event.bizTransactionList ?? []).flatMap(({ bizTransaction }) => named(bizTransaction) ?? []).filter((thing) => thing.kind === 'document').flatMap(({ type, number }) => (type === 'TRD' || type === 'BKG' ? [{ documentReferenceType: type, documentReferenceValue: number }] : []))
  return {
    eventID: declarationTime === undefined ? id : uuidOf('epcis error', id), ...(declarationTime === undefined ? {} : { retractedEventID: id }), eventDateTime: event.eventTime, eventClassifierCode: 'ACT',
    ...(event.type === 'TransactionEvent' || references.length === 0 ? {} : { documentReferences: references }),
  }
}

function callOf(thing: Named | undefined, event: Event): object {
  const { mode, name } = thing?.kind === 'service' ? thing : { mode: 'RAIL' as const, name: '' }
  const place = placeOf(event)
  const isVessel = mode === 'VESSEL' || mode === 'BARGE'
  return { modeOfTransport: mode, ...(isVessel ? { vesselName: name } : { carrierServiceCode: name }), ...(place === null ? {} : { location: place }) }
}

function placeOf(event: Event): object | null {
  const place = named(event.readPoint?.id ?? event.bizLocation?.id ?? '')
  if (place?.kind !== 'place') return null
  return place.code === null ? { locationName: place.name } : { UNLocationCode: place.code }
}

function namesIn(uris: readonly string[] = []): Named[] {
  return uris.flatMap((name) => named(name) ?? [])
}

/** CBV terms come bare, as URN or as web address. */
function word(term: string | undefined): string | undefined {
  return term?.replace(/^urn:epcglobal:cbv:(bizstep|disp):/, '').replace(/^(https:\/\/ref\.gs1\.org\/cbv\/|cbv:)(BizStep|Disp)-/, '')
}

function failed(index: number, message: string): { readonly events: readonly unknown[]; readonly fault: CaptureFault } {
  return { events: [], fault: { index, message: message.slice(0, 500) } }
}
