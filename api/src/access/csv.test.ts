import { expect } from 'chai'
import { csvOf } from './csv.ts'

describe('a table for a spreadsheet', () => {
  it('opens in Excel as UTF-8', () => {
    expect(csvOf(['时间'], [['一']])).to.equal('\uFEFF时间\r\n一\r\n')
  })

  it('quotes what would break a row', () => {
    expect(csvOf(['a'], [['x,"y"\nz', 3, null]])).to.contain('"x,""y""\nz",3,\r\n')
  })

  it('never starts a formula, also behind blanks and in full-width signs', () => {
    for (const formula of ['=1+1', '+A1', '-A1', '@SUM(A1)', ' =1', '\t=1', '＝1', "=cmd|' /C calc'!A0"]) {
      const [, row = ''] = csvOf(['a'], [[formula]]).split('\r\n')
      expect(row.replace(/^"/, ''), formula).to.match(/^'/)
    }
  })
})
