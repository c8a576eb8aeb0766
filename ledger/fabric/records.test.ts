import { expect } from 'chai'
import { blockOf, newsOf, positionBefore, positionOf } from './records.ts'

const txId = 'ab12'
const write = (key: string, value: unknown, namespace = 'title') => ({ namespace, key, value: value === null ? new Uint8Array() : Buffer.from(JSON.stringify(value)) })
const bill = `b${'1'.repeat(32)}`
const record = { records: [{ commandId: 'c1', entries: [{ subject: bill, seq: 3, hash: 'h' }] }, { commandId: 'c2', entries: [] }], recordedAt: '2026-11-21T08:00:00.000Z' }
const block = (code: number, writes = [write(`\u0000record\u0000${txId}\u0000`, record), write(`\u0000bill\u0000${bill}\u0000`, { title: {}, stream: [['c0', 't0'], ['c1', txId]], endorsers: ['BankMSP', 'PortMSP'] })]) =>
  ({ number: 7, transactions: [{ txId: '', code: 0, writes: [] }, { txId, code, writes }] })

describe('positions', () => {
  it('grow with block, place and record, and say which block they lie in', () => {
    const places = [[7, 0, 0], [7, 0, 1], [7, 1, 0], [8, 0, 0]].map(([number = 0, place = 0, nth = 0]) => positionOf({ block: number, place, nth }))
    expect(places).to.deep.equal([...places].sort((one, other) => one - other))
    expect(places.map(blockOf)).to.deep.equal([7, 7, 7, 8])
    expect(blockOf(positionBefore(8))).to.equal(7)
    expect(positionBefore(0)).to.equal(0)
  })
  it('stay whole numbers as long as a chain may grow', () => expect(Number.isSafeInteger(positionOf({ block: 2 ** 32, place: 1_023, nth: 127 }))).to.equal(true))
})

describe('what a block says', () => {
  it('is what its valid transactions recorded, each record with its position, and the heads they wrote', () => {
    const { records, heads, outcomes } = newsOf(block(0), 'title')
    expect(records.map(({ commandId, position }) => [commandId, position])).to.deep.equal([['c1', positionOf({ block: 7, place: 1, nth: 0 })], ['c2', positionOf({ block: 7, place: 1, nth: 1 })]])
    expect(heads).to.deep.equal([{ subject: bill, head: { title: {}, stream: [['c0', 't0'], ['c1', txId]], endorsers: ['BankMSP', 'PortMSP'] } }])
    expect(outcomes.map(({ code }) => code)).to.deep.equal([0, 0])
  })
  it('is nothing of what was invalidated', () => {
    const { records, heads, outcomes } = newsOf(block(11), 'title')
    expect([records, heads]).to.deep.equal([[], []])
    expect(outcomes[1]).to.include({ txId, code: 11, block: 7 })
  })
  it('is nothing of another chaincode, however its keys are called', () => {
    expect(newsOf(block(0, [write(`\u0000record\u0000${txId}\u0000`, record, 'other'), write(`\u0000record\u0000other\u0000`, record)]), 'title').records).to.deep.equal([])
  })
})
