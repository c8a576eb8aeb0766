import { createHash, randomBytes } from 'node:crypto'
import type { Connection } from 'mongoose'
import { open, seal } from './cipher.ts'
import { dataKeyStore, type DataKeyRecord } from './store.ts'

/** Names the record whose content a data key opens. */
export type KeyName = `${'bill' | 'draft' | 'company' | 'person' | 'system'}:${string}`

/** The keys that wrap data keys: one that wraps, and those from before it that still unwrap. */
export interface KeyRing {
  readonly current: Uint8Array
  readonly previous: readonly Uint8Array[]
}

/**
 * Data keys, one for each record that may have to be forgotten. What a record says is sealed with its data key wherever it is kept (log,
 * views, papers), so that erasing the one key makes every copy unreadable. `null` stands for an erased key: it stays erased.
 */
export interface Vault {
  /** The keys of these records; made where there is none yet. */
  keysFor(names: readonly KeyName[]): Promise<ReadonlyMap<KeyName, Buffer | null>>
  keyFor(name: KeyName): Promise<Buffer | null>
  /** For good. Other processes may remember a key for a minute. */
  erase(names: readonly KeyName[]): Promise<void>
  /** Wraps all keys anew that an earlier key-encryption key has wrapped; how many there were. */
  rewrap(): Promise<number>
}

/** No key-encryption key given is the one that wrapped these data keys. */
export class WrongSecretKey extends Error {
  override readonly name = 'WrongSecretKey'
}

/** Short, and tells nothing of the key. */
export function nameOfSecretKey(key: Uint8Array): string {
  return createHash('sha256').update('yidan key-encryption key').update(key).digest('hex').slice(0, 16)
}

const remembered = 5_000
const rememberedFor = 60_000

/** @throws WrongSecretKey */
export async function openVault({ database, ring, clock }: { readonly database: Connection; readonly ring: KeyRing; readonly clock: () => Date }): Promise<Vault> {
  const store = dataKeyStore(database)
  const wrappers = new Map([ring.current, ...ring.previous].map((key) => [nameOfSecretKey(key), key]))
  const current = nameOfSecretKey(ring.current)
  const cache = new Map<KeyName, { readonly key: Buffer | null; readonly until: number }>()
  await refuseUnknownWrapper()

  function unwrapped({ _id, wrapped, wrappedBy }: DataKeyRecord): Buffer | null {
    if (wrapped === null || wrappedBy === null) return null
    const wrapper = wrappers.get(wrappedBy)
    if (wrapper === undefined) throw new WrongSecretKey(`the data key ${_id} is wrapped by the key-encryption key ${wrappedBy}, which was not given`)
    // In memory of its own: Node cuts short buffers from slabs of 8 KB, and each remembered key would hold a whole one.
    return Buffer.from(new Uint8Array(open(Buffer.from(wrapped, 'base64'), { key: wrapper, about: _id })).buffer)
  }

  function newRecord(name: KeyName): DataKeyRecord {
    return { _id: name, wrapped: wrap(name, randomBytes(32)), wrappedBy: current, madeAt: clock(), erasedAt: null }
  }

  function wrap(name: string, key: Uint8Array): string {
    return seal(key, { key: ring.current, about: name }).toString('base64')
  }

  /** The newest keys are at the end, the first ones are forgotten first. */
  function remember(name: KeyName, key: Buffer | null): void {
    cache.delete(name)
    cache.set(name, { key, until: Date.now() + rememberedFor })
    const [oldest] = cache.keys()
    if (cache.size > remembered && oldest !== undefined) cache.delete(oldest)
  }

  async function keysFor(names: readonly KeyName[]): Promise<ReadonlyMap<KeyName, Buffer | null>> {
    const wanted = new Set(names)
    const found = new Map<KeyName, Buffer | null>()
    const take = (records: readonly DataKeyRecord[]): void => {
      for (const record of records) {
        const [name, key] = [record._id as KeyName, unwrapped(record)]
        remember(name, key)
        found.set(name, key)
      }
    }
    for (const name of wanted) {
      const known = cache.get(name)
      if (known !== undefined && known.until > Date.now()) found.set(name, known.key)
    }
    const missing = (): KeyName[] => [...wanted].filter((name) => !found.has(name))
    if (missing().length > 0) take(await store.find(missing()))
    if (missing().length > 0) {
      await store.keep(missing().map(newRecord))
      // Another process may have been first: what is kept counts.
      take(await store.find(missing()))
    }
    return found
  }

  async function refuseUnknownWrapper(): Promise<void> {
    const [stranger] = await store.wrappedByOthers([...wrappers.keys()], 1)
    if (stranger) unwrapped(stranger)
  }

  return {
    keysFor,
    keyFor: async (name) => (await keysFor([name])).get(name) ?? null,
    async erase(names) {
      await store.erase(names, clock())
      for (const name of names) remember(name, null)
    },
    async rewrap() {
      let count = 0
      const next = (): Promise<DataKeyRecord[]> => store.wrappedByOthers([current], 500)
      for (let left = await next(); left.length > 0; left = await next()) {
        for (const record of left) {
          const key = unwrapped(record)
          if (key !== null && (await store.rewrap(record, wrap(record._id, key), current))) count += 1
        }
      }
      return count
    },
  }
}
