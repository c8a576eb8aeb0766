import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { awaitLock } from '../../api/launch/lock.mjs'
import { isAlive, seeEnd } from '../../api/launch/process-identity.mjs'
import { refuseUnwritable } from '../../api/launch/places.mjs'
import { freePort } from '../../api/launch/run-mongod.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { localAddresses } from './addresses.mjs'
import { findBinaries } from './binaries.mjs'
import { bareChaincode, chaincodeProcess, chaincodeProcessNamed, heldBack, keepChaincodes, keeperName, stage, titleChaincode } from './chaincodes.mjs'
import { awaitAcquaintance, awaitHealth, awaitLeader, awaitPeer, joinOrderers, joinPeers, ordererView, peerHeight } from './channel.mjs'
import { enrolGateways, writeConnection } from './connection.mjs'
import { placesIn, portsFrom, readRecord, recordOf, writeRecord } from './folder.mjs'
import { awaitChaincode, awaitChaincodeProcess, deploy } from './lifecycle.mjs'
import { makeMaterial, writeSettings } from './material.mjs'
import { ordererStart, peerStart } from './node-settings.mjs'
import { releasePorts, reservePorts } from './ports.mjs'
import { endProcess, runningProcess, startDetached } from './processes.mjs'
import { ordererName, organisations, peerName } from './topology.mjs'

export { bareChaincode, titleChaincode }

/** @typedef {import('./chaincodes.mjs').Chaincode} Chaincode */
/** @typedef {(line: string) => void} Say */
/** A line of the table of nodes. @typedef {{ readonly name: string, readonly pid: number | null, readonly port: number, readonly height: number | null, readonly isLeader: boolean }} NodeStatus */

const quiet = () => undefined
const neededMegabytes = 1_000

/**
 * Brings a network up, from nothing or from where it was; starts only what does not run. Afterwards every peer has answered for every
 * chaincode, and `connection.json` says how to use it.
 * @param {object} options
 * @param {string} options.dir everything of this network: keys, blocks, logs
 * @param {string} [options.name] what the network is called in signed commands; counts when it is made
 * @param {readonly Chaincode[]} [options.chaincodes] deployed when the channel has none of that name; title by default. One that is there stays as it is: see upgradeChaincode
 * @param {Say} [options.say]
 * @returns {Promise<{ connection: string, basePort: number, chaincodes: readonly import('./folder.mjs').Deployed[] }>} `connection` is the path of connection.json
 */
export async function upNetwork({ dir: given, name = 'yidan-local', chaincodes: wanted, say = quiet }) {
  const dir = resolve(given)
  refuseUnwritable(dir, neededMegabytes)
  const binaries = await findBinaries(process.env)
  return alone(dir, async () => {
    let record = readRecord(dir)
    if (!record?.made) {
      say('Making certificates and the channel’s first block')
      const basePort = record?.basePort ?? (await reservePorts(dir, process.env))
      record = { version: 1, name, basePort, made: false, chaincodes: [] }
      writeRecord(dir, record)
      await makeMaterial({ dir, basePort, binaries })
      record = { ...record, made: true }
      writeRecord(dir, record)
    }
    await enrolGateways(dir)
    const site = { dir, binaries, basePort: record.basePort }
    // Chaincode first: it takes longest, and does nothing until its peer dials.
    const present = record.chaincodes.map((deployed) => deployed.name)
    const missing = (wanted ?? (present.length === 0 ? [await titleChaincode()] : [])).filter((chaincode) => !present.includes(chaincode.name))
    /** @type {import('./folder.mjs').Deployed[]} */
    const fresh = []
    for (const chaincode of missing) fresh.push(await stage({ dir, addresses: localAddresses(record.basePort), chaincode, sequence: 1, others: [...record.chaincodes, ...fresh] }))
    const all = [...record.chaincodes, ...fresh]
    if (all.length > 0) say(`Starting chaincode ${all.map(({ name, version }) => `${name} ${version}`).join(', ')}`)
    await keepChaincodes({ dir, basePort: record.basePort, chaincodes: all })
    await startNodes(site, say)
    // A keeper killed a moment before the first look could still be seen alive then; by now it is gone, and this starts another.
    await keepChaincodes({ dir, basePort: record.basePort, chaincodes: all })
    for (const deployed of fresh) {
      say(`Deploying chaincode ${deployed.name} ${deployed.version}`)
      await deploy(site, deployed)
      record = { ...record, chaincodes: [...record.chaincodes, deployed] }
      writeRecord(dir, record)
    }
    say('Waiting for chaincode at every peer')
    await Promise.all([awaitAcquaintance(site), ...record.chaincodes.map((deployed) => awaitChaincode(site, deployed))])
    writeConnection(dir, record, localAddresses(record.basePort))
    return { connection: placesIn(dir).connection, basePort: record.basePort, chaincodes: record.chaincodes }
  })
}

