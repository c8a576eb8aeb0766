import { expect } from 'chai'
import { aPerson, goodPassword } from '../support/people.ts'
import { inviteFirstOperator } from '../../api/src/parties/index.ts'
import { cookieOf, openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

describe('companies and their people', () => {
  let platform: Platform
  let operator: SignedIn
  let bank: SignedIn
  let skipped = 0
  before(async () => {
    platform = await openPlatform({ clock: () => new Date(Date.now() + skipped) })
    operator = await platform.signInAs('operator')
    bank = await platform.signInAs('bank-hafen')
  })
  after(() => platform.close())

  const newcomer = { name: '新客户有限公司', nameEn: 'Newcomer Ltd.', country: 'DE', vat: 'DE811234567', roles: ['shipper' as const] }

  it('takes a company in once, and registers it on the ledger', async () => {
    const company = await platform.client(operator).call('createCompany', { body: newcomer })
    const party = await platform.ports.ledger.party(company.partyId)
    expect(party?.roles).to.deep.equal(['shipper'])
    expect(party?.identityHash).to.match(/^[0-9a-f]{64}$/)
    await refused('company-exists', () => platform.client(operator).call('createCompany', { body: { ...newcomer, name: 'Another name' } }))
  })

  it('registers a company once when it is taken in twice at the same moment', async () => {
    const body = { ...newcomer, name: 'Twice GmbH', vat: 'DE999999999' }
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => platform.client(operator).call('createCompany', { body })))
    const { items } = await platform.client(operator).call('companies', { query: { q: 'Twice GmbH' } })
    expect(items).to.have.length(1)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).to.be.at.least(1)
  })

  it('turns a wrong check character down with its place', async () => {
    const problem = await refused('invalid-request', () => platform.client(operator).call('createCompany', { body: { name: 'A', country: 'CN', creditCode: '91410300MA3X2TR023', roles: ['shipper'] } as never }))
    expect(problem.errors?.[0]).to.include({ pointer: '/creditCode', message: '校验位不符' })
  })

  it('lists companies in pages that join without gap, and finds them by name and identifier', async () => {
    const client = platform.client(bank)
    const all = await client.call('companies', { query: { limit: 200 } })
    const paged: string[] = []
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
      const { items, next } = await client.call('companies', { query: { limit: 4, ...(cursor === undefined ? {} : { cursor }) } })
      paged.push(...items.map(({ id }) => id))
      cursor = next ?? undefined
    }
    expect(paged).to.deep.equal(all.items.map(({ id }) => id))
    expect((await client.call('companies', { query: { q: '91410300MA3X2TR022' } })).items.map(({ name }) => name)).to.deep.equal(['豫西农业装备有限公司（示例）'])
    expect((await client.call('companies', { query: { q: '（示例）', role: 'carrier' } })).items).to.have.length(1)
    expect((await client.call('companies', { query: { q: '.*(' } })).items).to.deep.equal([])
    await refused('invalid-request', () => client.call('companies', { query: { cursor: 'not-a-cursor' } }))
  })

  it('lets a company change its address, and only the operator its roles, there and on the ledger', async () => {
    const companyId = bank.session.company.id
    expect(await platform.client(bank).call('editCompany', { params: { companyId }, body: { address: 'Speicherstadt 1' } })).to.include({ address: 'Speicherstadt 1' })
    await refused('forbidden', () => platform.client(bank).call('editCompany', { params: { companyId }, body: { roles: ['bank', 'carrier'] } }))
    await platform.client(operator).call('editCompany', { params: { companyId }, body: { roles: ['bank', 'guarantor'] } })
    expect((await platform.ports.ledger.party(bank.session.company.partyId))?.roles).to.have.members(['bank', 'guarantor'])
    await platform.client(operator).call('editCompany', { params: { companyId }, body: { roles: ['bank'] } })
  })

  it('invites by mail; the link works once, for a week', async () => {
    const companyId = bank.session.company.id
    const invited = await platform.client(bank).call('invite', { params: { companyId }, body: { email: 'Jan@people.example', roles: ['viewer'] } })
    const mail = platform.mails.at(-1)
    expect(mail?.to).to.equal('jan@people.example')
    expect(mail?.text).to.contain(invited.link ?? 'no link')
    const token = invited.link?.split('/').at(-1) ?? ''
    expect(await platform.client().call('invitation', { params: { token } })).to.deep.equal({ company: 'HAFEN HANDELSBANK AG (sample)', email: 'jan@people.example', roles: ['viewer'] })
    expect((await platform.client(bank).call('people', { params: { companyId } })).invitations[0]?.link).to.equal(null)
    await refused('weak-password', () => platform.client().call('acceptInvitation', { params: { token }, body: { name: 'Jan', password: 'password123!' } }))
    const both = await Promise.allSettled([1, 2].map(() => platform.client().call('acceptInvitation', { params: { token }, body: { name: 'Jan', password: goodPassword } })))
    expect(both.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected'])
    await refused('invitation-invalid', () => platform.client().call('invitation', { params: { token } }))
    await refused('email-taken', () => platform.client(bank).call('invite', { params: { companyId }, body: { email: 'jan@people.example', roles: ['viewer'] } }))

    const late = await platform.client(bank).call('invite', { params: { companyId }, body: { email: 'late@people.example', roles: ['viewer'] } })
    skipped = 7 * 86_400_000 + 60_000
    await refused('invitation-invalid', () => platform.client().call('invitation', { params: { token: late.link?.split('/').at(-1) ?? '' } }))
    skipped = 0
  })

  it('takes an invitation back', async () => {
    const companyId = bank.session.company.id
    const { id, link } = await platform.client(bank).call('invite', { params: { companyId }, body: { email: 'mistake@people.example', roles: ['viewer'] } })
    await platform.client(bank).call('withdrawInvitation', { params: { companyId, invitationId: id } })
    await refused('invitation-invalid', () => platform.client().call('acceptInvitation', { params: { token: link?.split('/').at(-1) ?? '' }, body: { name: 'X', password: goodPassword } }))
    await refused('not-found', () => platform.client(bank).call('withdrawInvitation', { params: { companyId, invitationId: id } }))
  })

  it('keeps the last administrator, also when two take the right from each other at once', async () => {
    const companyId = bank.session.company.id
    const own = { companyId, personId: bank.session.person.id }
    await refused('last-administrator', () => platform.client(bank).call('editPerson', { params: own, body: { disabled: true } }))
    await refused('last-administrator', () => platform.client(bank).call('editPerson', { params: own, body: { roles: ['clerk'] } }))
    const second = await aPerson(platform, bank, ['administrator'])
    await Promise.allSettled([
      platform.client(bank).call('editPerson', { params: { companyId, personId: second.session.person.id }, body: { roles: ['viewer'] } }),
      platform.client(second).call('editPerson', { params: own, body: { roles: ['viewer'] } }),
    ])
    const administrators = await platform.app.parties.store.people.countDocuments({ companyId, roles: 'administrator', disabled: false })
    expect(administrators).to.be.at.least(1)
  })
})

describe('the first start without the demo', () => {
  it('invites the operator by mail, who takes the first companies in; once', async () => {
    const platform = await openPlatform({ settings: { demo: false, publicUrl: 'https://bills.example.com' } })
    try {
      const [mail, ...more] = platform.mails
      expect(mail?.to).to.equal('operator@bills.example.com')
      expect(more).to.deep.equal([])
      const token = /invitations\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
      expect(platform.bugs.join()).to.not.contain(token)
      const answer = await platform.request(`/api/v1/invitations/${token}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'First', password: goodPassword }) })
      const operator = { session: (await answer.json()) as SignedIn['session'], cookie: cookieOf(answer) }
      const company = await platform.client(operator).call('createCompany', { body: { name: '首家客户', country: 'CN', creditCode: '91410300MA3X2TR022', roles: ['shipper'] } })
      expect(company.roles).to.deep.equal(['shipper'])
      await inviteFirstOperator(platform.ports, platform.app.parties.store)
      expect(platform.mails).to.have.length(1)
    } finally {
      await platform.close()
    }
  })
})
