import { z } from 'zod'
import { Moment } from './common.ts'

/** One point of a track. */
export const TrackPoint = z.strictObject({ at: Moment, latitude: z.number(), longitude: z.number(), speedKmh: z.number().nullable(), /** Of the box's own device, or of the train, vessel or truck it rode on then. */ unit: z.string().nullable() })
export const Track = z.strictObject({
  points: z.array(TrackPoint),
  /** From here the next part begins; null when this is all. */ next: Moment.nullable(),
  /** Old points are thinned: the coarsest grain among these. */ grain: z.enum(['all', 'hour', 'day']),
})
export type Track = z.infer<typeof Track>
