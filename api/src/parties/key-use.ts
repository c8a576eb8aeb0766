import type { KeyId } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { derived } from '../events/derived.ts'
import type { Projection } from '../events/types.ts'

interface KeyUse {
  readonly _id: KeyId
  readonly position: number
  readonly at: Date
}

/** When the ledger last recorded a signature of each key: an owner sees that a key is in use which nobody should be using. */
export function keyUseProjection(database: Connection): Projection {
  return {
    name: 'key-uses',
    collections: ['key_uses'],
    async apply(entries) {
      const uses = new Map<KeyId, KeyUse>()
      for (const { event, position } of entries) {
        if (event.type !== 'ledger-recorded') continue
        for (const { signed, recordedAt } of event.record.entries) for (const { keyId } of signed.signatures) uses.set(keyId, { _id: keyId, position, at: new Date(recordedAt) })
      }
      if (uses.size === 0) return
      // Only forward: a batch may come again. What is newer there already stays, because no key is written twice under one id.
      const operations = [...uses.values()].map(({ _id, ...use }) => ({ updateOne: { filter: { _id }, update: [{ $set: { position: { $max: ['$position', use.position] }, at: { $max: ['$at', use.at] } } }], upsert: true } }))
      await usesIn(database).bulkWrite(operations, { ordered: false })
    },
  }
}

export async function lastUses(database: Connection, keyIds: readonly KeyId[]): Promise<ReadonlyMap<KeyId, Date>> {
  const found = await usesIn(database).find({ _id: { $in: [...keyIds] } }).toArray()
  return new Map(found.map(({ _id, at }) => [_id, at]))
}

function usesIn({ db }: Connection): Collection<KeyUse> {
  if (db === undefined) throw new Error('the uses of keys need an open database connection')
  return db.collection<KeyUse>('key_uses', derived)
}
