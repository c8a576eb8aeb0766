/** A bell for a loop that sleeps until there is something to do. A ring while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, or after the time. */
  wait(milliseconds: number): Promise<void>
}

export function aBell(): Bell {
  let rung = false
  let waiting: (() => void) | null = null
  return {
    ring() {
      rung = true
      waiting?.()
    },
    async wait(milliseconds) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds)
          waiting = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        waiting = null
      }
      rung = false
    },
  }
}

/** How long to wait before trying again: 100 ms, doubling up to 5 s. */
export function backoff(failures: number): number {
  return Math.min(100 * 2 ** Math.max(failures - 1, 0), 5_000)
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
