// Keeps a network's chaincode processes: started with plain node, started again when they die, ended when they are no longer wanted. A peer
// only dials; nobody else looks after them. Reads what is wanted anew on SIGHUP: node chaincode-keeper.mjs FOLDER
import { spawn } from 'node:child_process'
import { closeSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { noteProcess } from '../../api/launch/process-identity.mjs'
import { placesIn } from './folder.mjs'
import { noteOf, openLog } from './processes.mjs'

const dir = process.argv[2] ?? ''
const firstPause = 200
const longestPause = 10_000
/** One that lived so long is not in a loop of dying. */
const healthyAfter = 30_000
const termLimit = 5_000

/** @typedef {{ start: import('./node-settings.mjs').Start, child: import('node:child_process').ChildProcess | null, pause: number, timer?: NodeJS.Timeout, isWanted: boolean }} Kept */

/** @type {Map<string, Kept>} */
const kept = new Map()
let stopping = false

function readWanted() {
  const { wanted } = placesIn(dir)
  if (!existsSync(wanted)) return stop()
  /** @type {import('./node-settings.mjs').Start[]} */
  const starts = JSON.parse(readFileSync(wanted, 'utf8'))
  for (const [name, one] of kept) if (!starts.some((start) => start.name === name)) end(one)
  for (const start of starts) {
    const known = kept.get(start.name)
    if (known?.isWanted) continue
    // One that was told to end is waited for; its exit starts the new one.
    if (known) Object.assign(known, { start, isWanted: true, pause: firstPause })
    else kept.set(start.name, { start, child: null, pause: firstPause, isWanted: true })
    const one = kept.get(start.name)
    if (one && one.child === null) launch(one)
  }
}

/** @param {Kept} one */
function launch(one) {
  const { name, program, args, env } = one.start
  const born = Date.now()
  const log = openLog(dir, name)
  const child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', log, log] })
  closeSync(log)
  one.child = child
  if (child.pid !== undefined) noteProcess(noteOf(dir, name), child.pid)
  let isOver = false
  const over = () => {
    if (isOver) return
    isOver = true
    one.child = null
    if (!one.isWanted || stopping) return forget(one)
    if (Date.now() - born > healthyAfter) one.pause = firstPause
    one.timer = setTimeout(() => launch(one), one.pause)
    one.pause = Math.min(one.pause * 2, longestPause)
  }
  child.once('exit', over)
  child.once('error', over)
}

/** @param {Kept} one */
function end(one) {
  one.isWanted = false
  clearTimeout(one.timer)
  const { child } = one
  if (child === null) return forget(one)
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), termLimit).unref()
}

/** @param {Kept} one */
function forget(one) {
  kept.delete(one.start.name)
  rmSync(noteOf(dir, one.start.name), { force: true })
  if (stopping && kept.size === 0) process.exit(0)
}

function stop() {
  if (stopping) return
  stopping = true
  if (kept.size === 0) process.exit(0)
  kept.forEach(end)
}

process.on('SIGHUP', readWanted)
process.on('SIGTERM', stop)
process.on('SIGINT', () => undefined)
// Without it nothing would keep an empty keeper alive, nor end one whose network was deleted.
setInterval(() => { if (!existsSync(placesIn(dir).wanted)) stop() }, 5_000)
readWanted()
