import { expect } from 'chai'
import { evolveTitle } from '../evolve.ts'
import { aDefaultedTitle, aHash, aHold, anEnforcedTitle, aPledgedTitle, aTitle, billId, cosignersOf, decided, idOf, now, readsOf, refusalOf, tomorrow, yesterday } from '../testing.ts'
import type { TitleEvent } from '../events.ts'
import type { Title } from '../title.ts'

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
  it('T-4 moves a pledged bill only with the signature of its pledgee', () => {
    const title = aPledgedTitle()
    for (const pledged of [title, aDefaultedTitle(), anEnforcedTitle()]) expect(cosignersOf('endorse', toBuyer, { by: 'shipper', title: pledged })).to.deep.equal(['pledgee'])
    expect(cosignersOf('endorse', toBuyer, { by: 'shipper' })).to.deep.equal([])
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title })).to.equal(null)
    expect(refusalOf('endorse', toBuyer, { by: 'bank', title })).to.equal('not-titleholder')
  })
  it('of a pledged blank bill is the pledgor’s alone', () => {
    const title = aPledgedTitle({ titleholder: 'BLANK' })
    expect(refusalOf('endorse', toBuyer, { by: 'thief', title })).to.equal('not-titleholder')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title })).to.equal(null)
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
    for (const to of ['BLANK', idOf('shipper')] as const) expect(refusalOf('endorse', { to, manner: to === 'BLANK' ? 'blank' : 'named' }, { by: 'shipper', title: aTitle({ titleholder: 'BLANK' }) })).to.equal('same-party')
    expect(refusalOf('endorse', { to: 'BLANK', manner: 'blank' }, { by: 'shipper' })).to.equal(null)
    expect([readsOf('endorse', toBuyer, { by: 'shipper' }), readsOf('endorse', { to: 'BLANK', manner: 'blank' }, { by: 'shipper' })], 'who the ledger must know').to.deep.equal([{ parties: [idOf('buyer')] }, { parties: [] }])
    expect(refusalOf('endorse', { to: 'p'.padEnd(33, 'f') as never, manner: 'named' }, { by: 'shipper' })).to.equal('recipient-unknown')
    expect(refusalOf('endorse', { to: 'BLANK', manner: 'named' }, { by: 'shipper' })).to.equal('kind-mismatch')
    expect(refusalOf('endorse', { to: idOf('buyer'), manner: 'blank' }, { by: 'shipper' })).to.equal('kind-mismatch')
  })
  it('waits under a hold, but not for the carrier’s lien on the boxes (T-14)', () => {
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ holds: [aHold('KEY_LOSS', 'shipper')] }) })).to.equal('bill-held')
    expect(refusalOf('endorse', toBuyer, { by: 'shipper', title: aTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] }) })).to.equal(null)
  })
})

describe('reject endorsement', () => {
  const stamp = { seq: 9, hash: aHash(9), recordedAt: now }
  const step = (title: Title, event: TitleEvent): Title => evolveTitle(title, event, stamp)
  const endorsed = (title: Title = aTitle(), to = idOf('buyer')): Title => step(title, { type: 'title-endorsed', billId, from: title.titleholder ?? 'BLANK', to, manner: 'named' })
  const reject = (by: Parameters<typeof refusalOf>[2]['by'], title: Title) => refusalOf('rejectEndorsement', { reason: null }, { by, title })

  it('gives title back, as far as it went, when possession has not followed', () => {
    expect(decided('rejectEndorsement', { reason: 'wrong goods' }, { by: 'buyer', title: endorsed() })).to.deep.equal([{ type: 'endorsement-rejected', billId, by: idOf('buyer'), reason: 'wrong goods' }])
    const back = step(endorsed(), { type: 'endorsement-rejected', billId, by: idOf('buyer'), reason: null })
    expect(back).to.deep.include({ titleholder: idOf('shipper'), possessor: idOf('shipper'), endorsable: true, beforeEndorsement: null, everEndorsed: true })
    expect(step(endorsed(aTitle({ titleholder: 'BLANK' })), { type: 'endorsement-rejected', billId, by: idOf('buyer'), reason: null }).titleholder).to.equal('BLANK')
  })
  it('is the endorsee’s alone, and only of an endorsement', () => {
    for (const by of ['shipper', 'thief'] as const) expect(reject(by, endorsed())).to.equal('not-endorsee')
    expect(reject('shipper', aTitle())).to.equal('no-endorsement-to-reject')
    expect(reject('buyer', step(endorsed(), { type: 'possession-transferred', billId, from: idOf('shipper'), to: idOf('buyer') }))).to.equal('no-endorsement-to-reject')
  })
  it('is for the offer to answer, once possession is offered: both are rejected jointly', () => {
    const offered = (expiresAt: typeof tomorrow) => ({ ...endorsed(), offer: { from: idOf('shipper'), to: idOf('buyer'), expiresAt, returnsTitleTo: endorsed().beforeEndorsement } })
    expect(reject('buyer', offered(tomorrow))).to.equal('offer-open')
    expect(reject('buyer', offered(yesterday))).to.equal(null)
    expect(step(offered(yesterday), { type: 'endorsement-rejected', billId, by: idOf('buyer'), reason: null }).offer, 'it cannot be rejected once more').to.equal(null)
    expect(step(offered(tomorrow), { type: 'offer-rejected', billId, by: idOf('buyer'), reason: null })).to.deep.include({ titleholder: idOf('shipper'), possessor: idOf('shipper'), offer: null, beforeEndorsement: null })
  })
  it('T-4 of a pledged bill needs the pledgee, and makes the old pledgor answer for the debt again', () => {
    expect(cosignersOf('rejectEndorsement', { reason: null }, { by: 'buyer', title: endorsed(aPledgedTitle()) })).to.deep.equal(['pledgee'])
    expect(cosignersOf('rejectEndorsement', { reason: null }, { by: 'buyer', title: endorsed() })).to.deep.equal([])
    for (const titleholder of ['BLANK', idOf('shipper')] as const) {
      const title = endorsed(aPledgedTitle({ titleholder }))
      expect(title.encumbrance).to.include({ pledgor: idOf('buyer') })
      const back = step(title, { type: 'endorsement-rejected', billId, by: idOf('buyer'), reason: null })
      expect([back.titleholder, back.encumbrance]).to.deep.equal([titleholder, aPledgedTitle().encumbrance])
    }
  })
  it('waits under a hold (T-14)', () => {
    expect(reject('buyer', { ...endorsed(), holds: [aHold('DISPUTE')] })).to.equal('bill-held')
    expect(reject('buyer', { ...endorsed(), holds: [aHold('CARRIER_LIEN', 'carrier')] })).to.equal(null)
  })
})
