import { Aedes } from 'aedes'
import { expect } from 'chai'
import { connectAsync } from 'mqtt'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { ContainerNumber } from '@yidan/ledger'
import type { CallerCompany } from '../../api/src/access/caller.ts'
import { bindDevice, listRefusals, releaseDevice } from '../../api/src/devices/commands.ts'
import { takeDeviceMessage } from '../../api/src/devices/intake.ts'
import { openDeviceListener, type DeviceListener } from '../../api/src/devices/listener.ts'
import { openDeviceStore, type DeviceStore } from '../../api/src/devices/store.ts'
import { Problem } from '../../api/src/http/problem.ts'
import { openJudge } from '../../api/src/tracking/index.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { aContainer } from '../support/ledger-actors.ts'
import { aSender, openLog, type OpenedLog } from '../tracking/open-log.ts'
import { until } from '../support/until.ts'

/** A real broker on a port of its own, whose connections can be cut; it keeps sessions while it is away. */
interface Broker {
  readonly url: string
  /** Messages that were acknowledged by those who listen. */
  readonly acknowledged: () => number
  goAway(): Promise<void>
  comeBack(): Promise<void>
  send(topic: string, payload: unknown): Promise<void>
  close(): Promise<void>
}

async function openBroker(): Promise<Broker> {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  let server: Server, port = 0, acknowledged = 0
  aedes.on('ack', () => (acknowledged += 1))
  const listen = async (): Promise<void> => {
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      aedes.handle(socket)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const goAway = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  await listen()
  return {
    url: `mqtt://127.0.0.1:${port}`, acknowledged: () => acknowledged, goAway, comeBack: listen,
    async send(topic, payload) {
      const device = await connectAsync(`mqtt://127.0.0.1:${port}`)
      await device.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1 })
      await device.endAsync()
    },
    async close() {
      await goAway()
      await new Promise<void>((resolve) => aedes.close(resolve))
    },
  }
}

