import { canonicalJson, type BillId } from '@yidan/ledger'
import { checkProof, embeddedProofOf, proofCheckCodes, proofWords, type EmbeddedTitleProof, type ProofCheckCode, type ProofReport, type Roots } from '@yidan/ledger/proof'
import type { FabricProof } from '@yidan/ledger/port'
import { expect } from 'chai'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { aBill, aCast, act, aHash, inDays, releasesFor, signedAct, type Cast } from '../support/ledger-actors.ts'
import { aNetwork, anAuthority, compositeKey, craftedProof, flipped, type Machine, type Network, type Wrong } from '../support/crafted-network.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'
import { replacesBills } from './replacement.ts'
import { copesWithTroubles } from './troubles.ts'

/** A stranger checks title: with evidence, the organisations' roots, and nothing else. Each lie is told once, alone. */
describe('the proof of title', () => {
  let opened: OpenedLedger
  let cast: Cast
  let network: Network
  let billId: BillId
  let good: FabricProof
  let roots: Roots
  before(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
    network = await aNetwork()
    roots = { organisations: network.roots, serviceKeys: [] }
    const { ledger } = opened
    const made = await aBill(ledger, cast)
    billId = made.billId
    await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
    await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    await act(ledger, { by: cast.bank, action: 'releasePledge', subject: billId, with: [cast.bankSecond], args: {} })
    await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
    await act(ledger, { by: cast.buyer, action: 'acceptOffer', subject: billId, args: {} })
    good = await craftedProof({ ledger, subject: billId, network })
  })
  after(() => opened.close())

  const crafted = (wrong: Wrong, on: Network = network): Promise<FabricProof> => craftedProof({ ledger: opened.ledger, subject: billId, network: on, wrong })
  const wrongIn = (report: ProofReport): readonly ProofCheckCode[] => report.checks.filter(({ ok }) => ok === false).map(({ code }) => code)
  const breaks = (proof: unknown, codes: readonly ProofCheckCode[], given: Roots = roots): ProofReport => {
    const report = checkProof(proof, given)
    expect(report.verdict).to.equal('broken')
    expect(wrongIn(report)).to.deep.equal(codes)
    return report
  }
  const detailOf = (report: ProofReport, code: ProofCheckCode): string => report.checks.find((check) => check.code === code)?.detail ?? ''
  const isSubmit = ({ input }: { input: readonly string[] }): boolean => input[0] === 'submit'
  /** The transaction with this act on the bill, or the statement on the bill. */
  const of = (action: string) => ({ input }: { input: readonly string[] }): boolean => isSubmit({ input }) && (input[1] ?? '').includes(`"action":"${action}"`) && (input[1] ?? '').includes(billId)
  const onBill = ({ input }: { input: readonly string[] }): boolean => input[0] === 'read' && input[1] === `"${billId}"`

  it('holds for a bill that was pledged, released, endorsed and handed over: who holds title, as of which block', () => {
    const report = checkProof(good, roots)
    expect(report.checks.filter(({ ok }) => ok !== true)).to.deep.equal([])
    expect(report.verdict).to.equal('proven')
    expect(report.title?.titleholder).to.equal(cast.buyer.partyId)
    expect(report.title?.possessor).to.equal(cast.buyer.partyId)
    expect(report.chain.map(({ action }) => action)).to.deep.equal(['approve', 'issue', 'proposePledge', 'acceptPledge', 'releasePledge', 'endorse', 'offerPossession', 'acceptOffer'])
    expect(report.chain.every(({ signers }) => signers.every(({ ok }) => ok))).to.equal(true)
    expect(report.asOf?.block).to.equal(good.places.at(-1)?.block)
    expect(report.vouchers).to.deep.equal(['PortMSP', 'AssociationMSP'])
    expect(report.parties.map(({ partyId }) => partyId)).to.include.members([cast.carrier.partyId, cast.shipper.partyId, cast.buyer.partyId, cast.bank.partyId, opened.registrar.partyId])
  })

  it('survives the way through JSON', () => {
    expect(checkProof(JSON.parse(JSON.stringify(good)), roots).verdict).to.equal('proven')
  })

  describe('is broken by', () => {
    it('a transaction changed in a block by one bit', () => {
      const block = good.blocks.length - 1
      const report = checkProof({ ...good, blocks: good.blocks.map((text, index) => (index === block ? flipped(text, 0.3) : text)) }, roots)
      expect(report.verdict).to.equal('broken')
      expect(wrongIn(report)).to.include('data-hash')
    })
    it('a block that is cut off', () => {
      const report = checkProof({ ...good, blocks: good.blocks.map((text, index) => (index === good.blocks.length - 1 ? Buffer.from(text, 'base64').subarray(0, 900).toString('base64') : text)) }, roots)
      expect(report.verdict).to.equal('broken')
      expect(wrongIn(report)).to.include.members(['data-hash', 'inclusion'])
    })
    it('a block whose data is not what its header names', async () => {
      breaks(await withMoreData(good), ['data-hash'])
    })
    it('a block that does not follow the one before it', async () => {
      breaks(await crafted({ block: (given) => (given.number === lastBlock() ? { ...given, previousHash: Buffer.alloc(32, 7) } : given) }), ['block-links'])
    })
    it('a block that no orderer signed, or one that is none, or that of another network', async () => {
      const on = lastBlock()
      const [stranger] = await Promise.all([anAuthority('OrdererMSP').then((authority) => authority.machine('orderer'))])
      for (const orderers of [[], [network.peers[0] as Machine], [stranger]]) breaks(await crafted({ block: (given) => (given.number === on ? { ...given, orderers } : given) }), ['orderer-signature'])
      expect(detailOf(checkProof(await crafted({ block: (given) => ({ ...given, orderers: [network.client] }) }), roots), 'orderer-signature')).to.contain('not one of a orderer of PortMSP')
    })
    it('an orderer’s signature over another header', async () => {
      const proof = await crafted({ block: (given) => ({ ...given, orderers: [{ ...network.orderer, key: network.client.key }] }) })
      expect(detailOf(breaks(proof, ['orderer-signature']), 'orderer-signature')).to.contain('does not fit')
    })
    it('a place that names another block or transaction', () => {
      const places = good.places.map((place, index) => (index === 2 ? { ...place, block: 1 } : place))
      expect(wrongIn(checkProof({ ...good, places }, roots))).to.include('inclusion')
    })
    it('a transaction of another channel', async () => {
      breaks(await crafted({ envelope: (given) => (of('endorse')(given) ? { ...given, channel: 'tales' } : given) }), ['inclusion'])
    })
    it('a transaction that only one organisation endorsed, be it with two peers', async () => {
      const [port] = network.authorities, second = await port?.machine('peer')
      for (const endorsers of [[network.peers[0]], [network.peers[0], second]] as Machine[][]) {
        expect(detailOf(breaks(await crafted({ envelope: (given) => (of('endorse')(given) ? { ...given, endorsers } : given) }), ['endorsements']), 'endorsements')).to.contain('1 organisation (PortMSP)')
      }
    })
    it('a transaction endorsed by what is no peer', async () => {
      const clients = await Promise.all(network.authorities.slice(0, 2).map((authority) => authority.machine('client')))
      breaks(await crafted({ envelope: (given) => (of('issue')(given) ? { ...given, endorsers: clients } : given) }), ['endorsements'])
    })
    it('a transaction of another chaincode on the same channel', async () => {
      const report = checkProof(await crafted({ envelope: (given) => (of('endorse')(given) ? { ...given, chaincode: 'tales' } : given) }), roots)
      expect(wrongIn(report)).to.deep.equal(['endorsements', 'records'])
    })
    it('endorsements taken from the answer to another question', () => {
      const report = checkProof({ ...good, attestation: good.parties[0]?.attestation ?? '' }, roots)
      expect(wrongIn(report)).to.include('attestation')
    })
    it('a record that holds another entry', async () => {
      const proof = await crafted({ envelope: (given) => (of('endorse')(given) ? { ...given, writes: given.writes.map(({ key, value }) => ({ key, value: Buffer.from(Buffer.from(value).toString().replace(/"to":"p[0-9a-f]{32}"/, `"to":"${cast.thief.partyId}"`)) })) } : given) })
      breaks(proof, ['records'])
    })
    it('a record under the name of another transaction', async () => {
      breaks(await crafted({ envelope: (given) => (of('endorse')(given) ? { ...given, writes: given.writes.map(({ value }) => ({ key: compositeKey('record', 'f'.repeat(64)), value })) } : given) }), ['records'])
    })
    it('a head that one organisation signed, or organisations of another network', async () => {
      breaks(await crafted({ statement: (given) => (onBill(given) ? { ...given, endorsers: network.peers.slice(2) } : given) }), ['attestation'])
      const other = await aNetwork()
      const report = breaks(await crafted({ statement: (given) => ({ ...given, endorsers: other.peers }) }), ['attestation'])
      expect(detailOf(report, 'attestation')).to.contain('not from the root given')
    })
    it('a head signed with a key that is not the certificate’s', async () => {
      const [first, second] = network.peers as [Machine, Machine]
      breaks(await crafted({ statement: (given) => (onBill(given) ? { ...given, endorsers: [first, { ...second, key: first.key }] } : given) }), ['attestation'])
    })
    it('a head in which somebody else holds title', async () => {
      const changed = await crafted({ statement: (given) => (onBill(given) ? { ...given, answer: Buffer.from(Buffer.from(given.answer).toString().replaceAll(cast.buyer.partyId, cast.thief.partyId)) } : given) })
      breaks(changed, ['replay'])
    })
    it('a head of another bill', async () => {
      const other = await aBill(opened.ledger, cast)
      const proof = await craftedProof({ ledger: opened.ledger, subject: billId, network })
      const stranger = await craftedProof({ ledger: opened.ledger, subject: other.billId, network })
      breaks({ ...proof, attestation: stranger.attestation }, ['attestation'])
    })
    it('the last entry left out, so that an earlier holder seems to hold', () => {
      const report = checkProof({ ...good, entries: good.entries.slice(0, -1), places: good.places.slice(0, -1) }, roots)
      expect(wrongIn(report)).to.deep.equal(['complete', 'replay'])
    })
    it('a head that was read from where another transaction wrote it', async () => {
      breaks(await crafted({ statement: (given) => (onBill(given) ? { ...given, reads: given.reads.map((read) => ({ ...read, block: read.block + 1 })) } : given) }), ['complete'])
    })
    it('two entries in each other’s place', () => {
      const swap = <T>(list: readonly T[]): readonly T[] => [...list.slice(0, 2), list[3] as T, list[2] as T, ...list.slice(4)]
      const report = checkProof({ ...good, entries: swap(good.entries), places: swap(good.places) }, roots)
      expect(wrongIn(report)).to.include.members(['complete', 'entry-chain'])
    })
    it('an entry changed with its hash made to fit', () => {
      const entries = good.entries.map((entry, index) => (index === 5 ? { ...entry, events: entry.events.map((event) => ({ ...event, to: cast.thief.partyId })), hash: aHash() } : entry))
      expect(wrongIn(checkProof({ ...good, entries }, roots))).to.include.members(['records', 'entry-chain', 'rules', 'replay'])
    })
    it('the constitution of another network', async () => {
      const constitution = ({ input }: { input: readonly string[] }): boolean => input[0] === 'constitution'
      const report = breaks(await crafted({ statement: (given) => (constitution(given) ? { ...given, answer: Buffer.from(canonicalJson({ ...(JSON.parse(Buffer.from(given.answer).toString()) as object), network: 'elsewhere' })) } : given) }), ['attestation'])
      expect(detailOf(report, 'attestation')).to.contain('founded as elsewhere')
    })
    it('the evidence on a party left out whose key signed', () => {
      const report = checkProof({ ...good, parties: good.parties.filter(({ subject }) => subject !== cast.bank.partyId) }, roots)
      expect(wrongIn(report)).to.deep.equal(['signatures', 'rules'])
    })
    it('roots of another network, of one organisation only, of none, or what is no root', async () => {
      const other = await aNetwork()
      expect(wrongIn(checkProof(good, { organisations: other.roots, serviceKeys: [] }))).to.deep.equal(['orderer-signature', 'endorsements', 'attestation'])
      const { BankMSP = '', OrdererMSP = '' } = network.roots
      breaks(good, ['endorsements', 'attestation'], { organisations: { BankMSP, OrdererMSP }, serviceKeys: [] })
      breaks(good, ['roots', 'orderer-signature', 'endorsements', 'attestation'], { organisations: {}, serviceKeys: [] })
      breaks(good, ['roots'], { organisations: { ...network.roots, JunkMSP: 'junk' }, serviceKeys: [] })
      breaks(good, ['roots'], { organisations: { ...network.roots, LeafMSP: network.client.certificate }, serviceKeys: [] })
    })
    it('a root that had expired, or was not valid yet, when its peers signed', async () => {
      const now = Date.now(), hour = 3_600_000
      for (const [from, to] of [[now - 2 * hour, now - hour], [now + hour, now + 2 * hour]] as const) {
        const expired = await aNetwork({ from: new Date(from), to: new Date(to) })
        const report = breaks(await crafted({}, expired), ['orderer-signature', 'endorsements', 'attestation'], { organisations: expired.roots, serviceKeys: [] })
        expect(detailOf(report, 'attestation')).to.contain('root of PortMSP was not valid')
      }
    })
    it('a peer’s certificate that had expired', async () => {
      const [port] = network.authorities, old = await port?.machine('peer', { from: new Date(Date.now() - 7_200_000), to: new Date(Date.now() - 3_600_000) })
      breaks(await crafted({ statement: (given) => (onBill(given) ? { ...given, endorsers: [old as Machine, network.peers[2] as Machine] } : given) }), ['attestation'])
    })
  })

  it('is not undone by a third peer whose signature is worth nothing, when two are good', async () => {
    const other = await aNetwork()
    const proof = await crafted({ statement: (given) => ({ ...given, endorsers: [...given.endorsers, other.peers[2] as Machine] }), envelope: (given) => ({ ...given, endorsers: [other.peers[2] as Machine, ...given.endorsers] }) })
    expect(checkProof(proof, roots).verdict).to.equal('proven')
  })

  it('finds an act that two organisations recorded although its party never signed it', async () => {
    // Given an act of the shipper with a signature by the thief's key, recorded as if the rules had let it pass.
    const signed = await signedAct(opened.ledger, { by: cast.buyer, action: 'offerPossession', subject: billId, args: { to: cast.thief.partyId, expiresAt: inDays(1) } })
    const forged = { ...signed, signatures: [{ keyId: cast.buyer.signer.keyId, value: (await signedAct(opened.ledger, { by: cast.thief, action: 'offerPossession', subject: billId, args: { to: cast.thief.partyId, expiresAt: inDays(1) } })).signatures[0]?.value ?? '' }] }
    const collusion = await colluding(forged, [{ type: 'possession-offered', billId, from: cast.buyer.partyId, to: cast.thief.partyId, expiresAt: inDays(1), returnsTitleTo: null }])
    expect(wrongIn(checkProof(collusion, roots))).to.deep.equal(['signatures', 'rules'])
  })

  it('finds an act that was signed, and recorded as another', async () => {
    const signed = await signedAct(opened.ledger, { by: cast.buyer, action: 'offerPossession', subject: billId, args: { to: cast.bank.partyId, expiresAt: inDays(1) } })
    const collusion = await colluding(signed, [{ type: 'possession-transferred', billId, from: cast.buyer.partyId, to: cast.thief.partyId }])
    expect(wrongIn(checkProof(collusion, roots))).to.deep.equal(['rules'])
  })

  it('is unreadable when it is none, and never throws', () => {
    for (const junk of [null, 5, 'proof', [], {}, { kind: 'fabric' }, { ...good, blocks: 'all' }, { ...good, entries: [{}] }, { ...good, places: null }, { kind: 'embedded', lines: [] }]) {
      expect(checkProof(junk, roots).verdict).to.equal('unreadable')
    }
    expect(checkProof({ ...good, attestation: 'AAAA', constitution: '/w==', blocks: ['AAAA'] }, roots).verdict).to.equal('broken')
  })

  it('has a sentence in both languages for every check', () => {
    for (const code of proofCheckCodes) for (const words of proofWords.checks[code]) expect(words.length).to.be.greaterThan(3)
  })

  describe('of a ledger with one keeper', () => {
    let proof: EmbeddedTitleProof
    let serviceKey: string
    before(async () => {
      const made = await embeddedProofOf(opened.ledger, billId)
      if (!made) throw new Error('no proof')
      proof = made
      serviceKey = createPublicKey({ key: Buffer.from(proof.serviceKey, 'base64'), format: 'der', type: 'spki' }).export({ format: 'pem', type: 'spki' }).toString()
    })
    const trusted = (): Roots => ({ organisations: {}, serviceKeys: [serviceKey] })

    it('holds under the key that the asker knows, and says that the head is one keeper’s word', () => {
      const report = checkProof(proof, trusted())
      expect(wrongIn(report)).to.deep.equal([])
      expect(report.verdict).to.equal('proven')
      expect(report.title?.possessor).to.equal(cast.buyer.partyId)
      expect(report.checks.find(({ code }) => code === 'complete')?.ok).to.equal(null)
      expect(report.chain).to.have.length(8)
    })
    it('is merely consistent under the key it brings along', () => {
      expect(checkProof(proof, { organisations: {}, serviceKeys: [] }).verdict).to.equal('consistent')
      const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ format: 'pem', type: 'spki' }).toString()
      expect(checkProof(proof, { organisations: {}, serviceKeys: [other, 'junk'] }).verdict).to.equal('consistent')
    })
    it('is broken by a line that was changed, left out, moved, or signed by another', () => {
      const changed = proof.lines.map(({ line, signature }) => ({ line: line.replace(/"manner":"to-order"/, '"manner":"blank"'), signature }))
      expect(wrongIn(checkProof({ ...proof, lines: changed }, trusted()))).to.include('service-signature')
      const without = proof.lines.filter(({ line }) => !line.includes('"action":"endorse"'))
      expect(wrongIn(checkProof({ ...proof, lines: without }, trusted()))).to.include('entry-chain')
      const moved = [...proof.lines.slice(0, -2), ...proof.lines.slice(-2).reverse()]
      expect(wrongIn(checkProof({ ...proof, lines: moved }, trusted()))).to.include('service-signature')
      expect(wrongIn(checkProof({ ...proof, lines: proof.lines.slice(1) }, trusted()))).to.include('service-signature')
      const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
      expect(wrongIn(checkProof({ ...proof, serviceKey: other }, trusted()))).to.include('service-signature')
    })
  })

  it('holds for a bill that was delivered box by box', async () => {
    const { ledger } = opened
    const { billId: delivered, containers } = await aBill(ledger, cast, { kind: 'blank' })
    await act(ledger, { by: cast.shipper, action: 'requestSurrender', subject: delivered, args: { purpose: 'delivery', reason: null } })
    const { codes, releases } = await releasesFor(delivered, containers)
    await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: delivered, args: { freight: 'prepaid', releases } })
    for (const container of containers) await act(ledger, { by: cast.terminal, action: 'deliver', subject: delivered, args: { container, code: codes.get(container) ?? '' } })
    const report = checkProof(await craftedProof({ ledger, subject: delivered, network }), roots)
    expect(report.checks.filter(({ ok }) => ok !== true)).to.deep.equal([])
    expect(report.title?.state).to.deep.equal({ name: 'ACCOMPLISHED' })
  })

  /** The last block that the good proof holds: one that has the block before it there too. */
  const lastBlock = (): number => {
    const blocks = new Set(good.places.map(({ block }) => block))
    return Math.max(...[...blocks].filter((block) => blocks.has(block - 1)))
  }
  /** One more transaction, well signed, behind those of the last block. */
  async function withMoreData(proof: FabricProof): Promise<FabricProof> {
    const { common } = await import('@hyperledger/fabric-protos')
    const blocks = proof.blocks.map((text) => common.Block.deserializeBinary(Buffer.from(text, 'base64')))
    const block = blocks.at(-1)
    const data = block?.getData()
    data?.setDataList([...data.getDataList_asU8(), ...(blocks[0]?.getData()?.getDataList_asU8() ?? [])])
    return { ...proof, blocks: blocks.map((one) => Buffer.from(one.serializeBinary()).toString('base64')) }
  }
  /** What two organisations' peers could record together if their operators agreed to: everything is signed and endorsed, and the head follows from it. */
  async function colluding(signed: Awaited<ReturnType<typeof signedAct>>, events: readonly object[]): Promise<FabricProof> {
    const { evolveTitle } = await import('@yidan/ledger')
    const { sha256Hex } = await import('@yidan/ledger/signing')
    const before = await opened.ledger.read(billId)
    const history = await opened.ledger.history(billId)
    if (!before) throw new Error('no bill')
    const body = { subject: billId, seq: before.seq + 1, prevHash: before.headHash, signed, events: events as never, recordedAt: signed.command.at }
    const entry = { ...body, hash: (await sha256Hex(canonicalJson(body))) }
    const title = evolveTitle(before, events[0] as never, entry)
    const { ledger } = opened
    const follow = ledger.follow.bind(ledger), position = (await ledger.health()).position
    const lying = Object.assign(Object.create(ledger) as typeof ledger, {
      network: ledger.network, registrar: ledger.registrar,
      read: async (one: BillId) => (one === billId ? title : ledger.read(one)), history: async (one: BillId) => (one === billId ? [...history, entry] : ledger.history(one)),
      party: (one: never) => ledger.party(one), key: (one: never) => ledger.key(one), health: async () => ({ ...(await ledger.health()), position: position + 1 }),
      async *follow(after: number, signal: AbortSignal) {
        for await (const record of follow(after, signal)) {
          yield record
          if (record.position === position) break
        }
        yield { position: position + 1, commandId: signed.command.commandId, entries: [entry], recordedAt: entry.recordedAt }
      },
    })
    return craftedProof({ ledger: lying, subject: billId, network })
  }
})

describe('the proof of every story', () => {
  let opened: OpenedLedger
  let cast: Cast
  before(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
  })
  after(() => opened.close())
  const stage = (): { ledger: OpenedLedger['ledger']; cast: Cast } => ({ ledger: opened.ledger, cast })

  replacesBills(stage)
  copesWithTroubles(stage)

  // Mocha runs a suite's own tests before the suites in it.
  describe('afterwards', () => {
    it('holds for each bill that came of them: the rules, run again over the evidence alone, never say otherwise', async () => {
      const bills = new Set<BillId>()
      const { position } = await opened.ledger.health()
      for await (const record of opened.ledger.follow(0, new AbortController().signal)) {
        for (const { subject } of record.entries) if (subject.startsWith('b')) bills.add(subject as BillId)
        if (record.position >= position) break
      }
      expect(bills.size).to.be.greaterThan(30)
      for (const bill of bills) {
        const report = checkProof(await embeddedProofOf(opened.ledger, bill), { organisations: {}, serviceKeys: [] })
        expect(report.checks.filter(({ ok }) => ok === false), bill).to.deep.equal([])
        expect(report.title).to.deep.equal(await opened.ledger.read(bill))
      }
    })
  })
})
