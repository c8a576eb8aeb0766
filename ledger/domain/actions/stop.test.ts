import { expect } from 'chai'
import { aHash, aHold, anApproval, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, decided, idOf, otherBox, refusalOf, tomorrow, yesterday } from '../testing.ts'
import type { Title } from '../title.ts'

const instructionHash = aHash(40)
const stopped = (title: Title): Title => ({ ...title, stop: { by: idOf('shipper'), since: yesterday, instructionHash } })
const waybill = (changes: Partial<Title> = {}) => aTitle({ kind: 'straight', negotiable: false, consignee: idOf('consignee'), titleholder: idOf('consignee'), ...changes })
const stop = (by: Parameters<typeof refusalOf>[2]['by'], title: Title) => refusalOf('stopDelivery', { instructionHash }, { by, title })

describe('stop delivery', () => {
  it('is the holder’s right of disposal, once', () => {
    expect(decided('stopDelivery', { instructionHash }, { by: 'shipper' })).to.deep.equal([{ type: 'delivery-stopped', billId, by: idOf('shipper'), instructionHash }])
    expect(stop('shipper', aTitle({ titleholder: 'BLANK' }))).to.equal(null)
    expect(stop('buyer', aTitle())).to.equal('not-holder')
    for (const by of ['shipper', 'buyer'] as const) expect(stop(by, aTitle({ titleholder: idOf('buyer') })), by).to.equal('not-holder')
    expect(stop('shipper', stopped(aTitle()))).to.equal('delivery-stopped')
  })
  it('is the bank’s while the bill is pledged, and the shipper’s of a waybill', () => {
    expect(stop('bank', aPledgedTitle())).to.equal(null)
    expect(stop('shipper', aPledgedTitle())).to.equal('not-pledgee')
    expect(stop('shipper', waybill())).to.equal(null)
    expect(stop('consignee', waybill())).to.equal('not-shipper')
  })
  it('lasts until the goods are out: whoever gave the bill back can still stop them', () => {
    for (const state of ['PENDING_SURRENDER', 'SURRENDERED'] as const) {
      expect(stop('shipper', aSurrenderedTitle('delivery', state))).to.equal(null)
      expect(stop('carrier', aSurrenderedTitle('delivery', state))).to.equal('not-holder')
      expect(stop('shipper', aSurrenderedTitle('amendment', state))).to.equal('bill-surrendered')
    }
    expect(stop('bank', aSurrenderedTitle('delivery', 'PENDING_SURRENDER', { encumbrance: aPledgedTitle().encumbrance }))).to.equal(null)
    expect(stop('shipper', aTitle({ state: { name: 'ACCOMPLISHED' } }))).to.equal('bill-accomplished')
    expect(stop('shipper', aTitle({ state: { name: 'VOIDED', reason: 'CANCELLED' } }))).to.equal('bill-void')
    expect(stop('shipper', anApproval())).to.equal('not-issued')
    expect(stop('shipper', aTitle({ state: { name: 'VOIDED', reason: 'TO_PAPER' }, medium: { name: 'PAPER', serials: ['A001'], originals: 1 } }))).to.equal('bill-on-paper')
  })
  it('keeps the carrier from releasing and from delivering, and the bill itself free to move', () => {
    const releases = [box, otherBox].map((container) => ({ container, codeHash: aHash(1), expiresAt: tomorrow }))
    expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases }, { by: 'carrier', title: stopped(aSurrenderedTitle('delivery', 'PENDING_SURRENDER')) })).to.equal('delivery-stopped')
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'carrier', title: stopped(aSurrenderedTitle('delivery', 'SURRENDERED')) })).to.equal('delivery-stopped')
    expect(refusalOf('recordWrongfulDelivery', { container: box, indemnifier: idOf('bank'), indemnityHash: aHash(1) }, { by: 'carrier', title: stopped(aTitle()) })).to.equal('delivery-stopped')
    expect(refusalOf('requestSurrender', { purpose: 'delivery', reason: null }, { by: 'consignee', title: stopped(waybill()) })).to.equal('delivery-stopped')
    expect(refusalOf('endorse', { to: idOf('buyer'), manner: 'to-order' }, { by: 'shipper', title: stopped(aTitle()) })).to.equal(null)
  })
  it('leads to another destination by a surrender for amendment', () => {
    expect(refusalOf('requestSurrender', { purpose: 'amendment', reason: 'COD' }, { by: 'shipper', title: stopped(aTitle()) })).to.equal(null)
    expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases: [] }, { by: 'carrier', title: stopped(aSurrenderedTitle('amendment', 'PENDING_SURRENDER')) })).to.equal(null)
    expect(refusalOf('requestSurrender', { purpose: 'amendment', reason: 'COD' }, { by: 'shipper', title: stopped(waybill()) })).to.equal(null)
    expect(refusalOf('requestSurrender', { purpose: 'amendment', reason: 'COD' }, { by: 'consignee', title: stopped(waybill()) })).to.equal('not-shipper')
  })
})

describe('resume delivery', () => {
  const resume = (by: Parameters<typeof refusalOf>[2]['by'], title: Title) => refusalOf('resumeDelivery', {}, { by, title })
  it('is for whoever has the bill now', () => {
    expect(decided('resumeDelivery', {}, { by: 'shipper', title: stopped(aTitle()) })).to.deep.equal([{ type: 'delivery-resumed', billId, by: idOf('shipper') }])
    const sold = stopped(aTitle({ titleholder: idOf('buyer'), possessor: idOf('buyer') }))
    expect(resume('buyer', sold)).to.equal(null)
    expect(resume('shipper', sold)).to.equal('not-holder')
  })
  it('needs a stop, and no hold on the bill (T-14)', () => {
    expect(resume('shipper', aTitle())).to.equal('delivery-not-stopped')
    expect(resume('shipper', stopped(aTitle({ holds: [aHold('JUDICIAL')] })))).to.equal('bill-held')
    expect(resume('shipper', stopped(aTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] })))).to.equal(null)
  })
})
