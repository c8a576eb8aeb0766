import { accessSync, constants, existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stop } from './say.mjs'

/** The clone. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Reads `.env` beside package.json, when there is one. What the environment already says stands. */
export function readDotEnv() {
  const file = join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

/**
 * Everything this server keeps: database, ledger, keys, logs, the lock. Git ignores the default.
 * @param {NodeJS.ProcessEnv} env
 */
export function dataFolder(env) {
  return resolve(root, env['DATA_DIR'] || '.yidan')
}

/** Held while packages are installed or something is built in this clone. */
export const workshopLock = join(root, '.yidan', 'workshop.lock')

/** @param {string} folder */
export function startLock(folder) {
  return join(folder, 'start.lock')
}

/** What was fetched once and serves every clone of this user. @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env) {
  return resolve(env['YIDAN_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'yidan'))
}

const megabyte = 1024 * 1024

/**
 * Refuses a folder that cannot be written or has no room, before anything is half done in it.
 * @param {string} folder
 * @param {number} needed megabytes
 */
export function refuseUnwritable(folder, needed) {
  // What is wrong with a folder that does not exist yet is known from the nearest one that does.
  let nearest = folder
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  accessSync(nearest, constants.W_OK)
  mkdirSync(folder, { recursive: true })
  const probe = join(folder, `.probe-${process.pid}`)
  writeFileSync(probe, 'x')
  rmSync(probe)
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / megabyte)
  if (free >= needed) return
  throw new Stop(`The disk is almost full: ${free} MB are free under ${folder}, ${needed} MB are needed.`, [
    'Free some space, then start again.',
    'Or put the data elsewhere: DATA_DIR=/path/on/another/disk npm start',
  ])
}
