import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from '../../api/launch/run.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { chaincodeProcess, packageFile } from './chaincodes.mjs'
import { placesIn, portsFrom } from './folder.mjs'
import { adminEnvironment, ordererOptions } from './node-settings.mjs'
import { logOf } from './processes.mjs'
import { channel, endorsementPolicy, organisations } from './topology.mjs'

const readyLimitMs = 60_000

/** @typedef {import('./node-settings.mjs').Site} Site */
/** @typedef {import('./folder.mjs').Deployed} Deployed */
/** @typedef {import('./topology.mjs').Organisation} Organisation */

/**
 * Installs at each organisation's peer, has each organisation approve, and commits: from then on the channel runs it.
 * @param {Site} site @param {Deployed} deployed
 */
export async function deploy(site, deployed) {
  const definition = ['--channelID', channel, '--name', deployed.name, '--version', deployed.version, '--sequence', String(deployed.sequence), '--signature-policy', endorsementPolicy]
  await Promise.all(organisations.map(async (organisation) => {
    const installed = await peerCommand(site, organisation, ['lifecycle', 'chaincode', 'install', packageFile(site.dir, deployed.name, deployed.sequence, organisation)])
    if (installed.code !== 0 && !/already successfully installed/.test(installed.output)) throw fault(`install ${deployed.label}`, organisation, installed.output)
    const approved = await peerCommand(site, organisation, ['lifecycle', 'chaincode', 'approveformyorg', ...ordererOptions(site, organisation), ...definition, '--package-id', deployed.packageIds[organisation.key] ?? ''])
    if (approved.code !== 0 && !/attempted to redefine uncommitted sequence .* with unchanged content|unchanged content/.test(approved.output)) throw fault(`approve ${deployed.label}`, organisation, approved.output)
  }))
  const [first] = organisations
  if (first === undefined) return
  const peers = organisations.flatMap((organisation) => ['--peerAddresses', `localhost:${portsFrom(site.basePort).peer(organisation).listen}`, '--tlsRootCertFiles', join(placesIn(site.dir).peerOrganisation(organisation).tls, 'ca.crt')])
  // A peer may not yet have the block with another organisation's approval.
  for (let attempt = 1; ; attempt += 1) {
    const committed = await peerCommand(site, first, ['lifecycle', 'chaincode', 'commit', ...ordererOptions(site, first), ...definition, ...peers])
    if (committed.code === 0 || (await committedSequence(site, first, deployed.name)) === deployed.sequence) return
    if (attempt === 10) throw fault(`commit ${deployed.label}`, first, committed.output)
    await pause(200)
  }
}

/** Waits until the chaincode answers at every peer. @param {Site} site @param {Deployed} deployed */
export async function awaitChaincode(site, deployed) {
  await Promise.all(organisations.map((organisation) => awaitAt(site, deployed, organisation)))
}

/** Waits until the chaincode that one process runs answers at its peer. @param {Site} site @param {readonly Deployed[]} chaincodes @param {string} name */
export async function awaitChaincodeProcess(site, chaincodes, name) {
  for (const deployed of chaincodes) {
    for (const organisation of organisations) if (chaincodeProcess(deployed, organisation) === name) await awaitAt(site, deployed, organisation)
  }
}

/** @param {Site} site @param {Deployed} deployed @param {Organisation} organisation */
async function awaitAt(site, deployed, organisation) {
  const until = Date.now() + readyLimitMs
  const port = portsFrom(site.basePort).chaincode(deployed.slot, organisation)
  // A peer that dials in vain costs more than a look at the port.
  while (!(await isListening(port)) && Date.now() < until) await pause(50)
  for (;;) {
    const silence = await pingFault(site, organisation, deployed.name)
    if (silence === null) return
    if (Date.now() > until) {
      throw new Stop(`The chaincode ${deployed.name} does not answer at the peer of ${organisation.mspId}: ${silence}`, [
        `Its log: ${logOf(site.dir, chaincodeProcess(deployed, organisation))}`,
        'See what the whole network says: npm run fabric:doctor',
      ])
    }
    await pause(200)
  }
}

/** @param {number} port @returns {Promise<boolean>} */
export function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (/** @type {boolean} */ isOpen) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

/** Asks the chaincode at one organisation's peer whether it is there. @param {Site} site @param {Organisation} organisation @param {string} name @returns {Promise<string | null>} what is the matter */
export async function pingFault(site, organisation, name) {
  const { code, output } = await query(site, organisation, name, ['ping'])
  return code === 0 ? null : lastWords(output)
}

/** Evaluates a function at one organisation's peer. @param {Site} site @param {Organisation} organisation @param {string} name @param {readonly string[]} args */
export function query(site, organisation, name, args) {
  return peerCommand(site, organisation, ['chaincode', 'query', '-C', channel, '-n', name, '-c', JSON.stringify({ Args: args })])
}

/** @param {Site} site @param {Organisation} organisation @returns {Promise<readonly string[] | null>} package ids at its peer; null when it does not answer */
export async function installedPackages(site, organisation) {
  const { code, output } = await peerCommand(site, organisation, ['lifecycle', 'chaincode', 'queryinstalled', '-O', 'json'])
  return code === 0 ? (JSON.parse(output).installed_chaincodes ?? []).map((/** @type {{ package_id: string }} */ one) => one.package_id) : null
}

/** The package an organisation has approved for a definition; null when none. @param {Site} site @param {Organisation} organisation @param {Deployed} deployed @returns {Promise<string | null>} */
export async function approvedPackage(site, organisation, { name, sequence }) {
  const { code, output } = await peerCommand(site, organisation, ['lifecycle', 'chaincode', 'queryapproved', '-C', channel, '-n', name, '--sequence', String(sequence), '-O', 'json'])
  return code === 0 ? (JSON.parse(output).source?.Type?.LocalPackage?.package_id ?? null) : null
}

/** @param {Site} site @param {Organisation} organisation @param {string} name @returns {Promise<number | null>} null when none is committed, or the peer does not answer */
export async function committedSequence(site, organisation, name) {
  const { code, output } = await peerCommand(site, organisation, ['lifecycle', 'chaincode', 'querycommitted', '-C', channel, '-n', name, '-O', 'json'])
  return code === 0 ? (JSON.parse(output).sequence ?? null) : null
}

/** Runs the `peer` command as an organisation's administrator. @param {Site} site @param {Organisation} organisation @param {readonly string[]} args */
export function peerCommand(site, organisation, args) {
  return run(join(site.binaries, 'peer'), args, { cwd: site.dir, env: adminEnvironment(site, organisation), limitMs: 60_000 })
}

/** @param {string} what @param {Organisation} organisation @param {string} output */
function fault(what, { mspId }, output) {
  return new Stop(`${mspId} could not ${what}: ${lastWords(output)}`, ['See what the whole network says: npm run fabric:doctor', 'Then try again: what was done already is not done twice.'])
}

/** @param {string} output */
function lastWords(output) {
  return output.trim().split('\n').filter((line) => !/^(Usage|Flags|Global)/.test(line)).slice(-2).join(' ').slice(-600)
}
