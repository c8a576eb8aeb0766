import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'

export const grains = ['all', 'hour', 'day'] as const
export type Grain = (typeof grains)[number]

/** One position in the time-series collection. Day and grain are of its meta field, because MongoDB 6 deletes time series by meta field only. */
export interface PositionPoint {
  readonly at: Date
  readonly meta: { readonly unit: string; readonly day: string; readonly grain: Grain }
  readonly eventID: string
  readonly sender: string
  /** In the log: what lies before a box's journey is not of it. */
  readonly position: number
  readonly latitude: number
  readonly longitude: number
  readonly speedKmh: number | null
}
/** The finest grain that a day still has. */
export interface PositionDay {
  readonly _id: string
  readonly grain: Grain
}
export interface PositionMark {
  readonly _id: 'positions'
  readonly position: number
}

export const collections = { points: 'positions', days: 'position_days', marks: 'position_mark', withdrawn: 'position_withdrawn' } as const

export interface PositionStore {
  readonly points: Collection<PositionPoint>
  readonly days: Collection<PositionDay>
  readonly marks: Collection<PositionMark>
  /** `<event id> <sender>` of positions that were withdrawn. */
  readonly withdrawn: Collection<{ readonly _id: string }>
  /** Between which places each unit was last: a fence that was entered is not entered again. */
  readonly fences: Collection<FenceState>
  /** Makes the time-series collection and the indexes, once. */
  ready(): Promise<void>
}
export interface FenceState {
  readonly _id: string
  readonly at: string
  readonly inside: readonly string[]
}

const namespaceExists = 48

export function openPositionStore({ database }: { readonly database: Connection }): PositionStore {
  const db = database.db
  if (db === undefined) throw new Error('positions need an open database connection')
  const points = db.collection<PositionPoint>(collections.points)
  let laid: Promise<unknown> | null = null

  async function lay(): Promise<void> {
    await db?.createCollection(collections.points, { timeseries: { timeField: 'at', metaField: 'meta', granularity: 'minutes' } }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === namespaceExists)) throw error
    })
    await points.createIndexes([{ key: { 'meta.unit': 1, at: 1 } }, { key: { 'meta.day': 1, 'meta.grain': 1 } }])
  }

  return {
    points, days: db.collection<PositionDay>(collections.days), marks: db.collection<PositionMark>(collections.marks), withdrawn: db.collection<{ _id: string }>(collections.withdrawn), fences: db.collection<FenceState>('position_fences'),
    async ready() {
      laid ??= lay().catch((error: unknown) => {
        laid = null
        throw error
      })
      await laid
    },
  }
}
