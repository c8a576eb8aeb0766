import { randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join, relative } from 'node:path'
import { issue, writeIssued } from './certificates.mjs'
import { placesIn, writeJson } from './folder.mjs'
import { batchTimeoutMs, channel, ordererName, organisations, peerName } from './topology.mjs'

/**
 * What somebody needs to know of a network in order to use it: `connection.json`. `ledger/fabric/profile.ts` reads it; files are named
 * relative to its folder.
 * @typedef {object} Connection
 * @property {string} network its name, which every signed command repeats
 * @property {boolean} local it runs on this machine, as processes that fabric:up starts
 * @property {string} channel
 * @property {string} chaincode
 * @property {string} [code] what the chaincode must name as its code
 * @property {Readonly<Record<string, { version: string, sequence: number, code: string, label: string }>>} chaincodes
 * @property {number} batchTimeoutMs
 * @property {readonly { id: string, role: string, name: string, peers: readonly { name: string, address: string, operations: string }[], tlsRoots: string, roots: string, client: { certificate: string, key: string }, admin: { certificate: string, key: string } }[]} organisations `roots`: the authority behind the certificates of its people and peers
 * @property {readonly { name: string, organisation: string, address: string, operations: string, tlsRoots: string, roots: string }[]} orderers
 */

/** The name of the gateway's identity in each organisation's folder. */
export const gatewayName = 'gateway'
const gatewayDays = 365

/**
 * Writes connection.json.
 * @param {string} dir @param {import('./folder.mjs').NetworkRecord} record @param {import('./addresses.mjs').Addresses} addresses
 */
export function writeConnection(dir, record, addresses) {
  const places = placesIn(dir)
  const at = (/** @type {string} */ file) => relative(dir, file)
  const main = record.chaincodes.find(({ name }) => name === 'title') ?? record.chaincodes[0]
  /** @type {Connection} */
  const connection = {
    network: record.name,
    local: addresses.local,
    channel,
    chaincode: main?.name ?? 'title',
    ...(main === undefined ? {} : { code: main.code }),
    chaincodes: Object.fromEntries(record.chaincodes.map(({ name, version, sequence, code, label }) => [name, { version, sequence, code, label }])),
    batchTimeoutMs,
    organisations: organisations.map((organisation) => {
      const files = places.peerOrganisation(organisation)
      const { host, port, operations } = addresses.peer(organisation)
      const gateway = identityFiles(dir, organisation, gatewayName)
      return {
        id: organisation.mspId, role: organisation.role, name: organisation.name,
        peers: [{ name: peerName(organisation), address: `${host}:${port}`, operations }],
        tlsRoots: at(files.tlsCaCertificate), roots: at(files.caCertificate),
        client: { certificate: at(gateway.certificate), key: at(gateway.privateKey) },
        admin: { certificate: at(files.adminCertificate), key: at(files.adminKey) },
      }
    }),
    orderers: organisations.map((organisation) => {
      const files = places.ordererOrganisation(organisation)
      const { host, port, operations } = addresses.orderer(organisation)
      return { name: ordererName(organisation), organisation: organisation.ordererMspId, address: `${host}:${port}`, operations, tlsRoots: at(files.tlsCaCertificate), roots: at(files.caCertificate) }
    }),
  }
  writeJson(places.connection, connection)
}

/** Every organisation has a gateway's identity. @param {string} dir */
export async function enrolGateways(dir) {
  for (const organisation of organisations) {
    if (!existsSync(identityFiles(dir, organisation, gatewayName).privateKey)) await enrol({ dir, organisation, name: gatewayName, role: 'gateway', days: gatewayDays })
  }
}

/**
 * A client's certificate of an organisation. Its name on the channel is a random one: what everybody on the channel reads names nobody.
 * @param {{ dir: string, organisation: import('./topology.mjs').Organisation, name: string, role: string, days: number }} options `name` is that of the files only
 */
export async function enrol({ dir, organisation, name, role, days }) {
  const { caCertificate, caKey } = placesIn(dir).peerOrganisation(organisation)
  const files = identityFiles(dir, organisation, name)
  putAside(files)
  const issued = await issue({ certificate: caCertificate, key: caKey }, { subject: { commonName: `${role}-${randomBytes(6).toString('hex')}`, unit: 'client' }, days, attributes: { 'yidan.role': role } })
  writeIssued(issued, files)
  return files
}

/** Keeps what a renewal would write over, under its serial number: who would revoke it needs that. @param {{ certificate: string, privateKey: string }} files */
function putAside({ certificate, privateKey }) {
  if (!existsSync(certificate)) return
  const { serialNumber } = new X509Certificate(readFileSync(certificate))
  renameSync(certificate, certificate.replace(/pem$/, `${serialNumber}.pem`))
  if (existsSync(privateKey)) renameSync(privateKey, privateKey.replace(/key$/, `${serialNumber}.key`))
}

/** @param {string} dir @param {import('./topology.mjs').Organisation} organisation @param {string} name */
export function identityFiles(dir, organisation, name) {
  const folder = join(placesIn(dir).identities, organisation.key)
  return { certificate: join(folder, `${name}.pem`), privateKey: join(folder, `${name}.key`) }
}
