'use strict'
// What Fabric can do when the contract does nothing: one read and one write for each transaction. The benchmark holds title against it.
const { readFileSync } = require('node:fs')
const shim = require('fabric-shim')

/** Each takes the stub and the arguments, and gives back text. */
const functions = {
  /** Replaces what stands under a key, and says what stood there. */
  async put(stub, key, value) {
    const before = await stub.getState(key)
    await stub.putState(key, Buffer.from(value))
    return Buffer.from(before).toString()
  },
  /** Replaces what stands under a key, and has this organisation's endorsement asked for from now on. */
  async putFor(stub, key, value, organisation) {
    const before = await functions.put(stub, key, value)
    const policy = new shim.KeyEndorsementPolicy()
    policy.addOrgs('PEER', organisation)
    await stub.setStateValidationParameter(key, policy.getPolicy())
    return before
  },
  async get(stub, key) {
    return Buffer.from(await stub.getState(key)).toString()
  },
  /** Gives an organisation something that the others see only as a hash. */
  async confide(stub, organisation, key) {
    await stub.putPrivateData(`_implicit_org_${organisation}`, key, Buffer.from(stub.getTransient().get('secret') ?? ''))
    return ''
  },
  async confided(stub, organisation, key) {
    return Buffer.from(await stub.getPrivateData(`_implicit_org_${organisation}`, key)).toString()
  },
  /** The certificate behind a transaction. */
  async caller(stub) {
    return Buffer.from(stub.getCreator().idBytes).toString()
  },
  async version() {
    return process.env['BARE_VERSION'] ?? '1'
  },
  async ping() {
    return 'pong'
  },
}

const chaincode = {
  async Init() {
    return shim.success(Buffer.alloc(0))
  },
  async Invoke(stub) {
    const { fcn, params } = stub.getFunctionAndParameters()
    if (!Object.hasOwn(functions, fcn)) return shim.error(`no function ${fcn}`)
    try {
      return shim.success(Buffer.from(await functions[fcn](stub, ...params)))
    } catch (error) {
      return shim.error(error.message)
    }
  },
}

const { CORE_CHAINCODE_ID: ccid = '', CORE_CHAINCODE_ADDRESS: address = '', CORE_CHAINCODE_TLS_CERT_FILE: cert, CORE_CHAINCODE_TLS_KEY_FILE: key, CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: clients } = process.env
const tlsProps = cert && key && clients ? { cert: readFileSync(cert), key: readFileSync(key), clientCACerts: readFileSync(clients) } : undefined
shim.server(chaincode, { ccid, address, tlsProps }).start().catch((error) => {
  console.error(error)
  process.exit(1)
})
