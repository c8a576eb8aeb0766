import type { LogEntry } from '../events/types.ts'
import type { BillDesk } from './desk.ts'
import { mailOf } from './notice-words.ts'
import { noticesOf } from './notices.ts'
import { isDuplicateKey, type NoticeRecord } from './store.ts'

/** Writes notices as the log is applied, and mails them. */
export interface NoticeDesk {
  /** Takes up what was applied since the last time, also before this process began. */
  start(): Promise<void>
  note(entries: readonly LogEntry[]): void
  /** Resolves when everything noted so far was mailed, or a try to has failed. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const atOnce = 500
/** Another process may take a notice over that one has not mailed by then. */
const claimed = 60_000
const tryAgain = 30_000

/**
 * A notice is written once, under the log position and the party it is for, and mailed at least once: cut short in between, the next start
 * or another process mails it. Where a log was filled before there were notices, it begins at its end.
 */
export async function openNoticeDesk(desk: BillDesk): Promise<NoticeDesk> {
  const { ports, store, directory } = desk
  const begin = (await store.noticeCheckpoint.findOne({ _id: 'notices' }))?.position ?? (await layCheckpoint())
  let work: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  async function layCheckpoint(): Promise<number> {
    const position = await ports.eventLog.last()
    await store.noticeCheckpoint.updateOne({ _id: 'notices' }, { $setOnInsert: { position } }, { upsert: true })
    return position
  }

  async function write(entries: readonly LogEntry[]): Promise<void> {
    const ledgerEntries = entries.flatMap(({ event, position }) => (event.type === 'ledger-recorded' ? event.record.entries.map((entry) => ({ entry, position })) : []))
    const last = ledgerEntries.at(-1)?.position
    if (last === undefined) return
    for (const { entry, position } of ledgerEntries) {
      for (const notice of await noticesOf(desk, entry)) await keep({ ...notice, _id: `${position}:${notice.code}:${notice.party}`, position, at: ports.clock(), sentAt: null, claimedUntil: new Date(0) })
    }
    await store.noticeCheckpoint.updateOne({ _id: 'notices' }, { $max: { position: last } })
  }

  async function keep(record: NoticeRecord): Promise<void> {
    await store.notices.insertOne(record, { writeConcern: { w: 'majority' } }).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
    })
  }

  async function mailAll(): Promise<void> {
    for (;;) {
      const now = Date.now()
      const notice = await store.notices.findOneAndUpdate({ sentAt: null, claimedUntil: { $lt: new Date(now) } }, { $set: { claimedUntil: new Date(now + claimed) } }, { sort: { position: 1 } })
      if (notice === null) return
      const mail = mailOf(notice, ports.settings.publicUrl)
      for (const to of await directory.addressesOf(notice.party)) await ports.mail.send({ to, ...mail })
      await store.notices.updateOne({ _id: notice._id }, { $set: { sentAt: ports.clock() } })
    }
  }

  function then(task: () => Promise<void>): void {
    work = work.then(task).catch((error: unknown) => {
      ports.log.warn({ err: error }, 'notices wait')
      if (!stopped) timer ??= setTimeout(() => ((timer = null), then(() => catchUp().then(mailAll))), tryAgain)
    })
  }

  async function catchUp(): Promise<void> {
    const from = (await store.noticeCheckpoint.findOne({ _id: 'notices' }))?.position ?? begin
    const end = ports.feed.health().position
    for (let position = from; position < end; ) {
      const entries = (await ports.eventLog.read(position, atOnce)).filter((entry) => entry.position <= end)
      if (entries.length === 0) return
      await write(entries)
      position = entries.at(-1)?.position ?? end
    }
  }

  return {
    start() {
      then(() => catchUp().then(mailAll))
      return work
    },
    note(entries) {
      if (entries.some(({ event }) => event.type === 'ledger-recorded')) then(() => write(entries).then(mailAll))
    },
    settled: () => work,
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await work
    },
  }
}
