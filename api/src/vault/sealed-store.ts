import { Binary, type AggregateOptions, type Collection, type CountDocumentsOptions, type Document, type Filter, type FindOptions, type ReplaceOptions, type Sort, type UpdateFilter, type UpdateOptions } from 'mongodb'
import { open, seal } from './cipher.ts'
import type { KeyName, Vault } from './vault.ts'

/** Which fields of a record are secret, and whose key seals them. */
export interface Sealing<T, Secret extends keyof T> {
  readonly keyOf: (record: T) => KeyName
  readonly secret: readonly Secret[]
  /** What the secret fields read as once the key is erased; without it such a record is not found. */
  readonly erased?: Pick<T, Secret>
  /** For secrets that are no JSON. */
  readonly pack?: (secrets: Pick<T, Secret>) => Uint8Array
  readonly unpack?: (bytes: Uint8Array) => Pick<T, Secret>
}

/** A record as MongoDB keeps it: the secret fields are in `sealed`, together, and nowhere else. */
export type Kept<T, Secret extends keyof T> = Omit<T, Secret> & { readonly _id: string; readonly sealed?: Binary }

interface Found<T> {
  sort(order: Sort): Found<T>
  limit(count: number): Found<T>
  toArray(): Promise<T[]>
}

/** A collection whose secret fields are sealed on the way in and opened on the way out. No filter can ask for a secret field. */
export interface SealedCollection<T extends { readonly _id: string }, Secret extends keyof T> {
  findOne(filter: Filter<Omit<T, Secret>>, options?: FindOptions): Promise<T | null>
  find(filter: Filter<Omit<T, Secret>>, options?: FindOptions): Found<T>
  aggregate<R extends T>(pipeline: Document[], options?: AggregateOptions): { toArray(): Promise<R[]> }
  countDocuments(filter: Filter<Omit<T, Secret>>, options?: CountDocumentsOptions): Promise<number>
  insertOne(record: T, options?: { writeConcern?: { w: 'majority' } }): Promise<void>
  replaceOne(filter: Filter<Omit<T, Secret>> & { _id: T['_id'] }, record: Omit<T, '_id'>, options?: ReplaceOptions): Promise<{ readonly matchedCount: number }>
  /** Changes what is not secret. */
  updateOne(filter: Filter<Omit<T, Secret>>, update: UpdateFilter<Omit<T, Secret>>, options?: UpdateOptions): Promise<{ readonly matchedCount: number }>
  deleteOne(filter: Filter<Omit<T, Secret>>): Promise<{ readonly deletedCount: number }>
  /** The records as they are kept: those whose key is erased without their secrets. */
  seal(records: readonly T[]): Promise<Kept<T, Secret>[]>
  /** Records as they were kept, opened; those whose key is erased as `erased` says. */
  open(records: readonly Kept<T, Secret>[]): Promise<T[]>
  /** The collection itself, for what needs no secret. */
  readonly kept: Collection<Kept<T, Secret>>
}

export function sealedCollection<T extends { readonly _id: string }, Secret extends keyof T & string>(collection: Collection, { keyOf, secret, erased, pack, unpack }: Sealing<T, Secret>, vault: Vault): SealedCollection<T, Secret> {
  const kept = collection as unknown as Collection<Kept<T, Secret>>
  const plain = collection
  const about = ({ _id }: { readonly _id: string }): string => `${collection.collectionName}/${_id}`

  async function sealAll(records: readonly T[]): Promise<Kept<T, Secret>[]> {
    const keys = await vault.keysFor(records.map(keyOf))
    return records.map((record) => {
      const rest = Object.fromEntries(Object.entries(record).filter(([name]) => !(secret as readonly string[]).includes(name))) as Omit<T, Secret> & { readonly _id: string }
      const secrets = Object.fromEntries(secret.map((name) => [name, record[name]])) as Pick<T, Secret>
      const key = keys.get(keyOf(record)) ?? null
      return key === null ? rest : { ...rest, sealed: new Binary(seal(pack?.(secrets) ?? JSON.stringify(secrets), { key, about: about(record) })) }
    })
  }

  /** `whole`: the secret fields were asked for, so a record without them is one whose key is erased. */
  async function openAll(records: readonly Document[], whole: boolean): Promise<T[]> {
    const found = records as unknown as (Kept<T, Secret> & T)[]
    const sealed = found.filter((record) => record.sealed !== undefined)
    const keys = await vault.keysFor(sealed.map(keyOf))
    return found.flatMap((record): T[] => {
      const { sealed: content, ...rest } = record
      const key = content === undefined ? null : (keys.get(keyOf(record)) ?? null)
      if (content !== undefined && key !== null) {
        const bytes = open(content.value(), { key, about: about(record) })
        return [{ ...rest, ...(unpack?.(bytes) ?? (JSON.parse(bytes.toString('utf8')) as Pick<T, Secret>)) } as unknown as T]
      }
      if (!whole) return [rest as unknown as T]
      return erased === undefined ? [] : [{ ...rest, ...erased } as unknown as T]
    })
  }

  /** What is asked for or left out by the name of a secret field is the sealed one. */
  function translated({ projection, ...options }: FindOptions): { readonly options: FindOptions; readonly whole: boolean } {
    if (projection === undefined) return { options, whole: true }
    const given = Object.entries<0 | 1>(projection)
    const asked = given.map(([name, value]): [string, 0 | 1] => [(secret as readonly string[]).includes(name) ? 'sealed' : name, value])
    const inclusive = given.some(([, value]) => value === 1)
    return { options: { ...options, projection: Object.fromEntries(asked) }, whole: asked.some(([name, value]) => name === 'sealed' && value === 1) || (!inclusive && !asked.some(([name]) => name === 'sealed')) }
  }

  const found = (cursor: { sort(order: Sort): unknown; limit(count: number): unknown; toArray(): Promise<Document[]> }, whole: boolean): Found<T> => ({
    sort: (order) => (cursor.sort(order), found(cursor, whole)),
    limit: (count) => (cursor.limit(count), found(cursor, whole)),
    toArray: async () => openAll(await cursor.toArray(), whole),
  })

  return {
    kept,
    seal: sealAll,
    open: (records) => openAll(records, true),
    async findOne(filter, given = {}) {
      const { options, whole } = translated(given)
      const record = await plain.findOne(filter as Filter<Document>, options)
      return record === null ? null : ((await openAll([record], whole))[0] ?? null)
    },
    find(filter, given = {}) {
      const { options, whole } = translated(given)
      return found(plain.find(filter as Filter<Document>, options), whole)
    },
    aggregate: <R extends T>(pipeline: Document[], options?: AggregateOptions) => ({ toArray: async () => (await openAll(await plain.aggregate(pipeline, options).toArray(), true)) as R[] }),
    countDocuments: (filter, options) => plain.countDocuments(filter as Filter<Document>, options),
    async insertOne(record, options) {
      const [sealed] = await sealAll([record])
      if (sealed !== undefined) await plain.insertOne(sealed as Document, options)
    },
    async replaceOne(filter, record, options) {
      const [sealed] = await sealAll([{ ...record, _id: filter._id } as unknown as T])
      const { _id: _, ...fields } = sealed ?? {}
      return plain.replaceOne(filter as Filter<Document>, fields, options)
    },
    updateOne: (filter, update, options) => plain.updateOne(filter as Filter<Document>, update as UpdateFilter<Document>, options),
    deleteOne: (filter) => plain.deleteOne(filter as Filter<Document>),
  }
}
