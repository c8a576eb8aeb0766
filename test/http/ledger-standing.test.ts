import { expect } from 'chai'
import { aBooking, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

describe('what the ledger tells those who rely on it', () => {
  let platform: Platform
  before(async () => {
    platform = await openPlatform()
  })
  after(() => platform.close())

  it('is how far it is, its last records, newest first, and that the views have them', async () => {
    const people = await peopleFor(platform, 'tractors')
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors'))
    const bank = await platform.deskOf('bank-luoyang')
    const standing = await bank.client.call('ledger', {})
    expect(standing).to.include({ kind: 'embedded', network: 'test', ok: true, keepers: null })
    expect(standing.views).to.include({ ok: true, behind: 0, ledgerPosition: standing.position })
    expect(standing.latest[0]).to.include({ position: standing.position, block: null, acts: 1 })
    expect(standing.latest.map(({ position }) => position)).to.deep.equal([...standing.latest.map(({ position }) => position)].sort((one, other) => other - one))
    expect(JSON.stringify(standing)).to.not.include(billNumber)
    await refused('forbidden', () => people.shipper.client.call('ledger', {}))
  })

  it('names in the chain the place and the public key of every signature, and for each key when it was last used', async () => {
    const people = await peopleFor(platform, 'solar')
    const { billNumber } = await issuedBill(platform, people, await aBooking('solar'))
    const { items } = await people.shipper.client.call('billHistory', { params: { billNumber } })
    const positions = items.map(({ place }) => place?.position ?? 0)
    expect(positions[0]).to.be.above(0)
    expect(positions).to.deep.equal([...positions].sort((one, other) => one - other))
    const [approved] = items
    const { keys } = await people.shipper.client.call('keys', { params: { companyId: people.shipper.session.company.id } })
    const own = keys.find(({ keyId }) => keyId === approved?.signers[0]?.keyId)
    expect(approved?.signers[0]?.publicKey).to.equal(own?.publicKey)
    expect(own?.lastUsedAt).to.equal(approved?.recordedAt)
  })

  it('says beforehand whose signatures an act still needs', async () => {
    const people = await peopleFor(platform, 'furniture')
    const { billNumber } = await issuedBill(platform, people, await aBooking('furniture'))
    const { actions } = await people.signer.client.call('bill', { params: { billNumber } })
    const cancel = actions.find(({ action }) => action === 'cancel')
    expect(cancel?.needs.map(({ why }) => why)).to.include('second-person')
  })
})
