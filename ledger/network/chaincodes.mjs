import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { awaitLock } from '../../api/launch/lock.mjs'
import { root } from '../../api/launch/places.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { issue, writeIssued } from './certificates.mjs'
import { packageChaincode } from './chaincode-package.mjs'
import { codeHash, copyCode } from './code-hash.mjs'
import { placesIn, portsFrom, slots, writeJson } from './folder.mjs'
import { endProcess, runningProcess, startDetached } from './processes.mjs'
import { chaincodeHost, organisations } from './topology.mjs'

const here = fileURLToPath(new URL('./', import.meta.url))
const certificateDays = 3_650

/**
 * A chaincode that is to run: a folder of CommonJS and the file that plain `node` starts. `code` names the code; by default it is the
 * hash of the folder.
 * @typedef {{ readonly name: string, readonly version: string, readonly folder: string, readonly main: string, readonly code?: string, readonly env?: Readonly<Record<string, string>> }} Chaincode
 */

/** @typedef {import('./folder.mjs').Deployed} Deployed */

/** The name under which the processes of a network's first chaincode are spoken of. */
const commonName = 'chaincode'
export const keeperName = 'chaincode-keeper'

const titleFolder = join(here, '../chaincode/dist')

/** Title, staged from its sources when they have changed since. @returns {Promise<Chaincode>} */
export async function titleChaincode() {
  const lock = await awaitLock(join(root, '.yidan', 'chaincode.lock'), () => undefined)
  try {
    const staged = stagedTitle()
    if (staged !== null) return staged
    await (await import('../chaincode/stage.mjs')).stageChaincode()
    const now = stagedTitle()
    if (now === null) throw new Stop('The sources of the chaincode were changed while it was being staged.', ['Start again.'])
    return now
  } finally {
    lock.release()
  }
}

/** Title as it was last staged; null when its sources have changed since. @returns {Chaincode | null} */
export function stagedTitle() {
  const stamp = join(titleFolder, 'chaincode/code.json')
  if (!existsSync(stamp)) return null
  const changed = Math.max(...['../chaincode', '../domain', '../signing'].map((sources) => lastChange(join(here, sources))), statSync(join(here, '../package.json')).mtimeMs)
  if (statSync(stamp).mtimeMs < changed) return null
  const { version, code } = JSON.parse(readFileSync(stamp, 'utf8'))
  return { name: 'title', version, code, folder: titleFolder, main: 'chaincode/index.js' }
}

/** When a source below this folder was last written. @param {string} folder @returns {number} */
function lastChange(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules' || entry.name.includes('.test.')) return latest
    const path = join(folder, entry.name)
    return Math.max(latest, entry.isDirectory() ? lastChange(path) : statSync(path).mtimeMs)
  }, 0)
}

/** One read and one write a transaction: what title is measured against. @param {string} [version] @returns {Chaincode} */
export function bareChaincode(version = '1') {
  return { name: 'bare', version, folder: join(here, 'bare-contract'), main: 'index.js' }
}

/**
 * Copies the code to where it stays, so that building anew does not change what runs, and makes each organisation's package.
 * @param {{ dir: string, addresses: import('./addresses.mjs').Addresses, chaincode: Chaincode, sequence: number, others: readonly Deployed[] }} options
 * @returns {Promise<Deployed>}
 */
