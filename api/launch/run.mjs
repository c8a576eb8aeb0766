import { spawn } from 'node:child_process'

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
    const limit = limitMs === undefined ? undefined : setTimeout(() => { tooLong = true; child.kill('SIGKILL') }, limitMs)
    child.once('error', (error) => { clearTimeout(limit); resolve({ code: 127, output: error.message }) })
    child.once('close', (code) => { clearTimeout(limit); resolve({ code: tooLong ? 124 : (code ?? 1), output }) })
  })
}