/**
 * Puts another version of a chaincode in the place of the one that runs; what is on the ledger stays. The old one answers until the new
 * one is committed.
 * @param {{ dir: string, chaincode: Chaincode, say?: Say }} options
 * @returns {Promise<import('./folder.mjs').Deployed>}
 */
export async function upgradeChaincode({ dir: given, chaincode, say = quiet }) {
  const dir = resolve(given)
  const binaries = await findBinaries(process.env)
  return alone(dir, async () => {
    const record = recordOf(dir)
    const old = record.chaincodes.find(({ name }) => name === chaincode.name)
    if (old === undefined) throw new Stop(`No chaincode ${chaincode.name} runs on this network.`, ['Bring it up with it: npm run fabric:up'])
    const site = { dir, binaries, basePort: record.basePort }
    const others = record.chaincodes.filter(({ name }) => name !== chaincode.name)
    say(`Deploying ${chaincode.name} ${chaincode.version} as definition ${old.sequence + 1}, beside ${old.version}`)
    const next = await stage({ dir, addresses: localAddresses(record.basePort), chaincode, sequence: old.sequence + 1, others: record.chaincodes })
    if (next.code === old.code && next.version === old.version) throw new Stop(`${chaincode.name} ${chaincode.version} already runs, with the same code.`)
    await keepChaincodes({ dir, basePort: record.basePort, chaincodes: [...record.chaincodes, next] })
    await deploy(site, next)
    await awaitChaincode(site, next)
    const after = { ...record, chaincodes: [...others, next] }
    writeRecord(dir, after)
    await keepChaincodes({ dir, basePort: record.basePort, chaincodes: after.chaincodes })
    writeConnection(dir, after, localAddresses(record.basePort))
    return next
  })
}

/** Ends every process of a network, in order. What is on the ledger stays. @param {{ dir: string, say?: Say }} options @returns {Promise<boolean>} whether anything ran */
export async function downNetwork({ dir: given, say = quiet }) {
  const dir = resolve(given)
  if (!existsSync(placesIn(dir).run)) return false
  return alone(dir, () => endAll(dir, say))
}

/** Ends a network and deletes all of it. @param {{ dir: string, say?: Say }} options @returns {Promise<boolean>} whether there was one */
export async function resetNetwork({ dir: given, say = quiet }) {
  const dir = resolve(given)
  const places = placesIn(dir)
  if (!existsSync(places.record)) return false
  await alone(dir, async () => {
    await endAll(dir, say)
    const basePort = baseOf(dir)
    // The record goes last: a deletion that was interrupted can be taken up again.
    for (const entry of readdirSync(dir)) if (![places.record, places.lock].includes(join(dir, entry))) rmSync(join(dir, entry), { recursive: true, force: true })
    rmSync(places.record)
    if (basePort !== null) releasePorts(basePort, process.env)
  })
  return true
}

