import type { Desk } from '@yidan/api/sdk'
import type { DraftView } from '@yidan/api/contract'
import { randomUUID } from 'node:crypto'

/** What happens to the boxes of a bill on each leg, as the carriers and terminals would report it (DCSA T&T 2.2 names). */
type Leg = NonNullable<DraftView['document']>['legs'][number]
const modeOfTransport = { rail: 'RAIL', sea: 'VESSEL', road: 'TRUCK' } as const

export async function gateIn(terminal: Desk, document: NonNullable<DraftView['document']>): Promise<void> {
  const place = document.legs[0]?.from.code
  for (const container of document.containers) {
    await terminal.client.call('gateMove', { body: { moveId: randomUUID(), direction: 'in', container: container.number, at: new Date().toISOString(), seal: container.seals[0]?.number, ...(place ? { place } : {}) } })
  }
}

/**
 * Sends loading, departure, arrival and discharge of every leg, in time order: a journey of weeks, told in seconds. Places by their names
 * alone, not by code: a box that is in Luoyang and a second later in Hamburg would be put aside, and rightly.
 */
export async function travel(carrier: Desk, billNumber: string, document: NonNullable<DraftView['document']>): Promise<number> {
  let clock = Date.now()
  const next = (): string => new Date((clock += 10)).toISOString()
  const events = document.legs.flatMap((leg) => [
    ...document.containers.map((container) => equipment('LOAD', container.number, leg, leg.from, next())),
    transport('DEPA', leg, leg.from, next()),
    transport('ARRI', leg, leg.to, next()),
    ...document.containers.map((container) => equipment('DISC', container.number, leg, leg.to, next())),
  ])
  const report = await carrier.client.call('sendEvents', { body: events.map((event) => ({ ...event, documentReferences: [{ documentReferenceType: 'TRD', documentReferenceValue: billNumber }] })) })
  if (report.refused.length > 0) throw new Error(`events were refused: ${JSON.stringify(report.refused.slice(0, 3))}`)
  if (report.putAside.length > 0) throw new Error(`events were held to be impossible: ${JSON.stringify(report.putAside.slice(0, 3))}`)
  return report.accepted
}

function equipment(code: 'LOAD' | 'DISC', container: string, leg: Leg, place: Leg['from'], at: string): Record<string, unknown> {
  return {
    eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: 'LADEN',
    eventLocation: location(place), transportCall: call(leg, place),
  }
}

function transport(code: 'DEPA' | 'ARRI', leg: Leg, place: Leg['from'], at: string): Record<string, unknown> {
  return { eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', transportEventTypeCode: code, transportCall: call(leg, place) }
}

function call(leg: Leg, place: Leg['from']): Record<string, unknown> {
  return {
    modeOfTransport: modeOfTransport[leg.mode],
    ...(leg.trainNumber ? { carrierServiceCode: leg.trainNumber } : {}),
    ...(leg.vessel ? { vesselName: leg.vessel } : {}),
    ...(leg.voyage ? { exportVoyageNumber: leg.voyage } : {}),
    location: location(place),
  }
}

function location(place: Leg['from']): Record<string, unknown> {
  return { locationName: place.name }
}
