import type { DraftView } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, aDraft, boxesOn, gateIn, inDays, issueAct, issuedBill, peopleFor, prepare, send, signByTwo, type People } from './a-bill.ts'

describe('the life of a bill', () => {
  let platform: Platform, people: People, bank: Desk, buyer: Desk
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'tractors')
    bank = await platform.deskOf('bank-luoyang')
    buyer = await platform.deskOf('consignee-bearing')
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })
  const kinds = async (desk: Desk): Promise<string[]> => (await desk.client.call('inbox', {})).items.map(({ kind }) => kind)

  /** A terminal is no party to the bill: it acts on the head that the gate tells it. */
  const headOf = async ({ billId, network }: DraftView): Promise<{ subject: NonNullable<DraftView['billId']>; network: string; head: DraftView['head'] }> => {
    const title = await platform.ports.ledger.read(billId!)
    return { subject: billId!, network, head: { seq: title!.seq, hash: title!.headHash } }
  }

  it('pledged to a bank it does not move; released it does; each is told what waits for them', async () => {
    const { shipper } = people
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors'))
    const params = { billNumber }
    await refused('commitment-unknown', () => shipper.act({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: 'a'.repeat(64) as never } }))
    const terms = { amount: '5600000.00', currency: 'CNY', dueDate: '2027-03-01' } as const
    const { hash } = await shipper.client.call('commitPledgeTerms', { params, body: { pledgee: bank.session.company.partyId, ...terms } })
    const before = await bank.client.call('bankCheck', { params })
    expect([before.verdict, before.bill.document]).to.deep.equal(['can-be-pledged', null])
    expect([before.bill.standing.possessor?.name, before.boxes[0]?.movement, before.bill.containers[0]?.goods]).to.deep.equal([null, 'UNKNOWN', ''])
    expect(before.checks.find(({ code }) => code === 'insurance')?.ok).to.equal(null)
    await shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: hash as never } })
    expect(await kinds(bank)).to.include('pledge-offered')
    const check = await bank.client.call('bankCheck', { params })
    expect(check.verdict).to.equal('offered-to-you')
    expect(check.checks.filter(({ ok }) => ok === false)).to.deep.equal([])
    expect(check.checks.filter(({ ok }) => ok === true).map(({ code }) => code)).to.include.members(['live', 'hash', 'issuer', 'control', 'chain', 'type', 'clean', 'quantities', 'containers', 'position', 'double', 'holds', 'insurance', 'due-date', 'legal-basis'])
    expect(check.pledge?.terms).to.deep.equal(terms)
    await refused('not-found', () => buyer.client.call('commitPledgeFiling', { params, body: { registryNumber: 'X', filedOn: '2026-11-21' } }))
    await refused('not-pledgee', () => shipper.client.call('commitPledgeFiling', { params, body: { registryNumber: 'X', filedOn: '2026-11-21' } }))
    const filing = await bank.client.call('commitPledgeFiling', { params, body: { registryNumber: 'ZDW-2026-001', filedOn: '2026-11-21' } })
    await bank.record({ action: 'acceptPledge', bill: billNumber, args: { filingHash: filing.hash as never } })
    const pledge = await shipper.client.call('pledgeTerms', { params })
    expect([pledge.state, pledge.filing?.registryNumber, pledge.terms?.amount]).to.deep.equal(['PLEDGED', 'ZDW-2026-001', '5600000.00'])
    const behind = await shipper.act({ action: 'endorse', bill: billNumber, args: { to: buyer.session.company.partyId, manner: 'to-order' } })
    expect(behind.outcome === 'awaiting-signature' && behind.request.wanted.map(({ why, party }) => [why, party.partyId])).to.deep.equal([['pledgee', bank.session.company.partyId]])
    await refused('bill-pledged', () => shipper.act({ action: 'offerPossession', bill: billNumber, args: { to: buyer.session.company.partyId, expiresAt: inDays(platform, 3) } }))
    expect((await (await platform.deskOf('bank-hafen')).client.call('bankCheck', { params })).verdict).to.equal('pledged-to-another')
    const held = await shipper.client.call('bill', { params })
    expect(held.actions.find(({ action }) => action === 'offerPossession')).to.deep.equal({ action: 'offerPossession', allowed: false, because: 'bill-pledged', needs: [] })
    await bank.record({ action: 'releasePledge', bill: billNumber, args: {} })
    await shipper.record({ action: 'endorse', bill: billNumber, args: { to: buyer.session.company.partyId, manner: 'to-order' } })
    await shipper.record({ action: 'offerPossession', bill: billNumber, args: { to: buyer.session.company.partyId, expiresAt: inDays(platform, 3) } })
    expect(await kinds(buyer)).to.include('offer-received')
    await buyer.record({ action: 'acceptOffer', bill: billNumber, args: {} })
    const bought = await buyer.client.call('bill', { params })
    expect(bought.relations).to.include.members(['titleholder', 'possessor'])
    expect([bought.document?.charges, (await shipper.client.call('bill', { params })).document?.charges?.total === undefined]).to.deep.equal([null, false])
    expect([bought.containers[0]?.movement, (await shipper.client.call('bill', { params })).containers[0]?.movement]).to.deep.equal(['GATED_IN', 'UNKNOWN'])
    const chain = await buyer.client.call('billHistory', { params })
    expect(chain.items.map(({ action }) => action)).to.deep.equal(['approve', 'issue', 'proposePledge', 'acceptPledge', 'releasePledge', 'endorse', 'offerPossession', 'acceptOffer'])
    expect(chain.items.every(({ signers }) => signers.length > 0 && signers.every(({ signatureValid }) => signatureValid))).to.equal(true)
    expect(chain.items[1]?.signers).to.have.length(2)
    expect(chain.items.map(({ standing }) => standing.possessor?.name ?? null).slice(0, 4)).to.deep.equal([null, shipper.session.company.name, shipper.session.company.name, bank.session.company.name])
  })

  it('surrendered, it gives one code for each box to the one who surrendered it, and ends with the last box', async () => {
    const { shipper, clerk, terminal } = people
    const { billNumber, draft } = await issuedBill(platform, people, await aBooking('tractors'))
    const params = { billNumber }
    await refused('no-surrender-request', () => clerk.client.call('prepareRelease', { params, body: {} }))
    await shipper.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'delivery', reason: null } })
    expect(await kinds(clerk)).to.include('surrender-requested')
    const invented = boxesOn(draft).map(({ number }) => ({ container: number as never, codeHash: 'c'.repeat(64) as never, expiresAt: inDays(platform, 3) }))
    await refused('release-not-prepared', () => clerk.act({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: invented } }))
    const { releases } = await clerk.client.call('prepareRelease', { params, body: { days: 14 } })
    await clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: releases as never } })
    await refused('forbidden', () => clerk.client.call('releaseCodes', { params }))
    await refused('not-found', () => buyer.client.call('releaseCodes', { params }))
    const { items } = await shipper.client.call('releaseCodes', { params })
    expect(items.map(({ container }) => container)).to.have.members(boxesOn(draft).map(({ number }) => number))
    expect(new Set(items.map(({ code }) => code)).size).to.equal(items.length)
    expect(await kinds(shipper)).to.include('release-ready')
    await refused('bad-release-code', async () => terminal.act({ action: 'deliver', bill: await headOf(draft), args: { container: items[0]!.container, code: items[1]!.code } }))
    for (const { container, code } of items) await terminal.record({ action: 'deliver', bill: await headOf(draft), args: { container, code } })
    const end = await shipper.client.call('bill', { params })
    expect([end.standing.state, end.containers.map(({ title }) => title)]).to.deep.equal(['ACCOMPLISHED', items.map(() => 'DELIVERED')])
    expect((await shipper.client.call('releaseCodes', { params })).items.every(({ delivered }) => delivered)).to.equal(true)
    const next = await aDraft(people, { ...(await aBooking('tractors', { containers: items.map(({ container }) => container) })) })
    expect(next.faults).to.deep.equal([])
  })

  it('amended, the old one is void, and the new one holds what the old one held', async () => {
    const { shipper, clerk } = people
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors'))
    const early = await clerk.client.call('createDraft', { body: { from: 'amendment', billNumber } })
    expect([early.amendmentOf, early.faults]).to.deep.equal([billNumber, []])
    const other = await clerk.client.call('saveDraft', { params: { draftId: early.id }, body: { revision: early.revision, content: { ...early.content, kind: 'blank', containers: early.content.containers?.slice(1) ?? [] } } })
    expect(other.faults.map(({ code, pointer }) => [code, pointer])).to.deep.equal([['amendment-changes-title', '/kind'], ['amendment-changes-title', '/containers']])
    const changed = await clerk.client.call('saveDraft', { params: { draftId: early.id }, body: { revision: other.revision, content: { ...early.content, placeOfDelivery: { name: 'Santos, door' } } } })
    const sent = await send(people, changed)
    expect([sent.status, sent.document?.version, sent.document?.replaces]).to.deep.equal(['approved', 2, [billNumber]])
    await refused('draft-not-sent', () => shipper.act({ action: 'approve', bill: { subject: sent.billId!, network: sent.network, head: sent.head }, args: { docHash: sent.docHash!, kind: 'to-order', negotiable: true, carrier: clerk.session.company.partyId } }))
    expect((await prepare(people, sent)).missing.map(({ code }) => code)).to.deep.equal(['amendment-not-surrendered'])
    await shipper.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'amendment', reason: '改交货地' } })
    await clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: [] } })
    const preparation = await prepare(people, sent)
    expect([preparation.ready, preparation.action]).to.deep.equal([true, 'reissue'])
    expect((await signByTwo(people, preparation)).outcome).to.equal('recorded')
    const old = await shipper.client.call('bill', { params: { billNumber } })
    expect([old.standing.state, old.standing.voidReason, old.successors]).to.deep.equal(['VOIDED', 'AMENDED', [sent.billNumber]])
    const successor = await shipper.client.call('bill', { params: { billNumber: sent.billNumber! } })
    expect([successor.standing.state, successor.version, successor.predecessors, successor.document?.placeOfDelivery.name, successor.standing.possessor?.name]).to.deep.equal(['ISSUED', 2, [billNumber], 'Santos, door', shipper.session.company.name])
    const verdict = await platform.client().call('verifyNumber', { params: { billNumber } })
    expect([verdict.verdict, verdict.live, verdict.state, verdict.successor]).to.deep.equal(['genuine', false, 'VOIDED', sent.billNumber])
    const copy = await shipper.client.download('billPdf', { params: { billNumber }, query: { as: 'standing' } })
    expect(Buffer.from(await copy.arrayBuffer()).includes('VOID')).to.equal(true)
  })

  it('is cancelled by two of the carrier and the shipper together, but not once the train has gone', async () => {
    const { shipper, clerk, signer } = people
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors'))
    const first = await clerk.act({ action: 'cancel', bill: billNumber, args: { reason: '订舱取消' } })
    if (first.outcome !== 'awaiting-signature') throw new Error('one person alone cancelled a bill')
    expect(first.request.wanted.map(({ why }) => why)).to.have.members(['second-person', 'shipper'])
    expect(await kinds(shipper)).to.include('signature-wanted')
    await refused('not-found', () => buyer.client.call('addSignature', { params: { commandId: first.request.commandId as never }, body: first.request.signatures[0]! }))
    expect((await signer.signAlong(first.request.commandId)).outcome).to.equal('awaiting-signature')
    expect((await shipper.signAlong(first.request.commandId)).outcome).to.equal('recorded')
    expect((await shipper.client.call('bill', { params: { billNumber } })).standing.voidReason).to.equal('CANCELLED')

    const gone = await issuedBill(platform, people, await aBooking('tractors'))
    const at = new Date().toISOString()
    const { position } = await clerk.client.call('sendEvents', { body: [{ eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', transportEventTypeCode: 'DEPA', transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' } }] })
    await platform.ports.feed.upTo(position)
    await refused('cargo-departed', () => clerk.act({ action: 'cancel', bill: gone.billNumber, args: { reason: 'too late' } }))
  })

  it('a waiting command: signed by nobody twice, withdrawn by its own company, closed when a rule refuses it', async () => {
    const { clerk, signer } = people
    const sent = await send(people, await aDraft(people, await aBooking('tractors', { count: 1 })))
    await people.shipper.record({ action: 'approve', bill: { subject: sent.billId!, network: sent.network, head: sent.head }, args: { docHash: sent.docHash!, kind: 'to-order', negotiable: true, carrier: clerk.session.company.partyId } })
    await gateIn(platform, people, boxesOn(sent))
    const preparation = await prepare(people, sent)
    const first = await clerk.act(issueAct(preparation))
    const second = await clerk.act(issueAct(preparation))
    if (first.outcome !== 'awaiting-signature' || second.outcome !== 'awaiting-signature') throw new Error('one person alone issued a bill')
    const body = first.request.signatures[0]!
    expect((await clerk.client.call('addSignature', { params: { commandId: first.request.commandId as never }, body })).outcome).to.equal('awaiting-signature')
    await refused('forbidden', () => signer.client.call('addSignature', { params: { commandId: first.request.commandId as never }, body }))
    await refused('bad-signature', () => signer.client.call('addSignature', { params: { commandId: first.request.commandId as never }, body: { keyId: signer.signer().keyId, value: body.value } }))
    const outcomes = await Promise.all([signer.signAlong(first.request.commandId), signer.signAlong(first.request.commandId)])
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['recorded', 'recorded'])
    const third = await clerk.act({ ...issueAct(preparation), action: 'cancel', bill: sent.billNumber!, args: { reason: 'x' }, at: new Date().toISOString() })
    if (third.outcome !== 'awaiting-signature') throw new Error('one person alone cancelled a bill')
    await refused('not-found', () => buyer.client.call('withdrawSigningRequest', { params: { commandId: third.request.commandId as never } }))
    await clerk.client.call('withdrawSigningRequest', { params: { commandId: third.request.commandId as never } })
    await refused('signing-request-closed', () => clerk.client.call('withdrawSigningRequest', { params: { commandId: third.request.commandId as never } }))
    await refused('stale-sequence', () => signer.signAlong(second.request.commandId))
    const closed = (await signer.client.call('signingRequests', { query: { state: 'all' } })).items.find(({ commandId }) => commandId === second.request.commandId)
    expect([closed?.state, closed?.refusedBecause]).to.deep.equal(['refused', 'stale-sequence'])
  })

  it('the same bytes sent again give the first receipt; another person’s key and another company’s act are refused', async () => {
    const { shipper, clerk } = people
    const { billNumber } = await issuedBill(platform, people, await aBooking('tractors', { count: 1 }))
    const receipt = await shipper.record({ action: 'endorse', bill: billNumber, args: { to: buyer.session.company.partyId, manner: 'to-order' } })
    const { items } = await shipper.client.call('billHistory', { params: { billNumber } })
    const again = await shipper.client.call('command', { body: items.at(-1)!.signed })
    expect(again.outcome === 'recorded' && [again.receipt.repeated, again.receipt.position]).to.deep.equal([true, receipt.position])
    await refused('forbidden', () => clerk.client.call('command', { body: items.at(-1)!.signed }))
    await refused('unknown-bill', () => shipper.act({ action: 'acceptOffer', bill: { subject: `b${'1'.repeat(32)}` as never, network: 'test', head: { seq: 0, hash: '0'.repeat(64) as never } }, args: {} }))
  })
})