/** @param {{ dir: string }} options @returns {Promise<readonly NodeStatus[]>} */
export async function networkStatus({ dir: given }) {
  const dir = resolve(given)
  const record = recordOf(dir)
  const site = { dir, binaries: '', basePort: record.basePort }
  const ports = portsFrom(record.basePort)
  const pidOf = (/** @type {string} */ name) => runningProcess(dir, name)?.pid ?? null
  const orderers = organisations.map(async (organisation) => {
    const view = await ordererView(site, organisation)
    return { name: ordererName(organisation), pid: pidOf(ordererName(organisation)), port: ports.orderer(organisation).listen, height: view?.height ?? null, isLeader: view?.isLeader ?? false }
  })
  const peers = organisations.map(async (organisation) => ({ name: peerName(organisation), pid: pidOf(peerName(organisation)), port: ports.peer(organisation).listen, height: await peerHeight(site, organisation), isLeader: false }))
  const chaincodes = record.chaincodes.flatMap((deployed) => organisations.map((organisation) => {
    const name = chaincodeProcess(deployed, organisation)
    return { name, pid: pidOf(name), port: ports.chaincode(deployed.slot, organisation), height: null, isLeader: false }
  }))
  return [...(await Promise.all([...orderers, ...peers])), ...chaincodes]
}

/**
 * Sends a signal to one process: `peer.port`, `orderer.1`, `chaincode.bank` (that of title), `bare.bank`. Waits until one that should end
 * has ended. A chaincode process is started again by its keeper, peers and orderers by startNode.
 * @param {{ dir: string, name: string, signal?: NodeJS.Signals }} options
 * @returns {Promise<number>} the process that got it
 */
export async function killNode({ dir: given, name, signal = 'SIGKILL' }) {
  const dir = resolve(given)
  const identity = runningProcess(dir, processName(dir, name))
  if (identity === null) throw new Stop(`${name} does not run.`, ['See what does: npm run fabric:status'])
  process.kill(identity.pid, signal)
  if (!['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'].includes(signal)) return identity.pid
  const until = Date.now() + 20_000
  while (isAlive(identity)) {
    if (Date.now() > until) throw new Stop(`${name} (process ${identity.pid}) does not end on ${signal}.`)
    await pause(20)
  }
  return identity.pid
}

/** Ends one process, and keeps it down: a chaincode's too. @param {{ dir: string, name: string }} options */
export async function stopNode({ dir: given, name }) {
  const dir = resolve(given)
  const process = processName(dir, name)
  if (isNode(process)) return endProcess(dir, process)
  const record = recordOf(dir)
  await keepChaincodes({ dir, basePort: record.basePort, chaincodes: record.chaincodes, heldBack: [...heldBack(dir, record.chaincodes), process] })
  const identity = runningProcess(dir, process)
  if (identity !== null) await seeEnd(identity, { patienceMs: 8_000, termMs: 0 })
}

/** Starts one process that does not run, and waits until it answers. @param {{ dir: string, name: string }} options */
export async function startNode({ dir: given, name }) {
  const dir = resolve(given)
  const record = recordOf(dir)
  const site = { dir, binaries: await findBinaries(process.env), basePort: record.basePort }
  const node = processName(dir, name)
  const organisation = organisations.find((one) => [peerName(one), ordererName(one)].includes(node))
  if (organisation === undefined) {
    await keepChaincodes({ dir, basePort: record.basePort, chaincodes: record.chaincodes, heldBack: heldBack(dir, record.chaincodes).filter((one) => one !== node) })
    await awaitChaincodeProcess(site, record.chaincodes, node)
  } else if (node === peerName(organisation)) {
    startDetached(dir, peerStart(site, organisation))
    await awaitPeer(site, organisation)
    if (organisations.every((one) => runningProcess(dir, peerName(one)) !== null)) await awaitAcquaintance(site)
  } else {
    startDetached(dir, ordererStart(site, organisation))
    await awaitHealth(site, node, portsFrom(record.basePort).orderer(organisation).operations)
  }
}

