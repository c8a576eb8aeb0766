import { openDatabase } from '../../api/src/database.ts'
import type { Connection } from 'mongoose'
import { randomBytes } from 'node:crypto'

/** A database that was given back, to be used again by whichever test of the run comes next. */
interface Idle {
  readonly _id: string
}

/**
 * An empty database that no other test uses meanwhile. One that was given back comes again with its collections and indexes, which
 * take longer to make than many a test does; and none is dropped, because the server stands still for all while it removes their files.
 * All of them go with the server of the test run.
 */
export async function openEmptyDatabase(uri: string): Promise<Connection> {
  const idle = await withIdle(uri, (names) => names.findOneAndDelete({}))
  return openDatabase({ uri, database: idle?._id ?? `yidan_test_${randomBytes(6).toString('hex')}` })
}

/** Closes the connection, then empties the database for another test. */
export async function giveBack(database: Connection, uri: string): Promise<void> {
  const { name } = database
  await database.close()
  const emptied = await openDatabase({ uri, database: name })
  const collections = (await emptied.db?.collections()) ?? []
  await Promise.all(collections.filter(({ collectionName }) => !collectionName.startsWith('system.')).map((collection) => collection.deleteMany({})))
  await emptied.close()
  await withIdle(uri, (names) => names.insertOne({ _id: name }))
}

async function withIdle<T>(uri: string, use: (names: ReturnType<typeof namesIn>) => Promise<T>): Promise<T> {
  const database = await openDatabase({ uri, database: 'yidan_test_idle' })
  try {
    return await use(namesIn(database))
  } finally {
    await database.close()
  }
}

function namesIn(database: Connection) {
  return database.collection<Idle>('names')
}
