import type { CompanyRole, DraftContent, DraftContainer } from '@yidan/api/contract'
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import type { KnownCompany } from '../parties/directory.ts'
import { wordFinding, type Finding, type FindingCode } from './findings.ts'
import { readBooking } from './import/booking.ts'
import { checkDraft, type DraftContext } from './rules.ts'
import { chargesOf } from './rules/charges.ts'
import { places, sameSpot } from './tables/places.ts'
import { en } from './wording/en.ts'
import { zh } from './wording/zh.ts'

const company = (id: string, roles: CompanyRole[]): KnownCompany => ({ id: `co_${id.repeat(16)}` as never, partyId: `p${id.repeat(32)}` as never, name: `公司 ${id}`, nameEn: null, creditCode: null, lei: null, vat: null, address: '洛阳', contact: null, roles })
const context: DraftContext = {
  carrier: { ...company('a', ['carrier']), creditCode: '91410300MA3X1LG01Q' }, shipper: company('b', ['shipper']), consignee: company('c', ['bank']), shipperHasKey: true, liveBillByContainer: new Map(), amends: null, carrierNamed: null,
}
const sample = async (file: string): Promise<DraftContent> => readBooking(JSON.parse(await readFile(new URL(`../../../test/fixtures/bookings/${file}`, import.meta.url), 'utf8')), 'en').content
const told = (findings: readonly Finding[]): string[] => findings.map(({ severity, code, pointer }) => `${severity === 'warning' ? '~' : ''}${code} ${pointer}`)

