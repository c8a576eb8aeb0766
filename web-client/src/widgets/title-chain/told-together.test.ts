import type { ChainLink } from '@yidan/api/contract'
import { expect } from 'chai'
import { toldTogether } from './told-together.ts'

describe('The chain of title as it is told', () => {
  const link = (seq: number, type: string, { party = 'terminal', valid = true, container = `BOX${seq}` } = {}): ChainLink =>
    ({ seq, action: type === 'container-delivered' ? 'deliver' : 'endorse', events: [{ type, container }], party: { partyId: party, name: null, nameEn: null }, signers: [{ signatureValid: valid }] }) as unknown as ChainLink

  it('draws boxes together that one party hands out in a row', () => {
    const told = toldTogether([link(1, 'title-endorsed'), link(2, 'container-delivered'), link(3, 'container-delivered'), link(4, 'container-delivered', { party: 'carrier' })])
    expect(told.map(({ link: { seq }, boxes }) => [seq, boxes])).to.deep.equal([[1, []], [3, ['BOX2', 'BOX3']], [4, ['BOX4']]])
  })

  it('never hides a signature that does not check out', () => {
    const told = toldTogether([link(1, 'container-delivered', { valid: false }), link(2, 'container-delivered'), link(3, 'container-delivered', { valid: false })])
    expect(told.map(({ link: { seq } }) => seq)).to.deep.equal([1, 2, 3])
  })
})
