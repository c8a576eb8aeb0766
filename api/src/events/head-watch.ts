import type { ChangeStream, Collection } from 'mongodb'
import type { Head } from './appender.ts'

const pollEvery = 500

/**
 * Wakes its owner, who appends under this name, when another process has appended. One change per append: the head is watched, not the
 * entries. A change stream can break (failover, no privilege); then the poll alone carries on until it is open again.
 */
export function watchHead({ heads, name, last, wake }: { readonly heads: Collection<Head>; readonly name: string; readonly last: () => Promise<number>; readonly wake: () => void }): { close(): Promise<void> } {
  let closed = false
  let seen = -1
  let stream: ChangeStream | null = null

  function open(): void {
    if (closed || stream !== null) return
    const opened = heads.watch([{ $match: { 'updateDescription.updatedFields.by': { $not: new RegExp(`^${name}\\.`) } } }], { maxAwaitTimeMS: 10_000 })
    stream = opened
    opened.on('change', wake)
    opened.on('error', () => {
      if (stream === opened) stream = null
      void opened.close().catch(() => undefined)
    })
  }

  async function poll(): Promise<void> {
    // While the database is away there is nothing to wake for; the next round asks again.
    const end = await last().catch(() => seen)
    if (closed) return
    if (end > seen && seen >= 0) wake()
    seen = end
    open()
    timer = setTimeout(() => void poll(), pollEvery).unref()
  }

  open()
  let timer: NodeJS.Timeout = setTimeout(() => void poll(), pollEvery).unref()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await stream?.close().catch(() => undefined)
    },
  }
}
