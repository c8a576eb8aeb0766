import type { ExceptionKind, NoticePreferences, PersonId } from '@yidan/api/contract'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { DutyLease } from '../events/duty-lease.ts'

/** One person is told of one exception, once each time it begins. It holds no word of what happened: that is read from the desk with the person's rights. */
export interface NoticeRecord {
  /** `<exception>:<times>:<person>`. */
  readonly _id: string
  readonly personId: PersonId
  readonly exceptionId: string
  readonly kind: ExceptionKind
  readonly grave: boolean
  readonly at: Date
  /** Whether it stands in the person's list; one that is only mailed does not. */
  readonly onScreen: boolean
  readonly readAt: Date | null
  /** `dropped`: over before the mail went out, or not wanted any more. `withheld`: no business of the person any more. */
  readonly mail: 'none' | 'due' | 'sent' | 'dropped' | 'withheld'
  readonly mailDue: Date | null
  /** By the real clock: another process may take the mail over that one has not sent by then. */
  readonly claimedUntil: Date
  readonly expiresAt: Date
}

export interface PreferencesRecord extends NoticePreferences {
  readonly _id: PersonId
}
interface Checkpoint {
  readonly _id: 'notices'
  readonly position: number
}

export interface NoticeStore {
  readonly notices: Collection<NoticeRecord>
  readonly preferences: Collection<PreferencesRecord>
  readonly checkpoints: Collection<Checkpoint>
  /** Telling people is one process's work at a time. */
  readonly duty: DutyLease
  /** Writes what is not there yet. */
  add(records: readonly NoticeRecord[]): Promise<void>
}

export async function openNoticeStore({ database }: { readonly database: Connection }): Promise<NoticeStore> {
  const db = database.db
  if (db === undefined) throw new Error('notices need an open database connection')
  const notices = db.collection<NoticeRecord>('exception_notices')
  await notices.createIndexes([
    { key: { personId: 1, at: -1, _id: -1 }, name: 'person' }, { key: { personId: 1, readAt: 1 }, partialFilterExpression: { readAt: null }, name: 'unread' },
    { key: { mailDue: 1 }, partialFilterExpression: { mail: 'due' }, name: 'due' }, { key: { expiresAt: 1 }, expireAfterSeconds: 0, name: 'expires' },
  ])
  return {
    notices, preferences: db.collection<PreferencesRecord>('notice_preferences'), checkpoints: db.collection<Checkpoint>('notice_position'), duty: new DutyLease(db, 'notices'),
    async add(records) {
      if (records.length > 0) await notices.bulkWrite(records.map(({ _id, ...rest }) => ({ updateOne: { filter: { _id }, update: { $setOnInsert: rest }, upsert: true } })), { ordered: false, writeConcern: { w: 'majority' } })
    },
  }
}
