import type { TrackingEvent } from '@yidan/api/contract'
import type { LegMode, PartyId } from '@yidan/ledger'
import type { LogEntry } from '../events/types.ts'
import { geofences } from '../positions/geofences.ts'
import type { PlaceName } from './places.ts'

/** One tracking event as the rules read it: what, when, where, on which unit. Times are UTC text with milliseconds. */
export interface Fact {
  readonly position: number
  readonly eventID: string
  readonly sender: PartyId
  /** GEOFENCE is no report: it is shown, and never believed. */
  readonly type: TrackingEvent['eventType'] | 'GEOFENCE'
  readonly kind: 'ACT' | 'PLN' | 'EST'
  /** LOAD, DEPA, POSITION ... */
  readonly code: string
  readonly at: string
  /** When the sender made it: the latest estimate counts. */
  readonly created: string
  readonly place: PlaceName
  readonly latitude: number | null
  readonly longitude: number | null
  readonly mode: LegMode | null
  /** The train, vessel with voyage, or truck. */
  readonly service: string | null
  readonly container: string | null
  readonly empty: boolean | null
  readonly seals: readonly string[]
  /** What a reefer told of its air, in °C. */
  readonly reefer: Air | null
  /** The event this one withdraws. It is nothing else besides: a corrected fact comes as an event of its own. */
  readonly retracts: string | null
  readonly detail: string | null
}

export interface Air {
  readonly setPoint: number | null
  readonly supply: number | null
  readonly return: number | null
  readonly humidity: number | null
}

const modes = { RAIL: 'rail', VESSEL: 'sea', BARGE: 'sea', TRUCK: 'road' } as const satisfies Record<string, LegMode>

/** Many read one entry: judge, views, live rooms, exceptions. */
const read = new WeakMap<object, Fact>()

/** The fact in a log entry, or null when it is neither a tracking event nor the crossing of a geofence. */
export function factOf({ position, event }: LogEntry): Fact | null {
  if (event.type === 'geofence-crossed') return crossingOf(position, event)
  if (event.type !== 'tracking-received') return null
  const before = read.get(event)
  if (before?.position === position) return before
  const fact = readEvent({ position, event: event.event, sender: event.sender, retracts: event.retracts })
  read.set(event, fact)
  return fact
}

export function readEvent({ position, event, sender, retracts }: { position: number; event: TrackingEvent; sender: PartyId; retracts: string | null }): Fact {
  const call = 'transportCall' in event ? event.transportCall : undefined
  const location = ('eventLocation' in event ? event.eventLocation : undefined) ?? call?.location
  const equipment = event.eventType === 'EQUIPMENT' ? event : null
  const spot = event.eventType === 'POSITION' ? event : location
  return {
    position, eventID: event.eventID, sender, type: event.eventType, kind: event.eventClassifierCode, code: codeOf(event), at: utc(event.eventDateTime), created: utc(event.eventCreatedDateTime ?? event.eventDateTime),
    place: { name: location?.locationName ?? null, code: location?.UNLocationCode ?? call?.UNLocationCode ?? null },
    latitude: spot?.latitude ?? null, longitude: spot?.longitude ?? null,
    mode: call ? modes[call.modeOfTransport] : null, service: serviceOf(event),
    container: 'equipmentReference' in event ? (event.equipmentReference ?? null) : null,
    empty: equipment ? equipment.emptyIndicatorCode === 'EMPTY' : null,
    seals: (equipment?.seals ?? []).map(({ sealNumber }) => sealName(sealNumber)),
    reefer: event.eventType === 'REEFER' ? airOf(event) : null,
    retracts, detail: detailOf(event),
  }
}

