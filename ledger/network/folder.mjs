import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from '../../api/launch/places.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { ordererDomain, ordererHost, organisations, peerDomain, peerHost } from './topology.mjs'

/**
 * A chaincode as it was deployed: what runs, under which definition, where each organisation's process answers.
 * @typedef {object} Deployed
 * @property {string} name
 * @property {string} version
 * @property {number} sequence of its definition on the channel
 * @property {string} label of its packages: name, version and the beginning of the code's hash
 * @property {string} code what names its code, in the chaincode's own words
 * @property {string} staged SHA-256 of the code as it was staged
 * @property {string} main the file that is started, below the staged code
 * @property {number} slot which three ports it has
 * @property {Readonly<Record<string, string>>} packageIds by organisation
 * @property {readonly string[]} libraries where its packages are looked for
 * @property {Readonly<Record<string, string>>} env
 */

/**
 * What a network remembers of itself, beside its data.
 * @typedef {{ readonly version: 1, readonly name: string, readonly basePort: number, readonly made: boolean, readonly chaincodes: readonly Deployed[] }} NetworkRecord
 */

/** Everything of one network lies below one folder; FABRIC_DIR or `.yidan/fabric`. @param {NodeJS.ProcessEnv} env */
export function fabricFolder(env) {
  return resolve(root, env['FABRIC_DIR'] || join(env['DATA_DIR'] || '.yidan', 'fabric'))
}

/** @param {string} dir */
export function placesIn(dir) {
  const crypto = join(dir, 'crypto')
  return {
    record: join(dir, 'network.json'),
    connection: join(dir, 'connection.json'),
    lock: join(dir, 'network.lock'),
    config: join(dir, 'config'),
    crypto,
    genesis: join(dir, 'genesis.block'),
    run: join(dir, 'run'),
    logs: join(dir, 'logs'),
    data: join(dir, 'data'),
    identities: join(dir, 'identities'),
    chaincode: join(dir, 'chaincode'),
    packages: join(dir, 'packages'),
    wanted: join(dir, 'run', 'chaincode-wanted.json'),
    /** @param {import('./topology.mjs').Organisation} organisation */
    peerOrganisation: (organisation) => {
      const base = join(crypto, 'peerOrganizations', peerDomain(organisation))
      const node = join(base, 'peers', peerHost(organisation))
      return { ...mspPlaces(base, peerDomain(organisation)), nodeMsp: join(node, 'msp'), tls: join(node, 'tls') }
    },
    /** @param {import('./topology.mjs').Organisation} organisation */
    ordererOrganisation: (organisation) => {
      const base = join(crypto, 'ordererOrganizations', ordererDomain(organisation))
      const node = join(base, 'orderers', ordererHost(organisation))
      return { ...mspPlaces(base, ordererDomain(organisation)), nodeMsp: join(node, 'msp'), tls: join(node, 'tls') }
    },
  }
}

/** Where cryptogen puts an organisation's things. @param {string} base @param {string} domain */
function mspPlaces(base, domain) {
  return {
    caCertificate: join(base, 'ca', `ca.${domain}-cert.pem`),
    caKey: join(base, 'ca', 'priv_sk'),
    tlsCaCertificate: join(base, 'tlsca', `tlsca.${domain}-cert.pem`),
    tlsCaKey: join(base, 'tlsca', 'priv_sk'),
    adminMsp: join(base, 'users', `Admin@${domain}`, 'msp'),
    adminTls: join(base, 'users', `Admin@${domain}`, 'tls'),
    adminCertificate: join(base, 'users', `Admin@${domain}`, 'msp', 'signcerts', `Admin@${domain}-cert.pem`),
    adminKey: join(base, 'users', `Admin@${domain}`, 'msp', 'keystore', 'priv_sk'),
  }
}

/** So many ports a network needs, one after the other. */
export const portsPerNetwork = 40
/** So many versions of chaincodes can have processes at a time. */
export const slots = 6

/** @param {number} basePort */
export function portsFrom(basePort) {
  const index = (/** @type {import('./topology.mjs').Organisation} */ organisation) => organisations.indexOf(organisation)
  return {
    /** @param {import('./topology.mjs').Organisation} organisation */
    peer: (organisation) => ({ listen: basePort + index(organisation) * 3, chaincode: basePort + index(organisation) * 3 + 1, operations: basePort + index(organisation) * 3 + 2 }),
    /** @param {import('./topology.mjs').Organisation} organisation */
    orderer: (organisation) => ({ listen: basePort + 10 + index(organisation) * 3, admin: basePort + 11 + index(organisation) * 3, operations: basePort + 12 + index(organisation) * 3 }),
    /** @param {number} slot @param {import('./topology.mjs').Organisation} organisation */
    chaincode: (slot, organisation) => basePort + 20 + slot * 3 + index(organisation),
  }
}

/** @param {string} dir @returns {NetworkRecord | null} null when no network was ever made here */
export function readRecord(dir) {
  const { record } = placesIn(dir)
  if (!existsSync(record)) return null
  try {
    const read = JSON.parse(readFileSync(record, 'utf8'))
    if (read.version === 1) return read
  } catch {
    // Worded below, as any other file that is none of ours.
  }
  throw new Stop(`${record} cannot be read as the record of a network.`, ['Restore it from the backup.', 'Or give the network up, with all that is on it: npm run fabric:reset'])
}

/** @param {string} dir @returns {NetworkRecord} */
export function recordOf(dir) {
  const record = readRecord(dir)
  if (record !== null && record.made) return record
  throw new Stop(`There is no Fabric network in ${dir}.`, ['Make one: npm run fabric:up', 'Or name its folder: FABRIC_DIR=/path npm run …'])
}

/** @param {string} dir @param {NetworkRecord} record */
export function writeRecord(dir, record) {
  writeJson(placesIn(dir).record, record)
}

/** Writes a file whole or not at all. @param {string} file @param {unknown} content */
export function writeJson(file, content) {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(`${file}.draft`, `${JSON.stringify(content, null, 2)}\n`)
  renameSync(`${file}.draft`, file)
}
