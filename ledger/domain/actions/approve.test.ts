import { expect } from 'chai'
import { aBillId, aHash, anApproval, aParty, aTitle, billId, decided, idOf, refusalOf } from '../testing.ts'

describe('approve', () => {
  const args = { docHash: aHash(7), kind: 'to-order', negotiable: true, carrier: idOf('carrier') } as const

  it('starts the bill with the document the shipper agreed to', () => {
    expect(decided('approve', args, { by: 'shipper', title: null })).to.deep.equal([
      { type: 'bill-approved', billId, docHash: aHash(7), carrier: idOf('carrier'), shipper: idOf('shipper'), kind: 'to-order', negotiable: true },
    ])
  })
  it('takes a corrected document while the bill is not issued, from the same shipper for the same carrier', () => {
    expect(refusalOf('approve', args, { by: 'shipper', title: anApproval() })).to.equal(null)
    expect(refusalOf('approve', args, { by: 'thief', title: anApproval() })).to.equal('not-shipper')
    expect(refusalOf('approve', args, { by: 'shipper', title: anApproval({ carrier: idOf('buyer') }) })).to.equal('not-carrier')
    expect(refusalOf('approve', args, { by: 'shipper', title: aTitle() })).to.equal('bill-exists')
  })
  it('lets a forwarder approve as consignor, and nobody who is neither', () => {
    expect(refusalOf('approve', args, { by: 'thief', title: null })).to.equal(null)
    expect(refusalOf('approve', args, { by: 'bank', title: null })).to.equal('party-lacks-role')
    expect(refusalOf('approve', args, { by: 'bank', title: null, parties: [{ ...aParty('bank'), roles: ['bank', 'shipper'] }] })).to.equal(null)
  })
  it('names a carrier that is one', () => {
    expect(refusalOf('approve', { ...args, carrier: idOf('terminal') }, { by: 'shipper', title: null })).to.equal('party-lacks-role')
  })
  it('knows waybills only as straight bills', () => {
    for (const kind of ['to-order', 'to-named-order', 'blank'] as const) expect(refusalOf('approve', { ...args, kind, negotiable: false }, { by: 'shipper', title: null })).to.equal('kind-mismatch')
    expect(refusalOf('approve', { ...args, kind: 'straight', negotiable: false }, { by: 'shipper', title: null })).to.equal(null)
  })
  it('refuses a document that is on a bill already (T-2)', () => {
    expect(refusalOf('approve', args, { by: 'shipper', title: null, documents: { [aHash(7)]: aBillId(9) } })).to.equal('document-already-issued')
  })
})
