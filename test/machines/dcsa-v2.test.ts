import { expect } from 'chai'
import fc from 'fast-check'
import { equipment, position, transport, withdrawal } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'

interface V2 { readonly eventID: string; readonly eventType: string; readonly [field: string]: unknown }
interface Fault { readonly httpMethod: string; readonly requestUri: string; readonly statusCode: number; readonly statusCodeText: string; readonly errors: readonly { reason: string; message: string }[] }

const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('DCSA Track & Trace 2.2', () => {
  let machines: OpenedMachines
  before(async () => {
    machines = await openTestMachines()
  })
  after(() => machines.close())
  afterEach(() => {
    expect(machines.bugs).to.deep.equal([])
  })

  const box = (index = 0): string => machines.containers[index] ?? ''
  const list = async (who: string, query = ''): Promise<V2[]> => {
    const answer = await machines.as(who, `/dcsa/v2/events${query}`)
    expect(answer.status, await answer.clone().text()).to.equal(200)
    expect(answer.headers.get('api-version')).to.equal('2.2.0')
    return (await answer.json()) as V2[]
  }
  const faultOf = async (who: string, path: string, init: RequestInit = {}): Promise<Fault> => {
    const answer = await machines.as(who, path, init)
    expect(answer.headers.get('api-version')).to.equal('2.2.0')
    expect(answer.headers.get('content-type')).to.match(/^application\/json/)
    const fault = (await answer.json()) as Fault
    expect(fault).to.include({ httpMethod: init.method ?? 'GET', statusCode: answer.status })
    expect(fault.requestUri).to.equal(path)
    expect(fault.statusCodeText).to.be.a('string').and.not.equal('')
    expect(fault.errors.length).to.be.greaterThan(0)
    for (const error of fault.errors) expect(error).to.have.all.keys('reason', 'message')
    return fault
  }
  const minutes = (events: readonly V2[]): unknown[] => events.map((event) => event['equipmentEventTypeCode'] ?? event['transportEventTypeCode'] ?? event['shipmentEventTypeCode'])

  it('gives a holder what happened to its boxes, its train and its bill, and a stranger nothing', async () => {
    await machines.happens(
      equipment({ container: box(), code: 'GTIN', at: at(0), eventLocation: { locationName: '东方红陆港', UNLocationCode: 'CNLYA' }, seals: [{ sealNumber: 'KF1', sealSource: 'CAR' }] }),
      equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call, eventLocation: { UNLocationCode: 'CNLYA' } }), equipment({ container: box(), code: 'CUSR', at: at(6) }),
      transport({ code: 'DEPA', at: at(10), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'DEPA', at: at(11), modeOfTransport: 'RAIL', carrierServiceCode: 'X9999', UNLocationCode: 'CNXIA' }),
      position({ at: at(12), latitude: 34.6, longitude: 112.4, transportCall: call }), equipment({ container: 'TBJU5123003', code: 'GTIN', at: at(13) }),
    )
    const seen = await list('shipper')
    expect(minutes(seen)).to.deep.equal(['APPR', 'ISSU', 'GTIN', 'LOAD', 'DEPA'])
    expect(await list('thief')).to.deep.equal([])
    expect(minutes(await list('terminal'))).to.deep.equal(['APPR', 'ISSU', 'GTIN', 'LOAD', 'DEPA', 'DEPA', 'GTIN'])
    const departure = seen.at(-1)
    expect(departure).to.deep.include({ eventType: 'TRANSPORT', eventClassifierCode: 'ACT', references: [{ referenceType: 'EQ', referenceValue: box() }, { referenceType: 'EQ', referenceValue: box(1) }, { referenceType: 'EQ', referenceValue: box(2) }].sort((one, other) => (one.referenceValue < other.referenceValue ? -1 : 1)) })
    expect(departure?.['documentReferences']).to.deep.equal([{ documentReferenceType: 'TRD', documentReferenceValue: machines.document.billNumber }])
    expect(seen[2]).to.deep.include({ equipmentReference: box(), emptyIndicatorCode: 'LADEN', seals: [{ sealNumber: 'KF1', sealSource: 'CAR' }], eventLocation: { locationName: '东方红陆港', UNLocationCode: 'CNLYA' } })
    expect(seen[1]).to.deep.include({ eventType: 'SHIPMENT', documentTypeCode: 'TRD', documentID: machines.document.billNumber })
  })

  it('filters by every field, several values of one field as alternatives, several fields together', async () => {
    const bill = machines.document.billNumber
    const cases: Readonly<Record<string, readonly string[]>> = {
      'eventType=EQUIPMENT': ['GTIN', 'LOAD'], 'eventType=EQUIPMENT,TRANSPORT': ['GTIN', 'LOAD', 'DEPA'], 'equipmentEventTypeCode=LOAD': ['LOAD'], 'equipmentEventTypeCode=LOAD,GTIN': ['GTIN', 'LOAD'],
      'transportEventTypeCode=DEPA': ['DEPA'], 'transportEventTypeCode=ARRI': [], 'shipmentEventTypeCode=ISSU': ['ISSU'], 'shipmentEventTypeCode=ISSU&equipmentEventTypeCode=GTIN': [], 'documentTypeCode=TRD': ['APPR', 'ISSU'], 'documentTypeCode=VGM': [],
      [`equipmentReference=${box()}`]: ['APPR', 'ISSU', 'GTIN', 'LOAD', 'DEPA'], [`equipmentReference=${box(1)}&eventType=EQUIPMENT`]: [], 'equipmentReference=TBJU5123003': [],
      [`transportDocumentReference=${bill}`]: ['APPR', 'ISSU', 'GTIN', 'LOAD', 'DEPA'], 'transportDocumentReference=NOBILL': [], 'carrierServiceCode=X9136': ['LOAD', 'DEPA'], 'exportVoyageNumber=X9136': ['LOAD', 'DEPA'], 'carrierVoyageNumber=nothing': [],
      'UNLocationCode=CNLYA': ['GTIN', 'LOAD', 'DEPA'], 'UNLocationCode=CNTAO': [], 'vesselIMONumber=9321483': [],
    }
    for (const [query, expected] of Object.entries(cases)) expect(minutes(await list('shipper', `?${query}`)), query).to.deep.equal(expected)
    const departure = (await list('shipper', '?transportEventTypeCode=DEPA'))[0]?.['transportCall'] as { transportCallID: string }
    expect(minutes(await list('shipper', `?transportCallID=${departure.transportCallID}`))).to.deep.equal(['DEPA'])
  })

  it('filters by when an event became known here, with each operator', async () => {
    const created = (await list('shipper')).map((event) => String(event['eventCreatedDateTime']))
    const last = created.at(-1) ?? ''
    const since = (operator: string, moment = last): Promise<V2[]> => list('shipper', `?eventCreatedDateTime${operator}=${encodeURIComponent(moment)}`)
    const count = (fits: (one: string) => boolean): number => created.filter(fits).length
    expect(await since(':gte')).to.have.length(count((one) => one >= last))
    expect(await since(':gt')).to.have.length(0)
    expect(await since(':lt')).to.have.length(count((one) => one < last))
    expect(await since(':lte')).to.have.length(created.length)
    expect(await since(':eq')).to.have.length(count((one) => one === last))
    expect(await since('')).to.have.length(count((one) => one === last))
    expect(await list('shipper', '?eventCreatedDateTime:gte=2021-04-01T14:12:56+01:00')).to.have.length(created.length)
    expect(await list('shipper', '?eventCreatedDateTime:gte=2021-04-01T14:12:56Z&eventCreatedDateTime:lt=2022-04-01T14:12:56Z')).to.have.length(0)
  })

  it('pages by links that stay good while more happens', async () => {
    const all = (await list('shipper')).map(({ eventID }) => eventID)
    const seen: string[] = []
    let path: string | null = '/dcsa/v2/events?limit=2'
    while (path !== null) {
      const answer: Response = await machines.as('shipper', path)
      const page = (await answer.json()) as V2[]
      expect(page.length).to.be.at.most(2)
      seen.push(...page.map(({ eventID }) => eventID))
      const next = answer.headers.get('next-page')
      expect(answer.headers.get('link')?.includes('rel="next"')).to.equal(next !== null)
      if (seen.length === 2) await machines.happens(equipment({ container: box(1), code: 'GTIN', at: at(20) }))
      path = next
    }
    expect(seen.slice(0, all.length)).to.deep.equal(all)
    expect(seen).to.have.length(all.length + 1)
    expect(new Set(seen).size).to.equal(seen.length)
  })

  it('leaves out what its sender took back, and gives one event by its id', async () => {
    const wrong = equipment({ container: box(2), code: 'GTOT', at: at(30) })
    await machines.happens(wrong)
    expect((await machines.as('shipper', `/dcsa/v2/events/${wrong.eventID}`)).status).to.equal(200)
    await machines.happens(withdrawal(wrong))
    expect((await list('shipper')).map(({ eventID }) => eventID)).to.not.include(wrong.eventID)
    expect((await faultOf('shipper', `/dcsa/v2/events/${wrong.eventID}`)).statusCode).to.equal(404)
    for (const { eventID } of await list('shipper')) {
      expect(((await (await machines.as('shipper', `/dcsa/v2/events/${eventID}`)).json()) as V2).eventID).to.equal(eventID)
      expect((await faultOf('thief', `/dcsa/v2/events/${eventID}`)).statusCode).to.equal(404)
    }
  })

  it('answers what it cannot do in the body of the standard', async () => {
    expect((await faultOf('', '/dcsa/v2/events')).statusCode).to.equal(401)
    expect((await faultOf('nobody-at-all', '/dcsa/v2/events')).statusCode).to.equal(401)
    expect((await faultOf('keyless', '/dcsa/v2/events')).statusCode).to.equal(403)
    expect((await faultOf('shipper', '/dcsa/v2/nothing')).statusCode).to.equal(404)
    expect((await faultOf('shipper', '/dcsa/v2/events', { method: 'DELETE' })).statusCode).to.equal(405)
    expect((await faultOf('shipper', '/dcsa/v2/events', { headers: { accept: 'application/xml' } })).statusCode).to.equal(406)
    expect((await faultOf('shipper', '/dcsa/v2/events', { headers: { 'api-version': '3' } })).statusCode).to.equal(400)
    const fault = await faultOf('shipper', '/dcsa/v2/events?eventType=BOAT&limit=0&surprise=1&eventCreatedDateTime:about=2021-01-01T00:00:00Z&cursor=zzz&UNLocationCode=X')
    expect(fault.statusCode).to.equal(400)
    expect(fault.errors.map(({ reason }) => reason)).to.have.members(['invalid eventType', 'invalid limit', 'invalid surprise', 'invalid eventCreatedDateTime:about', 'invalid cursor', 'invalid UNLocationCode'])
  })

  it('never answers 500, whatever is asked', async () => {
    const names = fc.constantFrom('eventType', 'shipmentEventTypeCode', 'documentTypeCode', 'carrierBookingReference', 'transportDocumentReference', 'transportEventTypeCode', 'transportCallID', 'vesselIMONumber', 'carrierVoyageNumber', 'exportVoyageNumber', 'carrierServiceCode', 'UNLocationCode', 'equipmentEventTypeCode', 'equipmentReference', 'eventCreatedDateTime', 'eventCreatedDateTime:gte', 'eventCreatedDateTime:lt', 'limit', 'cursor', 'sort', '__proto__', 'constructor', 'toString')
    const values = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('', '0', '1', '-1', '1e9', 'EQUIPMENT', 'GTIN,LOAD', '$ne', '{"$gt":""}', '2021-04-01T14:12:56Z', '9999-12-31T23:59:59Z', '0000-00-00T00:00:00Z', '+275760-09-13T00:00:00Z', 'NC4yNTU', 'OTk5OTk5OTk5OTk5OTk5LjI1NQ', '\u0000'))
    const pairs = fc.array(fc.tuple(fc.oneof({ arbitrary: names, weight: 6 }, { arbitrary: fc.string({ maxLength: 20 }), weight: 1 }), values), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, value])).toString()
        const answer = await machines.as('shipper', `/dcsa/v2/events?${query}`)
        const body: unknown = await answer.json()
        expect([200, 400], query).to.include(answer.status)
        if (answer.status === 400) expect(body).to.include.all.keys('httpMethod', 'requestUri', 'statusCode', 'statusCodeText', 'errors')
      }),
      { numRuns: 300 },
    )
  })

  it('tells what a train did while the box was aboard, and nothing of the later runs of its number', async () => {
    const own = machines.containers.map((container) => equipment({ container, code: 'DISC', at: at(40), transportCall: call, eventLocation: { UNLocationCode: 'CNQDP' } }))
    const afterwards = [transport({ code: 'DEPA', at: new Date(Date.UTC(2026, 11, 15)).toISOString(), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: at(41), ...call, UNLocationCode: 'CNTAO' })]
    const during = transport({ code: 'ARRI', at: at(39), ...call, UNLocationCode: 'CNQDP' })
    await machines.happens(...own, ...afterwards, during)
    const seen = (await list('shipper', '?eventType=TRANSPORT&limit=200')).map(({ eventID }) => eventID)
    expect(seen).to.include(during.eventID)
    for (const { eventID } of afterwards) expect(seen).to.not.include(eventID)
    const everything = (await list('terminal', '?eventType=TRANSPORT&limit=200')).map(({ eventID }) => eventID)
    expect(everything).to.include.members([...afterwards, during].map(({ eventID }) => eventID))
    const taken = withdrawal(during)
    await machines.happens(taken)
    expect((await list('shipper', '?eventType=TRANSPORT&limit=200')).map(({ eventID }) => eventID)).to.not.include(during.eventID)
  })

  it('ends for the old holder with the title, and begins for the new one', async () => {
    expect(await list('buyer')).to.deep.equal([])
    await machines.endorse('shipper', 'buyer')
    expect(await list('shipper')).to.deep.equal([])
    expect(minutes(await list('buyer'))).to.include.members(['ISSU', 'GTIN', 'LOAD', 'DEPA'])
  })
})
