import { TrackingEvent } from '@yidan/api/contract'
import { checkContainerNumber, ContainerNumber } from '@yidan/ledger'
import { fault, isFault, warning, type IntakeFinding } from '../findings.ts'
import { named, withdrawalOf, type EventSource, type From, type Reading, type SourcedEvent, type Told } from '../source.ts'
import { momentIn } from '../when.ts'
import { messagesIn, placeOf, type Message } from './messages.ts'
import { component, readSegments, type Segment } from './segments.ts'

/**
 * COARRI (discharged, loaded) and CODECO (gate in, gate out) as SMDG's user manuals for D.95B and D.00B use them. Segments that say nothing
 * of interest here are passed over. What one box lacks stops that box alone.
 */
export const coarriCodeco: EventSource<string> = {
  name: 'edifact',
  read(text, from) {
    const { messages, findings } = messagesIn(readSegments(text))
    const readings = messages.map((message) => readMessage(message, from))
    return { events: readings.flatMap(({ events }) => events), findings: [...findings, ...readings.flatMap((reading) => reading.findings)], rows: readings.reduce((sum, { rows }) => sum + rows, 0) }
  },
}

/** What a message reports: BGM 1001, the place's LOC qualifier and the time's DTM qualifiers, the likeliest first. LOC 165 is where the gate stands. */
const reports: Readonly<Record<string, Readonly<Record<string, Report>>>> = {
  COARRI: { 44: { code: 'DISC', places: ['11', '165'], times: ['203', '7'] }, 46: { code: 'LOAD', places: ['9', '165'], times: ['203', '7'] } },
  CODECO: { 34: { code: 'GTIN', places: ['165', '9', '89'], times: ['7', '203'] }, 36: { code: 'GTOT', places: ['165', '11', '89'], times: ['7', '203'] } },
}
interface Report {
  readonly code: 'DISC' | 'LOAD' | 'GTIN' | 'GTOT'
  readonly places: readonly string[]
  readonly times: readonly string[]
}

function readMessage(message: Message, from: From): Reading {
  const { head, type, common, boxes } = message
  const rows = boxes.length
  const kinds = reports[type]
  if (kinds === undefined) return { events: [], findings: [fault(placeOf(head), 'message-not-taken', { column: 'UNH', value: type, detail: { what: type } })], rows }
  const bgm = common.find(({ tag }) => tag === 'BGM')
  if (bgm === undefined) return { events: [], findings: [fault(placeOf(head), 'segment-missing', { column: 'BGM', detail: { what: 'BGM' } })], rows }
  const report = kinds[component(bgm, 1) ?? '']
  if (report === undefined) return { events: [], findings: [fault(placeOf(bgm), 'document-code-unknown', { column: 'BGM', value: component(bgm, 1) ?? '', detail: { what: component(bgm, 1) ?? '' } })], rows }
  const use = component(bgm, 3) ?? '9'
  if (!['1', '2', '5', '9'].includes(use)) return { events: [], findings: [fault(placeOf(bgm), 'function-unknown', { column: 'BGM', value: use, detail: { what: use } })], rows }
  const told = use === '5' ? [warning(placeOf(bgm), 'replaces-nothing', { column: 'BGM' })] : []
  const read = boxes.map((box) => readBox({ message, report, isWithdrawn: use === '1', ...box }, from))
  return { events: read.flatMap(({ event }) => event ?? []), findings: [...told, ...read.flatMap(({ findings }) => findings)], rows }
}

interface OfBox {
  readonly message: Message
  readonly report: Report
  readonly isWithdrawn: boolean
  readonly equipment: Segment
  readonly own: readonly Segment[]
}

