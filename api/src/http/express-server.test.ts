import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serverFor } from './express-server.ts'

describe('serverFor', () => {
  it('makes requests and answers that Express need not change', async () => {
    const app = express()
    app.get('/', (request, response) => response.json({ app: request.app === app && response.app === app, accepts: request.accepts('json') }))
    const server = serverFor(app)
    const born: boolean[] = []
    server.prependListener('request', (request, response) => born.push(Object.getPrototypeOf(request) === app.request, Object.getPrototypeOf(response) === app.response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { connection: 'close' } })
      expect(await answer.json()).to.deep.equal({ app: true, accepts: 'json' })
      expect(born).to.deep.equal([true, true])
    } finally {
      server.close()
    }
  })
})
