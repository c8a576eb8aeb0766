import type { Desk } from '@yidan/api/sdk'
import type { BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson } from '../support/people.ts'
import { rawDump, readableIn } from '../support/raw-dump.ts'
import { refused } from '../support/refused.ts'
import { aBooking, inDays, issuedBill, peopleFor, readSample, type People } from './a-bill.ts'

const year = 366 * 86_400_000

describe('what a bill says', () => {
  let platform: Platform, people: People, bank: Desk, now: number
  before(async () => {
    now = Date.now()
    platform = await openPlatform({ clock: () => new Date(now) })
    people = await peopleFor(platform, 'furniture')
    bank = await platform.deskOf('bank-hafen')
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  /** Names, goods, amounts and places that stand on the furniture's bill, none of them in the register of companies. */
  const secrets = ['Elbe Moebel', 'Steel office furniture', '钢制办公家具', '118000.00', '130000.00', '11200.00', 'DEMO-0002', 'Hamburg-Harburg', '铁海联运班列 洛阳—北仑', '77000.55', 'ZDW-2026-777', 'Hafen loan for furniture']
  const registered = ['示例财险', '洛龙钢制家具有限公司', 'Luolong Steel Furniture', '业务部 0379-00000003']

  async function pledged(): Promise<BillNumber> {
    const { billNumber } = await issuedBill(platform, people, await aBooking('furniture'))
    const params = { billNumber }
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params, body: { pledgee: bank.session.company.partyId, amount: '77000.55', currency: 'EUR', dueDate: '2027-03-01', purpose: 'Hafen loan for furniture' } }).catch(() => ({ hash: null }))
    expect(hash, 'a bill to the order of the bank is not the shipper’s to pledge, but he may write the terms').to.be.a('string')
    return billNumber
  }

  /** To the bank, given back, delivered: the bill is over. */
  async function untilOver(billNumber: BillNumber): Promise<void> {
    const { shipper, clerk, terminal } = people
    await shipper.record({ action: 'offerPossession', bill: billNumber, args: { to: bank.session.company.partyId, expiresAt: inDays(platform, 1) } })
    await bank.record({ action: 'acceptOffer', bill: billNumber, args: {} })
    await bank.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'delivery', reason: null } })
    const { releases } = await clerk.client.call('prepareRelease', { params: { billNumber }, body: { days: 14 } })
    await clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'settled', releases: releases as never } })
    const { items } = await bank.client.call('releaseCodes', { params: { billNumber } })
    for (const { container, code } of items) {
      const record = await platform.ports.database.collection('bills').findOne({ billNumber })
      const title = await platform.ports.ledger.read(record?._id as never)
      await terminal.record({ action: 'deliver', bill: { subject: title!.billId, network: platform.ports.ledger.network, head: { seq: title!.seq, hash: title!.headHash } }, args: { container, code } })
    }
  }

  it('lies sealed in the database: whoever takes a copy away reads no name, goods or amount of it', async () => {
    expect(JSON.stringify(await readSample('furniture'))).to.satisfy((text: string) => secrets.slice(0, 8).every((secret) => text.includes(secret)))
    const billNumber = await pledged()
    const dump = await rawDump(platform.ports.database)
    expect(readableIn(dump, secrets)).to.deep.equal([])
    expect(readableIn(dump, registered).map((found) => found.split(':')[0])).to.satisfy((names: string[]) => names.every((name) => name === 'companies'))
    expect((await people.shipper.client.call('bill', { params: { billNumber } })).document?.notifyParties[0]?.name).to.contain('Elbe Moebel')
  })

  it('is found by any part of a name on it, in either case, though no name lies open', async () => {
    const billNumber = await pledged()
    for (const q of ['Elbe Moebel', 'moebel gmbh', 'ELBE', '钢制家具', '洛阳—北仑']) {
      const { items } = await people.clerk.client.call('bills', { query: { q, limit: 50 } })
      expect(items.map((item) => item.billNumber), q).to.include(billNumber)
    }
    expect((await people.clerk.client.call('bills', { query: { q: 'Elbe Möbel', limit: 50 } })).items).to.deep.equal([])
  })

  describe('once it is over', () => {
    let billNumber: BillNumber, other: BillNumber, first: SignedIn, second: SignedIn
    before(async () => {
      billNumber = await pledged()
      other = await pledged()
      await untilOver(billNumber)
      first = await platform.signInAs('operator')
      second = await aPerson(platform, first, ['administrator'])
    })
    const reason = 'retention is over, the shipper asks for it'
    const asks = (who: SignedIn, number = billNumber): Promise<unknown> => platform.client(who).call('askForErasure', { params: { billNumber: number }, body: { reason } })
    const agrees = (who: SignedIn): Promise<unknown> => platform.client(who).call('agreeToErasure', { params: { billNumber } })

    it('is kept for its retention time, and as long as the bill stands for goods', async () => {
      await refused('retention-running', () => asks(first))
      expect((await platform.client(first).call('erasableBills', {})).items).to.deep.equal([])
      await refused('erasure-not-asked', () => agrees(second))
      now += 6 * year
      first = await platform.signInAs('operator')
      second = await aPerson(platform, first, ['administrator'])
      await refused('bill-still-live', () => asks(first, other))
      const { retentionYears, items } = await platform.client(first).call('erasableBills', {})
      expect([retentionYears, items.map((item) => [item.billNumber, item.state])], 'the one that is over is offered, the live one is not').to.deep.equal([5, [[billNumber, 'ACCOMPLISHED']]])
    })

    it('is erased by two people of the operator, not by one, nor by anybody else', async () => {
      await asks(first)
      await refused('second-account-required', () => agrees(first))
      await refused('forbidden', async () => asks(await platform.signInAs('regulator')))
      await platform.client(first).call('withdrawErasure', { params: { billNumber } })
      await refused('erasure-not-asked', () => agrees(second))
      await asks(first)
      expect((await platform.client(first).call('erasableBills', {})).items, 'asked for, it is not offered again').to.deep.equal([])
      for (const [who, isTheirs] of [[first, true], [second, false]] as const) expect((await platform.client(who).call('erasures', {})).items.map(({ askedByYou }) => askedByYou)).to.deep.equal([isTheirs])
      await agrees(second)
      const { items } = await platform.client(second).call('erasures', {})
      expect(items.map((item) => [item.billNumber, item.reason, item.askedBy === item.agreedBy, item.erasedAt === null])).to.deep.equal([[billNumber, reason, false, false]])
    })

    it('cannot be read any more by anybody who has the database and the secret key; the other bill can', async () => {
      const record = await platform.ports.database.collection('bills').findOne({ billNumber })
      expect(await platform.ports.vault.keyFor(`bill:${String(record?._id)}`)).to.equal(null)
      const dump = await rawDump(platform.ports.database)
      expect(readableIn(dump, secrets)).to.deep.equal([])
      const db = platform.ports.database
      for (const name of ['visualisations', 'release_codes', 'commitments', 'signing_requests']) expect(await db.collection(name).countDocuments({ $or: [{ billId: record?._id }, { subject: record?._id }] }), name).to.equal(0)
      for (const name of ['bill_documents', 'bills']) expect(await db.collection(name).countDocuments({ $or: [{ billId: record?._id }, { _id: record!._id }], sealed: { $exists: true } }), name).to.equal(0)
      expect(await db.collection('drafts').countDocuments({ billId: record?._id })).to.equal(0)
      const shipper = await platform.deskOf('shipper-furniture')
      expect((await shipper.client.call('bill', { params: { billNumber: other } })).document?.notifyParties[0]?.name).to.contain('Elbe Moebel')
    })

    it('leaves a page that says so, and the ledger’s history with every signature', async () => {
      const shipper = await platform.deskOf('shipper-furniture')
      const params = { billNumber }
      const page = await shipper.client.call('bill', { params })
      expect([page.erased, page.document, page.standing.state, page.standing.titleholder === null, page.containers[0]?.goods]).to.deep.equal([true, null, 'ACCOMPLISHED', false, ''])
      await refused('bill-erased', () => shipper.client.call('billDocument', { params }))
      await refused('bill-erased', () => shipper.client.call('billPdf', { params, query: { as: 'issued' } }))
      await refused('bill-erased', async () => (await platform.deskOf('bank-hafen')).client.call('releaseCodes', { params }))
      const { items } = await shipper.client.call('billHistory', { params })
      expect(items.length).to.be.greaterThan(5)
      expect(items.every(({ signers, party }) => party.name === null && signers.every(({ signatureValid }) => signatureValid))).to.equal(true)
      const listed = await shipper.client.call('bills', { query: { q: billNumber, limit: 5 } })
      expect(listed.items.map((item) => [item.billNumber, item.erased, item.shipper])).to.deep.equal([[billNumber, true, '']])
      expect((await shipper.client.call('bills', { query: { q: 'Elbe', limit: 50 } })).items.map((item) => item.billNumber)).to.not.include(billNumber)
      const verdict = await platform.client().call('verifyNumber', { params })
      expect([verdict.verdict, verdict.state, verdict.issuer, verdict.checks.some(({ code }) => code === 'document')]).to.deep.equal(['genuine', 'ACCOMPLISHED', null, true])
      await refused('bill-erased', () => platform.client(first).call('askForErasure', { params, body: { reason } }))
    })

    it('does not come back when the views are made anew, which end in the same bytes', async () => {
      const views = ['bills', 'bill_documents', 'bill_names', 'bill_boxes', 'tracking_bills', 'tracking_boxes']
      const stored = async (): Promise<string> => JSON.stringify(await Promise.all(views.map((name) => platform.ports.database.collection(name).find().sort({ _id: 1 }).toArray())))
      const before = JSON.parse(await stored()) as unknown
      await platform.ports.feed.rebuild()
      expect(JSON.parse(await stored())).to.deep.equal(before)
    })
  })
})
