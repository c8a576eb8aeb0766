import type { TrackingEvent } from '@yidan/api/contract'
import { serviceOf } from '../../tracking/facts.ts'
import { titleEventId, uuidOf } from '../event-ids.ts'
import type { VisibleEvent, VisibleTitle, VisibleTracking } from '../visible-events.ts'
import { shipmentCodes } from './shipment-codes.ts'
import { cut, fits } from './texts.ts'

/**
 * DCSA Track & Trace 2.2: EquipmentEvent, TransportEvent and ShipmentEvent (DCSA_TNT 2.2.0, components/schemas). Codes that 2.2 does not
 * know (customs moves of equipment, reefers and devices, newer document types) have no place in it; 3.0 has them. 2.2 has no retraction: an event that was
 * taken back is not in it any more.
 */
export type V2Event = Readonly<Record<string, unknown>> & { readonly eventID: string; readonly eventType: 'EQUIPMENT' | 'TRANSPORT' | 'SHIPMENT' }

export const v2Codes = {
  equipment: ['LOAD', 'DISC', 'GTIN', 'GTOT', 'STUF', 'STRP', 'PICK', 'DROP', 'INSP', 'RSEA', 'RMVD'],
  transport: ['ARRI', 'DEPA'],
  shipment: ['RECE', 'DRFT', 'PENA', 'PENU', 'REJE', 'APPR', 'ISSU', 'SURR', 'SUBM', 'VOID', 'CONF', 'REQS', 'CMPL', 'HOLD', 'RELS'],
  document: ['CBR', 'BKG', 'SHI', 'SRM', 'TRD', 'ARN', 'VGM', 'CAS', 'CUS', 'DGD', 'OOG'],
} as const

/** The event in the shape of 2.2, or null where 2.2 has no place for it. */
export function v2Event(visible: VisibleEvent): V2Event | null {
  if (visible.kind === 'exception') return null
  return visible.kind === 'title' ? ofTitle(visible) : ofTracking(visible)
}

function ofTracking({ event, fact, withdrawn, recordedAt, containers, billNumbers }: VisibleTracking): V2Event | null {
  if (withdrawn || fact.retracts !== null) return null
  const common = { eventID: event.eventID, eventCreatedDateTime: recordedAt.toISOString(), eventClassifierCode: event.eventClassifierCode, eventDateTime: event.eventDateTime }
  const references = { documentReferences: documentReferences(event, billNumbers).filter(({ documentReferenceType }) => documentReferenceType !== 'SHI'), references: containers.map((container) => ({ referenceType: 'EQ', referenceValue: container })) }
  switch (event.eventType) {
    case 'EQUIPMENT':
      if (!known(v2Codes.equipment, event.equipmentEventTypeCode)) return null
      return {
        ...common, eventType: 'EQUIPMENT', equipmentEventTypeCode: event.equipmentEventTypeCode, equipmentReference: event.equipmentReference, ...given('ISOEquipmentCode', event.ISOEquipmentCode), emptyIndicatorCode: event.emptyIndicatorCode,
        ...given('eventLocation', event.eventLocation && location(event.eventLocation)), ...given('transportCall', callOf(event)), documentReferences: references.documentReferences, ...given('seals', event.seals),
      }
    case 'TRANSPORT':
      return { ...common, eventType: 'TRANSPORT', transportEventTypeCode: event.transportEventTypeCode, ...given('delayReasonCode', fits(event.delayReasonCode, 3)), ...given('changeRemark', event.changeRemark), transportCall: callOf(event), ...references }
    case 'SHIPMENT':
      if (!known(v2Codes.shipment, event.shipmentEventTypeCode) || !known(v2Codes.document, event.documentTypeCode)) return null
      return { ...common, eventType: 'SHIPMENT', shipmentEventTypeCode: event.shipmentEventTypeCode, documentID: event.documentID, documentTypeCode: event.documentTypeCode, ...given('reason', event.reason) }
    case 'POSITION':
    case 'REEFER':
    case 'IOT':
      return null
  }
}

function ofTitle(title: VisibleTitle): V2Event | null {
  const code = shipmentCodes[title.event.type]
  const [billNumber] = title.billNumbers
  if (code === undefined || billNumber === undefined) return null
  const at = title.recordedAt.toISOString()
  return {
    eventID: titleEventId(title), eventCreatedDateTime: at, eventType: 'SHIPMENT', eventClassifierCode: 'ACT', eventDateTime: at, shipmentEventTypeCode: code, documentID: billNumber, documentTypeCode: 'TRD',
    references: title.containers.map((container) => ({ referenceType: 'EQ', referenceValue: container })),
  }
}

/** Bills that it is known to concern, and whatever else its sender named. */
export function documentReferences(event: TrackingEvent, billNumbers: readonly string[]): { documentReferenceType: string; documentReferenceValue: string }[] {
  const named = event.documentReferences ?? []
  const missing = billNumbers.filter((number) => !named.some(({ documentReferenceType, documentReferenceValue }) => documentReferenceType === 'TRD' && documentReferenceValue === number))
  return [...named, ...missing.map((number) => ({ documentReferenceType: 'TRD', documentReferenceValue: number }))]
}

/** One call of a train, vessel or truck at one place has one id, whoever reports it. */
export function transportCallId(event: TrackingEvent): string | null {
  const call = 'transportCall' in event ? event.transportCall : undefined
  if (call === undefined) return null
  const place = call.UNLocationCode ?? call.location?.UNLocationCode ?? call.location?.locationName ?? ''
  return uuidOf('transport call', call.modeOfTransport, serviceOf(event) ?? '', place)
}

type Call = Extract<TrackingEvent, { eventType: 'TRANSPORT' }>['transportCall']

function callOf(event: TrackingEvent): object | undefined {
  const call = 'transportCall' in event ? event.transportCall : undefined
  if (call === undefined) return undefined
  const voyage = call.exportVoyageNumber ?? call.carrierServiceCode
  return {
    transportCallID: transportCallId(event), ...given('carrierServiceCode', fits(call.carrierServiceCode, 5)), ...given('exportVoyageNumber', voyage), ...given('carrierVoyageNumber', voyage), ...given('UNLocationCode', call.UNLocationCode ?? call.location?.UNLocationCode),
    ...given('facilityTypeCode', facilityOf(call)), modeOfTransport: call.modeOfTransport, ...given('location', call.location && location(call.location)),
    ...given('vessel', call.vesselIMONumber && { vesselIMONumber: call.vesselIMONumber, ...given('vesselName', cut(call.vesselName, 35)) }),
  }
}

const facilities: readonly string[] = ['BOCR', 'CLOC', 'COFS', 'COYA', 'OFFD', 'DEPO', 'INTE', 'POTE', 'RAMP']

/** 3.0 says BORD for what 2.2 calls BOCR. */
function facilityOf({ location: at }: Call): string | undefined {
  const code = at?.facilityTypeCode === 'BORD' ? 'BOCR' : at?.facilityTypeCode
  return code !== undefined && facilities.includes(code) ? code : undefined
}

function location({ locationName, UNLocationCode, latitude, longitude }: NonNullable<Call['location']>): object {
  return { ...given('locationName', cut(locationName, 100)), ...given('UNLocationCode', UNLocationCode), ...given('latitude', latitude?.toFixed(5)), ...given('longitude', longitude?.toFixed(5)) }
}

function known(codes: readonly string[], code: string): boolean {
  return codes.includes(code)
}

/** A field only where there is something to put into it. */
export function given<N extends string, V>(name: N, value: V | undefined): Partial<Record<N, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<N, V>)
}
