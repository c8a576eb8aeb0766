import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equipmentEventCodes, type TrackingEvent } from '@yidan/api/contract'
import type { ContainerNumber } from '@yidan/ledger'
import { equipment, transport, withdrawal } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'
import { openReceiver, type Receiver } from './receiver.ts'
import { until } from '../support/until.ts'

interface Fixture { readonly definitions: Record<string, { required?: string[] }> }

/** What is required there and nobody has told: left out rather than made up, and nothing else is. */
const untold: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = { 'tnt-2.2.0': { Seal: ['sealType'] }, 'tnt-3.0.0-beta-1': { publisher: ['carrierCode', 'carrierCodeListProvider'] } }
const named = { v2: 'tnt-2.2.0#/definitions/events', v2Error: 'tnt-2.2.0#/definitions/Error', v3: 'tnt-3.0.0-beta-1#/definitions/events', v3Readings: 'tnt-3.0.0-beta-1#/definitions/eventsAndReadings', v3Error: 'tnt-3.0.0-beta-1#/definitions/error', v3New: 'tnt-3.0.0-beta-1#/definitions/newSubscription', v3Subscription: 'tnt-3.0.0-beta-1#/definitions/subscription', v3Subscriptions: 'tnt-3.0.0-beta-1#/definitions/subscriptions' } as const
type Shape = keyof typeof named

