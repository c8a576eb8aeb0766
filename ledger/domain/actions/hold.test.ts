import { expect } from 'chai'
import { aHash, aHold, anApproval, aParty, aPledgedTitle, aSurrenderedTitle, aTitle, billId, cosignersOf, decided, idOf, refusalOf, type Who } from '../testing.ts'
import type { Party } from '../registry.ts'
import { holdKinds, type Hold, type Title } from '../title.ts'

const referenceHash = aHash(20)
const place = (kind: Hold['kind'], by: Who, title: Title = aTitle()) => refusalOf('placeHold', { kind, referenceHash }, { by, title })
const lift = (kind: Hold['kind'], by: Who, title: Title) => refusalOf('liftHold', { kind, referenceHash }, { by, title })
const everybody = ['registrar', 'carrier', 'shipper', 'buyer', 'bank', 'terminal', 'thief', 'court', 'customs', 'insurer'] as const

describe('place hold', () => {
  it('lays the hold on the bill with a hash for its reason, and says nothing of it', () => {
    expect(decided('placeHold', { kind: 'JUDICIAL', referenceHash }, { by: 'court' })).to.deep.equal([{ type: 'hold-placed', billId, kind: 'JUDICIAL', by: idOf('court'), referenceHash }])
  })
  // The bill is issued to its shipper, who has both title and possession.
  const may: Readonly<Record<Hold['kind'], readonly Who[]>> = {
    JUDICIAL: ['registrar', 'court'], SANCTION: ['registrar', 'customs'], FRAUD: ['registrar', 'carrier', 'shipper', 'court', 'customs'], DISPUTE: ['registrar', 'carrier', 'shipper'], KEY_LOSS: ['registrar', 'shipper'], CARRIER_LIEN: ['carrier'],
  }
  for (const kind of holdKinds) {
    it(`${kind} is placed by ${may[kind].join(', ')} and nobody else`, () => {
      expect(everybody.filter((by) => place(kind, by) === null)).to.deep.equal(may[kind])
      for (const by of everybody.filter((who) => !may[kind].includes(who))) expect(place(kind, by), by).to.equal('not-hold-authority')
    })
  }
  it('is open to whoever is named and does not possess yet, but not to a pledgor against its bank', () => {
    expect(place('DISPUTE', 'buyer', aTitle({ titleholder: idOf('buyer') }))).to.equal(null)
    expect(place('KEY_LOSS', 'buyer', aTitle({ titleholder: idOf('buyer') }))).to.equal(null)
    for (const kind of ['DISPUTE', 'KEY_LOSS', 'FRAUD'] as const) {
      expect(place(kind, 'shipper', aPledgedTitle())).to.equal('not-hold-authority')
      expect(place(kind, 'bank', aPledgedTitle())).to.equal(null)
      expect(place(kind, 'otherBank', aPledgedTitle())).to.equal('not-hold-authority')
    }
  })
  it('is the bank’s still when the pledged bill is with the carrier', () => {
    for (const kind of ['DISPUTE', 'KEY_LOSS', 'FRAUD'] as const) expect(place(kind, 'bank', aSurrenderedTitle('amendment', 'SURRENDERED', { encumbrance: aPledgedTitle().encumbrance }))).to.equal(null)
  })
  it('is the registrar’s as the keeper of this network, whatever another party calls itself', () => {
    expect(refusalOf('placeHold', { kind: 'JUDICIAL', referenceHash }, { by: 'thief', parties: [{ ...aParty('thief'), roles: ['registrar'] }] })).to.equal('not-hold-authority')
  })
  it('is not the carrier’s as possessor, when the bill was given back to it', () => {
    expect(place('KEY_LOSS', 'carrier', aSurrenderedTitle('delivery', 'PENDING_SURRENDER'))).to.equal('not-hold-authority')
    expect(place('DISPUTE', 'shipper', aSurrenderedTitle('delivery', 'SURRENDERED'))).to.equal(null)
  })
  it('T-10 takes two people of whoever holds up another’s bill, one to tie one’s own hands', () => {
    const needed = (kind: Hold['kind'], by: Who) => cosignersOf('placeHold', { kind, referenceHash }, { by })
    for (const by of ['registrar', 'court'] as const) expect(needed('JUDICIAL', by)).to.deep.equal(['second-person'])
    for (const by of ['registrar', 'customs'] as const) expect(needed('SANCTION', by)).to.deep.equal(['second-person'])
    expect(needed('DISPUTE', 'carrier')).to.deep.equal(['second-person'])
    expect(needed('CARRIER_LIEN', 'carrier')).to.deep.equal([])
    expect(needed('DISPUTE', 'shipper')).to.deep.equal([])
    expect(cosignersOf('liftHold', { kind: 'JUDICIAL', referenceHash }, { by: 'court' })).to.deep.equal(['second-person'])
    const as = (by: Who, roles: Party['roles']) => cosignersOf('placeHold', { kind: 'SANCTION', referenceHash }, { by, parties: [{ ...aParty(by), roles }] })
    expect(as('customs', ['customs', 'terminal']), 'an office among other things').to.deep.equal(['second-person'])
    expect(as('registrar', ['operator']), 'the registrar, whatever else it is').to.deep.equal(['second-person'])
  })
  it('lies on a bill once for each kind and party: a second court waits behind the first', () => {
    const title = aTitle({ holds: [aHold('JUDICIAL', 'court')] })
    expect(place('JUDICIAL', 'court', title)).to.equal('hold-exists')
    expect(place('JUDICIAL', 'registrar', title)).to.equal(null)
    expect(place('FRAUD', 'court', title)).to.equal(null)
  })
  it('needs a bill that stands for goods, on the ledger or on paper', () => {
    expect(place('JUDICIAL', 'court', anApproval())).to.equal('not-issued')
    expect(place('JUDICIAL', 'court', aTitle({ state: { name: 'ACCOMPLISHED' } }))).to.equal('bill-accomplished')
    expect(place('JUDICIAL', 'court', aTitle({ state: { name: 'VOIDED', reason: 'AMENDED' }, successors: [billId] }))).to.equal('bill-void')
    expect(place('JUDICIAL', 'court', aTitle({ state: { name: 'VOIDED', reason: 'TO_PAPER' }, medium: { name: 'PAPER', serials: ['A001'], originals: 1 } }))).to.equal(null)
  })
})

