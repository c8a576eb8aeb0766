import { standardLimits, type PlacedBox, type Wagon } from '@yidan/api/contract'
import { withCheckDigit } from '@yidan/ledger'
import { expect } from 'chai'
import { wordFinding } from './findings.ts'
import { compositionFindings, feetOf, placesOf, totalsOf, type Composition } from './rules.ts'
import { wagonCheckDigit } from './wagon-number.ts'

let serial = 0
const aBox = (): string => withCheckDigit(`TBJU${String((serial += 1)).padStart(6, '0')}`)
const box = (more: Partial<PlacedBox> = {}): PlacedBox => ({ position: 1, container: aBox(), sizeType: '45G1', grossKg: 26_000, empty: false, ...more })
const twenty = (position: number, more: Partial<PlacedBox> = {}): PlacedBox => box({ position, sizeType: '22G1', grossKg: 18_000, ...more })
const wagon = (boxes: readonly PlacedBox[], more: Partial<Wagon> = {}): Wagon => ({ number: String(5_200_000 + (serial += 1)), type: 'X70', tareKg: 22_000, payloadKg: 70_000, lengthMm: 13_466, loadingFeet: 40, boxes: [...boxes], ...more })
const told = (wagons: readonly Wagon[], more: Partial<Composition> = {}): string[] =>
  compositionFindings({ wagons, gauge: 1435, limits: standardLimits[1435], before: null, exchange: false, elsewhere: new Map(), ...more }).map(({ pointer, code, severity }) => `${severity === 'warning' ? '(' : ''}${pointer} ${code}${severity === 'warning' ? ')' : ''}`)

describe('a wagon', () => {
  it('takes two boxes of 20 feet or one of 40 on 40 feet', () => {
    expect(told([wagon([twenty(1), twenty(2)]), wagon([box()])])).to.deep.equal([])
  })

  it('has no place for a box that sticks out', () => {
    expect(told([wagon([box({ position: 2 })])])).to.deep.equal(['/wagons/0/boxes/0/position does-not-fit'])
    expect(told([wagon([twenty(3)])])).to.include('/wagons/0/boxes/0/position does-not-fit')
    expect(told([wagon([box({ sizeType: 'L5G1' })])])).to.deep.equal(['/wagons/0/boxes/0/position does-not-fit'])
  })

  it('of 60 or 80 feet takes a box of 45 and what is left beside it', () => {
    expect(told([wagon([box({ sizeType: 'L5G1' })], { loadingFeet: 60 })])).to.deep.equal([])
    expect(told([wagon([box({ sizeType: 'L5G1' }), twenty(4)], { loadingFeet: 80 })])).to.deep.equal([])
    expect(told([wagon([box(), box({ position: 3 })], { loadingFeet: 80 })])).to.deep.equal([])
    expect(told([wagon([box({ sizeType: 'L5G1' }), box({ position: 3 })], { loadingFeet: 80 })])).to.deep.equal(['/wagons/0/boxes/1/position slot-taken'])
  })

  it('takes no two boxes in one place, however they overlap', () => {
    expect(told([wagon([twenty(2), box({ grossKg: 20_000 })])])).to.deep.equal(['/wagons/0/boxes/1/position slot-taken'])
  })

  it('carries its payload and not a kilogram more', () => {
    expect(told([wagon([box({ grossKg: 26_000 })], { payloadKg: 26_000 })])).to.deep.equal([])
    expect(told([wagon([box({ grossKg: 26_001 })], { payloadKg: 26_000 })])).to.deep.equal(['/wagons/0/payloadKg over-payload'])
  })

  it('is looked at again when its pair is uneven, or one box stands alone', () => {
    expect(told([wagon([twenty(1, { grossKg: 28_001 }), twenty(2)])])).to.deep.equal(['(/wagons/0/boxes pair-uneven)'])
    expect(told([wagon([twenty(1, { grossKg: 28_000 }), twenty(2)])])).to.deep.equal([])
    expect(told([wagon([twenty(1)])])).to.deep.equal(['(/wagons/0/boxes single-twenty)'])
  })

  it('runs on the gauge that its number says', () => {
    const wide = `9401234${wagonCheckDigit('9401234')}`
    expect(told([wagon([box()], { number: wide })])).to.deep.equal(['/wagons/0/number wagon-of-other-gauge'])
    expect(told([wagon([box()], { number: wide })], { gauge: 1520, limits: standardLimits[1520] })).to.deep.equal([])
    expect(told([wagon([box()], { number: '12345' })])).to.deep.equal(['/wagons/0/number wagon-number-shape'])
  })
})

