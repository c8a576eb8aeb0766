import { expect } from 'chai'
import { aHash, aPledgedTitle, aSurrenderedTitle, aTitle, billId, decided, idOf, refusalOf } from '../testing.ts'

describe('pledge', () => {
  const propose = { pledgee: idOf('bank'), termsHash: aHash(5) }
  const proposed = aTitle({ encumbrance: { name: 'PROPOSED', pledgor: idOf('shipper'), pledgee: idOf('bank'), termsHash: aHash(5) } })

  it('is proposed by the holder to a bank', () => {
    expect(decided('proposePledge', propose, { by: 'shipper' })).to.deep.equal([{ type: 'pledge-proposed', billId, pledgor: idOf('shipper'), ...propose }])
    expect(refusalOf('proposePledge', { ...propose, pledgee: idOf('thief') }, { by: 'shipper' })).to.equal('not-a-bank')
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ titleholder: idOf('buyer') }) })).to.equal('not-titleholder')
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ possessor: idOf('buyer') }) })).to.equal('not-possessor')
    expect(refusalOf('proposePledge', propose, { by: 'bank', title: aTitle({ titleholder: idOf('bank'), possessor: idOf('bank') }) })).to.equal('same-party')
  })
  it('is not for straight bills and waybills (T-16)', () => {
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ kind: 'straight' }) })).to.equal('not-pledgeable')
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ negotiable: false }) })).to.equal('not-pledgeable')
  })
  it('is one at a time (T-17)', () => {
    expect(refusalOf('proposePledge', { ...propose, pledgee: idOf('otherBank') }, { by: 'shipper', title: proposed })).to.equal('pledge-proposed')
    expect(refusalOf('proposePledge', { ...propose, pledgee: idOf('otherBank') }, { by: 'bank', title: aPledgedTitle() })).to.equal('bill-pledged')
  })
  it('is accepted or declined by the bank it was proposed to, and withdrawn by its pledgor', () => {
    expect(decided('acceptPledge', { filingHash: aHash(6) }, { by: 'bank', title: proposed })[0]).to.include({ type: 'pledge-accepted', pledgor: idOf('shipper'), pledgee: idOf('bank') })
    expect(refusalOf('acceptPledge', { filingHash: aHash(6) }, { by: 'otherBank', title: proposed })).to.equal('not-pledgee')
    expect(refusalOf('acceptPledge', { filingHash: aHash(6) }, { by: 'bank' })).to.equal('no-pledge-proposal')
    expect(refusalOf('declinePledge', { reason: null }, { by: 'bank', title: proposed })).to.equal(null)
    expect(refusalOf('declinePledge', { reason: null }, { by: 'shipper', title: proposed })).to.equal('not-pledgee')
    expect(refusalOf('withdrawPledge', {}, { by: 'shipper', title: proposed })).to.equal(null)
    expect(refusalOf('withdrawPledge', {}, { by: 'bank', title: proposed })).to.equal('not-holder')
  })
  it('is released by the bank alone, and not while the carrier has the bill', () => {
    expect(decided('releasePledge', {}, { by: 'bank', title: aPledgedTitle() })[0]).to.include({ type: 'pledge-released', pledgor: idOf('shipper') })
    expect(refusalOf('releasePledge', {}, { by: 'shipper', title: aPledgedTitle() })).to.equal('not-pledgee')
    expect(refusalOf('releasePledge', {}, { by: 'bank' })).to.equal('not-pledged')
    const { encumbrance } = aPledgedTitle()
    expect(refusalOf('releasePledge', {}, { by: 'bank', title: aSurrenderedTitle('delivery', 'PENDING_SURRENDER', { encumbrance }) })).to.equal('surrender-pending')
  })
})