function readBox({ message, report, isWithdrawn, equipment, own }: OfBox, { sender, timeZone }: From): { readonly event: SourcedEvent | null; readonly findings: readonly IntakeFinding[] } {
  const where = placeOf(equipment)
  const findings: IntakeFinding[] = []
  const note = (finding: IntakeFinding): null => {
    findings.push(finding)
    return null
  }
  const kind = component(equipment, 1) ?? ''
  if (kind !== 'CN') return { event: null, findings: [fault(where, 'equipment-not-box', { column: 'EQD', value: kind, detail: { what: kind } })] }

  const container = containerOf()
  const at = timeOf()
  const location = locationOf()
  const call = callOf(message, own)
  const fullness = component(equipment, 6)
  if (fullness === null || !['4', '5', '7', '8'].includes(fullness)) note(warning(where, 'edi-empty-missing', { column: 'EQD' }))
  if (container === null || at === null || location === null || findings.some(isFault)) return { event: null, findings }
  const sizeType = component(equipment, 3)
  const references = own.filter(({ tag }) => tag === 'RFF').flatMap((segment) => {
    const type = { BN: 'BKG', BM: 'TRD' }[component(segment, 1) ?? ''], value = component(segment, 1, 2)
    return type === undefined || value === null ? [] : [{ documentReferenceType: type, documentReferenceValue: value }]
  })
  const seals = own.filter(({ tag }) => tag === 'SEL').flatMap((segment) => {
    const sealNumber = component(segment, 1), sealSource = { CA: 'CAR', SH: 'SHI', CU: 'CUS', AC: 'VET' }[component(segment, 2) ?? '']
    return sealNumber === null ? [] : [{ sealNumber, ...(sealSource === undefined ? {} : { sealSource }) }]
  })
  const told = {
    eventType: 'EQUIPMENT', eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: report.code, equipmentReference: container, emptyIndicatorCode: fullness === '4' ? 'EMPTY' : 'LADEN', eventLocation: location,
    ...(call ? { transportCall: call } : {}), ...(seals.length > 0 ? { seals } : {}), ...(references.length > 0 ? { documentReferences: references } : {}), ...(sizeType !== null && /^[A-Z0-9]{4}$/.test(sizeType) ? { ISOEquipmentCode: sizeType } : {}),
  } as Told
  const parsed = TrackingEvent.safeParse(named(told, sender))
  if (!parsed.success) return { event: null, findings: [...findings, ...parsed.error.issues.slice(0, 3).map(({ path, message: what }) => fault(where, 'not-an-event', { column: 'EQD', detail: { what: `${path.join('/')} ${what}` } }))] }
  return { event: { event: isWithdrawn ? withdrawalOf(parsed.data, sender) : parsed.data, where }, findings }

  function containerOf(): ContainerNumber | null {
    const number = (component(equipment, 2) ?? '').replaceAll(/[\s-]/g, '').toUpperCase()
    const check = checkContainerNumber(number)
    if (check.ok) return ContainerNumber.parse(number)
    return note(check.fault === 'shape' ? fault(where, 'container-shape', { column: 'EQD', value: number }) : fault(where, 'container-check-digit', { column: 'EQD', value: number, detail: { expected: check.expected } }))
  }

  function timeOf(): string | null {
    const times = [...own, ...message.common].filter(({ tag }) => tag === 'DTM')
    const found = report.times.flatMap((qualifier) => times.find((segment) => component(segment, 1) === qualifier) ?? [])[0]
    if (found === undefined) return note(fault(where, 'edi-time-missing', { column: 'DTM', detail: { what: report.times[0] ?? '' } }))
    const value = component(found, 1, 2) ?? ''
    const read = readEdiTime(value, component(found, 1, 3) ?? '', timeZone)
    if ('fault' in read) return note(fault(placeOf(found), read.fault, { column: 'DTM', value, detail: { what: value } }))
    if (read.isDateOnly) note(warning(placeOf(found), 'edi-date-only', { column: 'DTM', value }))
    return read.at
  }

  function locationOf(): { locationName?: string; UNLocationCode: string } | null {
    const places = [...message.common, ...own].filter(({ tag }) => tag === 'LOC')
    const found = report.places.flatMap((qualifier) => places.find((segment) => component(segment, 1) === qualifier) ?? [])[0]
    if (found === undefined) return note(fault(where, 'edi-place-missing', { column: 'LOC', detail: { what: report.places[0] ?? '' } }))
    const code = component(found, 2)?.toUpperCase() ?? ''
    if (!/^[A-Z]{2}[A-Z2-9]{3}$/.test(code)) return note(fault(placeOf(found), 'edi-place-unknown', { column: 'LOC', value: code, detail: { what: code } }))
    const name = component(found, 3, 4) ?? component(found, 3) ?? component(found, 2, 4)
    return { UNLocationCode: code, ...(name === null ? {} : { locationName: name }) }
  }
}

/** DTM format codes (2379): 203 to the minute, 204 to the second, 201 with two digits of the year, 102 the day alone. */
function readEdiTime(value: string, format: string, timeZone: string): { readonly at: string; readonly isDateOnly: boolean } | { readonly fault: 'edi-time-shape' | 'time-not-there' } {
  const lengths: Readonly<Record<string, number>> = { 102: 8, 201: 10, 203: 12, 204: 14 }
  if (!/^\d+$/.test(value) || value.length !== lengths[format]) return { fault: 'edi-time-shape' }
  const full = format === '201' ? `20${value}` : value.padEnd(14, '0')
  const read = momentIn([full.slice(0, 4), full.slice(4, 6), full.slice(6, 8), full.slice(8, 10), full.slice(10, 12), full.slice(12, 14)].map(Number), timeZone)
  return 'at' in read ? { at: read.at, isDateOnly: format === '102' } : { fault: read.fault === 'time-not-there' ? 'time-not-there' : 'edi-time-shape' }
}

/** UN/ECE recommendation 19, as TDT 8067 has it. */
const modes: Readonly<Record<string, 'VESSEL' | 'RAIL' | 'TRUCK' | 'BARGE'>> = { 1: 'VESSEL', 2: 'RAIL', 3: 'TRUCK', 8: 'BARGE' }

/** The vessel of a COARRI (TDT 20); what brought the box to a gate or fetched it (TDT 1 or 30 of the box, or of the whole message). */
function callOf({ type, common }: Message, own: readonly Segment[]): object | null {
  const stages = type === 'COARRI' ? ['20'] : ['1', '30']
  const found = [...own, ...common].find((segment) => segment.tag === 'TDT' && stages.includes(component(segment, 1) ?? ''))
  if (found === undefined) return null
  const mode = modes[component(found, 3) ?? (type === 'COARRI' ? '1' : '3')]
  const voyage = component(found, 2), id = component(found, 8), name = component(found, 8, 4)
  if (mode === undefined) return null
  if (mode === 'RAIL' || mode === 'TRUCK') {
    const service = mode === 'RAIL' ? (voyage ?? name ?? id) : (id ?? name ?? voyage)
    return service === null ? null : { modeOfTransport: mode, carrierServiceCode: service.toUpperCase() }
  }
  const vesselName = (name ?? id)?.toUpperCase()
  return vesselName === undefined && voyage === null ? null : { modeOfTransport: mode, ...(vesselName === undefined ? {} : { vesselName }), ...(voyage === null ? {} : { exportVoyageNumber: voyage.toUpperCase() }) }
}
