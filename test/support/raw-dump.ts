import type { Connection } from 'mongoose'

/** Every collection of a database as the bytes it keeps, like a mongodump that somebody took away; by collection. */
export async function rawDump(database: Connection): Promise<ReadonlyMap<string, Buffer>> {
  const db = database.getClient().db(database.name)
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort()
  const dumped = await Promise.all(names.map(async (name): Promise<[string, Buffer]> => {
    const records = (await db.collection(name).find({}, { raw: true }).toArray()) as unknown as Buffer[]
    return [name, Buffer.concat(records.map((record) => Buffer.from(record)))]
  }))
  return new Map(dumped)
}

/** Which of these texts stand readable in which collection: `collection: text`. */
export function readableIn(dump: ReadonlyMap<string, Buffer>, texts: readonly string[]): string[] {
  return [...dump].flatMap(([name, bytes]) => texts.filter((text) => bytes.includes(Buffer.from(text, 'utf8'))).map((text) => `${name}: ${text}`))
}
