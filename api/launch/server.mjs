import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startApi } from './api-process.mjs'
import { findMongod } from './find-mongod.mjs'
import { takeLock } from './lock.mjs'
import { dataFolder, readDotEnv, refuseUnwritable, root, startLock } from './places.mjs'
import { prepare } from './prepare.mjs'
import { seeNotedEnd } from './process-identity.mjs'
import { startFabric } from './run-fabric.mjs'
import { freePort, startMongod } from './run-mongod.mjs'
import { Stop } from './say.mjs'

/**
 * What runs, in the order it was started.
 * @typedef {{ lock?: import('./lock.mjs').Lock, mongod?: import('./run-mongod.mjs').RunningMongod, fabric?: import('./run-fabric.mjs').RunningFabric, api?: import('./api-process.mjs').ApiProcess }} Running
 */

/**
 * Everything from a clone to an API that takes requests.
 * @param {Running} running notes what was started, for an orderly stop at any moment
 * @param {(fault: unknown) => void} onEnd called when a part ends that should not
 * @returns {Promise<string>} the address
 */
export async function startServer(running, onEnd) {
  process.chdir(root)
  readDotEnv()
  const folder = dataFolder(process.env)
  refuseUnwritable(folder, 300)
  const taken = takeLock(startLock(folder))
  if ('heldBy' in taken) throw alreadyRunning(taken.heldBy)
  running.lock = taken.lock
  // An API whose launcher was killed notices and stops by itself; one that hangs is ended here.
  const apiNote = join(folder, 'api.pid.json')
  await seeNotedEnd(apiNote, { patienceMs: 12_000, termMs: 5_000 })
  await prepare(folder)

  const { parseConfig } = await import(pathToFileURL(join(root, 'api/dist/src/config.js')).href)
  const config = readConfig(parseConfig)
  await refuseBusyPort(config)
  if (config.mongodb.uri === null) {
    running.mongod = await startMongod(await findMongod(process.env), join(folder, 'mongo'))
    void running.mongod.ended.then((code) => onEnd(new Stop(`MongoDB ended by itself (${code}) and could not be started again.`, [`Its log: ${join(folder, 'mongo/mongod.log')}`, 'Start again; nothing stored is lost.'])))
  }
  const fabric = config.ledger.kind === 'fabric' ? await startFabric(config.ledger) : null
  if (fabric !== null) running.fabric = fabric
  const env = running.mongod === undefined ? process.env : { ...process.env, MONGODB_URI: running.mongod.uri }
  running.api = await startApi({ note: apiNote, log: join(folder, 'logs/api.log'), env, heapMb: config.heapMb, onEnd })
  running.lock.tell({ address: running.api.address })
  return running.api.address
}

/** Stops what was started, the last first. @param {Running} running */
export async function stopServer(running) {
  await running.api?.stop()
  await Promise.all([running.fabric?.stop(), running.mongod?.stop()])
  running.lock?.release()
}

/** @param {import('./lock.mjs').Holder} holder */
function alreadyRunning({ pid, note }) {
  const where = note['address'] === undefined ? 'is just starting' : `already runs at ${note['address']}`
  return new Stop(`Yidan ${where} (process ${pid}).`, [
    ...(note['address'] === undefined ? [] : [`Open ${note['address']}`]),
    `Or stop it: kill ${pid}`,
    'Or run a second one beside it: DATA_DIR=.yidan-2 PORT=8081 npm start',
  ])
}

/** @param {(env: NodeJS.ProcessEnv) => import('../src/config.ts').Config} parseConfig */
function readConfig(parseConfig) {
  try {
    return parseConfig(process.env)
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigFault') throw new Stop(error.message, ['Put it right in the environment or in .env (.env.example lists everything), then start again.'])
    throw error
  }
}

/** @param {import('../src/config.ts').Config} config */
async function refuseBusyPort({ host, port }) {
  if ((await freePort(port, host)) !== null) return
  throw busyPort(host, port)
}

/** @param {string} host @param {number} port */
export function busyPort(host, port) {
  return new Stop(`Port ${port} of ${host} is taken by another program, or may not be used.`, [`Choose another one: PORT=${port + 1} npm start`, `Or see who has it: ss -ltnp 'sport = :${port}'`])
}
