import type { ChainLink } from '@yidan/api/contract'
import { expect } from 'chai'
import { stepsOf } from './steps.ts'

const party = (partyId: string) => ({ partyId, name: partyId, nameEn: null })
const link = (seq: number, possessor: string | null, given: { titleholder?: string; pledgeState?: string; pledgee?: string; offer?: string; signers?: number; event?: string } = {}): ChainLink => ({
  seq, action: 'endorse', events: [{ type: given.event ?? 'title-endorsed' }], party: party('p1'), signers: Array.from({ length: given.signers ?? 1 }, (_, index) => ({ keyId: `k${index}`, signatureValid: true })),
  standing: {
    titleholder: given.titleholder === undefined ? null : party(given.titleholder), possessor: possessor === null ? null : party(possessor), pledgeState: given.pledgeState ?? 'NONE', pledgee: given.pledgee === undefined ? null : party(given.pledgee),
    offer: given.offer === undefined ? null : { from: party(possessor ?? ''), to: party(given.offer), expiresAt: '' },
  },
} as unknown as ChainLink)
const told = (links: readonly ChainLink[]) => stepsOf(links).map(({ link: { seq }, moves }) => [seq, ...moves.map(({ what, to }) => `${what} → ${to === null || to === 'BLANK' ? String(to) : to.partyId}`)])

describe('the chain of title as steps', () => {
  it('goes in the order of the ledger and says which pointer passed to whom', () => {
    expect(told([link(3, 'buyer', { titleholder: 'buyer' }), link(1, 'shipper', { titleholder: 'shipper' }), link(2, 'shipper', { titleholder: 'buyer', offer: 'buyer' })])).to.deep.equal([
      [1, 'title → shipper', 'control → shipper'], [2, 'title → buyer', 'offer → buyer'], [3, 'control → buyer'],
    ])
  })

  it('draws a bracket beside the chain from the act that pledges to the act that ends it, not while it is only proposed', () => {
    const steps = stepsOf([
      link(1, 'shipper'), link(2, 'shipper', { pledgeState: 'PROPOSED', pledgee: 'bank' }), link(3, 'bank', { pledgeState: 'PLEDGED', pledgee: 'bank' }), link(4, 'bank', { pledgeState: 'DEFAULTED', pledgee: 'bank' }), link(5, 'shipper'),
    ])
    expect(steps.map(({ bracket, pledgee }) => `${bracket} ${pledgee?.partyId ?? '-'}`)).to.deep.equal(['null -', 'null -', 'start bank', 'middle bank', 'end bank'])
    expect(steps[1]?.moves.map(({ what }) => what)).to.deep.equal(['proposal'])
    expect(steps[2]?.moves.map(({ what }) => what)).to.deep.equal(['control', 'pledge'])
  })

  it('knows a joint act from one that one person signed, and where a bill begins and ends', () => {
    expect(stepsOf([link(1, 'a', { event: 'bill-issued', signers: 2 }), link(2, 'a'), link(3, null, { event: 'bill-voided', signers: 3 })]).map(({ isJoint, shape }) => [isJoint, shape])).to.deep.equal([[true, 'start'], [false, 'step'], [true, 'end']])
  })
})
