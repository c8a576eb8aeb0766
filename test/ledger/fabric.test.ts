import { WrongNetwork, type FabricLedger } from '@yidan/ledger/fabric'
import { expect } from 'chai'
import { aBill, aCast, act, anActor, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'
import { openSharedNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { behavesLikeALedger } from './every-ledger.ts'

describe('title on Fabric', () => {
  let network: TestNetwork
  before(async function () { network = await openSharedNetwork(this) })
  after(async () => {
    await network?.close()
  })

  behavesLikeALedger('on a network of three organisations', async () => {
    const ledger = await network.open()
    return { ledger, registrar: network.registrar, close: () => ledger.close() }
  })

  describe('the client', () => {
    let ledger: FabricLedger
    let cast: Cast
    before(async () => {
      ledger = await network.open()
      cast = await aCast(ledger, network.registrar)
    })
    after(() => ledger?.close())

    it('tells which organisations keep the ledger, how far each is, and what is under way', async () => {
      const health = await ledger.health()
      expect(health.keepers.peers.map(({ organisation, ok }) => [organisation, ok])).to.deep.equal([['PortMSP', true], ['AssocMSP', true], ['BankMSP', true]])
      expect(health.ok).to.equal(true)
      expect(health.keepers.queue).to.deep.equal({ waiting: 0, inFlight: 0, oldest: null })
      expect(health.keepers.certificates.every(({ days }) => days > 300)).to.equal(true)
    })
    it('gives the same title, the same entries and no second record after a restart', async () => {
      const { billId } = await aBill(ledger, cast)
      const [title, entries, { position }] = [await ledger.read(billId), await ledger.history(billId), await ledger.health()]
      await ledger.close()
      ledger = await network.open()
      expect([await ledger.read(billId), await ledger.history(billId), (await ledger.health()).position]).to.deep.equal([title, entries, position])
    })
    it('is the same ledger for every organisation', async () => {
      const bank = await network.open({ organisation: 'BankMSP' })
      try {
        const { billId } = await aBill(ledger, cast)
        const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.bank.partyId, expiresAt: inDays(1) } })
        const receipt = await bank.submit(signed)
        expect(await ledger.submit(signed)).to.deep.equal({ ...receipt, repeated: true })
      } finally {
        await bank.close()
      }
    })
    it('lets exactly one of two clients that send at once for the same bill have it', async () => {
      const other = await network.open()
      try {
        for (let round = 0; round < 5; round += 1) {
          const { billId } = await aBill(ledger, cast, { kind: 'blank' })
          const offers = await Promise.all([cast.buyer, cast.bank].map((to) => signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: to.partyId, expiresAt: inDays(1) } })))
          const outcomes = await Promise.allSettled(offers.map((signed, index) => (index === 0 ? ledger : other).submit(signed)))
          expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
          const lost = outcomes.find((outcome) => outcome.status === 'rejected')
          expect(lost).to.have.nested.property('reason.code', 'stale-sequence')
        }
      } finally {
        await other.close()
      }
    })
    it('records a hundred acts on a hundred bills in a few transactions', async () => {
      const bills = await Promise.all(Array.from({ length: 100 }, () => aBill(ledger, cast, { kind: 'blank' })))
      const begun = Date.now()
      const receipts = await Promise.all(bills.map(({ billId }) => act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })))
      const transactions = new Set(receipts.map(({ position }) => Math.floor(position / 1024))).size
      console.log(`      100 acts in ${transactions} transactions, ${Date.now() - begun} ms`)
      expect(transactions).to.be.at.most(30)
    })
    it('is not opened by another registrar than the one it was founded with', async () => {
      const outcome = await network.open({ registrar: await anActor() }).then(async (opened) => opened.close(), (error: unknown) => error)
      expect(outcome).to.be.instanceOf(WrongNetwork)
    })
  })
})
