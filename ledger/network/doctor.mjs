import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../api/launch/run.mjs'
import { fabricVersion, findBinaries } from './binaries.mjs'
import { chaincodeProcess, keeperName, stagedFolder } from './chaincodes.mjs'
import { isHealthy, knownPeers, ordererView, peerHeight } from './channel.mjs'
import { codeHash } from './code-hash.mjs'
import { gatewayName, identityFiles } from './connection.mjs'
import { placesIn, portsFrom, recordOf } from './folder.mjs'
import { approvedPackage, committedSequence, installedPackages, pingFault, query } from './lifecycle.mjs'
import { logOf, runningProcess } from './processes.mjs'
import { ordererName, organisations, peerName } from './topology.mjs'

/** One line of the doctor's: what was looked at, how it stands, and what to do. @typedef {{ readonly finding: 'good' | 'warning' | 'bad', readonly text: string, readonly cure?: string }} Line */
/** @typedef {import('./node-settings.mjs').Site} Site */
/** @typedef {import('./folder.mjs').NetworkRecord} NetworkRecord */

const gigabyte = 1024 ** 3
const up = 'npm run fabric:up starts what is missing'
/** Days before a certificate ends at which it is spoken of: as a note, as a reminder, as a fault. */
const reminders = { note: 60, reminder: 30, fault: 7 }

/**
 * Looks at every part of a network that has made trouble for somebody.
 * @param {{ dir: string, now?: Date }} options
 * @returns {Promise<readonly Line[]>}
 */
export async function examine({ dir: given, now = new Date() }) {
  const dir = resolve(given)
  const record = recordOf(dir)
  const site = { dir, binaries: await findBinaries(process.env), basePort: record.basePort }
  const lines = [...(await programs(site)), ...(await orderers(site)), ...(await peers(site)), ...(await gossip(site)), ...(await heights(site))]
  // One after the other: on a small machine they would be in each other's way.
  for (const deployed of record.chaincodes) lines.push(...(await chaincode(site, deployed)))
  return [...lines, keeper(dir), ...certificates(dir, now), disk(dir)]
}

/** @param {string} text @returns {Line} */
const good = (text) => ({ finding: 'good', text })
/** @param {string} text @param {string} cure @returns {Line} */
const bad = (text, cure) => ({ finding: 'bad', text, cure })
/** @param {string} text @param {string} cure @returns {Line} */
const warning = (text, cure) => ({ finding: 'warning', text, cure })

/** @param {Site} site @returns {Promise<Line[]>} */
async function programs({ binaries }) {
  const { output } = await run(join(binaries, 'peer'), ['version'], { limitMs: 10_000 })
  const version = /Version: v?(\S+)/.exec(output)?.[1] ?? 'unknown'
  return [version === fabricVersion ? good(`programs: Fabric ${version} in ${binaries}`) : warning(`programs: Fabric ${version} in ${binaries}, tried with ${fabricVersion}`, 'Leave FABRIC_BIN empty to use the version this was tried with.')]
}

/** @param {Site} site @returns {Promise<Line[]>} */
async function orderers(site) {
  const views = await Promise.all(organisations.map(async (organisation) => {
    const name = ordererName(organisation)
    const view = await ordererView(site, organisation)
    return { name, view, isRunning: runningProcess(site.dir, name) !== null, isHealthy: await isHealthy(portsFrom(site.basePort).orderer(organisation).operations) }
  }))
  const each = views.map(({ name, view, isRunning, isHealthy: healthy }) => {
    if (!isRunning) return bad(`${name}: does not run`, up)
    if (!healthy) return bad(`${name}: runs and does not answer`, `Read ${logOf(site.dir, name)}; then end the process and start again: npm run fabric:down && npm run fabric:up`)
    return view?.isJoined ? good(`${name}: runs, in the channel, ${view.height} blocks`) : bad(`${name}: is not in the channel`, up)
  })
  const leaders = views.filter(({ view }) => view?.isLeader).map(({ name }) => name)
  if (leaders.length === 1) return [...each, good(`orderers: led by ${leaders[0]}`)]
  return [...each, bad(`orderers: ${leaders.length === 0 ? 'no leader, nothing can be recorded' : `${leaders.join(' and ')} both say they lead`}`, leaders.length === 0 ? `Two of the three must run and reach each other. ${up}` : 'Wait a few seconds and look again: one of them has not yet heard of the other.')]
}

/** @param {Site} site @returns {Promise<Line[]>} */
async function peers(site) {
  return Promise.all(organisations.map(async (organisation) => {
    const name = peerName(organisation)
    if (runningProcess(site.dir, name) === null) return bad(`${name}: does not run; ${organisation.mspId} cannot endorse, and its bills wait`, up)
    if (!(await isHealthy(portsFrom(site.basePort).peer(organisation).operations))) return bad(`${name}: runs and does not answer`, `Read ${logOf(site.dir, name)}; then npm run fabric:down && npm run fabric:up`)
    const height = await peerHeight(site, organisation)
    return height === null ? bad(`${name}: is not in the channel`, up) : good(`${name}: runs, in the channel, ${height} blocks`)
  }))
}

/** Whether the peers see each other, by their anchors: without it no other organisation's endorsement is found. @param {Site} site @returns {Promise<Line[]>} */
async function gossip(site) {
  const known = await Promise.all(organisations.map((organisation) => knownPeers(site, organisation)))
  const others = organisations.length - 1
  const blind = organisations.filter((_organisation, index) => known[index] !== null && known[index] !== others)
  if (blind.length === 0) return [good(`anchors: every peer that answers knows the ${others} others`)]
  return blind.map((organisation) => bad(`anchors: ${peerName(organisation)} knows ${known[organisations.indexOf(organisation)]} of ${others} other peers`, 'Peers find each other through the anchors in the channel and their external endpoints. Start those that are down; after a start it takes up to ten seconds.'))
}

