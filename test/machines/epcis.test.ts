import type { ContainerNumber } from '@yidan/ledger'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equipment, transport, withdrawal } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'

interface Epcis { readonly type: string; readonly eventID: string; readonly action: string; readonly bizStep?: string; readonly epcList?: readonly string[]; readonly parentID?: string; readonly childEPCs?: readonly string[]; readonly errorDeclaration?: object; readonly [field: string]: unknown }
interface Answer { readonly epcisBody: { readonly queryResults: { readonly resultsBody: { readonly eventList: readonly Epcis[] } } } }
interface Job { readonly captureID: string; readonly running: boolean; readonly success: boolean; readonly errors: readonly { type: string; detail: string }[] }

const rail = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString()
const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'

describe('GS1 EPCIS 2.0', () => {
  let machines: OpenedMachines
  let isValid: ValidateFunction
  before(async () => {
    machines = await openTestMachines()
    const ajv = new Ajv({ strict: false, allErrors: true })
    ;(addFormats as unknown as typeof addFormats.default)(ajv)
    isValid = ajv.compile(JSON.parse(await readFile(join(import.meta.dirname, '../fixtures/epcis/epcis-json-schema.json'), 'utf8')) as object)
  })
  after(() => machines.close())
  afterEach(() => {
    expect(machines.bugs).to.deep.equal([])
  })

  const box = (index = 0): string => machines.containers[index] ?? ''
  const urn = (index = 0): string => `urn:epc:id:bic:${box(index)}`
  const query = async (who: string, given = ''): Promise<readonly Epcis[]> => {
    const answer = await machines.as(who, `/epcis/events${given}`)
    const body = (await answer.json()) as Answer
    expect(answer.status, JSON.stringify(body)).to.equal(200)
    expect([answer.headers.get('gs1-epcis-version'), answer.headers.get('gs1-cbv-version')]).to.deep.equal(['2.0.0', '2.0.0'])
    expect(isValid(body), JSON.stringify(isValid.errors?.slice(0, 5))).to.equal(true)
    return body.epcisBody.queryResults.resultsBody.eventList
  }
  const steps = (events: readonly Epcis[]): unknown[] => events.map(({ type, action, bizStep }) => `${type} ${action} ${bizStep ?? '-'}`)
  const send = (who: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => machines.as(who, '/epcis/capture', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
  const documentOf = (...eventList: unknown[]) => ({ '@context': [context], type: 'EPCISDocument', schemaVersion: '2.0', creationDate: at(59), epcisBody: { eventList } })
  const capture = async (who: string, events: readonly unknown[], headers: Record<string, string> = {}): Promise<Job> => {
    const answer = await send(who, documentOf(...events), headers)
    expect(answer.status, await answer.clone().text()).to.equal(202)
    const job = (await (await machines.as(who, answer.headers.get('location') ?? '')).json()) as Job
    await machines.open.feed.upTo(await machines.open.eventLog.last(), 60_000)
    return job
  }
  const move = (rest: object): object => ({ type: 'ObjectEvent', eventID: `urn:uuid:${randomUUID()}`, eventTime: '2026-11-20T20:30:00.000+08:00', eventTimeZoneOffset: '+08:00', action: 'OBSERVE', epcList: [urn()], ...rest })

  it('tells boxes, trains and the bill as the schema of GS1 wants them', async () => {
    const wrong = equipment({ container: box(2), code: 'GTIN', at: at(8) })
    await machines.happens(
      equipment({ container: box(), code: 'STUF', at: at(0) }), equipment({ container: box(), code: 'GTIN', at: at(1), eventLocation: { UNLocationCode: 'CNLYA' } }), equipment({ container: box(), code: 'CUSI', at: at(2) }), equipment({ container: box(), code: 'CUSR', at: at(3) }),
      equipment({ container: box(), code: 'LOAD', at: at(4), transportCall: rail, eventLocation: { locationName: '东方红陆港 (东)' } }), equipment({ container: box(), code: 'RSEA', at: at(5) }), transport({ code: 'DEPA', at: '2026-11-20T20:06:00+08:00', ...rail, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', kind: 'EST', at: at(50), ...rail }),
      equipment({ container: box(), code: 'STRP', at: at(7) }), wrong, withdrawal(wrong),
      { eventType: 'REEFER', eventID: randomUUID(), eventDateTime: at(9), eventClassifierCode: 'ACT', reeferEventTypeCode: 'MEAS', equipmentReference: box() as ContainerNumber, measuredParameters: { temperatureUnit: 'CEL', returnAirTemperatureValue: -17.5, humidityPercentage: 80 }, setpointParameters: { temperatureUnit: 'CEL', temperatureValue: -18 } },
      { eventType: 'IOT', eventID: randomUUID(), eventDateTime: at(10), eventClassifierCode: 'ACT', iotEventTypeCode: 'DETC', iotEventCode: 'DRO', equipmentReference: box() as ContainerNumber },
    )
    const events = await query('shipper', '?perPage=100')
    expect(steps(events)).to.deep.equal([
      'TransactionEvent ADD shipping', 'AggregationEvent ADD packing', 'ObjectEvent OBSERVE arriving', 'ObjectEvent OBSERVE inspecting', 'ObjectEvent OBSERVE accepting', 'AssociationEvent ADD loading', 'ObjectEvent OBSERVE other', 'ObjectEvent OBSERVE departing', 'AggregationEvent DELETE unpacking',
      'ObjectEvent OBSERVE arriving', 'ObjectEvent OBSERVE arriving', 'ObjectEvent OBSERVE sensor_reporting', 'ObjectEvent OBSERVE sensor_reporting',
    ])
    expect(events[0]).to.deep.include({ bizTransactionList: [{ type: 'bol', bizTransaction: `urn:yidan:bill:${machines.document.billNumber}` }], epcList: machines.containers.map((number) => `urn:epc:id:bic:${number}`) })
    expect(events[5]).to.deep.include({ parentID: 'urn:yidan:service:RAIL:X9136', childEPCs: [urn()], disposition: 'in_transit' })
    expect(events[7]?.epcList?.[0]).to.equal('urn:yidan:service:RAIL:X9136')
    expect(events[7]).to.include({ eventTimeZoneOffset: '+08:00' })
    expect(events[10]).to.deep.include({ eventID: events[9]?.eventID, errorDeclaration: { declarationTime: events[10]?.['recordTime'], reason: 'did_not_occur' } })
    expect(await query('thief')).to.deep.equal([])
  })

  it('is asked by type, time, step, place and object, and read page by page', async () => {
    for (const [given, count] of [
      ['eventType=AssociationEvent', 1], ['eventType=AssociationEvent,AggregationEvent', 3], [`GE_eventTime=${at(4)}&LT_eventTime=${at(7)}`, 3], ['EQ_bizStep=loading', 1], ['EQ_bizStep=urn:epcglobal:cbv:bizstep:loading', 1], ['EQ_bizLocation=urn:yidan:unlocode:CNLYA', 2], ['EQ_action=DELETE', 1],
      [`MATCH_epc=${urn()}&eventType=AssociationEvent`, 1], [`MATCH_epc=${urn(2)}&eventType=ObjectEvent`, 2], ['MATCH_epc=urn:epc:id:bic:*&EQ_bizStep=departing', 1], ['MATCH_anyEPC=urn:yidan:service:RAIL:X9136&EQ_bizStep=loading', 1], ['GE_eventTime=2031-01-01T00:00:00Z', 0], ['EQ_disposition=conformant', 1],
    ] as const) expect(await query('shipper', `?${given}`), given).to.have.length(count)
    const all = (await query('shipper', '?perPage=100')).map(({ eventID, recordTime }) => `${eventID} ${String(recordTime)}`)
    const seen: string[] = []
    for (let path: string | null = '/epcis/events?perPage=3'; path !== null; ) {
      const answer: Response = await machines.as('shipper', path)
      seen.push(...((await answer.json()) as Answer).epcisBody.queryResults.resultsBody.eventList.map(({ eventID, recordTime }) => `${eventID} ${String(recordTime)}`))
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? null
    }
    expect(seen).to.deep.equal(all)
  })

  it('takes documents in, and tells what became of them', async () => {
    const loaded = { ...move({ type: 'AssociationEvent', action: 'ADD', parentID: 'urn:yidan:service:RAIL:X9200', childEPCs: [urn(1), urn(2)], bizStep: 'loading', readPoint: { id: 'urn:yidan:unlocode:CNLYA' } }), epcList: undefined }
    const left = move({ epcList: ['urn:yidan:service:RAIL:X9200'], bizStep: 'https://ref.gs1.org/cbv/BizStep-departing', readPoint: { id: 'urn:yidan:unlocode:CNLYA' } })
    const arrived = move({ epcList: [urn(1)], bizStep: 'arriving', bizLocation: { id: 'urn:yidan:unlocode:CNLYA' } })
    const given = [arrived, loaded, left].map((event) => JSON.parse(JSON.stringify(event)) as object)
    expect(isValid(documentOf(...given)), JSON.stringify(isValid.errors)).to.equal(true)
    expect(await capture('terminal', given)).to.deep.include({ running: false, success: true, errors: [], 'yidan:accepted': 4, 'yidan:duplicates': 0 })
    expect(await capture('terminal', given)).to.deep.include({ success: true, 'yidan:accepted': 0, 'yidan:duplicates': 4 })
    const v2 = (await (await machines.as('shipper', `/dcsa/v2/events?equipmentReference=${box(1)}`)).json()) as { equipmentEventTypeCode?: string }[]
    expect(v2.map(({ equipmentEventTypeCode }) => equipmentEventTypeCode ?? '')).to.include.members(['GTIN', 'LOAD'])
    const departures = await query('shipper', '?MATCH_anyEPC=urn:yidan:service:RAIL:X9200&EQ_bizStep=departing')
    expect(departures[0]?.epcList).to.include.members([urn(1), urn(2)])
  })

  it('gives back what it took in', async () => {
    const events = (await query('shipper', '?perPage=100&eventType=ObjectEvent,AssociationEvent,AggregationEvent')).filter(({ errorDeclaration, recordTime }) => errorDeclaration === undefined && recordTime !== undefined).filter(({ bizStep }) => bizStep !== 'sensor_reporting')
    const copies = events.filter(({ epcList }) => (epcList ?? []).length <= 1).map(({ recordTime: _, ...event }) => ({ ...event, eventID: `urn:uuid:${randomUUID()}`, bizTransactionList: undefined })).map((event) => JSON.parse(JSON.stringify(event)) as Epcis)
    expect(copies.length).to.be.greaterThan(5)
    expect(await capture('terminal', copies)).to.include({ success: true })
    for (const copy of copies) {
      const [back] = await query('shipper', `?EQ_eventID=${encodeURIComponent(copy.eventID)}`)
      const { recordTime: _, bizTransactionList: __, ...rest } = back ?? ({} as Epcis)
      expect(rest).to.deep.equal(copy)
    }
  })

  it('withdraws by an error declaration, and only what the sender itself has captured', async () => {
    const event = move({ epcList: [urn(1)], bizStep: 'departing' }) as Epcis
    await capture('terminal', [event])
    const error = { ...event, errorDeclaration: { declarationTime: at(59), reason: 'did_not_occur' } }
    expect((await capture('carrier', [error])).errors[0]?.detail).to.match(/eventList\/0/)
    expect(await capture('terminal', [error])).to.include({ success: true })
    expect((await query('shipper', `?EQ_eventID=${event.eventID}`)).map(({ errorDeclaration }) => errorDeclaration === undefined)).to.deep.equal([true, false])
  })

  it('takes all of a document or nothing, unless it is told to go on', async () => {
    const good = move({ epcList: [urn(2)], bizStep: 'departing' }) as Epcis
    const bad = [move({ epcList: ['urn:epc:id:sgtin:0614141.107346.2018'] }), move({ bizStep: 'retail_selling' }), { type: 'ObjectEvent' }, move({ type: 'TransactionEvent', action: 'ADD', bizTransactionList: [{ type: 'bol', bizTransaction: 'urn:yidan:bill:X' }] }), move({ bizStep: 'arriving', eventTime: '2036-01-01T00:00:00Z' })]
    const refused = await capture('terminal', [good, ...bad])
    expect(refused).to.deep.include({ success: false, 'yidan:accepted': 0 })
    expect(refused.errors.map(({ detail }) => /eventList\/(\d)/.exec(detail)?.[1])).to.deep.equal(['1', '2', '3', '4', '5'])
    expect(await query('shipper', `?EQ_eventID=${good.eventID}`)).to.have.length(0)
    expect(await capture('terminal', [good, ...bad], { 'gs1-capture-error-behaviour': 'proceed' })).to.deep.include({ success: false, 'yidan:accepted': 1 })
    expect(await query('shipper', `?EQ_eventID=${good.eventID}`)).to.have.length(1)
  })

  it('answers what it cannot do with the exceptions of the standard', async () => {
    for (const [who, method, path, status, type, body] of [
      ['', 'GET', '/epcis/events', 401, 'SecurityException'], ['keyless', 'GET', '/epcis/events', 403, 'SecurityException'], ['shipper', 'GET', '/epcis/events?eventType=Party', 400, 'QueryParameterException'], ['shipper', 'GET', '/epcis/events?EQ_surprise=1', 400, 'QueryParameterException'], ['shipper', 'GET', '/epcis/events?nextPageToken=zz', 400, 'QueryParameterException'],
      ['shipper', 'GET', '/epcis/topLevelResources', 404, 'NoSuchResourceException'], ['shipper', 'GET', '/epcis/events/urn:uuid:none', 404, 'NoSuchResourceException'], ['terminal', 'GET', '/epcis/capture/none', 404, 'NoSuchResourceException'], ['shipper', 'POST', '/epcis/capture', 403, 'SecurityException', {}], ['terminal', 'POST', '/epcis/capture', 400, 'ValidationException', {}], ['terminal', 'POST', '/epcis/capture', 400, 'ValidationException', '{'],
    ] as const) {
      const answer = await machines.as(who, path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) }) })
      expect(answer.status, path).to.equal(status)
      expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/)
      expect(answer.headers.get('gs1-epcis-version')).to.equal('2.0.0')
      expect(await answer.json()).to.include({ type: `epcisException:${type}`, status })
    }
    expect((await machines.as('shipper', '/epcis/events', { headers: { accept: 'text/xml' } })).status).to.equal(406)
    expect((await send('terminal', '<EPCISDocument/>', { 'content-type': 'application/xml' })).status).to.equal(415)
    const other = await send('terminal', documentOf(move({ epcList: [urn(2)], bizStep: 'departing' })))
    expect((await machines.as('carrier', other.headers.get('location') ?? '')).status).to.equal(404)
  })

  it('never answers 500, whatever is asked or sent', async () => {
    const names = fc.constantFrom('eventType', 'GE_eventTime', 'LT_recordTime', 'EQ_bizStep', 'MATCH_epc', 'EQ_bizLocation', 'perPage', 'nextPageToken', '__proto__')
    const values = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('', '1', 'ObjectEvent', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '\u0000', 'urn:epc:id:bic:*'))
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 3 }), async (given) => {
      const answer = await machines.as('shipper', `/epcis/events?${new URLSearchParams(given).toString()}`)
      expect([200, 400]).to.include(answer.status)
      await answer.arrayBuffer()
    }), { numRuns: 100 })
    const event = fc.record({ type: fc.constantFrom('ObjectEvent', 'AggregationEvent', 'AssociationEvent', 'TransactionEvent'), eventID: fc.oneof(fc.string(), fc.constant('urn:uuid:00000000-0000-0000-0000-000000000000')), eventTime: fc.constantFrom(at(1), '2026-11-20T20:30:00+08:00', 'x'), eventTimeZoneOffset: fc.constant('+08:00'), action: fc.constantFrom('ADD', 'OBSERVE', 'DELETE'), bizStep: fc.constantFrom('arriving', 'loading', 'packing', 'constructor', '__proto__'), epcList: fc.array(fc.constantFrom(urn(), 'urn:yidan:service:RAIL:%E0%A4%A', 'urn:yidan:place:%00')), parentID: fc.constantFrom(urn(), 'urn:yidan:service:RAIL:X1', 'urn:yidan:service:SPACE:X1'), childEPCs: fc.array(fc.constant(urn())), bizTransactionList: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(fc.record({ bizTransaction: fc.constantFrom('urn:yidan:booking:B%00', 'urn:yidan:document:XXX:1', 'urn:yidan:document:VGM:1') }))), 'yidan:equipmentEventTypeCode': fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: ['type', 'eventTime', 'eventTimeZoneOffset', 'action'] })
    await fc.assert(fc.asyncProperty(fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.array(fc.oneof(event, fc.jsonValue({ maxDepth: 2 })), { maxLength: 4 }).map((events) => documentOf(...events))), async (given) => {
      const answer = await send('terminal', JSON.stringify(given))
      expect([202, 400], JSON.stringify(given)).to.include(answer.status)
      await answer.arrayBuffer()
    }), { numRuns: 150 })
  })
})
