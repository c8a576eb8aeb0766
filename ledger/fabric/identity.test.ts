import { expect } from 'chai'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { lowSDer } from './identity.ts'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const raw = (r: bigint, s: bigint): Uint8Array => Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex')

describe('the form of a gateway’s signature', () => {
  it('has the smaller of the two values, the only one a peer takes', () => {
    expect(Buffer.from(lowSDer(raw(1n, order - 5n))).toString('hex')).to.equal('3006020101020105')
    expect(Buffer.from(lowSDer(raw(1n, 5n))).toString('hex')).to.equal('3006020101020105')
  })
  it('keeps a leading zero where the first bit is set, and none elsewhere', () => {
    expect(Buffer.from(lowSDer(raw(0x80n, 0x7fn))).toString('hex')).to.equal('30070202008002017f')
  })
  it('is a signature of its key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const message = Buffer.from('a proposal')
    for (let tries = 0; tries < 20; tries += 1) {
      const der = lowSDer(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
      expect(verify('sha256', message, createPublicKey(privateKey), der)).to.equal(true)
    }
  })
})
