import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './places.mjs'
import { run } from './run.mjs'
import { Stop, step } from './say.mjs'

/**
 * Something built from sources. Its stamp says from which, so that it is built again when one of them has changed, and only then.
 * @typedef {{
 *   readonly name: string
 *   readonly sources: readonly string[]
 *   readonly product: string
 *   readonly stamp: string
 *   readonly commands: readonly { readonly in: string, readonly call: readonly string[] }[]
 *   readonly copies: readonly { readonly from: string, readonly to: string }[]
 * }} Product
 */

/** @type {Readonly<Record<'server' | 'webClient', Product>>} */
const products = {
  server: {
    name: 'ledger and API',
    sources: ['ledger', 'api/src', 'api/contract', 'api/sdk', 'api/tsconfig.json', 'tsconfig.base.json', 'package-lock.json'],
    product: 'api/dist/src/main.js',
    stamp: 'api/dist/.built-from',
    commands: [{ in: '.', call: ['node_modules/typescript-native/bin/tsc', '-b', 'ledger', 'api'] }],
    copies: [{ from: 'api/src', to: 'api/dist/src' }],
  },
  webClient: {
    name: 'web client',
    sources: ['web-client', 'api/contract', 'ledger/domain', 'ledger/signing', 'tsconfig.base.json', 'package-lock.json'],
    product: 'web-client/dist/index.html',
    stamp: 'web-client/dist/.built-from',
    commands: [{ in: 'web-client', call: ['../node_modules/vite/bin/vite.js', 'build'] }],
    copies: [],
  },
}

/** Builds ledger, API and web client, each when its sources have changed. */
export async function buildWhatChanged() {
  await buildIfChanged(products.server)
  await buildIfChanged(products.webClient)
}

/** @param {Product} product */
async function buildIfChanged(product) {
  const sources = product.sources.flatMap((path) => filesBelow(join(root, path)))
  const digest = digestOf(sources)
  const stamp = join(root, product.stamp)
  const isBuilt = existsSync(join(root, product.product))
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  await step(`Building the ${product.name}, because ${isBuilt ? 'its sources have changed' : 'it is not built yet'}`, async () => {
    for (const { in: folder, call } of product.commands) {
      const force = call.includes('-b') && !isBuilt ? ['--force'] : []
      const { code, output } = await run(process.execPath, [...call, ...force], { cwd: join(root, folder), env: { ...process.env, NODE_ENV: 'production' } })
      if (code !== 0) throw new Stop(`The ${product.name} could not be built:\n${output.trim().slice(-4000)}`, [`See it whole: cd ${join(root, folder)} && node ${call.join(' ')}`])
    }
    for (const { from, to } of product.copies) copyAssets(join(root, from), join(root, to))
  })
  writeFileSync(stamp, digest)
}

/** Copies what the compiler leaves behind: tables, colour profiles, everything that is no TypeScript. @param {string} from @param {string} to */
function copyAssets(from, to) {
  for (const file of filesBelow(from).filter((path) => !path.endsWith('.ts'))) {
    const target = join(to, relative(from, file))
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(file, target)
  }
}

/** @param {readonly string[]} files */
function digestOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/**
 * The sources at or below a path, in one order everywhere. Tests and products are none.
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  if (!existsSync(path)) return []
  const found = readdirSync(dirname(path), { withFileTypes: true }).find((entry) => join(dirname(path), entry.name) === path)
  if (found?.isFile() === true) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist' && !name.endsWith('.test.ts') && !name.startsWith('.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
}
