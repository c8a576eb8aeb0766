import type { ExceptionHistoryItem, ExceptionKind, PersonId, TrackingEvent } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { derived } from '../events/derived.ts'
import { DutyLease } from '../events/duty-lease.ts'
import type { Contradiction } from '../tracking/contradictions.ts'
import type { Actor, Cause, ExceptionSubject } from './changes.ts'

/** One exception as the log tells it. */
export interface ExceptionRecord extends ExceptionSubject {
  readonly _id: string
  readonly kind: ExceptionKind
  readonly billNumber: string | null
  readonly state: 'open' | 'ended' | 'closed'
  readonly gone: boolean
  readonly cause: Cause
  readonly since: string
  readonly changedAt: string
  /** The weeks it lasted, of a train, vessel or truck; as rides are filed (`tracking/rides.ts`). */
  readonly weeks: readonly number[]
  /** How often it was raised after it had been over. */
  readonly times: number
  readonly assigned: PersonId | null
  readonly history: readonly HistoryRecord[]
  readonly turn: number
  readonly position: number
}
export interface HistoryRecord {
  readonly at: string
  readonly type: ExceptionHistoryItem['type']
  readonly by: Actor | null
  readonly to: PersonId | null
  readonly text: string | null
  readonly cause: Cause | null
}

/** An event that was put aside. */
export interface PutAsideRecord {
  readonly _id: string
  readonly container: string | null
  readonly service: string | null
  readonly event: TrackingEvent
  readonly sender: PartyId
  readonly because: readonly Contradiction[]
  readonly receivedAt: string
  /** `believed`: it came in again when nothing contradicted it any more. */
  readonly state: 'open' | 'accepted' | 'rejected' | 'believed'
  readonly by: Actor | null
  readonly reason: string | null
  readonly position: number
}

/** What is to be looked at again, because time passes. No view of the log: it is made anew whenever something is looked at. */
export interface WatchRecord {
  /** `container:<number>` or `service:<name>`. */
  readonly _id: string
  readonly due: Date
}
export interface DeskCheckpoint {
  readonly _id: 'exceptions'
  readonly position: number
}

export interface ExceptionStore {
  readonly exceptions: Collection<ExceptionRecord>
  readonly putAside: Collection<PutAsideRecord>
  readonly watch: Collection<WatchRecord>
  readonly checkpoints: Collection<DeskCheckpoint>
  /** Looking for exceptions is one process's work at a time. */
  duty(): DutyLease
  /** Makes the indexes, once. */
  ready(): Promise<void>
}

export const collections = { exceptions: 'exceptions', putAside: 'put_aside' } as const

export function openExceptionStore({ database }: { readonly database: Connection }): ExceptionStore {
  const db = database.db
  if (db === undefined) throw new Error('exceptions need an open database connection')
  const exceptions = db.collection<ExceptionRecord>(collections.exceptions, derived)
  const putAside = db.collection<PutAsideRecord>(collections.putAside, derived)
  const watch = db.collection<WatchRecord>('exception_watch')
  let laid: Promise<unknown> | null = null
  return {
    exceptions, putAside, watch, checkpoints: db.collection<DeskCheckpoint>('exception_checkpoint'), duty: () => new DutyLease(db, 'exceptions'),
    async ready() {
      laid ??= Promise.all([
        exceptions.createIndexes([{ key: { changedAt: -1, _id: -1 } }, { key: { state: 1, kind: 1, changedAt: -1, _id: -1 } }, { key: { container: 1 } }, { key: { service: 1, weeks: 1 } }, { key: { billNumber: 1 } }, { key: { assigned: 1, state: 1 } }, { key: { state: 1, changedAt: -1, _id: -1 } }, { key: { kind: 1, changedAt: -1, _id: -1 } }]),
        putAside.createIndexes([{ key: { container: 1, state: 1 } }, { key: { service: 1, state: 1 } }]),
        watch.createIndexes([{ key: { due: 1 } }]),
      ]).catch((error: unknown) => {
        laid = null
        throw error
      })
      await laid
    },
  }
}
