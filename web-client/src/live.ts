import type { ClientToServer, Frame, Room, ServerToClient } from '@yidan/api/contract'
import { getCurrentScope, onScopeDispose, ref, watch, type Ref } from 'vue'
import { noteLive } from './connection.ts'

/** The part of a Socket.IO client that following needs; a test gives its own. */
export interface LiveSocket {
  readonly connected: boolean
  /** Whether it will try to connect again by itself. */
  readonly active: boolean
  on(event: 'connect' | 'disconnect' | 'connect_error', listener: () => void): unknown
  on<E extends keyof ServerToClient>(event: E, listener: ServerToClient[E]): unknown
  emit<E extends keyof ClientToServer>(event: E, ...args: Parameters<ClientToServer[E]>): unknown
  connect(): unknown
  disconnect(): unknown
}

export interface Following {
  readonly room: Room
  /** Position of what is already on the screen: everything after it comes as frames, none twice. Without it: from now on. */
  readonly since?: number | undefined
  readonly onFrames: (frames: readonly Frame[]) => void
  /** The log is another than the one the view was read from: the view is read again and followed from the position that comes back; from now on where there is none. */
  readonly readAgain: () => Promise<number | undefined>
  /** The view ends: title moved on, rights ended, or the session is over. No frame comes after it. */
  readonly onClosed: (code: string) => void
}

interface Follower extends Following {
  position: number | undefined
}

interface RoomState {
  readonly followers: Set<Follower>
  /** While a subscription is under way, frames wait here: a live one must not overtake the missed ones. */
  waiting: Frame[] | null
  /** Tells the newest subscription from those it replaced. */
  turn: number
  /** Its views were read again, and no subscription was granted since. */
  isReadAgain: boolean
}

export interface Live {
  readonly state: Ref<'off' | 'connecting' | 'live'>
  follow(following: Following): () => void
}

/** Rooms over one socket, opened with the first follower and closed with the last. Resumes each room where its followers are; `pauseMs` is waited before a server that hung up or tripped is asked again. */
export function makeLive(open: () => Promise<LiveSocket> | LiveSocket, { pauseMs = 3_000 }: { readonly pauseMs?: number } = {}): Live {
  const state: Live['state'] = ref('off')
  const rooms = new Map<string, RoomState>()
  let socket: LiveSocket | null = null
  let opening = false

  async function start(): Promise<void> {
    if (socket || opening) return
    opening = true
    state.value = 'connecting'
    let opened: LiveSocket
    try {
      opened = await open()
    } finally {
      opening = false
    }
    if (rooms.size === 0) {
      opened.disconnect()
      return
    }
    socket = opened
    opened.on('connect', welcome)
    opened.on('disconnect', () => {
      if (socket !== opened) return
      state.value = 'connecting'
      // What waited is not lost: the next subscription asks for it again.
      for (const room of rooms.values()) room.waiting = null
      connectAgain(opened)
    })
    opened.on('connect_error', () => { connectAgain(opened) })
    opened.on('frames', (frames) => {
      for (const name of new Set(frames.map((frame) => frame.room))) take(name, frames.filter((frame) => frame.room === name))
    })
    opened.on('closed', ({ room, code }) => { close(room, code) })
    if (opened.connected) welcome()
  }

  /** A server that stops hangs up on everybody: then the client does not come back unless it is told to. */
  function connectAgain(opened: LiveSocket): void {
    if (opened.active) return
    setTimeout(() => { if (socket === opened && !opened.connected && !opened.active) opened.connect() }, pauseMs)
  }

  function welcome(): void {
    state.value = 'live'
    for (const name of rooms.keys()) subscribe(name)
  }

  function subscribe(name: string): void {
    const room = rooms.get(name)
    if (!room || !socket?.connected) return
    const positions = [...room.followers].map((follower) => follower.position).filter((position) => position !== undefined)
    const turn = (room.turn += 1)
    room.waiting ??= []
    socket.emit('subscribe', { room: name, ...(positions.length > 0 ? { since: Math.min(...positions) } : {}) }, (answer) => {
      if (rooms.get(name) !== room || room.turn !== turn) return
      if (!answer.ok && (answer.code === 'internal' || answer.code === 'too-many-requests')) {
        room.waiting = null
        setTimeout(() => { if (rooms.get(name) === room && room.turn === turn) subscribe(name) }, pauseMs)
        return
      }
      if (!answer.ok) {
        close(name, answer.code ?? 'forbidden')
        return
      }
      room.isReadAgain = false
      const waited = room.waiting ?? []
      room.waiting = null
      deliver(room, waited)
      for (const follower of room.followers) follower.position = Math.max(follower.position ?? 0, answer.position ?? 0)
    })
  }

  function take(name: string, frames: readonly Frame[]): void {
    const room = rooms.get(name)
    if (!room) return
    if (room.waiting) room.waiting.push(...frames)
    else deliver(room, frames)
  }

  function deliver(room: RoomState, frames: readonly Frame[]): void {
    const inOrder = [...frames].sort((one, other) => one.position - other.position)
    for (const follower of room.followers) {
      const news: Frame[] = []
      for (const frame of inOrder) {
        if (frame.position <= (follower.position ?? -1)) continue
        follower.position = frame.position
        news.push(frame)
      }
      if (news.length > 0) follower.onFrames(news)
    }
  }

  function close(name: string, code: string): void {
    const room = rooms.get(name)
    if (!room) return
    if (code === 'resync') {
      void readAgain(name, room)
      return
    }
    rooms.delete(name)
    stopWhenIdle()
    for (const follower of room.followers) follower.onClosed(code)
  }

  async function readAgain(name: string, room: RoomState): Promise<void> {
    room.turn += 1
    room.waiting = []
    // What was just read again is not of this log either: then from now on.
    const inVain = room.isReadAgain
    room.isReadAgain = true
    await Promise.all([...room.followers].map(async (follower) => {
      follower.position = undefined
      const position = await follower.readAgain().catch(() => undefined)
      if (!inVain) follower.position = position
    }))
    if (rooms.get(name) === room) subscribe(name)
  }

  function stopWhenIdle(): void {
    if (rooms.size > 0) return
    socket?.disconnect()
    socket = null
    state.value = 'off'
  }

  return {
    state,
    follow(following) {
      const room = rooms.get(following.room) ?? { followers: new Set(), waiting: null, turn: 0, isReadAgain: false }
      const follower: Follower = { ...following, position: following.since }
      rooms.set(following.room, room)
      room.followers.add(follower)
      if (socket?.connected) subscribe(following.room)
      else void start().catch(() => { state.value = 'off' })
      return () => {
        if (!room.followers.delete(follower) || room.followers.size > 0 || rooms.get(following.room) !== room) return
        rooms.delete(following.room)
        if (socket?.connected) socket.emit('unsubscribe', { room: following.room })
        stopWhenIdle()
      }
    },
  }
}

const live = makeLive(async () => {
  const { io } = await import('socket.io-client')
  return io({ path: '/live', transports: ['websocket', 'polling'], withCredentials: true })
})
watch(live.state, noteLive, { flush: 'sync' })

/** How live frames come in: `off` when nothing is followed. */
export const liveState = live.state

/** Follows a room until the answer is called or the component goes away. */
export function follow(following: Following): () => void {
  const stop = live.follow(following)
  if (getCurrentScope()) onScopeDispose(stop)
  return stop
}
