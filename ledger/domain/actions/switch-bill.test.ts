import { expect } from 'chai'
import { aBillId, aHash, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, yesterday } from '../testing.ts'

describe('switch at a third place', () => {
  const title = aSurrenderedTitle('amendment', 'SURRENDERED', { surrender: { by: idOf('shipper'), purpose: 'amendment', reason: 'SWI', returnsTo: idOf('shipper') } })
  const successor = { billId: aBillId(2), docHash: aHash(22), visualisationHash: aHash(42), fixedPartHash: aHash(13) }
  const given = { by: 'carrier', title } as const

  it('T-12 voids the first set and issues the second in one act, over the same boxes', () => {
    const [voided, issued] = decided('switchBill', { successor }, given)
    expect(voided).to.deep.equal({ type: 'bill-voided', billId, reason: 'SWITCHED', successors: [aBillId(2)] })
    expect(issued).to.deep.include({ type: 'bill-issued', ...successor, containers: [box, otherBox], contents: aTitle().contents, shipper: idOf('shipper'), titleholder: idOf('shipper'), possessor: idOf('shipper'), version: 2, predecessors: [billId] })
    expect(cosignersOf('switchBill', { successor }, given)).to.deep.equal(['second-person'])
  })
  it('T-13 refuses other goods, dates, boxes or quantities', () => {
    expect(refusalOf('switchBill', { successor: { ...successor, fixedPartHash: aHash(14) } }, given)).to.equal('fixed-part-changed')
  })
  it('is what the holder asked for, by the carrier, and of a pledged bill with the pledgee (T-4)', () => {
    expect(refusalOf('switchBill', { successor }, { ...given, by: 'shipper' })).to.equal('not-carrier')
    expect(refusalOf('switchBill', { successor }, { ...given, title: aSurrenderedTitle('amendment', 'SURRENDERED') })).to.equal('other-surrender-reason')
    expect(refusalOf('switchBill', { successor }, { ...given, title: { ...title, holds: [{ kind: 'SANCTION', by: idOf('carrier'), since: yesterday, referenceHash: aHash(99) }] } })).to.equal('bill-held')
    expect(refusalOf('switchBill', { successor }, { ...given, bills: [aTitle({ billId: aBillId(2) })] })).to.equal('successor-exists')
    const { encumbrance } = aPledgedTitle()
    expect(cosignersOf('switchBill', { successor }, { ...given, title: { ...title, encumbrance } })).to.deep.equal(['second-person', 'pledgee'])
    expect(decided('switchBill', { successor }, { ...given, title: { ...title, encumbrance } })[1]).to.deep.include({ pledge: encumbrance })
  })
})
