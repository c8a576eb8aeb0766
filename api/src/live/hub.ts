import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http'
import type { ClientToServer, Frame, ServerToClient } from '@yidan/api/contract'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { companyOf, type Caller } from '../access/caller.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { openBroadcaster, type Ended } from './broadcaster.ts'
import { guestFrames, guestSeats, guestTurnedAway, isOver, shareTokenIn, whenOver, type Admit, type Guest } from './guests.ts'
import { sendMissed } from './missed.ts'
import { turnedAway, type OpenRoom } from './rooms.ts'
import { drained, watchReaders } from './slow-readers.ts'

export interface Hub {
  /** Access has ended, or may have become less: the sockets concerned are cut; who still may comes back by itself. */
  cut(ended: Ended): void
  /** Resolves when all that the feed told so far has been sent. */
  settled(): Promise<void>
  sockets(): number
  close(): Promise<void>
}

/** Names the caller by the handshake's cookie or API key; a wrong key is an error, no credentials are a stranger. */
export type Authenticate = (headers: IncomingHttpHeaders, address: string) => Promise<Caller>

type LiveServer = Server<ClientToServer, ServerToClient, Record<never, never>, Seat>
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<never, never>, Seat>
interface Seat {
  /** Of a guest: the one who shared. */
  caller: Caller
  guest: Guest | null
  readonly rooms: Map<string, OpenRoom>
}

const Request = z.object({ room: z.string().min(3).max(120), since: z.int().nonnegative().optional() })
const roomLimit = 64
/** How often each socket's credentials are looked up again: for a session that has run out, and for a change made past the API. */
const recheckEvery = 30_000

/**
 * Socket.IO at /live. Every API process tails the log itself and tells its own sockets; processes exchange nothing, so any number of them
 * runs behind any load balancer without a Socket.IO adapter. A socket that was away asks for what it missed, by position, at whichever
 * process it comes to.
 */
