import { statementAddress } from '@yidan/api/contract'
import { billNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { readScan } from './scanned.ts'

describe('what is scanned at the gate', () => {
  const number = billNumber({ prefix: 'LYLG', month: '2611', serial: 42 })
  const address = statementAddress({ publicUrl: 'https://yidan.example', signature: new Uint8Array(64), statement: { billNumber: number, state: 'ISSUED', seq: 3, at: '2026-11-24T04:12:30.000Z', hashStart: '0123456789abcdef0123456789abcdef', keyId: 'fedcba9876543210' } })

  it('is a bill with half its hash, from the statement in its QR', () => {
    expect(readScan(address)).to.deep.equal({ kind: 'bill', billNumber: number, hashStart: '0123456789abcdef0123456789abcdef' })
  })
  it('is a bill with the first sixteen digits, on an older print', () => {
    expect(readScan(`https://yidan.example/v/${number}?h=0123456789ABCDEF`)).to.deep.equal({ kind: 'bill', billNumber: number, hashStart: '0123456789abcdef' })
  })
  it('is a bill that no hash fits, when something else stands in the statement’s place', () => {
    for (const code of [address.slice(0, -1), `${address.slice(0, address.indexOf('#'))}#made-up`]) expect(readScan(code)).to.deep.equal({ kind: 'bill', billNumber: number, hashStart: '' })
  })
})
