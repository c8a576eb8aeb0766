import { once } from 'node:events'

/** A stop that is nobody's bug: what is the matter, and the ways out. Printed without a stack. */
export class Stop extends Error {
  /**
   * @param {string} what one or two sentences; empty when the reason was already printed
   * @param {readonly string[]} [waysOut] what a person can do about it
   * @param {ErrorOptions} [options]
   */
  constructor(what, waysOut = [], options) {
    super(what, options)
    this.name = 'Stop'
    this.waysOut = waysOut
  }
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`)
}

/**
 * Says what is being done, and every ten seconds that it still is.
 * @template T
 * @param {string} label
 * @param {(note: (detail: string) => void) => Promise<T>} work may note how far it has come
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const begun = Date.now()
  let detail = ''
  const seconds = () => Math.round((Date.now() - begun) / 1000)
  say(`… ${label}`)
  const heartbeat = setInterval(() => say(`  still at it after ${seconds()} s${detail === '' ? '' : `: ${detail}`}`), 10_000)
  try {
    const result = await work((text) => {
      detail = text
    })
    say(`  done in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
    return result
  } finally {
    clearInterval(heartbeat)
  }
}

/** Words a failure for the person at the terminal: a Stop as it is, a known trouble of the machine as a Stop, all else whole. @param {unknown} error */
export function explain(error) {
  const stop = error instanceof Stop ? error : machineTrouble(error)
  if (stop === null) return `\nThis should not happen. Please report it with these lines:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  if (stop.message === '') return ''
  return `\n${stop.message}\n${stop.waysOut.map((way) => `  → ${way}\n`).join('')}`
}

/** Ends the process with the failure worded, after the words have left. @param {unknown} error */
export async function endWith(error) {
  if (!process.stderr.write(explain(error))) await once(process.stderr, 'drain')
  process.exit(1)
}

/**
 * A full or read-only disk, or a folder that is not ours, as a Stop.
 * @param {unknown} error
 * @returns {Stop | null}
 */
export function machineTrouble(error) {
  if (!(error instanceof Error) || !('code' in error)) return null
  const where = 'path' in error && typeof error.path === 'string' ? error.path : 'a file'
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Stop(`The disk is full: ${where} could not be written.`, ['Free some space (about 1 GB is needed for a first start), then start again.'], { cause: error })
    case 'EROFS':
      return new Stop(`The disk is read-only: ${where} could not be written.`, ['Put the clone on a disk that can be written, or point DATA_DIR at one, then start again.'], { cause: error })
    case 'EACCES':
    case 'EPERM':
      return new Stop(`No right to write ${where}.`, ['Make the folder yours (chown or chmod), or point DATA_DIR at one that is, then start again.'], { cause: error })
    default:
      return null
  }
}