export function openHub({ httpServer, ports, authenticate, admit }: { readonly httpServer: HttpServer; readonly ports: Ports; readonly authenticate: Authenticate; /** Lets in who holds a share link; without it nobody does. */ readonly admit?: Admit }): Hub {
  const { clock, eventLog, feed, log, settings } = ports
  const io: LiveServer = new Server(httpServer, {
    path: '/live', serveClient: false, maxHttpBufferSize: 16_384, pingInterval: 20_000, pingTimeout: 15_000,
    // Any other site's page could open a socket with our cookie: only our own pages and programs (no Origin) may.
    allowRequest: ({ headers }, answer) => answer(null, ownPage(headers, settings.publicUrl)),
  })
  const broadcaster = openBroadcaster({
    reader: openTrackingReader(ports), start: feed.health().position, recheck: cutOff,
    ended: cut,
    emit(room, frames) {
      io.to(room).emit('frames', frames)
      tellGuests(room, frames)
    },
    failed(error) {
      log.error({ err: error }, 'live frames were lost; all sockets resume from the log')
      for (const socket of io.sockets.sockets.values()) socket.conn.close(true)
    },
  })
  feed.onApplied((entries) => broadcaster.tell(entries))
  const slow = watchReaders({ sockets: () => io.sockets.sockets.values(), log })
  const rechecking = setInterval(() => void recheckAll(), recheckEvery).unref()

  io.use((socket, next) => {
    identify(socket).then((known) => {
      socket.data = { ...known, rooms: new Map() }
      next()
    }, () => next(new Error('bad-credentials')))
  })
  io.on('connection', (socket) => {
    const { guest } = socket.data
    if (guest) socket.on('disconnect', whenOver(guest, clock, () => { end(socket, 'share-expired') }))
    socket.on('subscribe', (request, answer) => {
      const reply = typeof answer === 'function' ? answer : () => undefined
      subscribe(socket, request).then(reply, (error: unknown) => {
        log.error({ err: error }, 'a subscription failed')
        reply({ ok: false, code: 'internal' })
      })
    })
    socket.on('unsubscribe', (request) => {
      const parsed = Request.safeParse(request)
      if (parsed.success) leave(socket, parsed.data.room)
    })
    socket.on('disconnect', () => {
      for (const name of [...socket.data.rooms.keys()]) leave(socket, name)
    })
  })

  async function subscribe(socket: LiveSocket, request: unknown): Promise<Parameters<Parameters<ClientToServer['subscribe']>[1]>[0]> {
    const parsed = Request.safeParse(request)
    if (!parsed.success) return { ok: false, code: 'invalid-request' }
    const { room: name, since } = parsed.data
    const { caller, rooms, guest } = socket.data
    if (guest && guest.room !== name) return { ok: false, code: 'forbidden' }
    if (caller.kind === 'anonymous') return { ok: false, code: 'not-signed-in' }
    if (rooms.size >= roomLimit && !rooms.has(name)) return { ok: false, code: 'too-many-requests' }
    leave(socket, name)
    const room = await broadcaster.enter(name)
    if (room === null) return { ok: false, code: 'not-found' }
    const refused = refusedAt(socket, room)
    if (refused !== null || !socket.connected) {
      broadcaster.leave(room)
      return { ok: false, code: refused ?? 'not-signed-in' }
    }
    leave(socket, name)
    rooms.set(name, room)
    room.partyId ??= room.kind === 'company' ? (companyOf(caller)?.partyId ?? null) : null
    const gone = (): boolean => rooms.get(name) !== room || refusedAt(socket, room) !== null
    // It has read beyond the end of the log: the log is not the one it read.
    if (since !== undefined && since > broadcaster.sentTo(room) && since > (await eventLog.last())) {
      if (!gone()) leave(socket, name)
      return { ok: false, code: 'resync' }
    }
    const upTo = await sendMissed({
      eventLog, room, since: since ?? broadcaster.sentTo(room), sentTo: () => broadcaster.sentTo(room), send: (frames) => { send(socket, frames) }, drained: () => drained(socket, gone), gone,
      seat: () => void socket.join(guest ? guestSeats(name) : name),
    })
    if (upTo !== null) return { ok: true, position: upTo }
    if (rooms.get(name) === room) leave(socket, name)
    return { ok: false, code: 'forbidden' }
  }

  function leave(socket: LiveSocket, name: string): void {
    const room = socket.data.rooms.get(name)
    if (!room) return
    socket.data.rooms.delete(name)
    void socket.leave(socket.data.guest ? guestSeats(name) : name)
    broadcaster.leave(room)
  }

  /** Title moved: who may no longer follow is out before anything else is sent. */
  function cutOff(room: OpenRoom): void {
    for (const socket of [...sitting(room.name), ...sitting(guestSeats(room.name))]) {
      const refused = refusedAt(socket, room)
      if (!refused) continue
      leave(socket, room.name)
      socket.emit('closed', { room: room.name, code: 'title-moved' })
    }
  }

  function end(socket: LiveSocket, code: string): void {
    for (const name of [...socket.data.rooms.keys()]) {
      leave(socket, name)
      socket.emit('closed', { room: name, code })
    }
    socket.disconnect(true)
  }

  async function recheckAll(): Promise<void> {
    for (const socket of [...io.sockets.sockets.values()]) {
      const known = await identify(socket).catch(() => null)
      if (!socket.connected) continue
      if (known === null || (known.caller.kind === 'anonymous' && socket.data.caller.kind !== 'anonymous')) {
        end(socket, endOf(socket))
        continue
      }
      Object.assign(socket.data, known)
      for (const [name, room] of [...socket.data.rooms]) {
        if (refusedAt(socket, room) === null) continue
        leave(socket, name)
        socket.emit('closed', { room: name, code: 'forbidden' })
      }
    }
  }

  /** With a share link one is a guest, whoever else one may be. */
  async function identify({ handshake }: LiveSocket): Promise<Pick<Seat, 'caller' | 'guest'>> {
    const token = shareTokenIn(handshake.auth)
    if (token === null) return { caller: await authenticate(handshake.headers, handshake.address), guest: null }
    if (admit === undefined) throw new Error('no share links here')
    const guest = await admit(token)
    return { caller: guest.sharer, guest }
  }

  function refusedAt({ data: { caller, guest } }: LiveSocket, room: OpenRoom): ReturnType<typeof turnedAway> {
    return guest ? guestTurnedAway(guest, room, clock()) : turnedAway(caller, room)
  }

  function sitting(seats: string): LiveSocket[] {
    return [...(io.sockets.adapter.rooms.get(seats) ?? [])].flatMap((id) => io.sockets.sockets.get(id) ?? [])
  }

  function tellGuests(room: string, frames: readonly Frame[]): void {
    const seats = sitting(guestSeats(room))
    if (seats.length === 0) return
    for (const socket of seats) if (socket.data.guest && isOver(socket.data.guest, clock())) end(socket, 'share-expired')
    const told = guestFrames(frames)
    if (told.length > 0) io.to(guestSeats(room)).emit('frames', told)
  }

  function send(socket: LiveSocket, frames: readonly Frame[]): void {
    const told = socket.data.guest ? guestFrames(frames) : frames
    if (told.length > 0) socket.emit('frames', told)
  }

  function cut(ended: Ended): void {
    for (const socket of [...io.sockets.sockets.values()]) if (isOf(socket.data, ended)) end(socket, endOf(socket))
  }

  return {
    cut,
    settled: () => broadcaster.settled(),
    sockets: () => io.sockets.sockets.size,
    async close() {
      clearInterval(rechecking)
      slow.stop()
      io.disconnectSockets(true)
      await broadcaster.settled()
      // Closes the engine, not the HTTP server: that is its owner's.
      io.engine.close()
    },
  }
}

function ownPage({ origin, host }: IncomingHttpHeaders, publicUrl: string): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const asked = new URL(origin)
  return asked.host === host || asked.origin === new URL(publicUrl).origin
}

/** What a socket is told when its access ends: guests read their page again, which says why. */
function endOf({ data }: LiveSocket): string {
  return data.guest ? 'share-ended' : 'session-expired'
}

function isOf({ caller, guest }: Seat, ended: Ended): boolean {
  if (ended.type === 'share') return guest?.shareId === ended.shareId
  if (caller.kind === 'anonymous') return false
  switch (ended.type) {
    case 'session':
      return caller.kind === 'person' && caller.sessionId === ended.sessionId
    case 'person':
      return caller.kind === 'person' && caller.person.id === ended.personId
    case 'api-key':
      return caller.kind === 'system' && caller.apiKeyId === ended.apiKeyId
    case 'company':
      return caller.company.id === ended.companyId
  }
}
