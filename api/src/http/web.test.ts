import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serverFor } from './express-server.ts'
import { compressed } from './web.ts'

describe('compressed', () => {
  it('squeezes what is read, and leaves the answers to writes alone', async () => {
    const app = express()
    app.use(compressed)
    app.all('/', (_request, response) => response.json({ long: 'x'.repeat(10_000) }))
    const server = serverFor(app)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const encodingOf = async (method: string): Promise<string | undefined> => {
      const asked = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method, agent: false, headers: { 'accept-encoding': 'gzip' } }).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      await once(answer, 'end')
      return answer.headers['content-encoding']
    }
    try {
      expect(await encodingOf('GET')).to.equal('gzip')
      expect(await encodingOf('POST')).to.equal(undefined)
    } finally {
      server.close()
    }
  })
})
