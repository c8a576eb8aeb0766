import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import shim, { type ChaincodeInterface, type ChaincodeStub } from 'fabric-shim'
import { canonicalJson } from '../domain/index.ts'
import { Fault, titleContract } from './title-contract.ts'

/** The chaincode process of one peer: waits at its address until the peer dials. Its typings leave out the server. */
interface ServerShim {
  server(chaincode: ChaincodeInterface, options: { readonly ccid: string; readonly address: string; readonly tlsProps?: { readonly key: Buffer; readonly cert: Buffer; readonly clientCACerts?: Buffer } }): { start(): Promise<void> }
}

const { version, code } = JSON.parse(readFileSync(join(__dirname, 'code.json'), 'utf8')) as { version: string; code: string }
const functions = titleContract({ version, code, localClock: () => Date.now() })
const longestArgument = 4_000_000

const chaincode: ChaincodeInterface = {
  Init: () => Promise.resolve(shim.success()),
  async Invoke(stub: ChaincodeStub) {
    try {
      return shim.success(Buffer.from(canonicalJson((await answer(stub)) ?? null), 'utf8'))
    } catch (error) {
      return shim.error(error instanceof Error ? error.message : String(error))
    }
  },
}

async function answer(stub: ChaincodeStub): Promise<unknown> {
  const [name = '', argument = 'null'] = stub.getArgs()
  const call = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (call === undefined || argument.length > longestArgument) throw new Fault('malformed-call', { name: name.slice(0, 40) })
  let given: unknown
  try {
    given = JSON.parse(argument)
  } catch {
    throw new Fault('malformed-call', { name })
  }
  return call(stub, given)
}

/** As the shim's own command line reads them. */
const { CORE_CHAINCODE_ID: ccid, CORE_CHAINCODE_ADDRESS: address, CORE_CHAINCODE_TLS_KEY_FILE: key, CORE_CHAINCODE_TLS_CERT_FILE: cert, CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: authorities } = process.env
if (!ccid || !address) {
  process.stderr.write('CORE_CHAINCODE_ID and CORE_CHAINCODE_ADDRESS say which chaincode this is and where it waits.\n')
  process.exit(78)
}
const tls = key && cert ? { tlsProps: { key: readFileSync(key), cert: readFileSync(cert), ...(authorities ? { clientCACerts: readFileSync(authorities) } : {}) } } : {}
process.on('SIGTERM', () => process.exit(0))
void (shim as unknown as ServerShim).server(chaincode, { ccid, address, ...tls }).start()
