import { spawn } from 'node:child_process'

/** Programs under way: they end with us. @type {Set<import('node:child_process').ChildProcess>} */
const underWay = new Set()
process.on('exit', () => underWay.forEach((child) => child.kill('SIGTERM')))

/**
 * Runs a program to its end and keeps what it says.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitMs?: number, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 when there is no such program, 124 when it took too long
 */
export function run(program, args, { cwd, env, limitMs, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
    underWay.add(child)
    child.once('close', () => underWay.delete(child))
    let output = ''
    let unfinished = ''
    /** @param {Buffer} chunk */
    const hear = (chunk) => {
      output = (output + chunk.toString()).slice(-200_000)
      if (onLine === undefined) return
      const lines = (unfinished + chunk.toString()).split('\n')
      unfinished = lines.pop() ?? ''
      lines.forEach(onLine)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    let tooLong = false
    const endIt = () => {
      tooLong = true
      child.kill('SIGKILL')
    }
    const limit = limitMs === undefined ? undefined : setTimeout(endIt, limitMs)
    child.once('error', (error) => {
      clearTimeout(limit)
      resolve({ code: 127, output: error.message })
    })
    child.once('close', (code) => {
      clearTimeout(limit)
      resolve({ code: tooLong ? 124 : (code ?? 1), output })
    })
  })
}
