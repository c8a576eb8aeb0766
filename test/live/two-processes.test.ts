import type { ClientToServer, Frame, ServerToClient } from '@yidan/api/contract'
import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { io, type Socket } from 'socket.io-client'
import { containerNumbers } from '../support/bill-documents.ts'
import { equipment, openLog, received, type OpenedLog } from '../tracking/open-log.ts'
import { subscribe } from './open-hub.ts'

const events = Number(process.env['YIDAN_EVENTS'] ?? 5_000)
const batch = 250
const boxes = containerNumbers(20)
const rooms = boxes.map((container) => `container:${container}`)

/** `YIDAN_EVENTS=100000` makes it longer. */
describe('two API processes of which one is killed', function () {
  this.timeout(60_000 + events * 5)
  let open: OpenedLog
  const processes: ChildProcess[] = []
  const readers: Reader[] = []
  before(async () => {
    open = await openLog()
  })
  after(async () => {
    for (const reader of readers) reader.close()
    for (const child of processes) child.kill('SIGKILL')
    await open?.close()
  })

  async function start(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(import.meta.dirname, 'hub-process.ts'), open.database.name], { stdio: ['ignore', 'pipe', 'inherit'] })
    processes.push(child)
    const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    return { child, address }
  }

  it(`leaves no reader with a gap or a double over ${events} events: who was cut off goes on at the other`, async () => {
    await open.eventLog.append(boxes.map((container) => received(equipment({ container, code: 'GTIN', at: '2026-11-01T00:00:00Z' }))))
    await open.feed.upTo(await open.eventLog.last(), 60_000)
    const [doomed, other] = await Promise.all([start(), start()])
    for (const address of [doomed.address, doomed.address, other.address]) readers.push(await aReader(address, other.address))

    let sent = 0, killed = false
    while (sent < events) {
      const { last } = await open.eventLog.append(Array.from({ length: batch }, (_, index) => received(equipment({ container: boxes[(sent + index) % boxes.length] ?? '', code: 'CROS', at: new Date(Date.UTC(2026, 10, 2) + (sent + index) * 1_000).toISOString() }))))
      sent += batch
      // As fast as the views go along: who is thousands of events behind is asked to read its view again instead.
      await open.feed.upTo(last - 5_000, 60_000)
      if (killed || sent < events / 2) continue
      killed = true
      doomed.child.kill('SIGKILL')
    }
    const last = await open.eventLog.last()
    for (const until = Date.now() + 60_000 + events; readers.some((reader) => !reader.hasAll(last)) && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 50))

    expect(readers.map(({ refusals }) => refusals)).to.deep.equal([[], [], []])
    expect(readers.map(({ moves }) => moves())).to.deep.equal([1, 1, 0])
    for (const room of rooms) {
      const all = (await open.eventLog.about(room, 0, events)).map(({ position }) => position)
      for (const reader of readers) expect(reader.positions(room), room).to.deep.equal(all)
    }
  })

  interface Reader {
    readonly refusals: readonly string[]
    /** How often it had to go elsewhere. */
    moves(): number
    positions(room: string): readonly number[]
    hasAll(last: number): boolean
    close(): void
  }

  /** Follows every box; cut off, it goes to the other address and resumes each room from what it has. */
  async function aReader(first: string, second: string): Promise<Reader> {
    const heard = new Map<string, number[]>(rooms.map((room) => [room, []]))
    const refusals: string[] = []
    let socket: Socket<ServerToClient, ClientToServer>, moves = 0, closed = false
    const note = (frames: readonly Frame[]): void => { for (const { room, position } of frames) heard.get(room)?.push(position) }
    const sit = async (address: string): Promise<void> => {
      socket = io(address, { path: '/live', transports: ['websocket'], extraHeaders: { 'x-name': 'terminal' }, reconnection: false, forceNew: true })
      socket.on('frames', note)
      socket.once('disconnect', () => {
        if (closed) return
        moves += 1
        void sit(second)
      })
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('connect_error', reject)
      })
      for (const room of rooms) {
        const answer = await subscribe(socket, room, heard.get(room)?.at(-1) ?? 0)
        if (!answer.ok) refusals.push(`${room}: ${answer.code}`)
      }
    }
    await sit(first)
    return {
      refusals, moves: () => moves,
      positions: (room) => heard.get(room) ?? [],
      hasAll: (last) => Math.max(...[...heard.values()].map((positions) => positions.at(-1) ?? 0)) >= last && refusals.length === 0 && [...heard.values()].reduce((sum, positions) => sum + positions.length, 0) >= events + boxes.length,
      close() {
        closed = true
        socket.disconnect()
      },
    }
  }
})
