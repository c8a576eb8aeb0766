import { expect } from 'chai'
import { chargesSoFar } from './charges-total.ts'

describe('One charge while it is typed', () => {
  const containers = [{ sizeType: '45G1' }, { sizeType: '22G1' }]

  it('multiplies each line by TEU and adds up exactly', () => {
    const { teu, lines, total } = chargesSoFar({ containers, charges: { lines: [{ perTeu: '3860.00' }, { perTeu: '0.07' }, { perTeu: '1,390' }] } })
    expect(teu).to.equal(3)
    expect(lines).to.deep.equal(['11580.00', '0.21', '4170.00'])
    expect(total).to.equal('15750.21')
  })

  it('counts what is no amount yet as nothing', () => {
    expect(chargesSoFar({ containers, charges: { lines: [{ perTeu: '38x' }, {}] } })).to.deep.equal({ teu: 3, lines: [null, null], total: '0.00' })
    expect(chargesSoFar({})).to.deep.equal({ teu: 0, lines: [], total: '0.00' })
  })
})
