import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http'
import type { ClientToServer, ServerToClient } from '@yidan/api/contract'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { companyOf, type Caller } from '../access/caller.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { openBroadcaster } from './broadcaster.ts'
import { sendMissed } from './missed.ts'
import { turnedAway, type OpenRoom } from './rooms.ts'
import { watchReaders } from './slow-readers.ts'

export interface Hub {
  /** Access has ended, or may have become less: the sockets concerned are cut; who still may comes back by itself. */
  cut(ended: Ended): void
  /** Resolves when all that the feed told so far has been sent. */
  settled(): Promise<void>
  sockets(): number
  close(): Promise<void>
}
export type Ended =
  | { readonly type: 'session'; readonly sessionId: string }
  | { readonly type: 'api-key'; readonly apiKeyId: string }
  | { readonly type: 'person'; readonly personId: string }
  | { readonly type: 'company'; readonly companyId: string }

/** Names the caller by the handshake's cookie or API key; a wrong key is an error, no credentials are a stranger. */
export type Authenticate = (headers: IncomingHttpHeaders, address: string) => Promise<Caller>

type LiveServer = Server<ClientToServer, ServerToClient, Record<never, never>, Seat>
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<never, never>, Seat>
interface Seat {
  caller: Caller
  readonly rooms: Map<string, OpenRoom>
}

const Request = z.object({ room: z.string().min(3).max(120), since: z.int().nonnegative().optional() })
const roomLimit = 64
/** How often each socket's credentials are looked up again: a session revoked in another process ends here within this time. */
const recheckEvery = 30_000

/**
 * Socket.IO at /live. Every API process tails the log itself and tells its own sockets; processes exchange nothing, so any number of them
 * runs behind any load balancer without a Socket.IO adapter. A socket that was away asks for what it missed, by position, at whichever
 * process it comes to.
 */
export function openHub({ httpServer, ports, authenticate }: { readonly httpServer: HttpServer; readonly ports: Ports; readonly authenticate: Authenticate }): Hub {
  const { eventLog, feed, log, settings } = ports
  const io: LiveServer = new Server(httpServer, {
    path: '/live', serveClient: false, maxHttpBufferSize: 16_384, pingInterval: 20_000, pingTimeout: 15_000,
    // Any other site's page could open a socket with our cookie: only our own pages and programs (no Origin) may.
    allowRequest: ({ headers }, answer) => answer(null, ownPage(headers, settings.publicUrl)),
  })
  const broadcaster = openBroadcaster({
    reader: openTrackingReader(ports), start: feed.health().position, recheck: cutOff,
    emit: (room, frames) => io.to(room).emit('frames', frames),
    failed(error) {
      log.error({ err: error }, 'live frames were lost; all sockets resume from the log')
      for (const socket of io.sockets.sockets.values()) socket.conn.close(true)
    },
  })
  feed.onApplied((entries) => broadcaster.tell(entries))
  const slow = watchReaders({ sockets: () => io.sockets.sockets.values(), log })
  const rechecking = setInterval(() => void recheckAll(), recheckEvery).unref()

  io.use((socket, next) => {
    identify(socket).then((caller) => {
      socket.data = { caller, rooms: new Map() }
      next()
    }, () => next(new Error('bad-credentials')))
  })
  io.on('connection', (socket) => {
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
    const { caller, rooms } = socket.data
    if (caller.kind === 'anonymous') return { ok: false, code: 'not-signed-in' }
    if (rooms.size >= roomLimit && !rooms.has(name)) return { ok: false, code: 'too-many-requests' }
    leave(socket, name)
    const room = await broadcaster.enter(name)
    if (room === null) return { ok: false, code: 'not-found' }
    const refused = turnedAway(caller, room)
    if (refused !== null || !socket.connected) {
      broadcaster.leave(room)
      return { ok: false, code: refused ?? 'not-signed-in' }
    }
    leave(socket, name)
    rooms.set(name, room)
    room.partyId ??= room.kind === 'company' ? (companyOf(caller)?.partyId ?? null) : null
    const gone = (): boolean => rooms.get(name) !== room || turnedAway(socket.data.caller, room) !== null
    // Joined in the same breath in which it has everything: more may be told between one breath and the next.
    for (let at = since ?? broadcaster.sentTo(room); ; ) {
      const upTo = await sendMissed({ eventLog, room, since: at, sentTo: () => broadcaster.sentTo(room), send: (frames) => socket.emit('frames', frames), gone })
      if (upTo === null || gone()) {
        const code = gone() ? 'forbidden' : 'resync'
        if (rooms.get(name) === room) leave(socket, name)
        return { ok: false, code }
      }
      if (upTo >= broadcaster.sentTo(room)) {
        void socket.join(name)
        return { ok: true, position: Math.max(upTo, broadcaster.sentTo(room)) }
      }
      at = upTo
    }
  }

  function leave(socket: LiveSocket, name: string): void {
    const room = socket.data.rooms.get(name)
    if (!room) return
    socket.data.rooms.delete(name)
    void socket.leave(name)
    broadcaster.leave(room)
  }

  /** Title moved: who may no longer follow is out before anything else is sent. */
  function cutOff(room: OpenRoom): void {
    for (const id of [...(io.sockets.adapter.rooms.get(room.name) ?? [])]) {
      const socket = io.sockets.sockets.get(id)
      const refused = socket && turnedAway(socket.data.caller, room)
      if (!socket || !refused) continue
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
      const caller = await identify(socket).catch(() => null)
      if (!socket.connected) continue
      if (caller === null || (caller.kind === 'anonymous' && socket.data.caller.kind !== 'anonymous')) {
        end(socket, 'session-expired')
        continue
      }
      socket.data.caller = caller
      for (const [name, room] of [...socket.data.rooms]) {
        if (turnedAway(caller, room) === null) continue
        leave(socket, name)
        socket.emit('closed', { room: name, code: 'forbidden' })
      }
    }
  }

  function identify({ handshake }: LiveSocket): Promise<Caller> {
    return authenticate(handshake.headers, handshake.address)
  }

  return {
    cut(ended) {
      for (const socket of [...io.sockets.sockets.values()]) if (isOf(socket.data.caller, ended)) end(socket, 'session-expired')
    },
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

function isOf(caller: Caller, ended: Ended): boolean {
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
