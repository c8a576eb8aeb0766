import { expect } from 'chai'
import { dispositionOf } from './answers.ts'

describe('the name of a file in an answer', () => {
  it('is there twice: plain for old readers, in UTF-8 for all others', () => {
    expect(dispositionOf('提单 LYLG.csv', 'text/csv')).to.equal(`attachment; filename="__ LYLG.csv"; filename*=UTF-8''%E6%8F%90%E5%8D%95%20LYLG.csv`)
  })

  it('cannot break out of its header', () => {
    expect(dispositionOf('a"; x="b\r\nset-cookie: c.pdf', 'application/pdf')).to.match(/^inline; filename="a_; x=_b__set-cookie: c.pdf"; filename\*=UTF-8''a%22%3B%20x%3D%22b%0D%0Aset-cookie%3A%20c.pdf$/)
  })
})
