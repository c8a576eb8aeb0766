import type { EventFileFormat, EventFileLine, EventFileReport, Fault } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import { readTable, textOf } from '../bills/import/read-table.ts'
import type { Language, UploadedFile } from '../http/handlers.ts'
import type { Ports } from '../ports.ts'
import { takeIn, type IntakeReport } from '../tracking/commands.ts'
import type { Judge } from '../tracking/put-aside.ts'
import { readEvent } from '../tracking/view.ts'
import { coarriCodeco } from './edifact/coarri-codeco.ts'
import { isFault, wordFinding } from './findings.ts'
import { asShown } from './sheets/cells.ts'
import { columnsIn } from './sheets/columns.ts'
import { railColumns, railList } from './sheets/rail-list.ts'
import { terminalList } from './sheets/terminal-list.ts'
import type { From, Reading, SourcedEvent } from './source.ts'

/** Rows of one list. */
const rowLimit = 5_000
const batchSize = 500

/**
 * Takes a file of events: each line that is right goes the way of events sent one by one, to the same judge and the same log; each that is
 * not is named. The same file again changes nothing.
 * @throws Problem `unreadable-file`, `unknown-file-type`, `too-many-rows`
 */
export async function takeEventFile({ ports, judge, sender, file, timeZone, language }: { readonly ports: Pick<Ports, 'eventLog' | 'clock'>; readonly judge: Judge; readonly sender: PartyId; readonly file: UploadedFile; readonly timeZone: string; readonly language: Language }): Promise<EventFileReport> {
  const { format, reading } = await readEventFile(file, { sender, timeZone })
  const { events, findings, rows } = reading
  const ids = events.flatMap(({ event: { eventID } }) => [`event:${eventID}`, `put-aside:${eventID}`])
  const before = new Set((await ports.eventLog.byId(ids)).keys())
  const distinct = [...new Map(events.map((one) => [one.event.eventID, one])).values()]
  const reports: IntakeReport[] = []
  for (let start = 0; start < distinct.length; start += batchSize) {
    reports.push(await takeIn({ eventLog: ports.eventLog, sender, items: distinct.slice(start, start + batchSize).map(({ event }) => event), now: ports.clock(), language, judge }))
  }
  const refusedById = new Map(reports.flatMap(({ refused }) => refused).map((one) => [one.eventID ?? '', one]))
  const becauseById = new Map(reports.flatMap(({ putAside }) => putAside).map((one) => [one.eventID, one.message]))
  const told = findings.map((finding) => wordFinding(finding, language))
  const seen = new Set<string>()
  const lines = events.flatMap(({ event, where }): EventFileLine[] => {
    if (refusedById.has(event.eventID)) return []
    const isAgain = seen.has(event.eventID) || before.has(`event:${event.eventID}`) || before.has(`put-aside:${event.eventID}`)
    seen.add(event.eventID)
    return [lineOf({ event, where }, sender, becauseById.has(event.eventID) ? 'put-aside' : isAgain ? 'known' : 'taken', becauseById.get(event.eventID) ?? null)]
  })
  const turnedDown = events.flatMap(({ event, where }): Fault[] => {
    const refused = refusedById.get(event.eventID)
    return refused === undefined ? [] : [{ pointer: where.segment === undefined ? `/rows/${where.row}` : `/segments/${where.segment}`, code: refused.code, message: refused.message, severity: 'fault', row: where.row, ...cureOf(refused.code, language) }]
  })
  const faults = [...told.filter(isFault), ...turnedDown].sort((one, other) => (one.row ?? 0) - (other.row ?? 0))
  return {
    name: file.name, format, rows, accepted: sum(reports, ({ accepted }) => accepted), duplicates: lines.filter(({ outcome }) => outcome === 'known').length, putAside: lines.filter(({ outcome }) => outcome === 'put-aside').length,
    refused: Math.max(rows - lines.length, 0), lines, faults, warnings: told.filter((one) => !isFault(one)), position: reports.at(-1)?.position ?? (await ports.eventLog.last()),
  }
}

/** Which kind of file it is, and what it tells. */
export async function readEventFile(file: UploadedFile, from: From): Promise<{ readonly format: EventFileFormat; readonly reading: Reading }> {
  if (/^(\xef\xbb\xbf)?\s*UN[AB]/.test(file.bytes.subarray(0, 64).toString('latin1'))) return { format: 'edifact', reading: coarriCodeco.read(textOf(file.bytes), from) }
  const sheet = await readTable(file, rowLimit)
  const isWorkbook = file.bytes.subarray(0, 2).toString('latin1') === 'PK'
  const shown = isWorkbook ? { rows: sheet.rows.map(({ line, cells }) => ({ line, cells: cells.map(asShown) })) } : sheet
  const has = columnsIn(shown)
  return railColumns.every((column) => has.has(column)) ? { format: 'rail-list', reading: railList.read(shown, from) } : { format: 'terminal-list', reading: terminalList.read(shown, from) }
}

function lineOf({ event, where: { row, segment } }: SourcedEvent, sender: PartyId, outcome: EventFileLine['outcome'], because: string | null): EventFileLine {
  const { code, container, service, place, at } = readEvent({ position: 0, event, sender, retracts: event.retractedEventID ?? null })
  return { row, segment: segment ?? null, outcome, eventID: event.eventID, code, withdraws: event.retractedEventID !== undefined, container, service, place: place.name ?? place.code, at, because }
}

const cures: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'event-in-the-future': { zh: '核对时间和所选时区', en: 'Check the time, and the time zone chosen for the file' },
  'not-your-event': { zh: '由当初发送的公司撤回', en: 'It is withdrawn by the company that sent it' },
}

function cureOf(code: string, language: Language): { cure?: string } {
  const cure = cures[code]?.[language]
  return cure === undefined ? {} : { cure }
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
