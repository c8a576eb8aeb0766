import { openDatabase } from '../../api/src/database.ts'
import type { Connection } from 'mongoose'
import { randomBytes } from 'node:crypto'

/** Emptied databases by the address of their server. */
const idle = new Map<string, string[]>()

/**
 * An empty database that no other test uses meanwhile. One that was given back comes again with its collections and indexes, which
 * take longer to make than many a test does.
 */
export function openEmptyDatabase(uri: string): Promise<Connection> {
  return openDatabase({ uri, database: idle.get(uri)?.pop() ?? `yidan_test_${randomBytes(6).toString('hex')}` })
}

/** Closes the connection, then empties the database for another test of this process. */
export async function giveBack(database: Connection, uri: string): Promise<void> {
  const { name } = database
  await database.close()
  await withDatabase(uri, name, async ({ db }) => {
    const collections = (await db?.collections()) ?? []
    await Promise.all(collections.filter(({ collectionName }) => !collectionName.startsWith('system.')).map((collection) => collection.deleteMany({})))
  })
  idle.set(uri, [...(idle.get(uri) ?? []), name])
}

async function withDatabase(uri: string, name: string, use: (database: Connection) => Promise<unknown>): Promise<void> {
  const database = await openDatabase({ uri, database: name })
  await use(database)
  await database.close()
}

// They go with the test process; a bench gives back to nobody.
if (typeof after === 'function') after(async () => {
  for (const [uri, names] of idle) if (uri === process.env['YIDAN_TEST_MONGODB_URI']) for (const name of names) await withDatabase(uri, name, (database) => database.dropDatabase())
})
