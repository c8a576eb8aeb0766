import { parentPort } from 'node:worker_threads'
import { renderBill } from './bill-pdf.ts'
import type { BillPrint } from './print.ts'
import type { WorkerAnswer } from './renderer.ts'

/** The printing thread: one bill in, its bytes out, moved and not copied. */
parentPort?.on('message', ({ id, print }: { id: number; print: BillPrint }) => {
  let answer: WorkerAnswer
  try {
    answer = { id, bytes: renderBill(print) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(answer, 'bytes' in answer ? [answer.bytes.buffer as ArrayBuffer] : [])
})
