import type { CommandOutcome, PersonRole } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { draftCommand, noticePeriod, uuidv7, type ActionName, type ArgsOf, type CommandId, type Hash, type Instant, type KeyPurpose, type SignedCommand } from '@yidan/ledger'
import { makeSigner, signCommand, type Signer } from '@yidan/ledger/signing'
import { expect } from 'chai'
import { sessionCookie } from '../../api/src/http/authenticate.ts'
import { addPerson, takeInRegistrar } from '../../api/src/parties/index.ts'
import { aBooking, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'

const told = 'The safe with both laptops was stolen; licence and seal were shown in person.'

describe('a company that lost all its keys', function () {
  this.timeout(240_000)
  let platform: Platform, loser: Desk, registrars: readonly [Desk, Desk]
  let ahead = 0
  const clock = (): Date => new Date(Date.now() + ahead)
  before(async () => {
    platform = await openPlatform({ clock })
    loser = await platform.deskOf('shipper-machinery')
    registrars = [await platform.deskOf('registrar-first'), await platform.deskOf('registrar-second')]
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  const params = (desk: Desk) => ({ companyId: desk.session.company.id })
  const statement = async (desk: Desk): Promise<Hash> => (await desk.client.call('keepKeyLossStatement', { params: params(desk), body: { text: told } })).hash as Hash
  const commandOf = <N extends ActionName>(desk: Desk, signer: Signer, action: N, args: ArgsOf<N>): Promise<SignedCommand> => signedBy(desk.client.call('keys', { params: params(desk) }), signer, action, args, clock())
  const report = async (desk: Desk): Promise<CommandOutcome> => desk.client.call('reportKeyLoss', { params: params(desk), body: await commandOf(desk, desk.signer(), 'reportKeyLoss', { referenceHash: await statement(desk) }) })
  const newKey = ({ keyId, publicKey }: Signer, { person }: Desk['session'], purposes: KeyPurpose[] = ['title', 'admin']) => ({ keyId, publicKey, algorithm: 'ES256' as const, person: person.person, purposes })
  const rebind = async (desk: Desk, fresh: Signer, given: { evidenceHash?: Hash; key?: ReturnType<typeof newKey> } = {}): Promise<CommandOutcome> => {
    const args = { key: newKey(fresh, desk.session), evidenceHash: given.evidenceHash ?? (await statement(desk)), ...given }
    return desk.client.call('rebindKeys', { params: params(desk), body: await commandOf(desk, fresh, 'rebindKeys', args) })
  }
  const withdraw = async (desk: Desk): Promise<CommandOutcome> => desk.client.call('withdrawKeyLossReport', { params: params(desk), body: await commandOf(desk, desk.signer(), 'withdrawKeyLossReport', {}) })
  const waiting = (outcome: CommandOutcome) => {
    if (outcome.outcome !== 'awaiting-signature') throw new Error(`nobody else had to sign: ${outcome.outcome}`)
    return outcome.request
  }
  const inbox = async (desk: Desk) => (await desk.client.call('inbox', {})).items.filter(({ commandId }) => commandId !== null)

  it('is back at work after the notice period by two people of the registrar; its bills are where they were, its old keys good for nothing', async () => {
    const { billNumber } = await issuedBill(platform, await peopleFor(platform, 'tractors'), await aBooking('tractors', { count: 1 }))
    const buyer = (await platform.deskOf('consignee-bearing')).session.company.partyId
    const endorses = (desk: Desk) => desk.record({ action: 'endorse', bill: billNumber, args: { to: buyer, manner: 'to-order' }, validHours: 120 })
    const fresh = await makeSigner()

    await refused('no-key-loss-report', () => rebind(loser, fresh))
    expect((await report(loser)).outcome).to.equal('recorded')
    await refused('party-frozen', () => endorses(loser))
    await refused('notice-period-running', () => rebind(loser, fresh))
    ahead = noticePeriod - 60_000
    await refused('notice-period-running', () => rebind(loser, fresh))
    ahead = noticePeriod + 60_000
    await refused('commitment-unknown', () => rebind(loser, fresh, { evidenceHash: '9'.repeat(64) as Hash }))
    await refused('invalid-request', () => rebind(loser, fresh, { key: newKey(fresh, loser.session, ['admin']) }))
    await refused('invalid-request', () => rebind(loser, fresh, { key: newKey(fresh, loser.session, ['title']) }))
    await refused('forbidden', () => rebind(loser, fresh, { key: newKey(fresh, registrars[0].session) }))

    const evidenceHash = await statement(loser)
    const { commandId, wanted, party } = waiting(await rebind(loser, fresh, { evidenceHash }))
    expect(wanted.map(({ party: { nameEn }, why }) => [nameEn, why])).to.deep.equal([['Registrar', 'administrator'], ['Registrar', 'second-person']])
    expect(party.partyId).to.equal(loser.session.company.partyId)

    const [first, second] = registrars
    const item = (await inbox(first))[0]
    expect([item?.kind, item?.title, item?.commandId, item?.from?.partyId]).to.deep.equal(['signature-wanted', 'rebindKeys', commandId, loser.session.company.partyId])
    const { text, by, company } = await first.client.call('keyLossStatement', { params: { hash: evidenceHash } })
    expect([text, by, company.partyId]).to.deep.equal([told, loser.session.person.name, loser.session.company.partyId])
    await refused('forbidden', () => loser.client.call('keyLossStatement', { params: { hash: evidenceHash } }))

    const once = waiting(await first.signAlong(commandId))
    expect(once.wanted.map(({ why }) => why), 'one person is not enough').to.deep.equal(['second-person'])
    expect(await inbox(first), 'who has signed is not asked again').to.deep.equal([])
    expect(waiting(await first.signAlong(commandId)).wanted, 'nor is twice the same').to.have.length(1)
    expect((await loser.client.call('keys', { params: params(loser) })).keyLoss).to.not.equal(null)
    expect((await second.signAlong(commandId)).outcome).to.equal('recorded')

    const { keys, keyLoss } = await loser.client.call('keys', { params: params(loser) })
    expect(keyLoss).to.equal(null)
    expect(keys.filter(({ revokedAt }) => revokedAt === null).map(({ keyId }) => keyId)).to.deep.equal([fresh.keyId])
    await refused('key-revoked', () => endorses(loser))
    await loser.useKey(fresh)
    await endorses(loser)
    expect((await loser.client.call('bill', { params: { billNumber } })).standing.titleholder).to.include({ partyId: buyer })
  })

  it('has its further keys approved by the new one: the demo’s own administrator ended with the old keys', async () => {
    const signer = await makeSigner()
    const outcome = await loser.client.call('registerKey', { params: params(loser), body: await commandOf(loser, signer, 'registerKey', { key: newKey(signer, loser.session) }) })
    expect(waiting(outcome).wanted.map(({ party: { partyId }, why }) => [partyId, why])).to.deep.equal([[loser.session.company.partyId, 'administrator']])
  })

  it('found its keys again: its administrator and one of the registrar withdraw the report, and what had been asked meanwhile comes to nothing', async () => {
    const finder = await platform.deskOf('shipper-busan')
    await refused('no-key-loss-report', () => withdraw(finder))
    await report(finder)
    ahead += noticePeriod
    const overtaken = waiting(await rebind(finder, await makeSigner())).commandId
    const { commandId, wanted } = waiting(await withdraw(finder))
    expect(wanted.map(({ party: { nameEn }, why }) => [nameEn, why])).to.deep.equal([['Registrar', 'administrator']])
    await refused('not-found', () => loser.client.call('addSignature', { params: { commandId: commandId as CommandId }, body: { keyId: loser.signer().keyId, value: 'A'.repeat(86) } }))
    expect((await registrars[1].signAlong(commandId)).outcome).to.equal('recorded')
    expect((await finder.client.call('keys', { params: params(finder) })).keyLoss).to.equal(null)
    await registrars[0].signAlong(overtaken)
    await refused('stale-sequence', () => registrars[1].signAlong(overtaken))
  })

  it('asks by its administrator alone, and by a key that is good for it', async () => {
    const clerk = await platform.deskOf('carrier-clerk'), signer = await platform.deskOf('carrier-signer')
    await refused('forbidden', async () => rebind(clerk, await makeSigner()))
    await refused('forbidden', () => withdraw(clerk))
    const body = await commandOf(signer, clerk.signer(), 'withdrawKeyLossReport', {})
    await refused('forbidden', () => signer.client.call('withdrawKeyLossReport', { params: params(signer), body }))
    await refused('forbidden', async () => signer.client.call('rebindKeys', { params: params(loser), body: await commandOf(signer, signer.signer(), 'withdrawKeyLossReport', {}) }))
    await refused('invalid-request', async () => signer.client.call('rebindKeys', { params: params(signer), body: await commandOf(signer, signer.signer(), 'withdrawKeyLossReport', {}) }))
  })
})

describe('the people of the registrar', () => {
  it('begin beside the server’s key: it countersigns the first administrator’s key and no other', async () => {
    const platform = await openPlatform({ settings: { demo: false } })
    const { store, sessions } = platform.app.parties
    const { _id: companyId, partyId } = await takeInRegistrar(platform.ports, store)
    const person = async (name: string, role: PersonRole): Promise<SignedIn> => {
      const record = await addPerson(store, { companyId, name, email: `${name}@registrar.example`, roles: [role], passwordHash: null, demoAccount: null }, new Date())
      const { token } = await sessions.open(record, { address: '127.0.0.1', userAgent: 'test' })
      const cookie = `${sessionCookie}=${token}`
      const answer = await platform.request('/api/v1/session', { headers: { cookie } })
      return { session: (await answer.json()) as SignedIn['session'], cookie }
    }
    const registers = async (who: SignedIn, signer: Signer, purposes: KeyPurpose[]): Promise<CommandOutcome> => {
      const client = platform.client(who), { keyId, publicKey } = signer
      const body = await signedBy(client.call('keys', { params: { companyId } }), signer, 'registerKey', { key: { keyId, publicKey, algorithm: 'ES256', person: who.session.person.person, purposes } }, new Date())
      return client.call('registerKey', { params: { companyId }, body })
    }
    const [first, second, clerk] = [await person('first', 'administrator'), await person('second', 'administrator'), await person('clerk', 'clerk')]
    const firstKey = await makeSigner()
    await refused('approval-missing', async () => registers(clerk, await makeSigner(), ['title']))
    await refused('approval-missing', async () => registers(first, await makeSigner(), ['title']))
    expect((await registers(first, firstKey, ['title', 'admin'])).outcome).to.equal('recorded')
    const kept = await registers(second, await makeSigner(), ['title', 'admin'])
    if (kept.outcome !== 'awaiting-signature') throw new Error('the server has signed for the second too')
    const { command, signatures: [signature] } = await signCommand(kept.request.command, firstKey)
    if (!signature) throw new Error('the key gave no signature')
    const signed = await platform.client(first).call('addSignature', { params: { commandId: command.commandId }, body: signature })
    expect(signed.outcome).to.equal('recorded')
    expect(Object.values((await platform.ports.ledger.party(partyId))?.keys ?? {}), 'the server’s and two people’s').to.have.length(3)

    const company = await platform.client(first).call('company', { params: { companyId } })
    expect([company.name, company.nameEn, company.roles]).to.deep.equal(['登记机构', 'Registrar', ['operator']])
    await refused('forbidden', () => platform.client(first).call('editCompany', { params: { companyId }, body: { roles: ['carrier'] } }))
    expect((await platform.ports.ledger.party(partyId))?.roles).to.deep.equal(['registrar'])
    expect(platform.mails.map(({ to }) => to), 'the operator’s company is another').to.have.length(1)
    expect(await store.companies.countDocuments({ roles: 'operator' })).to.equal(2)
    await platform.close()
  })
})

async function signedBy<N extends ActionName>(reading: Promise<{ network: string; partyId: Parameters<typeof draftCommand>[0]['party']; seq: number; headHash: Hash }>, signer: Signer, action: N, args: ArgsOf<N>, now: Date): Promise<SignedCommand> {
  const { network, partyId, seq, headHash } = await reading
  const command = draftCommand({
    network, action, subject: partyId, head: { seq, hash: headHash }, party: partyId, keyId: signer.keyId, args, commandId: uuidv7({ now: now.getTime(), random: crypto.getRandomValues(new Uint8Array(10)) }),
    at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 6 * 86_400_000).toISOString() as Instant,
  })
  return signCommand(command, signer)
}
