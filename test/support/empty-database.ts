import { openDatabase } from '../../api/src/database.ts'
import type { Connection } from 'mongoose'
import { randomBytes } from 'node:crypto'

/** A database that was given back, to be used again by whichever test of the run comes next. */
interface Idle {
  readonly _id: string
}

const keptIn = 'yidan_test_idle'

/**
 * An empty database that no other test uses meanwhile. One that was given back comes again with its collections and indexes, which
 * take longer to make than many a test does; and none is dropped, because the server stands still for all while it removes their files.
 * All of them go with the server of the test run.
 */
export async function openEmptyDatabase(uri: string): Promise<Connection> {
  const asking = await openDatabase({ uri, database: keptIn })
  const idle = await namesBeside(asking).findOneAndDelete({})
  await asking.close()
  return openDatabase({ uri, database: idle?._id ?? `yidan_test_${randomBytes(6).toString('hex')}` })
}

/** Documents in one collection; to delete more takes longer than to make another database, with millions many minutes. */
const emptiedAtMost = 50_000

/** Closes the connection, then empties the database for another test; one with a great deal in it goes at once. */
export async function giveBack(database: Connection, uri: string): Promise<void> {
  const { name } = database
  await database.close()
  const emptied = await openDatabase({ uri, database: name })
  const collections = (await emptied.db?.collections()) ?? []
  const sizes = await Promise.all(collections.map((collection) => collection.estimatedDocumentCount()))
  if (Math.max(0, ...sizes) > emptiedAtMost) {
    await emptied.db?.dropDatabase()
    await emptied.close()
    return
  }
  await Promise.all(collections.filter(({ collectionName }) => !collectionName.startsWith('system.')).map((collection) => collection.deleteMany({})))
  await namesBeside(emptied).insertOne({ _id: name })
  await emptied.close()
}

/** The names of idle databases, on the same server as this connection. */
function namesBeside(connection: Connection) {
  return connection.getClient().db(keptIn).collection<Idle>('names')
}
