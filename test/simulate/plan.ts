import type { DraftView } from '@yidan/api/contract'
import { withCheckDigit, type BillNumber, type ContainerNumber } from '@yidan/ledger'
import { randomUUID } from 'node:crypto'

/** A bill under way in the simulation: what it says, and what is going to go wrong with it. */
export interface Travelling {
  readonly billNumber: BillNumber
  readonly document: NonNullable<DraftView['document']>
}
export type Leg = Travelling['document']['legs'][number]

/** What goes otherwise than planned. Names are those of the sample bookings’ trains and vessels. */
export interface Troubles {
  /** Hours each train or vessel arrives later than planned, with the reason its carrier gives. */
  readonly delays: Readonly<Record<string, { readonly hours: number; readonly reason: string }>>
  /** Trains on which the first box of a bill comes off with a seal that is not its own. */
  readonly brokenSealOn: readonly string[]
  /** Trains after which a gate-out is reported for a box that never left, and withdrawn an hour later. */
  readonly wrongReportAfter: readonly string[]
  /** Trains from which the first box of a bill is reported off at the far end before it was loaded: impossible, until a person rejects it six hours later. */
  readonly impossibleOn: readonly string[]
  /** Trackers that say nothing for a while. */
  readonly silent: Readonly<Record<string, { readonly from: string; readonly until: string }>>
}

/** Something that happens at a moment of the simulation and is reported then. */
export interface Happening {
  readonly at: number
  readonly words: string
  readonly by: 'carrier' | 'terminal'
  readonly events: readonly Readonly<Record<string, unknown>>[]
  /** They cannot be true: put aside, not believed. */
  readonly impossible?: true
  /** A person decides about the event with this id, which says this of that box. */
  readonly decides?: { readonly eventID: string; readonly container: string }
}

/** Where a box must be found at the end, told from plan and troubles alone. */
export interface Expected {
  readonly container: ContainerNumber
  readonly movement: string
  readonly leg: number | null
  readonly sealMismatch: boolean
  readonly legs: readonly { readonly actualDeparture: string | null; readonly actualArrival: string | null; readonly progress: 'waiting' | 'under-way' | 'done' }[]
}

const hour = 3_600_000
const loading = 3 * hour, unloading = 2 * hour
const positionsEvery = { rail: hour, sea: 4 * hour, road: Infinity } as const
const modes = { rail: 'RAIL', sea: 'VESSEL', road: 'TRUCK' } as const
const wagons = 50

/** The moments of one leg as they really come about. */
export function timesOf(leg: Leg, { delays }: Troubles): { readonly load: number; readonly departure: number; readonly arrival: number; readonly discharge: number } {
  const departure = Date.parse(leg.plannedDeparture), arrival = Date.parse(leg.plannedArrival) + (delays[unitOf(leg)]?.hours ?? 0) * hour
  return leg.mode === 'road' ? { load: departure, departure, arrival, discharge: arrival } : { load: departure - loading, departure, arrival, discharge: arrival + unloading }
}

export function unitOf({ trainNumber, vessel, plate }: Leg): string {
  return trainNumber ?? vessel ?? plate ?? ''
}

/** Everything that will happen to these bills, in order. */
export function happeningsOf(bills: readonly Travelling[], troubles: Troubles): readonly Happening[] {
  return bills.flatMap((bill) => bill.document.legs.flatMap((leg) => happeningsOn(bill, leg, troubles))).sort((one, other) => one.at - other.at)
}

