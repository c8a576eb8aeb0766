import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ConfigFault, parseConfig, variableNames } from './config.ts'

describe('the configuration', () => {
  it('needs nothing: an empty environment gives a demo on the loopback interface', () => {
    const config = parseConfig({})
    expect(config).to.include({ host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080', demo: true, billPrefix: 'LYLG', rateLimits: true })
    expect(config.mongodb).to.deep.equal({ uri: null, database: 'yidan' })
    expect(config.ledger).to.have.property('directory').that.matches(/\.yidan\/ledger$/)
  })

  it('lists every fault at once, each with an example of a right value', () => {
    const faults = faultsOf({ PORT: '80800', LEDGER: 'paper', BILL_PREFIX: 'lylg', DEMO: 'yes', MONGODB_URI: 'localhost:27017' })
    expect(faults).to.have.length(5)
    expect(faults).to.deep.include('PORT=80800 is not between 1 and 65535. Example: PORT=8080')
    expect(faults).to.deep.include('LEDGER=paper is none of embedded, fabric. Example: LEDGER=embedded')
    expect(faults).to.deep.include('DEMO=yes is none of on, off. Example: DEMO=off')
    expect(faults.every((fault) => fault.includes('Example: '))).to.equal(true)
  })

  it('takes the Fabric network below its own folder, unless another is named', () => {
    expect(parseConfig({ LEDGER: 'fabric', DATA_DIR: '/data' }).ledger).to.deep.equal({ kind: 'fabric', network: 'yidan-local', profile: '/data/fabric/connection.json', organisation: null, identity: null, code: null })
    expect(parseConfig({ LEDGER: 'fabric', DATA_DIR: '/data', FABRIC_DIR: '/net' }).ledger).to.have.property('profile', '/net/connection.json')
    const given = { FABRIC_PROFILE: '/etc/net.json', FABRIC_ORG: 'BankMSP', FABRIC_CERTIFICATE: '/etc/c.pem', FABRIC_KEY: '/etc/k.pem', FABRIC_CODE: 'any', NETWORK: 'titles' }
    expect(parseConfig({ LEDGER: 'fabric', ...given }).ledger).to.deep.equal({ kind: 'fabric', network: 'titles', profile: '/etc/net.json', organisation: 'BankMSP', identity: { certificate: '/etc/c.pem', key: '/etc/k.pem' }, code: 'any' })
    expect(faultsOf({ LEDGER: 'fabric', FABRIC_KEY: '/etc/k.pem' })[0]).to.match(/belong together/)
  })

  it('does not repeat a secret in a fault', () => {
    const text = faultsOf({ SECRET_KEY: 'hush-hush', METRICS_TOKEN: 'too-short', MONGODB_URI: 'http://me:secret@db' }).join()
    expect(text).not.to.match(/hush|too-short|secret@/)
  })

  it('turns the demo off in production unless told otherwise, and wants a public address there', () => {
    expect(parseConfig({ NODE_ENV: 'production', PUBLIC_URL: 'https://bills.example.com/' })).to.include({ demo: false, publicUrl: 'https://bills.example.com' })
    expect(parseConfig({ NODE_ENV: 'production', PUBLIC_URL: 'https://a.example', DEMO: 'on' }).demo).to.equal(true)
    expect(faultsOf({ NODE_ENV: 'production' })[0]).to.match(/^PUBLIC_URL is needed/)
    expect(faultsOf({ NODE_ENV: 'production', PUBLIC_URL: ' ' })[0]).to.match(/^PUBLIC_URL is needed/)
  })

  it('takes an empty variable as absent', () => {
    expect(parseConfig({ PORT: '', SECRET_KEY: '' })).to.include({ port: 8080, secretKey: null })
  })

  it('cannot be changed afterwards', () => {
    const config = parseConfig({})
    expect(Object.isFrozen(config) && Object.isFrozen(config.mongodb) && Object.isFrozen(config.ledger)).to.equal(true)
  })

  it('is listed whole in .env.example, with the defaults it has', () => {
    const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n')
    const named = lines.flatMap((line) => /^#?([A-Z_]+)=/.exec(line)?.[1] ?? [])
    expect(named.sort()).to.deep.equal([...variableNames].sort())
    const byExample = parseConfig(Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)))
    expect(byExample).to.deep.equal(parseConfig({}))
  })
})

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults
    throw error
  }
  throw new Error('there was no fault')
}
