import { expect } from 'chai'
import { aPledgedTitle, aTitle, billId, decided, idOf, keyOf, refusalOf, tomorrow, yesterday } from '../testing.ts'

describe('endorse', () => {
  const toBuyer = { to: idOf('buyer'), manner: 'to-order' } as const

  it('moves title and leaves possession where it is', () => {
    expect(decided('endorse', toBuyer, { by: 'shipper' })).to.deep.equal([{ type: 'title-endorsed', billId, from: idOf('shipper'), to: idOf('buyer'), manner: 'to-order' }])
  })
  it('is done by whoever has both title and possession', () => {
    expect(refusalOf('endorse', toBuyer, { by: 'thief' })).to.equal('not-possessor')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ titleholder: idOf('bank') }) })).to.equal('not-titleholder')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ titleholder: 'BLANK' }) })).to.equal(null)
  })
  it('moves a pledged bill only with a signature of the bank made for acts of title (T-4)', () => {
    const title = aPledgedTitle()
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title })).to.equal('bill-pledged')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title, with: [keyOf('otherBank')] })).to.equal('bill-pledged')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title, with: [keyOf('bank', { purposes: ['admin'] })] })).to.equal('bill-pledged')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title, with: [keyOf('bank')] })).to.equal(null)
    expect(refusalOf('endorse', toBuyer, { by: 'bank', title })).to.equal('not-titleholder')
  })
  it('of a pledged blank bill is the pledgor’s alone', () => {
    const title = aPledgedTitle({ titleholder: 'BLANK' })
    expect(refusalOf('endorse', toBuyer, { by: 'thief', title, with: [keyOf('bank')] })).to.equal('not-titleholder')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title, with: [keyOf('bank')] })).to.equal(null)
  })
  it('ends where an endorsement by name ended the chain (T-8)', () => {
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ endorsable: false }) })).to.equal('endorsement-final')
  })
  it('is not for straight bills and waybills (T-16)', () => {
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ kind: 'straight' }) })).to.equal('bill-straight')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ negotiable: false }) })).to.equal('not-negotiable')
  })
  it('waits for an open offer and a proposed pledge, and no longer for an offer that ran out', () => {
    const offer = (expiresAt: typeof tomorrow) => aTitle({ offer: { from: idOf('shipper'), to: idOf('buyer'), expiresAt, returnsTitleTo: null } })
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: offer(tomorrow) })).to.equal('offer-open')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: offer(yesterday) })).to.equal(null)
    const proposed = aTitle({ encumbrance: { name: 'PROPOSED', pledgor: idOf('shipper'), pledgee: idOf('bank'), termsHash: '' as never } })
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: proposed })).to.equal('pledge-proposed')
  })
  it('goes to somebody else whom the ledger knows; blank in blank', () => {
    expect(refusalOf('endorse', { to: idOf('shipper'), manner: 'to-order' }, { by: 'shipper' })).to.equal('same-party')
    expect(refusalOf('endorse', { to: 'BLANK', manner: 'blank' }, { by: 'shipper', title: aTitle({ titleholder: 'BLANK' }) })).to.equal('same-party')
    expect(refusalOf('endorse', { to: 'p'.padEnd(33, 'f') as never, manner: 'named' }, { by: 'shipper' })).to.equal('recipient-unknown')
    expect(refusalOf('endorse', { to: 'BLANK', manner: 'named' }, { by: 'shipper' })).to.equal('kind-mismatch')
    expect(refusalOf('endorse', { to: idOf('buyer'), manner: 'blank' }, { by: 'shipper' })).to.equal('kind-mismatch')
  })
})
