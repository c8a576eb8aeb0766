import { expect } from 'chai'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlatform, type Platform } from '../support/open-platform.ts'

describe('the web client and what protects it', () => {
  let platform: Platform
  let webRoot: string
  before(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'yidan-web-'))
    await mkdir(join(webRoot, 'assets'))
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>一单</title>')
    await writeFile(join(webRoot, 'favicon.svg'), '<svg/>')
    await writeFile(join(webRoot, 'assets/app-1a2b3c.js'), 'export {}')
    await writeFile(join(webRoot, '.secret'), 'no')
    platform = await openPlatform({ settings: { webRoot, demo: false } })
  })
  after(async () => {
    await platform.close()
    await rm(webRoot, { recursive: true })
  })
  const html = { headers: { accept: 'text/html,application/xhtml+xml' } }

  it('gives the page for every address of its own, asked for anew each time', async () => {
    for (const path of ['/', '/bills/LYLG26110000017', '/invitations/abc']) {
      const answer = await platform.request(path, html)
      expect([answer.status, answer.headers.get('cache-control')], path).to.deep.equal([200, 'no-cache'])
      expect(await answer.text()).to.contain('一单')
    }
  })

  it('gives built files for ever, and no page in place of one that is gone', async () => {
    expect((await platform.request('/assets/app-1a2b3c.js')).headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
    expect((await platform.request('/assets/app-gone.js', html)).status).to.equal(404)
    expect((await platform.request('/favicon.svg')).headers.get('cache-control')).to.equal('no-cache')
  })

  it('never gives the page for the API, and no hidden file', async () => {
    for (const path of ['/api/v1/nope', '/api/nope', '/health/nope', '/metrics/nope']) expect((await platform.request(path, html)).status, path).to.equal(404)
    expect((await platform.request('/.secret', { headers: { accept: 'application/json' } })).status).to.equal(404)
    expect((await platform.request('/..%2f..%2fetc%2fpasswd', { headers: { accept: 'application/json' } })).status).to.be.oneOf([400, 403, 404])
  })

  it('lets a page load and run its own things alone', async () => {
    const { headers } = await platform.request('/', html)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).to.contain("default-src 'self'")
    expect(policy).to.contain("script-src 'self' 'wasm-unsafe-eval'")
    expect(policy).to.contain("worker-src 'self' blob:")
    expect(policy).to.contain('ws://yidan.test')
    expect(policy).to.not.contain('unsafe-inline')
    expect(headers.get('permissions-policy')).to.contain('camera=(self)')
    expect(headers.get('x-content-type-options')).to.equal('nosniff')
    expect(headers.get('x-powered-by')).to.equal(null)
    expect(headers.get('strict-transport-security')).to.equal(null)
  })
})

describe('behind HTTPS', () => {
  it('the cookie is for HTTPS alone, and the browser is told to stay there', async () => {
    const platform = await openPlatform({ settings: { secureCookies: true, publicUrl: 'https://yidan.test' } })
    try {
      const answer = await platform.request('/api/v1/session/demo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"account":"operator"}' })
      expect(answer.headers.getSetCookie()[0]).to.contain('; Secure')
      expect(answer.headers.get('strict-transport-security')).to.contain('max-age=')
    } finally {
      await platform.close()
    }
  })
})

describe('who asks too often', () => {
  it('is told to wait, and for how long', async () => {
    const platform = await openPlatform({ settings: { rateLimits: true, demo: false } })
    try {
      const answers: Response[] = []
      for (let count = 0; count < 31; count += 1) answers.push(await platform.request('/api/v1/verify', { method: 'POST', body: new FormData() }))
      expect(answers.slice(0, 30).every(({ status }) => status === 400)).to.equal(true)
      expect(answers[30]?.status).to.equal(429)
      expect(Number(answers[30]?.headers.get('retry-after'))).to.be.within(1, 60)
      expect((await platform.request('/api/v1/system')).status).to.equal(200)
    } finally {
      await platform.close()
    }
  })
})
