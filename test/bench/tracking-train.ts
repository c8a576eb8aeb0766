import type { BillDocument, BillId, BillNumber, ContainerNumber, PartyId } from '@yidan/ledger'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import { billFrom, containerNumbers } from '../support/bill-documents.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { equipment, frozen, transport } from '../tracking/open-log.ts'
import { figure, median, type Figure } from './measure.ts'
import { sendEvents } from './send-events.ts'

const rounds = 30
const aboard = 100

/**
 * One report of a train, from the moment it is sent over HTTP until it is durable, in the views, told to a socket in the room of the train
 * and to one in the room of a box aboard, and read in that box's view over HTTP. A train with a hundred boxes, each on a bill of its own,
 * beside one with a single box; in turns. The view of a box joins it with its train when it is read, so no box is written.
 */
export async function trackingTrain(): Promise<Figure> {
  const platform = await openPlatform({ checkAnswers: false })
  const terminal = await platform.signInAs('terminal-gate')
  const boxes = containerNumbers(aboard + 1)
  const full = await loaded(platform, terminal, 'X7100', boxes.slice(0, aboard))
  const single = await loaded(platform, terminal, 'X7001', boxes.slice(aboard))
  const values: number[] = [], baselines: number[] = []
  for (let round = -5; round < rounds; round += 1) {
    const [base, value] = [await single.report(round + 5), await full.report(round + 5)]
    if (round < 0) continue
    baselines.push(base)
    values.push(value)
  }
  // The join must hold for every box, not for the one that was timed.
  await full.everyBoxShows()
  full.close()
  single.close()
  await platform.close()
  return figure({ name: 'tracking.train', unit: 'ms', value: median(values), baseline: median(baselines), goal: { atMost: 1.2 }, note: `one report of a train of ${aboard} boxes, until it is told in the rooms of the train and of a box and read in the box's view; baseline: a train of one box` })
}

interface Train {
  report(minute: number): Promise<number>
  everyBoxShows(): Promise<void>
  close(): void
}

async function loaded(platform: Platform, terminal: SignedIn, service: string, boxes: readonly ContainerNumber[] | readonly string[]): Promise<Train> {
  const { url, ports: { eventLog, feed } } = platform
  const sender = { url, cookie: terminal.cookie }
  const party = `p${'7'.repeat(32)}` as PartyId
  const start = Date.now() - 3 * 3_600_000
  const { last } = await eventLog.append(boxes.map((container, index) => frozen(aBill(service, container as ContainerNumber, index), { carrier: party, shipper: party })))
  await feed.upTo(last, 60_000)
  const call = { modeOfTransport: 'RAIL', carrierServiceCode: service } as const
  await sendEvents(sender, boxes.map((container) => equipment({ container, code: 'LOAD', at: new Date(start).toISOString(), eventLocation: { locationName: 'Luoyang' }, transportCall: call })))
  await feed.upTo(await eventLog.last(), 60_000)
  const [watched = ''] = boxes
  const sockets = [await sitting(platform, terminal, `train:${service}`), await sitting(platform, terminal, `container:${watched}`)]
  let newest = ''
  const shows = async (container: string): Promise<boolean> => {
    const answer = await platform.request(`/api/v1/containers/${container}`, { headers: { cookie: terminal.cookie } })
    return ((await answer.json()) as { timeline: { eventID: string }[] }).timeline.some(({ eventID }) => eventID === newest)
  }
  return {
    async report(minute) {
      const event = transport({ code: minute % 2 ? 'ARRI' : 'DEPA', at: new Date(start + (minute + 1) * 60_000).toISOString(), ...call, location: { locationName: `Station ${minute}` } })
      newest = event.eventID
      const told = sockets.map((socket) => frameOf(socket, newest))
      const started = performance.now()
      await sendEvents(sender, [event])
      await Promise.all(told)
      if (!(await shows(watched))) throw new Error('a box does not show what its train reported')
      return performance.now() - started
    },
    async everyBoxShows() {
      for (const container of boxes) if (!(await shows(container))) throw new Error(`${container} does not show what its train reported`)
    },
    close: () => sockets.forEach((socket) => socket.close()),
  }
}

function aBill(service: string, container: ContainerNumber, serial: number): BillDocument {
  const sample = billFrom('furnitureToHamburg')
  const [leg] = sample.legs, [box] = sample.containers
  if (!leg || !box) throw new Error('the sample booking has a leg and a box')
  return {
    ...sample, billId: `b${randomBytes(16).toString('hex')}` as BillId, billNumber: `${sample.billNumber.slice(0, 8)}${service}${serial}` as BillNumber, salt: randomBytes(16).toString('hex'),
    legs: [{ ...leg, trainNumber: service, plannedDeparture: new Date(Date.now() - 3_600_000).toISOString(), plannedArrival: new Date(Date.now() + 86_400_000).toISOString() }] as BillDocument['legs'], containers: [{ ...box, number: container }],
  }
}

async function sitting({ url }: Platform, { cookie }: SignedIn, room: string): Promise<Socket> {
  const socket = io(url, { path: '/live', transports: ['websocket'], extraHeaders: { cookie }, forceNew: true })
  await once(socket as unknown as NodeJS.EventEmitter, 'connect')
  const answer = (await socket.emitWithAck('subscribe', { room })) as { ok: boolean; code?: string }
  if (!answer.ok) throw new Error(`${room}: ${answer.code}`)
  return socket
}

function frameOf(socket: Socket, eventID: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (frames: readonly { readonly item: { readonly eventID: string } | null }[]): void => {
      if (!frames.some(({ item }) => item?.eventID === eventID)) return
      socket.off('frames', listen)
      resolve()
    }
    socket.on('frames', listen)
  })
}
