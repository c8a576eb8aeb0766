import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dataFolder, root } from './places.mjs'
import { preparePackages } from './prepare.mjs'
import { endWith } from './say.mjs'

/**
 * Installs the packages if need be, runs a program from its source and ends as it ends.
 * @param {string} program
 * @param {readonly string[]} args relative files are looked for where the person stands
 * @param {readonly string[]} flags of Node
 */
export async function runTool(program, args, flags = []) {
  try {
    await preparePackages(dataFolder(process.env))
    process.exitCode = await runSource(program, args, { flags, env: process.env, cwd: process.env['INIT_CWD'] ?? process.cwd() })
  } catch (error) {
    await endWith(error)
  }
}

/**
 * @param {string} program path below the clone
 * @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd: string, flags?: readonly string[] }} options
 * @returns {Promise<number>} its exit code
 */
export async function runSource(program, args, { env, cwd, flags = [] }) {
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
  const endsWithUs = new URL('./end-with-parent.mjs', import.meta.url).href
  const child = spawn(process.execPath, ['--import', endsWithUs, '--import', loader, '--conditions=source', ...flags, join(root, program), ...args], { cwd, env, stdio: 'inherit' })
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  process.on('SIGTERM', pass)
  process.on('SIGINT', pass)
  process.on('exit', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit')
  process.off('SIGTERM', pass)
  process.off('SIGINT', pass)
  return code ?? 1
}
