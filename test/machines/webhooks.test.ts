import { WebhookInput, type WebhookView } from '@yidan/api/contract'
import { expect } from 'chai'
import { changeEntry, type ExceptionChange } from '../../api/src/exceptions/changes.ts'
import { Problem } from '../../api/src/http/problem.ts'
import { openMachines } from '../../api/src/machines/index.ts'
import { equipment, position, transport } from '../tracking/open-log.ts'
import { openTestMachines, type OpenedMachines } from './open-machines.ts'
import { isSignedWith, openReceiver, type Receiver } from './receiver.ts'
import { until } from '../support/until.ts'

interface Told { readonly webhook: string; readonly events: readonly { readonly sequence: number; readonly withheld: boolean; readonly code?: string; readonly kind?: string; readonly containers?: readonly string[]; readonly id?: string }[] }

const rail = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('webhooks', () => {
  let machines: OpenedMachines
  let receiver: Receiver
  beforeEach(async () => {
    machines = await openTestMachines()
    receiver = await openReceiver()
  })
  afterEach(async () => {
    await machines.close()
    await receiver.close()
    expect(machines.bugs).to.deep.equal([])
  })

  const box = (index = 0): string => machines.containers[index] ?? ''
  const given = (who: string, rest: object = {}) => ({ caller: machines.systems[who], language: 'en', concerns: () => undefined, params: {}, query: { limit: 25 }, ...rest }) as never
  const handlers = () => machines.machines.handlers
  const create = async (who = 'shipper', body: object = {}): Promise<{ webhook: WebhookView; secret: string }> => (await handlers().createWebhook(given(who, { body: WebhookInput.parse({ url: receiver.url, ...body }) }))) as never
  const show = async (webhookId: string, who = 'shipper'): Promise<WebhookView> => (await handlers().webhook(given(who, { params: { webhookId } }))) as never
  const told = (from: Receiver = receiver): Told['events'] => from.received.flatMap(({ json }) => (json as Told).events)
  const gateIn = (minute: number, container = box()) => equipment({ container, code: 'GTIN', at: at(minute) })
  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    const error = await attempt.then(() => null, (problem: unknown) => problem)
    return error instanceof Problem ? [error.code, ...error.faults.map(({ code }) => code)].join(' ') : String(error)
  }

  it('tell what happens from now on, signed, numbered from 1 without gaps, in order; and nothing of other people’s boxes', async () => {
    await machines.happens(gateIn(0))
    const { webhook, secret } = await create()
    expect(secret).to.match(/^whsec_[\w-]{43}$/)
    await machines.happens(gateIn(1), equipment({ container: 'TBJU5123003', code: 'GTIN', at: at(2) }), equipment({ container: box(), code: 'LOAD', at: at(3), transportCall: rail }), transport({ code: 'DEPA', at: at(4), ...rail }), transport({ code: 'DEPA', at: at(4), ...rail, carrierServiceCode: 'X1' }), position({ at: at(5), latitude: 34, longitude: 112, transportCall: rail }))
    await until(() => told().length >= 3, 'three events')
    expect(told().map(({ sequence, code, kind }) => [sequence, code, kind])).to.deep.equal([[1, 'GTIN', 'equipment'], [2, 'LOAD', 'equipment'], [3, 'DEPA', 'transport']])
    expect(told()[2]?.containers).to.have.members([...machines.containers])
    for (const request of receiver.received) expect(isSignedWith(secret, request)).to.equal(true)
    expect(receiver.received[0]?.headers['yidan-webhook']).to.equal(webhook.id)
    await until(async () => (await show(webhook.id)).delivered === 3, 'all are accepted')
    expect(await show(webhook.id)).to.include({ state: 'active', sequence: 3, delivered: 3, failures: 0 })
    const stored = JSON.stringify(await machines.open.database.collection('webhooks').find().toArray())
    expect(stored).to.not.contain(secret)
  })

  it('tell of what goes wrong with boxes one follows, when it begins and ends, and not of who sees to it', async () => {
    await create('shipper', { events: ['exception'] })
    const stranger = await openReceiver()
    await handlers().createWebhook(given('thief', { body: WebhookInput.parse({ url: stranger.url, events: ['exception', 'equipment'] }) }))
    const subject = { container: box(), service: null, billId: machines.billId, run: null }
    const by = { personId: null, companyId: 'co_1' as never }
    const changes: ExceptionChange[] = [{ type: 'raised', cause: { key: 'X1', code: 'seal-mismatch', at: at(1), values: { found: 'X1' } }, billNumber: null }, { type: 'noted', by, text: '内部备注' }, { type: 'assigned', by, to: null }, { type: 'gone' }]
    const { last } = await machines.open.eventLog.append(changes.map((change, index) => changeEntry({ exceptionId: 'ex_000000000000000000000001', kind: 'SEAL', subject, turn: index + 1, change })))
    await machines.open.feed.upTo(last, 60_000)
    await machines.happens(gateIn(2))
    await until(() => told().length >= 2, 'its beginning and its end')
    expect(told().map(({ code, kind, containers }) => [code, kind, containers])).to.deep.equal([['exception-raised', 'exception', [box()]], ['exception-ended', 'exception', [box()]]])
    expect(receiver.received[0]?.json).to.have.deep.nested.property('events[0].event', { exceptionId: 'ex_000000000000000000000001', exception: 'SEAL', change: 'raised', service: null, run: null, cause: { code: 'seal-mismatch', at: at(1), values: { found: 'X1' } } })
    expect(receiver.received.map(({ body }) => body).join('')).to.not.contain('内部备注')
    expect(told(stranger)).to.deep.equal([])
    await stranger.close()
  })

  it('tell of boxes, bills and positions as they are asked to', async () => {
    await create('shipper', { events: ['position'], container: box() })
    await machines.happens(gateIn(1), equipment({ container: box(), code: 'LOAD', at: at(3), transportCall: rail }), position({ at: at(5), latitude: 34, longitude: 112, transportCall: rail }), position({ at: at(6), container: box(1), latitude: 34, longitude: 112 }), position({ at: at(7), container: box(), latitude: 34, longitude: 112 }))
    await until(() => told().length >= 2, 'two positions')
    expect(told().map(({ code, containers }) => [code, containers?.includes(box())])).to.deep.equal([['POSITION', true], ['POSITION', true]])
  })

  it('are tried again until they are accepted, every event once more rather than never, in order', async () => {
    const { webhook, secret } = await create()
    receiver.answer = 500
    await machines.happens(gateIn(1), gateIn(2))
    await until(() => receiver.received.length >= 2, 'two tries')
    const failing = await show(webhook.id)
    expect(failing).to.include({ state: 'failing', lastFault: 'status-500', delivered: 0 })
    expect(failing.nextTryAt).to.match(/Z$/)
    await machines.happens(gateIn(3))
    receiver.answer = 204
    const before = receiver.received.length
    await until(async () => (await show(webhook.id)).delivered === 3, 'all are accepted')
    expect(receiver.received.slice(before).flatMap(({ json }) => (json as Told).events.map(({ sequence }) => sequence))).to.deep.equal([1, 2, 3])
    expect(receiver.received.every((request) => isSignedWith(secret, request))).to.equal(true)
    const { items } = (await handlers().webhookDeliveries(given('shipper', { params: { webhookId: webhook.id } }))) as { items: { sequence: number; state: string; attempts: number; lastStatus: number }[] }
    expect(items.map(({ sequence, state, lastStatus }) => [sequence, state, lastStatus])).to.deep.equal([[3, 'delivered', 204], [2, 'delivered', 204], [1, 'delivered', 204]])
    expect(items[2]?.attempts).to.be.at.least(3)
  })

  it('take a redirect and silence for failures, and stop with a word after too many; set going again they lose nothing', async () => {
    const { webhook } = await create()
    receiver.answer = 302
    await machines.happens(gateIn(1))
    await until(async () => (await show(webhook.id)).state === 'stopped', 'it gives up')
    expect(await show(webhook.id)).to.include({ because: 'gave-up', lastFault: 'status-302', delivered: 0, sequence: 1, failures: 6 })
    await machines.happens(gateIn(2))
    receiver.answer = 'hang'
    await handlers().changeWebhook(given('shipper', { params: { webhookId: webhook.id }, body: { state: 'active' } }))
    await until(async () => (await show(webhook.id)).lastFault === 'timeout', 'it waits in vain')
    receiver.answer = 200
    const before = receiver.received.length
    await until(async () => (await show(webhook.id)).delivered === 2, 'both are accepted')
    expect(receiver.received.slice(before).flatMap(({ json }) => (json as Told).events.map(({ sequence }) => sequence))).to.deep.equal([1, 2])
  })

  it('end at once where the receiver says that it is gone', async () => {
    const { webhook } = await create()
    receiver.answer = 410
    await machines.happens(gateIn(1))
    await until(async () => (await show(webhook.id)).state === 'stopped', 'it stops')
    expect(await show(webhook.id)).to.include({ because: 'gone', failures: 0 })
    expect(receiver.received).to.have.length(1)
  })

  it('say nothing more to an old holder: what waited keeps its number and loses its content', async () => {
    const { webhook } = await create()
    const other = await openReceiver()
    await create('buyer', { url: other.url })
    receiver.answer = 503
    await machines.happens(gateIn(1))
    await until(() => receiver.received.length > 0, 'a first try')
    await machines.endorse('shipper', 'buyer')
    const before = receiver.received.length
    receiver.answer = 204
    await until(async () => (await show(webhook.id)).delivered === 1, 'the number goes out')
    await machines.happens(gateIn(2))
    await until(() => told(other).some(({ code }) => code === 'GTIN'), 'the new holder hears')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const late = receiver.received.slice(before)
    expect(late.flatMap(({ json }) => (json as Told).events)).to.deep.equal([{ sequence: 1, withheld: true }])
    expect(JSON.stringify(late.map(({ body }) => body))).to.not.contain(box())
    const { items } = (await handlers().webhookDeliveries(given('shipper', { params: { webhookId: webhook.id } }))) as { items: { state: string }[] }
    expect(items.map(({ state }) => state)).to.deep.equal(['withheld'])
    await other.close()
  })

  it('stop when whoever made them has lost access', async () => {
    const { webhook } = await create()
    machines.revoked.add('shipper')
    await machines.happens(gateIn(1))
    await until(async () => (await show(webhook.id)).state === 'stopped', 'it stops')
    expect(await show(webhook.id)).to.include({ because: 'access-ended' })
    expect(receiver.received).to.deep.equal([])
  })

  it('send one event again, or everything from a number on, under the same numbers', async () => {
    const { webhook } = await create()
    await machines.happens(gateIn(1), gateIn(2), gateIn(3))
    await until(async () => (await show(webhook.id)).delivered === 3, 'all are accepted')
    const ids = told().map(({ id }) => id)
    let before = receiver.received.length
    await handlers().redeliver(given('shipper', { params: { webhookId: webhook.id, sequence: '2' } }))
    await until(() => receiver.received.length > before, 'it comes again')
    expect(receiver.received[before]?.headers).to.include({ 'yidan-sequence': '2', 'yidan-redelivery': 'true' })
    expect((receiver.received[before]?.json as Told).events[0]?.id).to.equal(ids[1])
    before = receiver.received.length
    await handlers().replay(given('shipper', { params: { webhookId: webhook.id }, body: { from: 2 } }))
    await machines.happens(gateIn(4))
    await until(async () => (await show(webhook.id)).delivered === 4, 'all are accepted')
    expect(receiver.received.slice(before).flatMap(({ json }) => (json as Told).events.map(({ sequence }) => sequence))).to.deep.equal([2, 3, 4])
    expect(await codeOf(handlers().replay(given('shipper', { params: { webhookId: webhook.id }, body: { from: 9 } })))).to.equal('not-found')
  })

  it('sign with the new secret and, for a day, with the old one', async () => {
    const { webhook, secret } = await create()
    const changed = (await handlers().rotateWebhookSecret(given('shipper', { params: { webhookId: webhook.id } }))) as { secret: string; previousUntil: string }
    expect(changed.secret).to.not.equal(secret)
    await machines.happens(gateIn(1))
    await until(() => receiver.received.length > 0, 'an event')
    const [request] = receiver.received
    expect(request && [isSignedWith(secret, request), isSignedWith(changed.secret, request), isSignedWith('whsec_other', request)]).to.deep.equal([true, true, false])
  })

  it('go on where they were when the process ends and another begins, by one process at a time', async () => {
    const { webhook } = await create()
    await machines.happens(gateIn(1))
    await until(async () => (await show(webhook.id)).delivered === 1, 'the first is accepted')
    receiver.answer = 500
    await machines.happens(gateIn(2), gateIn(3))
    await until(() => receiver.received.length > 1, 'a try')
    const next = await openMachines(machines.ports, { byParties: () => Promise.resolve(new Map()) } as never, { audit: { note: () => undefined }, callerBehind: () => Promise.resolve(machines.systems['shipper'] ?? null) })
    next.engine.start()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await machines.machines.engine.stop()
    const before = receiver.received.length
    receiver.answer = 204
    await machines.happens(gateIn(4))
    await until(async () => (await show(webhook.id)).delivered === 4, 'the rest is accepted')
    await next.engine.stop()
    expect(receiver.received.slice(before).flatMap(({ json }) => (json as Told).events.map(({ sequence }) => sequence))).to.deep.equal([2, 3, 4])
  })

  it('are only their company’s, and only go where they may', async () => {
    const { webhook } = await create()
    expect(await codeOf(show(webhook.id, 'thief'))).to.equal('not-found')
    expect(await codeOf(handlers().deleteWebhook(given('thief', { params: { webhookId: webhook.id } })))).to.equal('not-found')
    expect(((await handlers().webhooks(given('thief'))) as { items: unknown[] }).items).to.deep.equal([])
    for (const [url, code] of Object.entries({
      'http://10.0.0.1/x': 'callback-private', 'https://192.168.1.1/': 'callback-private', 'https://169.254.169.254/latest/meta-data': 'callback-private', 'https://[fd00::1]/': 'callback-private', 'https://[::ffff:10.0.0.1]/': 'callback-private', 'https://[64:ff9b::a00:1]/': 'callback-private',
      'https://0x0a000001/': 'callback-private', 'https://2130706433:1/x': 'fine', 'https://0/': 'callback-private', 'http://8.8.8.8/': 'callback-not-https', 'ftp://8.8.8.8/': 'callback-shape', 'https://user:pass@8.8.8.8/': 'callback-shape', nonsense: 'callback-shape', 'https://no-such-host.invalid/': 'callback-unknown-host',
    })) expect(await codeOf(create('shipper', { url })), url).to.equal(code === 'fine' ? 'null' : `invalid-request ${code}`)
    await handlers().deleteWebhook(given('shipper', { params: { webhookId: webhook.id } }))
    await machines.happens(gateIn(1))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).to.deep.equal([])
  })
})
