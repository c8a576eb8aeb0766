import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seeNotedEnd } from './process-identity.mjs'
import { Stop } from './say.mjs'

const replicaSet = 'yidan'
const startLimit = 60_000
/** How long old versions of a document are kept. Nobody here reads the past of a document from MongoDB; with its own five minutes a box that reports each second is kept three hundred times (docs/decisions/0020). */
const historySeconds = 5

/**
 * A mongod of our own: a one-node replica set on the loopback interface. It ends with this process, even when this one is killed.
 * @typedef {{ readonly uri: string, readonly ended: Promise<number>, stop(): Promise<void> }} RunningMongod
 */

/**
 * Starts a mongod on a folder that outlives it, or on a fresh one.
 * @param {string} mongod
 * @param {string} folder holds the data, the port and the log
 * @returns {Promise<RunningMongod>}
 */
export async function startMongod(mongod, folder) {
  const data = join(folder, 'data')
  const log = join(folder, 'mongod.log')
  const note = join(folder, 'mongod.pid.json')
  mkdirSync(data, { recursive: true })
  // One killed a moment ago may still be closing its files; one whose keeper was killed too is shut down here.
  await seeNotedEnd(note, { patienceMs: 3_000, termMs: 30_000 })
  const port = await portFor(join(folder, 'port.json'))
  const args = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', replicaSet, '--oplogSize', '512', '--logpath', log, '--logappend', '--wiredTigerCacheSizeGB', '1', '--setParameter', `minSnapshotHistoryWindowInSeconds=${historySeconds}`]
  if (process.platform !== 'win32') args.push('--nounixsocket')
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.mjs', import.meta.url)), note, mongod, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  keeper.stdin.on('error', () => undefined)
  /** @type {Promise<number>} */
  const ended = once(keeper, 'exit').then(([code]) => code ?? 1)
  const stop = async () => {
    keeper.stdin.end('stop')
    await ended
    // It has ended its mongod; if it was itself killed, that is left to us.
    await seeNotedEnd(note, { patienceMs: 0, termMs: 30_000 })
  }
  try {
    await becomePrimary(port, ended)
  } catch (error) {
    await stop()
    throw mongodFault(error, log)
  }
  return { uri: `mongodb://127.0.0.1:${port}/?replicaSet=${replicaSet}`, ended, stop }
}

/** The port of last time, because a replica set remembers its address; another when that one is taken. @param {string} file */
async function portFor(file) {
  const last = existsSync(file) ? Number(JSON.parse(readFileSync(file, 'utf8')).port) : 0
  const port = (await freePort(last)) ?? (await freePort(0))
  if (port === null) throw new Stop('No free port for MongoDB on 127.0.0.1.', ['Close some programs, then start again.'])
  writeFileSync(file, JSON.stringify({ port }))
  return port
}

/**
 * @param {number} wanted 0 for any
 * @param {string} [host]
 * @returns {Promise<number | null>} null when it is taken
 */
export function freePort(wanted, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ port: wanted, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
    })
  })
}

/** Waits until mongod takes writes; makes the replica set the first time, moves it when the port has changed. @param {number} port @param {Promise<number>} ended */
async function becomePrimary(port, ended) {
  const { MongoClient } = await import('mongodb')
  const host = `127.0.0.1:${port}`
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, { serverSelectionTimeoutMS: startLimit, connectTimeoutMS: 5_000 })
  const died = ended.then((code) => { throw new Error(`mongod ended (${code}) instead of starting`) })
  try {
    await Promise.race([died, (async () => {
      await client.connect()
      const admin = client.db('admin')
      const config = await client.db('local').collection('system.replset').findOne()
      if (config === null) await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host }] } })
      else if (config['members'][0].host !== host) {
        const moved = { ...config, version: config['version'] + 1, members: [{ ...config['members'][0], host }] }
        await admin.command({ replSetReconfig: moved, force: true })
      }
      const until = Date.now() + startLimit
      while (!(await admin.command({ hello: 1 }))['isWritablePrimary']) {
        if (Date.now() > until) throw new Error('mongod does not become primary')
        await pause(50)
      }
    })()])
  } finally {
    await client.close()
  }
}

/** @param {unknown} error @param {string} log */
function mongodFault(error, log) {
  const tail = existsSync(log) ? readFileSync(log, 'utf8').slice(-20_000) : ''
  const lastStart = tail.slice(Math.max(0, tail.lastIndexOf('***** SERVER RESTARTED *****')))
  if (/No space left on device|DiskFull/.test(lastStart)) return new Stop('MongoDB did not start: the disk is full.', ['Free some space (1 GB or more), then start again. Nothing stored is lost.'])
  if (/Read-only file system|IllegalOperation: Attempted to create a lock file/.test(lastStart)) return new Stop('MongoDB did not start: its folder cannot be written.', ['Make it writable, or point DATA_DIR elsewhere, then start again.'])
  const words = [...lastStart.matchAll(/"s":"[EF]".*?"msg":"(.*?)"/g)].slice(0, 3).map(([, word]) => word)
  return new Stop(`MongoDB did not start: ${[error instanceof Error ? error.message : String(error), ...words].join('; ')}`, [`Its log: ${log}`], { cause: error })
}
