import { expect } from 'chai'
import { alikeRows, runsOf } from './alike.ts'

describe('Warnings of an import', () => {
  it('are told once for all rows that have them', () => {
    const warning = (row: number, message = 'no package kind') => ({ pointer: `/rows/${row}`, code: 'x', message, row, severity: 'warning' as const })
    expect(alikeRows([warning(3), warning(2), warning(9, 'other')])).to.deep.equal([{ text: 'no package kind', rows: [2, 3] }, { text: 'other', rows: [9] }])
  })

  it('name rows by their runs', () => {
    expect(runsOf([2, 3, 4, 8, 10, 11])).to.equal('2–4, 8, 10–11')
    expect(runsOf([])).to.equal('')
  })
})
