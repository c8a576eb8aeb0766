import { expect } from 'chai'
import type { BillId, CommandId, KeyId, Party, PartyId, SigningKey, Title } from '../domain/index.ts'
import type { CommandStatus } from '../port.ts'
import type { Head } from './contract.ts'
import { Heads } from './heads.ts'
import { NearbyHeads } from './nearby.ts'

const bill = `b${'0'.repeat(32)}` as BillId, party = `p${'0'.repeat(32)}` as PartyId, keyId = `k${'0'.repeat(40)}` as KeyId
const signingKey = { keyId, partyId: party } as SigningKey
const titleAt = (seq: number): Head => ({ title: { billId: bill, seq } as Title, stream: Array.from({ length: seq }, (_, n) => [`c${n + 1}` as CommandId, `t${n + 1}`] as const) })
const partyHead: Head = { party: { partyId: party, keys: { [keyId]: signingKey } } as unknown as Party, stream: [['c0' as CommandId, 't0']] }

describe('what is nearby', () => {
  let asked: string[], told: boolean, heads: Heads, nearby: NearbyHeads
  beforeEach(() => {
    asked = []
    told = true
    heads = new Heads({ read: async (subject) => (asked.push(subject), subject === bill ? titleAt(2) : partyHead) })
    nearby = new NearbyHeads({
      heads, contract: { key: async () => (asked.push('key'), signingKey) }, isTold: () => told,
      status: async () => (asked.push('status'), { state: 'recorded' } as CommandStatus),
    })
  })

  it('is asked of the ledger once, and told without asking from then on', async () => {
    expect((await nearby.read(bill))?.seq).to.equal(2)
    expect((await nearby.read(bill))?.seq).to.equal(2)
    expect(asked).to.deep.equal([bill])
  })
  it('is what the blocks told last', async () => {
    await nearby.read(bill)
    heads.learn(bill, titleAt(3))
    expect((await nearby.read(bill))?.seq).to.equal(3)
    expect(asked).to.deep.equal([bill])
  })
  it('is asked each time while no blocks come', async () => {
    told = false
    await nearby.read(bill)
    await nearby.read(bill)
    expect(asked).to.deep.equal([bill, bill])
  })
  it('knows the keys of the parties it knows, and asks for the others', async () => {
    expect(await nearby.key(keyId)).to.equal(signingKey)
    expect(asked).to.include('key')
    heads.learn(party, partyHead)
    asked = []
    expect(await nearby.key(keyId)).to.equal(signingKey)
    expect(await nearby.party(party)).to.equal(partyHead.party)
    expect(asked).to.deep.equal([])
  })
  it('says of a command in the stream what the ledger says, and of one that is not there that it is not', async () => {
    heads.learn(bill, titleAt(2))
    expect(await nearby.holds({ commandId: 'c9' as CommandId, subject: bill, expects: 2 })).to.equal(false)
    expect(asked).to.deep.equal([])
    expect(await nearby.holds({ commandId: 'c2' as CommandId, subject: bill, expects: 1 })).to.equal(true)
    expect(asked).to.deep.equal(['status'])
  })
})
