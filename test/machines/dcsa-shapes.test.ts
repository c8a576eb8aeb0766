import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equipmentEventCodes, type TrackingEvent } from '@yidan/api/contract'
import { equipment, transport, withdrawal } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'

/** Every kind of event that can come in, held to what DCSA has published. `test/fixtures/dcsa` says where that is from and where it cannot be kept. */
describe('answers in the shapes of DCSA Track & Trace', function () {
  this.timeout(60_000)
  let machines: OpenedMachines
  let shapes: Readonly<Record<'v2' | 'v2Error' | 'v3', ValidateFunction>>
  before(async () => {
    machines = await openTestMachines()
    const ajv = new Ajv({ strict: false, allErrors: true })
    ;(addFormats as unknown as typeof addFormats.default)(ajv)
    for (const name of ['tnt-2.2.0', 'tnt-3.0.0-beta-1']) ajv.addSchema(JSON.parse(await readFile(join(import.meta.dirname, `../fixtures/dcsa/${name}.json`), 'utf8')) as object, name)
    shapes = { v2: ajv.compile({ $ref: 'tnt-2.2.0#/definitions/events' }), v2Error: ajv.compile({ $ref: 'tnt-2.2.0#/definitions/Error' }), v3: ajv.compile({ $ref: 'tnt-3.0.0-beta-1#/definitions/events' }) }
    await machines.happens(...everyKind())
    const taken = equipment({ container: box(1), code: 'GTOT', at: at(90) })
    await machines.happens(taken, withdrawal(taken))
  })
  after(() => machines.close())

  const box = (index = 0): string => machines.containers[index] ?? ''
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()
  const read = async (path: string): Promise<Record<string, unknown>[]> => (await (await machines.as('terminal', path)).json()) as Record<string, unknown>[]
  const faultsOf = (shape: keyof typeof shapes, value: unknown): string => (shapes[shape](value) ? '' : JSON.stringify(shapes[shape].errors?.slice(0, 5), null, 1))

  function everyKind(): TrackingEvent[] {
    const places = [{ locationName: '东方红陆港'.repeat(30) }, { UNLocationCode: 'CNLYA', facilityTypeCode: 'RAMP' }, { locationName: '霍尔果斯', latitude: 44.2, longitude: 80.4, facilityTypeCode: 'BORD' }, { locationName: 'nowhere', facilityTypeCode: 'ODD' }]
    const references = [{ documentReferenceType: 'BKG', documentReferenceValue: 'B-1' }, { documentReferenceType: 'SHI', documentReferenceValue: 'S-1' }] as const
    const moves = equipmentEventCodes.map((code, index) => equipment({
      container: box(), code, at: at(index), eventLocation: places[index % 4], documentReferences: [...references], ISOEquipmentCode: '22G1', isTransshipmentMove: index % 2 === 0,
      seals: [{ sealNumber: 'KF1', sealSource: 'CUS', sealType: 'BLT' }, { sealNumber: 'KF2' }], transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: index % 2 ? 'X9136' : 'a service code of many letters', location: places[(index + 1) % 4] },
    }))
    const runs = (['ACT', 'EST', 'PLN'] as const).map((kind, index) => transport({ code: index % 2 ? 'ARRI' : 'DEPA', kind, at: at(20 + index), modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', location: places[index] }))
    const sailed = transport({ code: 'DEPA', at: at(30), modeOfTransport: 'VESSEL', vesselName: 'DEMO '.repeat(12), vesselIMONumber: '9321483', exportVoyageNumber: '2247N', location: { UNLocationCode: 'CNTAO' } })
    const aboard = equipment({ container: box(), code: 'LOAD', at: at(29), transportCall: { modeOfTransport: 'VESSEL', vesselName: 'DEMO STRAIT', vesselIMONumber: '9321483', exportVoyageNumber: '2247N' } })
    const papers = (['ISSU', 'PENC', 'CANC', 'CONF'] as const).flatMap((code) => (['TRD', 'CUS', 'CUC', 'VGM', 'CEO'] as const).map((kind): TrackingEvent => ({ eventType: 'SHIPMENT', eventID: randomUUID(), eventDateTime: at(40), eventClassifierCode: 'ACT', shipmentEventTypeCode: code, documentTypeCode: kind, documentID: machines.document.billNumber, reason: 'seen' })))
    const delayed = { ...transport({ code: 'ARRI', at: at(50), kind: 'EST', modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' }), delayReasonCode: 'WEATHER', changeRemark: 'snow' }
    return [...moves, ...runs, aboard, sailed, ...papers, delayed]
  }

  it('fit version 2.2', async () => {
    const events = await read('/dcsa/v2/events?limit=1000')
    expect(new Set(events.map(({ eventType }) => eventType))).to.deep.equal(new Set(['SHIPMENT', 'EQUIPMENT', 'TRANSPORT']))
    for (const event of events) expect(faultsOf('v2', [event]), JSON.stringify(event)).to.equal('')
  })

  it('fit version 3.0, withdrawals among them', async () => {
    const events = await read('/dcsa/v3/events?eventTypes=SHIPMENT,TRANSPORT,EQUIPMENT&limit=1000')
    expect(events.some(({ payload }) => payload === undefined)).to.equal(true)
    expect(events.length).to.be.greaterThan(30)
    for (const event of events) expect(faultsOf('v3', [event]), JSON.stringify(event)).to.equal('')
  })

  it('fit when they are refusals', async () => {
    for (const path of ['/dcsa/v2/events?limit=0', '/dcsa/v2/events?vesselIMONumber=12', '/dcsa/v2/events/none', '/dcsa/v2/nothing']) expect(faultsOf('v2Error', await read(path)), path).to.equal('')
  })

  it('are held to shapes that a wrong answer does not fit', () => {
    expect(faultsOf('v2', [{ eventType: 'EQUIPMENT' }])).to.not.equal('')
    expect(faultsOf('v3', [{ metadata: {} }])).to.not.equal('')
  })

  it('tell of one vessel by her IMO number', async () => {
    expect((await read('/dcsa/v2/events?vesselIMONumber=9321483')).map(({ eventType }) => eventType)).to.have.members(['EQUIPMENT', 'TRANSPORT'])
    expect(await read('/dcsa/v3/events?vesselIMONumber=9321483')).to.have.length(2)
    expect(await read('/dcsa/v2/events?vesselIMONumber=9074729')).to.deep.equal([])
  })
})
