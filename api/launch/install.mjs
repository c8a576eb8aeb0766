import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuseUnwritable, root, startLock } from './places.mjs'
import { holderOf } from './lock.mjs'
import { run } from './run.mjs'
import { Stop, step } from './say.mjs'

/** One package of a lock file, as far as it matters here. @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ packages?: Readonly<Record<string, LockedPackage>> }} LockFile */

/**
 * Installs what package-lock.json names, when something else or nothing is in node_modules.
 * @param {string} dataFolder of the server that might be using the packages just now
 */
export async function installPackages(dataFolder) {
  const wanted = readLock(join(root, 'package-lock.json')) ?? {}
  const reason = whyInstall(wanted, readLock(join(root, 'node_modules/.package-lock.json')))
  if (reason === null) return
  const running = holderOf(startLock(dataFolder))
  if (running !== null && running.pid !== process.pid) {
    throw new Stop(`The packages have to be installed anew (${reason}), but Yidan is running from this folder (process ${running.pid}).`, [
      `Stop it (kill ${running.pid}), then run the same command again.`,
    ])
  }
  refuseUnwritable(root, 1000)
  const total = Object.keys(wanted.packages ?? {}).length
  const { code, output } = await step(`Installing packages from the npm registry, because ${reason}. A first time takes about a minute`, (note) => {
    let fetched = 0
    return run(process.execPath, npmCall(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=http', ...patience]), {
      cwd: root,
      onLine: (line) => {
        if (/http (fetch|cache) .*\.tgz/.test(line)) note(`${++fetched} of about ${total} packages here`)
      },
    })
  })
  if (code !== 0) throw installFault(output)
}

/** A registry that does not answer is to be known in a minute, not in five. */
const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000', '--fetch-timeout=60000']

/**
 * Why the installed packages do not do; null when they are those of the lock file. Packages for other systems may be absent.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | null} installed what npm noted in node_modules when it last finished
 * @returns {string | null}
 */
export function whyInstall(wanted, installed) {
  if (installed === null) return 'none are installed yet'
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted.packages ?? {})) {
    if (!path.includes('node_modules/') || link === true) continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const found = installed.packages?.[path]
    if (found === undefined && (optional === true || devOptional === true)) continue
    if (found === undefined) return `${name} is missing`
    if (found.version !== version) return `${name} ${version} is wanted and ${found.version} is installed`
  }
  return null
}

/**
 * What a failed npm run means for the person at the terminal.
 * @param {string} output
 */
export function installFault(output) {
  const code = /npm (?:error|ERR!) code (\S+)/.exec(output)?.[1] ?? 'unknown'
  const words = output
    .split('\n')
    .filter((line) => /npm (error|ERR!)/.test(line) && !/A complete log|code E/.test(line))
    .slice(0, 4)
    .map((line) => line.replace(/npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '')
    .join('; ')
  const again = 'Then run the same command again; what is already fetched is kept.'
  if (unreachable.has(code)) {
    return new Stop(`The npm registry could not be reached (${code}): ${words}`, [
      'Check the network. Behind a proxy: npm config set https-proxy http://proxy:port',
      'With a registry of your own: npm config set registry https://…',
      again,
    ])
  }
  if (code === 'ENOSPC') return new Stop('The disk is full: the packages need about 800 MB.', ['Free some space.', again])
  if (code === 'EROFS' || code === 'EACCES') return new Stop(`The packages could not be written (${code}): ${words}`, ['Put the clone where you may write.', again])
  if (code === 'E404' || code === 'ETARGET') return new Stop(`The npm registry does not have a package (${code}): ${words}`, ['npm config get registry says which registry is asked; a mirror may be behind.', again])
  return new Stop(`npm ci failed (${code}): ${words === '' ? output.slice(-600) : words}`, [`See it whole: cd ${root} && npm ci`])
}

const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'FETCH_ERROR', 'ERR_SOCKET_TIMEOUT', 'E502', 'E503', 'E504', 'ENOAUDIT'])

/**
 * npm as arguments for Node: the npm that runs us, else the one that came with this Node.
 * @param {readonly string[]} args
 */
function npmCall(args) {
  const candidates = [
    process.env['npm_execpath'],
    join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js'),
    join(process.execPath, '../node_modules/npm/bin/npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ]
  const npm = candidates.find((path) => path !== undefined && path.includes('npm') && existsSync(path))
  if (npm === undefined) throw new Stop('npm was not found beside this Node.', ['Start with: npm start', 'Or install npm (it comes with Node from https://nodejs.org).'])
  return [npm, ...args]
}

/** @param {string} file @returns {LockFile | null} */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