describe('the rules for a draft', () => {
  let sea: DraftContent, land: DraftContent, batteries: DraftContent
  before(async () => {
    sea = await sample('LYNB20261121-002.json')
    land = await sample('LYTA20261122-003.json')
    batteries = await sample('QDLY20261122-004.json')
  })
  const box = (change: Partial<DraftContainer>): DraftContent => ({ ...sea, containers: [{ ...sea.containers![0], ...change }] })
  const leg = (index: number, change: object): DraftContent => ({ ...sea, legs: sea.legs!.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  const check = (content: DraftContent, change: Partial<DraftContext> = {}): string[] => told(checkDraft(content, { ...context, ...change }))

  it('find nothing wrong with the sample bookings', async () => {
    for (const file of ['LYQD20261120-001.json', 'LYNB20261121-002.json', 'LYTA20261122-003.json', 'QDLY20261122-004.json']) expect(check(await sample(file)), file).to.deep.equal([])
  })

  it('tell everything that is missing from an empty draft at once, and nothing twice', () => {
    const found = check({})
    expect(found).to.include.members(['required /bookingNumber', 'required /kind', 'required /shipper', 'no-legs /legs', 'no-containers /containers', 'required /charges/currency', 'required /charges/terms', 'required /charges/lines', 'required /placeOfReceipt/name', 'required /placeOfDelivery/name'])
    expect(new Set(found).size).to.equal(found.length)
  })

  const cases: [name: string, given: () => [DraftContent, Partial<DraftContext>?], expected: string[]][] = [
    ['a non-negotiable bill that is not straight', () => [{ ...sea, negotiable: false }], ['kind-fixes-negotiable /negotiable']],
    ['too many originals', () => [{ ...sea, originals: 4 }], ['originals-range /originals']],
    ['a text that no bill has room for', () => [{ ...sea, service: 'x'.repeat(300) }], ['document-refused /service']],
    ['a shipper nobody knows', () => [sea, { shipper: null }], ['party-not-on-platform /shipper']],
    ['a shipper that is none', () => [sea, { shipper: company('b', ['insurer']) }], ['party-lacks-role /shipper']],
    ['a shipper that cannot sign yet', () => [sea, { shipperHasKey: false }], ['~party-without-key /shipper']],
    ['identifiers that cannot be', () => [{ ...sea, shipper: { name: 'x', creditCode: '91410300MA3X1LG01X', lei: 'X', vat: 'x' } }], ['credit-code-wrong /shipper/creditCode', 'lei-wrong /shipper/lei', 'vat-wrong /shipper/vat']],
    ['a bank that is not on the platform', () => [sea, { consignee: null }], ['party-not-on-platform /consignee']],
    ['a straight bill without a consignee', () => [{ ...land, consignee: {} }], ['required /consignee']],
    ['a consignee where there is none', () => [{ ...sea, kind: 'blank' }], ['~consignee-needless /consignee']],
    ['four to notify', () => [{ ...sea, notifyParties: Array.from({ length: 4 }, () => ({ name: 'x' })) }], ['too-many-notify-parties /notifyParties']],
    ['another carrier in the booking', () => [sea, { carrierNamed: 'somebody else' }], ['~carrier-other ']],
    ['a place code that is none', () => [{ ...sea, placeOfReceipt: { ...sea.placeOfReceipt, code: 'luo' } }], ['place-code-shape /placeOfReceipt/code']],
    ['a train without its number', () => [leg(0, { trainNumber: ' ' })], ['leg-identity-missing /legs/0/trainNumber']],
    ['a ship without its name and voyage', () => [leg(1, { vessel: undefined, voyage: undefined })], ['leg-identity-missing /legs/1/vessel', 'leg-identity-missing /legs/1/voyage']],
    ['a time without its offset', () => [leg(0, { plannedDeparture: '2026-11-25T18:00:00' })], ['time-shape /legs/0/plannedDeparture']],
    ['an arrival before the departure', () => [leg(2, { plannedArrival: '2027-01-05T07:00:00+01:00' })], ['arrival-before-departure /legs/2/plannedArrival']],
    ['a ship that leaves before the train is in, by its time zone', () => [leg(1, { plannedDeparture: '2026-11-27T16:30:00+09:00' })], ['departs-before-arrival /legs/1/plannedDeparture']],
    ['legs that do not meet', () => [leg(1, { from: { name: 'Qingdao', code: 'CNTAO' } })], ['legs-do-not-join /legs/1/from']],
    ['a place of receipt off the route', () => [{ ...sea, placeOfReceipt: { name: '郑州 圃田' } }], ['~receipt-off-route /placeOfReceipt']],
    ['a place of delivery off the route', () => [{ ...sea, placeOfDelivery: { name: 'Rotterdam' } }], ['~delivery-off-route /placeOfDelivery']],
    ['a negotiable paper of a sub-carrier', () => [leg(1, { documentNegotiable: true })], ['carrier-document-negotiable /legs/1/documentNegotiable']],
    ['a ship under a CMR', () => [leg(1, { documentKind: 'CMR' })], ['document-kind-wrong /legs/1/documentKind']],
    ['a leg of no length', () => [leg(0, { distanceKm: 0.5 })], ['distance-range /legs/0/distanceKm']],
    ['a number of another shape', () => [box({ number: 'ABC' })], ['container-number-shape /containers/0/number']],
    ['a wrong check digit', () => [box({ number: 'COSU8123003' })], ['check-digit /containers/0/number']],
    ['a letter among the digits', () => [box({ number: 'COSU81230O2' })], ['container-number-letter /containers/0/number']],
    ['a number with remainder ten', () => [box({ number: 'TBJU1000090' })], ['~remainder-ten /containers/0/number']],
    ['a box on a live bill', () => [sea, { liveBillByContainer: new Map([['COSU8123018', 'LYLG26110000019']]) }], ['container-on-live-bill /containers/1/number']],
    ['the same box and the same seal twice', () => [{ ...sea, containers: [sea.containers![0]!, { ...sea.containers![0], sealNumber: 'X1' + '23' }, { ...sea.containers![1], sealNumber: 'ly-700100' }] }], ['duplicate-container /containers/1/number', 'duplicate-seal /containers/2/sealNumber']],
    ['a size-type nobody has', () => [box({ sizeType: '99ZZ' })], ['size-type-unknown /containers/0/sizeType']],
    ['a size-type as people say it', () => [box({ sizeType: '40HQ' })], ['size-type-spoken /containers/0/sizeType']],
    ['no seal, an odd seal', () => [{ ...sea, containers: [{ ...sea.containers![0], sealNumber: '' }, { ...sea.containers![1], sealNumber: '封' }] }], ['seal-missing /containers/0/sealNumber', 'seal-shape /containers/1/sealNumber']],
    ['an HS code of three digits', () => [box({ hsCode: '940' })], ['hs-shape /containers/0/hsCode']],
    ['four HS digits towards the EU', () => [box({ hsCode: '9403' })], ['hs-too-short-for-eu /containers/0/hsCode']],
    ['four HS digits towards Tashkent are enough', () => [{ ...land, containers: [{ ...land.containers![0], hsCode: '8541' }] }], []],
    ['a vague description towards the EU', () => [box({ goods: 'Spare parts' })], ['~goods-vague /containers/0/goods']],
    ['half a package', () => [box({ packages: 1.5 })], ['packages-range /containers/0/packages']],
    ['no kind of package', () => [box({ packageKind: undefined })], ['~package-kind-missing /containers/0/packageKind']],
    ['a negative weight', () => [box({ grossWeightKg: -5 })], ['gross-weight-range /containers/0/grossWeightKg']],
    ['a tare that no box has', () => [box({ tareKg: 39 })], ['tare-range /containers/0/tareKg']],
    ['more than the box carries', () => [box({ grossWeightKg: 28_700, verifiedGrossMassKg: 32_600 })], ['over-payload /containers/0/grossWeightKg']],
    ['a box heavier than its plate', () => [box({ grossWeightKg: 28_500, verifiedGrossMassKg: 32_501 })], ['over-max-gross /containers/0/verifiedGrossMassKg', '~vgm-off /containers/0/verifiedGrossMassKg']],
    ['no VGM with a sea leg', () => [box({ verifiedGrossMassKg: undefined })], ['vgm-missing /containers/0/verifiedGrossMassKg']],
    ['no VGM without a sea leg', () => [{ ...land, containers: [{ ...land.containers![0], verifiedGrossMassKg: undefined }] }], []],
    ['a VGM that cannot be', () => [box({ verifiedGrossMassKg: 0 })], ['vgm-range /containers/0/verifiedGrossMassKg']],
    ['a VGM that is far off', () => [box({ verifiedGrossMassKg: 19_000 })], ['vgm-mismatch /containers/0/verifiedGrossMassKg']],
    ['a VGM that is a little off', () => [box({ verifiedGrossMassKg: 15_160 })], ['~vgm-off /containers/0/verifiedGrossMassKg']],
    ['a volume with four decimals', () => [box({ volumeM3: 1.23456 })], ['volume-range /containers/0/volumeM3']],
    ['a reefer without a set point, and one with an odd one', () => [{ ...sea, containers: [{ ...sea.containers![0], sizeType: '45R1' }, { ...sea.containers![1], sizeType: '45R1', reeferSetPoint: 'cold' }] }], ['~set-point-missing /containers/0/reeferSetPoint', 'set-point-shape /containers/1/reeferSetPoint']],
    ['a UN number that is none', () => [box({ dangerousGoods: [{ unNumber: '34', imoClass: '9', properShippingName: 'x' }] })], ['un-number-shape /containers/0/dangerousGoods/0/unNumber']],
    ['a UN number that the table does not know', () => [box({ dangerousGoods: [{ unNumber: '0004', imoClass: '1.1D', properShippingName: 'x' }] })], ['~un-number-unknown /containers/0/dangerousGoods/0/unNumber']],
    ['a class that is none', () => [box({ dangerousGoods: [{ unNumber: '3481', imoClass: 'nine', properShippingName: 'x' }] })], ['dg-class-shape /containers/0/dangerousGoods/0/imoClass']],
    ['a class that is another', () => [box({ dangerousGoods: [{ unNumber: '3481', imoClass: '3', properShippingName: 'x' }] })], ['dg-class-mismatch /containers/0/dangerousGoods/0/imoClass']],
    ['a packing group that is none', () => [box({ dangerousGoods: [{ unNumber: '3481', imoClass: '9', properShippingName: 'x', packingGroup: 'IV' }] })], ['packing-group-shape /containers/0/dangerousGoods/0/packingGroup']],
    ['batteries without a UN number', () => [{ ...batteries, containers: batteries.containers!.map(({ dangerousGoods: _, ...rest }) => rest) }], ['~dg-likely /containers/1/dangerousGoods']],
    ['a charge for a leg that is not there', () => [{ ...sea, charges: { ...sea.charges, lines: [...sea.charges!.lines!, { leg: 4, name: 'x', perTeu: '1' }] } }], ['charge-leg-unknown /charges/lines/3/leg']],
    ['an amount that is none', () => [{ ...sea, charges: { ...sea.charges, lines: sea.charges!.lines!.map((line) => ({ ...line, perTeu: '1.234' })) } }], ['amount-shape /charges/lines/0/perTeu', 'amount-shape /charges/lines/1/perTeu', 'amount-shape /charges/lines/2/perTeu']],
    ['a leg that nobody pays for', () => [{ ...sea, charges: { ...sea.charges, lines: sea.charges!.lines!.slice(0, 2) } }], ['~leg-without-charge /legs/2']],
    ['a currency we do not settle in', () => [{ ...sea, charges: { ...sea.charges, currency: 'GBP' } }], ['currency-unknown /charges/currency']],
    ['a rate that is none, without date and source', () => [{ ...batteries, charges: { ...batteries.charges, cnyRate: '-1' } }], ['rate-shape /charges/cnyRate', 'required /charges/cnyRateDate', 'required /charges/cnyRateSource']],
    ['a rate to its own currency', () => [{ ...sea, charges: { ...sea.charges, cnyRate: '7.1' } }], ['~rate-needless /charges/cnyRate']],
    ['too little insurance', () => [{ ...sea, insurance: { ...sea.insurance, amount: '129799.99' } }], ['~insurance-under-110 /insurance/amount']],
    ['insurance in another currency', () => [{ ...sea, insurance: { ...sea.insurance, currency: 'CNY' } }], ['~insurance-currency-differs /insurance/currency']],
    ['201 containers', () => [{ ...sea, containers: Array.from({ length: 201 }, () => sea.containers![0]!) }, {}], ['too-many-containers /containers']],
    ['13 legs', () => [{ ...sea, legs: Array.from({ length: 13 }, () => sea.legs![0]!) }, {}], ['too-many-legs /legs']],
  ]
  for (const [name, given, expected] of cases) {
    it(`tell ${name}`, () => {
      const found = check(...given())
      if (/^(201|13) /.test(name)) expect(found).to.include.members(expected)
      else expect(found).to.deep.equal(expected)
    })
  }

  it('hold an amendment to what cannot change', () => {
    const title = { kind: 'straight', negotiable: false, shipper: company('d', []).partyId, consignee: company('e', []).partyId, cargo: { COSU8123002: { name: 'RECEIVED' } } }
    const found = check({ ...land, containers: [land.containers![0]!] }, { amends: { title: title as never, document: {} as never } })
    expect(found).to.deep.equal(['amendment-changes-title /negotiable', 'amendment-changes-title /shipper', 'amendment-changes-title /consignee', 'amendment-changes-title /containers'])
  })

  it('add charges up to the cent, for every TEU, and into CNY when the rate is known', () => {
    expect(chargesOf(sea)?.total).to.equal('136160.00')
    const odd = { ...land, charges: { ...land.charges, lines: [{ leg: 1, name: 'x', perTeu: '0.1' }, { leg: 2, name: 'y', perTeu: '0.20' }], cnyRate: '7.1234', cnyRateDate: '2026-11-20', cnyRateSource: '中国银行' } }
    expect(chargesOf(odd)).to.deep.include({ total: '6.00', inCny: { total: '42.74', rate: '7.1234', rateDate: '2026-11-20', source: '中国银行' } })
    expect(chargesOf({ ...sea, containers: [{ sizeType: '99ZZ' }] })).to.equal(null)
  })

  it('know one place by its many names, and two sides of a border', () => {
    const same: [string, string | undefined, string, string | undefined][] = [
      ['黄岛港', 'CNQDP', '青岛港', 'CNTAO'], ['青岛港', undefined, 'Qingdao', 'CNQIN'], ['北仑', 'CNBEI', '宁波舟山港', 'CNNGB'], ['x', 'CNNBP', 'y', 'CNBEI'], ['霍尔果斯', 'CNHRS', 'Altynkol', undefined], ['Hamburg', 'DEHAM', 'Hamburg CTA', undefined], ['东方红（洛阳）国际陆港', 'CNLYA', '洛阳 东方红国际陆港', undefined],
    ]
    for (const [one, code, other, otherCode] of same) expect(sameSpot({ name: one, code }, { name: other, code: otherCode }), `${one} ${other}`).to.equal(true)
    expect(sameSpot({ name: '霍尔果斯' }, { name: 'Dostyk' })).to.equal(false)
    expect(sameSpot({ name: 'Busan' }, { name: '青岛港' })).to.equal(false)
    const codes = places.known.flatMap((place) => place.codes)
    expect(new Set(codes).size).to.equal(codes.length)
  })

  it('say each finding in both languages, with every blank filled in', () => {
    for (const code of Object.keys(zh) as FindingCode[]) {
      const blanks = [...new Set([...zh[code], ...en[code]].join(' ').match(/\{\w+\}/g) ?? [])].map((blank) => blank.slice(1, -1))
      for (const language of ['zh', 'en'] as const) {
        const fault = wordFinding({ pointer: '/x', code, severity: 'fault', value: 'v', detail: Object.fromEntries(blanks.map((blank) => [blank, 'w'])) }, language)
        expect(`${fault.message}${fault.cure ?? ''}`).not.to.match(/[{}]/)
      }
    }
  })
})
