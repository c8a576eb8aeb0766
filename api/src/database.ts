import { createConnection, type Connection } from 'mongoose'
import { StartFault } from './start-fault.ts'

const answerLimit = 10_000
const oldestServer = 6

/**
 * Opens the one database all stores stand on.
 * @throws StartFault when it cannot be reached, is too old, or is no replica set: transactions and change streams need one
 */
export async function openDatabase({ uri, database }: { readonly uri: string; readonly database: string }): Promise<Connection> {
  const connection = createConnection(uri, { dbName: database, serverSelectionTimeoutMS: answerLimit, autoIndex: false, appName: 'yidan' })
  try {
    await connection.asPromise()
  } catch (error) {
    throw new StartFault(
      `MongoDB does not answer at MONGODB_URI (${withoutPassword(uri)}): ${error instanceof Error ? error.message : String(error)}`,
      ['Start it, or put MONGODB_URI right.', 'Or leave MONGODB_URI out: npm start then runs a MongoDB of its own.'],
      { cause: error },
    )
  }
  const admin = connection.getClient().db('admin')
  const [hello, build] = await Promise.all([admin.command({ hello: 1 }), admin.command({ buildInfo: 1 })])
  const fault = faultOf(hello, String(build['version']))
  if (fault === null) return connection
  await connection.close()
  throw fault
}

function faultOf(hello: Readonly<Record<string, unknown>>, version: string): StartFault | null {
  if (Number.parseInt(version, 10) < oldestServer) {
    return new StartFault(`The MongoDB at MONGODB_URI is version ${version}; ${oldestServer} or newer is needed.`, ['Update it, or point MONGODB_URI at a newer one.'])
  }
  if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') {
    return new StartFault('The MongoDB at MONGODB_URI is a single server, not a replica set: it has no transactions.', [
      'Start mongod with --replSet rs0 and run rs.initiate() once; one node is enough.',
      'Or leave MONGODB_URI out: npm start then runs a MongoDB of its own.',
    ])
  }
  return null
}

function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@')
}
