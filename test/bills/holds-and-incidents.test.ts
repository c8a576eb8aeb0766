import type { TitlePaper } from '@yidan/api/contract'
import { draftCommand, uuidv7, type ContainerNumber, type Hash, type Instant, type BillNumber } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import type { Desk } from '@yidan/api/sdk'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, inDays, issuedBill, peopleFor, type People } from './a-bill.ts'

const day = new Date().toISOString().slice(0, 10)
const order: TitlePaper = { kind: 'order', court: 'Luoyang Railway Transport Court', reference: '(2026) 豫71民催1号', decidedOn: day, text: 'The bill is declared void after public summons.' }

describe('what stops a bill, and what goes wrong with its boxes', function () {
  this.timeout(240_000)
  let platform: Platform, people: People, bank: Desk, buyer: Desk, judge: Desk, courtClerk: Desk
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'tractors')
    bank = await platform.deskOf('bank-luoyang')
    buyer = await platform.deskOf('consignee-bearing')
    judge = await platform.deskOf('court-judge')
    courtClerk = await platform.deskOf('court-clerk')
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  const keep = async (desk: Desk, billNumber: BillNumber, paper: TitlePaper): Promise<Hash> => (await desk.client.call('commitTitlePaper', { params: { billNumber }, body: paper })).hash as Hash
  const hold = (kind: 'JUDICIAL' | 'DISPUTE' | 'SANCTION'): TitlePaper => ({ kind: 'hold', hold: kind, authority: 'Luoyang Railway Transport Court', reference: '(2026) 豫71财保9号', text: 'Preservation of property pending the dispute over the goods.' })
  const issued = async (count = 1): Promise<{ billNumber: BillNumber; containers: ContainerNumber[] }> => {
    const { billNumber, draft } = await issuedBill(platform, people, await aBooking('tractors', { count }))
    return { billNumber, containers: (draft.document?.containers ?? []).map(({ number }) => number) }
  }
  const page = (desk: Desk, billNumber: BillNumber) => desk.client.call('bill', { params: { billNumber } })
  async function together(first: Desk, second: Desk, run: (desk: Desk) => ReturnType<Desk['act']>): Promise<void> {
    const outcome = await run(first)
    if (outcome.outcome !== 'awaiting-signature') throw new Error('one signature was enough')
    expect((await second.signAlong(outcome.request.commandId)).outcome).to.equal('recorded')
  }
  async function pledge(billNumber: BillNumber): Promise<void> {
    const params = { billNumber }
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params, body: { pledgee: bank.session.company.partyId, amount: '500000.00', currency: 'CNY', dueDate: day } })
    await people.shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: hash as Hash } })
    const filing = await bank.client.call('commitPledgeFiling', { params, body: { registryNumber: 'Z', filedOn: day } })
    await bank.record({ action: 'acceptPledge', bill: billNumber, args: { filingHash: filing.hash as Hash } })
  }
  const toldAbout = async (billNumber: BillNumber, word: RegExp): Promise<string[]> => {
    await platform.app.notices.settled()
    return platform.mails.filter(({ subject, text }) => subject.includes(billNumber) && word.test(text)).map(({ to }) => to.split('@')[0] ?? '')
  }

  it('a court holds a bill by two of its people: everybody to it sees by whom, nothing moves, and a bank that checks it is warned', async () => {
    const { billNumber } = await issued()
    await refused('commitment-unknown', () => judge.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash: 'a'.repeat(64) as Hash } }))
    const referenceHash = await keep(judge, billNumber, hold('JUDICIAL'))
    await refused('commitment-unknown', () => judge.act({ action: 'placeHold', bill: billNumber, args: { kind: 'FRAUD', referenceHash } }))
    await together(judge, courtClerk, (desk) => desk.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash } }))
    const { standing } = await page(people.shipper, billNumber)
    expect(standing.heldBy.map(({ kind, by }) => [kind, by.name])).to.deep.equal([['JUDICIAL', '洛阳铁路运输法院（示例）']])
    await refused('bill-held', () => people.shipper.act({ action: 'offerPossession', bill: billNumber, args: { to: buyer.session.company.partyId, expiresAt: inDays(platform, 1) } }))
    const check = await bank.client.call('bankCheck', { params: { billNumber } })
    expect([check.verdict, check.checks.find(({ code }) => code === 'holds')?.ok, check.reasons.includes('bill-held')]).to.deep.equal(['cannot-be-pledged', false, true])
    const { items } = await people.shipper.client.call('titlePapers', { params: { billNumber } })
    expect(items.map(({ paper }) => paper.kind)).to.deep.equal(['hold'])
    expect(await toldAbout(billNumber, /（司法冻结）[^]*held \(court order\)/)).to.include.members(['shipper-machinery', 'carrier-clerk'])
    await refused('not-hold-placer', async () => people.clerk.act({ action: 'liftHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash: await keep(people.clerk, billNumber, hold('JUDICIAL')) } }))
    await together(courtClerk, judge, async (desk) => desk.act({ action: 'liftHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash } }))
    expect((await page(people.shipper, billNumber)).standing.heldBy).to.deep.equal([])
    expect(await toldAbout(billNumber, /\(court order\) on the bill is lifted/)).to.include('shipper-machinery')
  })

  it('what one may place a hold for is told by the buttons: a court, an office, a holder, and nobody else', async () => {
    const { billNumber } = await issued()
    const can = async (desk: Desk, action: string): Promise<unknown> => {
      const told = (await page(desk, billNumber)).actions.find((possible) => possible.action === action)
      return told && [told.allowed, told.because, told.needs.map(({ why }) => why)]
    }
    expect(await can(judge, 'placeHold')).to.deep.equal([true, null, ['second-person']])
    expect(await can(await platform.deskOf('customs'), 'placeHold')).to.deep.equal([true, null, ['second-person']])
    expect(await can(people.shipper, 'placeHold')).to.deep.equal([true, null, []])
    expect(await can(people.shipper, 'voidByCourt')).to.deep.equal([false, 'not-a-court', []])
    expect(await can(judge, 'voidByCourt')).to.deep.equal([false, 'no-judicial-hold', []])
    expect(await can(people.shipper, 'declareDefault')).to.deep.equal([false, 'not-pledged', []])
    expect(await can(await platform.deskOf('operator'), 'placeHold')).to.equal(undefined)
  })

  it('T-18: goods that are lost are told to pledgee and insurer, whose money takes their place; found again, the bill goes on', async () => {
    const { billNumber, containers: [container] } = await issued()
    if (container === undefined) throw new Error('a bill without boxes')
    await pledge(billNumber)
    const lost: TitlePaper = { kind: 'loss', container, condition: 'LOST', text: 'The wagon burnt out at km 812; survey attached.', estimate: { amount: '400000.00', currency: 'CNY' } }
    const reportHash = await keep(people.clerk, billNumber, lost)
    await refused('commitment-unknown', () => people.clerk.act({ action: 'reportLoss', bill: billNumber, args: { container, condition: 'DAMAGED', reportHash } }))
    await people.clerk.record({ action: 'reportLoss', bill: billNumber, args: { container, condition: 'LOST', reportHash } })
    expect(await toldAbout(billNumber, /was reported LOST/)).to.include.members(['bank-luoyang', 'insurer', 'shipper-machinery'])
    expect((await bank.client.call('inbox', {})).items.filter((item) => item.billNumber === billNumber).map(({ kind }) => kind)).to.deep.equal(['cargo-incident'])
    const check = await bank.client.call('bankCheck', { params: { billNumber } })
    expect(check.checks.find(({ code }) => code === 'incidents')).to.deep.include({ ok: false })
    expect(check.bill.containers[0]?.title).to.equal('LOST')
    expect((await bank.client.call('titlePapers', { params: { billNumber } })).items[0]?.paper).to.deep.equal(lost)
    const found = await keep(people.clerk, billNumber, { ...lost, condition: 'FOUND', text: 'Found at Sary-Agash, seal intact.', estimate: null })
    await people.clerk.record({ action: 'reportLoss', bill: billNumber, args: { container, condition: 'FOUND', reportHash: found } })
    const { standing } = await page(bank, billNumber)
    expect(standing.incidents.map(({ kind, settledAt }) => [kind, settledAt !== null])).to.deep.equal([['LOST', true]])
  })

  it('a box that goes without the bill is a liability on record: two of the carrier and the bank behind the indemnity sign, title stays', async () => {
    const { billNumber, containers: [container] } = await issued()
    if (container === undefined) throw new Error('a bill without boxes')
    const indemnityHash = await keep(people.clerk, billNumber, { kind: 'indemnity', container, deliveredTo: 'Luoyang Precision Bearing', reference: 'LOI-7', amount: '900000.00', currency: 'CNY' })
    const outcome = await people.clerk.act({ action: 'recordWrongfulDelivery', bill: billNumber, args: { container, indemnifier: bank.session.company.partyId, indemnityHash } })
    if (outcome.outcome !== 'awaiting-signature') throw new Error('the clerk alone let a box go')
    expect(outcome.request.wanted.map(({ why }) => why)).to.have.members(['second-person', 'indemnifier'])
    await people.signer.signAlong(outcome.request.commandId)
    expect((await bank.signAlong(outcome.request.commandId)).outcome).to.equal('recorded')
    const { standing } = await page(people.shipper, billNumber)
    expect([standing.state, standing.possessor?.partyId, standing.incidents.map(({ kind }) => kind)]).to.deep.equal(['ISSUED', people.shipper.session.company.partyId, ['DELIVERED_WITHOUT_BILL']])
    expect(await toldAbout(billNumber, /without the bill/)).to.include.members(['shipper-machinery', 'insurer', 'bank-luoyang'])
  })

  it('the holder stops delivery with security for the costs, which the carrier is told', async () => {
    const { billNumber } = await issued()
    const instructionHash = await keep(people.shipper, billNumber, { kind: 'stop', instruction: 'Keep the goods at Huangdao until further notice.', security: 'Bank guarantee over CNY 50,000' })
    await people.shipper.record({ action: 'stopDelivery', bill: billNumber, args: { instructionHash } })
    expect((await page(people.clerk, billNumber)).standing.stop?.by.partyId).to.equal(people.shipper.session.company.partyId)
    expect(await toldAbout(billNumber, /stopped delivery/)).to.include('carrier-clerk').and.not.include('shipper-machinery')
    expect((await bank.client.call('bankCheck', { params: { billNumber } })).checks.find(({ code }) => code === 'stopped')?.ok).to.equal(false)
    await people.shipper.record({ action: 'resumeDelivery', bill: billNumber, args: {} })
    expect((await page(people.clerk, billNumber)).standing.stop).to.equal(null)
  })

  it('a court voids a bill it holds, by two people and its order; all to it are told, and the number says so to anybody', async () => {
    const { billNumber } = await issued()
    const referenceHash = await keep(judge, billNumber, hold('JUDICIAL'))
    await refused('no-judicial-hold', async () => judge.act({ action: 'voidByCourt', bill: billNumber, args: { orderHash: await keep(judge, billNumber, order), successor: null } }))
    await together(judge, courtClerk, (desk) => desk.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash } }))
    await refused('commitment-unknown', () => judge.act({ action: 'voidByCourt', bill: billNumber, args: { orderHash: 'f'.repeat(64) as Hash, successor: null } }))
    const orderHash = await keep(judge, billNumber, order)
    const invented = { billId: `b${'1'.repeat(32)}` as never, docHash: '2'.repeat(64) as Hash, visualisationHash: '3'.repeat(64) as Hash, titleholder: buyer.session.company.partyId }
    await refused('not-ready-to-issue', () => judge.act({ action: 'voidByCourt', bill: billNumber, args: { orderHash, successor: invented } }))
    await together(judge, courtClerk, (desk) => desk.act({ action: 'voidByCourt', bill: billNumber, args: { orderHash, successor: null } }))
    const verdict = await platform.client().call('verifyNumber', { params: { billNumber } })
    expect([verdict.state, verdict.voidReason, verdict.live]).to.deep.equal(['VOIDED', 'COURT', false])
    expect(await toldAbout(billNumber, /void by order of a court/)).to.include.members(['shipper-machinery', 'carrier-clerk'])
  })

  it('customs and the port’s supervision hold a bill by two of their own, the gate says why, and each lifts only its own hold', async () => {
    const { billNumber, containers: [container] } = await issued()
    const [customs, regulator] = await Promise.all(['customs', 'regulator'].map((account) => platform.deskOf(account))) as [Desk, Desk]
    const [customsSecond, regulatorSecond] = await Promise.all(['customs-second', 'regulator-second'].map((account) => platform.deskOf(account))) as [Desk, Desk]
    const [sanction, fraud] = [await keep(customs, billNumber, hold('SANCTION')), await keep(regulator, billNumber, { ...hold('DISPUTE'), hold: 'FRAUD' } as TitlePaper)]
    await refused('not-hold-authority', async () => customs.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash: await keep(customs, billNumber, hold('JUDICIAL')) } }))
    await together(customs, customsSecond, (desk) => desk.act({ action: 'placeHold', bill: billNumber, args: { kind: 'SANCTION', referenceHash: sanction } }))
    await together(regulator, regulatorSecond, (desk) => desk.act({ action: 'placeHold', bill: billNumber, args: { kind: 'FRAUD', referenceHash: fraud } }))
    const gate = await people.terminal.client.call('gateCheck', { query: { code: container ?? '' } })
    expect([gate.word, gate.reasons.filter(({ code }) => code === 'H03').map(({ message }) => message)]).to.deep.equal(['HOLD', ['提单被冻结（制裁）', '提单被冻结（涉嫌欺诈）']])
    await refused('no-hold', async () => customs.act({ action: 'liftHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash: await keep(customs, billNumber, hold('JUDICIAL')) } }))
    await refused('not-hold-placer', () => customs.act({ action: 'liftHold', bill: billNumber, args: { kind: 'FRAUD', referenceHash: fraud } }))
    await together(customsSecond, customs, (desk) => desk.act({ action: 'liftHold', bill: billNumber, args: { kind: 'SANCTION', referenceHash: sanction } }))
    expect((await page(people.shipper, billNumber)).standing.holds).to.deep.equal(['FRAUD'])
  })

  it('a judgment gives the goods to another by a new bill in the same act, sealed, to its order and told to it; the old number points there', async () => {
    const { billNumber, containers } = await issued(2)
    const params = { billNumber }
    const orderHash = await keep(judge, billNumber, order)
    const titleholder = buyer.session.company.partyId
    const ask = (desk: Desk, body: { titleholder: typeof titleholder; orderHash: Hash }) => desk.client.call('prepareCourtSuccessor', { params, body })
    await refused('no-judicial-hold', () => ask(judge, { titleholder, orderHash }))
    const referenceHash = await keep(judge, billNumber, hold('JUDICIAL'))
    await together(judge, courtClerk, (desk) => desk.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash } }))
    await refused('commitment-unknown', () => ask(judge, { titleholder, orderHash: referenceHash }))
    await refused('recipient-unknown', () => ask(judge, { titleholder: `p${'9'.repeat(32)}` as typeof titleholder, orderHash }))
    for (const desk of [people.clerk, people.shipper]) await refused('forbidden', () => ask(desk, { titleholder, orderHash }))
    const prepared = await ask(judge, { titleholder, orderHash })
    expect(await ask(courtClerk, { titleholder, orderHash }), 'asked again it answers the same').to.deep.equal(prepared)
    const [successor] = prepared.successors
    if (!successor) throw new Error('no bill was made')
    const act = { action: 'voidByCourt', bill: { subject: prepared.subject, network: prepared.network, head: prepared.head }, args: prepared.args as never } as const
    await refused('not-ready-to-issue', () => judge.act({ ...act, at: inDays(platform, 0) }))
    const asked = await judge.act({ ...act, at: prepared.issuedAt })
    if (asked.outcome !== 'awaiting-signature') throw new Error('one signature was enough')
    expect(asked.request.names.map(({ name }) => name), 'who signs along reads to whom the goods go').to.deep.equal([buyer.session.company.name])
    expect((await courtClerk.signAlong(asked.request.commandId)).outcome).to.equal('recorded')

    expect((await page(people.shipper, billNumber)).successors).to.deep.equal([successor.billNumber])
    const made = await page(buyer, successor.billNumber)
    expect([made.kind, made.standing.state, made.predecessors, made.containers.map(({ number }) => number), (made.standing.titleholder as { partyId: string }).partyId, made.standing.possessor?.partyId]).to.deep.equal(['to-named-order', 'ISSUED', [billNumber], containers, titleholder, titleholder])
    const file = Buffer.from(await (await buyer.client.download('billPdf', { params: { billNumber: successor.billNumber } })).arrayBuffer())
    expect((await platform.client().call('verifyFile', { file: { name: 'bill.pdf', content: new Blob([file]) } })).verdict).to.equal('genuine')
    const { document } = made
    expect([document?.consignee, document?.clauses.at(-1)]).to.satisfy(([consignee, clause]: [{ toOrderOf: { partyId: string } }, string]) => consignee.toOrderOf.partyId === titleholder && clause.includes(order.kind === 'order' ? order.reference : ''))
    expect((await platform.client().call('verifyNumber', { params })).successor).to.equal(successor.billNumber)
    await platform.app.notices.settled()
    expect(platform.mails.filter(({ subject, text }) => subject.includes(successor.billNumber) && /By order of a court this bill is your company/.test(text)).map(({ to }) => to.split('@')[0])).to.include('consignee-bearing')
    await buyer.record({ action: 'requestSurrender', bill: successor.billNumber, args: { purpose: 'delivery', reason: null } })
  })

  it('whoever is asked to sign along reads the paper first; it is the very text whose hash is signed', async () => {
    const { billNumber } = await issued()
    const referenceHash = await keep(judge, billNumber, hold('JUDICIAL'))
    const outcome = await judge.act({ action: 'placeHold', bill: billNumber, args: { kind: 'JUDICIAL', referenceHash } })
    if (outcome.outcome !== 'awaiting-signature') throw new Error('one signature was enough')
    const papers = async (desk: Desk) => (await desk.client.call('titlePapers', { params: { billNumber } })).items
    const [read] = await papers(courtClerk)
    expect([read?.usedIn, read?.paper, (JSON.parse(read?.text ?? '') as { content: unknown }).content]).to.deep.equal([null, hold('JUDICIAL'), hold('JUDICIAL')])
    expect(createHash('sha256').update(read?.text ?? '').digest('hex')).to.equal(referenceHash)
    expect(await papers(people.shipper), 'not yet the others’ to read').to.deep.equal([])
    await courtClerk.signAlong(outcome.request.commandId)
    expect((await papers(people.shipper)).map(({ hash, usedIn }) => [hash, usedIn !== null])).to.deep.equal([[referenceHash, true]])
  })

  it('papers about a bill are for its parties: others are told that there is none', async () => {
    const { billNumber } = await issued()
    const stranger = await platform.deskOf('shipper-solar')
    await refused('not-found', () => keep(stranger, billNumber, order))
    await refused('not-found', () => stranger.client.call('titlePapers', { params: { billNumber } }))
    await keep(people.shipper, billNumber, { kind: 'stop', instruction: 'Not used', security: 'none' })
    expect((await people.clerk.client.call('titlePapers', { params: { billNumber } })).items, 'what no act names is its writer’s alone').to.deep.equal([])
    expect((await people.shipper.client.call('titlePapers', { params: { billNumber } })).items.map(({ usedIn }) => usedIn)).to.deep.equal([null])
  })

  it('keys reported lost: nothing the company signs passes, its people are written to, and the page says until when', async () => {
    const loser = await platform.deskOf('shipper-furniture')
    const own = await issuedBill(platform, await peopleFor(platform, 'furniture'), await aBooking('furniture', { count: 1 }))
    const { company } = loser.session
    const params = { companyId: company.id }
    const { hash } = await loser.client.call('keepKeyLossStatement', { params, body: { text: 'The laptop with the key was stolen at Zhengzhou station.' } })
    const report = async (referenceHash: Hash) => {
      const stream = await loser.client.call('keys', { params })
      const at = new Date()
      const command = draftCommand({
        network: stream.network, action: 'reportKeyLoss', subject: company.partyId, head: { seq: stream.seq, hash: stream.headHash }, party: company.partyId, keyId: loser.signer().keyId, args: { referenceHash },
        commandId: uuidv7({ now: at.getTime(), random: crypto.getRandomValues(new Uint8Array(10)) }), at: at.toISOString() as Instant, notAfter: new Date(at.getTime() + 3_600_000).toISOString() as Instant,
      })
      return loser.client.call('reportKeyLoss', { params, body: await signCommand(command, loser.signer()) })
    }
    await refused('commitment-unknown', () => report('9'.repeat(64) as Hash))
    await refused('forbidden', async () => (await platform.deskOf('shipper-solar')).client.call('keepKeyLossStatement', { params, body: { text: 'somebody else’s keys are lost' } }))
    expect((await report(hash as Hash)).outcome).to.equal('recorded')
    const { keyLoss } = await loser.client.call('keys', { params })
    expect(Date.parse(keyLoss?.noticeEndsAt ?? '') - Date.parse(keyLoss?.since ?? '')).to.equal(72 * 3_600_000)
    await refused('party-frozen', () => loser.act({ action: 'offerPossession', bill: own.billNumber, args: { to: buyer.session.company.partyId, expiresAt: inDays(platform, 1) } }))
    await platform.app.notices.settled()
    expect(platform.mails.filter(({ text }) => /reported lost/.test(text)).map(({ to }) => to)).to.include('shipper-furniture@demo.yidan.example')

    const other = await platform.deskOf('shipper-busan')
    const operator = platform.client(await platform.signInAs('operator'))
    await refused('forbidden', () => other.client.call('reportKeyLossFor', { params: { companyId: other.session.company.id }, body: { text: 'we have lost them ourselves' } }))
    await operator.call('reportKeyLossFor', { params: { companyId: other.session.company.id }, body: { text: 'Called back at the registered number; licence and seal were shown.' } })
    expect((await operator.call('keys', { params: { companyId: other.session.company.id } })).keyLoss).to.not.equal(null)
  })
})