describe('devices on boxes, by MQTT', () => {
  let open: OpenedLog, broker: Broker, store: DeviceStore, box: ContainerNumber
  const listeners: DeviceListener[] = []
  let isLogAway = false
  const company: CallerCompany = { id: 'co_0000000000000001' as never, partyId: aSender, name: '承运人', roles: ['carrier'] }
  const hourAgo = (minutes = 0): string => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString()

  beforeEach(async () => {
    open = await openLog()
    broker = await openBroker()
    store = await openDeviceStore(open)
    box = aContainer()
    isLogAway = false
    await bindDevice(store, company, { deviceId: 'TL-77', container: box, from: new Date(Date.now() - 7_200_000) })
  })
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map((listener) => listener.stop()))
    await broker.close()
    await open.close()
  })

  /** As a process of its own would: with a lease of its own. */
  async function listen(): Promise<DeviceListener> {
    const own = await openDeviceStore(open)
    const eventLog: OpenedLog['eventLog'] = { ...open.eventLog, byId: (ids) => open.eventLog.byId(ids), last: () => open.eventLog.last(), read: (...asked) => open.eventLog.read(...asked), about: (...asked) => open.eventLog.about(...asked), append: (entries) => (isLogAway ? Promise.reject(new Error('the log is away')) : open.eventLog.append(entries)) }
    const ports = { eventLog, clock: () => new Date(), log: open.log }
    const listener = openDeviceListener({ settings: { url: broker.url, username: null, password: null, topic: 'yidan/devices/+/events', clientId: 'yidan-test', ca: null }, duty: own.duty, log: open.log, take: (deviceId, payload) => takeDeviceMessage({ ports, store: own, judge: openJudge(open) }, deviceId, payload) })
    listener.start()
    listeners.push(listener)
    return listener
  }
  const isListening = (listener: DeviceListener) => until(() => /^listening/.test(listener.health().detail))
  const topic = (device = 'TL-77'): string => `yidan/devices/${device}/events`
  const told = async (): Promise<unknown[]> => (await open.eventLog.read(0, 1_000)).flatMap(({ event }) => (event.type === 'tracking-received' ? [event.event] : []))

  it('tell position, temperature, door and shock of the box they are on, in the name of their company', async () => {
    const listener = await listen()
    await isListening(listener)
    await broker.send(topic(), { type: 'position', at: hourAgo(), latitude: 34.62, longitude: 112.45, speedKmh: 61 })
    await broker.send(topic(), [{ type: 'temperature', at: hourAgo(1), supply: -18.4, return: -17.9, setPoint: -18 }, { type: 'door', at: hourAgo(2) }, { type: 'door', at: hourAgo(3), state: 'closed' }, { type: 'shock', at: hourAgo(4), g: 7.5, latitude: 34.7, longitude: 112.6 }])
    await until(() => listener.counts().taken === 4)
    expect(listener.counts()).to.deep.equal({ taken: 4, known: 0, 'put-aside': 0, idle: 1, malformed: 0, 'not-bound': 0, refused: 0 })
    expect((await open.eventLog.read(0, 1_000)).every(({ event }) => event.type === 'tracking-received' && event.sender === aSender)).to.equal(true)
    await open.feed.upTo(await open.eventLog.last(), 60_000)
    const state = (await openTrackingReader(open).box(box))?.state
    expect(state?.reefer).to.include({ supply: -18.4, return: -17.9 })
    expect(state?.doorOpened?.at).to.be.a('string')
    expect((await store.devices.findOne({ _id: 'TL-77' }))).to.include({ messages: 2, refused: 0 })
  })

  it('are heard once, however often the same message comes', async () => {
    const listener = await listen()
    await isListening(listener)
    const message = { type: 'shock', at: hourAgo(), g: 9 }
    for (let time = 0; time < 3; time += 1) await broker.send(topic(), message)
    await until(() => listener.counts().known === 2)
    expect(await told()).to.have.length(1)
  })

  it('get no acknowledgement before their word is in the log: it waits while the log is away', async () => {
    const listener = await listen()
    await isListening(listener)
    isLogAway = true
    await broker.send(topic(), { type: 'shock', at: hourAgo(), g: 9 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(broker.acknowledged()).to.equal(0)
    isLogAway = false
    await until(() => broker.acknowledged() === 1)
    expect(await told()).to.have.length(1)
  })

  it('lose nothing when a process ends with their message in its hands: the next one gets it', async () => {
    const first = await listen()
    await isListening(first)
    isLogAway = true
    await broker.send(topic(), { type: 'shock', at: hourAgo(), g: 9 })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await first.stop()
    await broker.send(topic(), { type: 'shock', at: hourAgo(5), g: 8 })
    isLogAway = false
    const second = await listen()
    await until(() => second.counts().taken === 2)
    expect(await told()).to.have.length(2)
    await until(() => broker.acknowledged() === 2)
  })

  it('are listened to by one process, and by the next when it leaves', async () => {
    const first = await listen()
    await isListening(first)
    const second = await listen()
    await broker.send(topic(), { type: 'shock', at: hourAgo(), g: 9 })
    await until(() => first.counts().taken === 1)
    expect(second.health()).to.deep.equal({ ok: true, detail: 'another process listens' })
    await first.stop()
    await isListening(second)
    await broker.send(topic(), { type: 'shock', at: hourAgo(1), g: 9 })
    await until(() => second.counts().taken === 1)
    expect([first.counts().taken, second.counts().taken, (await told()).length]).to.deep.equal([1, 1, 2])
  })

  it('are heard again when the broker was away', async () => {
    const listener = await listen()
    await isListening(listener)
    await broker.goAway()
    await until(() => !listener.health().ok)
    await broker.comeBack()
    await broker.send(topic(), { type: 'shock', at: hourAgo(), g: 9 })
    await until(() => listener.counts().taken === 1)
    await isListening(listener)
  })

  it('that talk nonsense, or are on no box, stop nobody: what they said is counted and kept to be looked at', async () => {
    const listener = await listen()
    await isListening(listener)
    const good = { type: 'shock', at: hourAgo(), g: 9 }
    for (const nonsense of ['{', '[]', '7', '{"type":"shock","at":"yesterday","g":9}', '{"type":"temperature","at":"2026-01-01T00:00:00Z"}', '\u0000']) await broker.send(topic(), nonsense)
    await broker.send(topic(), [good, { type: 'magic', at: hourAgo() }])
    await broker.send(topic('NOBODYS'), good)
    await broker.send(topic(), { type: 'shock', at: new Date(Date.now() - 86_400_000).toISOString(), g: 9 })
    await broker.send(topic(), { type: 'shock', at: new Date(Date.now() + 86_400_000).toISOString(), g: 9 })
    await until(() => listener.counts().refused === 1)
    expect(listener.counts()).to.deep.equal({ taken: 1, known: 0, 'put-aside': 0, idle: 0, malformed: 7, 'not-bound': 2, refused: 1 })
    const own = await listRefusals(store, company, undefined)
    expect(own.map(({ code }) => code)).to.have.members([...Array.from({ length: 7 }, () => 'malformed'), 'not-bound', 'event-in-the-future'])
    expect(own.find(({ reason }) => reason.includes('/1:'))?.payload).to.include('magic')
    const all = await listRefusals(store, { ...company, id: 'co_0000000000000009' as never, roles: ['operator'] }, 'NOBODYS')
    expect(all.map(({ code, deviceId }) => [code, deviceId])).to.deep.equal([['not-bound', 'NOBODYS']])
  })

  it('tell of the box they were on at the time, when they have moved on since', async () => {
    const next = aContainer()
    await bindDevice(store, company, { deviceId: 'TL-77', container: next, from: new Date(hourAgo(30)) })
    const listener = await listen()
    await isListening(listener)
    await broker.send(topic(), [{ type: 'shock', at: hourAgo(10), g: 5 }, { type: 'shock', at: hourAgo(40), g: 6 }])
    await until(() => listener.counts().taken === 2)
    expect((await told()).map((event) => (event as { equipmentReference: string }).equipmentReference)).to.deep.equal([box, next])
  })

  it('are of one company until it lets go of them', async () => {
    const other: CallerCompany = { ...company, id: 'co_0000000000000002' as never, partyId: `p${'6'.repeat(32)}` as never }
    const taken = await bindDevice(store, other, { deviceId: 'TL-77', container: aContainer(), from: new Date() }).catch((error: unknown) => error)
    expect(taken).to.be.instanceOf(Problem).with.property('code', 'device-taken')
    expect(await releaseDevice(store, other, 'TL-77', new Date()).catch((error: unknown) => error)).to.have.property('code', 'not-found')
    expect(await releaseDevice(store, company, 'TL-77', new Date())).to.include({ container: null })
    const container = aContainer()
    expect((await bindDevice(store, other, { deviceId: 'TL-77', container, from: new Date() })).bindings.map((binding) => binding.container)).to.deep.equal([container])
  })
})
