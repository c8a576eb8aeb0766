import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { signerOf, type Signer } from '@yidan/ledger/signing'

/** Keys of this browser, one a person, and while it is being replaced the next one. The private half is a CryptoKey that no script can read out. */
interface KeyDatabase extends DBSchema {
  keys: { key: string; value: { readonly person: string; readonly pair: CryptoKeyPair; readonly savedAt: string } }
}
type Place = 'now' | 'next'
const drawer = (person: string, place: Place): string => (place === 'now' ? person : `${person}#next`)

export async function keyOf(person: string, place: Place = 'now'): Promise<Signer | null> {
  const kept = await (await open()).get('keys', drawer(person, place))
  return kept ? signerOf(kept.pair) : null
}

export async function keepKey({ person, pair, place = 'now' }: { person: string; pair: CryptoKeyPair; place?: Place }): Promise<void> {
  await (await open()).put('keys', { person: drawer(person, place), pair, savedAt: new Date().toISOString() })
}

/** The next key takes the place of the present one. */
export async function advanceKey(person: string): Promise<void> {
  const change = (await open()).transaction('keys', 'readwrite')
  const next = await change.store.get(drawer(person, 'next'))
  if (next) await Promise.all([change.store.put({ ...next, person }), change.store.delete(drawer(person, 'next'))])
  await change.done
}

export async function forgetKey(person: string, place: Place = 'now'): Promise<void> {
  await (await open()).delete('keys', drawer(person, place))
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
