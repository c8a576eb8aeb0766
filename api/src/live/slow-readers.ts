import type { Logger } from 'pino'

/** Packets that may wait for a reader; a packet holds the frames of one batch. */
const waitingLimit = 64
const lookEvery = 250

interface Reader {
  readonly id: string
  readonly conn: { close(discard?: boolean): void }
}

/** Packets that may still wait for a reader when the next page of what it missed is read for it. */
const pagesAhead = 4
const lookAgain = 10

/** Resolves when the reader has taken nearly all that was sent to it, or is gone. */
export async function drained(reader: Reader, gone: () => boolean): Promise<void> {
  while (waitingFor(reader).length > pagesAhead && !gone()) await new Promise((resolve) => setTimeout(resolve, lookAgain))
}

/**
 * A reader that does not keep up is let go before what waits for it fills the memory: its connection is dropped with all that waited.
 * Nothing is lost, it comes back and resumes from the log at its own pace.
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
