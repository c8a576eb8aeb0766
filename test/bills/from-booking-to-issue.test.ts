import { canonicalJson } from '@yidan/ledger'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, aDraft, approvalOf, approve, boxesOn, bookings, freshBox, gateIn, issueAct, issuedBill, peopleFor, prepare, readSample, send, signByTwo, type BookingName } from './a-bill.ts'

describe('from a booking to an issued bill', () => {
  let platform: Platform
  before(async () => { platform = await openPlatform() })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })

  const expected: Record<BookingName, { kind: string; total: string; titleholder: string; boxes: number }> = {
    tractors: { kind: 'to-order', total: '600000.00', titleholder: '豫西农业装备有限公司（示例）', boxes: 20 },
    furniture: { kind: 'to-named-order', total: '136160.00', titleholder: 'HAFEN HANDELSBANK AG (sample)', boxes: 4 },
    solar: { kind: 'straight', total: '52600.00', titleholder: 'Tashkent Quyosh Energiya MChJ (sample)', boxes: 10 },
    batteries: { kind: 'blank', total: '1690.00', titleholder: 'BLANK', boxes: 2 },
  }
  for (const name of Object.keys(bookings) as BookingName[]) {
    it(`the booking of the ${name} becomes a bill, faultless and as it was booked`, async () => {
      const people = await peopleFor(platform, name)
      const draft = await aDraft(people, await readSample(name))
      expect(draft.faults).to.deep.equal([])
      expect(draft.warnings.map(({ code }) => code)).to.deep.equal([])
      const sent = await send(people, draft)
      expect(sent.status).to.equal('awaiting-approval')
      expect(createHash('sha256').update(canonicalJson(sent.document)).digest('hex')).to.equal(sent.docHash)
      expect(sent.document?.charges.total).to.equal(expected[name].total)
      expect((await prepare(people, sent)).missing.map(({ code }) => code)).to.include('not-approved')
      await approve(people, sent)
      await gateIn(platform, people, boxesOn(sent))
      const outcome = await signByTwo(people, await prepare(people, sent))
      expect(outcome.outcome).to.equal('recorded')
      const bill = await people.shipper.client.call('bill', { params: { billNumber: sent.billNumber! } })
      expect([bill.kind, bill.standing.state, bill.containers.length]).to.deep.equal([expected[name].kind, 'ISSUED', expected[name].boxes])
      expect(bill.standing.titleholder === 'BLANK' ? 'BLANK' : bill.standing.titleholder?.name).to.equal(expected[name].titleholder)
      expect(bill.standing.possessor?.name).to.equal(people.shipper.session.company.name)
      const pdf = await people.shipper.client.download('billPdf', { params: { billNumber: sent.billNumber! }, query: { as: 'issued' } })
      expect(createHash('sha256').update(Buffer.from(await pdf.arrayBuffer())).digest('hex')).to.equal(bill.visualisationHash)
      expect((await people.clerk.client.call('draft', { params: { draftId: sent.id } })).status).to.equal('issued')
    })
  }

  it('is not issued before every box has come in, with the seal the document says', async () => {
    const people = await peopleFor(platform, 'batteries')
    const sent = await send(people, await aDraft(people, await aBooking('batteries', { count: 2 })))
    await approve(people, sent)
    const [one, other] = boxesOn(sent)
    await gateIn(platform, people, [{ number: one!.number, seal: one!.seal }, { number: other!.number, seal: 'ANOTHER1' }])
    const half = await prepare(people, sent)
    expect([half.ready, half.args, half.missing.map(({ code, pointer }) => [code, pointer])]).to.deep.equal([false, null, [['seal-mismatch', '/containers/1/seals']]])
    await gateIn(platform, people, [{ number: other!.number, seal: other!.seal.toLowerCase() }])
    expect((await prepare(people, sent)).ready).to.equal(true)
  })

  it('does not count a gate-in that was taken back, an empty box, a plan, or a box that left again', async () => {
    const people = await peopleFor(platform, 'batteries')
    const sent = await send(people, await aDraft(people, await aBooking('batteries', { count: 1 })))
    await approve(people, sent)
    const boxes = boxesOn(sent)
    const missing = async (): Promise<string[]> => (await prepare(people, sent)).missing.map(({ code }) => code)
    await gateIn(platform, people, boxes, { emptyIndicatorCode: 'EMPTY' })
    await gateIn(platform, people, boxes, { eventClassifierCode: 'PLN' })
    expect(await missing()).to.deep.equal(['not-received'])
    const [eventID] = await gateIn(platform, people, boxes)
    expect(await missing()).to.deep.equal([])
    await gateIn(platform, people, boxes, { retractedEventID: eventID, equipmentEventTypeCode: 'GTIN', eventClassifierCode: 'ACT', emptyIndicatorCode: 'EMPTY' })
    expect(await missing()).to.deep.equal(['not-received'])
    await gateIn(platform, people, boxes)
    await gateIn(platform, people, boxes, { equipmentEventTypeCode: 'GTOT' })
    expect(await missing()).to.deep.equal(['not-received'])
  })

  it('prepares the same bytes for both people as long as nothing has changed, and refuses anything else', async () => {
    const people = await peopleFor(platform, 'batteries')
    const sent = await send(people, await aDraft(people, await aBooking('batteries', { count: 1 })))
    await approve(people, sent)
    await gateIn(platform, people, boxesOn(sent))
    const both = await Promise.all([prepare(people, sent), prepare(people, sent), people.signer.client.call('prepareIssue', { params: { draftId: sent.id } })])
    expect(both[1]).to.deep.equal(both[0])
    expect(both[2]).to.deep.equal(both[0])
    const act = issueAct(both[0])
    await refused('not-ready-to-issue', () => people.clerk.act({ ...act, at: new Date().toISOString() }))
    await refused('not-ready-to-issue', () => people.clerk.act({ ...act, args: { ...(act.args as object), visualisationHash: 'a'.repeat(64) } as never }))
  })

  it('is issued once: the same again is refused', async () => {
    const people = await peopleFor(platform, 'batteries')
    const sent = await send(people, await aDraft(people, await aBooking('batteries', { count: 1 })))
    await approve(people, sent)
    await gateIn(platform, people, boxesOn(sent))
    const preparation = await prepare(people, sent)
    await signByTwo(people, preparation)
    await refused('stale-sequence', () => people.clerk.act(issueAct(preparation)))
    await refused('document-already-issued', () => prepare(people, sent))
  })

  it('a box on a live bill is a fault in the next draft; the ledger says so too', async () => {
    const people = await peopleFor(platform, 'batteries')
    const box = freshBox()
    const { billNumber } = await issuedBill(platform, people, await aBooking('batteries', { containers: [box] }))
    const next = await aDraft(people, await aBooking('batteries', { containers: [box] }))
    expect(next.faults.map(({ code, pointer }) => [code, pointer])).to.deep.equal([['container-on-live-bill', '/containers/0/number']])
    expect(next.faults[0]?.message).to.include(billNumber)
    const problem = await refused('draft-faulty', () => send(people, next))
    expect(problem.errors?.map(({ code }) => code)).to.deep.equal(['container-on-live-bill'])
  })

  it('fifty bills that share one box, issued at once: exactly one comes out', async () => {
    const people = await peopleFor(platform, 'batteries')
    const box = freshBox(), seal = 'SHARED01'
    const sample = await aBooking('batteries', { containers: [box] })
    const booking = { ...sample, containers: sample.containers.map((container) => ({ ...container, sealNumber: seal })) }
    const drafts = []
    for (let index = 0; index < 50; index += 1) drafts.push(await send(people, await aDraft(people, booking)))
    expect(new Set(drafts.map(({ billNumber }) => billNumber)).size).to.equal(50)
    for (const draft of drafts) await approve(people, draft)
    await gateIn(platform, people, [{ number: box, seal }])
    const preparations = []
    for (const draft of drafts) preparations.push(await prepare(people, draft))
    const waiting = await Promise.all(preparations.map(async (preparation) => {
      const first = await people.clerk.act(issueAct(preparation))
      if (first.outcome !== 'awaiting-signature') throw new Error('one person alone issued a bill')
      return first.request.commandId
    }))
    const outcomes = await Promise.all(waiting.map((commandId) => people.signer.signAlong(commandId).then(({ outcome }) => outcome, (error: { problem?: { code: string } }) => error.problem?.code ?? String(error))))
    expect(outcomes.filter((outcome) => outcome === 'recorded')).to.have.length(1)
    expect(outcomes.filter((outcome) => outcome !== 'recorded').every((code) => code === 'container-on-live-bill' || code === 'not-ready-to-issue'), outcomes.join()).to.equal(true)
  })

  it('bill numbers taken at once are all different, and a repeated sending gives none away', async () => {
    const people = await peopleFor(platform, 'batteries')
    const drafts = await Promise.all(Array.from({ length: 20 }, async () => aDraft(people, await aBooking('batteries', { count: 1 }))))
    const sent = await Promise.all(drafts.map((draft) => send(people, draft)))
    expect(new Set(sent.map(({ billNumber }) => billNumber)).size).to.equal(20)
    const twice = await aDraft(people, await aBooking('batteries', { count: 1 }))
    const codes = await Promise.all([1, 2, 3].map(() => send(people, twice).then(() => 'sent', (error: { problem: { code: string } }) => error.problem.code)))
    expect(codes.filter((code) => code === 'sent')).to.have.length(1)
    expect(codes.filter((code) => code !== 'sent').every((code) => code === 'draft-frozen' || code === 'revision-conflict')).to.equal(true)
  })

  it('the shipper approves exactly what was frozen, or sends it back; the number stays', async () => {
    const people = await peopleFor(platform, 'batteries')
    const sent = await send(people, await aDraft(people, await aBooking('batteries', { count: 1 })))
    const approval = approvalOf(sent)
    await refused('wrong-document-hash', () => people.shipper.act({ action: 'approve', ...approval, args: { ...approval.args, docHash: 'b'.repeat(64) as never } }))
    await refused('wrong-document-hash', () => people.shipper.act({ action: 'approve', ...approval, args: { ...approval.args, kind: 'to-order' } }))
    await refused('draft-frozen', () => people.clerk.client.call('saveDraft', { params: { draftId: sent.id }, body: { revision: sent.revision, content: sent.content } }))
    const returned = await people.shipper.client.call('returnDraft', { params: { draftId: sent.id }, body: { reason: '件数不对' } })
    expect([returned.status, returned.returnedBecause]).to.deep.equal(['returned', '件数不对'])
    await refused('draft-not-sent', () => people.shipper.act({ action: 'approve', ...approval }))
    const saved = await people.clerk.client.call('saveDraft', { params: { draftId: sent.id }, body: { revision: returned.revision, content: { ...returned.content, remarks: ['one case dented'] } } })
    await refused('revision-conflict', () => people.clerk.client.call('saveDraft', { params: { draftId: sent.id }, body: { revision: returned.revision, content: saved.content } }))
    const again = await send(people, saved)
    expect([again.billNumber, again.billId]).to.deep.equal([sent.billNumber, sent.billId])
    expect(again.docHash).not.to.equal(sent.docHash)
    await approve(people, again)
    const recalled = await people.clerk.client.call('recallDraft', { params: { draftId: again.id } })
    expect(recalled.status).to.equal('editing')
    const third = await send(people, recalled)
    expect(third.status).to.equal('awaiting-approval')
    await approve(people, third)
    expect((await people.clerk.client.call('draft', { params: { draftId: third.id } })).status).to.equal('approved')
  })
})
