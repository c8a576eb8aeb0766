import type { RunCall } from '@yidan/api/contract'
import { expect } from 'chai'
import { listFrom, listText, shifted, tonnes } from './wagons.ts'

const call = (number: number, more: Partial<RunCall>): RunCall => ({ number, place: `P${number}`, code: 'CNLYA', arrival: null, departure: null, border: false, gaugeTo: null, exchange: false, gauge: 1435, expectedArrival: null, expectedDeparture: null, actualArrival: null, actualDeparture: null, delay: null, remark: null, ...more })

describe('the train on the screen', () => {
  it('gives every call ahead the same delay, and leaves what has happened', () => {
    const calls = [call(1, { departure: '2026-11-24T12:00:00Z', actualDeparture: '2026-11-24T12:00:00.000Z' }), call(2, { arrival: '2026-11-25T00:00:00Z', departure: '2026-11-25T02:00:00Z', actualArrival: '2026-11-25T01:00:00.000Z' }), call(3, { arrival: '2026-11-26T08:00:00+08:00' })]
    expect(shifted(calls, 1, 90)).to.deep.equal([{ call: 2, arrival: null, departure: '2026-11-25T03:30:00.000Z' }, { call: 3, arrival: '2026-11-26T01:30:00.000Z', departure: null }])
  })

  it('reads a wagon list back as it wrote it, however it is separated', () => {
    const wagons = [{ number: '5240001', boxes: [{ container: 'TBJU5123003' }, { container: 'TBJU5123019' }] }, { number: '5240002', boxes: [] }]
    expect(listText({ wagons } as never)).to.equal('5240001 TBJU5123003 TBJU5123019\n5240002')
    expect(listFrom(' 5240001, tbju5123003；TBJU5123019 \n\n5240002\t')).to.deep.equal([{ number: '5240001', boxes: ['TBJU5123003', 'TBJU5123019'] }, { number: '5240002', boxes: [] }])
  })

  it('writes tonnes without zeros that say nothing', () => {
    expect([26_000, 26_500, 26_050, 3_750].map(tonnes)).to.deep.equal(['26 t', '26.5 t', '26.05 t', '3.75 t'])
  })
})
