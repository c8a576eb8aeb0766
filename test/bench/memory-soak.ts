import type { Desk } from '@yidan/api/sdk'
import type { BillNumber } from '@yidan/ledger'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { containerNumbers } from '../support/bill-documents.ts'
import { demoDesk, issueOverHttp, terminalCookie, type IssuingDesks } from '../support/demo-desks.ts'
import { aFreePort, startServer } from '../support/start-server.ts'
import { until } from '../support/until.ts'
import { equipment } from '../tracking/open-log.ts'
import { figure, median, type Figure } from './measure.ts'

/** How long (s), and how often the size is read (ms). */
const lasts = Number(process.env['YIDAN_SOAK_SECONDS'] ?? 600), every = 5_000
const eventsPerSecond = 100, boxCount = 500, sittings = 40

/**
 * The product as `npm start` runs it under a mixed load for ten minutes: bills issued and made into PDFs, events taken, lists and boxes read,
 * browsers that come and go, and one that never reads what it is sent. `memory.soak`: resident size of the API over the last fifth beside
 * the second fifth, when the first has warmed it up. `memory.api`: after all of it, beside the size just after the start.
 */
export async function memorySoak(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'yidan-soak-'))
  const server = await startServer({ dataDir, port: await aFreePort() })
  try {
    const api = server.processes().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('api/dist/src/main.js'))
    if (api === undefined) throw new Error('the API process is not found')
    const first = residentSize(api)
    const load = await openLoad(server.url)
    const sizes: number[] = []
    for (const end = performance.now() + lasts * 1_000; performance.now() < end && !load.hasBroken(); ) {
      await new Promise((resolve) => setTimeout(resolve, every))
      sizes.push(residentSize(api))
    }
    const done = await load.stop()
    const fifth = Math.floor(sizes.length / 5)
    const early = median(sizes.slice(fifth, fifth * 2)), late = median(sizes.slice(-fifth)), peak = Math.max(...sizes)
    const told = `${lasts} s, ${done.bills} bills with their PDFs, ${done.events} events, ${done.reads} reads, ${done.sockets} sockets come and gone`
    return [
      figure({ name: 'memory.soak', unit: 'MB', value: late, baseline: early, goal: { atMost: 1.1 }, note: `resident size of the API, last fifth beside the second; ${told}` }),
      figure({ name: 'memory.api', unit: 'MB', value: late, baseline: first, goal: { atMost: 1.6 }, note: `the same beside its size just after the start; at most ${Math.round(peak)} MB on the way` }),
      figure({ name: 'memory.api.whole', unit: 'MB', value: late, baseline: 400, goal: { atMost: 1 }, note: 'the same beside 400 MB' }),
    ]
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Done { bills: number; events: number; reads: number; sockets: number }

async function openLoad(url: string): Promise<{ hasBroken(): boolean; stop(): Promise<Done> }> {
  const desks: IssuingDesks = { clerk: await demoDesk(url, '洛阳陆港', 'clerk'), signer: await demoDesk(url, '洛阳陆港', 'signer'), terminal: await demoDesk(url, '场站', 'gate'), shipper: await demoDesk(url, 'Busan Battery') }
  const cookie = await terminalCookie(url)
  const boxes = containerNumbers(boxCount)
  await desks.terminal.client.call('sendEvents', { body: boxes.map((container) => equipment({ container, code: 'GTIN', at: new Date(Date.now() - 60_000).toISOString() })) })
  await until(() => desks.terminal.client.call('container', { params: { container: boxes.at(-1) as never } }).then(() => true, () => false), 'all boxes are known')
  const done: Done = { bills: 0, events: 0, reads: 0, sockets: 0 }
  const stopping = new AbortController()
  const again = async (work: () => Promise<void>, pause = 0): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work()
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  const deaf = await sitting(url, cookie, boxes.slice(0, 50))
  stopReading(deaf)
  const open: Socket[] = []
  const runs = [
    again(async () => {
      await downloaded(desks.clerk, (await issueOverHttp(desks)).billNumber)
      done.bills += 1
    }),
    again(async () => {
      const batch = Array.from({ length: eventsPerSecond / 4 }, () => equipment({ container: boxes[Math.floor(Math.random() * boxCount)] ?? '', code: 'INSP', at: new Date().toISOString() }))
      done.events += (await desks.terminal.client.call('sendEvents', { body: batch })).accepted
    }, 250),
    again(async () => {
      const { client } = desks.terminal
      await client.call('containers', { query: {} })
      await client.call('container', { params: { container: boxes[Math.floor(Math.random() * boxCount)] as never } })
      await desks.clerk.client.call('bills', { query: {} })
      done.reads += 3
    }, 50),
    again(async () => {
      open.push(await sitting(url, cookie, [boxes[Math.floor(Math.random() * boxCount)] ?? '']))
      done.sockets += 1
      if (open.length > sittings) open.shift()?.close()
    }, 100),
  ]
  // One that breaks off stops the others; whoever stops the load hears of it.
  for (const run of runs) run.catch(() => stopping.abort())
  return {
    hasBroken: () => stopping.signal.aborted,
    async stop() {
      stopping.abort()
      await Promise.all(runs)
      for (const socket of [...open, deaf]) socket.close()
      return done
    },
  }
}

async function downloaded({ client }: Desk, billNumber: BillNumber): Promise<void> {
  const pdf = await client.download('billPdf', { params: { billNumber }, query: { as: 'issued' } })
  if (pdf.size < 10_000) throw new Error(`the PDF of ${billNumber} has ${pdf.size} bytes`)
}

async function sitting(url: string, cookie: string, boxes: readonly string[]): Promise<Socket> {
  const socket = io(url, { path: '/live', transports: ['websocket'], extraHeaders: { cookie }, forceNew: true })
  await once(socket as unknown as NodeJS.EventEmitter, 'connect')
  for (const box of boxes) await socket.emitWithAck('subscribe', { room: `container:${box}` })
  return socket
}

/** Frames pile up in front of it from now on. */
function stopReading(socket: Socket): void {
  const { ws } = socket.io.engine.transport as unknown as { ws: { pause(): void } }
  ws.pause()
}

/** MB */
function residentSize(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}
