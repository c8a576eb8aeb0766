import { openDesk } from '@yidan/api/sdk'
import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson, goodPassword, signIn } from '../support/people.ts'
import { rawDump, readableIn } from '../support/raw-dump.ts'
import { refused } from '../support/refused.ts'

describe('people', () => {
  let platform: Platform, administrator: SignedIn
  before(async () => {
    platform = await openPlatform()
    administrator = await platform.signInAs('bank-luoyang')
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  it('lie sealed in the database by name and address, and are found by their address all the same', async () => {
    const person = await aPerson(platform, administrator, ['clerk'])
    const { name } = person.session.person
    const dump = await rawDump(platform.ports.database)
    expect(readableIn(new Map([...dump].filter(([collection]) => collection !== 'audit')), [person.email, name, '周物流', 'bank-luoyang@demo.yidan.example'])).to.deep.equal([])
    expect((await signIn(platform, { email: person.email.toUpperCase(), password: goodPassword })).answer.status).to.equal(200)
    await refused('email-taken', () => platform.client(administrator).call('invite', { params: { companyId: administrator.session.company.id }, body: { email: person.email, roles: ['clerk'] } }))
  })

  it('who have left are forgotten: no name or address is left anywhere, the tag on the ledger is nobody’s, and what they signed stays valid', async () => {
    const companyId = administrator.session.company.id
    const person = await aPerson(platform, administrator, ['signer'])
    const desk = await openDesk({ baseUrl: platform.url, credentials: { email: person.email, password: goodPassword } })
    await desk.useKey()
    const personId = person.session.person.id
    const client = platform.client(administrator)
    const params = { companyId, personId }
    await refused('person-still-active', () => client.call('forgetPerson', { params }))
    await refused('forbidden', () => platform.client(person).call('forgetPerson', { params }))
    await client.call('editPerson', { params, body: { disabled: true } })
    await client.call('audit', { params: { companyId }, query: { limit: 1 } })
    await client.call('forgetPerson', { params })
    await client.call('audit', { params: { companyId }, query: { limit: 1 } })
    const dump = await rawDump(platform.ports.database)
    expect(readableIn(dump, [person.email, person.session.person.name])).to.deep.equal([])
    expect(await platform.ports.vault.keyFor(`person:${personId}`)).to.equal(null)
    const { keys } = await client.call('keys', { params: { companyId } })
    const key = keys.find(({ keyId }) => keyId === desk.signer().keyId)
    expect([key?.personName, key?.person]).to.deep.equal([null, person.session.person.person])
    await refused('not-found', () => client.call('forgetPerson', { params }))
    expect((await signIn(platform, { email: person.email, password: goodPassword })).answer.status).to.equal(401)
    const { items } = await client.call('people', { params: { companyId } })
    expect(items.some(({ id }) => id === personId)).to.equal(false)
    await client.call('invite', { params: { companyId }, body: { email: person.email, roles: ['clerk'] } })
  })
})
