// In a container: one organisation's chaincode process, as prepare.mjs has deployed it: node chaincode.mjs bank
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { stagedFolder, tlsFor } from '../chaincodes.mjs'
import { recordOf } from '../folder.mjs'
import { organisationNamed } from '../topology.mjs'

const dir = process.env['FABRIC_VOLUME'] ?? '/fabric'
const organisation = organisationNamed(process.argv[2] ?? '')
const [title] = recordOf(dir).chaincodes
if (organisation === undefined || title === undefined) throw new Error('which organisation’s chaincode?')
const { root, server } = await tlsFor(dir, organisation)
Object.assign(process.env, {
  CORE_CHAINCODE_ADDRESS: process.env['CORE_CHAINCODE_ADDRESS'] ?? '0.0.0.0:9999',
  CORE_CHAINCODE_ID: title.packageIds[organisation.key],
  CORE_CHAINCODE_LOGGING_LEVEL: 'error',
  CORE_CHAINCODE_TLS_CERT_FILE: server.certificate,
  CORE_CHAINCODE_TLS_KEY_FILE: server.privateKey,
  CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: root,
})
const program = join(stagedFolder(dir, title), title.main)
createRequire(program)(program)
