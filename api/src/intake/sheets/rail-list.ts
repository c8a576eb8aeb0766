import type { Sheet } from '../../bills/import/read-table.ts'
import { fault, isFault, type IntakeFinding } from '../findings.ts'
import type { EventSource, From, SourcedEvent, Told } from '../source.ts'
import { readRow } from './cells.ts'
import { bothNames, rowsOf, type Column, type Row } from './columns.ts'
import { eventOf } from './event-words.ts'
import { checked } from './terminal-list.ts'

/**
 * A list of a train (班列): train, wagon, box, station, event, time. What the train does is one event for all its boxes, on however many rows
 * it stands: such rows are the same event again.
 */
export const railList: EventSource<Sheet> = {
  name: 'rail-list',
  read(sheet, from) {
    const { rows, findings } = rowsOf(sheet, railColumns)
    const read = rows.map((row) => readRailRow(row, from))
    return { events: read.flatMap(({ event }) => event ?? []), findings: [...findings, ...read.flatMap((one) => one.findings)], rows: Math.max(sheet.rows.length - 1, 0) }
  },
}

/** By these a train's list is told from a terminal's. */
export const railColumns: readonly Column[] = ['train', 'station', 'event', 'at']

function readRailRow(row: Row, { sender, timeZone }: From): { readonly event: SourcedEvent | null; readonly findings: readonly IntakeFinding[] } {
  const cells = readRow(row)
  const train = cells.needed('train')?.toUpperCase() ?? null, word = cells.needed('event'), at = cells.time(timeZone), empty = cells.empty()
  const station = cells.needed('station') === null ? null : cells.place('station', 'placeCode')
  const code = word === null ? null : eventOf(word)
  const isOfTrain = code === 'ARRI' || code === 'DEPA'
  if (word !== null && code === null) cells.note(fault({ row: row.row }, 'event-unknown', { column: bothNames('event'), value: word, detail: { what: word } }))
  if (word !== null && code !== null && !isOfTrain && cells.text('container') === null) cells.note(fault({ row: row.row }, 'event-needs-box', { column: bothNames('container'), detail: { what: word } }))
  // A box named beside what the train does is looked at too: a misread number there says that the row is not to be trusted.
  const container = cells.text('container') === null ? null : cells.container()
  if (train === null || at === null || empty === null || station === null || code === null || cells.findings.some(isFault)) return { event: null, findings: cells.findings }
  const call = { modeOfTransport: 'RAIL', carrierServiceCode: train }
  if (isOfTrain) return checked(row.row, { eventType: 'TRANSPORT', eventDateTime: at, eventClassifierCode: 'ACT', transportEventTypeCode: code, transportCall: { ...call, location: station } } as Told, sender, cells.findings)
  const wagon = cells.text('wagon'), seal = cells.text('seal')
  const told = {
    eventType: 'EQUIPMENT', eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: empty ? 'EMPTY' : 'LADEN', eventLocation: station,
    transportCall: { ...call, ...(wagon === null ? {} : { wagonNumber: wagon }) }, ...(seal === null ? {} : { seals: [{ sealNumber: seal }] }),
  } as Told
  return checked(row.row, told, sender, cells.findings)
}
