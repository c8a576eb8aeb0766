import { expect } from 'chai'
import { anApproval, aPledgedTitle, aTitle, billId, cosignersOf, decided, idOf, refusalOf, tomorrow } from '../testing.ts'

describe('cancel', () => {
  const args = { reason: 'wrong train' }

  it('undoes an approval at the word of either side', () => {
    for (const by of ['shipper', 'carrier'] as const) expect(decided('cancel', args, { by, title: anApproval() })).to.deep.equal([{ type: 'bill-voided', billId, reason: 'CANCELLED', successors: [] }])
    expect(refusalOf('cancel', args, { by: 'thief', title: anApproval() })).to.equal('not-carrier')
    expect(cosignersOf('cancel', args, { by: 'shipper', title: anApproval() })).to.deep.equal([])
  })
  it('undoes an issue with two people of the carrier and the shipper', () => {
    expect(cosignersOf('cancel', args, { by: 'carrier' })).to.deep.equal(['second-person', 'shipper'])
    expect(refusalOf('cancel', args, { by: 'carrier' })).to.equal(null)
    expect(refusalOf('cancel', args, { by: 'shipper' })).to.equal('not-carrier')
  })
  it('is too late once anybody but the shipper had the bill, or while somebody has a claim on it', () => {
    expect(refusalOf('cancel', args, { by: 'carrier', title: aTitle({ everEndorsed: true }) })).to.equal('endorsed-before')
    expect(refusalOf('cancel', args, { by: 'carrier', title: aTitle({ possessor: idOf('buyer') }) })).to.equal('not-possessor')
    expect(refusalOf('cancel', args, { by: 'carrier', title: aPledgedTitle() })).to.equal('bill-pledged')
    expect(refusalOf('cancel', args, { by: 'carrier', title: aTitle({ state: { name: 'ACCOMPLISHED' } }) })).to.equal('bill-accomplished')
    expect(refusalOf('cancel', args, { by: 'carrier', title: aTitle({ offer: { from: idOf('shipper'), to: idOf('buyer'), expiresAt: tomorrow, returnsTitleTo: null } }) })).to.equal('offer-open')
  })
})
