import { Client, credentials } from '@grpc/grpc-js'
import { connect, hash, type Gateway } from '@hyperledger/fabric-gateway'
import { canonicalJson } from '@yidan/ledger'
import { fileIdentity, parseBlock, readProfile, type FabricLedger, type Profile } from '@yidan/ledger/fabric'
import { expect } from 'chai'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aBill, aCast, act, aHash, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'
import { openSharedNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { withstandsAttacks } from './attacks.ts'

withstandsAttacks('the embedded ledger', () => openTestLedger())

describe('a network of three organisations', function () {
  let network: TestNetwork, profile: Profile
  before(async function () {
    network = await openSharedNetwork(this)
    profile = await readProfile(join(network.dir, 'connection.json'))
  })
  after(() => network?.close())

  withstandsAttacks('title', async () => {
    const ledger = await network.open()
    return { ledger, registrar: network.registrar, close: () => ledger.close() }
  })

  describe('with one organisation gone bad', () => {
    let ledger: FabricLedger
    let cast: Cast
    const gateways: { gateway: Gateway; client: Client }[] = []
    before(async () => {
      ledger = await network.open()
      cast = await aCast(ledger, network.registrar)
    })
    after(async () => {
      for (const { gateway, client } of gateways) {
        gateway.close()
        client.close()
      }
      await ledger?.close()
    })

    /** The gateway of an organisation at its own peer, used as whoever holds its keys likes. */
    const gatewayOf = async (organisation: string, files = profile.clients.get(organisation)): Promise<Gateway> => {
      const peer = profile.peers.find((candidate) => candidate.organisation === organisation)
      if (!files || !peer) throw new Error(`no gateway for ${organisation}`)
      const identity = await fileIdentity({ organisation, ...files })
      const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRoots)))
      const gateway = connect({ client, identity: { mspId: organisation, credentials: Buffer.from(identity.certificate) }, signer: identity.sign, hash: hash.none })
      gateways.push({ gateway, client })
      return gateway
    }
    const contractAt = async (organisation: string) => (await gatewayOf(organisation)).getNetwork(profile.channel).getContract(profile.chaincode)

    it('what its peer alone endorses is invalid, whatever it says', async () => {
      const { billId } = await aBill(ledger, cast, { kind: 'blank' })
      const before = await ledger.read(billId)
      const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
      const bank = await contractAt('BankMSP')
      const transaction = await bank.newProposal('submit', { arguments: [canonicalJson([signed])], endorsingOrganizations: ['BankMSP'] }).endorse()
      const status = await (await transaction.submit()).getStatus()
      expect(status).to.include({ successful: false, code: 10 })
      expect(await ledger.read(billId)).to.deep.equal(before)
    })
    it('two organisations do not move a bill without the one that stands for its possessor', async () => {
      const { billId } = await aBill(ledger, cast, { kind: 'blank' })
      await act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.bank.partyId, expiresAt: inDays(1) } })
      await act(ledger, { by: cast.bank, action: 'acceptOffer', subject: billId, args: {} })
      const before = await ledger.read(billId)
      const signed = await signedAct(ledger, { by: cast.bank, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
      const port = await contractAt('PortMSP')
      const transaction = await port.newProposal('submit', { arguments: [canonicalJson([signed])], endorsingOrganizations: ['PortMSP', 'AssocMSP'] }).endorse()
      expect(await (await transaction.submit()).getStatus()).to.include({ successful: false, code: 10 })
      expect(await ledger.read(billId)).to.deep.equal(before)
      expect((await ledger.submit(signed)).entries).to.have.length(1)
    })
    it('a certificate that is no gateway’s writes nothing, though its organisation is one of them', async () => {
      const { organisations } = JSON.parse(await readFile(join(network.dir, 'connection.json'), 'utf8')) as { organisations: { id: string; admin: { certificate: string; key: string } }[] }
      const admin = organisations.find(({ id }) => id === 'AssocMSP')?.admin
      if (!admin) throw new Error('the network names no administrator')
      const gateway = await gatewayOf('AssocMSP', { certificate: join(network.dir, admin.certificate), key: join(network.dir, admin.key) })
      const { billId } = await aBill(ledger, cast, { kind: 'blank' })
      const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
      const outcome = await gateway.getNetwork(profile.channel).getContract(profile.chaincode).submitTransaction('submit', canonicalJson([signed])).then(() => 'went through', (error: unknown) => JSON.stringify(error))
      expect(outcome).to.include('not-a-gateway')
    })
    it('the terms of a pledge are read at the bank’s peer and nowhere else', async () => {
      const { billId } = await aBill(ledger, cast, { kind: 'blank' })
      const terms = canonicalJson({ amount: '1234567.89', currency: 'CNY', dueDate: '2027-03-01', salt: randomBytes(16).toString('hex') })
      const termsHash = createHash('sha256').update(terms).digest('hex')
      await ledger.submit(await signedAct(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: termsHash as ReturnType<typeof aHash> } }), [terms])
      const read = async (organisation: string): Promise<string> =>
        (await contractAt(organisation)).evaluate('confidential', { arguments: [JSON.stringify(termsHash)], endorsingOrganizations: [organisation] }).then((bytes) => Buffer.from(bytes).toString('utf8'), (error: unknown) => `refused: ${JSON.stringify(error)}`)
      expect(await read('BankMSP')).to.equal(JSON.stringify(terms))
      for (const stranger of ['AssocMSP', 'PortMSP']) expect(await read(stranger)).not.to.include('1234567')
      expect(await blocksAt('AssocMSP')).to.satisfy((bytes: Buffer) => !bytes.includes('1234567.89') && bytes.includes(termsHash))
    })

    /** Every block, as an organisation's own peer has it. */
    async function blocksAt(organisation: string): Promise<Buffer> {
      const system = (await gatewayOf(organisation)).getNetwork(profile.channel).getContract('qscc')
      const blocks: Uint8Array[] = []
      for (let number = 0; ; number += 1) {
        const bytes = await system.evaluateTransaction('GetBlockByNumber', profile.channel, String(number)).catch(() => null)
        if (bytes === null) break
        expect(parseBlock(bytes).number).to.equal(number)
        blocks.push(bytes)
      }
      expect(blocks.length).to.be.greaterThan(10)
      return Buffer.concat(blocks)
    }
  })
})
