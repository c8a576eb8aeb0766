import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './places.mjs'
import { noteProcess } from './process-identity.mjs'
import { say, Stop } from './say.mjs'

/** The API as a child. It stops by itself when the channel to us closes, so it does not outlive us. @typedef {{ readonly address: string, stop(): Promise<void> }} ApiProcess */

const stopLimit = 15_000
const startLimit = 120_000
/** How the API ends when it has told the person itself why it cannot start. */
const saidAlready = 78
const restartsPerMinute = 3
const largestLog = 50 * 1024 * 1024

/**
 * Starts the built API and waits until it takes requests. One that dies later is started again, three times a minute at most.
 * @param {{ note: string, log: string, env: NodeJS.ProcessEnv, heapMb: number, onEnd: (fault: unknown) => void }} options
 * @returns {Promise<ApiProcess>}
 */
export async function startApi({ note, log, env, heapMb, onEnd }) {
  let stopping = false
  /** @type {number[]} */
  const deaths = []
  let child = spawnApi({ note, log, env, heapMb })
  const address = await readiness(child)
  watch()

  function watch() {
    child.once('exit', (code, signal) => {
      if (stopping) return
      const now = Date.now()
      while (deaths[0] !== undefined && now - deaths[0] > 60_000) deaths.shift()
      deaths.push(now)
      const how = signal ?? `code ${code}`
      if (deaths.length > restartsPerMinute) return onEnd(new Stop(`The API ended again and again (${how}).`, ['Its last words are above. Start again; nothing acknowledged is lost.']))
      say(`The API ended (${how}); starting it again.`)
      child = spawnApi({ note, log, env, heapMb })
      watch()
    })
  }

  return {
    address,
    async stop() {
      stopping = true
      await end(child)
    },
  }
}

/** How V8 collects: one thread helps, not its four, which would take every core from MongoDB meanwhile (docs/decisions/0020). */
export const collectorFlags = ['--max-semi-space-size=4', '--v8-pool-size=1']
/** With some gigabytes allowed, what is no longer used lies about for minutes: under load the API takes twice the memory, for nothing. @param {number} megabytes */
const heapFlags = (megabytes) => [`--max-old-space-size=${megabytes}`, ...collectorFlags]

/** Its log goes to a file, what a person must read to the terminal. @param {{ note: string, log: string, env: NodeJS.ProcessEnv, heapMb: number }} options */
function spawnApi({ note, log, env, heapMb }) {
  mkdirSync(dirname(log), { recursive: true })
  if (existsSync(log) && statSync(log).size > largestLog) renameSync(log, `${log}.1`)
  const file = openSync(log, 'a')
  const child = fork(join(root, 'api/dist/src/main.js'), [], { cwd: root, env, execArgv: ['--enable-source-maps', ...heapFlags(heapMb)], stdio: ['ignore', file, 'inherit', 'ipc'] })
  closeSync(file)
  if (child.pid !== undefined) noteProcess(note, child.pid)
  return child
}

/**
 * Waits until it takes requests. While it tells how far its start has come (a long log is read again), it is given time; that is told every ten seconds.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [patience] ms without a word
 * @returns {Promise<string>} its address
 */
export async function readiness(child, patience = startLimit) {
  let told = Date.now()
  /** @type {NodeJS.Timeout | undefined} */
  let limit
  /** @type {(message: { readonly ready?: string, readonly starting?: string }) => void} */
  let heard = () => undefined
  try {
    return await new Promise((resolve, reject) => {
      const wait = () => {
        clearTimeout(limit)
        limit = setTimeout(() => reject(new Stop(`The API did not become ready: no word of it for ${Math.round(patience / 1_000)} s.`, ['Its last words are above.'])), patience)
      }
      heard = ({ ready, starting }) => {
        if (ready !== undefined) return resolve(ready)
        wait()
        if (Date.now() - told < 10_000) return
        told = Date.now()
        say(`  still starting: ${starting}`)
      }
      child.on('message', heard)
      child.once('exit', (code, signal) => reject(code === saidAlready ? new Stop('') : new Stop(`The API did not start (${signal ?? `code ${code}`}).`, ['The reason is in the lines above.'])))
      wait()
    })
  } catch (error) {
    await end(child)
    throw error
  } finally {
    clearTimeout(limit)
    child.off('message', heard)
  }
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), stopLimit)
  await exited
  clearTimeout(limit)
}
