import { expect } from 'chai'
import { aHash, aHold, aPledgedTitle, aSurrenderedTitle, aTitle, box, cosignersOf, decided, idOf, now, otherBox, refusalOf, tomorrow, yesterday } from '../testing.ts'
import type { Title } from '../title.ts'

const forDelivery = { purpose: 'delivery', reason: null } as const
const forAmendment = { purpose: 'amendment', reason: 'change of destination' } as const

describe('request surrender', () => {
  it('is the holder’s', () => {
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper' })).to.equal(null)
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle({ titleholder: idOf('buyer') }) })).to.equal('not-titleholder')
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle({ possessor: idOf('buyer') }) })).to.equal('not-possessor')
  })
  it('waits for the answer to an offer and to a proposed pledge', () => {
    const offer = { from: idOf('shipper'), to: idOf('buyer'), expiresAt: tomorrow, returnsTitleTo: null }
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle({ offer }) })).to.equal('offer-open')
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle({ encumbrance: { name: 'PROPOSED', pledgor: idOf('shipper'), pledgee: idOf('bank'), termsHash: aHash(5) } }) })).to.equal('pledge-proposed')
  })
  it('of a straight bill needs its consignee with possession; of a waybill the consignee alone', () => {
    const straight = { kind: 'straight', consignee: idOf('consignee'), titleholder: idOf('consignee') } as const
    expect(refusalOf('requestSurrender', forDelivery, { by: 'consignee', title: aTitle(straight) })).to.equal('not-possessor')
    expect(refusalOf('requestSurrender', forDelivery, { by: 'consignee', title: aTitle({ ...straight, possessor: idOf('consignee') }) })).to.equal(null)
    expect(refusalOf('requestSurrender', forDelivery, { by: 'consignee', title: aTitle({ ...straight, negotiable: false }) })).to.equal(null)
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle({ ...straight, negotiable: false }) })).to.equal('not-titleholder')
  })
  it('T-4 of a pledged bill needs the other’s signature: the bank’s when its pledgor asks, the pledgor’s when the bank does (民法典 442)', () => {
    expect(cosignersOf('requestSurrender', forDelivery, { by: 'shipper', title: aPledgedTitle() })).to.deep.equal(['pledgee'])
    expect(cosignersOf('requestSurrender', forDelivery, { by: 'shipper', title: aTitle() })).to.deep.equal([])
    expect(refusalOf('requestSurrender', forDelivery, { by: 'shipper', title: aPledgedTitle() })).to.equal(null)
    expect(refusalOf('requestSurrender', forDelivery, { by: 'bank', title: aPledgedTitle() })).to.equal(null)
    expect(cosignersOf('requestSurrender', forDelivery, { by: 'bank', title: aPledgedTitle() })).to.deep.equal(['pledgor'])
    for (const by of ['otherBank', 'buyer'] as const) expect(refusalOf('requestSurrender', forDelivery, { by, title: aPledgedTitle() })).to.equal('not-titleholder')
    expect(cosignersOf('requestSurrender', forAmendment, { by: 'shipper', title: aPledgedTitle() })).to.deep.equal(['pledgee'])
    expect(refusalOf('requestSurrender', forAmendment, { by: 'shipper', title: aPledgedTitle() })).to.equal(null)
  })
})

