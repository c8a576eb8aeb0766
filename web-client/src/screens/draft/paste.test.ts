import { expect } from 'chai'
import { pasted } from './paste.ts'

describe('Cells pasted from a spreadsheet into the container table', () => {
  it('fill from the cell to the right and downwards, adding rows', () => {
    const rows = pasted({ text: 'lydu0000023\t45g1\tLY1\r\nLYDU0000039\t22G1\tLY2\r\n', into: [{ goods: 'chairs' }], row: 0, column: 'number' })
    expect(rows).to.deep.equal([{ goods: 'chairs', number: 'LYDU0000023', sizeType: '45G1', sealNumber: 'LY1' }, { number: 'LYDU0000039', sizeType: '22G1', sealNumber: 'LY2' }])
  })

  it('read weights with thousands separators, and drop what lies beyond the last column', () => {
    expect(pasted({ text: '11,000\t3900\t14900\tmore', into: [{}], row: 0, column: 'grossWeightKg' })).to.deep.equal([{ grossWeightKg: 11000, tareKg: 3900, verifiedGrossMassKg: 14900 }])
  })

  it('leave a single value to the field itself', () => {
    expect(pasted({ text: 'LYDU0000023', into: [{}], row: 0, column: 'number' })).to.equal(null)
  })
})
