import { draftCommand, uuidv7, type Instant, type KeyPurpose, type PersonTag, type SignedCommand } from '@yidan/ledger'
import { makeSigner, signCommand, type Signer } from '@yidan/ledger/signing'
import type { CompanyId, PartyStream } from '@yidan/api/contract'
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson } from '../support/people.ts'
import { refused } from '../support/refused.ts'

describe('signing keys', () => {
  let platform: Platform
  let operator: SignedIn
  before(async () => {
    platform = await openPlatform()
    operator = await platform.signInAs('operator')
  })
  after(() => platform.close())

  let serial = 0
  /** A company without any key yet, and its administrator. */
  async function aCompany(): Promise<{ companyId: CompanyId; administrator: SignedIn }> {
    serial += 1
    const { id } = await platform.client(operator).call('createCompany', { body: { name: `Key keeper ${serial}`, country: 'DE', vat: `DE80000000${serial}`, roles: ['shipper'] } })
    return { companyId: id, administrator: await aPerson(platform, operator, ['administrator'], id) }
  }

  async function command(stream: PartyStream, signer: Signer, given: { person: PersonTag; purposes: KeyPurpose[] }, ...cosigners: Signer[]): Promise<SignedCommand> {
    const now = Date.now()
    const draft = draftCommand({
      network: stream.network, action: 'registerKey', subject: stream.partyId, head: { seq: stream.seq, hash: stream.headHash }, party: stream.partyId, keyId: signer.keyId, commandId: uuidv7({ now, random: randomBytes(10) }),
      at: new Date(now).toISOString() as Instant, notAfter: new Date(now + 3_600_000).toISOString() as Instant,
      args: { key: { keyId: signer.keyId, publicKey: signer.publicKey, algorithm: 'ES256', person: given.person, purposes: given.purposes } },
    })
    return signCommand(draft, signer, ...cosigners)
  }
  const streamOf = (companyId: CompanyId): Promise<PartyStream> => platform.client(operator).call('keys', { params: { companyId } })

  it('the first one is countersigned by the registrar when the administrator asks; the same request again gives the same receipt', async () => {
    const { companyId, administrator } = await aCompany()
    const signer = await makeSigner()
    const body = await command(await streamOf(companyId), signer, { person: administrator.session.person.person, purposes: ['title', 'admin'] })
    const outcome = await platform.client(administrator).call('registerKey', { params: { companyId }, body })
    expect(outcome.outcome).to.equal('recorded')
    const again = await platform.client(administrator).call('registerKey', { params: { companyId }, body })
    expect(again.outcome === 'recorded' && again.receipt.repeated).to.equal(true)
    const { keys } = await streamOf(companyId)
    expect(keys).to.have.length(1)
    expect(keys[0]).to.include({ keyId: signer.keyId, personName: administrator.session.person.name, revokedAt: null })
  })

  it('a colleague’s waits for the administrator, who signs along', async () => {
    const { companyId, administrator } = await aCompany()
    const [first, second] = [await makeSigner(), await makeSigner()]
    await platform.client(administrator).call('registerKey', { params: { companyId }, body: await command(await streamOf(companyId), first, { person: administrator.session.person.person, purposes: ['title', 'admin'] }) })
    const clerk = await aPerson(platform, administrator, ['signer'], companyId)
    const body = await command(await streamOf(companyId), second, { person: clerk.session.person.person, purposes: ['title'] })
    const kept = await platform.client(clerk).call('registerKey', { params: { companyId }, body })
    if (kept.outcome !== 'awaiting-signature') throw new Error('nobody has approved it')
    expect(kept.request.wanted.map(({ why }) => why)).to.deep.equal(['administrator'])
    const [signature] = (await signCommand(body.command, first)).signatures
    const done = await platform.client(administrator).call('addSignature', { params: { commandId: body.command.commandId }, body: signature! })
    expect(done.outcome).to.equal('recorded')
    expect((await streamOf(companyId)).keys.map(({ personName }) => personName)).to.include(clerk.session.person.name)
  })

  it('comes in at once with the administrator’s signature already on it', async () => {
    const { companyId, administrator } = await aCompany()
    const [first, second] = [await makeSigner(), await makeSigner()]
    const tag = administrator.session.person.person
    await platform.client(administrator).call('registerKey', { params: { companyId }, body: await command(await streamOf(companyId), first, { person: tag, purposes: ['admin'] }) })
    const outcome = await platform.client(administrator).call('registerKey', { params: { companyId }, body: await command(await streamOf(companyId), second, { person: tag, purposes: ['title'] }, first) })
    expect(outcome.outcome).to.equal('recorded')
  })

  it('is registered for nobody but the person who asks, and for administering by administrators alone', async () => {
    const { companyId, administrator } = await aCompany()
    const clerk = await aPerson(platform, administrator, ['signer'], companyId)
    const signer = await makeSigner()
    const stream = await streamOf(companyId)
    await refused('forbidden', async () => platform.client(clerk).call('registerKey', { params: { companyId }, body: await command(stream, signer, { person: administrator.session.person.person, purposes: ['title'] }) }))
    await refused('forbidden', async () => platform.client(clerk).call('registerKey', { params: { companyId }, body: await command(stream, signer, { person: clerk.session.person.person, purposes: ['admin'] }) }))
    await refused('approval-missing', async () => platform.client(clerk).call('registerKey', { params: { companyId }, body: await command(stream, signer, { person: clerk.session.person.person, purposes: ['title'] }) }))
    expect((await streamOf(companyId)).keys).to.deep.equal([])
  })

  it('must prove that it is there', async () => {
    const { companyId, administrator } = await aCompany()
    const [signer, other] = [await makeSigner(), await makeSigner()]
    const honest = await command(await streamOf(companyId), signer, { person: administrator.session.person.person, purposes: ['admin'] })
    const forged = { ...honest, signatures: [{ keyId: signer.keyId, value: (await signCommand(honest.command, other)).signatures[0]!.value }] }
    await refused('bad-signature', () => platform.client(administrator).call('registerKey', { params: { companyId }, body: forged }))
  })

  it('cannot be slipped in under another action or another company', async () => {
    const [one, other] = [await aCompany(), await aCompany()]
    const signer = await makeSigner()
    const body = await command(await streamOf(other.companyId), signer, { person: one.administrator.session.person.person, purposes: ['admin'] })
    const problem = await refused('invalid-request', () => platform.client(one.administrator).call('registerKey', { params: { companyId: one.companyId }, body }))
    expect(problem.errors?.map(({ pointer }) => pointer)).to.have.members(['/command/subject', '/command/party'])
    await refused('forbidden', () => platform.client(one.administrator).call('registerKey', { params: { companyId: other.companyId }, body }))
  })

  it('is revoked by its owner or an administrator, with a reason that stays', async () => {
    const { companyId, administrator } = await aCompany()
    const [first, second] = [await makeSigner(), await makeSigner()]
    await platform.client(administrator).call('registerKey', { params: { companyId }, body: await command(await streamOf(companyId), first, { person: administrator.session.person.person, purposes: ['title', 'admin'] }) })
    const clerk = await aPerson(platform, administrator, ['signer'], companyId)
    await platform.client(clerk).call('registerKey', { params: { companyId }, body: await command(await streamOf(companyId), second, { person: clerk.session.person.person, purposes: ['title'] }, first) })
    const revocation = async (keyId: string, by: Signer): Promise<SignedCommand> => {
      const stream = await streamOf(companyId)
      return signCommand(draftCommand({
        network: stream.network, action: 'revokeKey', subject: stream.partyId, head: { seq: stream.seq, hash: stream.headHash }, party: stream.partyId, keyId: by.keyId, commandId: uuidv7({ now: Date.now(), random: randomBytes(10) }),
        at: new Date().toISOString() as Instant, notAfter: new Date(Date.now() + 60_000).toISOString() as Instant, args: { keyId: keyId as never, reason: 'laptop lost' },
      }), by)
    }
    await refused('forbidden', async () => platform.client(clerk).call('revokeKey', { params: { companyId, keyId: first.keyId }, body: await revocation(first.keyId, second) }))
    await refused('last-admin-key', async () => platform.client(administrator).call('revokeKey', { params: { companyId, keyId: first.keyId }, body: await revocation(first.keyId, first) }))
    await platform.client(administrator).call('revokeKey', { params: { companyId, keyId: second.keyId }, body: await revocation(second.keyId, first) })
    expect((await streamOf(companyId)).keys.find(({ keyId }) => keyId === second.keyId)).to.include({ revocationReason: 'laptop lost' })
  })

  it('in the demo, is countersigned by the demo’s own administrator, whose key is good for nothing else', async () => {
    const desk = await platform.deskOf('carrier-clerk')
    const { keys } = await desk.client.call('keys', { params: { companyId: desk.session.company.id } })
    expect(keys.find(({ keyId }) => keyId === desk.signer().keyId)?.purposes).to.deep.equal(['title'])
    expect(keys.filter(({ personName }) => personName === null).map(({ purposes }) => purposes)).to.deep.equal([['admin']])
  })
})