export async function stage({ dir, addresses, chaincode, sequence, others }) {
  if (!existsSync(join(chaincode.folder, chaincode.main))) throw new Stop(`The chaincode ${chaincode.name} is not where it should be: ${join(chaincode.folder, chaincode.main)}.`)
  const places = placesIn(dir)
  const code = chaincode.code ?? codeHash(chaincode.folder)
  const label = `${chaincode.name}_${chaincode.version}_${code.slice(0, 16)}`
  const slot = [...Array(slots).keys()].find((candidate) => !others.some((other) => other.slot === candidate))
  if (slot === undefined) throw new Stop(`Not more than ${slots} chaincodes can run at a time.`)
  const folder = join(places.chaincode, `${chaincode.name}.${sequence}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(places.packages, { recursive: true })
  // Above the staged folders: where they say nothing themselves, Node takes their files as CommonJS.
  writeJson(join(places.chaincode, 'package.json'), { type: 'commonjs' })
  copyCode(chaincode.folder, folder)
  /** @type {Record<string, string>} */
  const packageIds = {}
  for (const organisation of organisations) {
    const tls = await tlsFor(dir, organisation)
    const { id, bytes } = packageChaincode({
      label,
      address: addresses.chaincode(slot, organisation),
      tls: { rootCertificate: readFileSync(tls.root, 'utf8'), clientCertificate: readFileSync(tls.client.certificate, 'utf8'), clientKey: readFileSync(tls.client.privateKey, 'utf8') },
    })
    // The package carries the peer's key for this connection.
    writeFileSync(packageFile(dir, chaincode.name, sequence, organisation), bytes, { mode: 0o600 })
    packageIds[organisation.key] = id
  }
  return { name: chaincode.name, version: chaincode.version, sequence, label, code, staged: codeHash(folder), main: chaincode.main, slot, packageIds, libraries: librariesAbove(chaincode.folder), env: chaincode.env ?? {} }
}

/** @param {string} dir @param {string} name @param {number} sequence @param {import('./topology.mjs').Organisation} organisation */
export function packageFile(dir, name, sequence, organisation) {
  return join(placesIn(dir).packages, `${name}.${sequence}.${organisation.key}.tar.gz`)
}

/** Where the code of a deployed chaincode lies. @param {string} dir @param {Deployed} deployed */
export function stagedFolder(dir, deployed) {
  return join(placesIn(dir).chaincode, `${deployed.name}.${deployed.sequence}`)
}

/** The name of one organisation's process: `title.bank`, and `title.2.bank` from the second definition on. @param {Deployed} deployed @param {import('./topology.mjs').Organisation} organisation */
export function chaincodeProcess({ name, sequence }, { key }) {
  return sequence === 1 ? `${name}.${key}` : `${name}.${sequence}.${key}`
}

/**
 * The process somebody means by `chaincode.bank` or `title.bank`, whatever its definition's sequence; null when it is no chaincode.
 * @param {readonly Deployed[]} deployed @param {string} said
 */
export function chaincodeProcessNamed(deployed, said) {
  const [name, key] = said.split('.')
  const organisation = organisations.find((one) => one.key === key)
  const chaincode = name === commonName ? (deployed.find((one) => one.name === 'title') ?? deployed[0]) : deployed.find((one) => one.name === name)
  return organisation === undefined || chaincode === undefined ? null : chaincodeProcess(chaincode, organisation)
}

/** Processes that are kept down. @param {string} dir @param {readonly Deployed[]} chaincodes */
export function heldBack(dir, chaincodes) {
  const { wanted } = placesIn(dir)
  /** @type {{ name: string }[]} */
  const starts = existsSync(wanted) ? JSON.parse(readFileSync(wanted, 'utf8')) : []
  return chaincodes.flatMap((deployed) => organisations.map((organisation) => chaincodeProcess(deployed, organisation))).filter((name) => !starts.some((start) => start.name === name))
}

/**
 * Sees to it that exactly these chaincodes have processes, except those held back.
 * @param {{ dir: string, basePort: number, chaincodes: readonly Deployed[], heldBack?: readonly string[] }} options
 */
export async function keepChaincodes({ dir, basePort, chaincodes, heldBack: held = [] }) {
  const places = placesIn(dir)
  const starts = await Promise.all(chaincodes.flatMap((deployed) => organisations.map((organisation) => startOf({ dir, basePort, deployed, organisation }))))
  const wanted = starts.filter(({ name }) => !held.includes(name))
  const keeper = runningProcess(dir, keeperName)
  // Processes of a keeper that was killed are nobody's; a new keeper starts them afresh.
  if (keeper === null) await Promise.all(starts.map(({ name }) => endProcess(dir, name)))
  writeJson(places.wanted, wanted)
  if (keeper !== null) process.kill(keeper.pid, 'SIGHUP')
  else startDetached(dir, { name: keeperName, program: process.execPath, args: [join(here, 'chaincode-keeper.mjs'), dir], env: process.env })
}

/**
 * @param {{ dir: string, basePort: number, deployed: Deployed, organisation: import('./topology.mjs').Organisation }} options
 * @returns {Promise<import('./node-settings.mjs').Start>}
 */
async function startOf({ dir, basePort, deployed, organisation }) {
  const { root, server } = await tlsFor(dir, organisation)
  return {
    name: chaincodeProcess(deployed, organisation),
    // Never npx: it leaves its child running when it is killed.
    program: process.execPath,
    args: [join(stagedFolder(dir, deployed), deployed.main)],
    env: {
      PATH: process.env['PATH'],
      NODE_PATH: deployed.libraries.join(delimiter),
      CORE_CHAINCODE_ADDRESS: `127.0.0.1:${portsFrom(basePort).chaincode(deployed.slot, organisation)}`,
      CORE_CHAINCODE_ID: deployed.packageIds[organisation.key],
      // At "info" every call is printed.
      CORE_CHAINCODE_LOGGING_LEVEL: 'error',
      CORE_CHAINCODE_TLS_CERT_FILE: server.certificate,
      CORE_CHAINCODE_TLS_KEY_FILE: server.privateKey,
      CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: root,
      ...deployed.env,
    },
  }
}

/**
 * What a peer and its chaincode know each other by: both under the organisation's TLS authority, made when first needed.
 * @param {string} dir @param {import('./topology.mjs').Organisation} organisation
 */
export async function tlsFor(dir, organisation) {
  const { tlsCaCertificate, tlsCaKey } = placesIn(dir).peerOrganisation(organisation)
  const folder = join(placesIn(dir).identities, organisation.key, 'chaincode-tls')
  const server = { certificate: join(folder, 'server.pem'), privateKey: join(folder, 'server.key') }
  const client = { certificate: join(folder, 'peer.pem'), privateKey: join(folder, 'peer.key') }
  const authority = { certificate: tlsCaCertificate, key: tlsCaKey }
  if (!existsSync(server.privateKey)) writeIssued(await issue(authority, { subject: { commonName: 'chaincode' }, days: certificateDays, hosts: ['localhost', '127.0.0.1', chaincodeHost(organisation)], uses: ['server'] }), server)
  if (!existsSync(client.privateKey)) writeIssued(await issue(authority, { subject: { commonName: 'peer of chaincode' }, days: certificateDays, uses: ['client'] }), client)
  return { root: tlsCaCertificate, server, client }
}

/** Folders of packages from a folder upwards, as `require` would look for them. @param {string} folder */
function librariesAbove(folder) {
  return (createRequire(join(folder, 'any.js')).resolve.paths('any') ?? []).filter((path) => existsSync(path))
}
