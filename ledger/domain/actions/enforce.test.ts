import { expect } from 'chai'
import { aDefaultedTitle, afterTwoMonths, aHash, aHold, anEnforcedTitle, aPledgedTitle, aSurrenderedTitle, aTitle, billId, cosignersOf, decided, idOf, now, refusalOf, tomorrow, yesterday } from '../testing.ts'

const pledge = { billId, pledgor: idOf('shipper'), pledgee: idOf('bank') }

describe('declare default', () => {
  const args = { noticeHash: aHash(15), curesAt: tomorrow }
  it('is the pledgee’s, once, with time to pay ahead', () => {
    expect(decided('declareDefault', args, { by: 'bank', title: aPledgedTitle() })).to.deep.equal([{ type: 'default-declared', ...pledge, ...args }])
    for (const by of ['shipper', 'otherBank'] as const) expect(refusalOf('declareDefault', args, { by, title: aPledgedTitle() })).to.equal('not-pledgee')
    expect(refusalOf('declareDefault', args, { by: 'bank' })).to.equal('not-pledged')
    expect(refusalOf('declareDefault', args, { by: 'bank', title: aDefaultedTitle() })).to.equal('already-defaulted')
    expect(refusalOf('declareDefault', { ...args, curesAt: now }, { by: 'bank', title: aPledgedTitle() })).to.equal('cure-period-over')
    expect(refusalOf('declareDefault', { ...args, curesAt: afterTwoMonths }, { by: 'bank', title: aPledgedTitle() })).to.equal(null)
    expect(refusalOf('declareDefault', { ...args, curesAt: '2027-05-23T12:00:00.001Z' as never }, { by: 'bank', title: aPledgedTitle() })).to.equal('expiry-too-far')
    expect(refusalOf('declareDefault', { ...args, curesAt: '2027-05-23T12:00:00.000Z' as never }, { by: 'bank', title: aPledgedTitle() })).to.equal(null)
  })
  it('waits for nothing, not even a hold: it moves nothing', () => {
    expect(refusalOf('declareDefault', args, { by: 'bank', title: aPledgedTitle({ holds: [aHold('JUDICIAL')] }) })).to.equal(null)
  })
  it('is taken back by the bank alone, before a sale', () => {
    for (const title of [aDefaultedTitle(), anEnforcedTitle()]) expect(decided('cureDefault', {}, { by: 'bank', title })).to.deep.equal([{ type: 'default-cured', ...pledge }])
    expect(refusalOf('cureDefault', {}, { by: 'shipper', title: aDefaultedTitle() })).to.equal('not-pledgee')
    expect(refusalOf('cureDefault', {}, { by: 'bank', title: aPledgedTitle() })).to.equal('not-defaulted')
  })
})

describe('enforce pledge', () => {
  const args = { basis: 'auction', basisHash: aHash(16) } as const
  it('follows a default whose cure period is over, by two people of the bank', () => {
    expect(decided('enforcePledge', args, { by: 'bank', title: aDefaultedTitle() })).to.deep.equal([{ type: 'enforcement-started', ...pledge, ...args }])
    expect(cosignersOf('enforcePledge', args, { by: 'bank', title: aDefaultedTitle() })).to.deep.equal(['second-person'])
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: aPledgedTitle() })).to.equal('not-defaulted')
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: aDefaultedTitle({}, tomorrow) })).to.equal('cure-period-running')
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: aDefaultedTitle({}, now) })).to.equal(null)
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: anEnforcedTitle() })).to.equal('already-enforcing')
    expect(refusalOf('enforcePledge', args, { by: 'otherBank', title: aDefaultedTitle() })).to.equal('not-pledgee')
  })
  it('T-14 waits under a hold; a carrier’s lien goes along with the goods', () => {
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: aDefaultedTitle({ holds: [aHold('JUDICIAL')] }) })).to.equal('bill-held')
    expect(refusalOf('enforcePledge', args, { by: 'bank', title: aDefaultedTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] }) })).to.equal(null)
  })
})

