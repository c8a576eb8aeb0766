import type { BillId } from '@yidan/ledger'
import type { FabricLedger } from '@yidan/ledger/fabric'
import type { FabricProof } from '@yidan/ledger/port'
import { checkProof, type Roots } from '@yidan/ledger/proof'
import { askOwnPeer, type OwnPeerAnswer } from '@yidan/ledger/proof/own-peer'
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TitleVerdict } from '../../api/src/documents/verify-title.ts'
import { flipped } from '../support/crafted-network.ts'
import { aBill, aCast, act, aHash, inDays, type Cast } from '../support/ledger-actors.ts'
import { openSharedNetwork, type TestNetwork } from '../support/open-fabric.ts'

/** The proof of title from real peers' blocks and signatures, and a bank that asks the peer in its own house. */
describe('the proof of title on a real Fabric network', function () {
  this.timeout(600_000)
  let network: TestNetwork, ledger: FabricLedger, cast: Cast, billId: BillId, proof: FabricProof, roots: Roots, connection: string
  before(async function () {
    network = await openSharedNetwork(this)
    connection = join(network.dir, 'connection.json')
    ledger = await network.open()
    cast = await aCast(ledger, network.registrar)
    ;({ billId } = await aBill(ledger, cast))
    await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
    await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    proof = await taken()
    roots = { organisations: await rootsOf(connection), serviceKeys: [] }
  })
  after(async () => {
    await ledger?.close()
    await network?.close()
  })
  const taken = async (): Promise<FabricProof> => {
    const found = await ledger.proof(billId, (await ledger.read(billId))?.seq ?? 0)
    if (!found) throw new Error('the ledger gives no proof')
    return JSON.parse(JSON.stringify(found)) as FabricProof
  }

  it('holds under the roots of the organisations, in every check', () => {
    const report = checkProof(proof, roots)
    expect(report.checks.filter(({ ok }) => ok !== true)).to.deep.equal([])
    expect(report.verdict).to.equal('proven')
    expect(report.title?.encumbrance.name).to.equal('PLEDGED')
    expect(report.vouchers.length).to.be.greaterThan(1)
    expect(report.asOf?.block).to.equal(proof.places.at(-1)?.block)
    expect(report.checks.find(({ code }) => code === 'block-links')?.detail).to.match(/^\d+ blocks? name/)
  })

  it('holds under no other roots, nor with one bit turned in any block', async () => {
    const { PortMSP = '', AssocMSP = '', BankMSP = '', ...orderers } = roots.organisations
    expect(checkProof(proof, { organisations: { PortMSP: BankMSP, AssocMSP: PortMSP, BankMSP: AssocMSP, ...orderers }, serviceKeys: [] }).verdict).to.equal('broken')
    for (const [index] of proof.blocks.entries()) {
      const report = checkProof({ ...proof, blocks: proof.blocks.map((text, at) => (at === index ? flipped(text, 0.4) : text)) }, roots)
      expect(report.verdict, `block ${index}`).to.equal('broken')
    }
    expect(checkProof({ ...proof, attestation: flipped(proof.attestation, 0.6) }, roots).verdict).to.equal('broken')
  })

  it('is compared with what the bank’s own peer holds: the same, then more, and nothing of a bill it does not know', async () => {
    const report = checkProof(proof, roots)
    const same = await askOwnPeer({ profile: connection, organisation: 'BankMSP', proof: report })
    expect(same).to.deep.include({ verdict: 'same', organisation: 'BankMSP' })
    expect(same.head).to.deep.equal({ seq: report.title?.seq, hash: report.title?.headHash, block: report.asOf?.block })
    await act(ledger, { by: cast.bank, action: 'releasePledge', subject: billId, args: {} })
    expect((await askOwnPeer({ profile: connection, organisation: 'BankMSP', proof: report })).verdict).to.equal('moved-on')
    expect((await askOwnPeer({ profile: connection, organisation: 'BankMSP', proof: { ...report, chain: report.chain.map((step) => ({ ...step, hash: aHash() })) } })).verdict).to.equal('differs')
    expect((await askOwnPeer({ profile: connection, organisation: 'BankMSP', proof: { ...report, subject: `b${'0'.repeat(32)}` as BillId } })).verdict).to.equal('unknown')
    await askOwnPeer({ profile: connection, proof: report }).then(() => expect.fail('it asked somebody'), (error: Error) => expect(error.message).to.contain('say whose peer'))
  })

  it('is compared at the command line too, with a peer’s answer beside the proof', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'yidan-peer-')), rootsFolder = join(folder, 'roots')
    await mkdir(rootsFolder)
    for (const [id, pem] of Object.entries(roots.organisations)) await writeFile(join(rootsFolder, `${id}.pem`), pem)
    await writeFile(join(folder, 'proof.json'), JSON.stringify(await taken()))
    await writeFile(join(folder, 'bill.json'), '{}')
    const script = new URL('../../api/src/documents/verify-cli.ts', import.meta.url).pathname
    const { code, out } = await new Promise<{ code: number | null; out: string }>((resolve) => {
      const given = [join(folder, 'bill.json'), '--proof', join(folder, 'proof.json'), '--roots', rootsFolder, '--peer', connection, '--as', 'BankMSP', '--json']
      const child = execFile(process.execPath, ['--import', 'tsx', '--conditions=source', script, ...given], (_, stdout) => resolve({ code: child.exitCode, out: stdout }))
    })
    const said = JSON.parse(out) as TitleVerdict & { peer: OwnPeerAnswer }
    expect([said.proof.verdict, said.peer.verdict, said.peer.organisation]).to.deep.equal(['proven', 'same', 'BankMSP'])
    // The file is no bill: title is proven, and not to it.
    expect([code, said.verdict, said.sameBill]).to.deep.equal([1, 'not-shown', null])
    await rm(folder, { recursive: true, force: true })
  })

  it('is taken anew while others act, and is whole each time', async () => {
    const acts = (async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
        await act(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} })
      }
    })()
    const proofs = [await taken().catch(() => null), await taken().catch(() => null)]
    await acts
    proofs.push(await taken())
    for (const one of proofs) if (one) expect(checkProof(one, roots).checks.filter(({ ok }) => ok !== true)).to.deep.equal([])
  })
})

/** What each organisation would hand out: the root of its members, and of its orderer. */
async function rootsOf(connection: string): Promise<Readonly<Record<string, string>>> {
  const file = JSON.parse(await readFile(connection, 'utf8')) as { organisations: readonly { id: string; roots: string }[]; orderers: readonly { organisation: string; roots: string }[] }
  const named = [...file.organisations, ...file.orderers.map(({ organisation, roots }) => ({ id: organisation, roots }))]
  return Object.fromEntries(await Promise.all(named.map(async ({ id, roots }) => [id, await readFile(join(dirname(connection), roots), 'utf8')] as const)))
}
