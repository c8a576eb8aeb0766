import { expect } from 'chai'
import fc from 'fast-check'
import { createHmac, randomBytes } from 'node:crypto'
import { equipment, transport, withdrawal } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'
import { openReceiver, type Receiver } from './receiver.ts'
import { until } from '../support/until.ts'

interface V3 { readonly metadata: { readonly eventID: string; readonly eventType: string; readonly retractedEventID?: string }; readonly payload?: Readonly<Record<string, unknown>> }
interface Subscription { readonly subscriptionID: string; readonly callbackUrl: string }

const rail = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('DCSA Track & Trace 3.0', () => {
  let machines: OpenedMachines
  let receiver: Receiver
  before(async () => {
    machines = await openTestMachines()
    receiver = await openReceiver()
  })
  after(async () => {
    await machines.close()
    await receiver.close()
  })
  afterEach(() => {
    expect(machines.bugs).to.deep.equal([])
  })

  const box = (index = 0): string => machines.containers[index] ?? ''
  const list = async (who: string, query = ''): Promise<V3[]> => {
    const answer = await machines.as(who, `/dcsa/v3/events${query}`)
    expect(answer.status, await answer.clone().text()).to.equal(200)
    expect(answer.headers.get('api-version')).to.equal('3.0.0')
    return (await answer.json()) as V3[]
  }
  const send = (who: string, method: string, path: string, body?: unknown): Promise<Response> => machines.as(who, path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) }) })
  const secret = randomBytes(32).toString('base64')
  const subscribe = async (who: string, body: object): Promise<Subscription> => {
    const answer = await send(who, 'POST', '/dcsa/v3/event-subscriptions', { callbackUrl: receiver.url, secret, ...body })
    expect(answer.status, await answer.clone().text()).to.equal(201)
    return (await answer.json()) as Subscription
  }

  it('gives what is about the message apart from what happened, and a withdrawal as an event of its own', async () => {
    const wrong = equipment({ container: box(), code: 'GTOT', at: at(7) })
    await machines.happens(equipment({ container: box(), code: 'GTIN', at: at(0), isTransshipmentMove: false }), equipment({ container: box(), code: 'CUSR', at: at(1) }), equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: rail }), transport({ code: 'DEPA', at: at(10), ...rail, UNLocationCode: 'CNLYA' }), wrong, withdrawal(wrong))
    const events = await list('shipper')
    expect(events.map(({ metadata, payload }) => [metadata.eventType, payload?.['equipmentEventTypeCode'] ?? payload?.['transportEventTypeCode'] ?? payload?.['shipmentEventTypeCode'] ?? metadata.retractedEventID])).to.deep.equal([
      ['SHIPMENT', 'APPR'], ['SHIPMENT', 'ISSU'], ['EQUIPMENT', 'GTIN'], ['EQUIPMENT', 'CUSR'], ['EQUIPMENT', 'LOAD'], ['TRANSPORT', 'DEPA'], ['EQUIPMENT', 'GTOT'], ['EQUIPMENT', wrong.eventID],
    ])
    expect(events.at(-1)).to.not.have.property('payload')
    for (const { metadata } of events) {
      expect(metadata).to.include.all.keys('eventID', 'eventCreatedDateTime', 'eventType', 'publisher', 'publisherRole')
      const one = (await (await machines.as('shipper', `/dcsa/v3/events/${metadata.eventID}`)).json()) as V3
      expect(one.metadata).to.deep.equal(metadata)
      expect((await machines.as('thief', `/dcsa/v3/events/${metadata.eventID}`)).status).to.equal(404)
    }
    expect(await list('thief')).to.deep.equal([])
    expect(await list('shipper', '?equipmentEventTypeCodes=CUSR,LOAD')).to.have.length(2)
    expect(await list('shipper', `?eventDateTime:gte=${at(5)}&eventTypes=EQUIPMENT,TRANSPORT`)).to.have.length(4)
    expect(await list('shipper', `?documentReference=${machines.document.billNumber}`)).to.have.length(2)
  })

  it('answers what it cannot do in the body of the standard', async () => {
    for (const [who, method, path, status, body] of [
      ['', 'GET', '/dcsa/v3/events', 401], ['keyless', 'GET', '/dcsa/v3/events', 403], ['shipper', 'GET', '/dcsa/v3/events?eventTypes=BOAT', 400], ['shipper', 'GET', '/dcsa/v3/events?eventType=EQUIPMENT', 400], ['shipper', 'GET', '/dcsa/v3/else', 404],
      ['shipper', 'PATCH', '/dcsa/v3/events', 405], ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 400, '{'], ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 400, '[]'], ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 415], ['', 'POST', '/dcsa/v3/event-subscriptions', 401, {}], ['keyless', 'POST', '/dcsa/v3/event-subscriptions', 403, {}],
      ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 400, { callbackUrl: 'https://10.0.0.1/', secret }], ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 400, { callbackUrl: receiver.url, secret: 'short' }], ['shipper', 'POST', '/dcsa/v3/event-subscriptions', 400, { callbackUrl: receiver.url, secret, eventTypes: ['BOAT'] }],
      ['shipper', 'GET', '/dcsa/v3/event-subscriptions/00000000-0000-4000-8000-000000000000', 404],
    ] as const) {
      const answer = await send(who, method, path, body)
      const fault = (await answer.json()) as { statusCode: number; errors: object[] }
      expect(answer.status, `${method} ${path} ${JSON.stringify(fault)}`).to.equal(status)
      expect(answer.headers.get('api-version')).to.equal('3.0.0')
      expect(fault).to.include.all.keys('httpMethod', 'requestUri', 'statusCode', 'statusCodeText', 'errorDateTime', 'errors')
      expect(fault.statusCode).to.equal(status)
      for (const error of fault.errors) expect(error).to.include.all.keys('reason', 'message')
    }
  })

  it('pushes to a subscriber what it asked for, with the signature of the standard', async () => {
    const { subscriptionID } = await subscribe('shipper', { eventTypes: ['EQUIPMENT'], equipmentReference: box(1) })
    const shown = (await (await machines.as('shipper', `/dcsa/v3/event-subscriptions/${subscriptionID}`)).json()) as object
    expect(shown).to.deep.include({ subscriptionID, callbackUrl: receiver.url, eventTypes: ['EQUIPMENT'], equipmentReference: box(1) })
    expect(shown).to.not.have.property('secret')
    await machines.happens(equipment({ container: box(0), code: 'GTIN', at: at(20) }), equipment({ container: box(1), code: 'GTIN', at: at(21) }), transport({ code: 'ARRI', at: at(22), ...rail }))
    await until(() => receiver.received.length > 0, 'a push')
    const [request] = receiver.received
    expect((request?.json as V3[]).map(({ payload }) => payload?.['equipmentReference'])).to.deep.equal([box(1)])
    expect(request?.headers).to.include({ 'subscription-id': subscriptionID, 'api-version': '3.0.0', 'yidan-sequence': '1' })
    expect(request?.headers['notification-signature']).to.equal(`sha256=${createHmac('sha256', Buffer.from(secret, 'base64')).update(request?.body ?? '').digest('hex')}`)
  })

  it('changes, lists and ends subscriptions, each for its own company alone', async () => {
    const { subscriptionID } = await subscribe('shipper', {})
    const path = `/dcsa/v3/event-subscriptions/${subscriptionID}`
    for (const method of ['GET', 'DELETE', 'PUT']) expect((await send('thief', method, path, method === 'PUT' ? { callbackUrl: receiver.url } : undefined)).status).to.equal(404)
    expect(((await (await machines.as('thief', '/dcsa/v3/event-subscriptions')).json()) as unknown[]).length).to.equal(0)
    const changed = await send('shipper', 'PUT', path, { subscriptionID, callbackUrl: receiver.url, transportEventTypeCodes: ['DEPA'] })
    expect(await changed.json()).to.deep.include({ subscriptionID, transportEventTypeCodes: ['DEPA'] })
    const next = randomBytes(40).toString('base64')
    expect((await send('shipper', 'PUT', `${path}/secret`, { secret: 'x' })).status).to.equal(400)
    expect((await send('shipper', 'PUT', `${path}/secret`, { secret: next })).status).to.equal(204)
    await machines.happens(transport({ code: 'DEPA', at: at(30), ...rail }))
    await until(() => receiver.received.some(({ headers }) => headers['subscription-id'] === subscriptionID), 'a push')
    const request = receiver.received.find(({ headers }) => headers['subscription-id'] === subscriptionID)
    expect(request?.headers['notification-signature']).to.equal(`sha256=${createHmac('sha256', Buffer.from(next, 'base64')).update(request?.body ?? '').digest('hex')}`)
    expect((await send('shipper', 'DELETE', path)).status).to.equal(204)
    expect((await machines.as('shipper', path)).status).to.equal(404)
  })

  it('never answers 500, whatever a subscription says', async () => {
    const body = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.record({ callbackUrl: fc.oneof(fc.webUrl(), fc.string(), fc.constant(receiver.url)), secret: fc.oneof(fc.base64String(), fc.jsonValue({ maxDepth: 1 })), eventTypes: fc.oneof(fc.array(fc.string()), fc.jsonValue({ maxDepth: 1 })), equipmentReference: fc.jsonValue({ maxDepth: 1 }), eventCreatedDateTime: fc.string() }, { requiredKeys: [] }))
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const answer = await send('buyer', 'POST', '/dcsa/v3/event-subscriptions', JSON.stringify(given))
        expect(answer.status, JSON.stringify(given)).to.be.oneOf([201, 400])
        await answer.arrayBuffer()
      }),
      { numRuns: 150 },
    )
  })
})
