import { expect } from 'chai'
import { evolveTitle } from '../evolve.ts'
import { aDefaultedTitle, aHash, aHold, anEnforcedTitle, aPledgedTitle, aSurrenderedTitle, aTitle, billId, cosignersOf, decided, idOf, now, refusalOf, tomorrow } from '../testing.ts'
import type { TitleEvent } from '../events.ts'
import type { Title } from '../title.ts'

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
  it('T-16 of a straight bill is agreed with the carrier, who signs the bank’s acceptance; of a waybill there is none', () => {
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ negotiable: false, kind: 'straight' }) })).to.equal('not-pledgeable')
    const straight = aTitle({ kind: 'straight', endorsable: false, consignee: idOf('shipper') })
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: straight })).to.equal(null)
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: { ...straight, consignee: idOf('consignee'), titleholder: idOf('consignee') } })).to.equal('not-titleholder')
    expect(cosignersOf('acceptPledge', { filingHash: aHash(6) }, { by: 'bank', title: { ...straight, encumbrance: proposed.encumbrance } })).to.deep.equal(['carrier'])
    expect(cosignersOf('acceptPledge', { filingHash: aHash(6) }, { by: 'bank', title: proposed })).to.deep.equal([])
  })
  it('T-8 ends where the chain of endorsements ended', () => {
    expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ endorsable: false }) })).to.equal('endorsement-final')
  })
  it('T-17 is one at a time', () => {
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
  it('T-14 neither begins nor ends under a hold; a lien on the boxes is no bar', () => {
    const lien = [aHold('CARRIER_LIEN', 'carrier')], court = [aHold('JUDICIAL')]
    for (const [holds, said] of [[court, 'bill-held'], [lien, null]] as const) {
      expect(refusalOf('proposePledge', propose, { by: 'shipper', title: aTitle({ holds }) })).to.equal(said)
      expect(refusalOf('acceptPledge', { filingHash: aHash(6) }, { by: 'bank', title: { ...proposed, holds } })).to.equal(said)
      expect(refusalOf('releasePledge', {}, { by: 'bank', title: aPledgedTitle({ holds }) })).to.equal(said)
    }
    expect(refusalOf('declinePledge', { reason: null }, { by: 'bank', title: { ...proposed, holds: court } })).to.equal(null)
  })
})

describe('the course of a pledge', () => {
  const after = (title: Title, event: TitleEvent): Title => evolveTitle(title, event, { seq: 9, hash: aHash(9), recordedAt: now })
  const parties = { billId, pledgor: idOf('shipper'), pledgee: idOf('bank') }
  const defaulted = aDefaultedTitle({}, tomorrow)

  it('goes by default and enforcement, and back by a cure', () => {
    expect(after(aPledgedTitle(), { type: 'default-declared', ...parties, noticeHash: aHash(15), curesAt: tomorrow }).encumbrance).to.deep.equal(defaulted.encumbrance)
    expect(after(aDefaultedTitle(), { type: 'enforcement-started', ...parties, basis: 'auction', basisHash: aHash(16) }).encumbrance).to.deep.equal(anEnforcedTitle().encumbrance)
    for (const title of [defaulted, anEnforcedTitle()]) expect(after(title, { type: 'default-cured', ...parties }).encumbrance).to.deep.equal(aPledgedTitle().encumbrance)
    expect(() => after(aPledgedTitle(), { type: 'enforcement-started', ...parties, basis: 'court', basisHash: aHash(1) })).to.throw('without a default')
    expect(() => after(aTitle(), { type: 'default-cured', ...parties })).to.throw('not pledged')
  })
  it('ends with a sale: title and possession are the buyer’s, who may go on endorsing', () => {
    const sold = after(anEnforcedTitle({ titleholder: 'BLANK', endorsable: false }), { type: 'pledge-enforced', ...parties, to: idOf('buyer'), proceedsHash: aHash(1) })
    expect(sold).to.deep.include({ titleholder: idOf('buyer'), possessor: idOf('buyer'), encumbrance: { name: 'NONE' }, endorsable: true, everEndorsed: true, beforeEndorsement: null, consignee: null })
  })
  it('T-16 of a straight bill ends with another consignee, and the bill stays straight', () => {
    const sold = after(anEnforcedTitle({ kind: 'straight', consignee: idOf('shipper'), endorsable: false }), { type: 'pledge-enforced', ...parties, to: idOf('buyer'), proceedsHash: aHash(1) })
    expect(sold).to.deep.include({ titleholder: idOf('buyer'), consignee: idOf('buyer'), endorsable: false })
  })
  it('passes to another bank as it stands, with control and its own commitments', () => {
    const passed = after(aDefaultedTitle(), { type: 'pledge-assigned', billId, pledgor: idOf('shipper'), from: idOf('bank'), to: idOf('otherBank'), termsHash: aHash(18), filingHash: aHash(19) })
    expect(passed.possessor).to.equal(idOf('otherBank'))
    expect(passed.encumbrance).to.deep.equal({ ...aDefaultedTitle().encumbrance, pledgee: idOf('otherBank'), termsHash: aHash(18), filingHash: aHash(19) })
  })
})