/** GEOI went in, GEOO came out (ours). */
function crossingOf(position: number, { eventID, at, sender, container, service, fence, direction }: Extract<LogEntry['event'], { type: 'geofence-crossed' }>): Fact {
  const place = geofences.find(({ id }) => id === fence)
  return {
    position, eventID: `${eventID}:${fence}:${direction}`, sender, type: 'GEOFENCE', kind: 'ACT', code: direction === 'in' ? 'GEOI' : 'GEOO', at, created: at, place: { name: place?.name ?? fence, code: place?.code ?? null },
    latitude: null, longitude: null, mode: null, service, container, empty: null, seals: [], reefer: null, retracts: null, detail: null,
  }
}

function airOf({ setpointParameters: set, measuredParameters: measured }: Extract<TrackingEvent, { eventType: 'REEFER' }>): Air {
  const celsius = (value: number | undefined, unit: 'CEL' | 'FAH' | undefined): number | null => (value === undefined ? null : Math.round((unit === 'FAH' ? ((value - 32) * 5) / 9 : value) * 10) / 10)
  return {
    setPoint: celsius(set?.temperatureValue, set?.temperatureUnit), supply: celsius(measured?.supplyAirTemperatureValue, measured?.temperatureUnit),
    // A plain thermometer hangs among the goods: it tells what the return air tells.
    return: celsius(measured?.returnAirTemperatureValue ?? measured?.temperatureValue, measured?.temperatureUnit), humidity: measured?.humidityPercentage ?? null,
  }
}

/** What the log files an event under: the box it is about, or else the train, vessel or truck. Positions and measured temperatures have a shelf of their own: there are many, and a timeline does not show them. */
export function aboutOf(event: TrackingEvent): string[] {
  const shelf = event.eventType === 'POSITION' || (event.eventType === 'REEFER' && event.reeferEventTypeCode === 'MEAS') ? ':position' : ''
  const container = 'equipmentReference' in event ? event.equipmentReference : undefined
  if (container) return [`container:${container}${shelf}`]
  const service = serviceOf(event)
  if (service) return [`service:${service}${shelf}`]
  return event.eventType === 'SHIPMENT' ? [`document:${event.documentID}`] : []
}

/**
 * The name a train, vessel or truck goes by: 车次; vessel and voyage; plate or trip. A truck without any is known by the bill it carries
 * for (`TRUCK LYLG2611000042K`).
 */
export function serviceOf(event: TrackingEvent): string | null {
  const call = 'transportCall' in event ? event.transportCall : undefined
  if (!call) return null
  const voyage = call.exportVoyageNumber ?? call.carrierServiceCode
  const name = call.modeOfTransport === 'VESSEL' || call.modeOfTransport === 'BARGE' ? [call.vesselName, voyage].filter((part) => part !== undefined).join(' ') : (call.carrierServiceCode ?? call.vesselName)
  if (name) return serviceName(name)
  const bill = event.documentReferences?.find(({ documentReferenceType }) => documentReferenceType === 'TRD')?.documentReferenceValue
  return bill === undefined ? null : serviceName(`${call.modeOfTransport} ${bill}`)
}

export function serviceName(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toUpperCase()
}

export function sealName(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase()
}

function codeOf(event: TrackingEvent): string {
  switch (event.eventType) {
    case 'EQUIPMENT':
      return event.equipmentEventTypeCode
    case 'TRANSPORT':
      return event.transportEventTypeCode
    case 'SHIPMENT':
      return event.shipmentEventTypeCode
    case 'POSITION':
      return 'POSITION'
    case 'REEFER':
      return event.reeferEventTypeCode
    case 'IOT':
      return event.iotEventCode
  }
}

function detailOf(event: TrackingEvent): string | null {
  if (event.eventType === 'TRANSPORT') return event.changeRemark ?? event.delayReasonCode ?? null
  if (event.eventType === 'SHIPMENT') return event.reason ?? null
  if (event.eventType === 'REEFER') return event.setpointParameters ? `${airOf(event).setPoint} °C` : null
  if (event.eventType === 'IOT') return event.shockG === undefined ? null : `${event.shockG} g`
  return null
}

const alreadyUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function utc(text: string): string {
  return alreadyUtc.test(text) ? text : new Date(text).toISOString()
}
