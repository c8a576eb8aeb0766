import { expect } from 'chai'
import { evolveTitle, isTitleEvent } from '../evolve.ts'
import { aBillId, aHash, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, now, otherBox, readsOf, refusalOf, yesterday, type Given } from '../testing.ts'
import { isLive, isOnPaper, type Title } from '../title.ts'

const serials = ['LYLG-0001-1', 'LYLG-0001-2', 'LYLG-0001-3']
const surrender = { by: idOf('shipper'), purpose: 'amendment', reason: 'SWTP', returnsTo: idOf('shipper') } as const
const surrendered = (changes: Partial<Title> = {}) => aSurrenderedTitle('amendment', 'SURRENDERED', { surrender, ...changes })
const toPaper = { originals: serials.map((serial, index) => ({ serial, visualisationHash: aHash(50 + index) })) }

/** The title after an act on it. */
function after(title: Title, events: ReturnType<typeof decided>): Title {
  return events.filter(isTitleEvent).filter((event) => event.billId === title.billId).reduce((before, event) => evolveTitle(before, event, { seq: before.seq + 1, hash: aHash(90), recordedAt: now }), title)
}
const onPaper = (changes: Partial<Title> = {}) => after(surrendered(changes), decided('toPaper', toPaper, { by: 'carrier', title: surrendered(changes) }))

describe('to paper', () => {
  it('T-12 ends the electronic record and names the originals, one serial each', () => {
    expect(decided('toPaper', toPaper, { by: 'carrier', title: surrendered() })).to.deep.equal([
      { type: 'bill-voided', billId, reason: 'TO_PAPER', successors: [] },
      { type: 'paper-issued', billId, ...toPaper, to: idOf('shipper') },
    ])
    expect(onPaper()).to.deep.include({ state: { name: 'VOIDED', reason: 'TO_PAPER' }, medium: { name: 'PAPER', serials, originals: 3 } })
  })
  it('T-12 leaves its boxes bound, though nothing can be done with it here any more', () => {
    expect([isLive(onPaper()), isOnPaper(onPaper())]).to.deep.equal([true, true])
    const dead = (action: Parameters<typeof refusalOf>[0], args: object, by: Given['by']) => refusalOf(action, args as never, { by, title: onPaper() })
    expect(dead('endorse', { to: idOf('buyer'), manner: 'to-order' }, 'shipper')).to.equal('bill-on-paper')
    expect(dead('requestSurrender', { purpose: 'delivery', reason: null }, 'shipper')).to.equal('bill-on-paper')
    expect(dead('acceptSurrender', { freight: 'prepaid', releases: [] }, 'carrier')).to.equal('bill-on-paper')
    expect(dead('deliver', { container: box, code: 'ABCDEF' }, 'carrier')).to.equal('bill-on-paper')
    expect(dead('reissue', { successor: { billId: aBillId(2), docHash: aHash(8), visualisationHash: aHash(9) } }, 'carrier')).to.equal('bill-on-paper')
    expect(dead('toPaper', toPaper, 'carrier')).to.equal('bill-on-paper')
  })
  it('is what the holder asked for, by two people of the carrier, and of a pledged bill with the pledgee (T-4)', () => {
    const refused = (changes: Partial<Title>, by: Given['by'] = 'carrier') => refusalOf('toPaper', toPaper, { by, title: surrendered(changes) })
    expect(refused({}, 'shipper')).to.equal('not-carrier')
    expect(refused({ surrender: { ...surrender, reason: 'SWI' } })).to.equal('other-surrender-reason')
    expect(refused({ holds: [{ kind: 'JUDICIAL', by: idOf('carrier'), since: yesterday, referenceHash: aHash(99) }] })).to.equal('bill-held')
    expect(refusalOf('toPaper', { originals: toPaper.originals.map((original) => ({ ...original, serial: 'LYLG-1' })) }, { by: 'carrier', title: surrendered() })).to.equal('duplicate-serial')
    expect(cosignersOf('toPaper', toPaper, { by: 'carrier', title: surrendered() })).to.deep.equal(['second-person'])
    expect(cosignersOf('toPaper', toPaper, { by: 'carrier', title: surrendered({ encumbrance: aPledgedTitle().encumbrance }) })).to.deep.equal(['second-person', 'pledgee'])
  })
})

