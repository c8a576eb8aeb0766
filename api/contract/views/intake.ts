import { z } from 'zod'
import { Fault } from '../problem.ts'
import { Moment } from './common.ts'

/** What a file turned out to be: a terminal's list of moves, a list of a train (班列), or an EDIFACT interchange with COARRI or CODECO messages. */
export const eventFileFormats = ['terminal-list', 'rail-list', 'edifact'] as const
export type EventFileFormat = (typeof eventFileFormats)[number]

/** What became of one line: its event is in the log now, was there before, or is kept for a person because it contradicts what is known. */
export const eventLineOutcomes = ['taken', 'known', 'put-aside'] as const
export const EventFileLine = z.strictObject({
  /** Line of the file or row of the sheet, the heading being 1. */ row: z.int(), /** Of an interchange: which segment of the file, counted from 1. */ segment: z.int().nullable(),
  outcome: z.enum(eventLineOutcomes), eventID: z.uuid(), /** GTIN, LOAD, ARRI ... */ code: z.string(), withdraws: z.boolean(), container: z.string().nullable(), service: z.string().nullable(), place: z.string().nullable(), at: Moment,
  /** Why it was put aside, in the caller's language. */ because: z.string().nullable(),
})
export type EventFileLine = z.infer<typeof EventFileLine>

/** A file of events: good lines are in the log when this is answered, each bad one is named with its fault and what would cure it. */
export const EventFileReport = z.strictObject({
  name: z.string(), format: z.enum(eventFileFormats), /** Rows of the list, or boxes of the interchange. */ rows: z.int(), accepted: z.int(), duplicates: z.int(), putAside: z.int(), /** Rows that were turned down. */ refused: z.int(),
  lines: z.array(EventFileLine), faults: z.array(Fault), warnings: z.array(Fault), position: z.int(),
})
export type EventFileReport = z.infer<typeof EventFileReport>

/** An IANA time zone: `Asia/Shanghai`. */
export const TimeZone = z.string().max(60).refine(isTimeZone, 'an IANA time zone, such as Asia/Shanghai')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
