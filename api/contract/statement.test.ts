import { BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { readStatement, statementAddress, statementBytes, statementStates, type BillStatement } from './statement.ts'

const statement: BillStatement = { billNumber: BillNumber.parse('LYLG26110000019'.slice(0, 14) + checkCharacter('LYLG2611000001')), state: 'ISSUED', seq: 7, at: '2026-11-24T04:12:30.000Z', hashStart: '00112233445566778899aabbccddeeff', keyId: 'fedcba9876543210' }
const signature = Uint8Array.from({ length: 64 }, (_, index) => 255 - index)
const publicUrl = 'https://bills.example.cn/'

function checkCharacter(body: string): string {
  for (const character of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') if (BillNumber.safeParse(body + character).success) return character
  throw new RangeError('every number has a check character')
}

describe('the statement in a QR', () => {
  it('comes back as it went in, in every state', () => {
    for (const state of statementStates) {
      const address = statementAddress({ publicUrl, statement: { ...statement, state }, signature })
      expect(readStatement(address)).to.deep.equal({ is: 'statement', statement: { ...statement, state }, signature })
    }
  })
  it('is in the fragment, in characters that a QR writes short and an address takes as they are', () => {
    const [page = '', fragment = ''] = statementAddress({ publicUrl, statement, signature }).split('#')
    expect(page).to.equal(`https://bills.example.cn/v/${statement.billNumber}`)
    expect(fragment).to.match(/^[0-9A-Z$*+\-/]{144}$/)
    expect(new URL(`${page}#${fragment}`).hash).to.equal(`#${fragment}`)
  })
  it('is signed with the network and the number of the bill', () => {
    const bytes = (one: BillStatement, network: string): string => Buffer.from(statementBytes(one, network)).toString('hex')
    const other = BillNumber.parse('LYLG2611000002' + checkCharacter('LYLG2611000002'))
    expect(new Set([bytes(statement, 'one'), bytes(statement, 'other'), bytes({ ...statement, billNumber: other }, 'one'), bytes({ ...statement, seq: 8 }, 'one')]).size).to.equal(4)
  })
  it('is damaged when it was cut off, misread or made up, and none where an older print has none', () => {
    const address = statementAddress({ publicUrl, statement, signature })
    expect(readStatement(address.slice(0, -3)).is).to.equal('damaged')
    expect(readStatement(`${address.slice(0, -1)}a`).is).to.equal('damaged')
    expect(readStatement(`${address.slice(0, -3)}///`).is).to.equal('damaged')
    expect(readStatement(address.replace('LYLG', 'LYLH')).is).to.equal('damaged')
    expect(readStatement(address.replace('#', '#///')).is).to.equal('damaged')
    expect(readStatement(`https://bills.example.cn/v/${statement.billNumber}?h=0123456789abcdef`)).to.deep.equal({ is: 'none' })
    expect(readStatement('CSQU3054383')).to.deep.equal({ is: 'none' })
  })
  it('keeps a very late entry as the last number there is', () => {
    const read = readStatement(statementAddress({ publicUrl, statement: { ...statement, seq: 70_000 }, signature }))
    expect(read.is === 'statement' && read.statement.seq).to.equal(65_535)
  })
})
