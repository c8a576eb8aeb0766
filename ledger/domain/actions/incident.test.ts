import { expect } from 'chai'
import { evolveTitle } from '../evolve.ts'
import { aHash, aHold, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, now, otherBox, refusalOf, tomorrow, yesterday } from '../testing.ts'
import { isTitleEvent } from '../evolve.ts'
import type { CargoState, Title } from '../title.ts'
import type { LedgerEvent } from '../events.ts'

const gone: CargoState = { name: 'DELIVERED_WITHOUT_BILL', at: yesterday, by: idOf('carrier') }
const lost: CargoState = { name: 'LOST', at: yesterday, by: idOf('carrier') }
const delivered: CargoState = { name: 'DELIVERED', at: yesterday, by: idOf('terminal') }
const released: CargoState = { name: 'RELEASED', codeHash: aHash(1), expiresAt: tomorrow }
const received: CargoState = { name: 'RECEIVED' }
const withCargo = (first: CargoState, other: CargoState = received, title: Title = aTitle()): Title => ({ ...title, cargo: { [box]: first, [otherBox]: other } })
const after = (title: Title, events: readonly LedgerEvent[]): Title => events.filter(isTitleEvent).reduce((before, event) => evolveTitle(before, event, { seq: 9, hash: aHash(9), recordedAt: now }), title)

describe('record wrongful delivery', () => {
  const args = { container: box, indemnifier: idOf('bank'), indemnityHash: aHash(60) }
  const record = (title: Title, by: Parameters<typeof refusalOf>[2]['by'] = 'carrier', changed: Partial<typeof args> = {}) => refusalOf('recordWrongfulDelivery', { ...args, ...changed }, { by, title })

  it('T-5 is a debt of the carrier and no delivery: title stays with its holder, the box counts as gone', () => {
    const events = decided('recordWrongfulDelivery', args, { by: 'carrier', title: aPledgedTitle() })
    expect(events).to.deep.equal([{ type: 'delivered-without-bill', billId, ...args, by: idOf('carrier'), pledgee: idOf('bank') }])
    const title = after(aTitle(), decided('recordWrongfulDelivery', args, { by: 'carrier' }))
    expect(title).to.deep.include({ state: { name: 'ISSUED' }, titleholder: idOf('shipper'), possessor: idOf('shipper') })
    expect(title.cargo[box]?.name).to.equal('DELIVERED_WITHOUT_BILL')
    expect(title.incidents).to.deep.equal([{ kind: 'DELIVERED_WITHOUT_BILL', container: box, at: now, by: idOf('carrier'), evidenceHash: aHash(60), indemnifier: idOf('bank'), settledAt: null }])
  })
  it('T-10 takes two people of the carrier and the bank behind the indemnity', () => {
    expect(cosignersOf('recordWrongfulDelivery', args, { by: 'carrier' })).to.deep.equal(['second-person', 'indemnifier'])
    expect(record(aTitle(), 'terminal')).to.equal('not-carrier')
    expect(record(aTitle(), 'carrier', { indemnifier: idOf('buyer') })).to.equal('not-a-bank')
  })
  it('is of a box that was there, and under no hold (T-14)', () => {
    expect(record(withCargo(delivered))).to.equal('container-already-delivered')
    for (const cargo of [gone, lost]) expect(record(withCargo(cargo))).to.equal('container-gone')
    for (const cargo of [released, { name: 'DAMAGED', at: yesterday, by: idOf('carrier') } as const]) expect(record(withCargo(cargo))).to.equal(null)
    expect(record(aTitle(), 'carrier', { container: 'TBJU0012347' as never })).to.equal('container-not-on-bill')
    expect(record(aTitle({ holds: [aHold('JUDICIAL')] }))).to.equal('bill-held')
    expect(record(aTitle({ holds: [aHold('CARRIER_LIEN', 'carrier')] }))).to.equal(null)
    expect(record(aTitle({ state: { name: 'ACCOMPLISHED' } }))).to.equal('bill-accomplished')
  })
})

