import { Problem, routes, type Route } from '@yidan/api/contract'
import { expect } from 'chai'
import { request as plainRequest } from 'node:http'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'

describe('requests that are not right', () => {
  let platform: Platform
  let clerk: SignedIn
  before(async () => {
    platform = await openPlatform()
    clerk = await platform.signInAs('carrier-clerk')
  })
  after(() => platform.close())
  afterEach(() => {
    expect(platform.bugs, 'bugs were logged').to.deep.equal([])
  })

  async function problemOf(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; problem: Problem }> {
    const answer = await platform.request(path, init)
    expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/)
    const problem = Problem.parse(await answer.json())
    expect(problem.requestId).to.equal(answer.headers.get('x-request-id'))
    return { status: answer.status, headers: answer.headers, problem }
  }
  const asClerk = (init: RequestInit = {}): RequestInit => ({ ...init, headers: { cookie: clerk.cookie, 'x-yidan': '1', ...(init.headers as Record<string, string> | undefined) } })

  it('to an address that is none get 404', async () => {
    expect((await problemOf('/api/v1/nothing/here')).status).to.equal(404)
    expect((await problemOf('/nothing', { headers: { accept: 'application/json' } })).status).to.equal(404)
  })

  it('with another method get 405 and are told which ones are taken', async () => {
    const { status, headers } = await problemOf('/api/v1/companies', { method: 'DELETE' })
    expect(status).to.equal(405)
    expect(headers.get('allow')).to.equal('GET, HEAD, POST, OPTIONS')
  })

  it('with TRACE get 405 on every known path', async () => {
    for (const { path } of Object.values(routes) as Route[]) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        plainRequest(`${platform.url}/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`, { method: 'TRACE' }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).on('error', reject).end()
      })
      expect(status, path).to.equal(405)
    }
  })

  it('hear of all faults of path, query and body at once', async () => {
    const { status, problem } = await problemOf('/api/v1/companies?limit=0&limit=2&q=%00', asClerk())
    expect(status).to.equal(400)
    expect(problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`)).to.have.members(['q invalid-characters', 'limit wrong-type'])
    const both = await problemOf(`/api/v1/companies/nobody/invitations`, asClerk({ method: 'POST', headers: { cookie: (await platform.signInAs('carrier-signer')).cookie, 'content-type': 'application/json' }, body: '{"email":"x","roles":[],"more":1}' }))
    expect(both.problem.errors?.map(({ pointer }) => pointer)).to.have.members(['companyId', '/email', '/roles', '/more'])
  })

  it('with a body of another type get 415, without a type too', async () => {
    expect((await problemOf('/api/v1/session', { method: 'POST', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).to.equal(415)
    expect((await problemOf('/api/v1/session', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json; charset=gbk' } })).status).to.equal(415)
    expect((await problemOf('/api/v1/session', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'zstd' } })).status).to.equal(415)
    expect((await problemOf('/api/v1/session', { method: 'POST', body: new Uint8Array([123, 125]) })).status).to.equal(415)
  })

  it('that are no JSON get 400 with the place', async () => {
    const { status, problem } = await problemOf('/api/v1/session', { method: 'POST', body: '{"email": oops}', headers: { 'content-type': 'application/json', 'accept-language': 'en' } })
    expect(status).to.equal(400)
    expect(problem).to.include({ code: 'invalid-json', title: 'The body is no JSON' })
  })

  it('that are broken in transfer get 400', async () => {
    const { status } = await problemOf('/api/v1/session', { method: 'POST', body: 'not gzip', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })
    expect(status).to.equal(400)
    expect((await problemOf('/api/v1/companies/%E0%A4%A', asClerk())).status).to.equal(400)
  })

  it('that are too large get 413; a batch of events may be larger than anything else', async () => {
    const large = JSON.stringify({ email: 'a@b.example', password: 'x'.repeat(1_100_000) })
    expect((await problemOf('/api/v1/session', { method: 'POST', body: large, headers: { 'content-type': 'application/json' } })).status).to.equal(413)
    const events = JSON.stringify(Array.from({ length: 1000 }, () => ({ filler: 'x'.repeat(2_000) })))
    const taken = await platform.request('/api/v1/events', asClerk({ method: 'POST', body: events, headers: { 'content-type': 'application/json' } }))
    expect(taken.status).to.equal(200)
  })

  it('with text that cannot be kept, or nested without end, get 400 with the place', async () => {
    const half = await problemOf('/api/v1/session', { method: 'POST', body: '{"email":"a@b.example","password":"\\ud800"}', headers: { 'content-type': 'application/json' } })
    expect(half.problem.errors?.[0]).to.include({ pointer: '/password', code: 'invalid-characters' })
    const deep = await problemOf('/api/v1/drafts', asClerk({ method: 'POST', body: `{"from":"booking","booking":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, headers: { 'content-type': 'application/json' } }))
    expect(deep.problem.errors?.[0]?.code).to.equal('too-deep')
  })

  it('are answered in the caller’s language, Chinese where none is named', async () => {
    expect((await problemOf('/api/v1/session')).problem.title).to.equal('请先登录')
    expect((await problemOf('/api/v1/session', { headers: { 'accept-language': 'en-US,en;q=0.9,zh;q=0.8' } })).problem.title).to.equal('Please sign in')
  })

  it('never come through as a bug, whatever is thrown at any route', async () => {
    const names = ['x', '%00', '..%2F..%2Fetc', '%F0%9F%9A%86', "'%7B%24gt%3A1%7D", 'co_0000000000000000', 'LYLG0000000000X', 'a'.repeat(3000), '__proto__', 'constructor']
    const bodies = ['', 'null', '[]', '{}', '0', '"text"', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}', '{"from":{"$gt":""}}', '[[[]]]']
    for (const [name, route] of Object.entries(routes) as [string, Route][]) {
      for (const value of names) {
        const path = `/api/v1${route.path.replaceAll(/\{\w+\}/g, value)}?q=%5B(&cursor=${value}&limit=7&code=${value}&h=${value}`
        if (route.method === 'get' || !route.path.includes('{')) {
          if (route.method !== 'get') continue
          const { status } = await platform.request(path, asClerk())
          expect(status, `${name} ${value}`).to.be.below(500)
        }
      }
      if (route.method === 'get' || name === 'signOut') continue
      for (const body of bodies) {
        const headers = body === '' ? {} : { 'content-type': 'application/json' }
        const { status } = await platform.request(`/api/v1${route.path.replaceAll(/\{\w+\}/g, 'x')}`, asClerk({ method: route.method.toUpperCase(), headers, ...(body === '' ? {} : { body }) }))
        expect(status, `${name} ${body}`).to.be.below(500)
      }
    }
  })
})
