import { canonicalJson, type BillId, type Hash, type SignedCommand } from '@yidan/ledger'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { aBill, aCast, act, aHash, anActor, anApprovedBill, inDays, issueArgs, registerKey, signedAct, type Actor, type Cast } from '../support/ledger-actors.ts'
import { aCaller, constitutionOf, openStubLedger, type StubbedLedger } from '../support/stub-ledger.ts'
import { EndorsementFailed, StubNetwork, type Endorsed, type StubOrganisation } from '../support/stub-network.ts'
import { policyText } from '../support/stub-policy.ts'

/** What the chaincode adds to the rules: who must endorse, how much it asks of a peer, whom and when it believes. */
describe('the chaincode', () => {
  let opened: StubbedLedger, network: StubNetwork, cast: Cast
  before(async () => {
    opened = await openStubLedger()
    network = opened.network
    cast = await aCast(opened.ledger, opened.registrar)
  })
  after(() => opened.close())

  const blank = async (): Promise<BillId> => (await aBill(opened.ledger, cast, { kind: 'blank' })).billId
  const offer = (subject: BillId, by: Actor, to: Actor) => signedAct(opened.ledger, { by, action: 'offerPossession', subject, args: { to: to.partyId, expiresAt: inDays(1) } })
  const give = async (billId: BillId, from: Actor, to: Actor): Promise<void> => {
    await opened.ledger.submit(await offer(billId, from, to))
    await act(opened.ledger, { by: to, action: 'acceptOffer', subject: billId, args: {} })
  }
  const pledge = async (billId: BillId): Promise<void> => {
    await act(opened.ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
    await act(opened.ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
  }
  const submit = (batch: unknown, organisations: readonly StubOrganisation[] = ['PortMSP', 'AssocMSP'], given: { time?: Date; creator?: typeof opened.gateway; confidential?: readonly string[] } = {}) =>
    network.endorse({ creator: opened.gateway, name: 'submit', argument: batch, ...given }, organisations)
  const answersOf = ({ answer }: Endorsed) => answer as Record<string, unknown>[]
  const policyOf = (billId: BillId): string => policyText(network.policyOf(`\0bill\0${billId}\0`) ?? new Uint8Array())
  /** The fault a call ends with. */
  const fault = async (call: Promise<unknown>): Promise<{ code: string; detail: Record<string, unknown> }> => {
    const outcome = await call.then(() => 'it went through', (error: unknown) => error)
    if (!(outcome instanceof EndorsementFailed)) throw outcome instanceof Error ? outcome : new Error(String(outcome))
    return JSON.parse(outcome.message) as { code: string; detail: Record<string, unknown> }
  }

  describe('asks little of its peer', () => {
    it('six round trips for a lone change of possession, policy included', async () => {
      const billId = await blank()
      await opened.ledger.submit(await offer(billId, cast.shipper, cast.bank))
      const { simulation } = await submit([await signedAct(opened.ledger, { by: cast.bank, action: 'acceptOffer', subject: billId, args: {} })])
      // Constitution, bill, acting party; bill, record; policy.
      expect(simulation.calls).to.deep.equal(['getState', 'getState', 'getState', 'putState', 'putState', 'setStateValidationParameter'])
    })
    it('two round trips an act and five more in a batch of fifty', async () => {
      const bills = await Promise.all(Array.from({ length: 50 }, blank))
      const endorsed = await submit(await Promise.all(bills.map((billId) => offer(billId, cast.shipper, cast.buyer))))
      expect(answersOf(endorsed).map((answer) => answer['recorded'])).to.deep.equal(bills.map((_, index) => index))
      // Constitution, both parties, and the one record.
      expect(endorsed.simulation.calls.length).to.be.at.most(2 * bills.length + 5)
      expect((await network.commit(endorsed)).code).to.equal(0)
    })
    it('reads no bill but those an act is about', async () => {
      const { simulation } = await submit([await offer(await blank(), cast.shipper, cast.buyer)])
      expect([...simulation.reads.keys()].filter((key) => key.startsWith('\0bill\0'))).to.have.length(1)
    })
  })

  describe('ties a bill to the organisations that stand for it', () => {
    it('the operator and the possessor’s, or two administrators of the recovery group', async () => {
      const billId = await blank()
      expect(policyOf(billId)).to.equal('1 of (2 of (AssocMSP.peer, PortMSP.peer), 2 of (PortMSP.admin, AssocMSP.admin, BankMSP.admin))')
      const { endorsers } = (await network.evaluate({ creator: opened.gateway, name: 'read', argument: billId }, 'BankMSP')) as { endorsers: unknown }
      expect(endorsers).to.deep.equal(['AssocMSP', 'PortMSP'])
    })
    it('moves with possession: who was asked before is not enough any more', async () => {
      const billId = await blank()
      const early = await submit([await offer(billId, cast.shipper, cast.bank)], ['PortMSP', 'AssocMSP'])
      expect((await network.commit(early)).code).to.equal(0)
      await act(opened.ledger, { by: cast.bank, action: 'acceptOffer', subject: billId, args: {} })
      expect(policyOf(billId)).to.match(/^1 of \(2 of \(BankMSP.peer, PortMSP.peer\)/)
      const next = await offer(billId, cast.bank, cast.buyer)
      for (const wrong of [['PortMSP', 'AssocMSP'], ['AssocMSP', 'BankMSP'], ['BankMSP'], ['PortMSP']] as const) expect((await network.commit(await submit([next], wrong))).code, wrong.join()).to.equal(10)
      expect((await network.commit(await submit([next], ['PortMSP', 'BankMSP']))).code).to.equal(0)
    })
    it('and to the bank’s while it is pledged', async () => {
      const billId = await blank()
      await pledge(billId)
      expect(policyOf(billId)).to.match(/^1 of \(2 of \(BankMSP.peer, PortMSP.peer\)/)
      const release = await signedAct(opened.ledger, { by: cast.bank, action: 'releasePledge', subject: billId, args: {} })
      expect((await network.commit(await submit([release], ['PortMSP', 'AssocMSP']))).code).to.equal(10)
      expect((await network.commit(await submit([release], ['PortMSP', 'BankMSP']))).code).to.equal(0)
      expect(policyOf(billId)).to.match(/^1 of \(2 of \(AssocMSP.peer, PortMSP.peer\)/)
    })
    it('and to the bank’s still when the carrier has it back while it is pledged', async () => {
      const billId = await blank()
      await pledge(billId)
      await act(opened.ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, with: [cast.bank], args: { purpose: 'delivery', reason: null } })
      expect((await opened.ledger.read(billId))?.possessor).to.equal(cast.carrier.partyId)
      expect(policyOf(billId)).to.match(/^1 of \(2 of \(BankMSP.peer, PortMSP.peer\)/)
    })
    it('is freed by a majority of administrators when an organisation is gone, never by peers alone', async () => {
      const billId = await blank()
      await give(billId, cast.shipper, cast.bank)
      const rescue = [await offer(billId, cast.bank, cast.buyer)]
      const byHand = (organisations: readonly StubOrganisation[]) => network.endorse({ creator: opened.gateway, name: 'submit', argument: rescue }, organisations, 'admin')
      expect((await network.commit(await byHand(['AssocMSP']))).code).to.equal(10)
      // Other keys of the transaction have no policy of their own: for them peers of two organisations endorse as ever.
      const [peers, administrators] = [await submit(rescue), await byHand(['PortMSP', 'AssocMSP'])]
      expect((await network.commit({ ...peers, endorsers: [...peers.endorsers, ...administrators.endorsers] })).code).to.equal(0)
    })
    it('never to an organisation that is not of the constitution', async () => {
      const stranger = await anActor()
      const signed = await signedAct(opened.ledger, { by: cast.registrar, action: 'registerParty', subject: stranger.partyId, args: { roles: ['consignee'], identityHash: aHash(), host: 'StrangerMSP' } })
      expect(answersOf(await submit([signed]))[0]).to.include({ refused: 'unknown-organisation' })
    })
    it('before it is issued, to any two', async () => {
      const { billId } = await anApprovedBill(opened.ledger, cast)
      expect(network.policyOf(`\0bill\0${billId}\0`)).to.equal(null)
    })
  })

  describe('decides a batch', () => {
    it('each act by itself: a bad one leaves its neighbours alone', async () => {
      const [one, two, three] = await Promise.all([blank(), blank(), blank()])
      const batch = [await offer(one, cast.shipper, cast.buyer), await offer(two, cast.thief, cast.buyer), { command: 'rubbish' }, null, await offer(three, cast.shipper, cast.buyer)]
      const endorsed = await submit(batch)
      expect(answersOf(endorsed).map(({ recorded, refused }) => recorded ?? refused)).to.deep.equal([0, 'not-possessor', 'malformed-command', 'malformed-command', 1])
      expect((await network.commit(endorsed)).code).to.equal(0)
      expect((await opened.ledger.read(two))?.offer).to.equal(null)
      expect((await opened.ledger.read(three))?.offer?.to).to.equal(cast.buyer.partyId)
      expect(network.blocks.at(-1)?.event?.name).to.equal('Title')
      expect(JSON.parse(Buffer.from(network.blocks.at(-1)?.event?.payload ?? []).toString())).to.deep.equal({ records: 2, bills: [one, three].sort().map((billId) => ({ billId, seq: 3 })) })
    })
    it('on top of what came before in it', async () => {
      const billId = await blank()
      const signed = await offer(billId, cast.shipper, cast.buyer)
      const [, twice] = answersOf(await submit([signed, await offer(billId, cast.shipper, cast.bank)]))
      expect(twice).to.deep.include({ refused: 'stale-sequence', detail: { expects: 2, have: 3 } })
      // Whoever knows what the first will come to may put the next one behind it.
      const time = new Date()
      const first = await submit([signed], ['PortMSP', 'AssocMSP'], { time })
      const head = JSON.parse(Buffer.from(first.simulation.writes.get(`\0bill\0${billId}\0`) ?? []).toString()) as { title: { seq: number; headHash: Hash } }
      const next = await signedAct(opened.ledger, { by: cast.buyer, action: 'acceptOffer', subject: billId, args: {}, but: { expects: head.title.seq, prevHash: head.title.headHash } })
      const endorsed = await submit([signed, next], ['PortMSP', 'AssocMSP'], { time })
      expect(answersOf(endorsed)).to.deep.equal([{ recorded: 0 }, { recorded: 1 }])
      expect((await network.commit(endorsed)).code).to.equal(0)
      expect((await opened.ledger.read(billId))?.possessor).to.equal(cast.buyer.partyId)
      expect((await opened.ledger.history(billId)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4])
    })
    it('and does nothing twice, in one batch or in two', async () => {
      const billId = await blank()
      const signed = await offer(billId, cast.shipper, cast.buyer)
      const other = await signedAct(opened.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: 'BLANK', manner: 'blank' }, but: { commandId: signed.command.commandId } })
      const endorsed = await submit([signed, signed, other])
      expect(answersOf(endorsed)).to.deep.equal([{ recorded: 0 }, { repeated: endorsed.txId }, { refused: 'command-id-reused', detail: { commandId: signed.command.commandId } }])
      expect((await network.commit(endorsed)).code).to.equal(0)
      const again = await submit([signed, other])
      expect(answersOf(again)).to.deep.equal([{ repeated: endorsed.txId }, { refused: 'command-id-reused', detail: { commandId: signed.command.commandId } }])
      expect([...again.simulation.writes.keys(), again.simulation.event]).to.deep.equal([null])
      expect((await network.commit(endorsed)).code, 'the same envelope').to.equal(9)
    })
    it('with a key that an act before it brought in, and without one that it took away', async () => {
      const clerk = await anActor(cast.shipper.partyId)
      const billId = await blank()
      await registerKey(opened.ledger, clerk, cast.shipper, ['title'])
      const revoke = await signedAct(opened.ledger, { by: cast.shipper, action: 'revokeKey', subject: cast.shipper.partyId, args: { keyId: clerk.signer.keyId, reason: 'left the company' } })
      const endorsed = await submit([revoke, await offer(billId, clerk, cast.buyer)])
      expect(answersOf(endorsed).map(({ recorded, refused }) => recorded ?? refused)).to.deep.equal([0, 'key-revoked'])
    })
    it('so that of three acts on one bill under way at once exactly one is recorded', async () => {
      const billId = await blank()
      const rivals = await Promise.all([cast.buyer, cast.bank, cast.thief].map(async (to) => submit([await offer(billId, cast.shipper, to)])))
      const codes = []
      for (const rival of rivals) codes.push((await network.commit(rival)).code)
      expect(codes).to.deep.equal([0, 11, 11])
    })
    it('so that of two issues of one box under way at once exactly one is recorded', async () => {
      const drafts = await Promise.all([1, 2].map(() => anApprovedBill(opened.ledger, cast)))
      const shared = issueArgs(cast, aHash()).containers
      const issues = await Promise.all(drafts.map(async ({ billId, docHash }) => submit([await signedAct(opened.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers: shared }) })])))
      expect([(await network.commit(issues[0] as Endorsed)).code, (await network.commit(issues[1] as Endorsed)).code]).to.deep.equal([0, 11])
    })
  })

  describe('believes', () => {
    it('no forged time, though the client may write any', async () => {
      const signed = await offer(await blank(), cast.shipper, cast.buyer)
      const shifted = (minutes: number) => new Date(Date.now() + minutes * 60_000)
      for (const time of [new Date('2020-01-01'), new Date('2040-01-01'), shifted(4), shifted(-17)]) expect((await fault(submit([signed], ['PortMSP', 'AssocMSP'], { time }))).code, time.toISOString()).to.equal('clock')
      for (const time of [shifted(0.5), shifted(-13)]) expect(answersOf(await submit([signed], ['PortMSP', 'AssocMSP', 'BankMSP'], { time }))).to.deep.equal([{ recorded: 0 }])
    })
    it('nobody who is not an organisation’s gateway', async () => {
      const signed = await offer(await blank(), cast.shipper, cast.buyer)
      const wrong = [
        await aCaller('PortMSP', { subject: [{ OU: ['admin'] }, { CN: ['gateway'] }] }), await aCaller('PortMSP', { subject: [{ OU: ['peer'] }, { CN: ['gateway'] }] }), await aCaller('PortMSP', { role: null }), await aCaller('PortMSP', { role: 'reader' }),
        await aCaller('PortMSP', { subject: [{ CN: ['gateway + OU=client'] }] }), await aCaller('PortMSP', { subject: [{ CN: ['a\nOU=client'] }] }), { organisation: 'PortMSP', certificate: 'no certificate' },
      ]
      for (const creator of wrong) {
        expect(await fault(submit([signed], ['PortMSP', 'AssocMSP'], { creator }))).to.deep.equal({ code: 'not-a-gateway', detail: {} })
        expect((await fault(network.endorse({ creator, name: 'init', argument: constitutionOf(opened.registrar) }, ['PortMSP', 'AssocMSP']))).code).to.equal('not-a-gateway')
      }
    })
    it('a gateway whose units stand in one part of its name, as Fabric’s own authority writes them', async () => {
      const creator = await aCaller('BankMSP', { subject: [{ OU: ['client'], CN: ['gateway'] }] })
      expect(answersOf(await submit([await offer(await blank(), cast.shipper, cast.buyer)], ['PortMSP', 'AssocMSP'], { creator }))).to.deep.equal([{ recorded: 0 }])
    })
    it('no organisation that is not of the constitution', async () => {
      const creator = await aCaller('StrangerMSP')
      expect(await fault(submit([await offer(await blank(), cast.shipper, cast.buyer)], ['PortMSP', 'AssocMSP'], { creator }))).to.deep.equal({ code: 'unknown-organisation', detail: { organisation: 'StrangerMSP' } })
    })
    it('no single peer: what one that lies comes to is never a transaction', async () => {
      const lying = await openStubLedger()
      try {
        const theirs = await aCast(lying.ledger, lying.registrar)
        const bill = await aBill(lying.ledger, theirs, { kind: 'blank' })
        const act = await signedAct(lying.ledger, { by: theirs.thief, action: 'offerPossession', subject: bill.billId, args: { to: theirs.thief.partyId, expiresAt: inDays(1) } })
        // It says of any act that it was recorded, and gives the bill to the thief.
        lying.network.replaceChaincode('BankMSP', (honest) => ({
          Init: (stub) => honest.Init(stub),
          async Invoke(stub) {
            const answer = await honest.Invoke(stub)
            const head = JSON.parse(Buffer.from(await stub.getState(`\0bill\0${bill.billId}\0`)).toString()) as { title: { possessor: string } }
            await stub.putState(`\0bill\0${bill.billId}\0`, Buffer.from(canonicalJson({ ...head, title: { ...head.title, possessor: theirs.thief.partyId } })))
            return { ...answer, payload: Buffer.from('[{"recorded":0}]') }
          },
        }))
        const call = { creator: lying.gateway, name: 'submit', argument: [act] }
        const outcome = await lying.network.endorse(call, ['PortMSP', 'BankMSP']).then(() => 'agreed', (error: unknown) => String(error))
        expect(outcome).to.include('ProposalResponsePayloads do not match')
        expect((await lying.network.commit(await lying.network.endorse(call, ['BankMSP']))).code).to.equal(10)
        expect((await lying.ledger.read(bill.billId))?.possessor).to.equal(theirs.shipper.partyId)
      } finally {
        await lying.close()
      }
    })
  })

  describe('keeps terms with whom they concern', () => {
    const terms = canonicalJson({ amount: '1234567.89', currency: 'CNY', salt: 'c1d5' })
    const termsHash = createHash('sha256').update(terms).digest('hex') as Hash
    const proposal = async (): Promise<SignedCommand> => signedAct(opened.ledger, { by: cast.shipper, action: 'proposePledge', subject: await blank(), args: { pledgee: cast.bank.partyId, termsHash } })
    const told = async (organisation: StubOrganisation) => network.evaluate({ creator: await aCaller(organisation), name: 'confidential', argument: termsHash }, organisation)

    it('the pledgee’s organisation alone, only with its endorsement, and only a hash on the channel', async () => {
      const signed = await proposal()
      const behindItsBack = await submit([signed], ['PortMSP', 'AssocMSP'], { confidential: [terms] })
      expect((await network.commit(behindItsBack)).code).to.equal(10)
      expect(await told('BankMSP')).to.equal(null)
      const endorsed = await submit([signed], ['PortMSP', 'AssocMSP', 'BankMSP'], { confidential: [terms] })
      expect([...endorsed.simulation.secrets.keys()]).to.deep.equal(['_implicit_org_BankMSP'])
      expect((await network.commit(endorsed)).code).to.equal(0)
      expect(await told('BankMSP')).to.equal(terms)
      for (const stranger of ['PortMSP', 'AssocMSP'] as const) {
        expect(await told(stranger)).to.equal(null)
        // Another's collection is not to be named: at the bank's peer it is still the asker's own that is read.
        expect(await network.evaluate({ creator: await aCaller(stranger), name: 'confidential', argument: termsHash }, 'BankMSP')).to.equal(null)
      }
      const channel = [...network.dump()].join()
      expect([channel.includes('1234567'), channel.includes(termsHash)]).to.deep.equal([false, true])
    })
    it('the next bank, when the pledge passes to it with new terms', async () => {
      const billId = await blank()
      await pledge(billId)
      const signed = await signedAct(opened.ledger, { by: cast.bank, action: 'assignPledge', subject: billId, with: [cast.bankSecond, cast.otherBank], args: { to: cast.otherBank.partyId, termsHash, filingHash: aHash() } })
      const { simulation, answer } = await submit([signed], ['PortMSP', 'AssocMSP', 'BankMSP'], { confidential: [terms] })
      expect(answer).to.deep.equal([{ recorded: 0 }])
      expect([...simulation.secrets]).to.deep.equal([['_implicit_org_BankMSP', new Map([[termsHash, new Uint8Array(Buffer.from(terms))]])]])
    })
    it('and takes no text that is not the one an act names', async () => {
      expect(await fault(submit([await proposal()], ['PortMSP', 'BankMSP'], { confidential: [`${terms} `] }))).to.deep.include({ code: 'confidential-not-named' })
      const refused = await submit([{ ...(await proposal()), signatures: (await proposal()).signatures }], ['PortMSP', 'BankMSP'], { confidential: [terms] })
      expect(answersOf(refused)[0]).to.include({ refused: 'bad-signature' })
      expect(refused.simulation.secrets.size).to.equal(0)
    })
  })

  describe('is founded', () => {
    const aNetwork = () => new StubNetwork({ clock: () => new Date() })
    const init = (where: StubNetwork, constitution: unknown) => where.endorse({ creator: opened.gateway, name: 'init', argument: constitution }, ['PortMSP', 'AssocMSP'])
    it('once: the same again does nothing, another is refused', async () => {
      const again = await init(network, constitutionOf(opened.registrar))
      expect(again.simulation.writes.size).to.equal(0)
      expect((await fault(init(network, { ...constitutionOf(opened.registrar), network: 'another' }))).code).to.equal('already-founded')
      expect((await fault(init(network, constitutionOf(await anActor())))).code).to.equal('already-founded')
    })
    it('on nothing but a sound constitution', async () => {
      const sound = constitutionOf(opened.registrar), [port, assoc, bank] = sound.organisations
      for (const wrong of [
        null, [], {}, 'constitution', { ...sound, more: 1 }, { ...sound, organisations: [] }, { ...sound, organisations: [port, port, bank] }, { ...sound, organisations: [assoc, bank] }, { ...sound, organisations: [port, { ...assoc, role: 'operator' }, bank] },
        { ...sound, organisations: [port, { ...assoc, role: 'king' }, bank] }, { ...sound, organisations: [port, assoc, { ...bank, id: 'a\0b' }] }, { ...sound, recovery: { organisations: ['PortMSP', 'Stranger'], quorum: 2 } }, { ...sound, recovery: { ...sound.recovery, quorum: 1 } },
        { ...sound, organisations: [...sound.organisations, { id: 'OtherMSP', role: 'bank' }], recovery: { organisations: [...sound.recovery.organisations, 'OtherMSP'], quorum: 2 } }, { ...sound, recovery: { ...sound.recovery, quorum: 4 } }, { ...sound, recovery: { organisations: ['PortMSP', 'PortMSP'], quorum: 2 } }, { ...sound, registrar: { ...sound.registrar, publicKey: 'no key' } }, { ...sound, registrar: { ...sound.registrar, partyId: 'p1' } },
      ]) expect((await fault(init(aNetwork(), wrong))).code, JSON.stringify(wrong)).to.equal('malformed-constitution')
    })
    it('before anything else', async () => {
      const { billId } = await aBill(opened.ledger, cast, { kind: 'blank' })
      const call = { creator: opened.gateway, name: 'submit', argument: [await offer(billId, cast.shipper, cast.buyer)] }
      expect((await fault(aNetwork().endorse(call, ['PortMSP']))).code).to.equal('not-founded')
    })
  })

  it('answers what is asked of it, and nothing when there is nothing', async () => {
    const ask = (name: string, argument?: unknown) => network.evaluate({ creator: opened.gateway, name, argument }, 'AssocMSP')
    const billId = await blank()
    const { commandId } = (await opened.ledger.history(billId))[1]?.signed.command ?? {}
    const { txId } = (await ask('status', { commandId, subject: billId, expects: 1 })) as { txId: string }
    expect(((await ask('record', txId)) as { records: { commandId: string }[] }).records.map((record) => record.commandId)).to.deep.equal([commandId])
    expect(await ask('key', cast.shipper.signer.keyId)).to.deep.include({ partyId: cast.shipper.partyId, publicKey: cast.shipper.signer.publicKey })
    expect([await ask('ping'), await ask('version'), await ask('constitution')]).to.deep.equal(['pong', { version: 'stub', code: 'stub' }, constitutionOf(opened.registrar)])
    const nobody = `b${'0'.repeat(32)}`
    expect([await ask('read', nobody), await ask('history', nobody), await ask('key', `k${'0'.repeat(40)}`), await ask('record', '0'.repeat(64)), await ask('status', { commandId, subject: nobody })]).to.deep.equal([null, [], null, null, null])
  })
  it('answers what nobody should ask with a code, never with a trace', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const raw = (args: readonly string[], transient = new Map<string, Uint8Array>()) => network.endorseProposal({ txId: '0'.repeat(64), args, transient, creator: opened.gateway, time: new Date() }, ['PortMSP'])
    const calls: readonly (readonly string[])[] = [
      [], [''], ['constructor', '{}'], ['__proto__', '1'], ['toString'], ['steal', '{}'], ['ping', 'null', 'more'], ['submit'], ['submit', '{'], ['submit', ''], ['submit', '{}'], ['submit', '[]'], ['submit', JSON.stringify(Array(129).fill({}))], ['ping', 'null'.padStart(4_000_001)],
      ['init', deep], ['init', '{"__proto__":1}'], ['read'], ['read', '""'], ['read', '"b\\u0000"'], ['read', '"\\ud800"'], ['read', '7'], ['read', deep], ['key', '"k"'], ['history', '{}'], ['record', '"\\u0000"'], ['status', 'null'], ['status', '{"commandId":1}'], ['confidential', '"_"'],
    ]
    for (const args of calls) {
      const { code } = await fault(raw(args))
      expect(code, JSON.stringify(args).slice(0, 80)).to.be.oneOf(['malformed-call', 'malformed-batch', 'malformed-constitution'])
    }
    for (const command of ['{"command":{"__proto__":{"args":1}}}', deep, '{"command":{"args":{"a":"\\ud800"}},"signatures":[]}', '1e999', '"\\ud800"']) expect(answersOf(await raw(['submit', `[${command}]`]))[0], command.slice(0, 60)).to.include({ refused: 'malformed-command' })
    const signed = canonicalJson([await offer(await blank(), cast.shipper, cast.buyer)])
    for (const confidential of ['{', '{}', '[1]', JSON.stringify(['x'.repeat(100_001)]), '"text"']) expect((await fault(raw(['submit', signed], new Map([['confidential', Buffer.from(confidential)]])))).code, confidential.slice(0, 20)).to.equal('malformed-call')
  })
})
