import { createHash } from 'node:crypto'
import type { CompanyId, ExceptionKind, PersonId } from '@yidan/api/contract'
import type { BillId } from '@yidan/ledger'
import type { NewEntry } from '../events/types.ts'

/** Who did something at the desk; ids only, because the log is for ever and names may have to be forgotten. */
export interface Actor {
  readonly personId: PersonId | null
  readonly companyId: CompanyId
}

/** A box on its journey under one bill, or one run of a train, vessel or truck. The next journey is another subject: its followers are others. */
export interface ExceptionSubject {
  readonly container: string | null
  readonly service: string | null
  readonly billId: BillId | null
  /** Day of the planned departure. */
  readonly run: string | null
}

/** Why there is an exception. `key` tells one cause from the next of its kind: what a person has closed stays closed as long as it is the same. */
export interface Cause {
  readonly key: string
  readonly code: string
  readonly at: string
  readonly values: Readonly<Record<string, string | number | null>>
}

export type ExceptionChange =
  | { readonly type: 'raised'; readonly cause: Cause; readonly billNumber: string | null }
  /** Its cause is gone: an open one has ended, a closed one may be raised anew. */
  | { readonly type: 'gone' }
  | { readonly type: 'assigned'; readonly by: Actor; readonly to: PersonId | null }
  | { readonly type: 'noted'; readonly by: Actor; readonly text: string }
  | { readonly type: 'closed'; readonly by: Actor; readonly reason: string }

/** All changes are on this shelf of the log. */
export const exceptionShelf = 'exceptions'

export function exceptionIdOf(kind: ExceptionKind, { container, service, billId, run }: ExceptionSubject): string {
  return `ex_${createHash('sha256').update([kind, container, service, billId, run].join('\n')).digest('hex').slice(0, 24)}`
}

/** `turn` counts the changes of one exception: of two made at once from the same state the log takes one. */
export function changeEntry({ exceptionId, kind, subject, turn, change }: { readonly exceptionId: string; readonly kind: ExceptionKind; readonly subject: ExceptionSubject; readonly turn: number; readonly change: ExceptionChange }): NewEntry {
  const about = subject.container === null ? `service:${subject.service}` : `container:${subject.container}`
  return { id: `exception:${exceptionId}:${turn}`, event: { type: 'exception-changed', exceptionId, kind, subject, change }, about: [about, exceptionShelf] }
}
