import type { LogEntry } from './types.ts'

/** What a projection remembers from one batch to the next. */
export interface BetweenBatches<T> {
  /** What was kept after the entry right before these; null when anything else was applied since, here or in another process, or a batch failed. */
  take(entries: readonly LogEntry[]): T | null
  /** Once these are applied. */
  keep(entries: readonly LogEntry[], value: T): void
}

/** Saves reading again what this process wrote a moment ago, as long as it applies the log without a break. */
export function betweenBatches<T>(): BetweenBatches<T> {
  let kept: { readonly upTo: number; readonly value: T } | null = null
  return {
    take(entries) {
      const value = kept !== null && kept.upTo + 1 === entries[0]?.position ? kept.value : null
      kept = null
      return value
    },
    keep(entries, value) {
      kept = { upTo: entries.at(-1)?.position ?? 0, value }
    },
  }
}
