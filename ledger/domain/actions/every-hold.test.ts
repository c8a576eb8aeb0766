import { expect } from 'chai'
import {
  aBillId, aDefaultedTitle, aHash, aHold, anEnforcedTitle, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, idOf, otherBox, refusalOf, standInHash, tomorrow, yesterday, type Given,
} from '../testing.ts'
import { holdKinds, type Title } from '../title.ts'
import { releaseText } from './deliver.ts'
import { titleActionNames, type ActionName } from './index.ts'

interface Case { readonly args: object; readonly by: Given['by']; readonly title: Title; readonly bills?: readonly Title[] }

const offered = aTitle({ offer: { from: idOf('shipper'), to: idOf('buyer'), expiresAt: tomorrow, returnsTitleTo: null } })
const proposed = aTitle({ encumbrance: { name: 'PROPOSED', pledgor: idOf('shipper'), pledgee: idOf('bank'), termsHash: aHash(5) } })
const releases = [box, otherBox].map((container) => ({ container, codeHash: standInHash(releaseText(billId, container, 'SECRET')), expiresAt: tomorrow }))
const released = aSurrenderedTitle('delivery', 'SURRENDERED', { cargo: Object.fromEntries(releases.map(({ container, ...release }) => [container, { name: 'RELEASED' as const, ...release }])) })
const surrendered = (reason: string | null) => aSurrenderedTitle('amendment', 'SURRENDERED', { surrender: { by: idOf('shipper'), purpose: 'amendment', reason, returnsTo: idOf('shipper') } })
const fresh = (serial: number) => ({ billId: aBillId(serial), docHash: aHash(serial + 20), visualisationHash: aHash(serial + 40) })
const second: Title = { ...surrendered('COMBINE'), billId: aBillId(5), docHash: aHash(16), cargo: {}, contents: {} }
const paper = { ...surrendered('SWTP'), state: { name: 'VOIDED', reason: 'TO_PAPER' }, medium: { name: 'PAPER', serials: ['A001'], originals: 1 } } as const
const missing: Title = { ...released, cargo: { ...released.cargo, [box]: { name: 'LOST', at: yesterday, by: idOf('carrier') } } }

