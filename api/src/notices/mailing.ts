import type { PersonId } from '@yidan/api/contract'
import { exceptionsById } from '../exceptions/index.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { preferencesOf } from './preferences.ts'
import type { PersonBehind, Recipients } from './recipients.ts'
import { mailFrom } from './rules.ts'
import type { NoticeRecord, NoticeStore } from './store.ts'
import { noticeMail } from './words.ts'

/** Another process may take a mail over that one has not sent by then. */
const claimed = 60_000
/** Exceptions in one mail. */
const atOnce = 100

/** Sends what is due; ends when nothing is. */
export type Mailing = () => Promise<void>

/**
 * A person's grave notices go out at once, the others together when the first of them has waited long enough. Who may still know is asked at
 * the moment it goes out. A mail is sent at least once: cut short between sending and noting that, it is sent again.
 */
export function openMailing({ ports, store, directory, recipients, personBehind }: { readonly ports: Pick<Ports, 'database' | 'mail' | 'clock' | 'log' | 'settings'>; readonly store: NoticeStore; readonly directory: Pick<Directory, 'addressOf'>; readonly recipients: Recipients; readonly personBehind: PersonBehind }): Mailing {
  return async () => {
    for (;;) {
      const due = await store.notices.findOne({ mail: 'due', mailDue: { $lte: ports.clock() }, claimedUntil: { $lt: new Date() } }, { sort: { mailDue: 1 }, projection: { personId: 1 } })
      if (due === null) return
      await mailTo(due.personId)
    }
  }

  async function mailTo(personId: PersonId): Promise<void> {
    const waiting = await claim(personId)
    const caller = await personBehind(personId)
    const address = caller === null ? null : await directory.addressOf(personId)
    if (caller === null || address === null) return ended(waiting, 'withheld')
    const preferences = await preferencesOf(store, caller)
    const wanted = waiting.filter(({ kind }) => preferences.kinds[kind].mail)
    await ended(waiting.filter((notice) => !wanted.includes(notice)), 'dropped')
    const now = ports.clock()
    const later = wanted.filter(({ grave }) => mailFrom(preferences, { grave, now }) > now)
    for (const notice of later) await store.notices.updateOne({ _id: notice._id }, { $set: { mailDue: mailFrom(preferences, { grave: notice.grave, now }), claimedUntil: new Date(0) } })
    await tell(caller, address, wanted.filter((notice) => !later.includes(notice)), preferences.language)
  }

  async function tell(caller: NonNullable<Awaited<ReturnType<PersonBehind>>>, to: string, waiting: readonly NoticeRecord[], language: 'both' | 'zh' | 'en'): Promise<void> {
    const records = await exceptionsById(ports, waiting.map(({ exceptionId }) => exceptionId))
    const told: NoticeRecord[] = []
    for (const notice of waiting) {
      const record = records.get(notice.exceptionId)
      if (record === undefined || !(await recipients.mayKnow(caller, record))) await ended([notice], 'withheld')
      else if (record.state === 'open') told.push(notice)
      else await ended([notice], 'dropped')
    }
    const inMail = told.flatMap(({ exceptionId }) => records.get(exceptionId) ?? [])
    if (inMail.length > 0) await ports.mail.send({ to, ...noticeMail(inMail, { language, publicUrl: ports.settings.publicUrl }) })
    await ended(told, 'sent')
  }

  /** What is due, and with an ordinary one everything ordinary that waits: it need not come separately. */
  async function claim(personId: PersonId): Promise<readonly NoticeRecord[]> {
    const mine = { personId, mail: 'due', claimedUntil: { $lt: new Date() } } as const
    const due = await store.notices.find({ ...mine, mailDue: { $lte: ports.clock() } }).sort({ mailDue: 1 }).limit(atOnce).toArray()
    const others = due.some(({ grave }) => !grave) ? await store.notices.find({ ...mine, grave: false, mailDue: { $gt: ports.clock() } }).sort({ at: 1 }).limit(atOnce).toArray() : []
    const all = [...due, ...others]
    await store.notices.updateMany({ _id: { $in: all.map(({ _id }) => _id) } }, { $set: { claimedUntil: new Date(Date.now() + claimed) } })
    return all
  }

  async function ended(notices: readonly NoticeRecord[], mail: NoticeRecord['mail']): Promise<void> {
    if (notices.length > 0) await store.notices.updateMany({ _id: { $in: notices.map(({ _id }) => _id) } }, { $set: { mail } }, { writeConcern: { w: 'majority' } })
  }
}