describe('from paper', () => {
  const successor = { billId: aBillId(2), docHash: aHash(22), visualisationHash: aHash(42) }
  const args = { successor, serials: [...serials].reverse(), statementHash: aHash(51), holder: idOf('buyer'), titleholder: idOf('buyer'), endorsable: true }
  const given = (changes: Partial<Title> = {}) => ({ by: 'carrier', title: onPaper(changes) }) as const

  it('T-12 puts one electronic bill in the place of the full set', () => {
    const [returned, issued] = decided('fromPaper', args, given())
    expect(returned).to.deep.equal({ type: 'paper-returned', billId, serials: args.serials, statementHash: aHash(51), by: idOf('buyer'), successor: aBillId(2) })
    expect(issued).to.deep.include({ type: 'bill-issued', ...successor, titleholder: idOf('buyer'), possessor: idOf('buyer'), endorsable: true, everEndorsed: true, containers: [box, otherBox], contents: aTitle().contents, fixedPartHash: aHash(13), version: 2, predecessors: [billId] })
    const stub = after(onPaper(), [returned as NonNullable<typeof returned>])
    expect([isLive(stub), isOnPaper(stub), stub.successors]).to.deep.equal([false, false, [aBillId(2)]])
    expect(refusalOf('fromPaper', args, { by: 'carrier', title: stub })).to.equal('not-on-paper')
  })
  it('T-12 refuses a set with an original missing, doubled or strange', () => {
    const refused = (given_: readonly string[]) => refusalOf('fromPaper', { ...args, serials: [...given_] }, given())
    expect(refused(serials.slice(1))).to.equal('paper-set-incomplete')
    expect(refused([...serials.slice(1), 'LYLG-0001-9'])).to.equal('paper-set-incomplete')
    expect(refused([...serials, 'LYLG-0001-9'])).to.equal('paper-set-incomplete')
    expect(refused([...serials, 'LYLG-0001-1'])).to.equal('duplicate-serial')
  })
  it('is signed by two people of the carrier and by whoever gave the paper back', () => {
    expect(cosignersOf('fromPaper', args, given())).to.deep.equal(['second-person', 'holder'])
    expect(refusalOf('fromPaper', args, { ...given(), by: 'shipper' })).to.equal('not-carrier')
    expect(refusalOf('fromPaper', args, { by: 'carrier', title: aTitle() })).to.equal('not-on-paper')
    expect(refusalOf('fromPaper', args, given({}))).to.equal(null)
    expect(refusalOf('fromPaper', args, { by: 'carrier', title: { ...onPaper(), holds: [{ kind: 'JUDICIAL', by: idOf('carrier'), since: yesterday, referenceHash: aHash(99) }] } })).to.equal('bill-held')
    expect(refusalOf('fromPaper', { ...args, holder: 'p'.padEnd(33, 'f') as never }, given())).to.equal('recipient-unknown')
    expect(refusalOf('fromPaper', { ...args, titleholder: 'p'.padEnd(33, 'f') as never }, given())).to.equal('recipient-unknown')
    expect(refusalOf('fromPaper', args, { ...given(), documents: { [aHash(22)]: aBillId(7) } })).to.equal('document-already-issued')
  })
  it('T-8 reads only such a chain from the paper as could have been written', () => {
    expect(refusalOf('fromPaper', { ...args, holder: idOf('thief') }, given()), 'held by one whom it does not name').to.equal('not-titleholder')
    expect(refusalOf('fromPaper', { ...args, titleholder: 'BLANK' }, given())).to.equal(null)
    expect(refusalOf('fromPaper', args, given({ endorsable: false })), 'endorsed after an endorsement by name only').to.equal('endorsement-final')
    const back = { ...args, holder: idOf('shipper'), titleholder: idOf('shipper') }
    expect(refusalOf('fromPaper', back, given({ endorsable: false }))).to.equal('endorsement-final')
    expect(refusalOf('fromPaper', { ...back, endorsable: false }, given({ endorsable: false }))).to.equal(null)
    expect(decided('fromPaper', back, given())[1], 'back as it went: it was never endorsed').to.include({ everEndorsed: false })
    expect(decided('fromPaper', { ...back, titleholder: 'BLANK' }, given())[1]).to.include({ everEndorsed: true })
    expect(decided('fromPaper', { ...args, titleholder: 'BLANK' }, given({ titleholder: 'BLANK' }))[1], 'in other hands').to.include({ everEndorsed: true })
    expect(decided('fromPaper', back, given({ everEndorsed: true }))[1], 'endorsed before it went').to.include({ everEndorsed: true })
  })
  it('asks the ledger for the holder and for whoever the paper names', () => {
    expect(readsOf('fromPaper', args, given()).parties).to.deep.equal([idOf('buyer'), idOf('buyer')])
    expect(readsOf('fromPaper', { ...args, titleholder: 'BLANK' }, given()).parties).to.deep.equal([idOf('buyer')])
  })
  it('is of a bill of which the ledger knows who gave it back, who had title and what never changes', () => {
    for (const gap of [{ surrender: null }, { titleholder: null }, { fixedPartHash: null }]) expect(refusalOf('fromPaper', args, { by: 'carrier', title: { ...onPaper(), ...gap } })).to.equal('not-on-paper')
  })
  it('T-16 gives a straight bill to its consignee or shipper alone', () => {
    const straight = { kind: 'straight', consignee: idOf('consignee'), titleholder: idOf('consignee'), endorsable: false } as const
    const back = { ...args, titleholder: idOf('consignee'), endorsable: false }
    expect(refusalOf('fromPaper', { ...back, holder: idOf('consignee') }, given(straight))).to.equal(null)
    expect(refusalOf('fromPaper', { ...back, holder: idOf('shipper') }, given(straight))).to.equal(null)
    expect(refusalOf('fromPaper', { ...back, holder: idOf('buyer') }, given(straight))).to.equal('only-to-consignee')
    expect(refusalOf('fromPaper', { ...back, holder: idOf('buyer'), titleholder: idOf('buyer') }, given(straight))).to.equal('endorsement-final')
  })
  it('T-4 takes a pledged set from its pledgee alone, and the pledge goes on', () => {
    const { encumbrance } = aPledgedTitle()
    const pledged = given({ encumbrance, surrender: { ...surrender, returnsTo: idOf('bank') } })
    expect(cosignersOf('fromPaper', { ...args, holder: idOf('bank') }, pledged)).to.deep.equal(['second-person', 'holder', 'pledgee'])
    expect(refusalOf('fromPaper', args, pledged)).to.equal('not-pledgee')
    expect(decided('fromPaper', { ...args, holder: idOf('bank') }, pledged)[1]).to.deep.include({ possessor: idOf('bank'), titleholder: idOf('buyer'), pledge: { ...encumbrance, pledgor: idOf('buyer') } })
    expect(decided('fromPaper', { ...args, holder: idOf('bank'), titleholder: 'BLANK' }, pledged)[1]).to.deep.include({ pledge: encumbrance })
  })
})
