import { makeSigner, signerFromPkcs8, verifySignature } from '@yidan/ledger/signing'
import { expect } from 'chai'
import { BackupFault, openBackup, sealBackup } from './backup.ts'

describe('The backup file of a signing key', () => {
  const passphrase = '东方红 long passphrase'
  const person = `u${'1'.repeat(32)}`

  async function aBackup() {
    const made = await makeSigner({ extractable: true })
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', made.pair.privateKey))
    return { made, file: await sealBackup({ pkcs8, passphrase, keyId: made.keyId, person, now: new Date('2026-11-21T00:00:00Z') }) }
  }

  async function faultOf(content: string, words: string): Promise<string> {
    try {
      await openBackup({ content, passphrase: words })
    } catch (error) {
      if (error instanceof BackupFault) return error.code
      throw error
    }
    return 'opened'
  }

  it('gives the same key back to whoever knows the passphrase', async () => {
    const { made, file } = await aBackup()
    const { pkcs8 } = await openBackup({ content: JSON.stringify(file), passphrase })
    const again = await signerFromPkcs8(pkcs8)
    expect(again.keyId).to.equal(made.keyId)
    expect(again.pair.privateKey.extractable).to.equal(false)
    expect(await verifySignature({ publicKey: made.publicKey, text: '一单', value: await again.sign('一单') })).to.equal(true)
  })

  it('takes the same passphrase typed on another keyboard: full width or half width', async () => {
    const { made, file } = await aBackup()
    const { file: opened } = await openBackup({ content: JSON.stringify(file), passphrase: passphrase.replace('long', 'ｌｏｎｇ') })
    expect(opened.keyId).to.equal(made.keyId)
  })

  it('stays shut for a wrong passphrase, a changed name and a broken file', async () => {
    const { file } = await aBackup()
    expect(await faultOf(JSON.stringify(file), 'another passphrase')).to.equal('passphrase')
    expect(await faultOf(JSON.stringify({ ...file, person: `u${'2'.repeat(32)}` }), passphrase)).to.equal('passphrase')
    expect(await faultOf('not a backup', passphrase)).to.equal('unreadable')
    expect(await faultOf(JSON.stringify({ ...file, format: 'other' }), passphrase)).to.equal('unreadable')
  })

  it('does not carry the private key in the clear', async () => {
    const { made, file } = await aBackup()
    const { d } = await crypto.subtle.exportKey('jwk', made.pair.privateKey)
    const bytes = Buffer.from(d ?? '', 'base64url')
    expect(bytes.length).to.equal(32)
    expect(Buffer.from(file.cipher.text, 'base64').includes(bytes)).to.equal(false)
  })
})
