import type { Subject } from '../domain/index.ts'

/** What forming a batch needs to know of something that waits. */
export interface Waiting {
  /** Streams it will write to. */
  readonly touches: readonly Subject[]
  /** The organisations that must endorse it, in one text; things of different sets never share a batch, so that one that is down holds up its own alone. */
  readonly group: string
  /** It is decided by itself: after a conflict, or because of what it carries. */
  readonly alone: boolean
  /** Of what is sent for it, in bytes. */
  readonly size: number
}

export interface BatchLimits {
  readonly most: number
  readonly bytes: number
}

/**
 * Takes the next batch out of the queue: the first that may go, and whatever fits to it. Never two of one stream, nor one of a stream
 * that is under way; what waits behind another of its stream stays behind it. The queue is changed. Empty when nothing may go.
 */
export function takeBatch<W extends Waiting>(queue: W[], { busy, held, limits }: { readonly busy: ReadonlySet<Subject>; readonly held: (group: string) => boolean; readonly limits: BatchLimits }): W[] {
  const batch: W[] = [], rest: W[] = []
  const passed = new Set<Subject>()
  let bytes = 0
  for (const waiting of queue) {
    const { touches, group, alone, size } = waiting
    const [first] = batch
    const isFree = touches.every((subject) => !busy.has(subject) && !passed.has(subject))
    const fits = first === undefined ? !held(group) : !first.alone && !alone && group === first.group && batch.length < limits.most && bytes + size <= limits.bytes
    if (isFree && fits) {
      batch.push(waiting)
      bytes += size
    } else {
      rest.push(waiting)
    }
    for (const subject of touches) passed.add(subject)
  }
  if (batch.length > 0) queue.splice(0, queue.length, ...rest)
  return batch
}
