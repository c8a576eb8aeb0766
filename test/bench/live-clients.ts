import { io, type Socket } from 'socket.io-client'

/** A process full of browsers: opens sockets, follows rooms, counts frames and how late each came. Driven by messages from the bench. */
type Told = { readonly open: { url: string; path: string; headers: Record<string, string>; rooms: readonly string[]; subscribe: boolean } } | { readonly count: true } | { readonly close: true }

const sockets: Socket[] = []
let frames = 0
let delays: number[] = []

process.on('message', (told: Told) => {
  if ('open' in told) void open(told.open).then(() => process.send?.({ opened: sockets.length }))
  else if ('count' in told) {
    process.send?.({ frames, delays })
    frames = 0
    delays = []
  } else {
    for (const socket of sockets) socket.close()
    process.exit(0)
  }
})

async function open({ url, path, headers, rooms, subscribe }: Extract<Told, { open: object }>['open']): Promise<void> {
  for (let start = 0; start < rooms.length; start += 50) {
    await Promise.all(rooms.slice(start, start + 50).map(async (room) => {
      const socket = io(url, { path, transports: ['websocket'], extraHeaders: headers, forceNew: true })
      socket.on('frames', (batch: readonly { readonly item: { readonly at: string } | null }[]) => {
        frames += batch.length
        const now = Date.now()
        for (const { item } of batch) if (item) delays.push(now - Date.parse(item.at))
      })
      await new Promise<void>((resolve, reject) => {
        socket.once('connect_error', reject)
        socket.once('connect', () => {
          if (!subscribe) return resolve()
          socket.emit('subscribe', { room }, (answer: { ok: boolean; code?: string }) => (answer.ok ? resolve() : reject(new Error(`${room}: ${answer.code}`))))
        })
      })
      sockets.push(socket)
    }))
  }
}