describe('the carrier’s answer to a surrender', () => {
  const releases = [box, otherBox].map((container) => ({ container, codeHash: aHash(1), expiresAt: tomorrow }))
  const pending = aSurrenderedTitle('delivery', 'PENDING_SURRENDER')
  const accept = (changed: typeof releases) => refusalOf('acceptSurrender', { freight: 'prepaid', releases: changed }, { by: 'carrier', title: pending })

  it('releases each box by a code of its own (T-5)', () => {
    expect(accept(releases)).to.equal(null)
    expect(accept(releases.slice(1))).to.equal('release-codes-incomplete')
    expect(accept([...releases, ...releases.slice(1)])).to.equal('duplicate-container')
    expect(accept([...releases, { container: 'TBJU0012347' as never, codeHash: aHash(1), expiresAt: tomorrow }])).to.equal('container-not-on-bill')
    expect(accept(releases.map((release) => ({ ...release, expiresAt: yesterday })))).to.equal('release-code-expired')
    expect(accept(releases.map((release) => ({ ...release, expiresAt: '2027-02-22T12:00:00.000Z' as never })))).to.equal(null)
    expect(accept(releases.map((release) => ({ ...release, expiresAt: '2027-02-22T12:00:00.001Z' as never })))).to.equal('expiry-too-far')
  })
  it('lets every code run from now on for ninety days at most', () => {
    const [first, other] = releases as [typeof releases[0], typeof releases[0]]
    expect(accept([first, { ...other, expiresAt: now }])).to.equal('release-code-expired')
    expect(accept([first, { ...other, expiresAt: yesterday }])).to.equal('release-code-expired')
    expect(accept([first, { ...other, expiresAt: '2027-02-22T12:00:00.001Z' as never }])).to.equal('expiry-too-far')
  })
  it('is the carrier’s alone, to what was asked of a bill that is not void', () => {
    const accepted = (title: Title, by: 'carrier' | 'thief' = 'carrier') => refusalOf('acceptSurrender', { freight: 'prepaid', releases }, { by, title })
    expect(accepted(pending, 'thief')).to.equal('not-carrier')
    expect(accepted({ ...pending, state: { name: 'VOIDED', reason: 'COURT' } })).to.equal('bill-void')
    for (const title of [aTitle(), aSurrenderedTitle('delivery', 'SURRENDERED'), { ...pending, surrender: null }]) expect(accepted(title)).to.equal('no-surrender-request')
  })
  it('ends the pledge of a bill surrendered with the bank’s signature', () => {
    const title = aSurrenderedTitle('delivery', 'PENDING_SURRENDER', { encumbrance: aPledgedTitle().encumbrance })
    expect(decided('acceptSurrender', { freight: 'settled', releases }, { by: 'carrier', title }).map(({ type }) => type)).to.deep.equal(['surrender-accepted', 'pledge-released'])
  })
  it('gives no codes for an amendment', () => {
    const title = aSurrenderedTitle('amendment', 'PENDING_SURRENDER')
    expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases: [] }, { by: 'carrier', title })).to.equal(null)
    expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases }, { by: 'carrier', title })).to.equal('not-accepted-for-delivery')
    const pledged = { ...title, encumbrance: aPledgedTitle().encumbrance }
    expect(decided('acceptSurrender', { freight: 'settled', releases: [] }, { by: 'carrier', title: pledged }).map(({ type }) => type), 'it stays pledged').to.deep.equal(['surrender-accepted'])
  })
  it('waits while a court holds the bill (T-14), and for freight under a lien', () => {
    const held = (kind: 'JUDICIAL' | 'CARRIER_LIEN') => ({ ...pending, holds: [aHold(kind, 'carrier')] })
    expect(refusalOf('acceptSurrender', { freight: 'waived', releases }, { by: 'carrier', title: held('JUDICIAL') })).to.equal('bill-held')
    expect(refusalOf('acceptSurrender', { freight: 'settled', releases }, { by: 'carrier', title: held('CARRIER_LIEN') })).to.equal('freight-unpaid')
  })
  it('may be no: the bill goes back to whoever had it', () => {
    expect(decided('rejectSurrender', { reason: 'freight unpaid' }, { by: 'carrier', title: pending })[0]).to.include({ type: 'surrender-rejected', returnsTo: idOf('shipper') })
    expect(refusalOf('rejectSurrender', { reason: 'mine' }, { by: 'thief', title: pending })).to.equal('not-carrier')
    expect(refusalOf('rejectSurrender', { reason: 'nothing asked' }, { by: 'carrier', title: aTitle() })).to.equal('no-surrender-request')
  })
})
