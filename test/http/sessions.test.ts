import { expect } from 'chai'
import { aPerson, goodPassword, signIn } from '../support/people.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

describe('signing in', () => {
  let platform: Platform
  let administrator: SignedIn
  let skipped = 0
  before(async () => {
    platform = await openPlatform({ clock: () => new Date(Date.now() + skipped) })
    administrator = await platform.signInAs('shipper-machinery')
  })
  after(() => platform.close())
  beforeEach(() => {
    skipped = 0
  })

  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const { email } = await aPerson(platform, administrator, ['clerk'])
    const { answer } = await signIn(platform, { email: email.toUpperCase(), password: goodPassword })
    expect(answer.status).to.equal(200)
    expect(answer.headers.getSetCookie()[0]).to.match(/^yidan_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
    expect(answer.headers.get('cache-control')).to.equal('no-store')
  })

  it('says with each answer when it was by the platform’s clock, for screens whose machine has another time', async () => {
    skipped = 90 * 60_000
    const { answer } = await signIn(platform, { email: 'nobody@people.example', password: 'wrong' })
    expect(Date.parse(answer.headers.get('date') ?? '') - Date.now()).to.be.closeTo(skipped, 60_000)
  })

  it('keeps no token and no password where they could be read', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const token = person.cookie.split('=')[1] ?? ''
    const collections = await platform.ports.database.db!.collections()
    const everything = JSON.stringify(await Promise.all(collections.map((collection) => collection.find().toArray())))
    expect(everything).to.contain(person.session.person.id)
    expect(everything).to.not.contain(token)
    expect(everything).to.not.contain(goodPassword)
  })

  it('answers a wrong password and an unknown address alike', async () => {
    const { email } = await aPerson(platform, administrator, ['clerk'])
    const wrong = (await (await signIn(platform, { email, password: 'wrong' })).answer.json()) as object
    const unknown = (await (await signIn(platform, { email: 'nobody@people.example', password: 'wrong' })).answer.json()) as object
    expect({ ...wrong, requestId: '' }).to.deep.equal({ ...unknown, requestId: '' }).and.to.include({ code: 'bad-credentials' })
  })

  it('is locked for a quarter of an hour after eight failures, then twice as long, and opens again', async () => {
    const { email } = await aPerson(platform, administrator, ['clerk'])
    const attempt = async (password: string): Promise<number> => (await signIn(platform, { email, password })).answer.status
    for (let tries = 1; tries <= 7; tries += 1) expect(await attempt('wrong')).to.equal(401)
    expect(await attempt('wrong')).to.equal(429)
    const { answer } = await signIn(platform, { email, password: goodPassword })
    expect(answer.status).to.equal(429)
    expect(Number(answer.headers.get('retry-after'))).to.be.within(890, 900)
    skipped = 16 * 60_000
    expect(await attempt('wrong')).to.equal(429)
    skipped += 16 * 60_000
    expect(await attempt(goodPassword)).to.equal(429)
    skipped += 16 * 60_000
    expect(await attempt(goodPassword)).to.equal(200)
    expect(await attempt('wrong')).to.equal(401)
  })

  it('locks an address that is nobody’s just the same', async () => {
    const statuses = []
    for (let tries = 1; tries <= 8; tries += 1) statuses.push((await signIn(platform, { email: 'ghost@people.example', password: 'x' })).answer.status)
    expect(statuses.slice(-2)).to.deep.equal([401, 429])
  })

  it('ends after its days', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    await platform.client(person).call('session', {})
    skipped = 8 * 86_400_000
    await refused('session-expired', () => platform.client(person).call('session', {}))
  })

  it('shows the own sessions, and ends the one that is chosen', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const other = await signIn(platform, { email: person.email, password: goodPassword })
    const { items } = await platform.client(person).call('sessions', {})
    expect(items.map(({ current }) => current)).to.have.members([true, false])
    const ended: unknown[] = []
    const stop = platform.app.parties.sessions.onRevoked((revoked) => ended.push(revoked))
    const sessionId = items.find(({ current }) => !current)?.id ?? ''
    await platform.client(person).call('revokeSession', { params: { sessionId } })
    stop()
    expect(ended).to.deep.equal([{ type: 'session', sessionId }])
    await refused('session-expired', () => platform.client({ ...person, cookie: other.cookie }).call('session', {}))
    await platform.client(person).call('session', {})
  })

  it('lets nobody end another’s session, nor learn whether it is there', async () => {
    const [one, other] = [await aPerson(platform, administrator, ['clerk']), await aPerson(platform, administrator, ['clerk'])]
    const { items } = await platform.client(other).call('sessions', {})
    await refused('not-found', () => platform.client(one).call('revokeSession', { params: { sessionId: items[0]?.id ?? '' } }))
    await refused('not-found', () => platform.client(one).call('revokeSession', { params: { sessionId: 'se_unknown' } }))
    await platform.client(other).call('session', {})
  })

  it('is over everywhere else once the password is changed', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const elsewhere = await signIn(platform, { email: person.email, password: goodPassword })
    await refused('bad-credentials', () => platform.client(person).call('changePassword', { body: { current: 'wrong', next: 'another fine password' } }))
    const weak = await refused('weak-password', () => platform.client(person).call('changePassword', { body: { current: goodPassword, next: 'password123!' } }))
    expect(weak.errors?.[0]).to.include({ pointer: '/next', code: 'common-password' })
    await platform.client(person).call('changePassword', { body: { current: goodPassword, next: 'another fine password' } })
    await platform.client(person).call('session', {})
    await refused('session-expired', () => platform.client({ ...person, cookie: elsewhere.cookie }).call('session', {}))
    expect((await signIn(platform, { email: person.email, password: goodPassword })).answer.status).to.equal(401)
  })

  it('is over at once for a person who is disabled', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const companyId = administrator.session.company.id
    await platform.client(administrator).call('editPerson', { params: { companyId, personId: person.session.person.id }, body: { disabled: true } })
    await refused('session-expired', () => platform.client(person).call('session', {}))
    expect((await signIn(platform, { email: person.email, password: goodPassword })).answer.status).to.equal(401)
  })

  it('leaves with signing out', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const answer = await platform.request('/api/v1/session', { method: 'DELETE', headers: { cookie: person.cookie, 'x-yidan': '1' } })
    expect(answer.status).to.equal(204)
    expect(answer.headers.getSetCookie()[0]).to.match(/^yidan_session=; Path=\/; Expires=Thu, 01 Jan 1970/)
    await refused('session-expired', () => platform.client(person).call('session', {}))
  })
})

