// In a container: gateways' identities, the chaincode's code and packages, and connection.json, in the volume: node prepare.mjs /fabric
import { chownSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { containerAddresses } from '../addresses.mjs'
import { stage, titleChaincode } from '../chaincodes.mjs'
import { enrolGateways, identityFiles, gatewayName, writeConnection } from '../connection.mjs'
import { readRecord, writeRecord } from '../folder.mjs'
import { endorsementPolicy, organisations } from '../topology.mjs'

const dir = process.argv[2] ?? '/fabric'
/** Who runs the API in its image. */
const apiUser = 1_000

await enrolGateways(dir)
if (process.getuid?.() === 0) for (const organisation of organisations) chownSync(identityFiles(dir, organisation, gatewayName).privateKey, apiUser, apiUser)
const record = readRecord(dir)
if (record === null || !existsSync(join(dir, 'chaincode.env'))) {
  const title = await stage({ dir, addresses: containerAddresses, chaincode: await titleChaincode(), sequence: 1, others: [] })
  const made = { version: /** @type {const} */ (1), name: process.env['NETWORK'] || 'yidan-local', basePort: 0, made: true, chaincodes: [title] }
  writeRecord(dir, made)
  writeConnection(dir, made, containerAddresses)
  const ids = organisations.map(({ key }) => `PACKAGE_ID_${key}=${title.packageIds[key]}\n`)
  writeFileSync(join(dir, 'chaincode.env'), `CHAINCODE_VERSION=${title.version}\nCHAINCODE_POLICY="${endorsementPolicy}"\n${ids.join('')}`)
}
