import { expect } from 'chai'
import {
  aBillId, aDefaultedTitle, aHash, aHold, anApproval, anEnforcedTitle, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, standInHash, tomorrow, yesterday, type Given,
} from './testing.ts'
import { Refusal, refusalCodes } from './refusal.ts'
import { holdKinds, type Title } from './title.ts'
import { releaseText } from './actions/deliver.ts'
import { titleActionNames, type ActionName } from './actions/index.ts'

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
const noTransfers: Partial<Readonly<Record<ActionName, Case>>> = {
  approve: { args: { docHash: aHash(7), kind: 'to-order', negotiable: true, carrier: idOf('carrier') }, by: 'shipper', title: anApproval() },
  issue: {
    args: { docHash: aHash(3), visualisationHash: aHash(4), consignee: null, titleholder: idOf('shipper'), containers: [box], received: [{ container: box, eventHash: aHash(8), contentsHash: aHash(11) }], fixedPartHash: aHash(13), subDocumentsNonNegotiable: true },
    by: 'carrier', title: anApproval(),
  },
  declinePledge: { args: { reason: null }, by: 'bank', title: proposed },
  withdrawPledge: { args: {}, by: 'shipper', title: proposed },
  declareDefault: { args: { noticeHash: aHash(15), curesAt: tomorrow }, by: 'bank', title: aPledgedTitle() },
  cureDefault: { args: {}, by: 'bank', title: aDefaultedTitle() },
  placeHold: { args: { kind: 'SANCTION', referenceHash: aHash(20) }, by: 'customs', title: aTitle() },
  liftHold: { args: { kind: 'SANCTION', referenceHash: aHash(20) }, by: 'customs', title: aTitle({ holds: [aHold('SANCTION', 'customs')] }) },
  stopDelivery: { args: { instructionHash: aHash(40) }, by: 'shipper', title: aTitle() },
  reportLoss: { args: { container: box, condition: 'LOST', reportHash: aHash(61) }, by: 'carrier', title: aTitle() },
  voidByCourt: { args: { orderHash: aHash(50), successor: null }, by: 'court', title: aTitle({ holds: [aHold('JUDICIAL', 'court')] }) },
}
/** What a carrier's lien on the goods does not stop: the bill moves on, and the lien with it. */
const underLien: readonly ActionName[] = [
  'endorse', 'rejectEndorsement', 'offerPossession', 'acceptOffer', 'rejectOffer', 'withdrawOffer', 'proposePledge', 'acceptPledge', 'releasePledge', 'enforcePledge', 'sellEnforced', 'assignPledge',
  'requestSurrender', 'acceptSurrender', 'rejectSurrender', 'renewReleases', 'resumeDelivery', 'recordWrongfulDelivery',
]

const all = Object.entries({ ...transfers, ...noTransfers }) as [ActionName, Case][]
const tried = (action: ActionName, { args, ...given }: Case, changes: Partial<Title> = {}) => refusalOf(action, args as never, { ...given, title: { ...given.title, ...changes } })

describe('every action on a bill', () => {
  it('is among those tried here, in a state in which it goes through', () => {
    expect(all.map(([action]) => action).sort()).to.deep.equal([...titleActionNames].sort())
    for (const [action, given] of all) expect(tried(action, given), action).to.equal(null)
  })
  it('T-6 is refused on a bill that is accomplished or replaced, with one of the reasons for that', () => {
    const ended = ['bill-void', 'bill-accomplished', 'bill-exists', 'not-approved', 'no-surrender-request', 'not-accepted-for-delivery', 'not-accepted-for-amendment', 'not-on-paper']
    for (const [action, given] of all) {
      expect(tried(action, given, { state: { name: 'ACCOMPLISHED' } }), action).to.be.oneOf(ended)
      expect(tried(action, given, { state: { name: 'VOIDED', reason: 'AMENDED' }, medium: { name: 'ELECTRONIC' }, successors: [aBillId(9)] }), action).to.be.oneOf(ended)
    }
  })
  it('T-4 of a pledged bill is refused, is its pledgee’s own, or needs the pledgee’s signature', () => {
    const { encumbrance } = aPledgedTitle()
    // Facts and warnings, and the carrier's answer to what the pledgee signed already.
    const free: readonly ActionName[] = ['placeHold', 'liftHold', 'stopDelivery', 'resumeDelivery', 'reportLoss', 'recordWrongfulDelivery', 'settleIncident', 'voidByCourt', 'acceptSurrender', 'rejectSurrender', 'renewReleases', 'deliver', 'approve', 'issue']
    // No bill is offered while it is pledged, nor pledged while it is offered.
    const never: readonly ActionName[] = ['acceptOffer', 'rejectOffer', 'withdrawOffer']
    expect([refusalOf('offerPossession', { to: idOf('buyer'), expiresAt: tomorrow }, { by: 'bank', title: aPledgedTitle() }), refusalOf('proposePledge', { pledgee: idOf('bank'), termsHash: aHash(5) }, { by: 'shipper', title: offered })]).to.deep.equal(['bill-pledged', 'offer-open'])
    for (const [action, given] of all.filter(([name, { by }]) => by !== 'bank' && ![...free, ...never].includes(name))) {
      const title: Title = { ...given.title, encumbrance }
      const refused = tried(action, given, { encumbrance }) !== null
      expect(refused || cosignersOf(action, given.args as never, { ...given, title }).includes('pledgee'), action).to.equal(true)
    }
  })
  it('T-20 says why it is refused, in a code that is worded everywhere, with what the reader needs to know of it', () => {
    for (const [action, { args, ...given }] of all) {
      try {
        decided(action, args as never, { ...given, title: { ...given.title, state: { name: 'VOIDED', reason: 'AMENDED' }, medium: { name: 'ELECTRONIC' }, successors: [aBillId(9)] } })
        expect.fail(`${action} went through`)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        expect(refusalCodes, action).to.include(error.code)
        expect(Object.keys(error.detail), action).to.include('billId')
      }
    }
  })
})

describe('a hold', () => {
  for (const [action, given] of Object.entries(transfers) as [ActionName, Case][]) {
    it(`T-14 beats ${action}`, () => {
      for (const kind of holdKinds) expect(tried(action, given, { holds: [aHold(kind, 'carrier')] }), kind).to.equal(kind === 'CARRIER_LIEN' && underLien.includes(action) ? null : 'bill-held')
      expect(tried(action, given, { holds: [aHold('CARRIER_LIEN', 'carrier'), aHold('JUDICIAL')] }), 'one of two').to.equal('bill-held')
    })
  }
})
