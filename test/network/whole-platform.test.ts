import { execFile } from 'node:child_process'
import { Client, credentials } from '@grpc/grpc-js'
import { connect, hash } from '@hyperledger/fabric-gateway'
import { fileIdentity, parseBlock, readProfile } from '@yidan/ledger/fabric'
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { openTestNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { whatALedgerTells } from '../support/what-a-ledger-tells.ts'

const root = join(import.meta.dirname, '../..')

describe('the whole platform on Fabric', function () {
  this.timeout(300_000)
  let network: TestNetwork, platform: Platform, folder: string
  before(async function () {
    network = await openTestNetwork(this)
    platform = await openPlatform({ ledger: (registrar) => network.open({ registrar }) })
    folder = await mkdtemp(join(tmpdir(), 'yidan-story-'))
  })
  after(async () => {
    await platform?.close()
    await network?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('takes four bookings from the draft to the last box, as on any ledger', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, '--conditions=source', join(root, 'test/demo/main.ts')], { cwd: folder, env: { ...process.env, BASE_URL: platform.url }, maxBuffer: 16 * 1024 * 1024 })
    expect(stdout.match(/ACCOMPLISHED/g) ?? []).to.have.length.of.at.least(4)
    expect(platform.bugs).to.deep.equal([])
  })

  it('leaves no name, place, amount or goods of them on the channel, where another organisation reads everything', async () => {
    const blocks = await blocksAt('AssocMSP')
    expect(blocks.transactions).to.be.greaterThan(40)
    expect(whatALedgerTells(blocks.bytes)).to.deep.equal([])
  })

  /** Every block, as an organisation's own peer has it. */
  async function blocksAt(organisation: string): Promise<{ bytes: Buffer; transactions: number }> {
    const profile = await readProfile(join(network.dir, 'connection.json'))
    const peer = profile.peers.find((candidate) => candidate.organisation === organisation), files = profile.clients.get(organisation)
    if (!peer || !files) throw new Error(`the network has no peer for ${organisation}`)
    const identity = await fileIdentity({ organisation, ...files })
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRoots)))
    const gateway = connect({ client, identity: { mspId: organisation, credentials: Buffer.from(identity.certificate) }, signer: identity.sign, hash: hash.none })
    try {
      const system = gateway.getNetwork(profile.channel).getContract('qscc')
      const blocks: Uint8Array[] = []
      for (;;) {
        const bytes = await system.evaluateTransaction('GetBlockByNumber', profile.channel, String(blocks.length)).catch(() => null)
        if (bytes === null) break
        blocks.push(bytes)
      }
      return { bytes: Buffer.concat(blocks), transactions: blocks.flatMap((bytes) => parseBlock(bytes).transactions).length }
    } finally {
      gateway.close()
      client.close()
    }
  }
})
