import { expect } from 'chai'
import { aBillId, anApproval, aSurrenderedTitle, aTitle } from './testing.ts'
import { isLive, isOnPaper, type Title } from './title.ts'

const medium = { name: 'PAPER', serials: ['A001'], originals: 1 } as const
const state = { name: 'VOIDED', reason: 'TO_PAPER' } as const

describe('a live bill', () => {
  it('stands for its boxes from approval until it is accomplished or void (T-2)', () => {
    for (const title of [anApproval(), aTitle(), aSurrenderedTitle('delivery', 'SURRENDERED'), aSurrenderedTitle('amendment', 'PENDING_SURRENDER')]) expect(isLive(title), title.state.name).to.equal(true)
    for (const ended of [{ name: 'ACCOMPLISHED' }, { name: 'VOIDED', reason: 'AMENDED' }] as const) expect(isLive(aTitle({ state: ended })), ended.name).to.equal(false)
  })
  it('T-12 is on paper from the moment its originals are out until it comes back or a court ends it', () => {
    const paper = (changes: Partial<Title> = {}): boolean[] => [isOnPaper, isLive].map((is) => is(aTitle({ state, medium, ...changes })))
    expect(paper()).to.deep.equal([true, true])
    expect(paper({ medium: { name: 'ELECTRONIC' } }), 'void, and nothing printed yet').to.deep.equal([false, false])
    expect(paper({ state: { name: 'VOIDED', reason: 'COURT' } })).to.deep.equal([false, false])
    expect(paper({ successors: [aBillId(2)] })).to.deep.equal([false, false])
  })
})
