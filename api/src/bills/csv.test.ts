import type { BillSummary } from '@yidan/api/contract'
import type { BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { billsCsv } from './csv.ts'

const shipper = { partyId: `p${'1'.repeat(32)}`, name: '洛阳精密轴承', nameEn: 'Luoyang Precision Bearing' }
const bill: BillSummary = {
  billNumber: 'LYLG26110000019' as BillNumber, state: 'ISSUED', voidReason: null, kind: 'blank', bookingNumber: 'B-1', shipper: 'Busan Battery', titleholder: 'BLANK', possessor: shipper, pledgeState: 'NONE', from: 'Busan', to: '洛阳',
  modes: ['sea', 'rail'], containers: 2, teu: 4, delivered: 0, issuedAt: '2026-11-22T00:00:00.000Z', updatedAt: '2026-11-22T00:00:00.000Z', erased: false,
}
const holders = (one: Partial<BillSummary>, language: 'zh' | 'en'): string[] | undefined => billsCsv([{ ...bill, ...one }], language).split('\r\n')[1]?.split(',').slice(5, 7)

describe('The list of bills as CSV', () => {
  it('words whom a blank bill names, and never by the ledger’s own mark', () => {
    expect(holders({}, 'zh')).to.deep.equal(['空白（不记名）', '洛阳精密轴承'])
    expect(holders({}, 'en')).to.deep.equal(['Blank (bearer)', 'Luoyang Precision Bearing'])
  })

  it('names holders in the reader’s language, by the ledger’s id where no name is known, and nobody where there is none', () => {
    const unnamed = { ...shipper, name: null, nameEn: null }
    expect(holders({ titleholder: { ...shipper, nameEn: null }, possessor: unnamed }, 'en')).to.deep.equal(['洛阳精密轴承', unnamed.partyId])
    expect(holders({ titleholder: null, possessor: null }, 'zh')).to.deep.equal(['', ''])
  })
})