describe('sell enforced', () => {
  const args = { to: idOf('buyer'), proceedsHash: aHash(17) }
  it('endorses the bill to a buyer who signs along', () => {
    expect(decided('sellEnforced', args, { by: 'bank', title: anEnforcedTitle() })).to.deep.equal([{ type: 'pledge-enforced', ...pledge, ...args }])
    expect(cosignersOf('sellEnforced', args, { by: 'bank', title: anEnforcedTitle() })).to.deep.equal(['second-person', 'buyer'])
    expect(cosignersOf('sellEnforced', args, { by: 'bank', title: anEnforcedTitle({ kind: 'straight' }) })).to.deep.equal(['second-person', 'buyer', 'carrier'])
  })
  it('never to the bank itself, nor to the pledgor, nor to somebody unknown', () => {
    const to = (party: string) => refusalOf('sellEnforced', { ...args, to: party as never }, { by: 'bank', title: anEnforcedTitle() })
    expect(to(idOf('bank'))).to.equal('pledgee-cannot-keep')
    expect(to(idOf('shipper'))).to.equal('same-party')
    expect(to('p'.padEnd(33, 'f'))).to.equal('recipient-unknown')
  })
  it('comes after the enforcement was begun, and waits under a hold (T-14)', () => {
    expect(refusalOf('sellEnforced', args, { by: 'bank', title: aPledgedTitle() })).to.equal('not-enforcing')
    expect(refusalOf('sellEnforced', args, { by: 'bank', title: aDefaultedTitle() })).to.equal('not-enforcing')
    expect(refusalOf('sellEnforced', args, { by: 'buyer', title: anEnforcedTitle() })).to.equal('not-pledgee')
    expect(refusalOf('sellEnforced', args, { by: 'bank', title: anEnforcedTitle({ holds: [aHold('SANCTION')] }) })).to.equal('bill-held')
    expect(refusalOf('sellEnforced', args, { by: 'bank', title: anEnforcedTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] }) })).to.equal(null)
  })
})

describe('assign pledge', () => {
  const args = { to: idOf('otherBank'), termsHash: aHash(18), filingHash: aHash(19) }
  it('T-17 passes the one pledge on with the debt, to a bank that signs along', () => {
    expect(decided('assignPledge', args, { by: 'bank', title: aPledgedTitle() })).to.deep.equal([{ type: 'pledge-assigned', billId, pledgor: idOf('shipper'), from: idOf('bank'), ...args }])
    expect(cosignersOf('assignPledge', args, { by: 'bank', title: aPledgedTitle() })).to.deep.equal(['assignee'])
    for (const title of [aDefaultedTitle(), anEnforcedTitle()]) expect(refusalOf('assignPledge', args, { by: 'bank', title })).to.equal(null)
  })
  it('is for banks only, another one, and under no hold', () => {
    expect(refusalOf('assignPledge', { ...args, to: idOf('buyer') }, { by: 'bank', title: aPledgedTitle() })).to.equal('not-a-bank')
    for (const to of ['bank', 'shipper'] as const) expect(refusalOf('assignPledge', { ...args, to: idOf(to) }, { by: 'bank', title: aPledgedTitle() })).to.equal('same-party')
    expect(refusalOf('assignPledge', args, { by: 'otherBank', title: aPledgedTitle() })).to.equal('not-pledgee')
    expect(refusalOf('assignPledge', args, { by: 'bank', title: aPledgedTitle({ holds: [aHold('JUDICIAL')] }) })).to.equal('bill-held')
    expect(refusalOf('assignPledge', args, { by: 'bank', title: aPledgedTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] }) })).to.equal(null)
  })
})

describe('a pledge in default', () => {
  it('is released like any other, and ends with an accepted surrender', () => {
    for (const title of [aDefaultedTitle(), anEnforcedTitle()]) expect(decided('releasePledge', {}, { by: 'bank', title })).to.deep.equal([{ type: 'pledge-released', ...pledge }])
  })
  it('has nothing done to it while the carrier has the bill', () => {
    const { encumbrance } = aDefaultedTitle({}, yesterday)
    expect(refusalOf('enforcePledge', { basis: 'court', basisHash: aHash(16) }, { by: 'bank', title: aSurrenderedTitle('delivery', 'PENDING_SURRENDER', { encumbrance }) })).to.equal('surrender-pending')
    expect(refusalOf('declareDefault', { noticeHash: aHash(1), curesAt: tomorrow }, { by: 'bank', title: aTitle({ state: { name: 'VOIDED', reason: 'COURT' } }) })).to.equal('bill-void')
  })
})
