import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Shim, type ChaincodeInterface } from 'fabric-shim'
import { titleChaincode } from './chaincode.ts'

/** The chaincode process of one peer: waits at its address until the peer dials. Its typings insist on TLS; its program does not. */
interface ServerShim {
  server(chaincode: ChaincodeInterface, options: { readonly ccid: string; readonly address: string; readonly tlsProps?: { readonly key: Buffer; readonly cert: Buffer; readonly clientCACerts?: Buffer } }): { start(): Promise<void> }
}

/** As the shim's own command line reads them. */
const { CORE_CHAINCODE_ID: ccid, CORE_CHAINCODE_ADDRESS: address, CORE_CHAINCODE_TLS_KEY_FILE: key, CORE_CHAINCODE_TLS_CERT_FILE: cert, CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: authorities } = process.env
if (!ccid || !address) {
  process.stderr.write('CORE_CHAINCODE_ID and CORE_CHAINCODE_ADDRESS say which chaincode this is and where it waits.\n')
  process.exit(78)
}
withoutUnwantedWords()
const { version, code } = JSON.parse(readFileSync(join(__dirname, 'code.json'), 'utf8')) as { version: string; code: string }
const contract = titleChaincode({ version, code, localClock: () => Date.now() })

/** Transactions being decided. Told to stop, this process ends when they are answered, or after a while. */
let underWay = 0, stopping = false
const patience = 3_000, timeToSend = 50
const chaincode: ChaincodeInterface = {
  Init: (stub) => contract.Init(stub),
  async Invoke(stub) {
    underWay += 1
    try {
      return await contract.Invoke(stub)
    } finally {
      underWay -= 1
      endWhenIdle()
    }
  },
}

function endWhenIdle(): void {
  if (stopping && underWay === 0) setTimeout(() => process.exit(0), timeToSend)
}

process.on('SIGTERM', () => {
  stopping = true
  setTimeout(() => process.exit(0), patience)
  endWhenIdle()
})

/** The shim words and colours each line before it looks whether anybody wants it: an eighth of the time of an act, for nothing. */
function withoutUnwantedWords(): void {
  if (process.env['CORE_CHAINCODE_LOGGING_LEVEL']?.toUpperCase() === 'DEBUG') return
  for (const name of ['lib/chaincode.js', 'lib/handler.js', 'lib/iterators.js', 'lib/server.js', 'lib/stub.js']) {
    const log = Shim.newLogger(name)
    log.debug = () => log
  }
}

const tls = key && cert ? { tlsProps: { key: readFileSync(key), cert: readFileSync(cert), ...(authorities ? { clientCACerts: readFileSync(authorities) } : {}) } } : {}
;(Shim as unknown as ServerShim).server(chaincode, { ccid, address, ...tls }).start().catch((error: unknown) => {
  process.stderr.write(`The chaincode cannot wait at ${address}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
