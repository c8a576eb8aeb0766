import { z } from 'zod'
import { Moment, PersonId } from './common.ts'

/**
 * What can be wrong with a box, train or vessel: late, no word for too long, a seal not of the bill, temperature out of its range, a door
 * opened on the way, facts that cannot be true, held by customs. At most one of a kind is open for one box or train.
 */
export const exceptionKinds = ['LATE', 'STALE', 'SEAL', 'TEMPERATURE', 'DOOR', 'IMPOSSIBLE', 'CUSTOMS'] as const
export type ExceptionKind = (typeof exceptionKinds)[number]
/** `ended` by itself, because its cause is gone; `closed` by a person, with a reason. Both open again when it happens again. */
export const exceptionStates = ['open', 'ended', 'closed'] as const

export const ExceptionId = z.string().regex(/^ex_[0-9a-f]{24}$/, 'an exception id')
export const Deskperson = z.strictObject({ personId: PersonId.nullable(), name: z.string().nullable(), company: z.string().nullable() })
export type Deskperson = z.infer<typeof Deskperson>

/** Why: a code with its values, worded by whoever shows it. */
export const ExceptionCause = z.strictObject({ code: z.string(), at: Moment, values: z.record(z.string(), z.union([z.string(), z.number(), z.null()])) })
export const ExceptionSummary = z.strictObject({
  id: ExceptionId, kind: z.enum(exceptionKinds), state: z.enum(exceptionStates), /** A box, or else a train, vessel or truck. */ container: z.string().nullable(), service: z.string().nullable(), /** Of a train or vessel: the day on which this run is planned to leave, as its bills have it; a number runs again and again. */ run: z.iso.date().nullable(), billNumber: z.string().nullable(),
  cause: ExceptionCause, since: Moment, changedAt: Moment, times: z.int(), /** For those who work at the desk; null for who only follows. */ assigned: Deskperson.nullable(),
})
export type ExceptionSummary = z.infer<typeof ExceptionSummary>

export const putAsideStates = ['open', 'accepted', 'rejected', 'believed'] as const
export const PutAsideView = z.strictObject({
  eventID: z.string(), state: z.enum(putAsideStates), code: z.string(), kind: z.string(), at: Moment, place: z.string().nullable(), service: z.string().nullable(), sender: z.string().nullable(), receivedAt: Moment,
  because: z.array(z.strictObject({ rule: z.string(), against: z.string().nullable(), at: Moment.nullable(), place: z.string().nullable(), message: z.string() })), decidedBy: Deskperson.nullable(), reason: z.string().nullable(),
})
export type PutAsideView = z.infer<typeof PutAsideView>

export const ExceptionHistoryItem = z.strictObject({ at: Moment, type: z.enum(['raised', 'gone', 'assigned', 'noted', 'closed']), by: Deskperson.nullable(), to: Deskperson.nullable(), text: z.string().nullable(), cause: ExceptionCause.nullable() })
export type ExceptionHistoryItem = z.infer<typeof ExceptionHistoryItem>
export const ExceptionView = z.strictObject({
  ...ExceptionSummary.shape, /** Oldest first. Who only follows sees when it began and ended, not who does what about it. */ history: z.array(ExceptionHistoryItem), putAside: z.array(PutAsideView),
  may: z.strictObject({ handle: z.boolean(), decide: z.boolean() }), position: z.int(),
})
export type ExceptionView = z.infer<typeof ExceptionView>

export const ExceptionCounts = z.strictObject({ open: z.int(), mine: z.int(), unassigned: z.int(), byKind: z.record(z.enum(exceptionKinds), z.int()), position: z.int() })
export type ExceptionCounts = z.infer<typeof ExceptionCounts>
