import { BillNumber, voidReasons } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'

/** A bill that is to be forgotten, or was: who asked, who agreed, and why. Of the bill itself only its number is left. */
export const ErasureView = z.strictObject({
  billNumber: BillNumber, reason: z.string(), askedBy: z.string(), /** Then somebody else must agree. */ askedByYou: z.boolean(), askedAt: Moment, agreedBy: z.string().nullable(), agreedAt: Moment.nullable(), erasedAt: Moment.nullable(),
})
export type ErasureView = z.infer<typeof ErasureView>

/** A bill that nothing keeps from being forgotten any more: over, and so long ago that nobody must keep it. */
export const ErasableView = z.strictObject({ billNumber: BillNumber, state: z.enum(['ACCOMPLISHED', 'VOIDED']), voidReason: z.enum(voidReasons).nullable(), overSince: Moment })
export type ErasableView = z.infer<typeof ErasableView>