function happeningsOn(bill: Travelling, leg: Leg, troubles: Troubles): Happening[] {
  const { billNumber, document: { containers } } = bill
  const { load, departure, arrival, discharge } = timesOf(leg, troubles)
  const unit = unitOf(leg), name = unit === '' ? `truck of ${billNumber}` : unit
  const box = (code: string, at: number, where: Leg['from'], { number, seals }: (typeof containers)[number], isBroken = false) => ({
    ...common(billNumber, at), eventType: 'EQUIPMENT', equipmentEventTypeCode: code, equipmentReference: number, emptyIndicatorCode: 'LADEN', eventLocation: location(where), transportCall: call(leg, where),
    seals: seals.slice(0, 1).map((seal) => ({ sealNumber: isBroken ? `X${seal.number}` : seal.number })),
  })
  const run = (code: 'DEPA' | 'ARRI', at: number, where: Leg['from'], more: object = {}) => ({ ...common(billNumber, at), eventType: 'TRANSPORT', transportEventTypeCode: code, transportCall: call(leg, where), ...more })
  if (leg.mode === 'road') {
    return [
      { at: departure, words: `${name} leaves ${leg.from.name}`, by: 'terminal', events: containers.map((container) => box('GTOT', departure, leg.from, container)) },
      { at: arrival, words: `${name} reaches ${leg.to.name}`, by: 'terminal', events: containers.map((container) => box('GTIN', arrival, leg.to, container)) },
    ]
  }
  const broken = troubles.brokenSealOn.includes(unit)
  const delay = troubles.delays[unit]
  const wrong = troubles.wrongReportAfter.includes(unit) ? wrongReport(bill, leg, discharge) : []
  const impossible = troubles.impossibleOn.includes(unit) ? impossibleReport(bill, leg, load) : []
  const others = leg.mode === 'rail' ? fellowBoxesOf(bill).map((number) => ({ number, seals: [] })) : []
  return [
    { at: load, words: `${name}: ${containers.length + others.length} boxes loaded at ${leg.from.name}`, by: 'carrier', events: [...containers, ...others].map((container) => box('LOAD', load, leg.from, container as (typeof containers)[number])) },
    { at: departure, words: `${name} departs ${leg.from.name}`, by: 'carrier', events: [run('DEPA', departure, leg.from)] },
    ...(delay ? [{ at: departure + (arrival - departure) / 2, words: `${name} will be ${delay.hours} h late: ${delay.reason}`, by: 'carrier' as const, events: [{ ...run('ARRI', arrival, leg.to, { changeRemark: delay.reason }), eventClassifierCode: 'EST', eventCreatedDateTime: text(departure + (arrival - departure) / 2) }] }] : []),
    ...positions(leg, departure, arrival, troubles),
    { at: arrival, words: `${name} arrives at ${leg.to.name}${delay ? `, ${delay.hours} h late` : ''}`, by: 'carrier', events: [run('ARRI', arrival, leg.to)] },
    { at: discharge, words: `${name}: boxes taken off${broken ? ', one with a seal that is not its own' : ''}`, by: 'carrier', events: [...containers, ...others].map((container, index) => box('DISC', discharge, leg.to, container as (typeof containers)[number], broken && index === 0)) },
    ...wrong,
    ...impossible,
  ]
}

function wrongReport({ billNumber, document: { containers } }: Travelling, leg: Leg, after: number): Happening[] {
  const victim = containers.at(-1)
  if (!victim) return []
  const eventID = randomUUID()
  const event = { ...common(billNumber, after + hour), eventID, eventType: 'EQUIPMENT', equipmentEventTypeCode: 'GTOT', equipmentReference: victim.number, emptyIndicatorCode: 'LADEN', eventLocation: location(leg.to) }
  return [
    { at: after + hour, words: `${victim.number} is reported out of the gate by mistake`, by: 'carrier', events: [event] },
    { at: after + 2 * hour, words: 'that report is withdrawn', by: 'carrier', events: [{ ...event, eventID: randomUUID(), eventCreatedDateTime: text(after + 2 * hour), retractedEventID: eventID }] },
  ]
}

function impossibleReport({ billNumber, document: { containers } }: Travelling, leg: Leg, load: number): Happening[] {
  const [victim] = containers
  if (!victim) return []
  const eventID = randomUUID()
  const event = { ...common(billNumber, load - hour), eventID, eventType: 'EQUIPMENT', equipmentEventTypeCode: 'DISC', equipmentReference: victim.number, emptyIndicatorCode: 'LADEN', eventLocation: location(leg.to), transportCall: call(leg, leg.to) }
  return [
    { at: load + hour, words: `${victim.number} is reported off at ${leg.to.name} before it was loaded: put aside`, by: 'terminal', events: [event], impossible: true },
    { at: load + 7 * hour, words: 'a person rejects that report', by: 'terminal', events: [], decides: { eventID, container: victim.number } },
  ]
}

