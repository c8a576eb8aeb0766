import { openDesk } from '@yidan/api/sdk'
import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

describe('API keys', () => {
  let platform: Platform
  let administrator: SignedIn
  let skipped = 0
  before(async () => {
    platform = await openPlatform({ clock: () => new Date(Date.now() + skipped) })
    administrator = await platform.signInAs('carrier-signer')
  })
  after(() => platform.close())

  const make = (abilities: string[], days = 30) => platform.client(administrator).call('createApiKey', { params: { companyId: administrator.session.company.id }, body: { label: 'TMS', abilities: abilities as never, days } })

  it('do what they were given, and nothing else that their company may', async () => {
    const { secret } = await make(['use-session', 'list-companies'])
    const client = platform.client({ apiKey: secret ?? '' })
    expect((await client.call('session', {})).abilities).to.have.members(['use-session', 'list-companies', 'verify-bill', 'read-public-certificate', 'sign-in', 'accept-invitation', 'read-system', 'open-share'])
    expect((await client.call('companies', {})).items.length).to.be.above(3)
    await refused('forbidden', () => client.call('drafts', {}))
    await refused('forbidden', () => client.call('signOut', {}))
    await refused('forbidden', () => client.call('sessions', {}))
  })

  it('need no sign that our page sent them, and no cookie', async () => {
    const { secret } = await make(['send-events'])
    const answer = await platform.request('/api/v1/events', { method: 'POST', headers: { authorization: `Bearer ${secret ?? ''}`, 'content-type': 'application/json' }, body: '[{}]' })
    expect(answer.status).to.equal(200)
  })

  it('cannot be given what only people can have', async () => {
    const problem = await refused('invalid-request', () => make(['list-bills', 'manage-api-keys', 'sign-in']))
    expect(problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`)).to.deep.equal(['/abilities/1 not-grantable', '/abilities/2 not-grantable'])
  })

  it('never reach further than their company', async () => {
    const shipper = await platform.signInAs('shipper-solar')
    const { secret } = await platform.client(shipper).call('createApiKey', { params: { companyId: shipper.session.company.id }, body: { label: 'ERP', abilities: ['create-draft', 'create-company'], days: 1 } })
    await refused('forbidden', () => platform.client({ apiKey: secret ?? '' }).call('createDraft', { body: { from: 'content', content: {} } }))
  })

  it('are shown once, kept as a hash, and tell when they were used', async () => {
    const { secret, id } = await make(['use-session'])
    const list = () => platform.client(administrator).call('apiKeys', { params: { companyId: administrator.session.company.id } })
    expect((await list()).items.find((key) => key.id === id)).to.include({ secret: null, lastUsedAt: null })
    await platform.client({ apiKey: secret ?? '' }).call('session', {})
    expect((await list()).items.find((key) => key.id === id)?.lastUsedAt).to.match(/Z$/)
    const stored = JSON.stringify(await platform.ports.database.collection('api_keys').find().toArray())
    expect(stored).to.not.contain(secret)
  })

  it('end when they are revoked and when their time is over', async () => {
    const [one, other] = [await make(['use-session']), await make(['use-session'], 1)]
    const ended: unknown[] = []
    const stop = platform.app.parties.sessions.onRevoked((revoked) => ended.push(revoked))
    await platform.client(administrator).call('revokeApiKey', { params: { companyId: administrator.session.company.id, apiKeyId: one.id } })
    stop()
    expect(ended).to.deep.equal([{ type: 'api-key', apiKeyId: one.id }])
    await refused('bad-credentials', () => platform.client({ apiKey: one.secret ?? '' }).call('session', {}))
    skipped = 86_400_000 + 1000
    await refused('bad-credentials', () => platform.client({ apiKey: other.secret ?? '' }).call('session', {}))
    skipped = 0
  })

  it('that are wrong are told so, even where strangers may go', async () => {
    await refused('bad-credentials', () => platform.client({ apiKey: 'ydk_wrong' }).call('system', {}))
    const basic = await platform.request('/api/v1/system', { headers: { authorization: 'Basic dXNlcjpwYXNz' } })
    expect(basic.status).to.equal(401)
    expect(basic.headers.get('www-authenticate')).to.match(/^Bearer/)
  })

  it('count as their maker towards the two-person rule', async () => {
    const { secret } = await make(['use-session', 'read-keys', 'register-key'])
    const desk = await openDesk({ baseUrl: platform.url, credentials: { apiKey: secret ?? '' } })
    expect(desk.session.person.person).to.equal(administrator.session.person.person)
    const outcome = await desk.useKey()
    expect(outcome?.outcome).to.equal('recorded')
    expect((await platform.ports.ledger.key(desk.signer().keyId))?.person).to.equal(administrator.session.person.person)
  })

  it('make no administrators', async () => {
    const { secret } = await make(['manage-people'])
    const companyId = administrator.session.company.id
    await refused('forbidden', () => platform.client({ apiKey: secret ?? '' }).call('invite', { params: { companyId }, body: { email: 'boss@people.example', roles: ['administrator'] } }))
    await platform.client({ apiKey: secret ?? '' }).call('invite', { params: { companyId }, body: { email: 'clerk@people.example', roles: ['clerk'] } })
  })
})
