import type { ClientToServer, Frame, ServerToClient, SubscribeAnswer } from '@yidan/api/contract'
import { expect } from 'chai'
import { makeLive, type LiveSocket } from './live.ts'

/** A server in a box: keeps one room's frames, answers subscriptions when the test says so. */
function aServer() {
  const log: Frame[] = []
  const asked: { room: string; since?: number }[] = []
  const answers: (() => void)[] = [], refusals: ((code: string) => void)[] = []
  const left: string[] = []
  let tries = 0
  const listeners = new Map<string, ((...args: never[]) => void)[]>()
  const tell = (event: string, ...args: unknown[]) => { for (const listener of listeners.get(event) ?? []) (listener as (...given: unknown[]) => void)(...args) }
  const socket = {
    connected: false,
    active: true,
    connect() { tries += 1 },
    on(event: string, listener: (...args: never[]) => void) { listeners.set(event, [...(listeners.get(event) ?? []), listener]) },
    emit(event: keyof ClientToServer, request: { room: string; since?: number }, answer?: (answer: SubscribeAnswer) => void) {
      if (event === 'unsubscribe') { left.push(request.room); return }
      asked.push(request)
      refusals.push((code) => answer?.({ ok: false, code }))
      answers.push(() => {
        const missed = request.since === undefined ? [] : log.filter((frame) => frame.room === request.room && frame.position > (request.since ?? 0))
        if (missed.length > 0) tell('frames', missed)
        answer?.({ ok: true, position: log.at(-1)?.position ?? 0 })
      })
    },
    disconnect() { socket.connected = false },
  }
  const record = (room: string, position: number): Frame => {
    const frame: Frame = { room, position, at: '2026-11-24T12:00:00.000Z', kind: 'tracking', code: 'GTIN', billNumber: null, container: null, item: null }
    log.push(frame)
    return frame
  }
  return {
    socket: socket as unknown as LiveSocket, asked, left, record,
    connect() { socket.connected = true; tell('connect') },
    drop() { socket.connected = false; tell('disconnect') },
    answer() {
      refusals.splice(0)
      for (const answer of answers.splice(0)) answer()
    },
    refuse(code: string) {
      answers.splice(0)
      for (const refuse of refusals.splice(0)) refuse(code)
    },
    happen(room: string, position: number) { tell('frames', [record(room, position)]) },
    send(frames: readonly Frame[]) { tell('frames', frames) },
    tries: () => tries,
    hangUp() { Object.assign(socket, { connected: false, active: false }); tell('disconnect') },
    close(notice: Parameters<ServerToClient['closed']>[0]) { tell('closed', notice) },
  }
}

const room = 'container:CSQU3054383' as const

const aMoment = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 1) })

describe('following a room', () => {
  it('resumes after a lost connection without a gap and without a double', () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const seen: number[] = []
    live.follow({ room, since: 10, onFrames: (frames) => seen.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: () => undefined })
    return Promise.resolve().then(() => {
      server.connect()
      server.answer()
      server.happen(room, 11)
      server.drop()
      expect(live.state.value).to.equal('connecting')
      server.record(room, 12)
      server.record(room, 13)
      server.connect()
      server.answer()
      server.happen(room, 14)
      expect(server.asked).to.deep.equal([{ room, since: 10 }, { room, since: 11 }])
      expect(seen).to.deep.equal([11, 12, 13, 14])
      expect(live.state.value).to.equal('live')
    })
  })

  it('lets no live frame overtake the missed ones', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const seen: number[] = []
    server.record(room, 5)
    live.follow({ room, since: 4, onFrames: (frames) => seen.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: () => undefined })
    await Promise.resolve()
    server.connect()
    server.happen(room, 6)
    expect(seen).to.deep.equal([])
    server.answer()
    expect(seen).to.deep.equal([5, 6])
  })

  it('drops a frame it has had', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const seen: number[] = []
    live.follow({ room, since: 0, onFrames: (frames) => seen.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: () => undefined })
    await Promise.resolve()
    server.connect()
    server.answer()
    const frame = server.record(room, 7)
    server.send([frame, frame])
    server.send([frame])
    expect(seen).to.deep.equal([7])
  })

  it('gives a second follower what it has missed, and the first one nothing twice', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const first: number[] = [], second: number[] = []
    live.follow({ room, since: 0, onFrames: (frames) => first.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: () => undefined })
    await Promise.resolve()
    server.connect()
    server.answer()
    server.happen(room, 1)
    server.happen(room, 2)
    live.follow({ room, since: 1, onFrames: (frames) => second.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: () => undefined })
    server.answer()
    expect(first).to.deep.equal([1, 2])
    expect(second).to.deep.equal([2])
  })

  it('ends the view when title moves on, and takes no frame after that', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const seen: number[] = [], closed: string[] = []
    live.follow({ room, since: 0, onFrames: (frames) => seen.push(...frames.map((frame) => frame.position)), readAgain: async () => undefined, onClosed: (code) => closed.push(code) })
    await Promise.resolve()
    server.connect()
    server.answer()
    server.close({ room, code: 'forbidden' })
    server.happen(room, 9)
    expect(closed).to.deep.equal(['forbidden'])
    expect(seen).to.deep.equal([])
    expect(live.state.value).to.equal('off')
  })

  it('has the view read again when the log is another, and follows it from there', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const seen: number[] = [], closed: string[] = []
    let readings = 0
    live.follow({ room, since: 900, onFrames: (frames) => seen.push(...frames.map((frame) => frame.position)), readAgain: async () => { readings += 1; return 3 }, onClosed: (code) => closed.push(code) })
    await Promise.resolve()
    server.connect()
    server.refuse('resync')
    await aMoment()
    server.record(room, 4)
    server.answer()
    expect(server.asked).to.deep.equal([{ room, since: 900 }, { room, since: 3 }])
    expect({ seen, readings, closed, state: live.state.value }).to.deep.equal({ seen: [4], readings: 1, closed: [], state: 'live' })
  })

  it('follows from now on when what was read again is not of the log either, or could not be read', async () => {
    for (const readAgain of [async () => 800, () => Promise.reject(new Error('away'))]) {
      const server = aServer()
      const live = makeLive(() => server.socket)
      live.follow({ room, since: 900, onFrames: () => undefined, readAgain, onClosed: () => undefined })
      await Promise.resolve()
      server.connect()
      server.refuse('resync')
      await aMoment()
      server.refuse('resync')
      await aMoment()
      expect(server.asked.at(-1)).to.deep.equal({ room })
    }
  })

  it('comes back by itself after a server that stopped has hung up', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket, { pauseMs: 5 })
    live.follow({ room, since: 3, onFrames: () => undefined, readAgain: async () => undefined, onClosed: () => undefined })
    await Promise.resolve()
    server.connect()
    server.hangUp()
    expect(live.state.value).to.equal('connecting')
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    expect(server.tries()).to.equal(1)
  })

  it('leaves the room with its last follower and then hangs up', async () => {
    const server = aServer()
    const live = makeLive(() => server.socket)
    const one = live.follow({ room, onFrames: () => undefined, readAgain: async () => undefined, onClosed: () => undefined })
    const other = live.follow({ room, onFrames: () => undefined, readAgain: async () => undefined, onClosed: () => undefined })
    await Promise.resolve()
    server.connect()
    one()
    expect(server.left).to.deep.equal([])
    other()
    expect(server.left).to.deep.equal([room])
    expect(server.socket.connected).to.equal(false)
  })
})
