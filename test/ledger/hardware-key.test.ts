import { expect } from 'chai'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { pkcs11Signer, type Pkcs11Signer } from '@yidan/ledger/signing/pkcs11'
import { verifySignature } from '@yidan/ledger/signing'
import { openEmbeddedLedger } from '@yidan/ledger/embedded'
import { generateKeyPairSync } from 'node:crypto'
import { aBill, aCast, aPartyId, aPersonTag } from '../support/ledger-actors.ts'
import { skipBecause } from '../../api/launch/skip-because.ts'
import { aSoftHsm, makeKeyIn, whyNoSoftHsm, type SoftHsm } from '../support/soft-hsm.ts'

describe('a key in a hardware token', function () {
  let token: SoftHsm
  const opened: Pkcs11Signer[] = []
  before(async function () {
    const why = whyNoSoftHsm()
    if (why !== null) skipBecause(this, why)
    token = await aSoftHsm()
    await makeKeyIn(token, { label: 'registrar' })
  })
  after(async () => {
    for (const signer of opened) await signer.close()
    await (token as SoftHsm | undefined)?.close()
  })
  const open = async (address: string): Promise<Pkcs11Signer> => {
    const signer = await pkcs11Signer(address)
    opened.push(signer)
    return signer
  }
  const faultOf = (address: string): Promise<string> => open(address).then(() => 'opened', (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`)

  it('signs as a key in a file does, many at a time, and is the same key when it is opened again', async () => {
    const signer = await open(token.address('registrar'))
    const texts = Array.from({ length: 40 }, (_, index) => `提单 ${index}`)
    const values = await Promise.all(texts.map((text) => signer.sign(text)))
    for (const [index, text] of texts.entries()) expect(await verifySignature({ publicKey: signer.publicKey, text, value: values[index] ?? '' }), text).to.equal(true)
    expect(await verifySignature({ publicKey: signer.publicKey, text: 'another', value: values[0] ?? '' })).to.equal(false)
    expect(values.every((value) => /^[A-Za-z0-9_-]{86}$/.test(value))).to.equal(true)
    const again = await open(token.address('registrar'))
    expect([again.keyId, again.publicKey]).to.deep.equal([signer.keyId, signer.publicKey])
  })

  it('is the registrar of a ledger, which takes parties in and records a whole bill on its word', async () => {
    const signer = await open(token.address('registrar'))
    const registrar = { partyId: aPartyId(), person: aPersonTag(), publicKey: signer.publicKey }
    const directory = join(tmpdir(), `yidan-hsm-ledger-${randomBytes(4).toString('hex')}`)
    const serviceKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const ledger = await openEmbeddedLedger({ directory, network: 'test', registrar, serviceKey, clock: () => new Date() })
    const cast = await aCast(ledger, { ...registrar, signer })
    const { billId } = await aBill(ledger, cast, { kind: 'blank' })
    const title = await ledger.read(billId)
    expect(title?.state.name).to.equal('ISSUED')
    const [first] = await ledger.history(cast.carrier.partyId)
    expect(first?.signed.signatures.map(({ keyId }) => keyId)).to.include(signer.keyId)
    await ledger.close()
  })

  it('takes its PIN from a file that only its owner reads', async () => {
    const file = join(tmpdir(), `yidan-pin-${randomBytes(4).toString('hex')}`)
    await writeFile(file, `${token.pin}\n`)
    await chmod(file, 0o600)
    expect((await open(token.address('registrar', `&pin-source=file:${file}`))).publicKey).to.have.length.greaterThan(100)
    expect(await faultOf(token.address('registrar', '&pin-source=file:/nowhere/pin'))).to.contain('/nowhere/pin')
  })

  it('that is not there, is of another curve or wants another token is said so, without its PIN', async () => {
    await makeKeyIn(token, { label: 'wide', curve: 'p384' })
    await makeKeyIn(token, { label: 'twice', id: 'one' })
    await makeKeyIn(token, { label: 'twice', id: 'two' })
    expect(await faultOf(token.address('nobody'))).to.equal('Pkcs11Fault: the token holds no such P-256 key, or shows it only with a PIN')
    expect(await faultOf(token.address('wide'))).to.equal('Pkcs11Fault: the key is not on the curve P-256')
    expect(await faultOf(token.address('twice'))).to.contain('several keys')
    expect((await open(token.address('twice;id=%6fne'))).keyId).to.not.equal((await open(token.address('twice;id=two'))).keyId)
    expect(await faultOf(`pkcs11:token=elsewhere;object=registrar?module-path=${token.modulePath}&pin-value=${token.pin}`)).to.contain('no token')
    expect(await faultOf('pkcs11:object=registrar?module-path=/nowhere.so&pin-value=secret1')).to.match(/^Pkcs11Fault: the module \/nowhere\.so cannot be loaded/).and.not.contain('secret1')
  })
})
