import type { TitlePaper } from '@yidan/api/contract'
import { openDesk, type Desk } from '@yidan/api/sdk'
import type { BillNumber, Hash, Instant } from '@yidan/ledger'
import { expect } from 'chai'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { aPerson, goodPassword } from '../support/people.ts'
import { refused } from '../support/refused.ts'
import { aBooking, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'

const hour = 3_600_000
const tomorrow = new Date(Date.now() + 24 * hour).toISOString().slice(0, 10)
const yesterday = new Date(Date.now() - 36 * hour).toISOString().slice(0, 10)
const notice: TitlePaper = { kind: 'notice', ground: 'unpaid', text: 'The loan of November was not repaid when due; pay within the time named.', sentBy: 'courier', sentOn: yesterday }
const auction: TitlePaper = { kind: 'basis', basis: 'auction', decidedBy: 'Luoyang Auction House', reference: 'LY-AUC-2026-17', decidedOn: yesterday }
const proceeds = { kind: 'proceeds', currency: 'CNY', price: '600000.00', costs: '20000.00', debt: '500000.00', surplus: '80000.00' } as const

describe('a debt that is not paid', () => {
  let platform: Platform, people: People, bank: Desk, second: Desk, otherBank: Desk, buyer: Desk, now: number
  before(async () => {
    now = Date.now()
    platform = await openPlatform({ clock: () => new Date(now) })
    people = await peopleFor(platform, 'tractors')
    bank = await platform.deskOf('bank-luoyang')
    const { email } = await aPerson(platform, await platform.signInAs('bank-luoyang'), ['signer'])
    second = await openDesk({ baseUrl: platform.url, credentials: { email, password: goodPassword } })
    await second.useKey()
    otherBank = await platform.deskOf('bank-hafen')
    buyer = await platform.deskOf('consignee-bearing')
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  const kinds = async (desk: Desk): Promise<string[]> => (await desk.client.call('inbox', {})).items.map(({ kind }) => kind)
  const keep = async (desk: Desk, billNumber: BillNumber, paper: TitlePaper): Promise<Hash> => (await desk.client.call('commitTitlePaper', { params: { billNumber }, body: paper })).hash as Hash
  const inHours = (hours: number): Instant => new Date(now + hours * hour).toISOString() as Instant
  const mailsAbout = (billNumber: BillNumber, word: RegExp): string[] => platform.mails.filter(({ subject, text }) => subject.includes(billNumber) && word.test(text)).map(({ to }) => to).sort()

  async function pledged(dueDate = yesterday): Promise<BillNumber> {
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors', { count: 1 }))
    const params = { billNumber }
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params, body: { pledgee: bank.session.company.partyId, amount: '500000.00', currency: 'CNY', dueDate } })
    await people.shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: hash as Hash } })
    const filing = await bank.client.call('commitPledgeFiling', { params, body: { registryNumber: 'ZDW-1', filedOn: yesterday } })
    await bank.record({ action: 'acceptPledge', bill: billNumber, args: { filingHash: filing.hash as Hash } })
    return billNumber
  }

  it('is declared only once it is due and the pledgor was given notice, who reads it, is written to and may still pay', async () => {
    const early = await pledged(tomorrow)
    await refused('commitment-unknown', () => bank.act({ action: 'declareDefault', bill: early, args: { noticeHash: 'a'.repeat(64) as Hash, curesAt: inHours(1) } }))
    const tooEarly = await keep(bank, early, notice)
    await refused('debt-not-due', () => bank.act({ action: 'declareDefault', bill: early, args: { noticeHash: tooEarly, curesAt: inHours(1) } }))
    const broken = await keep(bank, early, { ...notice, ground: 'covenant' })
    await bank.record({ action: 'declareDefault', bill: early, args: { noticeHash: broken, curesAt: inHours(1) } })

    const billNumber = await pledged()
    await refused('not-pledgee', () => keep(people.shipper, billNumber, notice))
    const noticeHash = await keep(bank, billNumber, notice)
    await bank.record({ action: 'declareDefault', bill: billNumber, args: { noticeHash, curesAt: inHours(48) } })
    const params = { billNumber }
    const { items } = await people.shipper.client.call('titlePapers', { params })
    expect(items.map(({ paper, usedIn }) => [paper, usedIn])).to.deep.equal([[notice, 5]])
    expect((await people.clerk.client.call('titlePapers', { params })).items, 'the carrier is told of the default, not of the debt').to.deep.equal([])
    const page = await people.shipper.client.call('bill', { params })
    expect([page.standing.pledgeState, page.standing.curesAt]).to.deep.equal(['DEFAULTED', inHours(48)])
    expect(await kinds(people.shipper)).to.include('default-declared')
    expect(await kinds(bank)).to.not.include('cure-period-over')
    await platform.app.notices.settled()
    const told = mailsAbout(billNumber, /declared a default/)
    expect(told).to.include.members(['shipper-machinery@demo.yidan.example', 'carrier-clerk@demo.yidan.example'])
    expect(told.some((to) => to.startsWith('bank-luoyang'))).to.equal(false)
    expect(platform.mails.some(({ text }) => /500000|豫西|tractor/.test(text))).to.equal(false)
    const check = await otherBank.client.call('bankCheck', { params })
    expect([check.verdict, check.checks.find(({ code }) => code === 'default')?.ok]).to.deep.equal(['pledged-to-another', false])
    await bank.record({ action: 'cureDefault', bill: billNumber, args: {} })
    expect((await people.shipper.client.call('bill', { params })).standing.pledgeState).to.equal('PLEDGED')
    expect(await kinds(people.shipper)).to.satisfy((found: string[]) => found.filter((kind) => kind === 'default-declared').length === 1)
  })

  it('ends in a sale by two people of the bank after the time to pay, on a basis that is kept; the surplus is the pledgor’s and he can read it', async () => {
    const billNumber = await pledged()
    const params = { billNumber }
    await bank.record({ action: 'declareDefault', bill: billNumber, args: { noticeHash: await keep(bank, billNumber, notice), curesAt: inHours(1) } })
    const basisHash = await keep(bank, billNumber, auction)
    await refused('cure-period-running', () => bank.act({ action: 'enforcePledge', bill: billNumber, args: { basis: 'auction', basisHash } }))
    now += 2 * hour
    expect(await kinds(bank)).to.include('cure-period-over')
    await refused('commitment-unknown', () => bank.act({ action: 'enforcePledge', bill: billNumber, args: { basis: 'court', basisHash } }))
    const enforcing = await bank.act({ action: 'enforcePledge', bill: billNumber, args: { basis: 'auction', basisHash } })
    expect(enforcing.outcome === 'awaiting-signature' && enforcing.request.wanted.map(({ why }) => why)).to.deep.equal(['second-person'])
    if (enforcing.outcome !== 'awaiting-signature') throw new Error('one person enforced')
    expect((await second.signAlong(enforcing.request.commandId)).outcome).to.equal('recorded')

    const wrong = await refused('invalid-request', () => keep(bank, billNumber, { ...proceeds, surplus: '0.00' }))
    expect(wrong.errors?.[0]?.pointer).to.equal('/surplus')
    const proceedsHash = await keep(bank, billNumber, proceeds)
    const sale = await bank.act({ action: 'sellEnforced', bill: billNumber, args: { to: buyer.session.company.partyId, proceedsHash } })
    if (sale.outcome !== 'awaiting-signature') throw new Error('one person sold it')
    expect(sale.request.wanted.map(({ why }) => why)).to.have.members(['second-person', 'buyer'])
    await second.signAlong(sale.request.commandId)
    expect((await buyer.signAlong(sale.request.commandId)).outcome).to.equal('recorded')

    const bought = await buyer.client.call('bill', { params })
    expect([bought.standing.pledgeState, bought.standing.possessor?.partyId, bought.relations.includes('titleholder')]).to.deep.equal(['NONE', buyer.session.company.partyId, true])
    const { items } = await people.shipper.client.call('titlePapers', { params })
    expect(items.find(({ paper }) => paper.kind === 'proceeds')?.paper).to.include({ surplus: '80000.00' })
    expect((await buyer.client.call('titlePapers', { params })).items).to.deep.equal([])
    await platform.app.notices.settled()
    expect(mailsAbout(billNumber, /sold to a buyer/)).to.include.members(['shipper-machinery@demo.yidan.example', 'carrier-clerk@demo.yidan.example', 'consignee-bearing@demo.yidan.example'])
  })

  it('goes to another bank with its pledge, which pledgor and carrier are told', async () => {
    const billNumber = await pledged()
    const params = { billNumber }
    const to = otherBank.session.company.partyId
    await refused('commitment-unknown', () => bank.act({ action: 'assignPledge', bill: billNumber, args: { to, termsHash: 'b'.repeat(64) as Hash, filingHash: 'c'.repeat(64) as Hash } }))
    const terms = await bank.client.call('commitPledgeTerms', { params, body: { pledgee: to, amount: '480000.00', currency: 'CNY', dueDate: tomorrow } })
    const filing = await bank.client.call('commitPledgeFiling', { params, body: { registryNumber: 'ZDW-2', filedOn: yesterday } })
    const outcome = await bank.act({ action: 'assignPledge', bill: billNumber, args: { to, termsHash: terms.hash as Hash, filingHash: filing.hash as Hash } })
    if (outcome.outcome !== 'awaiting-signature') throw new Error('a debt was put on a bank that did not sign')
    expect((await otherBank.signAlong(outcome.request.commandId)).outcome).to.equal('recorded')
    const pledge = await otherBank.client.call('pledgeTerms', { params })
    expect([pledge.pledgee.partyId, pledge.terms?.amount, pledge.filing?.registryNumber]).to.deep.equal([to, '480000.00', 'ZDW-2'])
    await refused('forbidden', () => bank.client.call('pledgeTerms', { params }))
    await platform.app.notices.settled()
    expect(mailsAbout(billNumber, /went to another bank/)).to.include.members(['shipper-machinery@demo.yidan.example', 'carrier-signer@demo.yidan.example'])
  })
})
