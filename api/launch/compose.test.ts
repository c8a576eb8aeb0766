import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { parseConfig, variableNames } from '../src/config.ts'

describe('docker-compose.yml', () => {
  const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
  const api = text.slice(text.indexOf('\n  api:'), text.indexOf('\n  web:'))
  const given = Object.fromEntries([...api.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value.replace(/^'(.*)'$/, '$1').replace(/\$\{[A-Z_]+:-(.*?)\}/, '$1')]))

  it('gives the API only variables it reads, and none that is wrong', () => {
    expect(Object.keys(given)).to.have.length.above(8)
    expect(variableNames).to.include.members(Object.keys(given))
    expect(parseConfig(given)).to.include({ environment: 'production', host: '0.0.0.0', publicUrl: 'http://localhost:8080', dataDir: '/data', demo: true, secretKey: null })
  })

  it('names the replica set alike for MongoDB and the API', () => {
    expect(text).to.match(/--replSet', 'yidan'/).and.to.match(/_id: 'yidan'/)
    expect(given['MONGODB_URI']).to.match(/replicaSet=yidan$/)
  })

  it('keeps old versions of documents as long as a MongoDB that is started here', async () => {
    const client = await MongoClient.connect(process.env['YIDAN_TEST_MONGODB_URI'] ?? '')
    const { minSnapshotHistoryWindowInSeconds: seconds } = await client.db('admin').command({ getParameter: 1, minSnapshotHistoryWindowInSeconds: 1 })
    await client.close()
    expect(text).to.include(`'minSnapshotHistoryWindowInSeconds=${seconds}'`)
  })

  it('opens one port, for this machine only', () => {
    expect([...text.matchAll(/^ {4}ports:\n {6}- (.*)$/gm)].map(([, port]) => port)).to.deep.equal(["'127.0.0.1:8080:8080'"])
  })
})
