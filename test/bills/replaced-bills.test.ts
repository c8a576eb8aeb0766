import type { CommandOutcome, ReplacementPreparation, ReplacementRequest } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { canonicalJson, type BillDocument, type BillNumber, type ContainerNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from './a-bill.ts'

describe('bills that replace each other', () => {
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

  const issued = async (count = 2) => {
    const { billNumber, draft } = await issuedBill(platform, people, await aBooking('tractors', { count }))
    return { billNumber, boxes: boxesOn(draft).map(({ number }) => number as ContainerNumber) }
  }
  const givenBack = async (billNumber: BillNumber, reason: string): Promise<void> => {
    await people.shipper.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'amendment', reason } })
    await people.clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: [] } })
  }
  const prepared = (billNumber: BillNumber, body: ReplacementRequest): Promise<ReplacementPreparation> => people.clerk.client.call('prepareReplacement', { params: { billNumber }, body })
  const actOn = ({ action, subject, network, head, args, issuedAt }: ReplacementPreparation) => ({ action, bill: { subject, network, head }, at: issuedAt, args: args as never })
  /** The clerk first, then everybody else who must sign. */
  const signed = async (preparation: ReplacementPreparation, ...others: readonly Desk[]): Promise<CommandOutcome> => {
    let outcome: CommandOutcome = await people.clerk.act(actOn(preparation))
    for (const desk of [people.signer, ...others]) {
      if (outcome.outcome !== 'awaiting-signature') throw new Error('it was recorded before everybody had signed')
      outcome = await desk.signAlong(outcome.request.commandId)
    }
    return outcome
  }
  const bill = (billNumber: BillNumber, desk = people.shipper) => desk.client.call('bill', { params: { billNumber } })
  const documentOf = async (billNumber: BillNumber): Promise<BillDocument> => JSON.parse(await (await people.shipper.client.download('billDocument', { params: { billNumber } })).text()) as BillDocument
  const cents = (amount: string | undefined) => Math.round(Number(amount ?? 0) * 100)

  it('T-13 split: every box with its goods on one of the new bills, charges and insurance shared to the cent', async () => {
    const { billNumber, boxes: [first, ...rest] } = await issued(2)
    if (!first) throw new Error('the bill has boxes')
    const before = await documentOf(billNumber)
    const parts = [[first], rest]
    await refused('not-accepted-for-amendment', () => prepared(billNumber, { act: 'split', parts }))
    await givenBack(billNumber, 'SPLIT')
    await refused('container-not-on-bill', () => prepared(billNumber, { act: 'split', parts: [[first], ['TBJU0012347' as never]] }))
    await refused('duplicate-container', () => prepared(billNumber, { act: 'split', parts: [[first], [first]] }))
    await refused('other-surrender-reason', () => prepared(billNumber, { act: 'toPaper', originals: 3 }))
    const preparation = await prepared(billNumber, { act: 'split', parts })
    expect(await prepared(billNumber, { act: 'split', parts }), 'asked again it answers the same').to.deep.equal(preparation)
    expect((await signed(preparation)).outcome).to.equal('recorded')

    const old = await bill(billNumber)
    const numbers = preparation.successors.map((successor) => successor.billNumber)
    expect([old.standing.state, old.standing.voidReason, old.successors]).to.deep.equal(['VOIDED', 'SPLIT', numbers])
    const made = await Promise.all(numbers.map(documentOf))
    expect(made.flatMap(({ containers }) => containers).sort((one, other) => (one.number < other.number ? -1 : 1))).to.deep.equal([...before.containers].sort((one, other) => (one.number < other.number ? -1 : 1)))
    expect(made.reduce((sum, { charges }) => sum + cents(charges.total), 0)).to.equal(cents(before.charges.total))
    expect(made.reduce((sum, { insurance }) => sum + cents(insurance?.insured.amount), 0)).to.equal(cents(before.insurance?.insured.amount))
    for (const [index, number] of numbers.entries()) {
      const view = await bill(number)
      expect([view.standing.state, view.predecessors, view.standing.possessor?.name, view.version]).to.deep.equal(['ISSUED', [billNumber], people.shipper.session.company.name, 2])
      expect(view.docHash).to.equal(createHash('sha256').update(canonicalJson(made[index])).digest('hex'))
      const pdf = Buffer.from(await (await people.shipper.client.download('billPdf', { params: { billNumber: number } })).arrayBuffer())
      expect(createHash('sha256').update(pdf).digest('hex')).to.equal(view.visualisationHash)
    }
    const chain = await people.shipper.client.call('billHistory', { params: { billNumber: numbers[0] as BillNumber } })
    expect(chain.items.map(({ action }) => action)).to.deep.equal(['split'])
    expect((await people.shipper.client.call('bills', { query: { q: first } })).items.map((item) => item.billNumber)).to.include.members([billNumber, numbers[0]])
  })

  it('T-4 split of a pledged bill, signed by the bank, which then lets one part go', async () => {
    const { billNumber, boxes: [first, ...rest] } = await issued(2)
    if (!first) throw new Error('the bill has boxes')
    const params = { billNumber }
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params, body: { pledgee: bank.session.company.partyId, amount: '5600000.00', currency: 'CNY', dueDate: '2027-03-01' } })
    await people.shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: hash as never } })
    const filing = await bank.client.call('commitPledgeFiling', { params, body: { registryNumber: 'ZDW-2026-009', filedOn: '2026-11-21' } })
    await bank.record({ action: 'acceptPledge', bill: billNumber, args: { filingHash: filing.hash as never } })
    const asked = await people.shipper.act({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'amendment', reason: 'SPLIT' } })
    if (asked.outcome !== 'awaiting-signature') throw new Error('the bank was not asked')
    await bank.signAlong(asked.request.commandId)
    await people.clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: [] } })
    const preparation = await prepared(billNumber, { act: 'split', parts: [[first], rest] })
    expect((await signed(preparation, bank)).outcome).to.equal('recorded')
    const [kept, freed] = preparation.successors.map((successor) => successor.billNumber)
    if (!kept || !freed) throw new Error('there are two parts')
    await bank.record({ action: 'releasePledge', bill: freed, args: {} })
    expect([(await bill(kept, bank)).standing.pledgeState, (await bill(freed)).standing.pledgeState]).to.deep.equal(['PLEDGED', 'NONE'])
    expect((await bank.client.call('pledgeTerms', { params: { billNumber: kept } })).terms?.amount, 'the terms are known for the part too').to.equal('5600000.00')
  })

  it('T-13 combine: the parts of a bill become one again, over the same goods', async () => {
    const { billNumber, boxes: [first, ...rest] } = await issued(2)
    if (!first) throw new Error('the bill has boxes')
    const before = await documentOf(billNumber)
    await givenBack(billNumber, 'SPLIT')
    const split = await prepared(billNumber, { act: 'split', parts: [[first], rest] })
    await signed(split)
    const [one, two] = split.successors.map((successor) => successor.billNumber)
    if (!one || !two) throw new Error('there are two parts')
    await givenBack(one, 'COMBINE')
    await givenBack(two, 'COMBINE')
    const preparation = await prepared(one, { act: 'combine', others: [two] })
    expect((await signed(preparation)).outcome).to.equal('recorded')
    const whole = await documentOf(preparation.successors[0]?.billNumber as BillNumber)
    expect([whole.version, whole.replaces]).to.deep.equal([3, [one, two]])
    const goods = ({ containers, charges, insurance, declaredValue }: BillDocument) => ({ containers, total: charges.total, insurance, declaredValue })
    expect(goods(whole)).to.deep.equal(goods(before))
  })

  it('T-12 switch: other parties and places, the same goods; a changed box is refused by the ledger', async () => {
    const { billNumber } = await issued(1)
    const before = await documentOf(billNumber)
    await givenBack(billNumber, 'SWI')
    const preparation = await prepared(billNumber, { act: 'switchBill', shown: { shipper: { name: 'Harbour Trading Ltd', address: '1 Queen’s Road, Hong Kong' }, placeOfIssue: 'Hong Kong' } })
    const { successor } = preparation.args as { successor: object }
    const changed = (changes: object) => people.clerk.act({ ...actOn(preparation), args: { successor: { ...successor, ...changes } } as never })
    await refused('fixed-part-changed', () => changed({ fixedPartHash: 'f'.repeat(64) }))
    await refused('not-ready-to-issue', () => changed({ docHash: 'f'.repeat(64) }))
    expect((await signed(preparation)).outcome).to.equal('recorded')
    const after = await documentOf(preparation.successors[0]?.billNumber as BillNumber)
    expect([after.shipper.name, after.placeOfIssue, after.containers]).to.deep.equal(['Harbour Trading Ltd', 'Hong Kong', before.containers])
    expect((await bill(billNumber)).standing.voidReason).to.equal('SWITCHED')
  })

  it('T-12 to paper as numbered originals and back with the holder’s signature, never both', async () => {
    const { billNumber } = await issued(1)
    await givenBack(billNumber, 'SWTP')
    const preparation = await prepared(billNumber, { act: 'toPaper', originals: 3 })
    const serials = (preparation.args as { originals: { serial: string; visualisationHash: string }[] }).originals
    const download = (serial: string, desk = people.clerk) => desk.client.download('paperOriginal', { params: { billNumber, serial } })
    await refused('not-on-paper', () => download(serials[0]?.serial ?? ''))
    expect((await signed(preparation)).outcome).to.equal('recorded')
    await refused('bill-on-paper', () => people.shipper.act({ action: 'endorse', bill: billNumber, args: { to: buyer.session.company.partyId, manner: 'to-order' } }))
    const prints = await Promise.all(serials.map(async ({ serial }) => Buffer.from(await (await download(serial)).arrayBuffer())))
    expect(prints.map((bytes) => createHash('sha256').update(bytes).digest('hex'))).to.deep.equal(serials.map(({ visualisationHash }) => visualisationHash))
    await refused('forbidden', () => download(serials[0]?.serial ?? '', people.shipper))
    await refused('not-found', () => download('AAAA-AAAA-9'))
    const verdict = await platform.client().call('verifyNumber', { params: { billNumber } })
    expect([verdict.verdict, verdict.live, verdict.voidReason], 'whoever holds the paper has title').to.deep.equal(['genuine', true, 'TO_PAPER'])

    const back: Extract<ReplacementRequest, { act: 'fromPaper' }> = { act: 'fromPaper', serials: serials.map(({ serial }) => serial), holder: buyer.session.company.partyId, titleholder: buyer.session.company.partyId, endorsable: true, statement: 'three originals received and cancelled', photographs: ['a'.repeat(64) as never] }
    await refused('paper-set-incomplete', async () => people.clerk.act(actOn(await prepared(billNumber, { ...back, serials: back.serials.slice(1) }))))
    const returned = await prepared(billNumber, back)
    expect((await signed(returned, buyer)).outcome).to.equal('recorded')
    const number = returned.successors[0]?.billNumber as BillNumber
    const electronic = await bill(number, buyer)
    expect([electronic.standing.state, electronic.standing.possessor?.name, electronic.predecessors]).to.deep.equal(['ISSUED', buyer.session.company.name, [billNumber]])
    expect(electronic.document?.clauses.at(-1)).to.include(serials[0]?.serial)
    expect((await platform.client().call('verifyNumber', { params: { billNumber } })).live).to.equal(false)
  })
})
