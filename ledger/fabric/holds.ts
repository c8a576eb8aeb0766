import type { Signal } from './signals.ts'

interface Hold {
  readonly failures: number
  readonly until: number
  readonly signal: Signal
}

const shortest = 100, longest = 3_000

/** Sets of organisations that could not endorse just now: each is left alone for a while, longer each time, and the others go on. */
export class Holds {
  readonly #byGroup = new Map<string, Hold>()

  isHeld(group: string): boolean {
    return (this.#byGroup.get(group)?.until ?? 0) > Date.now()
  }

  /** What the last try said, whether or not it is left alone already. */
  note(group: string, signal: Signal): void {
    this.#byGroup.set(group, { ...(this.#byGroup.get(group) ?? { failures: 0, until: 0 }), signal })
  }

  /** @returns for how long it is left alone (ms) */
  hold(group: string, signal: Signal): number {
    const failures = (this.#byGroup.get(group)?.failures ?? 0) + 1
    const wait = backoff(failures)
    this.#byGroup.set(group, { failures, until: Date.now() + wait, signal })
    return wait
  }

  /** @returns whether it was in trouble */
  release(group: string): boolean {
    return this.#byGroup.delete(group)
  }

  signalOf(group: string): Signal | null {
    return this.#byGroup.get(group)?.signal ?? null
  }

  /** The worst trouble of these groups; null when they have none. */
  worst(groups: ReadonlySet<string>): Signal | null {
    const [worst] = [...this.#byGroup].filter(([group]) => groups.has(group)).map(([, hold]) => hold).sort((one, other) => other.failures - one.failures)
    return worst?.signal ?? null
  }
}

/** Milliseconds before the next try. */
export function backoff(failures: number): number {
  return Math.min(shortest * 2 ** failures, longest)
}

export function wordsOf({ organisation, words }: Signal): string {
  return organisation === null ? words : `waiting for ${organisation}: ${words}`
}
