import { ContainerNumber } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'

/** Name of a box device, as it stands in the topic it sends to. */
export const DeviceId = z.string().regex(/^[A-Za-z0-9][\w.:-]{0,63}$/, 'letters, digits and _ . : -, 64 at most')
export const DeviceBinding = z.strictObject({ container: ContainerNumber, from: Moment, until: Moment.nullable() })
/** A device of the company: on which box it is and was, and what came from it. */
export const DeviceView = z.strictObject({
  deviceId: DeviceId, /** Where it is now. */ container: ContainerNumber.nullable(), /** Newest first. */ bindings: z.array(DeviceBinding),
  lastMessageAt: Moment.nullable(), messages: z.int(), refused: z.int(),
})
export type DeviceView = z.infer<typeof DeviceView>

/** A message that could not be taken; its sender does not send it again. */
export const DeviceRefusal = z.strictObject({ deviceId: z.string(), at: Moment, code: z.string(), reason: z.string(), /** The beginning of what was sent. */ payload: z.string() })
export type DeviceRefusal = z.infer<typeof DeviceRefusal>