/** Every kind of event that can come in, held to what DCSA has published. `test/fixtures/dcsa` says where that is from and where it cannot be kept. */
describe('answers in the shapes of DCSA Track & Trace', () => {
  let machines: OpenedMachines
  let receiver: Receiver
  let shapes: Readonly<Record<Shape, ValidateFunction>>
  before(async () => {
    machines = await openTestMachines()
    receiver = await openReceiver()
    const ajv = new Ajv({ strict: false, allErrors: true })
    ;(addFormats as unknown as typeof addFormats.default)(ajv)
    for (const [name, parts] of Object.entries(untold)) ajv.addSchema(without(parts, JSON.parse(await readFile(join(import.meta.dirname, `../fixtures/dcsa/${name}.json`), 'utf8')) as Fixture), name)
    shapes = Object.fromEntries(Object.entries(named).map(([shape, $ref]) => [shape, ajv.compile({ $ref })])) as Record<Shape, ValidateFunction>
    await machines.happens(...everyKind(), ...readings())
    const taken = equipment({ container: box(1), code: 'GTOT', at: at(90) })
    await machines.happens(taken, withdrawal(taken))
  })
  after(async () => {
    await machines.close()
    await receiver.close()
  })

  const box = (index = 0): string => machines.containers[index] ?? ''
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()
  const ask = (path: string, init?: RequestInit): Promise<Response> => machines.as('terminal', path, init)
  const read = async (path: string, init?: RequestInit): Promise<Record<string, unknown>[]> => (await (await ask(path, init)).json()) as Record<string, unknown>[]
  const saying = (method: string, body: object): RequestInit => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const faultsOf = (shape: Shape, value: unknown): string => (shapes[shape](value) ? '' : JSON.stringify(shapes[shape].errors?.slice(0, 5), null, 1))

  function without(parts: Readonly<Record<string, readonly string[]>>, fixture: Fixture): Fixture {
    for (const [name, fields] of Object.entries(parts)) {
      const part = fixture.definitions[name]
      expect(part?.required, name).to.include.members([...fields])
      if (part?.required !== undefined) part.required = part.required.filter((field) => !fields.includes(field))
    }
    return fixture
  }

  function everyKind(): TrackingEvent[] {
    const places = [{ locationName: '东方红陆港'.repeat(30) }, { UNLocationCode: 'CNLYA', facilityTypeCode: 'RAMP' }, { locationName: ' 霍尔果斯 ', latitude: 44.2, longitude: 80.4, facilityTypeCode: 'BORD' }, { locationName: `${'nowhere'.padEnd(100)}at all`, facilityTypeCode: 'ODD' }, { locationName: '  ' }, { latitude: -23.96, longitude: -46.3 }]
    const references = [{ documentReferenceType: 'BKG', documentReferenceValue: 'B-1' }, { documentReferenceType: 'SHI', documentReferenceValue: 'S-1' }] as const
    const moves = equipmentEventCodes.map((code, index) => equipment({
      container: box(), code, at: at(index), eventLocation: places[index % 6], documentReferences: [...references], ISOEquipmentCode: index % 2 ? '22G1' : ' ', isTransshipmentMove: index % 3 !== 0,
      seals: [{ sealNumber: 'KF1', sealSource: 'CUS', sealType: 'BLT' }, { sealNumber: 'KF2' }], transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: index % 2 ? 'X9136' : 'a service code of many letters', wagonNumber: '5481234', location: places[(index + 1) % 6] },
    }))
    const runs = (['ACT', 'EST', 'PLN'] as const).map((kind, index) => transport({ code: index % 2 ? 'ARRI' : 'DEPA', kind, at: at(20 + index), modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', location: places[index] }))
    const sailed = transport({ code: 'DEPA', at: at(30), modeOfTransport: 'VESSEL', vesselName: 'DEMO '.repeat(12), vesselIMONumber: '9321483', exportVoyageNumber: '2247N', location: { UNLocationCode: 'CNTAO' } })
    const aboard = equipment({ container: box(), code: 'LOAD', at: at(29), transportCall: { modeOfTransport: 'VESSEL', vesselName: 'DEMO STRAIT', vesselIMONumber: '9321483', exportVoyageNumber: '2247N' } })
    const others = ([{ modeOfTransport: 'VESSEL', vesselName: 'DEMO STRAIT', carrierServiceCode: 'a service of many letters' }, { modeOfTransport: 'VESSEL', carrierServiceCode: 'FE1' }, { modeOfTransport: 'BARGE', vesselName: 'DEMO BARGE', exportVoyageNumber: '12' }, { modeOfTransport: 'BARGE', vesselIMONumber: '9321483' }, { modeOfTransport: 'BARGE' }, { modeOfTransport: 'TRUCK', carrierServiceCode: '豫C12345' }, { modeOfTransport: 'TRUCK', carrierServiceCode: 'a trip of very many letters' }, { modeOfTransport: 'RAIL' }] as const)
      .flatMap((call, index) => [transport({ code: 'ARRI', at: at(60 + index), ...call }), equipment({ container: box(), code: 'DISC', at: at(70 + index), transportCall: call })])
    const papers = (['ISSU', 'PENC', 'CANC', 'CONF'] as const).flatMap((code) => (['TRD', 'CUS', 'CUC', 'VGM', 'CEO'] as const).map((kind): TrackingEvent => ({ eventType: 'SHIPMENT', eventID: randomUUID(), eventDateTime: at(40), eventClassifierCode: kind === 'VGM' ? 'PLN' : 'ACT', shipmentEventTypeCode: code, documentTypeCode: kind, documentID: machines.document.billNumber, reason: 'seen' })))
    const delayed = ['WEA', 'WEATHER'].map((delayReasonCode, index) => ({ ...transport({ code: 'ARRI', at: at(50 + index), kind: 'EST', modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' }), delayReasonCode, changeRemark: 'snow' }))
    return [...moves, ...runs, aboard, sailed, ...others, ...papers, ...delayed]
  }

  function readings(): TrackingEvent[] {
    const common = { eventClassifierCode: 'ACT', equipmentReference: box() as ContainerNumber } as const
    const reefer = { ...common, eventType: 'REEFER', eventLocation: { locationName: ' 洛阳 ', latitude: 34.62, longitude: 112.45 } } as const
    const device = { ...common, eventType: 'IOT', iotEventTypeCode: 'DETC', eventLocation: { UNLocationCode: 'CNLYA' } } as const
    return [
      { ...reefer, eventID: randomUUID(), eventDateTime: at(80), reeferEventTypeCode: 'MEAS', measuredParameters: { returnAirTemperatureValue: -17.5, supplyAirTemperatureValue: -19, ambientTemperatureValue: 21, temperatureUnit: 'CEL', humidityPercentage: 60 } },
      { ...reefer, eventID: randomUUID(), eventDateTime: at(81), reeferEventTypeCode: 'ADJU', setpointParameters: { temperatureValue: -18, temperatureUnit: 'CEL' } },
      { ...reefer, eventID: randomUUID(), eventDateTime: at(82), reeferEventTypeCode: 'MEAS' },
      { ...device, eventID: randomUUID(), eventDateTime: at(83), iotEventCode: 'DRO' },
      { ...device, eventID: randomUUID(), eventDateTime: at(84), iotEventCode: 'SHK', shockG: 9 },
    ]
  }

  it('fit version 2.2', async () => {
    const events = await read('/dcsa/v2/events?limit=1000')
    expect(new Set(events.map(({ eventType }) => eventType))).to.deep.equal(new Set(['SHIPMENT', 'EQUIPMENT', 'TRANSPORT']))
    for (const event of events) expect(faultsOf('v2', [event]), JSON.stringify(event)).to.equal('')
  })

  it('fit version 3.0, withdrawals among them, where nothing else is asked for', async () => {
    const events = await read('/dcsa/v3/events?limit=1000')
    expect(events.some(({ payload }) => payload === undefined)).to.equal(true)
    expect(events.length).to.be.greaterThan(50)
    for (const event of events) expect(faultsOf('v3', [event]), JSON.stringify(event)).to.equal('')
    const payloads = events.map(({ payload }) => payload as Record<string, unknown> | undefined)
    const calls = payloads.flatMap((payload) => (payload?.['transportCall'] === undefined ? [] : [payload['transportCall'] as Record<string, unknown>]))
    expect(calls.map(({ barge }) => barge)).to.deep.include.members([{ name: 'DEMO BARGE' }, { name: 'TBD', vesselIMONumber: '9321483' }])
    expect(calls.map(({ licencePlate }) => licencePlate)).to.include('豫C12345')
    expect(calls.map(({ railCar }) => railCar)).to.include('5481234')
    expect(payloads.map((payload) => payload?.['eventLocation'])).to.deep.include.members([{ locationType: 'GEOL', latitude: '-23.96000', longitude: '-46.30000' }, { locationType: 'GEOL', locationName: '霍尔果斯', latitude: '+44.20000', longitude: '+80.40000' }, { locationType: 'ADDR', locationName: 'nowhere', address: { name: 'nowhere', country: 'N/A' } }])
  })

  it('fit the readings of reefers and devices in 3.0, which are given by name', async () => {
    const events = await read('/dcsa/v3/events?eventTypes=REEFER,IOT&limit=1000')
    for (const event of events) expect(faultsOf('v3Readings', [event]), JSON.stringify(event)).to.equal('')
    expect(events.map(({ payload }) => payload as Record<string, unknown>).map(({ measurements, setpoints, iotEventCode }) => measurements ?? setpoints ?? iotEventCode)).to.deep.equal([{ ambientTemperature: 21, temperature: -17.5, temperatureUnit: 'CEL', humidity: 60 }, { temperature: -18, temperatureUnit: 'CEL' }, 'DRO'])
  })

  it('fit when they are refusals of 2.2, which has subscriptions that are not given here', async () => {
    for (const path of ['/dcsa/v2/events?limit=0', '/dcsa/v2/events?vesselIMONumber=12', '/dcsa/v2/events/none', '/dcsa/v2/nothing', '/dcsa/v2/event-subscriptions']) expect(faultsOf('v2Error', await read(path)), path).to.equal('')
  })

  it('fit when they are refusals of 3.0', async () => {
    const secret = randomBytes(32).toString('base64')
    const requests: [string, RequestInit?][] = [
      ['/dcsa/v3/events?limit=0'], [`/dcsa/v3/events?documentTypeCodes=${'ODD,'.repeat(30)}`], [`/dcsa/v3/events?${'x'.repeat(80)}=${'y'.repeat(900)}`], ['/dcsa/v3/events?universalServiceReference=FE1'], ['/dcsa/v3/events/none'], ['/dcsa/v3/nothing'], ['/dcsa/v3/events', { method: 'DELETE' }], ['/dcsa/v3/event-subscriptions?cursor=x'],
      ['/dcsa/v3/event-subscriptions', saying('POST', {})], ['/dcsa/v3/event-subscriptions', saying('POST', { callbackUrl: 'https://10.0.0.1/', secret })], ['/dcsa/v3/event-subscriptions', saying('POST', { callbackUrl: receiver.url, secret, equipmentReference: 'TOOLONGFORBOX' })], ['/dcsa/v3/event-subscriptions', { method: 'POST', body: 'x' }], [`/dcsa/v3/event-subscriptions/${randomUUID()}`],
    ]
    for (const [path, init] of requests) {
      const answer = await ask(path, init)
      expect(answer.status, path).to.be.within(400, 499)
      const body: unknown = await answer.json()
      expect(faultsOf('v3Error', body), `${path} ${JSON.stringify(body)}`).to.equal('')
    }
    expect(faultsOf('v3Error', await (await machines.as('', '/dcsa/v3/events')).json())).to.equal('')
  })

  it('fit when they are subscriptions of 3.0, made, changed and listed, and what is pushed to them', async () => {
    const body = {
      callbackUrl: receiver.url, secret: randomBytes(32).toString('base64'), eventTypes: ['EQUIPMENT', 'TRANSPORT'], shipmentEventTypeCodes: ['ISSU'], documentTypeCodes: ['TRD'], documentReference: 'D-1', equipmentReference: box(), transportEventTypeCodes: ['DEPA'], equipmentEventTypeCodes: ['LOAD'],
      transportCallReference: 'C-1', vesselIMONumber: '9321483', carrierExportVoyageNumber: '2247N', universalExportVoyageReference: '2103N', carrierServiceCode: 'FE1', universalServiceReference: 'SR12345A', UNLocationCode: 'CNTAO',
    }
    const { secret, ...shown } = body
    expect(faultsOf('v3New', body)).to.equal('')
    const made = await ask('/dcsa/v3/event-subscriptions', saying('POST', body))
    expect(made.status, await made.clone().text()).to.equal(201)
    const subscription = (await made.json()) as Record<string, unknown>
    expect(faultsOf('v3Subscription', subscription)).to.equal('')
    expect(subscription).to.deep.include(shown)
    const path = `/dcsa/v3/event-subscriptions/${String(subscription['subscriptionID'])}`
    expect(faultsOf('v3Subscription', await read(path))).to.equal('')
    expect(faultsOf('v3Subscription', await read(path, saying('PUT', { ...subscription, callbackUrl: `${receiver.url}?again` })))).to.equal('')
    expect(faultsOf('v3Subscription', await read(path, saying('PUT', { callbackUrl: receiver.url })))).to.equal('')
    expect(faultsOf('v3Subscriptions', await read('/dcsa/v3/event-subscriptions'))).to.equal('')
    expect(secret).to.have.length.greaterThan(40)
    await machines.happens(...readings(), equipment({ container: box(), code: 'CUSR', at: at(95) }))
    await until(() => receiver.received.length > 0, 'a push')
    const pushed = receiver.received.flatMap(({ json }) => json as { payload: Record<string, unknown> }[])
    expect(faultsOf('v3', pushed)).to.equal('')
    expect(pushed.map(({ payload }) => payload['equipmentEventTypeCode'])).to.deep.equal(['CUSR'])
    expect((await ask(path, { method: 'DELETE' })).status).to.equal(204)
  })

  it('are held to shapes that a wrong answer does not fit', () => {
    expect(faultsOf('v2', [{ eventType: 'EQUIPMENT' }])).to.not.equal('')
    expect(faultsOf('v3', [{ metadata: {} }])).to.not.equal('')
    expect(faultsOf('v3Subscription', {})).to.not.equal('')
    expect(faultsOf('v3Error', { httpMethod: 'GET', requestUri: '/', statusCode: 400, statusCodeText: 'Bad Request', errorDateTime: at(0), errors: [] })).to.not.equal('')
  })

  it('tell of one vessel by her IMO number', async () => {
    expect((await read('/dcsa/v2/events?vesselIMONumber=9321483')).map(({ eventType }) => eventType)).to.have.members(['EQUIPMENT', 'TRANSPORT', 'EQUIPMENT', 'TRANSPORT'])
    expect(await read('/dcsa/v3/events?vesselIMONumber=9321483&carrierExportVoyageNumber=2247N')).to.have.length(2)
    expect(await read('/dcsa/v2/events?vesselIMONumber=9074729')).to.deep.equal([])
  })

  it('give nothing for numbers of 3.0 that nobody tells here', async () => {
    for (const query of ['carrierImportVoyageNumber=2103N', 'universalImportVoyageReference=2103N', 'universalExportVoyageReference=2103N', 'universalServiceReference=SR12345A']) expect(await read(`/dcsa/v3/events?${query}`), query).to.deep.equal([])
  })
})
