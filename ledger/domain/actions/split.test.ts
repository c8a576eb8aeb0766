import { expect } from 'chai'
import type { BillIssued } from '../events.ts'
import { withCheckDigit } from '../identifiers/container-number.ts'
import { aBillId, aHash, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, yesterday } from '../testing.ts'
import type { Title } from '../title.ts'

describe('split', () => {
  const thirdBox = withCheckDigit('TBJU000003')
  const part = (serial: number, containers: readonly (typeof box)[]) => ({ billId: aBillId(serial), docHash: aHash(serial + 20), visualisationHash: aHash(serial + 40), fixedPartHash: aHash(serial + 60), containers: [...containers] })
  const args = { successors: [part(2, [box]), part(3, [otherBox])] }
  const surrendered = (changes: Partial<Title> = {}) => aSurrenderedTitle('amendment', 'SURRENDERED', { surrender: { by: idOf('shipper'), purpose: 'amendment', reason: 'SPLIT', returnsTo: idOf('shipper') }, ...changes })
  const given = { by: 'carrier', title: surrendered() } as const
  const successorsOf = (title: Title) => decided('split', args, { ...given, title }).slice(1) as BillIssued[]

  it('T-13 hands every box to one successor, with the commitment to its contents as it was', () => {
    const [voided, ...issued] = decided('split', args, given)
    expect(voided).to.deep.equal({ type: 'bill-voided', billId, reason: 'SPLIT', successors: [aBillId(2), aBillId(3)] })
    expect(issued[0]).to.deep.include({ type: 'bill-issued', billId: aBillId(2), docHash: aHash(22), containers: [box], contents: { [box]: aHash(11) }, fixedPartHash: aHash(62), version: 2, predecessors: [billId] })
    expect(issued[1]).to.deep.include({ billId: aBillId(3), containers: [otherBox], contents: { [otherBox]: aHash(12) } })
  })
  it('T-13 refuses a box left out, a box on two parts, a box from elsewhere and a part without any', () => {
    const refused = (...successors: ReturnType<typeof part>[]) => refusalOf('split', { successors }, given)
    expect(refused(part(2, [box]), part(3, [box]))).to.equal('duplicate-container')
    expect(refused(part(2, [box, box]), part(3, [otherBox]))).to.equal('duplicate-container')
    expect(refused(part(2, [box]), part(3, [thirdBox]))).to.equal('container-not-on-bill')
    expect(refused(part(2, [box, otherBox]), part(3, []))).to.equal('no-containers')
    const three = surrendered({ cargo: { ...aTitle().cargo, [thirdBox]: { name: 'RECEIVED' } }, contents: { ...aTitle().contents, [thirdBox]: aHash(14) } })
    expect(refusalOf('split', args, { ...given, title: three })).to.equal('containers-left-out')
  })
  it('leaves all parts with the same holder and chain (T-8)', () => {
    for (const issued of successorsOf(surrendered({ titleholder: idOf('buyer'), endorsable: false, everEndorsed: true, surrender: { by: idOf('buyer'), purpose: 'amendment', reason: 'SPLIT', returnsTo: idOf('buyer') } })))
      expect(issued).to.include({ titleholder: idOf('buyer'), possessor: idOf('buyer'), endorsable: false, everEndorsed: true, carrier: idOf('carrier'), shipper: idOf('shipper'), kind: 'to-order' })
  })
  it('T-4 takes the pledge to every part, with the pledgee’s signature', () => {
    const { encumbrance } = aPledgedTitle()
    const title = surrendered({ encumbrance, surrender: { by: idOf('shipper'), purpose: 'amendment', reason: 'SPLIT', returnsTo: idOf('bank') } })
    expect(cosignersOf('split', args, { ...given, title })).to.deep.equal(['second-person', 'pledgee'])
    for (const issued of successorsOf(title)) expect(issued).to.deep.include({ pledge: encumbrance, possessor: idOf('bank') })
    expect(cosignersOf('split', args, given), 'of a bill that is free: two people of the carrier (T-10)').to.deep.equal(['second-person'])
  })
  it('is what the holder asked for, by the carrier, of a bill it has taken back, under no hold', () => {
    expect(refusalOf('split', args, { ...given, by: 'shipper' })).to.equal('not-carrier')
    expect(refusalOf('split', args, { ...given, title: aTitle() })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('split', args, { ...given, title: { ...surrendered(), state: { name: 'PENDING_SURRENDER_FOR_AMENDMENT' } } })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('split', args, { ...given, title: aSurrenderedTitle('amendment', 'SURRENDERED') })).to.equal('other-surrender-reason')
    expect(refusalOf('split', args, { ...given, title: aTitle({ state: { name: 'VOIDED', reason: 'SPLIT' } }) })).to.equal('bill-void')
    expect(refusalOf('split', args, { ...given, title: surrendered({ holds: [{ kind: 'DISPUTE', by: idOf('carrier'), since: yesterday, referenceHash: aHash(99) }] }) })).to.equal('bill-held')
  })
  it('T-2 makes bills that never were, over documents that never were issued', () => {
    expect(refusalOf('split', args, { ...given, documents: { [aHash(23)]: aBillId(7) } })).to.equal('document-already-issued')
    expect(refusalOf('split', args, { ...given, bills: [aTitle({ billId: aBillId(3) })] })).to.equal('successor-exists')
    expect(refusalOf('split', { successors: [part(2, [box]), { ...part(3, [otherBox]), billId: aBillId(2) }] }, given)).to.equal('duplicate-successor')
    expect(refusalOf('split', { successors: [part(2, [box]), { ...part(3, [otherBox]), docHash: aHash(22) }] }, given)).to.equal('duplicate-successor')
  })
})