/** A straight line at even speed: enough to be followed on a map, and to fall silent. */
function positions(leg: Leg, departure: number, arrival: number, { silent }: Troubles): Happening[] {
  const [from, to] = [leg.from, leg.to].map(({ code, name }) => coordinates[code ?? name])
  const every = positionsEvery[leg.mode], pause = silent[unitOf(leg)]
  if (!from || !to) return []
  const moments = Array.from({ length: Math.floor((arrival - departure - 1) / every) }, (_, index) => departure + (index + 1) * every)
  return moments.filter((at) => pause === undefined || at < Date.parse(pause.from) || at >= Date.parse(pause.until)).map((at): Happening => {
    const share = (at - departure) / (arrival - departure)
    const [latitude, longitude] = from.map((start, axis) => Number((start + ((to[axis] ?? start) - start) * share).toFixed(4)))
    return { at, words: '', by: 'carrier', events: [{ eventType: 'POSITION', eventID: randomUUID(), eventDateTime: text(at), eventClassifierCode: 'ACT', transportCall: call(leg, null), latitude, longitude }] }
  })
}

/** The end as plan and troubles have it. */
export function expectedAt(moment: number, { document: { legs, containers } }: Travelling, troubles: Troubles): readonly Expected[] {
  return containers.map(({ number }, index) => {
    const runs = legs.map((leg, at) => ({ leg, number: at + 1, ...timesOf(leg, troubles) }))
    const passed = runs.filter(({ discharge }) => discharge <= moment), current = runs[passed.length]
    const before = passed.at(-1)?.leg.mode
    const resting = before === undefined || before === 'road' ? 'GATED_IN' : 'DISCHARGED'
    const moving = current === undefined || moment < current.load ? null : current
    const movement = moving === null ? resting : moving.leg.mode === 'road' ? 'GATED_OUT' : moment < moving.departure ? 'LOADED' : moment < moving.arrival ? 'IN_TRANSIT' : 'ARRIVED'
    return {
      container: number, movement, leg: current?.number ?? null, sealMismatch: index === 0 && passed.some(({ leg }) => troubles.brokenSealOn.includes(unitOf(leg))),
      legs: runs.map((run) => ({
        actualDeparture: run.departure <= moment ? text(run.departure) : null, actualArrival: run.arrival <= moment ? text(run.arrival) : null,
        progress: run.discharge <= moment ? 'done' as const : run.load <= moment ? 'under-way' as const : 'waiting' as const,
      })),
    }
  })
}

const fellows = new Map<string, readonly string[]>()
/** 20' boxes of other shippers: a train of fifty wagons is not empty but for ours, of which a 40' takes the place of two. */
export function fellowBoxesOf({ billNumber, document: { containers } }: Travelling): readonly string[] {
  const places = containers.reduce((sum, { sizeType }) => sum + (sizeType.startsWith('4') ? 2 : 1), 0)
  const first = [...fellows.values()].flat().length + 1
  const boxes = fellows.get(billNumber) ?? Array.from({ length: wagons * 2 - places }, (_, index) => withCheckDigit(`FELU${String(first + index).padStart(6, '0')}`))
  fellows.set(billNumber, boxes)
  return boxes
}

function common(billNumber: string, at: number): Record<string, unknown> {
  return { eventID: randomUUID(), eventDateTime: text(at), eventClassifierCode: 'ACT', documentReferences: [{ documentReferenceType: 'TRD', documentReferenceValue: billNumber }] }
}

function call({ mode, trainNumber, vessel, voyage }: Leg, place: Leg['from'] | null): Record<string, unknown> {
  return {
    modeOfTransport: modes[mode], ...(trainNumber ? { carrierServiceCode: trainNumber } : {}), ...(vessel ? { vesselName: vessel } : {}), ...(voyage ? { exportVoyageNumber: voyage } : {}),
    ...(place === null ? {} : { ...(place.code ? { UNLocationCode: place.code } : {}), location: location(place) }),
  }
}

function location({ name, code }: Leg['from']): Record<string, unknown> {
  return { locationName: name, ...(code ? { UNLocationCode: code } : {}) }
}

function text(moment: number): string {
  return new Date(moment).toISOString()
}

/** Latitude and longitude in degrees, about where these places are. */
const coordinates: Readonly<Record<string, readonly [number, number]>> = {
  CNLYA: [34.66, 112.45], CNBEI: [29.93, 121.85], CNNBP: [29.95, 121.9], CNQDP: [36.0, 120.2], CNTAO: [36.07, 120.3], CNHRS: [44.21, 80.4], Altynkol: [44.2, 80.3], UZTAS: [41.3, 69.25], KRPUS: [35.08, 128.83], BRSSZ: [-23.95, -46.3], DEHAM: [53.54, 9.93],
}
