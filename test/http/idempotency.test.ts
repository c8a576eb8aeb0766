import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

describe('the same request again, by its Idempotency-Key', () => {
  let platform: Platform
  let operator: SignedIn
  let bank: SignedIn
  let skipped = 0
  before(async () => {
    platform = await openPlatform({ clock: () => new Date(Date.now() + skipped) })
    operator = await platform.signInAs('operator')
    bank = await platform.signInAs('bank-luoyang')
  })
  after(() => platform.close())

  const company = (vat: string) => ({ name: `Company ${vat}`, country: 'DE', vat, roles: ['shipper' as const] })
  const create = (vat: string, idempotencyKey: string) => platform.client(operator).call('createCompany', { body: company(vat), idempotencyKey })

  it('gives the first answer and does nothing', async () => {
    const first = await create('DE100000001', 'k-1')
    expect(await create('DE100000001', 'k-1')).to.deep.equal(first)
    const raw = await platform.request('/api/v1/companies', { method: 'POST', headers: { cookie: operator.cookie, 'x-yidan': '1', 'content-type': 'application/json', 'idempotency-key': 'k-1' }, body: JSON.stringify(company('DE100000001')) })
    expect([raw.status, raw.headers.get('idempotency-replayed')]).to.deep.equal([201, 'true'])
  })

  it('is refused with another content', async () => {
    await create('DE100000002', 'k-2')
    await refused('idempotency-key-reused', () => create('DE100000003', 'k-2'))
  })

  it('runs once when many come at the same moment', async () => {
    const params = { companyId: bank.session.company.id }
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => platform.client(bank).call('invite', { params, body: { email: 'once@people.example', roles: ['viewer'] }, idempotencyKey: 'k-3' })))
    const links = new Set(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.link] : [])))
    expect(links.size).to.equal(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(String(outcome.reason)).to.contain('idempotency-in-flight')
    const { invitations } = await platform.client(bank).call('people', { params })
    expect(invitations.filter(({ email }) => email === 'once@people.example')).to.have.length(1)
  })

  it('keeps no link in the open', async () => {
    const kept = JSON.stringify(await platform.ports.database.collection('idempotency_keys').find().toArray())
    expect(kept).to.contain('k-3')
    expect(kept).to.not.contain('/invitations/')
  })

  it('belongs to its company: another one may use the same key', async () => {
    const params = (signedIn: SignedIn) => ({ companyId: signedIn.session.company.id })
    const one = await platform.client(bank).call('invite', { params: params(bank), body: { email: 'a@people.example', roles: ['viewer'] }, idempotencyKey: 'shared' })
    const other = await platform.client(operator).call('invite', { params: params(operator), body: { email: 'b@people.example', roles: ['viewer'] }, idempotencyKey: 'shared' })
    expect(one.email).to.not.equal(other.email)
  })

  it('may be put right and sent again after a refusal', async () => {
    await refused('company-exists', () => create('DE100000001', 'k-4'))
    await create('DE100000004', 'k-4')
  })

  it('is forgotten after a day', async () => {
    await create('DE100000005', 'k-5')
    skipped = 86_400_000 + 1000
    await create('DE100000006', 'k-5')
    skipped = 0
  })

  it('must be a plain word', async () => {
    const problem = await refused('invalid-request', () => create('DE100000007', 'k'.repeat(201)))
    expect(problem.errors?.[0]?.pointer).to.equal('Idempotency-Key')
  })
})
