import { expect } from 'chai'
import { Shim } from 'fabric-shim'
import type { Stub } from '../../ledger/chaincode/stub.ts'
import { endorsementPolicy } from '../../ledger/chaincode/endorsement-policy.ts'
import { aCaller } from '../support/stub-ledger.ts'
import { StubNetwork, type Call, type StubOrganisation } from '../support/stub-network.ts'

/** The stub would prove nothing if it were kinder than Fabric. */
describe('the stub of a network', () => {
  let network: StubNetwork, creator: Call['creator']
  const two = ['PortMSP', 'AssocMSP'] as const
  before(async () => { creator = await aCaller('PortMSP') })
  beforeEach(() => { network = new StubNetwork({ clock: () => new Date() }) })

  /** Lets every peer run this instead of the chaincode. */
  const runs = (program: (stub: Stub, organisation: StubOrganisation) => Promise<unknown>): void => {
    for (const organisation of ['PortMSP', 'AssocMSP', 'BankMSP'] as const)
      network.replaceChaincode(organisation, (honest) => ({ Init: (stub) => honest.Init(stub), Invoke: async (stub) => Shim.success(Buffer.from(JSON.stringify((await program(stub, organisation)) ?? null))) }))
  }
  const endorse = (organisations: readonly StubOrganisation[] = two) => network.endorse({ creator, name: 'any', argument: null }, organisations)
  const done = async (program: Parameters<typeof runs>[0], organisations?: readonly StubOrganisation[]) => {
    runs(program)
    const endorsed = await endorse(organisations)
    return { answer: endorsed.answer, code: (await network.commit(endorsed)).code }
  }
  const said = async (stub: Stub, key: string): Promise<string> => Buffer.from(await stub.getState(key)).toString()
  const put = (key: string, value: string) => (stub: Stub) => stub.putState(key, Buffer.from(value))

  it('does not show a transaction what it wrote itself', async () => {
    await done(put('box', 'empty'))
    expect(await done(async (stub) => {
      await stub.putState('box', Buffer.from('full'))
      return said(stub, 'box')
    })).to.deep.equal({ answer: 'empty', code: 0 })
    expect((await done((stub) => said(stub, 'box'))).answer).to.equal('full')
  })
  it('invalidates what read something that has changed since, be it only that it was not there', async () => {
    runs(async (stub) => {
      await said(stub, 'box')
      await put('box', 'mine')(stub)
    })
    const rivals = [await endorse(), await endorse()] as const
    expect([(await network.commit(rivals[0])).code, (await network.commit(rivals[1])).code]).to.deep.equal([0, 11])
  })
  it('wants two organisations for what has no policy of its own, and for a key with one whom that one names', async () => {
    expect((await done(put('box', 'full'), ['PortMSP'])).code).to.equal(10)
    const policy = endorsementPolicy({ endorsers: ['BankMSP'], recovery: { organisations: ['PortMSP', 'AssocMSP'], quorum: 2 } })
    expect((await done(async (stub) => {
      await put('box', 'full')(stub)
      await stub.setStateValidationParameter('box', policy)
    })).code).to.equal(0)
    expect((await done(put('box', 'empty'))).code).to.equal(10)
    expect((await done((stub) => stub.setStateValidationParameter('box', endorsementPolicy({ endorsers: ['PortMSP'], recovery: { organisations: ['PortMSP'], quorum: 1 } })))).code).to.equal(10)
    expect((await done(put('box', 'empty'), ['BankMSP'])).code).to.equal(0)
    expect((await done((stub) => stub.deleteState('box'), ['BankMSP'])).code).to.equal(0)
    expect(network.policyOf('box')).to.equal(null)
    expect((await done(put('box', 'new'))).code).to.equal(0)
  })
  it('notices results that hang on the machine', async () => {
    const outcomes = []
    for (const program of [async (stub: Stub) => put('day', new Date(2026, 0, 1).toISOString())(stub), async (_: Stub, organisation: string) => organisation]) {
      runs(program)
      outcomes.push(await endorse().then(() => 'agreed', (error: unknown) => (error as Error).message))
    }
    expect(outcomes).to.deep.equal(Array(2).fill('ProposalResponsePayloads do not match'))
  })
  it('takes one event, whole keys and non-empty values', async () => {
    const wrong: ((stub: Stub) => unknown)[] = [
      (stub) => [stub.setEvent('one', Buffer.from('1')), stub.setEvent('two', Buffer.from('2'))], (stub) => stub.createCompositeKey('bill', ['a\0b']), (stub) => stub.createCompositeKey('', ['a']), (stub) => stub.createCompositeKey('bill', ['']),
      (stub) => stub.getState(''), (stub) => stub.putState('\0bill', Buffer.from('x')), (stub) => stub.putState('bill', new Uint8Array()),
    ]
    for (const call of wrong) {
      runs(async (stub) => { await call(stub) })
      expect(await endorse().then(() => 'taken', () => 'refused'), call.toString()).to.equal('refused')
    }
  })
  it('gives an organisation’s secrets to its own peer, by a transaction that it endorsed', async () => {
    const confide = (stub: Stub) => stub.putPrivateData('_implicit_org_BankMSP', 'terms', Buffer.from('secret'))
    expect((await done(confide)).code).to.equal(10)
    expect((await done(confide, ['PortMSP', 'BankMSP'])).code).to.equal(0)
    runs(async (stub) => Buffer.from(await stub.getPrivateData('_implicit_org_BankMSP', 'terms')).toString())
    expect((await endorse(['BankMSP'])).answer).to.equal('secret')
    expect(await endorse(['PortMSP']).then(() => 'told', (error: unknown) => (error as Error).message)).to.include('not available')
  })
})
