import { webcrypto, X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as x509 from '@peculiar/x509'
import { expect } from 'chai'
import { issue, revocationList, revokedIn, writeIssued } from './certificates.mjs'
import { packageChaincode } from './chaincode-package.mjs'
import { codeHash, copyCode } from './code-hash.mjs'
import { renderConfigtx } from './configtx.mjs'
import { portsFrom, portsPerNetwork, slots } from './folder.mjs'
import { findGo } from './binaries.mjs'
import { reservePorts, releasePorts } from './ports.mjs'
import { endorsementPolicy, organisationNamed, organisations } from './topology.mjs'

describe('a chaincode package', () => {
  const given = { label: 'title_1', address: 'localhost:20020', tls: { rootCertificate: 'R', clientCertificate: 'C', clientKey: 'K' } }

  it('has the same id whenever and wherever it is made, and another for another address', () => {
    expect(packageChaincode(given)).to.deep.equal(packageChaincode(given))
    expect(packageChaincode(given).id).to.equal('title_1:3be01c0363f14384a86774e8c9089dbd53bbb61e56fe8ca38ae0440c0b3c3f92').and.to.not.equal(packageChaincode({ ...given, address: 'localhost:20021' }).id)
  })

  it('is a tar with exactly two files', () => {
    const tar = gunzipSync(packageChaincode(given).bytes)
    expect(tar.subarray(0, 13).toString()).to.equal('metadata.json')
    expect(tar.subarray(512, 512 + 48).toString()).to.equal('{"path":"","type":"ccaas","label":"title_1"}\0\0\0\0')
    expect(tar.subarray(1_024, 1_024 + 11).toString()).to.equal('code.tar.gz')
  })
})

describe('the name of code', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'code-'))
    mkdirSync(join(folder, 'rules'))
    writeFileSync(join(folder, 'index.js'), 'one')
    writeFileSync(join(folder, 'rules/a.js'), 'two')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('changes with any byte and any path, not with time or what a compiler leaves', () => {
    const before = codeHash(folder)
    utimesSync(join(folder, 'index.js'), 1, 1)
    writeFileSync(join(folder, 'index.d.ts'), 'x')
    expect(codeHash(folder)).to.equal(before)
    writeFileSync(join(folder, 'rules/a.js'), 'twO')
    expect(codeHash(folder)).to.not.equal(before)
  })

  it('is the same of a copy', () => {
    copyCode(folder, join(folder, '../copied'))
    expect(codeHash(join(folder, '../copied'))).to.equal(codeHash(folder))
    rmSync(join(folder, '../copied'), { recursive: true })
  })
})

describe('the channel', () => {
  const configtx = renderConfigtx({ peer: ({ key }) => ({ host: `peer.${key}`, port: 7051 }), orderer: ({ key }) => ({ host: `orderer.${key}`, port: 7050 }) })

  it('wants two of three organisations for every act, and most of them for another contract', () => {
    expect(endorsementPolicy).to.equal("OutOf(2,'PortMSP.peer','AssocMSP.peer','BankMSP.peer')")
    expect(configtx).to.contain('LifecycleEndorsement: { Type: ImplicitMeta, Rule: MAJORITY Endorsement }')
  })

  it('names an anchor and an orderer’s address for every organisation, and all five options of Raft', () => {
    for (const { key } of organisations) expect(configtx).to.contain(`AnchorPeers: [{ Host: peer.${key}, Port: 7051 }]`).and.to.contain(`OrdererEndpoints: ['orderer.${key}:7050']`)
    for (const option of ['TickInterval', 'ElectionTick', 'HeartbeatTick', 'MaxInflightBlocks', 'SnapshotIntervalSize']) expect(configtx).to.contain(`${option}:`)
  })

  it('knows an organisation by either of its names', () => {
    expect(organisationNamed('bank')).to.equal(organisationNamed('BankMSP')).and.to.include({ role: 'bank' })
    expect(organisationNamed('customs')).to.equal(undefined)
  })
})

describe('the ports of a network', () => {
  it('are all different and within its block', () => {
    const ports = portsFrom(20_000)
    const all = organisations.flatMap((organisation) => [...Object.values(ports.peer(organisation)), ...Object.values(ports.orderer(organisation)), ...[...Array(slots).keys()].map((slot) => ports.chaincode(slot, organisation))])
    expect(new Set(all).size).to.equal(all.length)
    expect(Math.max(...all)).to.be.below(20_000 + portsPerNetwork)
  })

  it('are promised to one folder at a time', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'ports-'))
    const env = { YIDAN_CACHE: cache }
    const [one, other] = [await reservePorts('/one', env), await reservePorts('/other', env)]
    expect(other).to.not.equal(one)
    releasePorts(one, env)
    expect(await reservePorts('/third', env)).to.equal(one)
    rmSync(cache, { recursive: true })
  })
})

describe('certificates of an organisation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  const at = (name: string) => join(folder, name)
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('come from its authority, name a role and nobody, and can be taken back', async () => {
    const authority = await anAuthority()
    writeFileSync(at('ca.pem'), authority.certificate)
    writeFileSync(at('ca.key'), authority.key)
    const ca = { certificate: at('ca.pem'), key: at('ca.key') }
    const issued = await issue(ca, { subject: { commonName: 'gateway-1', unit: 'client' }, days: 30, attributes: { 'yidan.role': 'gateway' } })
    const certificate = new X509Certificate(issued.certificate)
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).to.equal(true)
    expect(certificate.subject).to.equal('OU=client\nCN=gateway-1')
    // An MSP checks the chain as of the moment a certificate begins.
    expect(Date.parse(certificate.validFrom)).to.be.at.least(Date.parse(new X509Certificate(authority.certificate).validFrom))
    expect(certificate.raw.includes('{"attrs":{"yidan.role":"gateway"}}')).to.equal(true)
    writeIssued(issued, { certificate: at('c.pem'), privateKey: at('c.key') })
    const entry = { serial: certificate.serialNumber.toLowerCase(), at: new Date('2026-01-01T00:00:00Z') }
    const list = await revocationList(ca, [entry])
    expect(list).to.match(/^-----BEGIN X509 CRL-----/)
    expect(revokedIn(list)).to.deep.equal([entry])
  })
})

describe('Go', () => {
  it('that is not there, or too old, is told with ways out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'go-'))
    writeFileSync(join(folder, 'go'), '#!/bin/sh\necho go version go1.19.8 linux/amd64\n', { mode: 0o755 })
    const refusal = await findGo({ PATH: folder }, []).then(() => null, (error: unknown) => error)
    expect(refusal).to.be.an('error').with.property('message').that.contains('Go 1.22 or newer').and.contains('is Go 1.19')
    expect(refusal).to.have.property('waysOut').with.length.above(2)
    rmSync(folder, { recursive: true })
  })
})

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A self-signed authority as cryptogen makes them: its key is named by a SHA-256, not by the usual SHA-1. */
async function anAuthority(): Promise<{ certificate: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=ca', keys, signingAlgorithm: algorithm, notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000), extensions: [new x509.SubjectKeyIdentifierExtension('ab'.repeat(32))] })
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY') }
}
