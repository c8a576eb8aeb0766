import { expect } from 'chai'
import { byWhatIsNext, groupOf, kindOfNumber } from './next-up.ts'

const box = (given: Partial<Parameters<typeof groupOf>[0]>): Parameters<typeof groupOf>[0] => ({ movement: 'IN_TRANSIT', late: false, next: 'ARRI', leg: 1, legs: 3, ...given })

describe('my boxes by what is next', () => {
  it('puts lateness and trouble first, whatever else a box does', () => {
    expect(groupOf(box({ late: true, movement: 'GATED_IN' }))).to.equal('late')
    expect(groupOf(box({ movement: 'EXCEPTION' }))).to.equal('late')
  })

  it('takes a box out of a gate halfway as moving, and at the end as done', () => {
    expect(groupOf(box({ movement: 'GATED_OUT' }))).to.equal('moving')
    expect(groupOf(box({ movement: 'GATED_OUT', next: null, leg: 3 }))).to.equal('done')
  })

  it('shows the groups in the order a shipper asks, and no empty one', () => {
    const groups = byWhatIsNext([box({ movement: 'EXPECTED' }), box({}), box({ late: true })])
    expect(groups.map(({ group }) => group)).to.deep.equal(['late', 'moving', 'waiting'])
  })

  it('knows a box and a bill by their form', () => {
    expect([' csqu3054383', 'LYLG2611000042K', 'X9136'].map(kindOfNumber)).to.deep.equal(['container', 'bill', 'other'])
  })
})
