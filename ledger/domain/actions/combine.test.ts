import { expect } from 'chai'
import { withCheckDigit } from '../identifiers/container-number.ts'
import { aBillId, aHash, aPledgedTitle, aSurrenderedTitle, aTitle, billId, box, cosignersOf, decided, idOf, otherBox, refusalOf, yesterday } from '../testing.ts'
import type { Title } from '../title.ts'

describe('combine', () => {
  const thirdBox = withCheckDigit('TBJU000003')
  const surrender = { by: idOf('shipper'), purpose: 'amendment', reason: 'COMBINE', returnsTo: idOf('shipper') } as const
  const first = (changes: Partial<Title> = {}) => aSurrenderedTitle('amendment', 'SURRENDERED', { surrender, ...changes })
  const second = (changes: Partial<Title> = {}) => first({ billId: aBillId(5), seq: 7, headHash: aHash(15), cargo: { [thirdBox]: { name: 'RECEIVED' } }, contents: { [thirdBox]: aHash(14) }, docHash: aHash(16), ...changes })
  const other = { billId: aBillId(5), expects: 7, prevHash: aHash(15) }
  const successor = { billId: aBillId(2), docHash: aHash(22), visualisationHash: aHash(42), fixedPartHash: aHash(62) }
  const args = { others: [other], successor }
  const given = { by: 'carrier', title: first(), bills: [second()] } as const

  it('T-13 makes one bill over all boxes, each with the commitment to its contents as it was', () => {
    const [one, two, issued, ...more] = decided('combine', args, given)
    expect([one, two]).to.deep.equal([billId, aBillId(5)].map((id) => ({ type: 'bill-voided', billId: id, reason: 'COMBINED', successors: [aBillId(2)] })))
    expect(issued).to.deep.include({ type: 'bill-issued', ...successor, containers: [box, otherBox, thirdBox], contents: { [box]: aHash(11), [otherBox]: aHash(12), [thirdBox]: aHash(14) }, predecessors: [billId, aBillId(5)], possessor: idOf('shipper'), pledge: null })
    expect(more).to.deep.equal([])
    expect(cosignersOf('combine', args, given)).to.deep.equal(['second-person'])
  })
  it('is as old as the oldest and as endorsed as any', () => {
    expect(decided('combine', args, { ...given, bills: [second({ version: 4, everEndorsed: true })] })[2]).to.include({ version: 5, everEndorsed: true })
    expect(decided('combine', args, { ...given, title: first({ version: 4, everEndorsed: true }) })[2]).to.include({ version: 5, everEndorsed: true })
  })
  it('is refused when another of the bills has moved on since it was seen', () => {
    expect(refusalOf('combine', { ...args, others: [{ ...other, expects: 6 }] }, given)).to.equal('stale-sequence')
    expect(refusalOf('combine', { ...args, others: [{ ...other, prevHash: aHash(99) }] }, given)).to.equal('stale-head')
    expect(refusalOf('combine', args, { ...given, bills: [] })).to.equal('unknown-bill')
  })
  it('takes each bill once, and only such as were given back for this', () => {
    expect(refusalOf('combine', { ...args, others: [other, other] }, given)).to.equal('duplicate-bill')
    expect(refusalOf('combine', { ...args, others: [{ billId, expects: 2, prevHash: aHash(2) }] }, given)).to.equal('duplicate-bill')
    expect(refusalOf('combine', args, { ...given, bills: [second({ state: { name: 'ISSUED' } })] })).to.equal('not-accepted-for-amendment')
    expect(refusalOf('combine', args, { ...given, bills: [second({ surrender: { ...surrender, reason: 'SPLIT' } })] })).to.equal('other-surrender-reason')
    expect(refusalOf('combine', args, { ...given, title: first({ surrender: { ...surrender, reason: null } }) })).to.equal('other-surrender-reason')
    expect(refusalOf('combine', args, { ...given, bills: [second({ holds: [{ kind: 'FRAUD', by: idOf('carrier'), since: yesterday, referenceHash: aHash(99) }] })] })).to.equal('bill-held')
    expect(refusalOf('combine', args, { ...given, by: 'shipper' })).to.equal('not-carrier')
  })
  const differences: readonly [string, Partial<Title>][] = [
    ['shipper', { shipper: idOf('buyer') }], ['consignee', { consignee: idOf('buyer') }], ['kind', { kind: 'blank' }], ['negotiable', { negotiable: false }], ['titleholder', { titleholder: idOf('buyer') }],
    ['titleholder', { endorsable: false }], ['holder', { surrender: { ...surrender, returnsTo: idOf('buyer') } }], ['pledge', { encumbrance: aPledgedTitle().encumbrance }],
  ]
  for (const [trait, changes] of differences) {
    it(`refuses bills that differ in ${trait}: ${Object.keys(changes).join()}`, () => {
      try {
        decided('combine', args, { ...given, bills: [second(changes)] })
        expect.fail('they became one')
      } catch (error) {
        expect(error).to.deep.include({ code: 'bills-differ', detail: { billId: aBillId(5), in: trait } })
      }
    })
  }
  it('refuses a bill of another carrier', () => { expect(refusalOf('combine', args, { ...given, bills: [second({ carrier: idOf('thief') })] })).to.equal('not-carrier') })
  it('T-17 of pledged bills takes one and the same pledge, with the pledgee’s signature', () => {
    const { encumbrance } = aPledgedTitle()
    const pledged = { ...given, title: first({ encumbrance }), bills: [second({ encumbrance })] }
    expect(cosignersOf('combine', args, pledged)).to.deep.equal(['second-person', 'pledgee'])
    expect(decided('combine', args, pledged)[2]).to.deep.include({ pledge: encumbrance })
    expect(refusalOf('combine', args, { ...pledged, bills: [second({ encumbrance: { ...encumbrance, termsHash: aHash(77) } as never })] })).to.equal('bills-differ')
  })
  it('T-2 makes a bill that never was', () => {
    expect(refusalOf('combine', args, { ...given, documents: { [aHash(22)]: aBillId(7) } })).to.equal('document-already-issued')
    expect(refusalOf('combine', args, { ...given, bills: [second(), aTitle({ billId: aBillId(2) })] })).to.equal('successor-exists')
  })
})
