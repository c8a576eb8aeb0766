import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answeringServer } from './given-server.mjs'
import { holderOf } from './lock.mjs'
import { dataFolder, readDotEnv, root, startLock } from './places.mjs'
import { freePort } from './run-mongod.mjs'
import { runSource, runTool } from './run-tool.mjs'
import { endWith, say } from './say.mjs'
import { startServer, stopServer } from './server.mjs'

/**
 * Runs a program that speaks to a server over HTTP: the one at BASE_URL; else, for a program whose traces are wanted afterwards, the
 * one running from this folder or one started on its data; else one on empty data that is thrown away.
 * @param {string} program
 * @param {{ lasting: boolean, flags?: readonly string[] }} options flags of Node for the program
 */
export async function runAgainstServer(program, { lasting, flags = [] }) {
  const args = process.argv.slice(2)
  if (process.env['BASE_URL']) {
    try {
      process.env['BASE_URL'] = await answeringServer(process.env['BASE_URL'])
    } catch (error) {
      return endWith(error)
    }
    return runTool(program, args, flags)
  }
  readDotEnv()
  const running = lasting ? holderOf(startLock(dataFolder(process.env))) : null
  if (running?.note['address'] !== undefined) {
    process.env['BASE_URL'] = running.note['address']
    return runTool(program, args, flags)
  }
  await runWithOwnServer(program, { args, lasting, flags })
}

/** @param {string} program @param {{ args: readonly string[], lasting: boolean, flags: readonly string[] }} options */
async function runWithOwnServer(program, { args, lasting, flags }) {
  const folder = lasting ? null : mkdtempSync(join(tmpdir(), 'yidan-'))
  if (folder !== null) Object.assign(process.env, { DATA_DIR: folder, PORT: String(await freePort(0)), RATE_LIMITS: 'off', LOG_LEVEL: 'warn' })
  process.env['DEMO'] ??= 'on'
  /** @type {import('./server.mjs').Running} */
  const running = {}
  const cleanUp = async () => {
    await stopServer(running)
    if (folder !== null) await running.fabric?.forget()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
  let stopping = false
  const stop = async (/** @type {unknown} */ fault) => {
    if (stopping) return
    stopping = true
    await cleanUp()
    if (fault !== undefined) await endWith(fault)
    process.exit(1)
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void stop(undefined))
  try {
    say(`No server was given (BASE_URL): starting one ${lasting ? 'on the data of npm start' : 'on empty data'} for this run.`)
    const address = await startServer(running, (fault) => void stop(fault))
    const mongodb = running.mongod?.uri ?? process.env['MONGODB_URI']
    const code = await runSource(program, args, { cwd: root, flags, env: { ...process.env, BASE_URL: address, ...(folder === null ? {} : { YIDAN_TEST_FOLDER: folder }), ...(mongodb === undefined ? {} : { MONGODB_URI: mongodb }) } })
    if (stopping) return
    stopping = true
    await cleanUp()
    if (lasting) say('\nThe server of this run is stopped. To open the links above: npm start')
    process.exit(code)
  } catch (error) {
    await stop(error)
  }
}
