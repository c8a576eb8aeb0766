import type { TrackingEvent } from '@yidan/api/contract'
import { titleEventId } from '../event-ids.ts'
import type { VisibleEvent, VisibleTitle, VisibleTracking } from '../visible-events.ts'
import { shipmentCodes } from './shipment-codes.ts'
import { cut, fits } from './texts.ts'
import { documentReferences, given, transportCallId } from './v2-event.ts'

/** DCSA Track & Trace 3.0 (DCSA_TNT 3.0.0-Beta-1, EVENT_DOMAIN 3.1.0): what is about the message in `metadata`, what happened in `payload`. A withdrawal has no payload. */
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

/** Whether 3.0 has a place for the event. */
export function hasPlaceInV3(visible: VisibleEvent): boolean {
  return v3Event(visible, () => ({ name: '', isCarrier: false })) !== null
}

function ofTracking({ event, fact, sender, recordedAt, containers, billNumbers }: VisibleTracking, nameOf: (partyId: string) => Publisher): V3Event | null {
  if (!isKnown(event)) return null
  const publisher = nameOf(sender)
  const metadata = { eventID: event.eventID, eventCreatedDateTime: recordedAt.toISOString(), eventType: event.eventType, ...given('retractedEventID', fact.retracts ?? undefined), publisher: { partyName: publisher.name }, publisherRole: publisher.isCarrier ? 'CA' : 'SVP' } as const
  if (fact.retracts !== null) return { metadata }
  const related = documentReferences(event, billNumbers).map(({ documentReferenceType, documentReferenceValue }) => ({ type: documentReferenceType, value: documentReferenceValue }))
  const isReading = event.eventType === 'REEFER' || event.eventType === 'IOT'
  return { metadata, payload: { eventClassifierCode: event.eventClassifierCode, eventDateTime: event.eventDateTime, ...particulars(event), relatedDocumentReferences: related, ...(isReading ? {} : { references: containers.map((container) => ({ type: 'EQ', value: container })) }) } }
}

type Known = Exclude<TrackingEvent, { eventType: 'POSITION' }>

/** Documents, reefers and devices are told of as facts alone, of devices opened doors alone; of customs papers 3.0 knows the clearance (CUC), not the inspection of 2.2. */
function isKnown(event: TrackingEvent): event is Known {
  switch (event.eventType) {
    case 'POSITION':
      return false
    case 'SHIPMENT':
      return event.eventClassifierCode === 'ACT' && event.documentTypeCode !== 'CUS'
    case 'REEFER':
      return event.eventClassifierCode === 'ACT' && (event.reeferEventTypeCode === 'ADJU' || event.measuredParameters !== undefined)
    case 'IOT':
      return event.eventClassifierCode === 'ACT' && event.iotEventCode === 'DRO'
    default:
      return true
  }
}

/** Moves that can belong to a transshipment. */
const transshipmentMoves: readonly string[] = ['LOAD', 'DISC', 'GTIN', 'GTOT', 'PICK', 'DROP']

