import type { Collection } from 'mongodb'
import { blindToken, openText, sealText } from '../vault/cipher.ts'
import type { Vault } from '../vault/vault.ts'
import { isDuplicateKey, namesKey, type BillStore, type NameRecord } from './store.ts'

/**
 * Names are searched for by any part of them, and must not lie open in the views. So each distinct name is kept once, sealed, under a
 * blind token; a bill has the tokens. A search opens the distinct names, which are few beside the bills, and asks for their tokens.
 */
export interface NameIndex {
  /** The tokens of these names, which are kept with the next `keep`. */
  tokensOf(names: readonly string[]): string[]
  keep(collection: Collection<NameRecord>): Promise<void>
}

export async function nameIndex(vault: Vault): Promise<NameIndex> {
  const key = await theKey(vault)
  const met = new Map<string, string>()
  return {
    tokensOf(names) {
      const tokens = [...new Set(names)].map((name) => [blindToken(name, key), name] as const)
      for (const [token, name] of tokens) met.set(token, name)
      return tokens.map(([token]) => token).sort()
    },
    async keep(collection) {
      if (met.size === 0) return
      const known = new Set((await collection.find({ _id: { $in: [...met.keys()] } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))
      const fresh = [...met].filter(([token]) => !known.has(token))
      if (fresh.length === 0) return
      const written = collection.bulkWrite(fresh.map(([token, name]) => ({ updateOne: { filter: { _id: token }, update: { $setOnInsert: { sealed: sealText(name, { key, about: token }) } }, upsert: true } })), { ordered: false, writeConcern: { w: 'majority' } })
      await written.catch((error: unknown) => {
        // Another process kept it at the same moment.
        if (!isDuplicateKey(error)) throw error
      })
    },
  }
}

/** Tokens of all names that have the text somewhere in them, upper or lower case. */
export async function tokensOfNamesWith(text: string, { names }: Pick<BillStore, 'names'>, vault: Vault): Promise<string[]> {
  const wanted = text.toLowerCase()
  const opened = await openedNames(names, vault)
  // Mostly a number was typed, which stands in no name.
  if (!opened.all.includes(wanted)) return []
  return [...opened.names].flatMap(([token, name]) => (name.includes(wanted) ? [token] : []))
}

/** Opened names are remembered so long; one that was forgotten with its bills is gone from here too by then. */
const remembered = 30_000
interface Opened {
  readonly at: number
  /** By their tokens. */
  readonly names: ReadonlyMap<string, string>
  /** One a line. */
  readonly all: string
}
const openedBy = new WeakMap<Vault, Opened>()

/** Names are added and hardly ever go: only those not opened yet are read, when there are more or fewer than before, or some time has passed. */
async function openedNames(names: BillStore['names'], vault: Vault): Promise<Opened> {
  const before = openedBy.get(vault)
  const count = await names.estimatedDocumentCount()
  if (before && before.names.size === count && Date.now() - before.at < remembered) return before
  const key = await theKey(vault)
  const tokens = (await names.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id)
  const fresh = tokens.filter((token) => !before?.names.has(token))
  const read = fresh.length === 0 ? [] : await names.find(fresh.length === tokens.length ? {} : { _id: { $in: fresh } }).toArray()
  const opened = new Map(read.map(({ _id, sealed }) => [_id, openText(sealed, { key, about: _id })]))
  const known = new Map(tokens.flatMap((token): [string, string][] => {
    const name = opened.get(token) ?? before?.names.get(token)
    return name === undefined ? [] : [[token, name]]
  }))
  const now: Opened = { at: Date.now(), names: known, all: [...known.values()].join('\n') }
  openedBy.set(vault, now)
  return now
}

/** Names that stand on no bill any more are gone too. */
export async function forgetUnusedNames({ names }: BillStore): Promise<void> {
  const unused = await names.aggregate<NameRecord>([
    { $lookup: { from: 'bills', localField: '_id', foreignField: 'names', pipeline: [{ $limit: 1 }, { $project: { _id: 1 } }], as: 'bills' } },
    { $match: { bills: { $size: 0 } } }, { $project: { _id: 1 } },
  ]).toArray()
  if (unused.length > 0) await names.deleteMany({ _id: { $in: unused.map(({ _id }) => _id) } })
}

async function theKey(vault: Vault): Promise<Buffer> {
  const key = await vault.keyFor(namesKey)
  if (key === null) throw new Error('the key of names was erased')
  return key
}
