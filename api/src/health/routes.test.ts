import { once } from 'node:events'
import type { Server } from 'node:http'
import { expect } from 'chai'
import express from 'express'
import { openMetrics } from './metrics.ts'
import type { Part } from './parts.ts'
import { healthRoutes, type HealthPorts } from './routes.ts'

describe('the health of the system', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  /** An application with nothing but health, on parts that answer as they are told to. */
  async function served({ primary = true, ledgerOk = true, feedOk = true, ledgerAnswers = true, rootEndsIn = 4_000, metricsToken = null as string | null } = {}): Promise<string> {
    const ports = {
      database: { db: { admin: () => ({ command: () => Promise.resolve({ setName: 'rs0', isWritablePrimary: primary }) }) } },
      ledger: { kind: 'embedded', health: () => (ledgerAnswers ? Promise.resolve({ kind: 'embedded', ok: ledgerOk, network: 'test', position: 7, detail: '' }) : new Promise(() => undefined)) },
      feed: { health: () => ({ ok: feedOk, position: 7, behind: 0, detail: '' }) },
      seals: { certificates: () => Promise.resolve([{ of: 'root', isRoot: true, until: new Date(Date.now() + rootEndsIn * 86_400_000) }, { of: 'CARRIER', isRoot: false, until: new Date(Date.now() + 12.5 * 86_400_000) }]) },
      clock: () => new Date(),
      settings: { version: '1.2.3', webRoot: null, metricsToken },
    } as unknown as HealthPorts
    const metrics = openMetrics()
    const app = express()
    app.use(metrics.timeRequests, healthRoutes({ ports, metrics }))
    app.get('/bills/:number', (_request, response) => void response.json({}))
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  async function ready(base: string): Promise<{ status: number; down: string[] }> {
    const answer = await fetch(`${base}/health/ready`)
    const { parts } = (await answer.json()) as { parts: Part[] }
    return { status: answer.status, down: parts.filter(({ ok }) => !ok).map(({ name }) => name) }
  }

  it('is live as long as the process answers, whatever its parts say', async () => {
    const answer = await fetch(`${await served({ primary: false, ledgerOk: false })}/health/live`)
    expect(answer.status).to.equal(200)
  })

  it('is ready when every part is, and names each with its kind', async () => {
    const answer = await fetch(`${await served()}/health/ready`)
    expect(answer.status).to.equal(200)
    const { version, parts } = (await answer.json()) as { version: string; parts: Part[] }
    expect(version).to.equal('1.2.3')
    expect(parts.map(({ name, kind }) => `${name}: ${kind}`)).to.deep.equal(['mongo: mongodb', 'ledger: embedded', 'feed: event log', 'seals: certificates', 'web: none'])
  })

  it('is not ready when one part is down, and says which', async () => {
    expect(await ready(await served({ primary: false }))).to.deep.equal({ status: 503, down: ['mongo'] })
    expect(await ready(await served({ ledgerOk: false }))).to.deep.equal({ status: 503, down: ['ledger'] })
    expect(await ready(await served({ feedOk: false }))).to.deep.equal({ status: 503, down: ['feed'] })
  })

  it('tells certificates of the seal that end soon, and is not ready once the root of them all has ended', async () => {
    const seals = async (rootEndsIn: number): Promise<Part | undefined> => {
      const { parts } = (await (await fetch(`${await served({ rootEndsIn })}/health/ready`)).json()) as { parts: Part[] }
      return parts.find(({ name }) => name === 'seals')
    }
    expect(await seals(4_000)).to.include({ ok: true, detail: 'the certificate of CARRIER ends in 12 days' })
    expect(await seals(30.5)).to.include({ ok: true, detail: 'the certificate of root ends in 30 days; the certificate of CARRIER ends in 12 days' })
    expect((await seals(-1))?.detail).to.match(/^the certificate of root has ended/)
    expect(await ready(await served({ rootEndsIn: -1 }))).to.deep.equal({ status: 503, down: ['seals'] })
  })

  it('does not wait for a part that does not answer', async () => {
    const begun = Date.now()
    expect(await ready(await served({ ledgerAnswers: false }))).to.deep.equal({ status: 503, down: ['ledger'] })
    expect(Date.now() - begun).to.be.below(4_000)
  })

  describe('figures', () => {
    it('name routes by their pattern, never by a bill number', async () => {
      const base = await served()
      await fetch(`${base}/bills/LYLG2600000017`)
      await fetch(`${base}/nowhere/LYLG2600000017`)
      const text = await (await fetch(`${base}/metrics`)).text()
      expect(text).to.contain('method="GET",route="/bills/:number",status="200"')
      expect(text).to.contain('route="other",status="404"')
      expect(text).not.to.contain('LYLG2600000017')
    })

    it('are for this machine alone, and not for strangers behind a proxy on it', async () => {
      const base = await served()
      expect((await fetch(`${base}/metrics`)).status).to.equal(200)
      expect((await fetch(`${base}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).to.equal(403)
    })

    it('are for whoever has the token, when there is one', async () => {
      const base = await served({ metricsToken: 'a-long-enough-token' })
      const status = async (authorization?: string): Promise<number> => (await fetch(`${base}/metrics`, authorization === undefined ? {} : { headers: { authorization } })).status
      expect(await status()).to.equal(403)
      expect(await status('Bearer a-long-enough-tokeN')).to.equal(403)
      expect(await status('Bearer a-long-enough-token')).to.equal(200)
    })
  })
})
