import { expect } from 'chai'
import { withoutBlanks } from './blanks.ts'

describe('A draft as it is saved', () => {
  it('leaves out what was wiped, but keeps rows in their places and what was really said', () => {
    const typed = { bookingNumber: '', shipper: { name: '', address: undefined }, containers: [{}, { number: 'LYDU0000023', packages: Number.NaN }], negotiable: false, originals: 0, insurance: null, remarks: [] }
    expect(withoutBlanks(typed)).to.deep.equal({ containers: [{}, { number: 'LYDU0000023' }], negotiable: false, originals: 0, insurance: null, remarks: [] })
  })
})
