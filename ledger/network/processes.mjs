import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, noteProcess, seeNotedEnd } from '../../api/launch/process-identity.mjs'
import { placesIn } from './folder.mjs'

const longLog = 20 * 1024 * 1024

/**
 * Starts a process that outlives us, with its own log, and notes which one it is. Does nothing when it runs already.
 * @param {string} dir
 * @param {import('./node-settings.mjs').Start} start
 * @returns {boolean} whether it was started now
 */
export function startDetached(dir, { name, program, args, env }) {
  if (runningProcess(dir, name) !== null) return false
  const places = placesIn(dir)
  mkdirSync(places.run, { recursive: true })
  const log = openLog(dir, name)
  try {
    const child = spawn(program, args, { cwd: dir, env, detached: true, stdio: ['ignore', log, log] })
    // A program that cannot be started shows as a process that is not there; its absence is worded by whoever waits for it.
    child.once('error', () => undefined)
    if (child.pid !== undefined) noteProcess(noteOf(dir, name), child.pid)
    child.unref()
  } finally {
    closeSync(log)
  }
  return true
}

/** @param {string} dir @param {string} name */
export function logOf(dir, name) {
  return join(placesIn(dir).logs, `${name}.log`)
}

/** Opens a process's log for more lines; a long one is put aside first. @param {string} dir @param {string} name */
export function openLog(dir, name) {
  const file = logOf(dir, name)
  mkdirSync(placesIn(dir).logs, { recursive: true })
  if (existsSync(file) && statSync(file).size > longLog) renameSync(file, `${file}.1`)
  return openSync(file, 'a')
}

/** The last lines a process wrote. @param {string} dir @param {string} name @param {number} [lines] */
export function lastLines(dir, name, lines = 4) {
  const file = logOf(dir, name)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n  ') : ''
}

/** @param {string} dir @param {string} name */
export function noteOf(dir, name) {
  return join(placesIn(dir).run, `${name}.json`)
}

/**
 * The process noted under this name, if that very one still runs.
 * @param {string} dir @param {string} name
 * @returns {import('../../api/launch/process-identity.mjs').ProcessIdentity | null}
 */
export function runningProcess(dir, name) {
  try {
    const identity = JSON.parse(readFileSync(noteOf(dir, name), 'utf8'))
    return isAlive(identity) ? identity : null
  } catch {
    return null
  }
}

/** Ends a process in order, after a limit by force. @param {string} dir @param {string} name @param {number} [limitMs] */
export async function endProcess(dir, name, limitMs = 8_000) {
  const note = noteOf(dir, name)
  await seeNotedEnd(note, { patienceMs: 0, termMs: limitMs })
  rmSync(note, { force: true })
}

/** Ends whatever runs there by force, at once: for somebody who is ending and can wait for nothing. @param {string} dir */
export function endAllByForce(dir) {
  const { run } = placesIn(dir)
  for (const file of existsSync(run) ? readdirSync(run) : []) {
    const running = file.endsWith('.json') ? runningProcess(dir, file.slice(0, -'.json'.length)) : null
    if (running !== null) process.kill(running.pid, 'SIGKILL')
  }
}