/** @param {import('./node-settings.mjs').Site} site @param {Say} say */
async function startNodes(site, say) {
  const ports = portsFrom(site.basePort)
  writeSettings(site.dir)
  say('Starting orderers and peers')
  const starts = organisations.flatMap((organisation) => [ordererStart(site, organisation), peerStart(site, organisation)])
  await refuseForeignPorts(site)
  for (const start of starts) startDetached(site.dir, start)
  await Promise.all(organisations.flatMap((organisation) => [
    awaitHealth(site, ordererName(organisation), ports.orderer(organisation).operations),
    awaitHealth(site, peerName(organisation), ports.peer(organisation).operations),
  ]))
  const views = await Promise.all(organisations.map((organisation) => ordererView(site, organisation)))
  if (!views.every((view) => view?.isJoined)) {
    say('Opening the channel')
    await joinOrderers(site)
  }
  await awaitLeader(site)
  const heights = await Promise.all(organisations.map((organisation) => peerHeight(site, organisation)))
  if (heights.includes(null)) await joinPeers(site)
  await Promise.all(organisations.map((organisation) => awaitPeer(site, organisation)))
}

/** Peers first, so that nothing asks a chaincode or an orderer that is gone. @param {string} dir @param {Say} say */
async function endAll(dir, say) {
  const nodes = [...organisations.map(peerName), keeperName, ...organisations.map(ordererName)]
  const ran = nodes.some((name) => runningProcess(dir, name) !== null)
  if (ran) say('Stopping peers, chaincode, orderers')
  await Promise.all(organisations.map((organisation) => endProcess(dir, peerName(organisation))))
  await endProcess(dir, keeperName)
  // What a killed keeper has left.
  const left = existsSync(placesIn(dir).run) ? readdirSync(placesIn(dir).run).filter((file) => file.endsWith('.json') && !file.startsWith('orderer.') && file !== 'chaincode-wanted.json') : []
  await Promise.all(left.map((file) => endProcess(dir, file.slice(0, -'.json'.length))))
  await Promise.all(organisations.map((organisation) => endProcess(dir, ordererName(organisation))))
  return ran
}

/** How long a node that was just killed may hold its ports: the last of its threads lets go of them, after it counts as dead. */
const lettingGoMs = 10_000

/** A port of ours that another program has meanwhile taken. @param {import('./node-settings.mjs').Site} site */
async function refuseForeignPorts({ dir, basePort }) {
  const ports = portsFrom(basePort)
  for (const organisation of organisations) {
    for (const [name, own] of /** @type {const} */ ([[peerName(organisation), ports.peer(organisation)], [ordererName(organisation), ports.orderer(organisation)]])) {
      if (runningProcess(dir, name) !== null) continue
      for (const port of Object.values(own)) {
        if (await isFreeSoon(port)) continue
        throw new Stop(`Port ${port} belongs to ${name} of this network, and another program has it. The ports are written into the channel and cannot be changed.`, [
          `End that program (ss -ltnp 'sport = :${port}' names it), then start again.`,
          'Or make another network beside it: FABRIC_DIR=.yidan/fabric-2 npm run fabric:up',
        ])
      }
    }
  }
}

/** @param {number} port */
async function isFreeSoon(port) {
  for (const until = Date.now() + lettingGoMs; Date.now() < until; await pause(100)) if ((await freePort(port)) !== null) return true
  return false
}

/** The name of the process somebody means. @param {string} dir @param {string} said */
function processName(dir, said) {
  if (isNode(said)) return said
  const name = chaincodeProcessNamed(recordOf(dir).chaincodes, said)
  if (name !== null) return name
  throw new Stop(`There is no ${said} on this network.`, [`Its nodes: ${[...organisations.map(peerName), ...organisations.map(ordererName), ...organisations.map(({ key }) => `chaincode.${key}`)].join(', ')}`])
}

/** @param {string} name */
function isNode(name) {
  return organisations.some((organisation) => [peerName(organisation), ordererName(organisation)].includes(name))
}

/** @param {string} dir */
function baseOf(dir) {
  try {
    return readRecord(dir)?.basePort ?? null
  } catch {
    return null
  }
}

/** One command at a time works on a network. @template T @param {string} dir @param {() => Promise<T>} work @returns {Promise<T>} */
async function alone(dir, work) {
  mkdirSync(dir, { recursive: true })
  const lock = await awaitLock(placesIn(dir).lock, quiet)
  try {
    return await work()
  } finally {
    lock.release()
  }
}
