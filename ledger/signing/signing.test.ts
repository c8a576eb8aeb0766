import { expect } from 'chai'
import { createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeChecks } from './node-checks.ts'
import { fileSigner } from './file.ts'
import { fromBase64, makeSigner, signerFromPkcs8, toBase64, verifySignature } from './index.ts'

describe('a signer', () => {
  it('signs what a ledger checks with another implementation', async () => {
    const { publicKey, keyId, sign } = await makeSigner()
    const signature = await sign('提单 bill')
    expect(signature).to.match(/^[A-Za-z0-9_-]{86}$/)
    expect(nodeChecks.verify({ publicKey, text: '提单 bill', signature })).to.equal(true)
    expect(nodeChecks.verify({ publicKey, text: '提单 bill.', signature })).to.equal(false)
    expect(await verifySignature({ publicKey, text: '提单 bill', value: signature })).to.equal(true)
    expect(await verifySignature({ publicKey, text: 'another', value: signature })).to.equal(false)
    expect(await verifySignature({ publicKey: 'no key', text: 'another', value: signature })).to.equal(false)
    expect(nodeChecks.keyIdOf(publicKey)).to.equal(keyId)
  })
  it('keeps its private key unless it was made to be backed up', async () => {
    const [kept, open] = [await makeSigner(), await makeSigner({ extractable: true })]
    const leak = await crypto.subtle.exportKey('pkcs8', kept.pair.privateKey).then(() => 'leaked', () => 'kept')
    expect(leak).to.equal('kept')
    const backup = new Uint8Array(await crypto.subtle.exportKey('pkcs8', open.pair.privateKey))
    expect((await signerFromPkcs8(backup)).keyId).to.equal(open.keyId)
  })
  it('has one name: a key spelled otherwise is no key', async () => {
    const { publicKey } = await makeSigner()
    const { x = '', y = '' } = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }).export({ format: 'jwk' })
    const isOdd = (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 1
    const compressed = Buffer.concat([Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'), Buffer.from([isOdd ? 3 : 2]), Buffer.from(x, 'base64url')])
    expect(createPublicKey({ key: compressed, format: 'der', type: 'spki' }).asymmetricKeyType, 'OpenSSL reads it').to.equal('ec')
    expect(nodeChecks.keyIdOf(compressed.toString('base64'))).to.equal(null)
    expect(nodeChecks.keyIdOf(toBase64(new Uint8Array([...fromBase64(publicKey), 0])))).to.equal(null)
    expect(nodeChecks.keyIdOf('')).to.equal(null)
  })
})

describe('a key file', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'yidan-keys-')) })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is made at first use, readable by its owner alone, and gives the same key ever after', async () => {
    const path = join(folder, 'keys', 'service.pem')
    const first = await fileSigner(path)
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect(await readFile(path, 'utf8')).to.match(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n$/)
    const again = await fileSigner(path)
    expect(again.keyId).to.equal(first.keyId)
    expect(nodeChecks.verify({ publicKey: first.publicKey, text: 'bill', signature: await again.sign('bill') })).to.equal(true)
  })
  it('that holds something else is named, and left alone', async () => {
    const path = join(folder, 'service.pem')
    await writeFile(path, 'not a key')
    const fault = await fileSigner(path).then(() => 'opened', (error: unknown) => String(error))
    expect(fault).to.contain(path)
    expect(await readFile(path, 'utf8')).to.equal('not a key')
  })
})