/** Every action that moves the bill or the goods, in a state in which it goes through. */
const transfers: Partial<Readonly<Record<ActionName, Case>>> = {
  endorse: { args: { to: idOf('buyer'), manner: 'to-order' }, by: 'shipper', title: aTitle() },
  rejectEndorsement: { args: { reason: null }, by: 'buyer', title: aTitle({ titleholder: idOf('buyer'), beforeEndorsement: { titleholder: idOf('shipper'), endorsable: true } }) },
  offerPossession: { args: { to: idOf('buyer'), expiresAt: tomorrow }, by: 'shipper', title: aTitle() },
  acceptOffer: { args: {}, by: 'buyer', title: offered },
  rejectOffer: { args: { reason: null }, by: 'buyer', title: offered },
  withdrawOffer: { args: {}, by: 'shipper', title: offered },
  proposePledge: { args: { pledgee: idOf('bank'), termsHash: aHash(5) }, by: 'shipper', title: aTitle() },
  acceptPledge: { args: { filingHash: aHash(6) }, by: 'bank', title: proposed },
  releasePledge: { args: {}, by: 'bank', title: aPledgedTitle() },
  enforcePledge: { args: { basis: 'court', basisHash: aHash(7) }, by: 'bank', title: aDefaultedTitle() },
  sellEnforced: { args: { to: idOf('buyer'), proceedsHash: aHash(8) }, by: 'bank', title: anEnforcedTitle() },
  assignPledge: { args: { to: idOf('otherBank'), termsHash: aHash(5), filingHash: aHash(6) }, by: 'bank', title: aPledgedTitle() },
  requestSurrender: { args: { purpose: 'delivery', reason: null }, by: 'shipper', title: aTitle() },
  acceptSurrender: { args: { freight: 'waived', releases }, by: 'carrier', title: aSurrenderedTitle('delivery', 'PENDING_SURRENDER') },
  rejectSurrender: { args: { reason: 'not yours' }, by: 'carrier', title: aSurrenderedTitle('delivery', 'PENDING_SURRENDER') },
  renewReleases: { args: { releases }, by: 'carrier', title: released },
  deliver: { args: { container: box, code: 'SECRET' }, by: 'terminal', title: released },
  cancel: { args: { reason: 'wrong train' }, by: 'carrier', title: aTitle() },
  reissue: { args: { successor: fresh(2) }, by: 'carrier', title: surrendered(null) },
  split: { args: { successors: [{ ...fresh(2), fixedPartHash: aHash(62), containers: [box] }, { ...fresh(3), fixedPartHash: aHash(63), containers: [otherBox] }] }, by: 'carrier', title: surrendered('SPLIT') },
  combine: { args: { others: [{ billId: second.billId, expects: second.seq, prevHash: second.headHash }], successor: { ...fresh(2), fixedPartHash: aHash(62) } }, by: 'carrier', title: surrendered('COMBINE'), bills: [second] },
  switchBill: { args: { successor: { ...fresh(2), fixedPartHash: aHash(13) } }, by: 'carrier', title: surrendered('SWI') },
  toPaper: { args: { originals: [{ serial: 'A001', visualisationHash: aHash(50) }] }, by: 'carrier', title: surrendered('SWTP') },
  fromPaper: { args: { successor: fresh(2), serials: ['A001'], statementHash: aHash(51), holder: idOf('shipper'), titleholder: idOf('shipper'), endorsable: true }, by: 'carrier', title: paper },
  resumeDelivery: { args: {}, by: 'shipper', title: aTitle({ stop: { by: idOf('shipper'), since: yesterday, instructionHash: aHash(9) } }) },
  recordWrongfulDelivery: { args: { container: box, indemnifier: idOf('bank'), indemnityHash: aHash(10) }, by: 'carrier', title: aTitle() },
  settleIncident: { args: { container: box }, by: 'shipper', title: missing },
}
/** What moves neither: beginnings, a no to a proposal, the holds themselves, statements of fact, and the court that placed the hold. */
const noTransfers: readonly ActionName[] = ['approve', 'issue', 'declinePledge', 'withdrawPledge', 'declareDefault', 'cureDefault', 'placeHold', 'liftHold', 'stopDelivery', 'reportLoss', 'voidByCourt']
/** What a carrier's lien on the goods does not stop: the bill moves on, and the lien with it. */
const underLien: readonly ActionName[] = [
  'endorse', 'rejectEndorsement', 'offerPossession', 'acceptOffer', 'rejectOffer', 'withdrawOffer', 'proposePledge', 'acceptPledge', 'releasePledge', 'enforcePledge', 'sellEnforced', 'assignPledge',
  'requestSurrender', 'acceptSurrender', 'rejectSurrender', 'renewReleases', 'resumeDelivery', 'recordWrongfulDelivery',
]

describe('a hold', () => {
  it('T-14 is asked about by every action on a bill', () => {
    expect([...Object.keys(transfers), ...noTransfers].sort()).to.deep.equal([...titleActionNames].sort())
  })
  for (const [action, { args, ...given }] of Object.entries(transfers) as [ActionName, Case][]) {
    it(`T-14 beats ${action}`, () => {
      const under = (...holds: Title['holds']) => refusalOf(action, args as never, { ...given, title: { ...given.title, holds } })
      expect(under()).to.equal(null)
      for (const kind of holdKinds) expect(under(aHold(kind, 'carrier')), kind).to.equal(kind === 'CARRIER_LIEN' && underLien.includes(action) ? null : 'bill-held')
      expect(under(aHold('CARRIER_LIEN', 'carrier'), aHold('JUDICIAL')), 'one of two').to.equal('bill-held')
    })
  }
})
