import { expect } from 'chai'
import { aBillId, aHash, aHold, aPledgedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, yesterday } from '../testing.ts'
import type { Title } from '../title.ts'

const orderHash = aHash(50)
const successor = { billId: aBillId(2), docHash: aHash(51), visualisationHash: aHash(52), titleholder: idOf('buyer') }
const held = (changes: Partial<Title> = {}) => aTitle({ holds: [aHold('JUDICIAL', 'court')], ...changes })

describe('void by court', () => {
  it('ends a bill that is held for a court, by two officers of the court or the registrar', () => {
    for (const by of ['court', 'registrar'] as const) {
      expect(decided('voidByCourt', { orderHash, successor: null }, { by, title: held() })).to.deep.equal([{ type: 'bill-voided', billId, reason: 'COURT', successors: [], orderHash }])
      expect(cosignersOf('voidByCourt', { orderHash, successor: null }, { by, title: held() })).to.deep.equal(['second-person'])
    }
    for (const by of ['carrier', 'customs', 'shipper'] as const) expect(refusalOf('voidByCourt', { orderHash, successor: null }, { by, title: held() })).to.equal('not-a-court')
    for (const title of [aTitle(), held({ holds: [aHold('DISPUTE')] })]) expect(refusalOf('voidByCourt', { orderHash, successor: null }, { by: 'court', title })).to.equal('no-judicial-hold')
  })
  it('gives the goods to the party of the judgment by a new bill in the same act', () => {
    const [voided, issued] = decided('voidByCourt', { orderHash, successor }, { by: 'court', title: held({ version: 3 }) })
    expect(voided).to.deep.include({ type: 'bill-voided', successors: [successor.billId] })
    expect(issued).to.deep.equal({
      type: 'bill-issued', ...successor, possessor: idOf('buyer'), kind: 'to-named-order', negotiable: true, carrier: idOf('carrier'), shipper: idOf('shipper'), consignee: null, containers: [box, otherBox],
      contents: aTitle().contents, fixedPartHash: aTitle().fixedPartHash, pledge: null, endorsable: true, everEndorsed: true, version: 4, predecessors: [billId],
    })
  })
  it('keeps a straight bill straight, and leaves out what was delivered or paid for', () => {
    for (const name of ['DELIVERED', 'SETTLED'] as const) {
      const cargo = { [box]: { name, at: yesterday, by: idOf('terminal') }, [otherBox]: { name: 'RECEIVED' } } as const
      const [, issued] = decided('voidByCourt', { orderHash, successor }, { by: 'court', title: held({ kind: 'straight', consignee: idOf('consignee'), cargo }) })
      expect(issued).to.deep.include({ kind: 'straight', consignee: idOf('buyer'), titleholder: idOf('buyer'), endorsable: false, containers: [otherBox], contents: { [otherBox]: aTitle().contents[otherBox] } })
    }
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: held({ fixedPartHash: null }) })).to.equal('not-issued')
  })
  it('stands above pledges, surrenders and paper, and issues nothing twice', () => {
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: aPledgedTitle({ holds: held().holds }) })).to.equal(null)
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: held({ state: { name: 'VOIDED', reason: 'TO_PAPER' }, medium: { name: 'PAPER', serials: ['A001'], originals: 1 } }) })).to.equal(null)
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: held({ state: { name: 'VOIDED', reason: 'AMENDED' } }) })).to.equal('bill-void')
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: held(), bills: [aTitle({ billId: successor.billId })] })).to.equal('successor-exists')
    expect(refusalOf('voidByCourt', { orderHash, successor }, { by: 'court', title: held(), documents: { [successor.docHash]: aBillId(9) } })).to.equal('document-already-issued')
    expect(refusalOf('voidByCourt', { orderHash, successor: { ...successor, titleholder: 'p'.padEnd(33, 'f') as never } }, { by: 'court', title: held() })).to.equal('recipient-unknown')
  })
})
