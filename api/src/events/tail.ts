import type { LogEntry } from './types.ts'

/** The end of the log as this process wrote it. */
export interface Tail {
  add(entries: readonly LogEntry[]): void
  /** Entries after the position, or null when the tail does not know what came next. */
  after(position: number, limit: number): readonly LogEntry[] | null
  /** Up to here everything is in the views: of these only the last few are kept, for who is a little behind. */
  passed(position: number): void
}

/** Entries that are in the views and are kept nevertheless. */
const keptBehind = 500

/**
 * Holds only an unbroken stretch of tracking events: those came in as JSON and are in memory what MongoDB would give back. Anything else,
 * or an entry of another process in between, starts it anew. What is old is cut off now and then, not at every append.
 */
export function aTail(size: number): Tail {
  let held: LogEntry[] = []
  return {
    add(entries) {
      const [first] = entries
      if (first === undefined) return
      if (entries.some(({ event }) => event.type !== 'tracking-received')) {
        held = []
        return
      }
      const continues = held.at(-1)?.position === first.position - 1
      if (!continues) held = []
      held.push(...entries)
      if (held.length > size * 1.5) held = held.slice(-size)
    },
    after(position, limit) {
      const start = held[0]?.position
      const end = held.at(-1)?.position
      if (start === undefined || end === undefined || position < start - 1 || position >= end) return null
      const from = position - start + 1
      return held.slice(from, from + limit)
    },
    passed(position) {
      const behind = position - (held[0]?.position ?? position)
      if (behind > keptBehind * 1.5) held = held.slice(behind - keptBehind)
    },
  }
}
