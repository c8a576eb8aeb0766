import { TrackingEvent } from '@yidan/api/contract'
import type { Sheet } from '../../bills/import/read-table.ts'
import { fault, isFault, warning, type IntakeFinding } from '../findings.ts'
import { named, type EventSource, type From, type SourcedEvent, type Told } from '../source.ts'
import { readRow, type RowReader } from './cells.ts'
import { bothNames, rowsOf, type Row } from './columns.ts'
import { eventOf } from './event-words.ts'

/** A terminal's list of moves: one row one move of one box, by whatever brings or takes it. */
export const terminalList: EventSource<Sheet> = {
  name: 'terminal-list',
  read(sheet, from) {
    const { rows, findings, has } = rowsOf(sheet, ['container', 'event', 'at'])
    const read = rows.map((row) => readMove(row, from))
    const untold = rows.length > 0 && !has.has('empty') ? [warning({ row: 1 }, 'empty-not-told')] : []
    return { events: read.flatMap(({ event }) => event ?? []), findings: [...findings, ...untold, ...read.flatMap((one) => one.findings)], rows: Math.max(sheet.rows.length - 1, 0) }
  },
}

function readMove(row: Row, { sender, timeZone }: From): { readonly event: SourcedEvent | null; readonly findings: readonly IntakeFinding[] } {
  const cells = readRow(row)
  const container = cells.container(), at = cells.time(timeZone), empty = cells.empty(), word = cells.needed('event')
  const place = cells.place('place', 'placeCode')
  const code = word === null ? null : eventOf(word)
  if (word !== null && (code === null || code === 'ARRI' || code === 'DEPA')) cells.note(fault({ row: row.row }, 'event-unknown', { column: bothNames('event'), value: word, detail: { what: word } }))
  if (container === null || at === null || empty === null || place === null || code === null || cells.findings.some(isFault)) return { event: null, findings: cells.findings }
  const call = callOf(cells)
  const seal = cells.text('seal'), sizeType = cells.text('sizeType')?.toUpperCase()
  const references = ([['BKG', cells.text('booking')], ['TRD', cells.text('bill')]] as const).flatMap(([documentReferenceType, documentReferenceValue]) => (documentReferenceValue === null ? [] : [{ documentReferenceType, documentReferenceValue }]))
  const told = {
    eventType: 'EQUIPMENT', eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: empty ? 'EMPTY' : 'LADEN',
    ...(Object.keys(place).length > 0 ? { eventLocation: place } : {}), ...(call ? { transportCall: call } : {}), ...(seal === null ? {} : { seals: [{ sealNumber: seal }] }),
    ...(sizeType === undefined ? {} : { ISOEquipmentCode: sizeType }), ...(references.length > 0 ? { documentReferences: references } : {}),
  } as Told
  return checked(row.row, told, sender, cells.findings)
}

/** The train, the vessel with her voyage, or else the truck. */
function callOf(cells: RowReader): Extract<TrackingEvent, { eventType: 'EQUIPMENT' }>['transportCall'] | null {
  const [train, wagon, vessel, voyage, plate] = [cells.text('train'), cells.text('wagon'), cells.text('vessel'), cells.text('voyage'), cells.text('plate')]
  if (train !== null) return { modeOfTransport: 'RAIL', carrierServiceCode: train.toUpperCase(), ...(wagon === null ? {} : { wagonNumber: wagon }) }
  if (vessel !== null) return { modeOfTransport: 'VESSEL', vesselName: vessel.toUpperCase(), ...(voyage === null ? {} : { exportVoyageNumber: voyage.toUpperCase() }) }
  return plate === null ? null : { modeOfTransport: 'TRUCK', carrierServiceCode: plate.toUpperCase() }
}

/** What was read as an event of ours, named by its content; what our events do not allow is a fault of the row. */
export function checked(row: number, told: Told, sender: From['sender'], findings: readonly IntakeFinding[]): { readonly event: SourcedEvent | null; readonly findings: readonly IntakeFinding[] } {
  const parsed = TrackingEvent.safeParse(named(told, sender))
  if (parsed.success) return { event: { event: parsed.data, where: { row } }, findings }
  return { event: null, findings: [...findings, ...parsed.error.issues.slice(0, 3).map(({ path, message }) => fault({ row }, 'not-an-event', { detail: { what: `${path.join('/')} ${message}` } }))] }
}
