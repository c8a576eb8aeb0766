import type { Ports } from '../ports.ts'
import type { BoxMemory } from './box-memory.ts'
import { factOf, type Fact } from './facts.ts'

/** What the log says and the views do not have yet. */
export interface Unread {
  /** Before anything is read from the views: what they do not have by then is told. Give it back with `done`. */
  ask(): Asked
  /** Reads on to the end of the log for those who ask next. */
  follow(): void
}
export interface Asked {
  /** Up to here the views are read. */
  readonly applied: number
  /**
   * Facts about these units, in the order of the log, as they were when it was read to its end; and about these boxes, unless the memory is
   * at the end of the log too: then it knows its boxes, and of the others `held` tells.
   */
  facts(boxes: ReadonlySet<string>, units: ReadonlySet<string>): Promise<{ readonly facts: readonly Fact[]; readonly remembered: boolean }>
  /** What is held about these boxes at this moment. */
  held(boxes: ReadonlySet<string>): readonly Fact[]
  done(): void
}

/** Entries behind which the views may be for all of them to be held here; of more only those asked for are read. */
const heldLimit = 20_000
const readAtOnce = 5_000
const none: ReadonlySet<string> = new Set()

/** Each entry behind the views is read from the log once, whoever asks for it; when there are too many of them, by what they are about. */
export function openUnread({ eventLog, feed }: Pick<Ports, 'eventLog' | 'feed'>, memory: BoxMemory): Unread {
  /** All facts of the log after `heldFrom`, up to `heldTo`. */
  let held: { readonly position: number; readonly fact: Fact }[] = []
  let heldFrom = 0, heldTo = 0
  /** Up to where the views were when those under way asked: what came after is kept for them. */
  const asked = new Set<{ readonly applied: number }>()

  /** @returns whether everything up to the end of the log is held */
  async function readOn(applied: number): Promise<boolean> {
    // The views are being rebuilt: all of it is to be read again.
    if (applied < heldFrom) startAt(applied)
    const oldest = Math.min(...[...asked].map((one) => one.applied))
    // Nobody asked for long: what passed meanwhile is in the views, and is read on only for the sake of what is remembered.
    if (oldest > heldTo && (memory.size === 0 || oldest - heldTo > heldLimit)) startAt(oldest)
    if (oldest > heldFrom && held.length > 0) held = held.filter(({ position }) => position > oldest)
    heldFrom = Math.max(heldFrom, oldest)
    while (heldTo - applied < heldLimit) {
      const entries = await eventLog.read(heldTo, readAtOnce)
      if (entries.length === 0) return true
      for (const entry of entries) {
        // Others who asked at the same time may have read it already.
        if (entry.position !== heldTo + 1) continue
        heldTo = entry.position
        const fact = entry.event.type === 'tracking-received' ? factOf(entry) : null
        memory.pass(entry, fact)
        if (fact !== null && entry.position > heldFrom) held.push({ position: entry.position, fact })
      }
    }
    return false
  }

  function startAt(position: number): void {
    memory.clear()
    held = []
    heldFrom = heldTo = position
  }

  function heldAbout(boxes: ReadonlySet<string>, units: ReadonlySet<string>, applied: number): Fact[] {
    if (boxes.size === 0 && units.size === 0) return []
    return held.flatMap(({ position, fact }) => (position > applied && (fact.container === null ? units.has(fact.service ?? '') : boxes.has(fact.container)) ? [fact] : []))
  }

  async function readAbout(boxes: ReadonlySet<string>, units: ReadonlySet<string>, applied: number): Promise<readonly Fact[]> {
    const keys = [...[...boxes].map((box) => `container:${box}`), ...[...units].map((unit) => `service:${unit}`)].flatMap((key) => [key, `${key}:position`])
    const facts: Fact[] = []
    for (let after = applied; ; ) {
      const entries = await eventLog.about(keys, after, readAtOnce)
      facts.push(...entries.flatMap((entry) => (entry.event.type === 'tracking-received' ? (factOf(entry) ?? []) : [])))
      after = entries.at(-1)?.position ?? after
      if (entries.length < readAtOnce) return facts
    }
  }

  return {
    ask() {
      const applied = feed.health().position
      const own = { applied }
      asked.add(own)
      return {
        applied,
        async facts(boxes, units) {
          const remembered = await readOn(applied)
          return { remembered, facts: remembered ? heldAbout(none, units, applied) : await readAbout(boxes, units, applied) }
        },
        held: (boxes) => heldAbout(boxes, none, applied),
        done: () => void asked.delete(own),
      }
    },
    follow() {
      const own = { applied: feed.health().position }
      asked.add(own)
      // What could not be read is read by who asks next, and told to them.
      readOn(own.applied).catch(() => false).finally(() => asked.delete(own))
    },
  }
}