describe('a box on a train', () => {
  it('has a number, a known length, and weighs what its plate allows', () => {
    expect(told([wagon([box({ container: 'TBJU1', sizeType: '99X9', grossKg: 10_000 })])])).to.deep.equal(['/wagons/0/boxes/0/container box-number-shape', '/wagons/0/boxes/0/sizeType size-type-unknown'])
    expect(told([wagon([box({ grossKg: 32_501 })])])).to.deep.equal(['/wagons/0/boxes/0/grossKg over-plate'])
    expect(told([wagon([box({ grossKg: 900 })])])).to.deep.equal(['/wagons/0/boxes/0/grossKg weight-too-low'])
  })

  it('says what is dangerous by a UN number, and at which degrees it is kept', () => {
    expect(told([wagon([box({ unNumber: '126' })])])).to.deep.equal(['/wagons/0/boxes/0/unNumber un-number-shape'])
    expect(told([wagon([box({ unNumber: '9999' })])])).to.deep.equal(['(/wagons/0/boxes/0/unNumber un-number-unknown)'])
    expect(told([wagon([box({ sizeType: '45R1' })])])).to.deep.equal(['(/wagons/0/boxes/0/setPoint reefer-without-set-point)'])
    expect(told([wagon([box({ sizeType: '45R1', setPoint: -18 })]), wagon([box({ sizeType: '40RH', empty: true, grossKg: 4_600 })])])).to.deep.equal([])
  })

  it('stands on one wagon of one train', () => {
    const twice = box()
    expect(told([wagon([twice]), wagon([{ ...twice }])])).to.deep.equal(['/wagons/1/boxes/0/container box-twice'])
    expect(told([wagon([twice])], { elsewhere: new Map([[twice.container, 'X9136.2026-11-24']]) })).to.deep.equal(['/wagons/0/boxes/0/container box-on-other-train'])
  })

  it('is as long as the first sign of its size-type says, also when that is spoken', () => {
    expect(['22G1', '45G1', 'L5G1', '20GP', '40HQ', '45HC', 'M5G1', ''].map(feetOf)).to.deep.equal([20, 40, 45, 20, 40, 45, null, null])
    expect(placesOf({ position: 2, sizeType: 'L5G1' })).to.deep.equal([2, 3, 4])
  })
})

describe('a train', () => {
  const train = (count: number, more: Partial<Wagon> = {}): Wagon[] => Array.from({ length: count }, () => wagon([box()], more))

  it('keeps to the wagons, the mass and the length that its line takes', () => {
    expect(told(train(55))).to.deep.equal([])
    expect(told(train(56))).to.deep.equal(['/wagons too-many-wagons'])
    expect(told(train(2), { limits: { ...standardLimits[1435], grossKg: 95_999 } })).to.deep.equal(['/wagons train-too-heavy'])
    expect(told(train(2), { limits: { ...standardLimits[1435], lengthMm: 26_931 } })).to.deep.equal(['/wagons train-too-long'])
    expect(totalsOf(train(2))).to.deep.equal({ boxes: 2, teu: 4, grossKg: 96_000, lengthMm: 26_932 })
  })

  it('comes out of a change of gauge with the boxes that went in', () => {
    const [one, other] = [box(), box()]
    expect(told([wagon([other]), wagon([one])], { before: [wagon([one]), wagon([other])] })).to.deep.equal([])
    expect(told([wagon([one]), wagon([box()])], { before: [wagon([one]), wagon([other])] })).to.have.members(['/wagons box-left-behind', '/wagons/1/boxes/0/container box-from-nowhere'])
    expect(told([wagon([{ ...one, grossKg: 25_000 }])], { before: [wagon([one])] })).to.deep.equal(['(/wagons/0/boxes/0 box-differs)'])
  })

  it('lets boxes join and leave where cars are exchanged', () => {
    expect(told([wagon([box()])], { before: [wagon([box()])], exchange: true })).to.deep.equal([])
  })

  it('has its faults told in either language, with wagon and slot', () => {
    const [finding] = compositionFindings({ wagons: [wagon([twenty(1), twenty(2, { container: 'TBJU0000019' })], { number: '5240001' })], gauge: 1435, limits: standardLimits[1435], before: null, exchange: false, elsewhere: new Map() })
    expect(finding && wordFinding(finding, 'zh').message).to.match(/^第 1 辆（5240001）2 位：箱号校验位应为 \d$/)
    expect(finding && wordFinding(finding, 'en').message).to.match(/^Wagon 1 \(5240001\), slot 2: The check digit of the container number should be \d$/)
  })
})
