import { equipment } from '../tracking/open-log.ts'
import { sendEvents } from './send-events.ts'

/** A process that sends events at a steady pace, whether the server keeps up or not. Tells `counting` when it is warm, then `sent` when all were taken, or what went wrong. */
interface Given {
  readonly url: string
  readonly cookie: string
  readonly boxes: readonly string[]
  /** Events in one request, and a request so often. */
  readonly under: number
  readonly everyMs: number
  /** Requests before it counts, then so many that do. */
  readonly warmUp: number
  readonly counting: number
}

process.once('message', (given: Given) => {
  steadily(given).then(() => process.send?.('sent'), (error: unknown) => process.send?.(error instanceof Error ? error.message : String(error))).finally(() => process.disconnect())
})

async function steadily({ url, cookie, boxes, under, everyMs, warmUp, counting }: Given): Promise<void> {
  const answers: Promise<void>[] = []
  const begun = performance.now()
  for (let tick = 0; tick < warmUp + counting; tick += 1) {
    if (tick === warmUp) process.send?.('counting')
    const batch = Array.from({ length: under }, (_, index) => equipment({ container: boxes[(tick * under + index) % boxes.length] ?? '', code: 'INSP', at: new Date().toISOString() }))
    const answer = sendEvents({ url, cookie }, batch)
    answer.catch(() => undefined)
    answers.push(answer)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + (tick + 1) * everyMs - performance.now())))
  }
  await Promise.all(answers)
  // The last frames are on their way.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
}
