import type { CommandStatusView } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { expect } from 'chai'
import { openLedgerOutbox } from '../../api/src/ledger-outbox-store.ts'
import { killNode, startNode } from '../../ledger/network/network.mjs'
import { aBooking, inDays, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openTestNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { signedFor } from '../support/signed-for.ts'

describe('the platform while an organisation of the network is away', function () {
  let network: TestNetwork, platform: Platform, people: People, buyer: Desk
  before(async function () {
    network = await openTestNetwork(this)
    platform = await openPlatform({ ledger: (registrar, { database, vault, clock }) => openLedgerOutbox({ database, vault, clock }).then((outbox) => network.open({ registrar, outbox })) })
    people = await peopleFor(platform, 'batteries')
    buyer = await platform.deskOf('consignee-bearing')
  })
  after(async () => {
    await platform?.close()
    await network?.close()
  })

  it('keeps what is signed, names who is waited for, and records it by itself', async () => {
    const { billNumber } = await issuedBill(platform, people, await aBooking('batteries'))
    const { shipper } = people
    const signed = await signedFor(shipper, billNumber, 'offerPossession', { to: buyer.session.company.partyId, expiresAt: inDays(platform, 2) })
    await killNode({ dir: network.dir, name: 'peer.assoc' })
    const outcome = await shipper.client.call('command', { body: signed })
    if (outcome.outcome !== 'pending') throw new Error(`it was ${outcome.outcome} without the organisation that must endorse`)
    expect(outcome.waitsFor).to.equal('AssocMSP')
    const reference = { params: { commandId: outcome.commandId }, query: { subject: outcome.subject, expects: outcome.expects } }
    expect((await shipper.client.call('commandStatus', reference)).state).to.equal('pending')
    // Sent once more, out of impatience: it is the same command still.
    expect((await shipper.client.call('command', { body: signed })).outcome).to.equal('pending')
    expect((await shipper.client.call('bill', { params: { billNumber } })).standing.offer).to.equal(null)

    const begun = Date.now()
    await startNode({ dir: network.dir, name: 'peer.assoc' })
    const status = await settled(() => shipper.client.call('commandStatus', reference))
    expect(status.state).to.equal('recorded')
    console.log(`      recorded ${((Date.now() - begun) / 1_000).toFixed(1)} s after the peer was started again`)
    await platform.ports.feed.upToLedger((await platform.ports.ledger.health()).position)
    expect((await shipper.client.call('bill', { params: { billNumber } })).standing.offer?.to.partyId).to.equal(buyer.session.company.partyId)
    const { items } = await shipper.client.call('billHistory', { params: { billNumber } })
    expect(items.filter((link) => link.commandId === outcome.commandId)).to.have.length(1)
    expect(platform.bugs).to.deep.equal([])
  })

  it('tells a receipt to the company that acted, and to nobody else', async () => {
    const { billNumber } = await issuedBill(platform, people, await aBooking('batteries'))
    const signed = await signedFor(people.shipper, billNumber, 'offerPossession', { to: buyer.session.company.partyId, expiresAt: inDays(platform, 2) })
    expect((await people.shipper.client.call('command', { body: signed })).outcome).to.equal('recorded')
    const { commandId, subject, expects } = signed.command
    const asked = (desk: Desk) => desk.client.call('commandStatus', { params: { commandId }, query: { subject, expects } })
    expect((await asked(people.shipper)).state).to.equal('recorded')
    expect(await asked(people.clerk).catch((error: unknown) => error)).to.have.nested.property('problem.code', 'not-found')
  })
})

async function settled(ask: () => Promise<CommandStatusView>): Promise<CommandStatusView> {
  for (;;) {
    const status = await ask()
    if (status.state !== 'pending') return status
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