describe('lift hold', () => {
  const title = aTitle({ holds: [aHold('JUDICIAL', 'court'), aHold('DISPUTE', 'shipper')] })

  it('is only for the party that placed it', () => {
    expect(decided('liftHold', { kind: 'JUDICIAL', referenceHash }, { by: 'court', title })).to.deep.equal([{ type: 'hold-lifted', billId, kind: 'JUDICIAL', by: idOf('court'), referenceHash }])
    for (const by of ['registrar', 'carrier', 'shipper', 'customs'] as const) expect(lift('JUDICIAL', by, title)).to.equal('not-hold-placer')
    expect(lift('DISPUTE', 'shipper', title)).to.equal(null)
    expect(lift('DISPUTE', 'court', title)).to.equal('not-hold-placer')
    const both = aTitle({ holds: [aHold('JUDICIAL', 'court'), aHold('JUDICIAL', 'registrar')] })
    expect((['court', 'registrar', 'customs'] as const).map((by) => lift('JUDICIAL', by, both))).to.deep.equal([null, null, 'not-hold-placer'])
  })
  it('needs a hold of that kind, on a bill that still stands', () => {
    expect(lift('SANCTION', 'court', title)).to.equal('no-hold')
    expect(lift('JUDICIAL', 'court', { ...title, state: { name: 'ACCOMPLISHED' } })).to.equal('bill-accomplished')
  })
})
