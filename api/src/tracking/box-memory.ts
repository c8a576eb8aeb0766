import type { LogEntry } from '../events/types.ts'
import { wentAwayBy } from './contradictions.ts'
import type { Fact } from './facts.ts'
import { addToBox, type BoxState, type Plan } from './rules.ts'

/** What the judge knows of a box before it looks closely. */
export interface KnownBox {
  /** Facts up to here belong to an earlier journey. */
  readonly since: number
  /** In its state are the facts up to here. */
  readonly position: number
  readonly plan: Plan
  readonly state: BoxState
  readonly deliveredAt: string | null
  /** Absent until its history was read. */
  readonly handled?: Handled
}
/** When the box was loaded last, when it went away last, and from what it was discharged in this journey: the same in whatever order the facts come, and however often. */
export interface Handled {
  readonly loaded: string
  readonly away: string
  readonly discharged: readonly string[]
}
export const neverHandled: Handled = { loaded: '', away: '', discharged: [] }

/**
 * Boxes as they are at the end of the log, as far as it was read: each entry is folded in once as it passes. What cannot be folded on
 * (a bill changed, a fact came late or withdraws another) is forgotten, and read from the views when they have it.
 */
export interface BoxMemory {
  readonly size: number
  get(container: string): KnownBox | undefined
  /** The box as it is at the end of the log; not kept when the views it was read from had not come to what made the memory forget. */
  keep(container: string, known: KnownBox, viewsAt: number): void
  /** Its history was read. */
  handled(container: string, handled: Handled): void
  pass(entry: LogEntry, fact: Fact | null): void
  clear(): void
}

const keptAtMost = 5_000

export function aBoxMemory(): BoxMemory {
  const boxes = new Map<string, KnownBox>()
  /** Where the last bill changed, and where single boxes were forgotten. */
  let billsAt = 0
  const forgottenAt = new Map<string, number>()
  return {
    get size() {
      return boxes.size
    },
    get: (container) => boxes.get(container),
    keep(container, known, viewsAt) {
      if (viewsAt < billsAt || viewsAt < (forgottenAt.get(container) ?? 0)) return
      forgottenAt.delete(container)
      boxes.set(container, known)
      const [oldest] = boxes.keys()
      if (boxes.size > keptAtMost && oldest !== undefined) boxes.delete(oldest)
    },
    handled(container, handled) {
      const known = boxes.get(container)
      if (known !== undefined) boxes.set(container, { ...known, handled })
    },
    pass({ position, event }, fact) {
      if (changesBills(event)) {
        billsAt = position
        boxes.clear()
        forgottenAt.clear()
      }
      const known = fact?.container ? boxes.get(fact.container) : undefined
      if (known === undefined || fact === null || fact.container === null || position <= known.position) return
      const next = withFacts(known, [fact])
      if (next !== null) boxes.set(fact.container, next)
      else {
        boxes.delete(fact.container)
        forgottenAt.set(fact.container, position)
      }
    },
    clear() {
      boxes.clear()
      forgottenAt.clear()
    },
  }
}

/** The box after these facts too; null when it must be folded anew. */
export function withFacts(known: KnownBox, facts: readonly Fact[]): KnownBox | null {
  let { state, position } = known
  for (const fact of facts) {
    if (fact.position <= position) continue
    const next = addToBox(known.plan, state, fact)
    if (next === null) return null
    state = next
    position = fact.position
  }
  const { since, plan, deliveredAt, handled } = known
  // Written out: a spread for what may be absent is slow, and this is done for every event.
  return handled === undefined ? { since, position, plan, state, deliveredAt } : { since, position, plan, state, deliveredAt, handled: handledAfter(handled, facts) }
}

export function handledAfter(before: Handled, facts: readonly Fact[]): Handled {
  return facts.reduce((handled, { kind, retracts, code, at, service }) => {
    if (kind !== 'ACT' || retracts !== null) return handled
    if (code === 'LOAD') return at > handled.loaded ? { ...handled, loaded: at } : handled
    if (!wentAwayBy.includes(code)) return handled
    const discharged = code === 'DISC' && service !== null && !handled.discharged.includes(service) ? [...handled.discharged, service] : handled.discharged
    return { ...handled, away: at > handled.away ? at : handled.away, discharged }
  }, before)
}

/** A bill says how its boxes are to travel, which of them were delivered, and which journey is over. */
function changesBills(event: LogEntry['event']): boolean {
  return event.type === 'document-frozen' || event.type === 'bill-erased' || (event.type === 'ledger-recorded' && event.record.entries.some(({ subject }) => subject.startsWith('b')))
}
