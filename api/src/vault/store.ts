import { MongoServerError, type Collection } from 'mongodb'
import type { Connection } from 'mongoose'

/** A data key as it is kept: wrapped by a key-encryption key, or erased for ever. */
export interface DataKeyRecord {
  /** Whose content it opens: `bill:<billId>`, `draft:<draftId>`, `company:<companyId>`, `system:<use>`. */
  readonly _id: string
  /** Base64; null once erased. */
  readonly wrapped: string | null
  /** Name of the key-encryption key that wrapped it. */
  readonly wrappedBy: string | null
  readonly madeAt: Date
  readonly erasedAt: Date | null
}

export interface DataKeyStore {
  find(names: readonly string[]): Promise<DataKeyRecord[]>
  /** Keeps these unless there is one of the name already, durably: what they seal must not outlive them. */
  keep(records: readonly DataKeyRecord[]): Promise<void>
  /** Takes the keys away and leaves a mark, so that none of the name is made again. */
  erase(names: readonly string[], at: Date): Promise<void>
  /** Puts the new wrapping in if the key is still wrapped as it was. */
  rewrap(before: DataKeyRecord, wrapped: string, by: string): Promise<boolean>
  /** Keys that are wrapped by none of these key-encryption keys, so many at most. */
  wrappedByOthers(than: readonly string[], limit: number): Promise<DataKeyRecord[]>
}

const durable = { w: 'majority', journal: true } as const
const duplicateKey = 11_000

export function dataKeyStore(database: Connection): DataKeyStore {
  const keys: Collection<DataKeyRecord> = database.getClient().db(database.name).collection<DataKeyRecord>('data_keys')
  return {
    find: (names) => keys.find({ _id: { $in: [...names] } }, { readConcern: 'majority' }).toArray(),
    async keep(records) {
      try {
        await keys.insertMany([...records], { ordered: false, writeConcern: durable })
      } catch (error) {
        if (!(error instanceof MongoServerError && error.code === duplicateKey)) throw error
      }
    },
    async erase(names, at) {
      const gone = { wrapped: null, wrappedBy: null, erasedAt: at }
      await keys.bulkWrite(names.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: gone, $setOnInsert: { madeAt: at } }, upsert: true } })), { writeConcern: durable })
    },
    async rewrap({ _id, wrappedBy }, wrapped, by) {
      const { modifiedCount } = await keys.updateOne({ _id, wrappedBy }, { $set: { wrapped, wrappedBy: by } }, { writeConcern: durable })
      return modifiedCount === 1
    },
    wrappedByOthers: (than, limit) => keys.find({ wrapped: { $ne: null }, wrappedBy: { $nin: [...than] } }).limit(limit).toArray(),
  }
}