function particulars(event: Known): object {
  switch (event.eventType) {
    case 'EQUIPMENT':
      return {
        equipmentEventTypeCode: event.equipmentEventTypeCode, equipmentReference: event.equipmentReference, ...given('ISOEquipmentCode', fits(event.ISOEquipmentCode, 4)), emptyIndicatorCode: event.emptyIndicatorCode,
        ...given('isTransshipmentMove', event.isTransshipmentMove === true && !transshipmentMoves.includes(event.equipmentEventTypeCode) ? undefined : event.isTransshipmentMove),
        ...given('eventLocation', event.eventLocation && locationOf(event.eventLocation)), ...given('facilityTypeCode', facilityOf(event.eventLocation?.facilityTypeCode, 'BORD')), ...given('transportCall', callOf(event)),
        ...given('seals', event.seals?.map(({ sealNumber, sealSource, sealType }) => ({ number: sealNumber, ...given('source', sealSource), ...given('type', sealType) }))),
      }
    case 'TRANSPORT':
      return { transportEventTypeCode: event.transportEventTypeCode, ...given('delayReasonCode', fits(event.delayReasonCode, 3)), ...given('changeRemark', event.changeRemark), transportCall: callOf(event) }
    case 'REEFER':
      return { reeferEventTypeCode: event.reeferEventTypeCode, equipmentReference: event.equipmentReference, ...given('measurements', measurementsOf(event)), ...given('setpoints', setpointsOf(event)), ...given('geoLocation', spotOf(event.eventLocation)) }
    case 'IOT':
      return { iotEventTypeCode: event.iotEventTypeCode, iotEventCode: event.iotEventCode, equipmentReference: event.equipmentReference, ...given('geoLocation', spotOf(event.eventLocation)) }
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
  const common = { transportCallReference: transportCallId(event), modeOfTransport: call.modeOfTransport, ...given('location', locationOf({ ...given('UNLocationCode', call.UNLocationCode), ...call.location })), ...given('facilityTypeCode', facilityOf(call.location?.facilityTypeCode, 'BOCR')) }
  const voyage = { ...given('carrierServiceCode', fits(call.carrierServiceCode, 11)), ...given('carrierExportVoyageNumber', fits(call.exportVoyageNumber, 50)) }
  const ship = { ...given('vesselIMONumber', call.vesselIMONumber), ...given('name', cut(call.vesselName, 35)) }
  switch (call.modeOfTransport) {
    case 'RAIL':
      return { ...common, ...given('railCar', fits(call.wagonNumber, 50)), ...given('railService', fits(call.carrierServiceCode, 50)) }
    case 'TRUCK':
      return { ...common, ...given('licencePlate', fits(call.carrierServiceCode ?? call.vesselName, 15)) }
    case 'BARGE':
      // A barge must have a name, a vessel her IMO number; TBD is the standard's own word for a name that is not known.
      return { ...common, ...voyage, ...given('barge', ship.name === undefined && ship.vesselIMONumber === undefined ? undefined : { name: 'TBD', ...ship }) }
    case 'VESSEL':
      return { ...common, ...voyage, ...given('vessel', ship.vesselIMONumber === undefined ? undefined : ship) }
  }
}

type Place = NonNullable<Call['location']>

/** One kind of location at a time; one of which only the name is known is an address, whose country must be given and is not known. */
function locationOf(place: Place): object | undefined {
  const name = cut(place.locationName, 100)
  if (place.UNLocationCode !== undefined) return { locationType: 'UNLO', ...given('locationName', name), UNLocationCode: place.UNLocationCode }
  const spot = spotOf(place)
  if (spot !== undefined) return { locationType: 'GEOL', ...spot }
  return name === undefined ? undefined : { locationType: 'ADDR', locationName: name, address: { name, country: 'N/A' } }
}

/** Degrees with their sign, as the patterns of DCSA_DOMAIN 3.0.0 want them: +34.62000. */
function spotOf(place: Place | undefined): object | undefined {
  const { latitude, longitude } = place ?? {}
  if (latitude === undefined || longitude === undefined) return undefined
  const signed = (degrees: number): string => `${degrees < 0 ? '' : '+'}${degrees.toFixed(5)}`
  return { ...given('locationName', cut(place?.locationName, 100)), latitude: signed(latitude), longitude: signed(longitude) }
}

type Reefer = Extract<TrackingEvent, { eventType: 'REEFER' }>

/** 3.0 has one temperature inside: the thermometer's, or else that of the air that comes back from the goods. */
function measurementsOf({ measuredParameters: measured }: Reefer): object | undefined {
  if (measured === undefined) return undefined
  const temperature = measured.temperatureValue ?? measured.returnAirTemperatureValue ?? measured.supplyAirTemperatureValue
  return { ...given('ambientTemperature', measured.ambientTemperatureValue), ...given('temperature', temperature), temperatureUnit: measured.temperatureUnit, ...given('humidity', measured.humidityPercentage) }
}

function setpointsOf({ setpointParameters: set }: Reefer): object | undefined {
  return set && { temperature: set.temperatureValue, temperatureUnit: set.temperatureUnit, ...given('humidity', set.humidityPercentage) }
}

const facilities: readonly string[] = ['CLOC', 'COFS', 'OFFD', 'DEPO', 'INTE', 'POTE', 'RAMP', 'WAYP']

/** A border is BORD in the event's own place and BOCR at a transport call (EVENT_DOMAIN 3.1.0). */
function facilityOf(code: string | undefined, border: 'BORD' | 'BOCR'): string | undefined {
  if (code === 'BORD' || code === 'BOCR') return border
  return code !== undefined && facilities.includes(code) ? code : undefined
}
