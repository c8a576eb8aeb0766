import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './browser.mjs'
import { findMongod } from './find-mongod.mjs'
import { buildLane, checkLanes, chosenLanes, demandingLanes, joinedLanes, unitLanes } from './lanes.mjs'
import { dataFolder, root } from './places.mjs'
import { preparePackages } from './prepare.mjs'
import { startMongod } from './run-mongod.mjs'
import { endWith, say } from './say.mjs'
import { closingLine, isGood } from './tally.mjs'

/**
 * npm test: sets itself up, then checks and tests everything; `npm test -- api test/http` only what is named.
 * npm run check: types, lint and import fences alone.
 * Ends with one line that adds everything up; 1 when something failed or nothing ran.
 */
export async function runTests({ checksOnly = false } = {}) {
  process.chdir(root)
  const begun = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'yidan-test-'))
  /** @type {import('./run-mongod.mjs').RunningMongod | undefined} */
  let mongod
  let stopping = false
  const cleanUp = async () => {
    await mongod?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const stop = async () => {
    if (stopping) return
    stopping = true
    await cleanUp()
    process.exit(1)
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void stop())
  try {
    await preparePackages(dataFolder(process.env))
    const outcomes = checksOnly ? await atOnce(checkLanes()) : await testAll({ folder, useMongod: (found) => { mongod = found } })
    await cleanUp()
    conclude(outcomes, begun)
  } catch (error) {
    await cleanUp()
    await endWith(error)
  }
}

/** @typedef {import('./tally.mjs').Tally} Tally */

/**
 * @param {{ folder: string, useMongod: (mongod: import('./run-mongod.mjs').RunningMongod) => void }} options
 * @returns {Promise<Tally[]>}
 */
async function testAll({ folder, useMongod }) {
  const mongod = await startMongod(await findMongod(process.env), join(folder, 'mongo'))
  useMongod(mongod)
  const chromium = await findChromium(process.env)
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    YIDAN_TEST_MONGODB_URI: mongod.uri,
    YIDAN_TEST_FOLDER: folder,
    YIDAN_BUILT: 'yes',
    ...('path' in chromium ? { YIDAN_CHROMIUM: chromium.path } : { YIDAN_NO_CHROMIUM: chromium.missing }),
  }
  const chosen = process.argv.slice(2)
  const built = await oneByOne([buildLane()])
  if (chosen.length > 0) return [...built, ...(await oneByOne(chosenLanes(chosen, { folder, env })))]
  return [...built, ...(await atOnce([...joinedLanes({ folder, env }), ...checkLanes(), ...unitLanes({ folder, env })])), ...(await atOnce(demandingLanes({ folder, env })))]
}

/** Two at a time: small machines have two cores. @param {readonly import('./lanes.mjs').Lane[]} lanes */
async function atOnce(lanes) {
  const left = [...lanes]
  /** @type {Tally[]} */
  const outcomes = []
  const worker = async () => {
    for (let lane = left.shift(); lane !== undefined; lane = left.shift()) outcomes.push(await report(lane))
  }
  await Promise.all([worker(), worker()])
  return outcomes
}

/** Browsers, ledger networks and processes that are killed want the machine for themselves. @param {readonly import('./lanes.mjs').Lane[]} lanes */
async function oneByOne(lanes) {
  /** @type {Tally[]} */
  const outcomes = []
  for (const lane of lanes) outcomes.push(await report(lane))
  return outcomes
}

/** @param {import('./lanes.mjs').Lane} lane */
async function report(lane) {
  const begun = Date.now()
  say(`… ${lane.name}`)
  const tally = await lane.go()
  say(`${tally.failed === 0 ? '✔' : '✘'} ${lane.name}: ${closingLine([tally])} (${((Date.now() - begun) / 1000).toFixed(1)} s)`)
  for (const fault of tally.faults) say(`  ✘ ${fault.replaceAll('\n', '\n  ')}`)
  return tally
}

/** @param {readonly Tally[]} outcomes @param {number} begun */
function conclude(outcomes, begun) {
  const slowest = outcomes.flatMap((tally) => tally.slowest)
  if (slowest.length > 0) say(`\nSlowest:\n${slowest.map((line) => `  ${line}`).join('\n')}`)
  const skips = outcomes.flatMap((tally) => tally.skips)
  if (skips.length > 0) say(`\nSkipped:\n${skips.map((line) => `  ${line}`).join('\n')}`)
  const faults = outcomes.flatMap((tally) => tally.faults)
  // Said once where they happened, and here again: of a long run, whoever looks into it may have kept the end alone.
  if (faults.length > 0) say(`\nFailed:\n${faults.map((fault) => `  ${shortened(fault).replaceAll('\n', '\n  ')}`).join('\n')}`)
  say(`\nIn ${Math.round((Date.now() - begun) / 1000)} s.`)
  say(closingLine(outcomes))
  process.exitCode = isGood(outcomes) ? 0 : 1
}

/** The first and the last lines of what a fault says of itself. @param {string} fault */
function shortened(fault) {
  const lines = fault.split('\n').map((line) => line.slice(0, 300))
  return lines.length <= 24 ? lines.join('\n') : [...lines.slice(0, 18), `  … ${lines.length - 22} lines …`, ...lines.slice(-4)].join('\n')
}
