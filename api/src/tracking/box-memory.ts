import type { TrackingEvent } from '@yidan/api/contract'
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
  /** What this event makes of a box in this state: when it comes by in the log, and the box is still so, it need not be folded again. */
  foresee(event: TrackingEvent, state: BoxState, after: BoxState): void
  pass(entry: LogEntry, fact: Fact | null): void
  clear(): void
}

const keptAtMost = 5_000

export function aBoxMemory(): BoxMemory {
  const boxes = new Map<string, KnownBox>()
  /** Where the last bill changed, and where single boxes were forgotten. */
  let billsAt = 0
  const forgottenAt = new Map<string, number>()
  /** By the event itself: another one under its id is another object. */
  const foreseen = new WeakMap<TrackingEvent, { readonly state: BoxState; readonly after: BoxState }>()
  const taken = (event: TrackingEvent): { readonly state: BoxState; readonly after: BoxState } | undefined => {
    const ready = foreseen.get(event)
    // The log's end is long in memory, and what its events were foreseen to do need not be.
    foreseen.delete(event)
    return ready
  }
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
    foresee: (event, state, after) => void foreseen.set(event, { state, after }),
    pass({ position, event }, fact) {
      if (changesBills(event)) {
        billsAt = position
        boxes.clear()
        forgottenAt.clear()
      }
      const known = fact?.container ? boxes.get(fact.container) : undefined
      if (known === undefined || fact === null || fact.container === null || position <= known.position) return
      const ready = event.type === 'tracking-received' ? taken(event.event) : undefined
      const next = ready?.state === known.state ? inState(known, { state: ready.after, position, facts: [fact] }) : withFacts(known, [fact])
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
  return inState(known, { state, position, facts })
}

function inState({ since, plan, deliveredAt, handled }: KnownBox, { state, position, facts }: Pick<KnownBox, 'state' | 'position'> & { readonly facts: readonly Fact[] }): KnownBox {
  return { since, position, plan, state, deliveredAt, ...(handled === undefined ? {} : { handled: handledAfter(handled, facts) }) }
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
