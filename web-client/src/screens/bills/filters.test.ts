import { expect } from 'chai'
import { filtersFrom, queryFrom } from './filters.ts'

describe('Filters of the bill list in the address', () => {
  it('come back as they went out', () => {
    const query = { q: 'LYLG', state: 'ISSUED', pledged: 'yes', mine: 'holding', from: '2026-11-01', sort: 'billNumber' }
    expect(queryFrom(filtersFrom(query))).to.deep.equal(query)
  })

  it('leave out what is usual and drop what does not fit', () => {
    expect(queryFrom(filtersFrom({}))).to.deep.equal({})
    expect(queryFrom(filtersFrom({ state: 'SUNK', from: 'yesterday', colour: 'red', q: 'box' }))).to.deep.equal({ q: 'box' })
  })
})
