import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, credentials } from '@grpc/grpc-js'
import { CommitError, connect, EndorseError, GatewayError, signers, type Contract } from '@hyperledger/fabric-gateway'
import { readProfile } from '@yidan/ledger/fabric'
import { expect } from 'chai'
import { birthOf } from '../../api/launch/process-identity.mjs'
import { skipBecause } from '../../api/launch/skip-because.ts'
import { whyNoBinaries } from '../../ledger/network/binaries.mjs'
import { enrol } from '../../ledger/network/connection.mjs'
import { examine } from '../../ledger/network/doctor.mjs'
import { bareChaincode, downNetwork, killNode, networkStatus, resetNetwork, startNode, stopNode, upgradeChaincode, upNetwork } from '../../ledger/network/network.mjs'
import { endAllByForce } from '../../ledger/network/processes.mjs'
import { revokeCertificate } from '../../ledger/network/revoke.mjs'
import { organisationNamed } from '../../ledger/network/topology.mjs'
import { until } from '../support/until.ts'

describe('a Fabric network of three organisations on one machine', function () {
  const dir = mkdtempSync(join(tmpdir(), 'yidan-network-'))
  let connection = ''

  before(async function () {
    const why = await whyNoBinaries(process.env)
    if (why !== null) skipBecause(this, why)
    // The very first time Fabric itself is built.
    this.timeout(900_000)
    process.once('exit', () => { endAllByForce(dir) })
    connection = (await upNetwork({ dir, name: 'test', chaincodes: [bareChaincode()] })).connection
  })
  after(() => resetNetwork({ dir }))
  afterEach(() => { open.splice(0).forEach((close) => close()) })

  const open: (() => void)[] = []
  const bank = organisationNamed('bank')!

  /** The bare contract through one organisation's peer, as its gateway or as another identity of it. */
  async function bareAt(mspId: string, identity?: { readonly certificate: string; readonly privateKey: string }): Promise<Contract> {
    const profile = await readProfile(connection)
    const peer = profile.peers.find(({ organisation }) => organisation === mspId)!
    const files = profile.clients.get(mspId)!
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRoots)))
    const within = (ms: number) => () => ({ deadline: Date.now() + ms })
    const gateway = connect({
      client, identity: { mspId, credentials: readFileSync(identity?.certificate ?? files.certificate) }, signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(identity?.privateKey ?? files.key))),
      evaluateOptions: within(5_000), endorseOptions: within(15_000), submitOptions: within(5_000), commitStatusOptions: within(15_000),
    })
    open.push(() => { gateway.close(); client.close() })
    return gateway.getNetwork('titles').getContract('bare')
  }

  const get = async (mspId: string, key: string): Promise<string> => Buffer.from(await (await bareAt(mspId)).evaluate('get', { arguments: [key], endorsingOrganizations: [mspId] })).toString()
  const everywhere = ['PortMSP', 'AssocMSP', 'BankMSP']
  const heights = async (): Promise<(number | null)[]> => (await networkStatus({ dir })).filter(({ name }) => name.startsWith('peer.')).map(({ height }) => height)

  /** Writes until it is committed; how long that took. */
  async function putEventually(mspId: string, key: string, value: string): Promise<number> {
    const bare = await bareAt(mspId)
    return until(async () => {
      await bare.submitTransaction('put', key, value)
      return true
    })
  }

  /** An error of the gateway with what each peer said. */
  const inFull = (error: unknown): string => (error instanceof GatewayError ? `${error.message} ${JSON.stringify(error.details)}` : String(error))

  it('has one leader, peers equally far, and a connection file that a client understands', async () => {
    const nodes = await networkStatus({ dir })
    expect(nodes.map(({ name }) => name)).to.deep.equal(['orderer.1', 'orderer.2', 'orderer.3', 'peer.port', 'peer.assoc', 'peer.bank', 'bare.port', 'bare.assoc', 'bare.bank'])
    expect(nodes.filter(({ isLeader }) => isLeader)).to.have.length(1)
    expect(nodes.every(({ pid }) => pid !== null)).to.equal(true)
    const profile = await readProfile(connection)
    expect(profile).to.include({ channel: 'titles', chaincode: 'bare', local: true })
    expect(profile.organisations).to.deep.equal([{ id: 'PortMSP', role: 'operator' }, { id: 'AssocMSP', role: 'association' }, { id: 'BankMSP', role: 'bank' }])
    const given = JSON.parse(readFileSync(connection, 'utf8')) as { network: string; batchTimeoutMs: number; orderers: { roots: string; organisation: string }[] }
    expect(given).to.include({ network: 'test', batchTimeoutMs: 25 })
    expect(given.orderers.map(({ organisation, roots }) => [organisation, existsSync(join(dir, roots))])).to.deep.equal([['PortOrdererMSP', true], ['AssocOrdererMSP', true], ['BankOrdererMSP', true]])
  })

  it('records a transaction at all three peers', async () => {
    const before = await heights()
    await (await bareAt('PortMSP')).submitTransaction('put', 'box', 'full')
    await until(async () => (await Promise.all(everywhere.map((mspId) => get(mspId, 'box')))).every((value) => value === 'full'))
    expect(await heights()).to.deep.equal(before.map((height) => (height ?? 0) + 1))
  })

  it('takes nothing that one organisation alone has endorsed', async () => {
    const bare = await bareAt('PortMSP')
    const proposal = bare.newProposal('put', { arguments: ['box', 'stolen'], endorsingOrganizations: ['PortMSP'] })
    const commit = await (await proposal.endorse()).submit()
    expect(await commit.getStatus()).to.include({ successful: false, code: 10 })
    expect(await get('BankMSP', 'box')).to.equal('full')
  })

  it('keeps what is confided to an organisation at its peer alone', async () => {
    await (await bareAt('PortMSP')).submit('confide', { arguments: ['BankMSP', 'terms'], transientData: { secret: 'one million' }, endorsingOrganizations: ['PortMSP', 'BankMSP'] })
    const confided = async (mspId: string): Promise<string> => Buffer.from(await (await bareAt(mspId)).evaluate('confided', { arguments: ['BankMSP', 'terms'], endorsingOrganizations: [mspId] })).toString()
    await until(async () => (await confided('BankMSP')) === 'one million')
    const stranger = await confided('PortMSP').catch(inFull)
    expect(stranger).to.contain('private data matching public hash version is not available')
  })

  it('lets nobody confide to an organisation without its endorsement, nor hold its peer up by trying', async () => {
    const refused = await (await bareAt('PortMSP')).submit('confide', { arguments: ['BankMSP', 'terms'], transientData: { secret: 'two million' }, endorsingOrganizations: ['PortMSP', 'AssocMSP'] }).then(() => null, (error: unknown) => error)
    expect(refused).to.be.an.instanceOf(CommitError).and.to.include({ code: 10 })
    await until(async () => new Set(await heights()).size === 1)
  })

  it('finds nothing wrong with itself', async () => {
    const findings = await examine({ dir })
    expect(findings.filter(({ finding }) => finding !== 'good')).to.deep.equal([])
    expect(findings.map(({ text }) => text).join('\n')).to.match(/orderers: led by orderer\.\d/).and.contain('bare 1 at peer.bank: installed, approved, committed as definition 1, answers')
  })

  it('goes on when its leading orderer is killed, and takes it back', async () => {
    const leader = (await networkStatus({ dir })).find(({ isLeader }) => isLeader)!.name
    await killNode({ dir, name: leader })
    console.log(`      a transaction commits ${await putEventually('AssocMSP', 'box', 'after the leader')} ms after the leader was killed`)
    await startNode({ dir, name: leader })
    await until(async () => {
      const nodes = (await networkStatus({ dir })).filter(({ name }) => name.startsWith('orderer.'))
      return nodes.filter(({ isLeader }) => isLeader).length === 1 && new Set(nodes.map(({ height }) => height)).size === 1
    })
  })

  it('goes on without a peer, which catches up when it is back', async () => {
    await killNode({ dir, name: 'peer.bank' })
    await putEventually('PortMSP', 'box', 'without the bank')
    const findings = await examine({ dir })
    expect(findings.find(({ text }) => text.startsWith('peer.bank'))).to.deep.include({ finding: 'bad', text: 'peer.bank: does not run; BankMSP cannot endorse, and its bills wait' })
    await startNode({ dir, name: 'peer.bank' })
    await until(async () => (await get('BankMSP', 'box')) === 'without the bank')
    await until(async () => new Set(await heights()).size === 1)
  })

  it('starts a killed chaincode again by itself, unless it is kept down', async () => {
    // Without a name a gateway asks another organisation when its own does not answer.
    const ping = async (): Promise<boolean> => Buffer.from(await (await bareAt('BankMSP')).evaluate('ping', { endorsingOrganizations: ['BankMSP'] })).toString() === 'pong'
    const killed = await killNode({ dir, name: 'chaincode.bank' })
    console.log(`      it answers ${await until(ping)} ms after it was killed`)
    const bankProcess = async (): Promise<number | null> => (await networkStatus({ dir })).find(({ name }) => name === 'bare.bank')!.pid
    expect(await bankProcess()).to.be.a('number').that.does.not.equal(killed)
    await stopNode({ dir, name: 'chaincode.bank' })
    await pause(1_000)
    expect(await bankProcess()).to.equal(null)
    await startNode({ dir, name: 'chaincode.bank' })
    expect(await ping()).to.equal(true)
  })

  it('refuses a certificate from the moment its organisation has taken it back', async () => {
    const second = await enrol({ dir, organisation: bank, name: 'second', role: 'gateway', days: 30 })
    expect(await (await bareAt('BankMSP', second)).submitTransaction('put', 'by', 'second gateway').then(() => 'recorded', inFull)).to.equal('recorded')
    const certificate = new X509Certificate(readFileSync(second.certificate))
    expect(certificate.subject).to.match(/^OU=client\nCN=gateway-[0-9a-f]{12}$/)
    await revokeCertificate({ dir, organisation: bank, serial: certificate.serialNumber })
    const refused = await (await bareAt('BankMSP', second)).submitTransaction('put', 'by', 'a thief').then(() => null, (error: unknown) => error)
    expect(refused).to.be.an.instanceOf(EndorseError)
    await (await bareAt('BankMSP')).submitTransaction('put', 'by', 'first gateway')
    await until(async () => (await get('PortMSP', 'by')) === 'first gateway')
    const again = await revokeCertificate({ dir, organisation: bank, serial: certificate.serialNumber }).then(() => null, (error: unknown) => String(error))
    expect(again).to.contain('is on its revocation list already')
  })

  it('puts a new version of a chaincode in the place of the old one; what is on the ledger stays', async () => {
    const version = async (mspId: string): Promise<string> => Buffer.from(await (await bareAt(mspId)).evaluate('version', { endorsingOrganizations: [mspId] })).toString()
    expect(await version('AssocMSP')).to.equal('1')
    const next = await upgradeChaincode({ dir, chaincode: { ...bareChaincode('2'), env: { BARE_VERSION: '2' } } })
    expect(next).to.include({ version: '2', sequence: 2 })
    expect(await Promise.all(everywhere.map(version))).to.deep.equal(['2', '2', '2'])
    expect(await get('BankMSP', 'by')).to.equal('first gateway')
    await (await bareAt('PortMSP')).submitTransaction('put', 'by', 'version 2')
    expect((await networkStatus({ dir })).map(({ name }) => name).filter((name) => name.startsWith('bare'))).to.deep.equal(['bare.2.port', 'bare.2.assoc', 'bare.2.bank'])
    const refused = await upgradeChaincode({ dir, chaincode: { ...bareChaincode('2') } }).then(() => null, (error: unknown) => String(error))
    expect(refused).to.contain('already runs')
  })

  it('leaves no process when it is taken down, and is where it was when it comes up again', async () => {
    await until(async () => new Set(await heights()).size === 1)
    const before = await networkStatus({ dir })
    const height = (await heights())[0]
    const keeper = (JSON.parse(readFileSync(join(dir, 'run/chaincode-keeper.json'), 'utf8')) as { pid: number }).pid
    expect(await downNetwork({ dir })).to.equal(true)
    expect([keeper, ...before.map(({ pid }) => pid!)].filter((pid) => birthOf(pid) !== null)).to.deep.equal([])
    expect(await downNetwork({ dir })).to.equal(false)
    const begun = Date.now()
    await upNetwork({ dir })
    console.log(`      up again after ${Date.now() - begun} ms`)
    expect(await heights()).to.deep.equal([height, height, height])
    expect((await networkStatus({ dir })).map(({ port }) => port)).to.deep.equal(before.map(({ port }) => port))
    expect(await get('AssocMSP', 'by')).to.equal('version 2')
    await putEventually('BankMSP', 'by', 'after a night')
  })

  it('loses nothing when every process is killed at once', async () => {
    await putEventually('PortMSP', 'by', 'before the power failed')
    const keeper = (JSON.parse(readFileSync(join(dir, 'run/chaincode-keeper.json'), 'utf8')) as { pid: number }).pid
    for (const pid of [keeper, ...(await networkStatus({ dir })).map((node) => node.pid!)]) process.kill(pid, 'SIGKILL')
    const begun = Date.now()
    await upNetwork({ dir })
    console.log(`      up again after ${Date.now() - begun} ms`)
    for (const mspId of everywhere) await until(async () => (await get(mspId, 'by')) === 'before the power failed')
    await putEventually('AssocMSP', 'by', 'after the power failed')
  })

  it('is gone, and nothing of it left, when it is reset', async () => {
    const before = await networkStatus({ dir })
    expect(await resetNetwork({ dir })).to.equal(true)
    expect(before.filter(({ pid }) => birthOf(pid!) !== null)).to.deep.equal([])
    expect(readdirSync(dir)).to.deep.equal([])
    expect(await resetNetwork({ dir })).to.equal(false)
    rmSync(dir, { recursive: true })
  })
})
