import { expect } from 'chai'
import { component, readSegments } from './segments.ts'

describe('segments of an interchange', () => {
  const tags = (text: string) => readSegments(text).segments.map(({ tag }) => tag)

  it('are cut at terminators, into elements and components', () => {
    const { segments, rest } = readSegments("UNB+UNOA:2+SENDER+RECEIVER'LOC+9+CNQDP:139:6:QQCT'")
    expect(segments.map(({ tag, elements }) => [tag, elements])).to.deep.equal([['UNB', [['UNOA', '2'], ['SENDER'], ['RECEIVER']]], ['LOC', [['9'], ['CNQDP', '139', '6', 'QQCT']]]])
    expect(rest).to.equal(null)
  })

  it('take a released mark as data, and a released release mark too', () => {
    const [segment] = readSegments("FTX+AAI+++A?+B?:C?'D??'").segments
    expect(segment && component(segment, 4)).to.equal("A+B:C'D?")
  })

  it('follow the marks that UNA names', () => {
    const [first, second] = readSegments('UNA|*,!.~UNB*UNOA|2*A!*B~\nBGM*44~').segments
    expect(first?.elements).to.deep.equal([['UNOA', '2'], ['A*B']])
    expect(second).to.include({ tag: 'BGM', row: 2, segment: 2 })
  })

  it('have no release mark when UNA has a space there', () => {
    expect(readSegments("UNA:+.  'FTX+AAI+++WHY?'").segments[0]?.elements[3]).to.deep.equal(['WHY?'])
  })

  it('know their line, whether lines end within them or between them', () => {
    const { segments } = readSegments("UNB+1'\r\nUNH+1'\nEQD+CN+TBJU51\n23003'\nUNT+1'")
    expect(segments.map(({ tag, row }) => [tag, row])).to.deep.equal([['UNB', 1], ['UNH', 2], ['EQD', 3], ['UNT', 5]])
    expect(segments[2]?.elements[1]).to.deep.equal(['TBJU5123003'])
  })

  it('say where the text breaks off', () => {
    expect(readSegments("UNB+1'\nUNH+1+COA").rest).to.deep.equal({ row: 2, segment: 2 })
    expect(readSegments("UNB+1'\n  \n").rest).to.equal(null)
  })

  it('come out of any text without an exception', () => {
    for (const text of ['', 'UNA', "UNA'", '????', "''''", '\u0000', "UNB+?'", 'x'.repeat(10_000)]) expect(() => tags(text), JSON.stringify(text.slice(0, 20))).not.to.throw()
  })
})
