import { TrackingEvent, type IntakeReport as IntakeReportSchema } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { EventLogPort, LogEntry, NewEntry } from '../events/types.ts'
import type { Language } from '../http/handlers.ts'
import type { Contradiction, ContradictionRule } from './contradictions.ts'
import { aboutOf } from './facts.ts'
import { putAsideEntry, putAsideIn, type Judge } from './put-aside.ts'

export type IntakeReport = z.infer<typeof IntakeReportSchema>
type Refused = IntakeReport['refused'][number]

/** A fact cannot lie ahead; clocks of senders may be off by this much. */
export const clockTolerance = 10 * 60_000

const wordings = {
  'invalid-event': { zh: (why) => `事件不合格式：${why}`, en: (why) => `Not a valid event: ${why}` },
  'event-in-the-future': { zh: () => '实际事件（ACT）的时间在未来', en: () => 'A fact (ACT) cannot lie in the future' },
  'event-id-reused': { zh: () => '该事件编号已用于另一事件', en: () => 'This event id was used for another event' },
  'not-your-event': { zh: () => '只有发送方可以撤回该事件', en: () => 'Only its sender may withdraw an event' },
  'retraction-elsewhere': { zh: () => '撤回须指向同一箱或同一车次的事件', en: () => 'A withdrawal must be about the same box or service as the event it withdraws' },
} as const satisfies Record<string, Record<Language, (why: string) => string>>

/** Why a fact was put aside; `what` says when and where the known one was. */
export const contradictionWords: Readonly<Record<ContradictionRule, Record<Language, (what: string) => string>>> = {
  'two-places-at-once': { zh: (what) => `同一箱不可能在两地：与 ${what} 相距太远`, en: (what) => `One box in two places: too far from ${what}` },
  'arrival-before-departure': { zh: (what) => `同一程未开先到：另有 ${what}`, en: (what) => `Arrived before it left on the same leg: there is ${what}` },
  'load-before-gate-in': { zh: (what) => `进场之前已装车（船）：另有 ${what}`, en: (what) => `Loaded before it was gated in: there is ${what}` },
  'discharge-before-load': { zh: (what) => `未装先卸：另有 ${what}`, en: (what) => `Discharged before it was loaded: there is ${what}` },
  'moved-after-delivery': { zh: (what) => `该箱已按提单交付：${what}`, en: (what) => `The box was delivered on its bill: ${what}` },
}

type RefusalWord = keyof typeof wordings

interface Candidate {
  readonly index: number
  readonly event: TrackingEvent
}

/**
 * Takes events into the log: each is accepted, known already, put aside because it contradicts what is known, or refused by itself. All that is accepted is durable when this resolves.
 * A box that nobody knows is no reason to refuse: its bill may come later.
 */
export async function takeIn({ eventLog, sender, items, now, language, judge }: { readonly eventLog: EventLogPort; readonly sender: PartyId; readonly items: readonly unknown[]; readonly now: Date; readonly language: Language; /** Without one nothing is put aside. */ readonly judge?: Judge | undefined }): Promise<IntakeReport> {
  const refused: Refused[] = []
  const refuse = (index: number, eventID: string | null, code: RefusalWord, why = ''): void => void refused.push({ index, eventID, code, message: wordings[code][language](why) })
  const candidates: Candidate[] = []
  items.forEach((item, index) => {
    const parsed = TrackingEvent.safeParse(item)
    if (!parsed.success) return refuse(index, eventIdIn(item), 'invalid-event', faultIn(parsed.error))
    if (parsed.data.eventClassifierCode === 'ACT' && Date.parse(parsed.data.eventDateTime) > now.getTime() + clockTolerance) return refuse(index, parsed.data.eventID, 'event-in-the-future')
    candidates.push({ index, event: parsed.data })
  })
  const allowed = await withoutForeignWithdrawals({ eventLog, sender, candidates, refuse })
  const judged = await judge?.(allowed.map(({ event }) => event), sender) ?? []
  const doubted = allowed.flatMap((candidate, index) => (judged[index]?.[0] ? [{ ...candidate, because: judged[index] }] : []))
  const believed = allowed.filter((_, index) => !judged[index]?.[0])
  const entries = [...believed.map(({ event }) => entryOf(event, sender)), ...doubted.map(({ event, because }) => putAsideEntry(event, sender, because))]
  const { positions, last } = await eventLog.append(entries)
  judge?.follow()
  const known = believed.filter((_, index) => positions[index] === null)
  const doubtedBefore = doubted.filter((_, index) => positions[believed.length + index] === null)
  const duplicates = (await countDuplicates({ eventLog, sender, known, refuse, shelf: 'event' })) + (await countDuplicates({ eventLog, sender, known: doubtedBefore, refuse, shelf: 'put-aside' }))
  const putAside = doubted.filter((one) => !doubtedBefore.includes(one)).map(({ index, event, because }) => putAsideLine(index, event.eventID, because, language))
  return { accepted: believed.length - known.length, duplicates, refused: refused.sort((one, other) => one.index - other.index), putAside, position: last }
}

