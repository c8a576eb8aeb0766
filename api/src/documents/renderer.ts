import { Worker } from 'node:worker_threads'
import type { BillPrint } from './print.ts'

/** Prints bills on a thread of its own, so that the event loop of the API stays free. */
export interface Renderer {
  /** One bill's PDF. Rejects with `RendererBusy` when too many wait, with `RenderFailed` when this one cannot be printed. */
  render(print: BillPrint): Promise<Uint8Array>
  /** Jobs waiting or under way. */
  readonly waiting: number
  close(): Promise<void>
}

/** Too many bills wait to be printed; try again in a moment (503). */
export class RendererBusy extends Error {
  override readonly name = 'RendererBusy'
}

export class RenderFailed extends Error {
  override readonly name = 'RenderFailed'
}

interface Job {
  readonly id: number
  readonly print: BillPrint
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: Error) => void
}

export type WorkerAnswer = { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly error: string }

/**
 * Starts the thread on first need. A thread that dies, or takes longer than `deadlineMs` for one bill, fails that job alone; the
 * next job gets a new thread.
 */
export function openRenderer({ maxWaiting = 200, deadlineMs = 30_000, newWorker = startThread }: { maxWaiting?: number; deadlineMs?: number; newWorker?: () => Worker } = {}): Renderer {
  const queue: Job[] = []
  let current: Job | null = null
  let worker: Worker | null = null
  let deadline: NodeJS.Timeout | undefined
  let nextId = 1
  let closed = false

  const settle = (end: (job: Job) => void): void => {
    clearTimeout(deadline)
    const job = current
    current = null
    if (job !== null) end(job)
    advance()
  }
  const lose = (lost: Worker, reason: Error): void => {
    if (worker !== lost) return
    worker = null
    void lost.terminate()
    settle((job) => job.reject(new RenderFailed('the printing thread stopped', { cause: reason })))
  }
  const start = (): Worker => {
    const started = newWorker()
    started.on('message', (answer: WorkerAnswer) => {
      if (worker !== started || current?.id !== answer.id) return
      settle((job) => ('bytes' in answer ? job.resolve(answer.bytes) : job.reject(new RenderFailed(answer.error))))
    })
    started.on('error', (error) => lose(started, error instanceof Error ? error : new Error(String(error))))
    started.on('exit', (code) => lose(started, new Error(`exit code ${code}`)))
    return started
  }
  const advance = (): void => {
    if (current !== null || closed) return
    const job = queue.shift()
    if (job === undefined) {
      worker?.unref()
      return
    }
    current = job
    try {
      worker ??= start()
    } catch (error) {
      settle((failed) => failed.reject(new RenderFailed('no printing thread could be started', { cause: error })))
      return
    }
    worker.ref()
    const busy = worker
    deadline = setTimeout(() => lose(busy, new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
    worker.postMessage({ id: job.id, print: job.print })
  }

  return {
    get waiting() {
      return queue.length + (current === null ? 0 : 1)
    },
    render(print) {
      if (closed) return Promise.reject(new RenderFailed('the renderer is closed'))
      if (queue.length >= maxWaiting) return Promise.reject(new RendererBusy(`${queue.length} bills wait to be printed`))
      return new Promise((resolve, reject) => {
        queue.push({ id: nextId++, print, resolve, reject })
        advance()
      })
    },
    async close() {
      closed = true
      clearTimeout(deadline)
      for (const job of [...(current === null ? [] : [current]), ...queue.splice(0)]) job.reject(new RenderFailed('the renderer is closed'))
      current = null
      const last = worker
      worker = null
      await last?.terminate()
    },
  }
}

/** `pdf-worker.js` beside this file when built; from source, a starter that first teaches the thread TypeScript. */
function startThread(): Worker {
  return import.meta.url.endsWith('.ts')
    ? new Worker(new URL('./pdf-worker.dev.mjs', import.meta.url), { execArgv: ['--conditions=source'] })
    : new Worker(new URL('./pdf-worker.js', import.meta.url))
}