describe('report loss', () => {
  const args = { container: box, condition: 'LOST', reportHash: aHash(61) } as const
  const report = (title: Title, changed: { condition?: 'LOST' | 'DAMAGED' | 'FOUND' } = {}, by: Parameters<typeof refusalOf>[2]['by'] = 'carrier') => refusalOf('reportLoss', { ...args, ...changed }, { by, title })

  it('T-18 names the pledgee, so that it can be told', () => {
    expect(decided('reportLoss', args, { by: 'carrier', title: aPledgedTitle() })).to.deep.equal([{ type: 'cargo-reported', billId, ...args, by: idOf('carrier'), pledgee: idOf('bank') }])
    expect(decided('reportLoss', args, { by: 'carrier' })[0]).to.include({ pledgee: null })
  })
  it('is the carrier’s, or an insurer’s with the carrier', () => {
    expect(cosignersOf('reportLoss', args, { by: 'carrier' })).to.deep.equal([])
    expect(cosignersOf('reportLoss', args, { by: 'insurer' })).to.deep.equal(['carrier'])
    expect(report(aTitle(), {}, 'insurer')).to.equal(null)
    expect(report(aTitle(), {}, 'shipper')).to.equal('not-carrier')
  })
  it('is a fact that no hold stops, of a box still there', () => {
    expect(report(aTitle({ holds: [aHold('JUDICIAL')] }))).to.equal(null)
    expect(report(withCargo(delivered))).to.equal('container-already-delivered')
    expect(report(withCargo({ ...delivered, name: 'SETTLED' }))).to.equal('container-already-delivered')
    expect(report(withCargo(lost))).to.equal('container-gone')
    expect(report(aTitle({ state: { name: 'VOIDED', reason: 'AMENDED' } }))).to.equal('bill-void')
  })
  it('is put right when a lost box is found', () => {
    expect(report(aTitle(), { condition: 'FOUND' })).to.equal('not-lost')
    expect(report(withCargo(gone), { condition: 'FOUND' })).to.equal('not-lost')
    const missing = after(aTitle(), decided('reportLoss', args, { by: 'carrier' }))
    const found = after(missing, decided('reportLoss', { ...args, condition: 'FOUND' }, { by: 'carrier', title: missing }))
    expect([found.cargo[box], found.incidents.map(({ kind, settledAt }) => [kind, settledAt])]).to.deep.equal([received, [['LOST', now]]])
  })
  it('leaves a damaged box its release code', () => {
    const damaged = (title: Title) => after(title, decided('reportLoss', { ...args, condition: 'DAMAGED' }, { by: 'carrier', title }))
    expect(damaged(withCargo(released)).cargo[box]).to.deep.equal(released)
    expect(damaged(aTitle()).cargo[box]?.name).to.equal('DAMAGED')
    expect(damaged(withCargo(released)).incidents).to.have.length(1)
  })
})

describe('a bill with a missing box', () => {
  const release = (container: typeof box) => ({ container, codeHash: aHash(1), expiresAt: tomorrow })
  const pending = (first: CargoState) => withCargo(first, received, aSurrenderedTitle('delivery', 'PENDING_SURRENDER'))
  const accepted = (first: CargoState, other: CargoState) => withCargo(first, other, aSurrenderedTitle('delivery', 'SURRENDERED'))
  const settle = (title: Title, by: Parameters<typeof refusalOf>[2]['by'] = 'shipper') => refusalOf('settleIncident', { container: box }, { by, title })

  it('T-18 is surrendered all the same: codes for the boxes that are there', () => {
    for (const cargo of [lost, gone]) {
      expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases: [release(otherBox)] }, { by: 'carrier', title: pending(cargo) })).to.equal(null)
      expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases: [release(box), release(otherBox)] }, { by: 'carrier', title: pending(cargo) })).to.equal('container-not-on-bill')
      expect(refusalOf('renewReleases', { releases: [release(box)] }, { by: 'carrier', title: accepted(cargo, released) })).to.equal('container-gone')
      expect(refusalOf('deliver', { container: box, code: 'FIRST1' }, { by: 'carrier', title: accepted(cargo, released) })).to.equal('container-gone')
    }
    expect(refusalOf('acceptSurrender', { freight: 'prepaid', releases: [release(otherBox)] }, { by: 'carrier', title: pending({ name: 'DAMAGED', at: yesterday, by: idOf('carrier') }) })).to.equal('release-codes-incomplete')
  })
  it('is over only when the one who gave it back has its due', () => {
    for (const cargo of [lost, gone]) {
      expect(decided('settleIncident', { container: box }, { by: 'shipper', title: accepted(cargo, delivered) }).map(({ type }) => type)).to.deep.equal(['incident-settled', 'bill-accomplished'])
      expect(decided('settleIncident', { container: box }, { by: 'shipper', title: accepted(cargo, released) }).map(({ type }) => type)).to.deep.equal(['incident-settled'])
      expect(settle(accepted(cargo, delivered), 'carrier')).to.equal('not-holder')
      expect(settle(withCargo(cargo))).to.equal('not-accepted-for-delivery')
      expect(settle({ ...accepted(cargo, delivered), state: { name: 'ACCOMPLISHED' } })).to.equal('bill-accomplished')
      expect(settle({ ...accepted(cargo, delivered), holds: [aHold('DISPUTE')] })).to.equal('bill-held')
    }
    for (const cargo of [received, released, delivered]) expect(settle(accepted(cargo, delivered))).to.equal('nothing-to-settle')
    const settled = after(accepted(gone, released), decided('settleIncident', { container: box }, { by: 'shipper', title: accepted(gone, released) }))
    expect(settled.cargo[box]).to.deep.equal({ name: 'SETTLED', at: now, by: idOf('shipper') })
    expect(settle(settled)).to.equal('nothing-to-settle')
  })
})
