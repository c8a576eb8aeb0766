import type { BillProof } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import type { BillNumber } from '@yidan/ledger'
import type { EmbeddedTitleProof } from '@yidan/ledger/proof'
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TitleVerdict } from '../../api/src/documents/verify-title.ts'
import { aBooking, inDays, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { verifyTool } from '../support/verify-tool.ts'

/** A bill's PDF and its proof leave the platform; whoever has both and the keeper's key checks them alone. */
describe('a bill and the proof of its title, on somebody else’s machine', () => {
  let platform: Platform, people: People, buyer: Desk, directory: string, roots: string, pdf: string, proof: string, billNumber: BillNumber, bundle: BillProof
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'tractors')
    buyer = await platform.deskOf('consignee-bearing')
    ;({ billNumber } = await issuedBill(platform, people, await aBooking('tractors')))
    const { shipper } = people
    await shipper.record({ action: 'endorse', bill: billNumber, args: { to: buyer.session.company.partyId, manner: 'to-order' } })
    await shipper.record({ action: 'offerPossession', bill: billNumber, args: { to: buyer.session.company.partyId, expiresAt: inDays(platform, 2) } })
    await buyer.record({ action: 'acceptOffer', bill: billNumber, args: {} })
    directory = await mkdtemp(join(tmpdir(), 'yidan-verify-'))
    roots = join(directory, 'roots')
    await mkdir(roots)
    bundle = await buyer.client.call('billProof', { params: { billNumber } })
    const { serviceKey } = bundle.ledger as unknown as EmbeddedTitleProof
    await writeFile(join(roots, 'ledger.pem'), createPublicKey({ key: Buffer.from(serviceKey, 'base64'), format: 'der', type: 'spki' }).export({ format: 'pem', type: 'spki' }))
    pdf = await written('bill.pdf', new Uint8Array(await (await buyer.client.download('billPdf', { params: { billNumber }, query: { as: 'issued' } })).arrayBuffer()))
    proof = await written('proof.json', JSON.stringify(bundle))
  })
  after(async () => {
    await platform.close()
    await rm(directory, { recursive: true, force: true })
  })
  const written = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(directory, name)
    await writeFile(path, content)
    return path
  }
  const verify = (...given: string[]): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((resolve) => {
      // Without a network: every way out is a proxy that is not there.
      const child = execFile(process.execPath, [...verifyTool, ...given], { env: { ...process.env, YIDAN_TEST_MONGODB_URI: '', HTTPS_PROXY: 'http://127.0.0.1:1' } }, (_, out, err) => resolve({ code: child.exitCode, out, err }))
    })
  const verdictOf = (out: string): TitleVerdict => JSON.parse(out) as TitleVerdict

  it('says in one screen that it is genuine, who did what, and who holds title', async () => {
    const { code, out } = await verify(pdf, '--proof', proof, '--roots', roots, '--lang', 'en')
    expect(code, out).to.equal(0)
    expect(out).to.contain('GENUINE, and title is proven').and.to.contain(billNumber)
    for (const action of ['approve', 'issue', 'endorse', 'offerPossession', 'acceptOffer']) expect(out).to.match(new RegExp(`#\\d+ +${action} .*✓`))
    expect(out).to.match(new RegExp(`Title +${(buyer.session.company.name).replace(/[()]/g, '.')}`))
    expect(out.split('\n').length).to.be.lessThan(50)
    expect((await verify(pdf, '--proof', proof, '--roots', roots)).out).to.contain('提单真实，权利已证明')
  })

  it('opens parties to names by their commitments on the ledger: sealed names first, the platform’s word marked as such', async () => {
    const { code, out } = await verify(pdf, '--proof', proof, '--roots', roots, '--json')
    expect(code).to.equal(0)
    const { names, sameBill, proof: report } = verdictOf(out)
    expect(sameBill).to.equal(true)
    expect(report.title?.possessor).to.equal(buyer.session.company.partyId)
    const of = (desk: Desk) => names.find(({ partyId }) => partyId === desk.session.company.partyId)
    expect(of(people.clerk)?.from).to.equal('document')
    expect(of(buyer)).to.include({ name: buyer.session.company.name, from: 'opened' })
    expect(of(buyer)?.identifier).to.be.a('string')
    const forged = { ...bundle, names: bundle.names.map((name) => (name.partyId === buyer.session.company.partyId ? { ...name, identifier: '91110000000000000A', name: '冒名公司' } : name)) }
    const told = verdictOf((await verify(pdf, '--proof', await written('forged-names.json', JSON.stringify(forged)), '--roots', roots, '--json')).out)
    expect(told.names.find(({ partyId }) => partyId === buyer.session.company.partyId)).to.include({ from: 'told', identifier: null })
  })

  it('does not show it for another bill’s file, a changed proof, a stranger’s key, or no roots at all', async () => {
    const other = await issuedBill(platform, people, await aBooking('tractors'))
    const otherPdf = await written('other.pdf', new Uint8Array(await (await people.shipper.client.download('billPdf', { params: { billNumber: other.billNumber }, query: { as: 'issued' } })).arrayBuffer()))
    const another = await verify(otherPdf, '--proof', proof, '--roots', roots, '--json')
    expect([another.code, verdictOf(another.out).sameBill]).to.deep.equal([1, false])
    const changed = await verify(pdf, '--proof', await written('changed.json', JSON.stringify(bundle).replace('acceptOffer', 'rejectOffer')), '--roots', roots, '--json')
    expect([changed.code, verdictOf(changed.out).proof.verdict]).to.deep.equal([1, 'broken'])
    const empty = join(directory, 'empty')
    await mkdir(empty)
    const unvouched = await verify(pdf, '--proof', proof, '--roots', empty, '--lang', 'en')
    expect(unvouched.code).to.equal(1)
    expect(unvouched.out).to.contain('NOT SHOWN').and.to.contain('nobody you trust vouches')
    const junk = await verify(pdf, '--proof', await written('junk.json', 'no json'), '--roots', roots, '--json')
    expect([junk.code, verdictOf(junk.out).proof.verdict]).to.deep.equal([1, 'unreadable'])
  })

  it('does not show it for a changed file with a true proof', async () => {
    const document = JSON.parse(await (await buyer.client.download('billDocument', { params: { billNumber } })).text()) as { shipper: { name: string } }
    const honest = await verify(await written('bill.json', JSON.stringify(document)), '--proof', proof, '--roots', roots, '--json')
    expect(honest.code).to.equal(0)
    const altered = await verify(await written('altered.json', JSON.stringify({ ...document, shipper: { ...document.shipper, name: '别人' } })), '--proof', proof, '--roots', roots, '--json')
    expect([altered.code, verdictOf(altered.out).sameBill]).to.deep.equal([1, false])
  })

  it('asks for what is missing: a proof without roots, a peer without a proof, a folder that is not there', async () => {
    for (const given of [[pdf, '--proof', proof], [pdf, '--roots', roots], [pdf, '--peer', 'profile.json'], [pdf, '--proof', proof, '--roots', roots, '--as', 'BankMSP'], [pdf, '--proof', proof, '--roots', join(directory, 'nowhere')], [pdf, '--proof'], [pdf, '--proof', proof, '--roots', roots, '--peer', join(directory, 'nowhere.json')]]) {
      expect((await verify(...given)).code, given.join(' ')).to.equal(2)
    }
  })
})
