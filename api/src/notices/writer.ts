import { leaseTime } from '../events/lease.ts'
import type { LogEntry, NewEntry } from '../events/types.ts'
import { exceptionsById, exceptionShelf, type ExceptionRecord } from '../exceptions/index.ts'
import type { Ports } from '../ports.ts'
import type { Mailing } from './mailing.ts'
import { preferencesOf } from './preferences.ts'
import type { Recipients } from './recipients.ts'
import { isGrave } from './rules.ts'
import type { NoticeRecord, NoticeStore } from './store.ts'

/** Tells people of exceptions as they begin: on the screen at once, by mail when it is due. */
export interface NoticeWriter {
  /** Takes up what was applied since the last time, also before this process began. */
  start(): Promise<void>
  note(entries: readonly LogEntry[]): void
  /** Resolves when everything noted so far was written, and what was due was mailed, or a try to has failed. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const atOnce = 200
const keptFor = 180 * 86_400_000
/** People named in one entry of the log. */
const namedAtOnce = 500

/**
 * One process does it for all. Each notice is one record by exception, time and person, so that whoever does it again after a crash writes
 * nothing twice. Where a log was filled before there were notices, it begins at its end.
 */
export async function openNoticeWriter({ ports, store, recipients, mailing }: { readonly ports: Pick<Ports, 'database' | 'eventLog' | 'feed' | 'clock' | 'log'>; readonly store: NoticeStore; readonly recipients: Recipients; readonly mailing: Mailing }): Promise<NoticeWriter> {
  await store.checkpoints.updateOne({ _id: 'notices' }, { $setOnInsert: { position: await ports.eventLog.last() } }, { upsert: true })
  let work: Promise<void> = Promise.resolve()
  let waits = false
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  /** Once more for all that came while it was under way. */
  function go(): Promise<void> {
    if (waits || stopped) return work
    waits = true
    work = work.then(async () => {
      waits = false
      if (stopped || !(await store.duty.hold())) return
      await catchUp()
      await mailing()
    }).catch((error: unknown) => ports.log.warn({ err: error }, 'notices of exceptions wait'))
    return work
  }

  async function catchUp(): Promise<void> {
    const end = ports.feed.health().position
    for (let at = (await store.checkpoints.findOne({ _id: 'notices' }))?.position ?? end; at < end && !stopped; ) {
      const entries = (await ports.eventLog.about(exceptionShelf, at, atOnce)).filter(({ position }) => position <= end)
      const begun = new Set(entries.flatMap(({ event }) => (event.type === 'exception-changed' && event.change.type === 'raised' ? [event.exceptionId] : [])))
      for (const record of (await exceptionsById(ports, [...begun])).values()) await tellOf(record)
      at = entries.length < atOnce ? end : (entries.at(-1)?.position ?? end)
      await store.checkpoints.updateOne({ _id: 'notices' }, { $max: { position: at } })
      await store.duty.hold()
    }
  }

  async function tellOf(record: ExceptionRecord): Promise<void> {
    const now = ports.clock()
    const grave = isGrave(record.kind)
    const made = await Promise.all((await recipients.of(record)).map(async (caller): Promise<NoticeRecord[]> => {
      const preferences = await preferencesOf(store, caller)
      const { screen, mail } = preferences.kinds[record.kind]
      if (!screen && !mail) return []
      const mailDue = grave ? now : new Date(now.getTime() + preferences.digest * 60_000)
      return [{
        _id: `${record._id}:${record.times}:${caller.person.id}`, personId: caller.person.id, exceptionId: record._id, kind: record.kind, grave, at: now, onScreen: screen, readAt: null,
        mail: mail ? 'due' : 'none', mailDue: mail ? mailDue : null, claimedUntil: new Date(0), expiresAt: new Date(Date.now() + keptFor),
      }]
    }))
    await store.add(made.flat())
    await ports.eventLog.append(entriesFor(record, made.flat()))
  }

  return {
    start() {
      timer = setInterval(() => void go(), leaseTime / 3).unref()
      return go()
    },
    note(entries) {
      if (entries.some(({ event }) => event.type === 'exception-changed' && event.change.type === 'raised')) void go()
    },
    settled: () => work,
    async stop() {
      stopped = true
      if (timer !== null) clearInterval(timer)
      await work
      await store.duty.release()
    },
  }
}

/** Says to those who look at a screen, at whichever process, that there is something new. */
function entriesFor({ _id: exceptionId, times }: ExceptionRecord, notices: readonly NoticeRecord[]): NewEntry[] {
  const people = notices.filter(({ onScreen }) => onScreen).map(({ personId }) => personId)
  return Array.from({ length: Math.ceil(people.length / namedAtOnce) }, (_, index): NewEntry => {
    const part = people.slice(index * namedAtOnce, (index + 1) * namedAtOnce)
    return { id: `people-notified:${exceptionId}:${times}:${index}`, event: { type: 'people-notified', exceptionId, people: part }, about: part.map((person) => `person:${person}`) }
  })
}
