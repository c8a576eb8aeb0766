import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson, signIn } from '../support/people.ts'
import { refused } from '../support/refused.ts'

describe('the audit log of a company', () => {
  let platform: Platform
  let administrator: SignedIn
  before(async () => {
    platform = await openPlatform()
    administrator = await platform.signInAs('bank-luoyang')
  })
  after(() => platform.close())
  const companyId = () => administrator.session.company.id
  const read = (query = {}) => platform.client(administrator).call('audit', { params: { companyId: companyId() }, query })

  it('says who did what, from where, with what result', async () => {
    await platform.client(administrator).call('editCompany', { params: { companyId: companyId() }, body: { contact: '国际业务部' } })
    const { items } = await read()
    expect(items[0]).to.include({ action: 'editCompany', ability: 'edit-company', result: 'done', code: null, actor: 'person', personName: '郑信贷', companyId: companyId(), subject: companyId() })
    expect(items[0]?.address).to.match(/127\.0\.0\.1$/)
    expect(items[0]?.requestId).to.match(/^[0-9a-f-]{36}$/)
  })

  it('tells refusals, with their code, to the one who was refused and to the one it was about', async () => {
    const stranger = await platform.signInAs('shipper-solar')
    await refused('forbidden', () => platform.client(stranger).call('people', { params: { companyId: companyId() } }))
    const { items } = await read({ result: 'refused' })
    expect(items[0]).to.include({ action: 'people', code: 'forbidden', personName: '周物流', subject: companyId() })
    const theirs = await platform.client(stranger).call('audit', { params: { companyId: stranger.session.company.id }, query: { result: 'refused' } })
    expect(theirs.items[0]).to.include({ action: 'people', code: 'forbidden' })
  })

  it('tells failed sign-ins to the company whose account was tried', async () => {
    const person = await aPerson(platform, administrator, ['viewer'])
    await signIn(platform, { email: person.email, password: 'guess' })
    const { items } = await read({ q: person.email })
    expect(items[0]).to.include({ action: 'signIn', result: 'refused', code: 'bad-credentials', actor: 'anonymous' })
  })

  it('leaves out mere reading', async () => {
    const before = (await read()).total
    await platform.client(administrator).call('company', { params: { companyId: companyId() } })
    expect((await read()).total).to.equal(before)
  })

  it('comes in pages that join without gap, newest first', async () => {
    for (let count = 0; count < 7; count += 1) await platform.client(administrator).call('editCompany', { params: { companyId: companyId() }, body: { contact: `${count}` } })
    const all = await read({ limit: 200 })
    const paged: string[] = []
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
      const { items, next } = await read({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
      paged.push(...items.map(({ id }) => id))
      cursor = next ?? undefined
    }
    expect(paged).to.deep.equal(all.items.map(({ id }) => id))
    expect([...all.items].sort((one, other) => (one.at < other.at ? 1 : -1)).map(({ at }) => at)).to.deep.equal(all.items.map(({ at }) => at))
  })

  it('is searched by day', async () => {
    const today = new Date().toISOString().slice(0, 10)
    expect((await read({ from: today, to: today })).items.length).to.be.above(0)
    expect((await read({ to: '2020-01-01' })).items).to.deep.equal([])
    await refused('invalid-request', () => read({ from: 'yesterday' }))
  })

  it('is exported as CSV that starts no formula, and that is noted too', async () => {
    const evil = await aPerson(platform, administrator, ['viewer'])
    const { people } = platform.app.parties.store
    const person = await people.findOne({ _id: evil.session.person.id })
    await people.replaceOne({ _id: evil.session.person.id }, { ...person!, name: '=HYPERLINK("http://evil.example")' })
    await refused('forbidden', () => platform.client(evil).call('audit', { params: { companyId: companyId() } }))
    const answer = await platform.request(`/api/v1/companies/${companyId()}/audit/export`, { headers: { cookie: administrator.cookie, 'accept-language': 'zh' } })
    expect(answer.headers.get('content-type')).to.equal('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).to.match(/^attachment; filename=".+\.csv"; filename\*=UTF-8''%E6%B4%9B/)
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect([...bytes.subarray(0, 3)]).to.deep.equal([0xef, 0xbb, 0xbf])
    const text = bytes.toString('utf8')
    expect(text).to.match(/^\uFEFF时间 \(UTC\),/)
    expect(text).to.contain(`"'=HYPERLINK(""http://evil.example"")"`)
    expect((await read()).items[0]).to.include({ action: 'exportAudit', result: 'done' })
  })

  it('is for the company itself, the operator and the regulator', async () => {
    await platform.client(await platform.signInAs('regulator')).call('audit', { params: { companyId: companyId() } })
    await platform.client(await platform.signInAs('operator')).call('audit', { params: { companyId: companyId() } })
    await refused('forbidden', async () => platform.client(await platform.signInAs('bank-hafen')).call('audit', { params: { companyId: companyId() } }))
  })

  it('is whole after an orderly stop', async () => {
    const other = await openPlatform()
    const { ports, app } = other
    const lines = Array.from({ length: 40 }, (_, count) => other.request('/api/v1/session/demo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account: `nobody-${count}` }) }))
    await Promise.all(lines)
    await app.close()
    expect(await ports.database.collection('audit').countDocuments({ action: 'signInDemo', code: 'bad-credentials' })).to.equal(40)
    await other.close()
  })
})
