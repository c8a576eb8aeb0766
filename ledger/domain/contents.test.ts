import { expect } from 'chai'
import type { BillDocument } from './bill.ts'
import { contentsText, fixedPartText } from './contents.ts'
import { box } from './testing.ts'

describe('what the ledger knows of the goods', () => {
  const salt = 'ab'.repeat(16)
  const container = { number: box, sizeType: '45G1', seals: [{ number: 'SL1', source: 'shipper' as const }], tareKg: 3800, cargo: [{ goods: 'tractors', hsCode: '8701', packages: 2, packageKind: 'CRATE', grossWeightKg: 9000 }, { goods: 'parts', hsCode: '8708', packages: 3, packageKind: 'CASE', grossWeightKg: 500 }] }
  const leg = { mode: 'rail' as const, carrier: 'CR', from: { name: '洛阳' }, to: { name: '青岛' }, plannedDeparture: '2026-11-24T20:00:00+08:00', plannedArrival: '2026-11-26T08:00:00+08:00', carrierDocument: { kind: 'RAIL-WAYBILL' as const, nonNegotiable: true as const, consignedTo: 'carrier' as const } }
  const document = { billNumber: 'A', kind: 'to-order', negotiable: true, carrier: { name: 'MTO' }, shipper: { name: 'Maker' }, placeOfDelivery: { name: 'Santos' }, containers: [container], legs: [leg], remarks: [], insurance: null, declaredValue: null } as unknown as BillDocument

  it('is packages, weight and seals of a box, in one order of bytes', () => {
    expect(contentsText(container, salt)).to.equal(`{"container":"${box}","grossWeightKg":9500,"packages":5,"salt":"${salt}","schema":"yidan.contents/1","seals":[{"number":"SL1","source":"shipper"}]}`)
  })
  it('changes with each of them and with the salt', () => {
    const texts = [container, { ...container, seals: [{ number: 'SL2', source: 'shipper' as const }] }, { ...container, cargo: container.cargo.slice(1) }].map((changed) => contentsText(changed, salt))
    expect(new Set([...texts, contentsText(container, 'cd'.repeat(16))]).size).to.equal(4)
  })
  it('lets a switched bill show other parties and places, and nothing else', () => {
    const same = fixedPartText(document, salt)
    const show = (changes: object) => fixedPartText({ ...document, ...changes }, salt)
    expect(show({ billNumber: 'B', shipper: { name: 'Trader' }, placeOfDelivery: { name: 'Hamburg' }, legs: [{ ...leg, to: { name: '天津' } }] })).to.equal(same)
    const others = [{ containers: [{ ...container, tareKg: 3900 }] }, { legs: [{ ...leg, plannedDeparture: '2026-11-25T20:00:00+08:00' }] }, { remarks: ['wet before loading'] }, { kind: 'blank' }, { carrier: { name: 'Other' } }, { declaredValue: { amount: '1.00', currency: 'CNY' } }]
    for (const changes of others) expect(show(changes), JSON.stringify(changes)).not.to.equal(same)
    expect(fixedPartText(document, 'cd'.repeat(16))).not.to.equal(same)
  })
})
