import { expect } from 'chai'
import { aBillId, aHash, aHold, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, yesterday } from '../testing.ts'

describe('reissue', () => {
  const args = { successor: { billId: aBillId(2), docHash: aHash(8), visualisationHash: aHash(9) } }
  const title = aSurrenderedTitle('amendment', 'SURRENDERED')
  const given = { by: 'carrier', title } as const

  it('voids the old bill and issues its successor in one act, over the same boxes (T-7)', () => {
    const [voided, issued] = decided('reissue', args, given)
    expect(voided).to.deep.equal({ type: 'bill-voided', billId, reason: 'AMENDED', successors: [aBillId(2)] })
    expect(issued).to.deep.include({ type: 'bill-issued', billId: aBillId(2), docHash: aHash(8), possessor: idOf('shipper'), containers: [box, otherBox], version: 2, predecessors: [billId] })
    expect(cosignersOf('reissue', args, given)).to.deep.equal(['second-person'])
  })
  it('goes on where the chain stood: who was named only cannot endorse now either (T-8), and what was endorsed cannot be cancelled', () => {
    const [, issued] = decided('reissue', args, { ...given, title: { ...title, titleholder: idOf('buyer'), endorsable: false, everEndorsed: true } })
    expect(issued).to.include({ titleholder: idOf('buyer'), endorsable: false, everEndorsed: true })
  })
  it('T-4 takes a pledge along, with the pledgee’s signature', () => {
    const { encumbrance } = aPledgedTitle()
    const pledged = aSurrenderedTitle('amendment', 'SURRENDERED', { encumbrance, surrender: { by: idOf('shipper'), purpose: 'amendment', reason: null, returnsTo: idOf('bank') } })
    expect(cosignersOf('reissue', args, { ...given, title: pledged })).to.deep.equal(['second-person', 'pledgee'])
    expect(decided('reissue', args, { ...given, title: pledged })[1]).to.deep.include({ pledge: encumbrance, possessor: idOf('bank'), titleholder: idOf('shipper') })
  })
  it('T-13 leaves what the ledger knows of the goods as it was, but for what the amendment corrects', () => {
    expect(decided('reissue', args, given)[1]).to.deep.include({ contents: { [box]: aHash(11), [otherBox]: aHash(12) }, fixedPartHash: aHash(13) })
    const corrected = (container: typeof box) => ({ ...args, corrected: { fixedPartHash: aHash(70), contents: [{ container, contentsHash: aHash(71) }] } })
    expect(decided('reissue', corrected(otherBox), given)[1]).to.deep.include({ contents: { [box]: aHash(11), [otherBox]: aHash(71) }, fixedPartHash: aHash(70) })
    expect(refusalOf('reissue', corrected('TBJU0012347' as never), given)).to.equal('container-not-on-bill')
  })
  it('gives a bill back that was to be split, combined, switched or put on paper, but corrects nothing on it', () => {
    for (const reason of ['SPLIT', 'COMBINE', 'SWI', 'SWTP']) {
      const bound = { ...given, title: { ...title, surrender: { by: idOf('shipper'), purpose: 'amendment', reason, returnsTo: idOf('shipper') } } } as const
      expect(refusalOf('reissue', args, bound)).to.equal(null)
      expect(refusalOf('reissue', { ...args, corrected: { fixedPartHash: aHash(70), contents: [] } }, bound)).to.equal('other-surrender-reason')
    }
  })
  it('T-18 takes along what happened to the boxes', () => {
    const lost = { kind: 'LOST', container: otherBox, at: yesterday, by: idOf('carrier'), evidenceHash: aHash(60), indemnifier: null, settledAt: null } as const
    expect(decided('reissue', args, { ...given, title: { ...title, incidents: [lost] } })[1]).to.deep.include({ incidents: [lost] })
    expect(decided('reissue', args, given)[1]).not.to.have.property('incidents')
  })
  it('names the boxes in one order, whichever order a ledger reads its state back in', () => {
    const turned = { ...title, cargo: Object.fromEntries(Object.entries(title.cargo).toReversed()) }
    expect(Object.keys(turned.cargo)).to.deep.equal([otherBox, box])
    expect(decided('reissue', args, { ...given, title: turned })).to.deep.equal(decided('reissue', args, given))
  })
  it('needs an accepted surrender for amendment', () => {
    for (const gap of [{ surrender: null }, { titleholder: null }, { fixedPartHash: null }]) expect(refusalOf('reissue', args, { ...given, title: { ...title, ...gap } })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('reissue', args, { ...given, title: aTitle() })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('reissue', args, { ...given, title: aSurrenderedTitle('amendment', 'PENDING_SURRENDER') })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('reissue', args, { ...given, title: aSurrenderedTitle('delivery', 'SURRENDERED') })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('reissue', args, { ...given, title: aTitle({ state: { name: 'VOIDED', reason: 'AMENDED' } }) })).to.equal('bill-void')
  })
  it('is the carrier’s, with a new document under a new id, and not under a hold', () => {
    expect(refusalOf('reissue', args, { ...given, by: 'shipper' })).to.equal('not-carrier')
    expect(refusalOf('reissue', args, { ...given, documents: { [aHash(8)]: aBillId(7) } })).to.equal('document-already-issued')
    expect(refusalOf('reissue', args, { ...given, bills: [aTitle({ billId: aBillId(2) })] })).to.equal('successor-exists')
    expect(refusalOf('reissue', args, { ...given, title: { ...title, holds: [aHold('FRAUD', 'carrier')] } })).to.equal('bill-held')
  })
})
