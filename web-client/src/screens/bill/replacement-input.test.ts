import { withCheckDigit } from '@yidan/ledger'
import { expect } from 'chai'
import { emptyReplacement, replacementOf } from './replacement-input.ts'

const boxes = ['TBJU000001', 'TBJU000002', 'TBJU000003'].map(withCheckDigit)

describe('what the carrier puts in a bill’s place', () => {
  it('is a split only when every box is on one part and no part is empty', () => {
    const input = emptyReplacement(boxes)
    expect(replacementOf('split', input, boxes)).to.deep.equal({ act: 'split', parts: [[boxes[0]], [boxes[1], boxes[2]]] })
    expect(replacementOf('split', { ...input, parts: 3 }, boxes), 'nothing on the third').to.equal(null)
    expect(replacementOf('split', { ...input, partOf: { ...input.partOf, [boxes[2] ?? '']: 3 } }, boxes), 'a box on no part').to.equal(null)
  })

  it('takes bill numbers as they are pasted, and none that is no number', () => {
    const combined = (others: string) => replacementOf('combine', { ...emptyReplacement(boxes), others }, boxes)
    expect(combined('lylg2611000001m, LYLG2611000002K')).to.deep.equal({ act: 'combine', others: ['LYLG2611000001M', 'LYLG2611000002K'] })
    expect(combined('LYLG2611000001X')).to.equal(null)
    expect(combined('')).to.equal(null)
  })

  it('takes paper back only with its serials, who brought it, whom it names and photographs of its cancellation', () => {
    const input = { ...emptyReplacement(boxes), serials: 'abcd-efgh-1\nABCD-EFGH-2', holder: { partyId: 'p1' } as never, inBlank: true, statement: ' cancelled ', photographs: ['a'.repeat(64) as never] }
    expect(replacementOf('fromPaper', input, boxes)).to.deep.include({ serials: ['ABCD-EFGH-1', 'ABCD-EFGH-2'], titleholder: 'BLANK', statement: 'cancelled' })
    expect(replacementOf('fromPaper', { ...input, photographs: [] }, boxes)).to.equal(null)
    expect(replacementOf('fromPaper', { ...input, inBlank: false }, boxes)).to.equal(null)
  })
})
