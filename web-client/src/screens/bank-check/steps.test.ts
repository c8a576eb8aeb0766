import type { ChainLink } from '@yidan/api/contract'
import { expect } from 'chai'
import { stepsOf } from './steps.ts'

const party = (partyId: string) => ({ partyId, name: partyId, nameEn: null })
const link = (seq: number, possessor: string | null, given: { pledgeState?: string; valid?: readonly boolean[] } = {}): ChainLink => ({
  seq, action: 'endorse', party: party('p1'), signers: (given.valid ?? [true]).map((signatureValid, index) => ({ keyId: `k${index}`, party: party('p1'), person: null, signatureValid })),
  standing: { possessor: possessor === null ? null : party(possessor), pledgeState: given.pledgeState ?? 'NONE' },
} as unknown as ChainLink)

describe('the chain of title as steps', () => {
  it('goes in the order of the ledger and marks where control passed', () => {
    expect(stepsOf([link(3, 'bank'), link(1, 'shipper'), link(2, 'shipper')]).map(({ link: { seq }, moved }) => [seq, moved])).to.deep.equal([[1, true], [2, false], [3, true]])
  })

  it('locks the river while a pledge is in force, not while it is only proposed', () => {
    expect(stepsOf([link(1, 'shipper', { pledgeState: 'PROPOSED' }), link(2, 'bank', { pledgeState: 'PLEDGED' })]).map((step) => step.isPledged)).to.deep.equal([false, true])
  })

  it('tells one bad signature among good ones, and an act that nobody signed', () => {
    expect(stepsOf([link(1, 'a', { valid: [true, false] }), link(2, 'a', { valid: [] }), link(3, 'a')]).map((step) => step.allSigned)).to.deep.equal([false, false, true])
  })
})
