import { expect } from 'chai'
import { grouped, inWords, localTime, moneyText, totalVolume } from './wording.ts'
import { regimeOf } from './sections/conditions.ts'

describe('how figures are written on a bill', () => {
  it('says quantities in words', () => {
    expect(inWords(0)).to.equal('ZERO')
    expect(inWords(20)).to.equal('TWENTY')
    expect(inWords(58)).to.equal('FIFTY-EIGHT')
    expect(inWords(1680)).to.equal('ONE THOUSAND SIX HUNDRED AND EIGHTY')
    expect(inWords(100_001)).to.equal('ONE HUNDRED THOUSAND AND ONE')
    expect(inWords(30_000_000)).to.equal('THIRTY MILLION')
  })

  it('groups thousands and keeps the cents', () => {
    expect(grouped(1234567)).to.equal('1,234,567')
    expect(moneyText({ amount: '600000.00', currency: 'CNY' })).to.equal('CNY 600,000.00')
  })

  it('shows local time with its offset', () => {
    expect(localTime('2027-01-04T09:00:00-03:00')).to.equal('2027-01-04 09:00 -03:00')
    expect(localTime('2027-01-04T09:00:00Z')).to.equal('2027-01-04 09:00 UTC')
  })

  it('adds volumes exactly, where floating point would not', () => {
    const box = (volumeM3?: string): never => ({ cargo: [volumeM3 === undefined ? {} : { volumeM3 }] }) as never
    expect(totalVolume([box('0.1'), box('0.2'), box('67.5')])).to.equal('67.800')
    expect(totalVolume([box()])).to.equal(null)
  })
})

describe('which rules of liability a leg names', () => {
  const paper = (kind: 'SMGS' | 'CIM-SMGS' | 'RAIL-WAYBILL' | 'SEA-WAYBILL' | 'ROAD-WAYBILL' | 'CMR') => ({ kind, nonNegotiable: true, consignedTo: 'carrier' }) as const
  const [china, abroad] = [{ name: '青岛港', code: 'CNTAO' }, { name: 'Hamburg', code: 'DEHAM' }]

  it('follows mode, the performing carrier’s paper and the places', () => {
    expect(regimeOf({ mode: 'sea', carrierDocument: paper('SEA-WAYBILL'), from: china, to: abroad })).to.include('海商法')
    expect(regimeOf({ mode: 'sea', carrierDocument: paper('SEA-WAYBILL'), from: abroad, to: abroad })).to.include('Hague')
    expect(regimeOf({ mode: 'rail', carrierDocument: paper('SMGS'), from: china, to: abroad })).to.include('SMGS')
    expect(regimeOf({ mode: 'rail', carrierDocument: paper('CIM-SMGS'), from: china, to: abroad })).to.include('CIM')
    expect(regimeOf({ mode: 'rail', carrierDocument: paper('RAIL-WAYBILL'), from: china, to: china })).to.include('铁路法')
    expect(regimeOf({ mode: 'road', carrierDocument: paper('CMR'), from: abroad, to: abroad })).to.include('CMR')
    expect(regimeOf({ mode: 'road', carrierDocument: paper('ROAD-WAYBILL'), from: china, to: china })).to.include('民法典')
  })
})
