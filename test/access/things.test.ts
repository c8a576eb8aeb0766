import { ProblemError, type Problem } from '@yidan/api/contract'
import { openDesk, type Desk } from '@yidan/api/sdk'
import { billNumber as makeNumber, type BillNumber } from '@yidan/ledger'
import type { Signer } from '@yidan/ledger/signing'
import { expect } from 'chai'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { issueOverHttp } from '../support/demo-desks.ts'
import { aPerson, goodPassword } from '../support/people.ts'
import { refused } from '../support/refused.ts'

/** Whoever has an ability has it towards their own things. What one may not see answers like what is not there. */
describe('things of others', () => {
  let platform: Platform
  let billNumber: BillNumber
  let draftId: string
  let container: string
  before(async () => {
    platform = await openPlatform()
    const desks = { clerk: await platform.deskOf('carrier-clerk'), signer: await platform.deskOf('carrier-signer'), terminal: await platform.deskOf('terminal-gate'), shipper: await platform.deskOf('shipper-busan') }
    const issued = await issueOverHttp(desks)
    billNumber = issued.billNumber
    draftId = issued.draft.id
    container = issued.draft.document?.containers[0]?.number ?? ''
  })
  after(() => platform.close())

  /** The whole answer but for its request id and what was asked for: two that are alike tell nothing. */
  async function answerTo(who: SignedIn, path: string): Promise<unknown> {
    const answer = await platform.request(`/api/v1${path}`, { headers: { cookie: who.cookie } })
    const problem = (await answer.json().catch(() => null)) as Partial<Problem> | null
    return { status: answer.status, ...problem, requestId: null }
  }
  const alike = async (who: SignedIn, of: (number: string) => string, real: string, madeUp: string): Promise<void> => {
    const [one, other] = [await answerTo(who, of(real)), await answerTo(who, of(madeUp))]
    expect(one, of(real)).to.deep.equal(other)
    expect(one).to.include({ status: 404 })
  }

  it('a bill answers strangers to it as if there were none', async () => {
    const madeUp = makeNumber({ prefix: 'LYLG', month: '2601', serial: 999_999 })
    for (const account of ['shipper-solar', 'consignee-tashkent', 'terminal-gate']) {
      const who = await platform.signInAs(account)
      for (const part of ['', '/document', '/pdf', '/history', '/proof', '/pledge', '/release-codes', '/papers']) await alike(who, (number) => `/bills/${number}${part}`, billNumber, madeUp)
    }
    const solar = await platform.signInAs('shipper-solar')
    await alike(solar, (number) => `/bills/${number}/tracking`, billNumber, madeUp)
    const bank = await platform.signInAs('bank-hafen')
    for (const part of ['', '/document', '/history']) await alike(bank, (number) => `/bills/${number}${part}`, billNumber, madeUp)
  })

  it('a bill is in no list and no search of strangers to it', async () => {
    const solar = platform.client(await platform.signInAs('shipper-solar'))
    expect((await solar.call('bills', {})).items).to.deep.equal([])
    expect((await solar.call('bills', { query: { q: billNumber } })).total ?? 0).to.equal(0)
    expect((await solar.call('search', { query: { q: billNumber } })).items).to.deep.equal([])
    expect((await solar.call('search', { query: { q: container } })).items).to.deep.equal([])
    const busan = platform.client(await platform.signInAs('shipper-busan'))
    expect((await busan.call('bills', {})).items.map((bill) => bill.billNumber)).to.deep.equal([billNumber])
  })

  it('a box answers those who may not follow it as if there were none', async () => {
    const who = await platform.signInAs('shipper-solar')
    await alike(who, (number) => `/containers/${number}`, container, 'CSQU3054383')
    expect((await platform.client(who).call('containers', {})).items).to.deep.equal([])
  })

  it('money is for carrier and shipper; who oversees sees the bill without it', async () => {
    const charges = async (account: string): Promise<unknown> => (await platform.client(await platform.signInAs(account)).call('bill', { params: { billNumber } })).document?.charges
    expect(await charges('shipper-busan')).to.not.equal(null)
    expect(await charges('carrier-clerk')).to.not.equal(null)
    for (const account of ['regulator', 'customs', 'operator']) expect((await charges(account)) ?? null, account).to.equal(null)
  })

  it('a draft answers others as if there were none, and its shipper too before it is sent', async () => {
    const solar = await platform.signInAs('shipper-solar')
    await alike(solar, (id) => `/drafts/${id}`, draftId, 'dr_0000000000000000')
    await alike(solar, (id) => `/drafts/${id}/pdf`, draftId, 'dr_0000000000000000')
    const clerk = platform.client(await platform.signInAs('carrier-clerk'))
    const unsent = await clerk.call('createDraft', { body: { from: 'content', content: { shipper: { vat: 'KR1234567890', name: 'Busan Battery Materials Co. (sample)' } } } })
    await alike(await platform.signInAs('shipper-busan'), (id) => `/drafts/${id}`, unsent.id, 'dr_0000000000000000')
    await clerk.call('discardDraft', { params: { draftId: unsent.id } })
  })

  it('release codes are for whoever surrendered the bill, not even for the carrier', async () => {
    const carrier = platform.client(await platform.signInAs('carrier-clerk'))
    const code = await carrier.call('releaseCodes', { params: { billNumber } }).then(() => null, (error: unknown) => (error instanceof ProblemError ? error.problem.status : error))
    expect(code).to.be.oneOf([403, 404])
  })

  it('people of another company are changed by nobody else', async () => {
    const [solar, bank] = [await platform.signInAs('shipper-solar'), await platform.signInAs('bank-luoyang')]
    const victim = { companyId: bank.session.company.id, personId: bank.session.person.id }
    await refused('forbidden', () => platform.client(solar).call('editPerson', { params: victim, body: { disabled: true } }))
    await refused('not-found', () => platform.client(solar).call('editPerson', { params: { ...victim, companyId: solar.session.company.id }, body: { disabled: true } }))
    await refused('forbidden', () => platform.client(solar).call('invite', { params: victim, body: { email: 'mole@people.example', roles: ['administrator'] } }))
    await refused('forbidden', () => platform.client(solar).call('people', { params: victim }))
    await platform.client(bank).call('session', {})
  })

  it('API keys of another company are nobody else’s, not the operator’s either', async () => {
    const bank = await platform.signInAs('bank-luoyang')
    const companyId = bank.session.company.id
    const key = await platform.client(bank).call('createApiKey', { params: { companyId }, body: { label: 'core banking', abilities: ['list-bills'], days: 1 } })
    for (const account of ['operator', 'shipper-solar']) {
      const client = platform.client(await platform.signInAs(account))
      await refused('forbidden', () => client.call('apiKeys', { params: { companyId } }))
      await refused('forbidden', () => client.call('createApiKey', { params: { companyId }, body: { label: 'x', abilities: ['list-bills'], days: 1 } }))
      await refused('forbidden', () => client.call('revokeApiKey', { params: { companyId, apiKeyId: key.id } }))
    }
    const solar = await platform.signInAs('shipper-solar')
    await refused('not-found', () => platform.client(solar).call('revokeApiKey', { params: { companyId: solar.session.company.id, apiKeyId: key.id } }))
    await platform.client({ apiKey: key.secret ?? '' }).call('bills', {})
  })

  it('a key that waits is approved by an administrator alone, also by one who still has the key of one', async () => {
    const operator = await platform.signInAs('operator')
    const company = await platform.client(operator).call('createCompany', { body: { name: 'Four eyes GmbH', country: 'DE', vat: 'DE700000001', roles: ['shipper'] } })
    const [first, second] = [await aPerson(platform, operator, ['administrator'], company.id), await aPerson(platform, operator, ['administrator', 'signer'], company.id)]
    const desk = (person: { email: string }, signer?: Signer): Promise<Desk> => openDesk({ baseUrl: platform.url, credentials: { email: person.email, password: goodPassword }, ...(signer === undefined ? {} : { signer }) })
    const [one, two] = [await desk(first), await desk(second)]
    await one.useKey()
    const waiting = await two.useKey()
    if (waiting?.outcome !== 'awaiting-signature') throw new Error('nobody has approved it')
    expect((await one.signAlong(waiting.request.commandId)).outcome).to.equal('recorded')
    await platform.client(first).call('editPerson', { params: { companyId: company.id, personId: second.session.person.id }, body: { roles: ['signer'] } })
    const third = await desk(await aPerson(platform, first, ['signer'], company.id))
    const asked = await third.useKey()
    if (asked?.outcome !== 'awaiting-signature') throw new Error('nobody has approved it')
    const demoted = await desk(second, two.signer())
    await refused('forbidden', () => demoted.signAlong(asked.request.commandId))
  })

  it('a command of others is found by nobody, signed by nobody and withdrawn by nobody else', async () => {
    const clerk = await platform.deskOf('carrier-clerk')
    const { items } = await clerk.client.call('signingRequests', { query: { state: 'all' } })
    const [mine] = items
    if (!mine) throw new Error('issuing the bill left a signing request')
    const stranger = await platform.deskOf('shipper-solar')
    expect((await stranger.client.call('signingRequests', { query: { state: 'all' } })).items.map(({ commandId }) => commandId)).to.not.include(mine.commandId)
    const [signature] = mine.signatures
    await refused('not-found', () => stranger.client.call('addSignature', { params: { commandId: mine.commandId as never }, body: signature! }))
    await refused('not-found', () => stranger.client.call('withdrawSigningRequest', { params: { commandId: mine.commandId as never } }))
  })
})
