import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Server } from 'socket.io'
import { containerNumbers } from '../support/bill-documents.ts'
import { terminalCookie } from '../support/demo-desks.ts'
import { openPlatform } from '../support/open-platform.ts'
import { equipment } from '../tracking/open-log.ts'
import { figure, machineTime, median, percentile, takenSince, type Figure } from './measure.ts'
import { sendEvents } from './send-events.ts'

const sockets = 1_000
const events = 100
/** How long delays are counted, s. */
const lasts = 30

/**
 * One box followed by 1,000 sockets: events in to frames out, beside a bare room emit of the same frames to as many sockets. Then 1,000
 * boxes, one socket each, at 1,000 events/s: how late their frames come, from the server at `url`, which runs as `npm start` runs it.
 */
export async function trackingFanout(url: string): Promise<Figure[]> {
  const { delays, taken } = await delaysAtRate(url)
  const { value, baseline } = await framesPerSecond()
  const late = delays.filter((delay) => delay > 100).length
  return [
    figure({ name: 'tracking.fanout', unit: 'frames/s', value, baseline, goal: { atLeast: 0.9 }, note: `${events} events to ${sockets} sockets of one room; baseline: io.to(room).emit, one frame an event` }),
    figure({ name: 'tracking.fanout.p99', unit: 'ms', value: percentile(delays, 0.99), baseline: 100, goal: { atMost: 1 }, note: `event sent to frame received, ${sockets} sockets each on its own box, 1,000 events/s for ${lasts} s after 5 s of the same; median ${Math.round(median(delays))} ms, p95 ${Math.round(percentile(delays, 0.95))} ms, ${late} of ${delays.length} above 100 ms, the latest ${Math.round(percentile(delays, 1))} ms; ${taken === null ? 'not known how much' : `${taken} %`} of the machine's time was taken by others` }),
  ]
}

async function framesPerSecond(): Promise<{ readonly value: number; readonly baseline: number }> {
  const platform = await openPlatform({ checkAnswers: false })
  const cookie = await terminalCookie(platform.url)
  const box = containerNumbers(1)[0] ?? ''
  const sent = { url: platform.url, cookie }
  await sendEvents(sent, [seenFirst(box)])
  const clients = startChild('live-clients.ts')
  await openSockets(clients, { url: platform.url, path: '/live', headers: { cookie }, rooms: Array.from({ length: sockets }, () => `container:${box}`), subscribe: true })
  const bare = await bareServer()
  const bareClients = startChild('live-clients.ts')
  await openSockets(bareClients, { url: bare.url, path: '/socket.io', headers: {}, rooms: Array.from({ length: sockets }, () => 'room'), subscribe: false })

  const values: number[] = [], baselines: number[] = []
  for (let round = 0; round < 6; round += 1) {
    const batch = Array.from({ length: events }, () => equipment({ container: box, code: 'INSP', at: new Date().toISOString() }))
    const base = await deliveries(bareClients, () => { for (const event of batch) bare.emit(frameLike(event, box)) })
    const value = await deliveries(clients, () => sendEvents(sent, batch))
    if (round === 0) continue
    values.push(value)
    baselines.push(base)
  }
  for (const child of [clients, bareClients]) child.send({ close: true })
  bare.close()
  await platform.close()
  return { value: median(values), baseline: median(baselines) }
}

/** Milliseconds from the moment an event bears to its frame at the socket. First the server runs warm: a process that has just begun compiles what it does. */
async function delaysAtRate(url: string): Promise<{ readonly delays: readonly number[]; readonly taken: number | null }> {
  const cookie = await terminalCookie(url)
  const boxes = containerNumbers(sockets)
  await sendEvents({ url, cookie }, boxes.map(seenFirst))
  const clients = startChild('live-clients.ts')
  await openSockets(clients, { url, path: '/live', headers: { cookie }, rooms: boxes.map((box) => `container:${box}`), subscribe: true })
  // Whoever sends is another machine in life: a process of its own, so that its work is not taken for the server's.
  const sender = startChild('event-sender.ts')
  sender.send({ url, cookie, boxes, under: 20, everyMs: 20, warmUp: 250, counting: lasts * 50 })
  await told(sender, 'counting')
  await counted(clients)
  const before = machineTime()
  await told(sender, 'sent')
  const { delays } = await counted(clients)
  const taken = takenSince(before)
  clients.send({ close: true })
  return { delays, taken }
}

async function told(child: ChildProcess, wanted: 'counting' | 'sent'): Promise<void> {
  const [word] = (await once(child, 'message')) as [string]
  if (word !== wanted) throw new Error(word)
}

async function deliveries(clients: ChildProcess, emit: () => unknown): Promise<number> {
  await counted(clients)
  const wanted = events * sockets
  const started = performance.now()
  await emit()
  for (let got = 0; got < wanted; ) {
    got += (await counted(clients)).frames
    if (got < wanted) await new Promise((resolve) => setTimeout(resolve, 2))
    if (performance.now() - started > 60_000) throw new Error(`only ${got} of ${wanted} frames came`)
  }
  return wanted / ((performance.now() - started) / 1000)
}

/** A box can be followed once something is known of it. */
function seenFirst(container: string): ReturnType<typeof equipment> {
  return equipment({ container, code: 'GTIN', at: new Date(Date.now() - 60_000).toISOString() })
}

/** A frame as large as the hub's own. */
function frameLike(event: ReturnType<typeof equipment>, box: string): unknown[] {
  return [{ room: `container:${box}`, position: 123_456, at: event.eventDateTime, kind: 'tracking', code: 'INSP', billNumber: null, container: box, item: { position: 123_456, eventID: event.eventID, kind: 'ACT', code: 'INSP', at: event.eventDateTime, place: null, placeCode: null, leg: null, detail: null, retracted: false } }]
}

async function bareServer(): Promise<{ url: string; emit(frames: unknown[]): void; close(): void }> {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'] })
  io.on('connection', (socket) => void socket.join('room'))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, emit: (frames) => io.to('room').emit('frames', frames), close: () => void io.close() }
}

function startChild(program: string): ChildProcess {
  return fork(join(import.meta.dirname, program), { execArgv: ['--import', 'tsx', '--conditions=source'] })
}

async function openSockets(clients: ChildProcess, given: object): Promise<void> {
  clients.send({ open: given })
  await once(clients, 'message')
}

async function counted(clients: ChildProcess): Promise<{ frames: number; delays: number[] }> {
  clients.send({ count: true })
  const [told] = (await once(clients, 'message')) as [{ frames: number; delays: number[] }]
  return told
}
