import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A process that cannot be taken for another one that got the same number later. @typedef {{ readonly pid: number, readonly birth: string }} ProcessIdentity */

/**
 * When the process with this number began, in the words of the system; null when there is none.
 * Linux: the boot and the clock ticks since. Elsewhere: what ps says, to the second.
 * @param {number} pid
 * @returns {string | null}
 */
export function birthOf(pid) {
  if (process.platform === 'linux') {
    const fields = statOf(pid)
    if (fields === null || fields[0] === 'Z' || fields[0] === 'X') return null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`
  }
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null
  } catch {
    return 'unknown'
  }
}

/** Who started a process, where the system tells it cheaply (Linux). @param {number} pid @returns {number | null} */
export function parentOf(pid) {
  const parent = statOf(pid)?.[1]
  return parent === undefined ? null : Number(parent)
}

/** What Linux says of a process, from its state on; null when there is none. @param {number} pid */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in brackets and may hold anything, so fields are counted from the last bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** @param {number} pid @returns {ProcessIdentity} */
export function identityOf(pid) {
  return { pid, birth: birthOf(pid) ?? 'gone' }
}

/** Whether this very process still runs. @param {ProcessIdentity} identity */
export function isAlive(identity) {
  return birthOf(identity.pid) === identity.birth
}

/** Notes a process we started, for a later start to find it by. @param {string} file @param {number} pid */
export function noteProcess(file, pid) {
  writeFileSync(`${file}.draft`, JSON.stringify(identityOf(pid)))
  renameSync(`${file}.draft`, file)
}

/** Sees to it that the process noted by an earlier start is gone. @param {string} file @param {{ patienceMs: number, termMs: number }} limits */
export async function seeNotedEnd(file, limits) {
  if (existsSync(file)) await seeEnd(JSON.parse(readFileSync(file, 'utf8')), limits)
}

/**
 * Waits for a process to end by itself, then asks it to, then ends it. A process that merely has its number is left alone.
 * @param {ProcessIdentity} identity
 * @param {{ patienceMs: number, termMs: number }} limits
 */
export async function seeEnd(identity, { patienceMs, termMs }) {
  if (await endsWithin(identity, patienceMs)) return
  signal(identity, 'SIGTERM')
  if (await endsWithin(identity, termMs)) return
  signal(identity, 'SIGKILL')
  await endsWithin(identity, 5_000)
}

/** @param {ProcessIdentity} identity @param {number} limitMs */
async function endsWithin(identity, limitMs) {
  const until = Date.now() + limitMs
  while (isAlive(identity)) {
    if (Date.now() >= until) return false
    await pause(50)
  }
  return true
}

/** @param {ProcessIdentity} identity @param {NodeJS.Signals} name */
function signal(identity, name) {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, name)
  } catch {
    // It ended between the two lines: just what was wanted.
  }
}
