import { expect } from 'chai'
import { aHold, anApproval, aPledgedTitle, aSurrenderedTitle, aTitle, idOf, refusalOf, tomorrow } from '../testing.ts'
import type { Title } from '../title.ts'

describe('a bill on which nothing can be done', () => {
  const ended: readonly (readonly [Title, string])[] = [
    [anApproval(), 'not-issued'], [aSurrenderedTitle('delivery', 'PENDING_SURRENDER'), 'surrender-pending'], [aSurrenderedTitle('amendment', 'SURRENDERED'), 'bill-surrendered'],
    [aTitle({ state: { name: 'ACCOMPLISHED' } }), 'bill-accomplished'], [aTitle({ state: { name: 'VOIDED', reason: 'CANCELLED' } }), 'bill-void'],
  ]
  it('T-6 says where it stands, before anything that lies on it', () => {
    const offer = { from: idOf('shipper'), to: idOf('buyer'), expiresAt: tomorrow, returnsTitleTo: null }, encumbrance = { ...aPledgedTitle().encumbrance, name: 'PROPOSED' } as Title['encumbrance']
    for (const [title, said] of ended) {
      const held = { ...title, holds: [aHold('JUDICIAL')] }
      expect(refusalOf('endorse', { to: idOf('buyer'), manner: 'to-order' }, { by: 'shipper', title: held })).to.equal(said)
      expect(refusalOf('acceptOffer', {}, { by: 'buyer', title: { ...held, offer } })).to.equal(said)
      expect(refusalOf('acceptPledge', { filingHash: held.docHash }, { by: 'bank', title: { ...held, encumbrance } })).to.equal(said)
    }
  })
})
