import type { Logger } from 'pino'

/** Packets that may wait for a reader; a packet holds the frames of one batch. */
const waitingLimit = 64
const lookEvery = 250

interface Reader {
  readonly id: string
  readonly conn: { close(discard?: boolean): void }
}

/**
 * A reader that does not keep up is let go before what waits for it fills the memory: its connection is dropped with all that waited.
 * Nothing is lost, it comes back and resumes from the log at its own pace, or reads the view again when it missed too much.
 */
export function watchReaders({ sockets, log }: { readonly sockets: () => Iterable<Reader>; readonly log: Logger }): { stop(): void } {
  const timer = setInterval(() => {
    for (const socket of sockets()) {
      const { length } = waitingFor(socket)
      if (length <= waitingLimit) continue
      log.info({ socket: socket.id, waiting: length }, 'a slow reader is let go')
      socket.conn.close(true)
    }
  }, lookEvery).unref()
  return { stop: () => clearInterval(timer) }
}

/** Engine.IO counts what waits and does not say: its buffer is private in the types alone. */
function waitingFor({ conn }: Reader): { readonly length: number } {
  return (conn as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer
}
