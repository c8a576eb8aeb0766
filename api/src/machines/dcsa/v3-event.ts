import type { TrackingEvent } from '@yidan/api/contract'
import { titleEventId } from '../event-ids.ts'
import type { VisibleEvent, VisibleTitle, VisibleTracking } from '../visible-events.ts'
import { shipmentCodes } from './shipment-codes.ts'
import { documentReferences, given, transportCallId } from './v2-event.ts'

/** DCSA Track & Trace 3.0 (DCSA_TNT 3.0.0-Beta-1, EVENT_DOMAIN 3): what is about the message in `metadata`, what happened in `payload`. A withdrawal has no payload. */
export interface V3Event {
  readonly metadata: {
    readonly eventID: string
    readonly eventCreatedDateTime: string
    readonly eventType: Exclude<TrackingEvent['eventType'], 'POSITION'>
    readonly retractedEventID?: string
    readonly publisher: { readonly partyName: string }
    readonly publisherRole: 'CA' | 'AG' | 'SVP'
  }
  readonly payload?: Readonly<Record<string, unknown>>
}

export const v3Codes = {
  equipment: ['LOAD', 'DISC', 'GTIN', 'GTOT', 'STUF', 'STRP', 'AVPU', 'PICK', 'AVDO', 'DROP', 'INSP', 'RSEA', 'RMVD', 'CUSS', 'CUSI', 'CUSR', 'CROS'],
  transport: ['ARRI', 'DEPA'],
  shipment: ['RECE', 'DRFT', 'PENA', 'PENU', 'PENC', 'REJE', 'APPR', 'ISSU', 'SURR', 'SUBM', 'VOID', 'CONF', 'REQS', 'CMPL', 'HOLD', 'RELS', 'CANC'],
  document: ['CBR', 'BKG', 'SHI', 'TRD', 'DEI', 'DEO', 'TRO', 'CRO', 'ARN', 'VGM', 'CAS', 'CUC', 'DGD', 'OOG', 'CQU', 'INV', 'HCE', 'PCE', 'VCE', 'FCE', 'ICE', 'CEA', 'CEO'],
} as const

/** The event in the shape of 3.0, or null where 3.0 has no place for it. `nameOf` gives the name of the company that reported it. */
export function v3Event(visible: VisibleEvent, nameOf: (partyId: string) => Publisher): V3Event | null {
  if (visible.kind === 'exception') return null
  return visible.kind === 'title' ? ofTitle(visible, nameOf) : ofTracking(visible, nameOf)
}

export interface Publisher { readonly name: string; readonly isCarrier: boolean }

function ofTracking({ event, fact, sender, recordedAt, containers, billNumbers }: VisibleTracking, nameOf: (partyId: string) => Publisher): V3Event | null {
  // 3.0 knows customs clearance (CUC), not the customs inspection of 2.2.
  if (event.eventType === 'POSITION' || (event.eventType === 'SHIPMENT' && event.documentTypeCode === 'CUS')) return null
  const publisher = nameOf(sender)
  const metadata = { eventID: event.eventID, eventCreatedDateTime: recordedAt.toISOString(), eventType: event.eventType, ...given('retractedEventID', fact.retracts ?? undefined), publisher: { partyName: publisher.name }, publisherRole: publisher.isCarrier ? 'CA' : 'SVP' } as const
  if (fact.retracts !== null) return { metadata }
  const related = documentReferences(event, billNumbers).map(({ documentReferenceType, documentReferenceValue }) => ({ type: documentReferenceType, value: documentReferenceValue }))
  const references = containers.map((container) => ({ type: 'EQ', value: container }))
  return { metadata, payload: { eventClassifierCode: event.eventClassifierCode, eventDateTime: event.eventDateTime, ...particulars(event), relatedDocumentReferences: related, references } }
}

