import { expect } from 'chai'
import { aHash, aHold, aSurrenderedTitle, aTitle, billId, box, decided, idOf, now, otherBox, refusalOf, standInHash, tomorrow, yesterday } from '../testing.ts'
import type { CargoState } from '../title.ts'
import { releaseText } from './deliver.ts'

const released = (container: typeof box, code: string, expiresAt = tomorrow): CargoState => ({ name: 'RELEASED', codeHash: standInHash(releaseText(billId, container, code)), expiresAt })
const delivered: CargoState = { name: 'DELIVERED', at: yesterday, by: idOf('terminal') }
const settled: CargoState = { name: 'SETTLED', at: yesterday, by: idOf('shipper') }
const cargo = { [box]: released(box, 'FIRST1'), [otherBox]: released(otherBox, 'OTHER2') }
const title = aSurrenderedTitle('delivery', 'SURRENDERED', { cargo })

describe('deliver', () => {
  it('hands out one box against its own code (T-5)', () => {
    expect(decided('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title })).to.deep.equal([{ type: 'container-delivered', billId, container: box, by: idOf('terminal') }])
    expect(refusalOf('deliver', { container: box, code: 'OTHER2' }, { by: 'terminal', title })).to.equal('bad-release-code')
    expect(refusalOf('deliver', { container: 'TBJU0012347' as never, code: 'FIRST1' }, { by: 'terminal', title })).to.equal('container-not-on-bill')
  })
  it('accomplishes the bill with the last box', () => {
    const events = decided('deliver', { container: otherBox, code: 'OTHER2' }, { by: 'carrier', title: { ...title, cargo: { ...cargo, [box]: delivered } } })
    expect(events.map(({ type }) => type)).to.deep.equal(['container-delivered', 'bill-accomplished'])
    expect(decided('deliver', { container: otherBox, code: 'OTHER2' }, { by: 'carrier', title: { ...title, cargo: { ...cargo, [box]: settled } } }).map(({ type }) => type)).to.deep.equal(['container-delivered', 'bill-accomplished'])
  })
  it('hands out each box once, while its code is good', () => {
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: { ...title, cargo: { ...cargo, [box]: delivered } } })).to.equal('container-already-delivered')
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: { ...title, cargo: { ...cargo, [box]: settled } } })).to.equal('container-already-delivered')
    for (const expiresAt of [yesterday, now]) expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: { ...title, cargo: { ...cargo, [box]: released(box, 'FIRST1', expiresAt) } } })).to.equal('release-code-expired')
  })
  it('is done by the carrier or a terminal', () => {
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'shipper', title })).to.equal('not-delivery-party')
  })
  it('needs an accepted surrender, and stops under any hold (T-5, T-14)', () => {
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: aTitle({ cargo }) })).to.equal('not-accepted-for-delivery')
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: aTitle({ cargo, state: { name: 'ACCOMPLISHED' } }) })).to.equal('bill-accomplished')
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: aTitle({ cargo, state: { name: 'VOIDED', reason: 'COURT' } }) })).to.equal('bill-void')
    expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'terminal', title: { ...title, holds: [aHold('CARRIER_LIEN', 'carrier')] } })).to.equal('bill-held')
  })
})

describe('renew releases', () => {
  const release = (container: typeof box, expiresAt = tomorrow) => ({ container, codeHash: aHash(1), expiresAt })

  it('gives new codes for boxes that are still here', () => {
    expect(decided('renewReleases', { releases: [release(box)] }, { by: 'carrier', title })[0]).to.include({ type: 'releases-renewed' })
    expect(refusalOf('renewReleases', { releases: [release(box)] }, { by: 'terminal', title })).to.equal('not-carrier')
    expect(refusalOf('renewReleases', { releases: [release(box)] }, { by: 'carrier', title: { ...title, cargo: { ...cargo, [box]: delivered } } })).to.equal('container-already-delivered')
    expect(refusalOf('renewReleases', { releases: [release(box), release(box)] }, { by: 'carrier', title })).to.equal('duplicate-container')
    expect(refusalOf('renewReleases', { releases: [release(box, yesterday)] }, { by: 'carrier', title })).to.equal('release-code-expired')
    expect(refusalOf('renewReleases', { releases: [release('TBJU0012347' as never)] }, { by: 'carrier', title })).to.equal('container-not-on-bill')
  })
})
