import { expect } from 'chai'
import { aBillId, aHash, anApproval, aTitle, box, cosignersOf, decided, idOf, otherBox, readsOf, refusalOf } from '../testing.ts'
import type { ArgsOf } from './index.ts'

describe('issue', () => {
  const args: ArgsOf<'issue'> = {
    docHash: aHash(3), visualisationHash: aHash(4), consignee: null, titleholder: idOf('shipper'), containers: [box, otherBox],
    received: [{ container: box, eventHash: aHash(8), contentsHash: aHash(11) }, { container: otherBox, eventHash: aHash(9), contentsHash: aHash(12) }], fixedPartHash: aHash(13), subDocumentsNonNegotiable: true,
  }
  const given = { by: 'carrier', title: anApproval() } as const

  it('gives the bill to the shipper, whoever has title', () => {
    const [event] = decided('issue', { ...args, titleholder: idOf('bank') }, { ...given, title: anApproval({ kind: 'to-named-order' }) })
    expect(event).to.include({ type: 'bill-issued', possessor: idOf('shipper'), titleholder: idOf('bank'), version: 1, endorsable: true, everEndorsed: false })
  })
  it('asks a second person of the carrier (T-10)', () => { expect(cosignersOf('issue', args, given)).to.deep.equal(['second-person']) })
  it('starts a straight bill that cannot be endorsed', () => {
    const [event] = decided('issue', { ...args, consignee: idOf('consignee'), titleholder: idOf('consignee') }, { ...given, title: anApproval({ kind: 'straight' }) })
    expect(event).to.include({ titleholder: idOf('consignee'), endorsable: false })
  })
  it('wants the first titleholder that the kind has', () => {
    const fits = (kind: 'straight' | 'to-order' | 'to-named-order' | 'blank', changes: Partial<typeof args>) => refusalOf('issue', { ...args, ...changes }, { ...given, title: anApproval({ kind }) })
    expect(fits('straight', { titleholder: idOf('consignee') })).to.equal('kind-mismatch')
    expect(fits('straight', { consignee: idOf('consignee'), titleholder: idOf('shipper') })).to.equal('kind-mismatch')
    expect(fits('to-order', { titleholder: idOf('buyer') })).to.equal('kind-mismatch')
    expect(fits('to-order', { consignee: idOf('consignee') })).to.equal('kind-mismatch')
    expect(fits('to-named-order', { titleholder: 'BLANK' })).to.equal('kind-mismatch')
    expect(fits('to-named-order', { consignee: idOf('consignee') })).to.equal('kind-mismatch')
    expect(fits('blank', {})).to.equal('kind-mismatch')
    expect(fits('blank', { consignee: idOf('consignee'), titleholder: 'BLANK' })).to.equal('kind-mismatch')
    expect(fits('blank', { titleholder: 'BLANK' })).to.equal(null)
    expect(fits('to-named-order', { titleholder: 'p'.padEnd(33, 'f') as never })).to.equal('recipient-unknown')
  })
  it('asks the ledger for the parties it names, and for no one where it names nobody', () => {
    const named = (consignee: typeof args.consignee, titleholder: typeof args.titleholder) => readsOf('issue', { ...args, consignee, titleholder }, given).parties
    expect(named(null, 'BLANK')).to.deep.equal([])
    expect(named(null, idOf('bank'))).to.deep.equal([idOf('bank')])
    expect(named(idOf('consignee'), idOf('consignee'))).to.deep.equal([idOf('consignee'), idOf('consignee')])
  })
  it('refuses a box that is on another live bill and says which (T-2)', () => {
    try {
      decided('issue', args, { ...given, boxes: { [otherBox]: aBillId(9) } })
      expect.fail('it was issued')
    } catch (error) {
      expect(error).to.deep.include({ code: 'container-on-live-bill', detail: { container: otherBox, billId: aBillId(9) } })
    }
  })
  it('wants each box once, and received', () => {
    expect(refusalOf('issue', { ...args, containers: [] }, given)).to.equal('no-containers')
    expect(refusalOf('issue', { ...args, containers: [box, box] }, given)).to.equal('duplicate-container')
    expect(refusalOf('issue', { ...args, received: args.received.slice(1) }, given)).to.equal('container-not-received')
    expect(refusalOf('issue', { ...args, received: [...args.received, ...args.received] }, given)).to.equal('container-not-received')
    expect(refusalOf('issue', { ...args, containers: [box] }, given)).to.equal('container-not-on-bill')
  })
  it('T-13 keeps a commitment to the contents of each box, and one to what never changes', () => {
    expect(decided('issue', args, given)[0]).to.deep.include({ contents: { [box]: aHash(11), [otherBox]: aHash(12) }, fixedPartHash: aHash(13), pledge: null })
  })
  it('T-3 is refused while a sub-carrier’s negotiable document is about', () => {
    expect(refusalOf('issue', { ...args, subDocumentsNonNegotiable: false }, given)).to.equal('negotiable-sub-document')
  })
  it('issues exactly what was approved, once', () => {
    expect(refusalOf('issue', { ...args, docHash: aHash(7) }, given)).to.equal('wrong-document-hash')
    expect(refusalOf('issue', args, { ...given, documents: { [aHash(3)]: aBillId(9) } })).to.equal('document-already-issued')
    expect(refusalOf('issue', args, { ...given, title: aTitle() })).to.equal('not-approved')
    expect(refusalOf('issue', args, { ...given, title: anApproval({ state: { name: 'VOIDED', reason: 'CANCELLED' } }) })).to.equal('bill-void')
    expect(refusalOf('issue', args, { ...given, title: null })).to.equal('unknown-bill')
    expect(refusalOf('issue', args, { ...given, by: 'shipper' })).to.equal('not-carrier')
  })
})
