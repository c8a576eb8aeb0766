import { expect } from 'chai'
import { afterTwoMonths, aHold, aPledgedTitle, aTitle, decided, idOf, now, refusalOf, tomorrow, yesterday } from '../testing.ts'
import type { Offer } from '../title.ts'

const offer = (changes: Partial<Offer> = {}) => aTitle({ offer: { from: idOf('shipper'), to: idOf('buyer'), expiresAt: tomorrow, returnsTitleTo: null, ...changes } })

describe('offer possession', () => {
  const toBuyer = { to: idOf('buyer'), expiresAt: tomorrow }

  it('remembers what to give back when title went to the recipient just before', () => {
    const before = { titleholder: idOf('shipper'), endorsable: true }
    const endorsed = aTitle({ titleholder: idOf('buyer'), beforeEndorsement: before })
    expect(decided('offerPossession', toBuyer, { by: 'shipper', title: endorsed })[0]).to.deep.include({ returnsTitleTo: before })
    expect(decided('offerPossession', { ...toBuyer, to: idOf('consignee') }, { by: 'shipper', title: endorsed })[0]).to.deep.include({ returnsTitleTo: null })
  })
  it('is the possessor’s, title or not', () => {
    expect(refusalOf('offerPossession', toBuyer, { by: 'shipper', title: aTitle({ titleholder: idOf('bank') }) })).to.equal(null)
    expect(refusalOf('offerPossession', toBuyer, { by: 'bank', title: aTitle({ titleholder: idOf('bank') }) })).to.equal('not-possessor')
  })
  it('does not move a pledged bill, not even by the bank that has it (T-4)', () => {
    expect(refusalOf('offerPossession', toBuyer, { by: 'bank', title: aPledgedTitle() })).to.equal('bill-pledged')
  })
  it('hands a straight bill only to its consignee (T-16)', () => {
    const title = aTitle({ kind: 'straight', consignee: idOf('consignee'), titleholder: idOf('consignee') })
    expect(refusalOf('offerPossession', toBuyer, { by: 'shipper', title })).to.equal('only-to-consignee')
    expect(refusalOf('offerPossession', { ...toBuyer, to: idOf('consignee') }, { by: 'shipper', title })).to.equal(null)
  })
  it('is open for at most thirty days, and not over before it starts', () => {
    expect(refusalOf('offerPossession', { ...toBuyer, expiresAt: now }, { by: 'shipper' })).to.equal('offer-expired')
    expect(refusalOf('offerPossession', { ...toBuyer, expiresAt: afterTwoMonths }, { by: 'shipper' })).to.equal('expiry-too-far')
    expect(['2026-12-24T12:00:00.000Z', '2026-12-24T12:00:00.001Z'].map((expiresAt) => refusalOf('offerPossession', { ...toBuyer, expiresAt: expiresAt as never }, { by: 'shipper' }))).to.deep.equal([null, 'expiry-too-far'])
  })
  it('goes to somebody else whom the ledger knows, and never with a waybill', () => {
    expect(refusalOf('offerPossession', { ...toBuyer, to: idOf('shipper') }, { by: 'shipper' })).to.equal('same-party')
    expect(refusalOf('offerPossession', { ...toBuyer, to: 'p'.padEnd(33, 'f') as never }, { by: 'shipper' })).to.equal('recipient-unknown')
    expect(refusalOf('offerPossession', { ...toBuyer, to: idOf('consignee') }, { by: 'shipper', title: aTitle({ kind: 'straight', negotiable: false, consignee: idOf('consignee'), titleholder: idOf('consignee') }) })).to.equal('not-negotiable')
  })
  it('is one at a time; after it ran out another may follow', () => {
    expect(refusalOf('offerPossession', toBuyer, { by: 'shipper', title: offer() })).to.equal('offer-open')
    expect(refusalOf('offerPossession', toBuyer, { by: 'shipper', title: offer({ expiresAt: yesterday }) })).to.equal(null)
  })
})

describe('an offer', () => {
  it('is accepted by its recipient while it is open', () => {
    expect(decided('acceptOffer', {}, { by: 'buyer', title: offer() })[0]).to.include({ type: 'possession-transferred', from: idOf('shipper'), to: idOf('buyer') })
    expect(refusalOf('acceptOffer', {}, { by: 'thief', title: offer() })).to.equal('not-recipient')
    expect(refusalOf('acceptOffer', {}, { by: 'buyer', title: offer({ expiresAt: now }) })).to.equal('offer-expired')
    expect(refusalOf('acceptOffer', {}, { by: 'buyer' })).to.equal('no-offer')
  })
  it('is rejected by its recipient and withdrawn by its maker, even when it ran out', () => {
    const title = offer({ expiresAt: yesterday })
    expect(refusalOf('rejectOffer', { reason: null }, { by: 'buyer', title })).to.equal(null)
    expect(refusalOf('rejectOffer', { reason: null }, { by: 'shipper', title })).to.equal('not-recipient')
    expect(refusalOf('withdrawOffer', {}, { by: 'shipper', title })).to.equal(null)
    expect(refusalOf('withdrawOffer', {}, { by: 'buyer', title })).to.equal('not-possessor')
  })
  it('cannot be accepted while a hold is on the bill (T-14)', () => {
    const title = { ...offer(), holds: [aHold('JUDICIAL')] }
    expect(refusalOf('acceptOffer', {}, { by: 'buyer', title })).to.equal('bill-held')
    const lien = { ...offer(), holds: [aHold('CARRIER_LIEN', 'carrier')] }
    expect(refusalOf('acceptOffer', {}, { by: 'buyer', title: lien })).to.equal(null)
    expect(refusalOf('rejectOffer', { reason: null }, { by: 'buyer', title: lien })).to.equal(null)
    expect(refusalOf('withdrawOffer', {}, { by: 'shipper', title: lien })).to.equal(null)
    expect(refusalOf('offerPossession', { to: idOf('buyer'), expiresAt: tomorrow }, { by: 'shipper', title: aTitle({ holds: lien.holds }) })).to.equal(null)
  })
})
