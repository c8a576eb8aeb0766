import type { AuditEntry } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import type { BillNumber, CommandId, Hash } from '@yidan/ledger'
import { expect } from 'chai'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, aDraft, inDays, issuedBill, peopleFor, send, type People } from './a-bill.ts'

/** T-20: every refusal of a title act, by a rule of the ledger or by the platform before it, leaves a line with its reason. */
describe('T-20: a refused act of title', () => {
  let platform: Platform, people: People, buyer: Desk, billNumber: BillNumber
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'tractors')
    buyer = await platform.deskOf('consignee-bearing')
    billNumber = (await issuedBill(platform, people, await aBooking('tractors', { count: 1 }))).billNumber
  })
  after(() => platform.close())

  /** The newest line of the desk's company that says refused. */
  async function lastRefusal(desk: Desk, account: string): Promise<Pick<AuditEntry, 'action' | 'subject' | 'code' | 'result' | 'personName'>> {
    const administrator = platform.client(await platform.signInAs(account))
    const { items } = await administrator.call('audit', { params: { companyId: desk.session.company.id }, query: { result: 'refused', limit: 1 } })
    const [{ action, subject, code, result, personName } = { action: '', subject: null, code: null, result: 'done' as const, personName: null }] = items
    return { action, subject, code, result, personName }
  }
  const line = (action: string, code: string, subject: string = billNumber) => ({ action, subject, code, result: 'refused' as const })

  it('by a rule: who, which bill, which act, why', async () => {
    await refused('not-pledged', () => people.shipper.act({ action: 'releasePledge', bill: billNumber, args: {} }))
    const told = await lastRefusal(people.shipper, 'shipper-machinery')
    expect(told).to.deep.include(line('releasePledge', 'not-pledged'))
    expect(told.personName).to.equal(people.shipper.session.person.name)
  })

  it('by the platform, because a paper is not kept', async () => {
    await refused('commitment-unknown', () => people.shipper.act({ action: 'stopDelivery', bill: billNumber, args: { instructionHash: 'a'.repeat(64) as Hash } }))
    expect(await lastRefusal(people.shipper, 'shipper-machinery')).to.deep.include(line('stopDelivery', 'commitment-unknown'))
  })

  it('because somebody was faster', async () => {
    const { billId, network, head } = await people.shipper.client.call('bill', { params: { billNumber } })
    await refused('stale-sequence', () => people.shipper.act({ action: 'endorse', bill: { subject: billId, network, head: { ...head, seq: head.seq - 1 } }, args: { to: buyer.session.company.partyId, manner: 'to-order' } }))
    expect(await lastRefusal(people.shipper, 'shipper-machinery')).to.deep.include(line('endorse', 'stale-sequence'))
  })

  it('for another company, or with another person’s key', async () => {
    const { billId, network, head } = await people.shipper.client.call('bill', { params: { billNumber } })
    const own = { subject: billId, network, head }
    await refused('not-possessor', () => buyer.act({ action: 'offerPossession', bill: own, args: { to: people.shipper.session.company.partyId, expiresAt: inDays(platform, 1) } }))
    expect(await lastRefusal(buyer, 'consignee-bearing')).to.deep.include(line('offerPossession', 'not-possessor'))
  })

  it('of a draft that is approved by the wrong hash', async () => {
    const draft = await send(people, await aDraft(people, await aBooking('tractors', { count: 1 })))
    await refused('wrong-document-hash', () => people.shipper.act({ action: 'approve', bill: { subject: draft.billId!, network: draft.network, head: draft.head }, args: { docHash: 'd'.repeat(64) as Hash, kind: 'to-order', negotiable: true, carrier: people.clerk.session.company.partyId } }))
    expect(await lastRefusal(people.shipper, 'shipper-machinery')).to.deep.include(line('approve', 'wrong-document-hash', draft.billNumber!))
  })

  it('by a second signature: the line names the act that was signed along, not its number', async () => {
    const { terminal, clerk, signer } = people
    const { billNumber: other } = await issuedBill(platform, people, await aBooking('tractors', { count: 1 }))
    const outcome = await clerk.act({ action: 'cancel', bill: other, args: { reason: 'the shipper changed his mind' } })
    if (outcome.outcome !== 'awaiting-signature') throw new Error('one person cancelled')
    const commandId = outcome.request.commandId as CommandId
    const forged = { keyId: signer.signer().keyId, value: 'A'.repeat(86) }
    await refused('bad-signature', () => signer.client.call('addSignature', { params: { commandId }, body: forged }))
    expect(await lastRefusal(signer, 'carrier-signer')).to.deep.include(line('cancel', 'bad-signature', other))
    await refused('not-found', () => terminal.client.call('addSignature', { params: { commandId }, body: forged }))
    expect(await lastRefusal(terminal, 'terminal-manager')).to.deep.include({ action: 'addSignature', subject: commandId, code: 'not-found' })
  })

  it('that nobody could read is a line too', async () => {
    const { cookie } = await platform.signInAs('shipper-machinery')
    const answer = await platform.request('/api/v1/commands', { method: 'POST', headers: { cookie, origin: 'http://yidan.test', 'content-type': 'application/json' }, body: JSON.stringify({ command: { action: 'endorse' }, signatures: [] }) })
    expect(answer.status).to.equal(400)
    expect(await lastRefusal(people.shipper, 'shipper-machinery')).to.include({ action: 'command', code: 'invalid-request' })
  })
})