/** @param {Site} site @returns {Promise<Line[]>} */
async function heights(site) {
  const seen = await Promise.all(organisations.map(async (organisation) => ({ name: peerName(organisation), height: await peerHeight(site, organisation) })))
  const known = seen.flatMap(({ height }) => (height === null ? [] : [height]))
  if (known.length < 2) return []
  const behind = Math.max(...known) - Math.min(...known)
  return [behind <= 1 ? good('blocks: all peers equally far') : warning(`blocks: ${seen.map(({ name, height }) => `${name} ${height ?? '?'}`).join(', ')}`, 'Look again in a moment; a peer that stays behind does not reach the orderers: its log says why.')]
}

/** @param {Site} site @param {import('./folder.mjs').Deployed} deployed @returns {Promise<Line[]>} */
async function chaincode(site, deployed) {
  const what = `${deployed.name} ${deployed.version}`
  const isAsStaged = existsSync(stagedFolder(site.dir, deployed)) && codeHash(stagedFolder(site.dir, deployed)) === deployed.staged
  const each = await Promise.all(organisations.map(async (organisation) => {
    const who = `${what} at ${peerName(organisation)}`
    const id = deployed.packageIds[organisation.key] ?? ''
    if (runningProcess(site.dir, chaincodeProcess(deployed, organisation)) === null) return bad(`${who}: its process does not run`, `Read ${logOf(site.dir, chaincodeProcess(deployed, organisation))}. ${up}`)
    const [installed, approved, sequence] = await Promise.all([installedPackages(site, organisation), approvedPackage(site, organisation, deployed), committedSequence(site, organisation, deployed.name)])
    if (installed === null) return bad(`${who}: the peer does not answer`, up)
    if (!installed.includes(id)) return bad(`${who}: its package is not installed (${id})`, up)
    if (approved !== id) return bad(`${who}: ${organisation.mspId} has approved ${approved ?? 'nothing'}, what runs is ${id}`, 'Deploy it anew: npm run fabric:upgrade')
    if (sequence !== deployed.sequence) return bad(`${who}: definition ${sequence ?? 'none'} is committed, ${deployed.sequence} is what runs`, 'Deploy it anew: npm run fabric:upgrade')
    const silence = await pingFault(site, organisation, deployed.name)
    if (silence !== null) return bad(`${who}: does not answer (${silence.slice(0, 160)})`, `Read ${logOf(site.dir, chaincodeProcess(deployed, organisation))}`)
    const said = await query(site, organisation, deployed.name, ['version'])
    if (deployed.name === 'title' && !said.output.includes(deployed.code)) return bad(`${who}: says it is ${said.output.trim().slice(0, 120)}, not ${deployed.code}`, 'Another program answers at its port. End it, then npm run fabric:down && npm run fabric:up')
    return good(`${who}: installed, approved, committed as definition ${sequence}, answers`)
  }))
  return [...each, isAsStaged ? good(`${what}: its code is the one that was deployed (${deployed.code.slice(0, 16)}…)`) : bad(`${what}: its files below ${stagedFolder(site.dir, deployed)} were changed since they were deployed`, 'Deploy it anew: npm run fabric:upgrade')]
}

/** @param {string} dir @returns {Line} */
function keeper(dir) {
  return runningProcess(dir, keeperName) === null ? bad('chaincode keeper: does not run; chaincode that dies stays dead', up) : good('chaincode keeper: runs')
}

/** The certificate that ends first of each organisation. @param {string} dir @param {Date} now @returns {Line[]} */
function certificates(dir, now) {
  const places = placesIn(dir)
  return organisations.map((organisation) => {
    const own = places.peerOrganisation(organisation)
    const orderer = places.ordererOrganisation(organisation)
    const files = [
      ...[own, orderer].flatMap(({ caCertificate, tlsCaCertificate, adminCertificate, tls, nodeMsp }) => [caCertificate, tlsCaCertificate, adminCertificate, join(tls, 'server.crt'), ...pemsIn(join(nodeMsp, 'signcerts'))]),
      identityFiles(dir, organisation, gatewayName).certificate,
      ...pemsIn(join(places.identities, organisation.key, 'chaincode-tls')),
    ]
    const ends = files.filter((file) => existsSync(file)).map((file) => ({ file, days: Math.floor((Date.parse(new X509Certificate(readFileSync(file)).validTo) - now.getTime()) / 86_400_000) })).sort((one, other) => one.days - other.days)
    const [first] = ends
    if (first === undefined) return bad(`certificates of ${organisation.mspId}: none found`, 'Restore the folder from the backup.')
    const text = `certificates of ${organisation.mspId}: the first ends in ${first.days} days (${first.file.slice(dir.length + 1)})`
    const cure = `Renew it before: npm run fabric:enrol for a gateway, docs/operations/fabric-network.md for a node`
    if (first.days <= reminders.fault) return bad(text, cure)
    if (first.days <= reminders.note) return warning(first.days <= reminders.reminder ? `${text}: soon` : text, cure)
    return good(text)
  })
}

/** @param {string} folder @returns {string[]} */
function pemsIn(folder) {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pem')).map((name) => join(folder, name)) : []
}

/** @param {string} dir @returns {Line} */
function disk(dir) {
  const { bavail, bsize } = statfsSync(dir)
  const free = bavail * bsize
  const text = `disk: ${(free / gigabyte).toFixed(1)} GB free`
  if (free < gigabyte) return bad(text, 'Free some space: nodes that cannot write stop. A million acts take 5 to 8 GB at each peer.')
  return free < 5 * gigabyte ? warning(text, 'A million acts take 5 to 8 GB at each peer.') : good(text)
}