function putAsideLine(index: number, eventID: string, because: readonly Contradiction[], language: Language): IntakeReport['putAside'][number] {
  const [first] = because
  return { index, eventID, code: first?.rule ?? '', message: because.map((one) => contradictionText(one, language)).join('; '), against: first?.against ?? null }
}

export function contradictionText({ rule, at, place }: Contradiction, language: Language): string {
  return contradictionWords[rule][language]([at && `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`, place].filter((part) => part !== null).join(' '))
}

export function entryOf(event: TrackingEvent, sender: PartyId): NewEntry {
  return { id: `event:${event.eventID}`, event: { type: 'tracking-received', event, sender, retracts: event.retractedEventID ?? null }, about: aboutOf(event) }
}

type Refuse = (index: number, eventID: string | null, code: RefusalWord) => void

async function withoutForeignWithdrawals({ eventLog, sender, candidates, refuse }: { eventLog: EventLogPort; sender: PartyId; candidates: readonly Candidate[]; refuse: Refuse }): Promise<readonly Candidate[]> {
  const withdrawn = candidates.flatMap(({ event }) => (event.retractedEventID === undefined ? [] : [`event:${event.retractedEventID}`]))
  if (withdrawn.length === 0) return candidates
  const originals = await eventLog.byId(withdrawn)
  const sentAlong = new Map(candidates.map(({ event }) => [event.eventID, event]))
  return candidates.filter(({ index, event }) => {
    const id = event.retractedEventID
    if (id === undefined) return true
    const original = trackingIn(originals.get(`event:${id}`)) ?? (sentAlong.has(id) ? { event: sentAlong.get(id) as TrackingEvent, sender } : null)
    if (original === null) return true
    if (original.sender !== sender) return refuse(index, event.eventID, 'not-your-event')
    if (!isDeepStrictEqual(aboutOf(original.event), aboutOf(event))) return refuse(index, event.eventID, 'retraction-elsewhere')
    return true
  })
}

/** The same event again changes nothing; another event under a known id is refused. */
async function countDuplicates({ eventLog, sender, known, refuse, shelf }: { eventLog: EventLogPort; sender: PartyId; known: readonly Candidate[]; refuse: Refuse; shelf: 'event' | 'put-aside' }): Promise<number> {
  if (known.length === 0) return 0
  const stored = await eventLog.byId(known.map(({ event }) => `${shelf}:${event.eventID}`))
  const reused = known.filter(({ event }) => {
    const entry = stored.get(`${shelf}:${event.eventID}`)
    const before = trackingIn(entry) ?? putAsideIn(entry)
    return before === null || before.sender !== sender || !isDeepStrictEqual(before.event, event)
  })
  for (const { index, event } of reused) refuse(index, event.eventID, 'event-id-reused')
  return known.length - reused.length
}

function trackingIn(entry: LogEntry | undefined): { readonly event: TrackingEvent; readonly sender: PartyId } | null {
  return entry?.event.type === 'tracking-received' ? entry.event : null
}

function eventIdIn(item: unknown): string | null {
  return typeof item === 'object' && item !== null && 'eventID' in item && typeof item.eventID === 'string' ? item.eventID.slice(0, 64) : null
}

function faultIn(error: z.ZodError): string {
  return error.issues.slice(0, 3).map(({ path, message }) => (path.length > 0 ? `/${path.join('/')} ${message}` : message)).join('; ')
}
