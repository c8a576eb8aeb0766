import type { BillNumber, Title } from '@yidan/ledger'
import { openEmbeddedLedger } from '@yidan/ledger/embedded'
import type { Ledger, Nearby } from '@yidan/ledger/port'
import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inDays } from '../support/ledger-actors.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { signedFor } from '../support/signed-for.ts'
import { aBooking, issuedBill, peopleFor, type People } from './a-bill.ts'

/** A ledger whose side of it remembers what was a while ago: every answer nearby may be old. */
describe('an act that is looked at with what is nearby', () => {
  let platform: Platform, people: People, directory: string, billNumber: BillNumber
  let old: Title | null = null, knowsKeys = true
  let asked = 0

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'yidan-nearby-'))
    platform = await openPlatform({
      async ledger({ signer, ...founder }, { clock }) {
        const serviceKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
        const ledger: Ledger = await openEmbeddedLedger({ directory, network: 'test', registrar: { ...founder, publicKey: signer.publicKey }, serviceKey, clock })
        const nearby: Nearby = {
          read: async (billId) => ((asked += 1), old ?? ledger.read(billId)), party: (partyId) => ledger.party(partyId), key: async (keyId) => (knowsKeys ? ledger.key(keyId) : null), holds: async () => false,
        }
        return Object.assign(ledger, { nearby })
      },
    })
    people = await peopleFor(platform, 'batteries')
    ;({ billNumber } = await issuedBill(platform, people, await aBooking('batteries')))
  })
  after(async () => {
    await platform.close()
    await rm(directory, { recursive: true, force: true })
  })
  afterEach(() => {
    old = null
    knowsKeys = true
  })

  const offer = async () => signedFor(people.shipper, billNumber, 'offerPossession', { to: (await platform.deskOf('consignee-bearing')).session.company.partyId, expiresAt: inDays(20) })
  const send = (signed: Awaited<ReturnType<typeof offer>>) => people.shipper.client.call('command', { body: signed })

  it('is recorded although what is nearby is old: before it is refused the ledger itself is asked', async () => {
    const { billId } = await people.shipper.client.call('bill', { params: { billNumber } })
    const before = await platform.ports.ledger.read(billId)
    expect(await send(await offer())).to.include({ outcome: 'recorded' })
    const withdrawal = await signedFor(people.shipper, billNumber, 'withdrawOffer', {})
    old = before
    asked = 0
    expect(await send(withdrawal)).to.include({ outcome: 'recorded' })
    expect(asked).to.be.greaterThan(0)
    expect((await platform.ports.ledger.read(billId))?.offer).to.equal(null)
  })
  it('gets its first receipt when it comes again, although nothing nearby knows of it', async () => {
    const signed = await offer()
    const first = await send(signed)
    const again = await send(signed)
    expect(first).to.have.nested.property('receipt.repeated', false)
    expect(again).to.have.nested.property('receipt.repeated', true)
    expect(again).to.have.nested.property('receipt.position').that.equals((first as { receipt: { position: number } }).receipt.position)
  })
  it('finds a key that nothing nearby knows', async () => {
    knowsKeys = false
    expect(await send(await signedFor(people.shipper, billNumber, 'withdrawOffer', {}))).to.include({ outcome: 'recorded' })
  })
  it('is refused with the ledger’s own words, whatever is nearby still says', async () => {
    await send(await offer())
    const { billId } = await people.shipper.client.call('bill', { params: { billNumber } })
    const late = await signedFor(people.shipper, billNumber, 'withdrawOffer', {}), before = await platform.ports.ledger.read(billId)
    await send(await signedFor(people.shipper, billNumber, 'withdrawOffer', {}))
    old = before
    const refused = await send(late).then(() => null, (error: unknown) => error)
    expect(refused).to.have.nested.property('problem.code', 'stale-sequence')
  })
})
