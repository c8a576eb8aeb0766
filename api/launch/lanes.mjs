import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './places.mjs'
import { prepareBuild } from './prepare.mjs'
import { run } from './run.mjs'
import { explain, say } from './say.mjs'
import { tallyOf } from './tally.mjs'

/** One thing a test run does, in a process of its own. @typedef {{ readonly name: string, go(): Promise<import('./tally.mjs').Tally> }} Lane */

/** A check that is right or wrong as a whole. @param {string} name @param {readonly string[]} call @returns {Lane} */
function check(name, call) {
  return {
    name,
    async go() {
      const { code, output } = await run(process.execPath, call, { cwd: root, limitMs: 10 * 60_000 })
      const faults = code === 0 ? [] : [`${name} (node ${call.join(' ')})\n  ${output.trim().slice(-8_000).replaceAll('\n', '\n  ')}`]
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, ended: true, faults, skips: [], slowest: [] }
    },
  }
}

/** The built server and web client, which tests of the whole start. @returns {Lane} */
export function buildLane() {
  return {
    name: 'build of server and web client',
    async go() {
      const fault = await prepareBuild().then(() => null, explain)
      return { passed: fault === null ? 1 : 0, failed: fault === null ? 0 : 1, skipped: 0, ended: true, faults: fault === null ? [] : [`build of server and web client${fault}`], skips: [], slowest: [] }
    },
  }
}

const tsc = 'node_modules/typescript-native/bin/tsc'

/** Types, lint and import fences: what `npm run check` does. */
export function checkLanes() {
  return [
    check('types of ledger, API and tests', [tsc, '-b', '.']),
    check('types of the launcher', [tsc, '-p', 'api/launch']),
    check('types of the Fabric network', [tsc, '-p', 'ledger/network']),
    check('purity of the rules', [tsc, '-p', 'ledger/domain', '--noEmit']),
    ...(existsSync(join(root, 'web-client/tsconfig.json')) ? [check('types of the web client', ['node_modules/vue-tsc/bin/vue-tsc.js', '--noEmit', '-p', 'web-client'])] : []),
    check('lint', ['node_modules/oxlint/bin/oxlint', '.']),
    check('the same answer for everybody', ['node_modules/eslint/bin/eslint.js', 'ledger/domain', 'ledger/chaincode', 'ledger/signing']),
    check('import fences', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'ledger', 'api', 'test', ...(existsSync(join(root, 'web-client/src')) ? ['web-client/src'] : [])]),
  ]
}

/** @typedef {{ readonly folder: string, readonly env: NodeJS.ProcessEnv }} MochaOptions where reports go, and what tests may use */

/** Tests beside their files, one lane per workspace. @param {MochaOptions} options */
export function unitLanes(options) {
  return ['ledger', 'api', 'web-client'].flatMap((workspace) => mochaLane(`unit tests of ${workspace}`, testsBelow(workspace), options))
}

/** Folders of test/ whose tests run browsers, networks or many processes: they come when nothing is built or compiled any more. */
const demanding = new Set(['demo', 'faults', 'live', 'network', 'portal'])

/** Minutes a lane may take: the longest one on a machine half as fast, and half as much again. */
const laneLimit = 40

/** What takes longest, to be begun first: whoever is begun last must not be the one all others wait for. */
const longest = ['ledger', 'bills', 'documents', 'faults', 'portal', 'network']

/** Into how many lanes a folder is cut whose tests take longer than all others together, and share nothing that is dear to set up. */
const cutInto = new Map([['portal', 4]])

/** Tests that join parts, one lane per folder of test/. @param {MochaOptions} options */
export function joinedLanes(options) {
  const own = readdirSync(join(root, 'test'), { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts')).map(({ name }) => join('test', name))
  return [...folderLanes((name) => !demanding.has(name), options), ...mochaLane('test', own, options)]
}

/** Those of them that come last. @param {MochaOptions} options */
export function demandingLanes(options) {
  return folderLanes((name) => demanding.has(name), options)
}

/** @param {(name: string) => boolean} isWanted @param {MochaOptions} options */
function folderLanes(isWanted, options) {
  const folders = readdirSync(join(root, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && isWanted(entry.name)).map(({ name }) => name)
  const inOrder = [...longest.filter((name) => folders.includes(name)), ...folders.filter((name) => !longest.includes(name))]
  return inOrder.flatMap((name) => {
    const files = testsBelow(join('test', name))
    const parts = cutInto.get(name) ?? 1
    if (parts === 1) return mochaLane(`test/${name}`, files, options)
    return Array.from({ length: parts }, (_, part) => mochaLane(`test/${name}, part ${part + 1} of ${parts}`, files.filter((_file, index) => index % parts === part), options)).flat()
  })
}

/**
 * Lanes for these files alone, or for the folders given.
 * @param {readonly string[]} paths
 * @param {MochaOptions} options
 */
export function chosenLanes(paths, options) {
  return paths.flatMap((path) => mochaLane(path, path.endsWith('.ts') ? [path] : testsBelow(path), options))
}

/** @param {string} name @param {readonly string[]} files @param {MochaOptions} options @returns {Lane[]} none where there is no test */
function mochaLane(name, files, { folder, env }) {
  if (files.length === 0) return []
  const report = join(folder, `${name.replaceAll(/\W+/g, '-')}.jsonl`)
  const soFar = () => tallyOf(existsSync(report) ? readFileSync(report, 'utf8') : '')
  const go = async () => {
    rmSync(report, { force: true })
    const heartbeat = setInterval(() => say(`  ${name}: ${soFar().passed} passed, ${soFar().failed} failed so far`), 15_000)
    const { code, output } = await run(process.execPath, ['--import', './api/launch/end-with-parent.mjs', '--import', 'tsx', '--conditions=source', 'node_modules/mocha/lib/cli/cli.js', '--reporter', 'api/launch/reporter.mjs', ...files], {
      cwd: root,
      env: { ...env, YIDAN_REPORT: report },
      limitMs: laneLimit * 60_000,
    })
    clearInterval(heartbeat)
    const tally = soFar()
    const broke = code !== 0 && tally.failed === 0
    if (!broke && tally.ended) return tally
    const why = `${name} ${code === 124 ? `took longer than ${laneLimit} minutes` : `ended early (code ${code})`}\n  ${output.trim().slice(-4_000).replaceAll('\n', '\n  ')}`
    return { ...tally, failed: tally.failed + 1, faults: [...tally.faults, why] }
  }
  return [{ name, go }]
}

/** @param {string} folder @returns {string[]} */
function testsBelow(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return testsBelow(path)
      return entry.name.endsWith('.test.ts') ? [path] : []
    })
}
