import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../api/launch/places.mjs'
import { freePort } from '../../api/launch/run-mongod.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { portsPerNetwork, readRecord } from './folder.mjs'

// Below the ports that systems hand out by themselves, so that nobody gets ours while we are down.
const lowest = 20_000
const highest = 31_960

/**
 * A block of ports for a new network: free now, and promised to no other network of this user. They are written into the channel, so a
 * network keeps them for life.
 * @param {string} dir @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the first of them
 */
export async function reservePorts(dir, env) {
  const promises = promisesFolder(env)
  mkdirSync(promises, { recursive: true })
  for (let base = lowest; base <= highest; base += portsPerNetwork) {
    if (!promise(join(promises, String(base)), base, dir)) continue
    if ((await takenPorts(base)).length === 0) return base
    rmSync(join(promises, String(base)))
  }
  throw new Stop(`No block of ${portsPerNetwork} free ports between ${lowest} and ${highest}.`, ['Delete networks that are no longer needed: FABRIC_DIR=/path npm run fabric:reset', 'Or close some programs.'])
}

/** @param {number} base @param {NodeJS.ProcessEnv} env */
export function releasePorts(base, env) {
  rmSync(join(promisesFolder(env), String(base)), { force: true })
}

/** Those of a block that somebody listens on. @param {number} base @returns {Promise<number[]>} */
export async function takenPorts(base) {
  const taken = []
  for (let port = base; port < base + portsPerNetwork; port += 1) if ((await freePort(port)) === null) taken.push(port)
  return taken
}

/** @param {NodeJS.ProcessEnv} env */
function promisesFolder(env) {
  return join(cacheFolder(env), 'fabric-ports')
}

/** Notes the block as ours; false when it is another's who still exists. @param {string} file @param {number} base @param {string} dir */
function promise(file, base, dir) {
  try {
    writeFileSync(file, JSON.stringify({ dir, pid: process.pid }), { flag: 'wx' })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  if (isKept(file, base, dir)) return false
  rmSync(file, { force: true })
  return promise(file, base, dir)
}

/** @param {string} file @param {number} base @param {string} dir */
function isKept(file, base, dir) {
  try {
    const { dir: holder, pid } = JSON.parse(readFileSync(file, 'utf8'))
    if (holder === dir) return false
    if (readRecord(holder)?.basePort === base) return true
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
