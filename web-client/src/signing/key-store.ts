import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { signerOf, type Signer } from '@yidan/ledger/signing'

/** Keys of this browser, one a person. The private half is a CryptoKey that no script can read out. */
interface KeyDatabase extends DBSchema {
  keys: { key: string; value: { readonly person: string; readonly pair: CryptoKeyPair; readonly savedAt: string } }
}

export async function keyOf(person: string): Promise<Signer | null> {
  const kept = await (await open()).get('keys', person)
  return kept ? signerOf(kept.pair) : null
}

export async function keepKey({ person, pair }: { person: string; pair: CryptoKeyPair }): Promise<void> {
  await (await open()).put('keys', { person, pair, savedAt: new Date().toISOString() })
}

export async function forgetKey(person: string): Promise<void> {
  await (await open()).delete('keys', person)
}

let opened: Promise<IDBPDatabase<KeyDatabase>> | null = null
function open(): Promise<IDBPDatabase<KeyDatabase>> {
  opened ??= openDB<KeyDatabase>('yidan', 1, {
    upgrade(database) {
      database.createObjectStore('keys', { keyPath: 'person' })
    },
    terminated() {
      opened = null
    },
  })
  return opened
}
