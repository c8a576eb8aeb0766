import { expect } from 'chai'
import type { BillId } from '../domain/index.ts'
import { LedgerUnavailable } from '../port.ts'
import type { Head } from './contract.ts'
import { Heads } from './heads.ts'

const bill = `b${'0'.repeat(32)}` as BillId
const headOf = (entries: number): Head => ({ stream: Array.from({ length: entries }, (_, n) => [`c${n}`, `t${n}`] as never), endorsers: ['PortMSP', 'BankMSP'] })

describe('heads as the blocks tell them', () => {
  it('are asked again when a peer answers with an older one', async () => {
    const answers = [headOf(2), headOf(2), headOf(3)]
    const heads = new Heads({ read: async () => answers.shift() ?? null })
    heads.learn(bill, headOf(3))
    expect((await heads.read(bill))?.stream).to.have.length(3)
    expect(answers).to.have.length(0)
  })
  it('never go back to an older one', () => {
    const heads = new Heads({ read: async () => null })
    heads.learn(bill, headOf(3))
    heads.learn(bill, { ...headOf(2), endorsers: ['BankMSP'] })
    expect(heads.known(bill)).to.deep.equal({ seq: 3, endorsers: ['PortMSP', 'BankMSP'] })
    expect(heads.remembered(bill)?.stream).to.have.length(3)
  })
  it('learn from what is read', async () => {
    const heads = new Heads({ read: async () => headOf(4) })
    await heads.read(bill)
    expect(heads.known(bill)).to.deep.equal({ seq: 4, endorsers: ['PortMSP', 'BankMSP'] })
  })
  it('are remembered whole, those used last longest', () => {
    const heads = new Heads({ read: async () => null })
    const numbered = (n: number): BillId => `b${String(n).padStart(32, '0')}` as BillId
    for (let n = 0; n < 2_000; n += 1) heads.learn(numbered(n), headOf(1))
    expect(heads.remembered(numbered(0))?.stream).to.have.length(1)
    heads.learn(numbered(2_000), headOf(1))
    expect(heads.remembered(numbered(0))?.stream).to.have.length(1)
    expect(heads.remembered(numbered(1))).to.equal(null)
    expect(heads.known(numbered(1))?.seq).to.equal(1)
  })
  it('are forgotten when nobody tells of them, but not how far they were', async () => {
    const heads = new Heads({ read: async () => headOf(3) })
    heads.learn(bill, headOf(3))
    heads.forgetAll()
    expect(heads.remembered(bill)).to.equal(null)
    expect(heads.known(bill)?.seq).to.equal(3)
    await heads.read(bill)
    expect(heads.remembered(bill)?.stream).to.have.length(3)
  })
  it('say that the ledger cannot tell when every peer stays behind', async () => {
    const heads = new Heads({ read: async () => headOf(1) })
    heads.learn(bill, headOf(2))
    const told = await heads.read(bill).catch((error: unknown) => error)
    expect(told).to.be.instanceOf(LedgerUnavailable)
  })
})
