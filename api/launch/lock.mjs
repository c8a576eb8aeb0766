import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { identityOf, isAlive } from './process-identity.mjs'

/**
 * What a lock file says about its holder: the process, and what it lets others know (its address, say).
 * @typedef {import('./process-identity.mjs').ProcessIdentity & { readonly note: Readonly<Record<string, string>> }} Holder
 */

/**
 * A lock that a killed process cannot leave behind: it counts only while the very process that took it runs.
 * @param {string} file
 * @returns {{ heldBy: Holder } | { lock: Lock }}
 */
export function takeLock(file) {
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    if (writeNew(file, { ...identityOf(process.pid), note: {} })) return { lock: new Lock(file) }
    const holder = readHolder(file)
    if (holder !== null && isAlive(holder)) return { heldBy: holder }
    putAside(file, holder)
  }
}

/**
 * Takes the lock as soon as its holder lets go of it.
 * @param {string} file
 * @param {(holder: Holder) => void} whenWaiting called once, when somebody else holds it
 */
export async function awaitLock(file, whenWaiting) {
  let told = false
  for (;;) {
    const taken = takeLock(file)
    if ('lock' in taken) return taken.lock
    if (!told) whenWaiting(taken.heldBy)
    told = true
    await pause(300)
  }
}

/** The living holder of a lock; null when it is free. @param {string} file */
export function holderOf(file) {
  const holder = readHolder(file)
  return holder !== null && isAlive(holder) ? holder : null
}

/** A lock this process holds. */
export class Lock {
  /** @param {string} file */
  constructor(file) {
    this.file = file
  }

  /** Lets others know something: the address, the processes behind it. @param {Readonly<Record<string, string>>} note */
  tell(note) {
    const draft = `${this.file}.${process.pid}.note`
    writeFileSync(draft, JSON.stringify({ ...identityOf(process.pid), note }))
    renameSync(draft, this.file)
  }

  release() {
    rmSync(this.file, { force: true })
  }
}

/** Makes the file with all of its text at once, or not at all. @param {string} file @param {Holder} holder */
function writeNew(file, holder) {
  const draft = `${file}.${process.pid}.draft`
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

/** @param {string} file @returns {Holder | null} */
function readHolder(file) {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8'))
    return typeof read?.pid === 'number' && typeof read.birth === 'string' ? { pid: read.pid, birth: read.birth, note: read.note ?? {} } : null
  } catch {
    return null
  }
}

/** Takes a dead holder's file away; if another process was quicker and the file is already a living one's, gives it back. @param {string} file @param {Holder | null} dead */
function putAside(file, dead) {
  const aside = `${file}.${process.pid}.stale`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const moved = readHolder(aside)
  if (moved !== null && moved.birth !== dead?.birth && isAlive(moved)) {
    try {
      linkSync(aside, file)
    } catch {
      // A third one has taken it meanwhile; the next look at the file says who.
    }
  }
  rmSync(aside, { force: true })
}
