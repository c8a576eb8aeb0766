import type { TrackingEvent } from '@yidan/api/contract'
import type { TitleEvent } from '@yidan/ledger'
import { given } from '../dcsa/v2-event.ts'
import { titleEventId } from '../event-ids.ts'
import type { VisibleEvent, VisibleTitle, VisibleTracking } from '../visible-events.ts'
import { names } from './names.ts'

/** GS1 EPCIS 2.0 in JSON-LD (EPCIS 2.0 section 9.5), terms of CBV 2.0. Facts only: plans and estimates have no place in it. */
export interface EpcisEvent extends Readonly<Record<string, unknown>> {
  readonly type: 'ObjectEvent' | 'AggregationEvent' | 'AssociationEvent' | 'TransactionEvent'
  readonly eventID: string
  readonly eventTime: string
  readonly bizStep?: string
}

/** `yidan:` holds what EPCIS has no word for: which code of Track & Trace an event was, and whether the box was empty. */
export const context = ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { yidan: 'urn:yidan:epcis:' }] as const

export function epcisEvent(visible: VisibleEvent): EpcisEvent | null {
  if (visible.kind === 'exception') return null
  return visible.kind === 'title' ? ofTitle(visible) : ofTracking(visible)
}

function ofTracking(visible: VisibleTracking): EpcisEvent | null {
  const { event, fact } = visible
  if (event.eventClassifierCode !== 'ACT') return null
  const common = commonOf(visible)
  const documents = transactionsOf(event, visible.billNumbers)
  switch (event.eventType) {
    case 'EQUIPMENT':
      return { ...equipmentEvent(event, visible), ...common, ...given('bizTransactionList', documents) }
    case 'TRANSPORT': {
      const vehicle = fact.service === null ? [] : [names.service(event.transportCall.modeOfTransport, fact.service)]
      return { type: 'ObjectEvent', action: 'OBSERVE', epcList: [...vehicle, ...visible.containers.map(names.container)], bizStep: event.transportEventTypeCode === 'ARRI' ? 'arriving' : 'departing', disposition: 'in_transit', ...common, ...given('bizTransactionList', documents) }
    }
    case 'SHIPMENT': {
      const { documentTypeCode, documentID } = event
      const own = documentTypeCode === 'TRD' ? { type: 'bol', bizTransaction: names.bill(documentID) } : { bizTransaction: documentTypeCode === 'BKG' ? names.booking(documentID) : names.document(documentTypeCode, documentID) }
      return { type: 'TransactionEvent', action: event.shipmentEventTypeCode === 'ISSU' ? 'ADD' : event.shipmentEventTypeCode === 'SURR' || event.shipmentEventTypeCode === 'VOID' ? 'DELETE' : 'OBSERVE', bizTransactionList: [own], epcList: visible.containers.map(names.container), ...common }
    }
    case 'REEFER':
    case 'IOT':
      return { type: 'ObjectEvent', action: 'OBSERVE', epcList: visible.containers.map(names.container), bizStep: 'sensor_reporting', ...common, sensorElementList: [{ sensorMetadata: { time: event.eventDateTime }, sensorReport: reportsOf(event) }] }
    case 'POSITION':
      return null
  }
}

/** What a reefer measured or was set to, what a device on the door noticed; units of UN/CEFACT Recommendation 20. */
function reportsOf(event: Extract<TrackingEvent, { eventType: 'REEFER' | 'IOT' }>): object[] {
  if (event.eventType === 'IOT') return [event.iotEventCode === 'SHK' && event.shockG !== undefined ? { type: 'Acceleration', value: event.shockG, uom: 'K40', 'yidan:parameter': event.iotEventCode } : { type: 'urn:yidan:epcis:detected', booleanValue: true, 'yidan:parameter': event.iotEventCode }]
  const measured = Object.entries(event.measuredParameters ?? {}).map(([name, value]) => ({ name, value, unit: event.measuredParameters?.temperatureUnit }))
  const set = Object.entries(event.setpointParameters ?? {}).map(([name, value]) => ({ name: `setpoint ${name}`, value, unit: event.setpointParameters?.temperatureUnit }))
  return [...measured, ...set].flatMap(({ name, value, unit }) => {
    if (typeof value !== 'number') return []
    return [{ ...(name.includes('humidity') ? { type: 'RelativeHumidity', value, uom: 'P1' } : { type: 'Temperature', value, uom: unit ?? 'CEL' }), 'yidan:parameter': name }]
  })
}

/** bizStep and disposition of each equipment event (domain brief, EPCIS mapping). */
export const equipmentSteps = {
  GTIN: ['arriving', 'in_progress'], GTOT: ['departing', 'in_transit'], LOAD: ['loading', 'in_transit'], DISC: ['unloading', 'in_transit'], AVPU: ['staging_outbound', 'in_progress'], AVDO: ['storing', 'in_progress'], STUF: ['packing', 'in_progress'], STRP: ['unpacking', 'in_progress'], PICK: ['collecting', 'in_transit'], DROP: ['receiving', 'in_progress'],
  INSP: ['inspecting', 'in_progress'], RSEA: ['other', 'container_closed'], RMVD: ['removing', 'in_progress'], CUSS: ['holding', 'in_progress'], CUSI: ['inspecting', 'in_progress'], CUSR: ['accepting', 'conformant'], CROS: ['entering_exiting', 'in_transit'],
} as const satisfies Record<Equipment['equipmentEventTypeCode'], readonly [bizStep: string, disposition: string]>

