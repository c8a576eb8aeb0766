import { BillNumber } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'

/** A bill that is to be forgotten, or was: who asked, who agreed, and why. Of the bill itself only its number is left. */
export const ErasureView = z.strictObject({
  billNumber: BillNumber, reason: z.string(), askedBy: z.string(), askedAt: Moment, agreedBy: z.string().nullable(), agreedAt: Moment.nullable(), erasedAt: Moment.nullable(),
})
export type ErasureView = z.infer<typeof ErasureView>