describe('a request that another site made the browser send', () => {
  let platform: Platform
  let clerk: SignedIn
  before(async () => {
    platform = await openPlatform()
    clerk = await platform.signInAs('carrier-clerk')
  })
  after(() => platform.close())

  const signOut = async (headers: Record<string, string>): Promise<number> => (await platform.request('/api/v1/session', { method: 'DELETE', headers: { cookie: clerk.cookie, ...headers } })).status

  it('is turned down without our header or Origin', async () => {
    expect(await signOut({})).to.equal(403)
    expect(await signOut({ origin: 'https://evil.example' })).to.equal(403)
    expect(await signOut({ origin: 'null' })).to.equal(403)
    await platform.client(clerk).call('session', {})
  })

  it('goes through from our own page', async () => {
    expect(await signOut({ origin: platform.url })).to.equal(204)
    clerk = await platform.signInAs('carrier-clerk')
    expect(await signOut({ origin: 'http://yidan.test' })).to.equal(204)
  })
})

describe('with the demo off', () => {
  it('there are no demo accounts, and nobody signs in with one', async () => {
    const platform = await openPlatform({ settings: { demo: false } })
    try {
      expect(await platform.client().call('demoAccounts', {})).to.deep.equal({ enabled: false, accounts: [] })
      await refused('demo-off', () => platform.client().call('signInDemo', { body: { account: 'operator' } }))
    } finally {
      await platform.close()
    }
  })
})