type Equipment = Extract<TrackingEvent, { eventType: 'EQUIPMENT' }>

function equipmentEvent(event: Equipment, { fact }: VisibleTracking): Pick<EpcisEvent, 'type'> & Record<string, unknown> {
  const [bizStep, disposition] = equipmentSteps[event.equipmentEventTypeCode]
  const own = { bizStep, disposition, 'yidan:equipmentEventTypeCode': event.equipmentEventTypeCode, 'yidan:emptyIndicatorCode': event.emptyIndicatorCode }
  const box = names.container(event.equipmentReference)
  const code = event.equipmentEventTypeCode
  if (code === 'STUF' || code === 'STRP') return { type: 'AggregationEvent', parentID: box, action: code === 'STUF' ? 'ADD' : 'DELETE', childQuantityList: [{ epcClass: names.cargo(event.equipmentReference) }], ...own }
  if ((code === 'LOAD' || code === 'DISC') && fact.service !== null && event.transportCall !== undefined) {
    return { type: 'AssociationEvent', parentID: names.service(event.transportCall.modeOfTransport, fact.service), childEPCs: [box], action: code === 'LOAD' ? 'ADD' : 'DELETE', ...own }
  }
  return { type: 'ObjectEvent', action: 'OBSERVE', epcList: [box], ...own }
}

function commonOf({ event, fact, recordedAt }: VisibleTracking): Pick<EpcisEvent, 'eventID' | 'eventTime'> & Record<string, unknown> {
  const place = names.place(fact.place.code, fact.place.name)
  const at = place === null ? {} : { readPoint: { id: place }, bizLocation: { id: place } }
  // A withdrawal is the event once more, declared to be in error (EPCIS 2.0 section 7.4.1.2).
  const error = fact.retracts === null ? {} : { errorDeclaration: { declarationTime: recordedAt.toISOString(), reason: 'did_not_occur' } }
  return { eventID: names.event(fact.retracts ?? event.eventID), eventTime: event.eventDateTime, eventTimeZoneOffset: offsetOf(event.eventDateTime), recordTime: recordedAt.toISOString(), ...at, ...error }
}

function transactionsOf(event: TrackingEvent, billNumbers: readonly string[]): object[] | undefined {
  const bookings = (event.documentReferences ?? []).flatMap(({ documentReferenceType, documentReferenceValue }) => (documentReferenceType === 'BKG' ? [{ bizTransaction: names.booking(documentReferenceValue) }] : []))
  const found = [...billNumbers.map((number) => ({ type: 'bol', bizTransaction: names.bill(number) })), ...bookings]
  return found.length === 0 ? undefined : found
}

/** What happens to the bill: begun, moved on, ended. Source and destination say who holds title and who the document. */
function ofTitle(title: VisibleTitle): EpcisEvent | null {
  const told = titleStep(title.event)
  const [billNumber] = title.billNumbers
  if (told === null || billNumber === undefined) return null
  const at = title.recordedAt.toISOString()
  return {
    type: 'TransactionEvent', eventID: names.event(titleEventId(title)), eventTime: at, eventTimeZoneOffset: '+00:00', recordTime: at, bizTransactionList: [{ type: 'bol', bizTransaction: names.bill(billNumber) }], epcList: title.containers.map(names.container), ...told,
    'yidan:titleEvent': title.event.type,
  }
}

function titleStep(event: TitleEvent): { readonly action: 'ADD' | 'OBSERVE' | 'DELETE'; readonly bizStep?: string } & Record<string, unknown> | null {
  switch (event.type) {
    case 'bill-issued':
      return { action: 'ADD', bizStep: 'shipping', destinationList: [...party('destination', 'owning_party', event.titleholder), ...party('destination', 'possessing_party', event.possessor)] }
    case 'title-endorsed':
      return { action: 'OBSERVE', ...lists('owning_party', event.from, event.to) }
    case 'possession-transferred':
      return { action: 'OBSERVE', ...lists('possessing_party', event.from, event.to) }
    case 'surrender-accepted':
      return { action: 'DELETE', bizStep: 'receiving' }
    case 'bill-accomplished':
      return { action: 'DELETE', bizStep: 'receiving', disposition: 'inactive' }
    case 'bill-voided':
      return { action: 'DELETE', disposition: 'inactive' }
    default:
      return null
  }
}

function lists(type: string, from: string, to: string): Record<string, unknown> {
  const [source, destination] = [party('source', type, from), party('destination', type, to)]
  return { ...(source.length === 0 ? {} : { sourceList: source }), ...(destination.length === 0 ? {} : { destinationList: destination }) }
}

/** A bill in blank is nobody's by name. */
function party(end: 'source' | 'destination', type: string, partyId: string): object[] {
  return partyId === 'BLANK' ? [] : [{ type, [end]: names.party(partyId) }]
}

function offsetOf(moment: string): string {
  return /([+-]\d\d:\d\d)$/.exec(moment)?.[1] ?? '+00:00'
}