function particulars(event: Exclude<TrackingEvent, { eventType: 'POSITION' }>): object {
  switch (event.eventType) {
    case 'EQUIPMENT':
      return {
        equipmentEventTypeCode: event.equipmentEventTypeCode, equipmentReference: event.equipmentReference, ...given('ISOEquipmentCode', event.ISOEquipmentCode), emptyIndicatorCode: event.emptyIndicatorCode, ...given('isTransshipmentMove', event.isTransshipmentMove),
        ...given('eventLocation', event.eventLocation && locationOf(event.eventLocation)), ...given('facilityTypeCode', facilityOf(event.eventLocation?.facilityTypeCode, 'BORD')), ...given('transportCall', callOf(event)),
        ...given('seals', event.seals?.map(({ sealNumber, sealSource, sealType }) => ({ number: sealNumber, ...given('source', sealSource), ...given('type', sealType) }))),
      }
    case 'TRANSPORT':
      return { transportEventTypeCode: event.transportEventTypeCode, ...given('delayReasonCode', event.delayReasonCode), ...given('changeRemark', event.changeRemark), transportCall: callOf(event) }
    case 'REEFER':
      return { reeferEventTypeCode: event.reeferEventTypeCode, equipmentReference: event.equipmentReference, ...given('setpointParameters', event.setpointParameters), ...given('measuredParameters', event.measuredParameters), ...given('eventLocation', event.eventLocation && locationOf(event.eventLocation)), ...given('transportCall', callOf(event)) }
    case 'IOT':
      return { iotEventTypeCode: event.iotEventTypeCode, iotEventCode: event.iotEventCode, equipmentReference: event.equipmentReference, ...given('eventLocation', event.eventLocation && locationOf(event.eventLocation)), ...given('transportCall', callOf(event)) }
    case 'SHIPMENT':
      return { shipmentEventTypeCode: event.shipmentEventTypeCode, documentTypeCode: event.documentTypeCode, documentReference: event.documentID, ...given('reason', event.reason) }
  }
}

function ofTitle(title: VisibleTitle, nameOf: (partyId: string) => Publisher): V3Event | null {
  const code = shipmentCodes[title.event.type]
  const [billNumber] = title.billNumbers
  if (code === undefined || billNumber === undefined) return null
  const at = title.recordedAt.toISOString()
  return {
    metadata: { eventID: titleEventId(title), eventCreatedDateTime: at, eventType: 'SHIPMENT', publisher: { partyName: nameOf(title.carrier).name }, publisherRole: 'CA' },
    payload: { eventClassifierCode: 'ACT', eventDateTime: at, shipmentEventTypeCode: code, documentTypeCode: 'TRD', documentReference: billNumber, relatedDocumentReferences: [], references: title.containers.map((container) => ({ type: 'EQ', value: container })) },
  }
}

type Call = Extract<TrackingEvent, { eventType: 'TRANSPORT' }>['transportCall']

function callOf(event: TrackingEvent): object | undefined {
  const call = 'transportCall' in event ? event.transportCall : undefined
  if (call === undefined) return undefined
  const place = call.location ?? (call.UNLocationCode === undefined ? undefined : { UNLocationCode: call.UNLocationCode })
  const common = { transportCallReference: transportCallId(event), modeOfTransport: call.modeOfTransport, ...given('location', place && locationOf(place)), ...given('facilityTypeCode', facilityOf(call.location?.facilityTypeCode, 'BOCR')), ...given('carrierServiceCode', call.carrierServiceCode) }
  switch (call.modeOfTransport) {
    case 'RAIL':
      return { ...common, ...given('railService', call.carrierServiceCode) }
    case 'TRUCK':
      return { ...common, ...given('licencePlate', call.carrierServiceCode ?? call.vesselName) }
    default:
      return { ...common, ...given('carrierExportVoyageNumber', call.exportVoyageNumber), ...given('vessel', call.vesselName === undefined && call.vesselIMONumber === undefined ? undefined : { ...given('vesselIMONumber', call.vesselIMONumber), ...given('name', call.vesselName?.slice(0, 50)) }) }
  }
}

/** One kind of location at a time; of one that only has a name its name as an address. */
function locationOf({ locationName: name, UNLocationCode, latitude, longitude }: NonNullable<Call['location']>): object | undefined {
  const named = given('locationName', name?.slice(0, 100))
  if (UNLocationCode !== undefined) return { locationType: 'UNLO', ...named, UNLocationCode }
  if (latitude !== undefined && longitude !== undefined) return { locationType: 'GEOL', ...named, latitude: latitude.toFixed(5), longitude: longitude.toFixed(5) }
  return name === undefined ? undefined : { locationType: 'ADDR', ...named, address: { name: name.slice(0, 100) } }
}

const facilities: readonly string[] = ['CLOC', 'COFS', 'OFFD', 'DEPO', 'INTE', 'POTE', 'RAMP', 'WAYP']

/** A border is BORD in the event's own place and BOCR at a transport call (EVENT_DOMAIN 3.1.0). */
function facilityOf(code: string | undefined, border: 'BORD' | 'BOCR'): string | undefined {
  if (code === 'BORD' || code === 'BOCR') return border
  return code !== undefined && facilities.includes(code) ? code : undefined
}
