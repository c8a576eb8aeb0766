import { pause } from './block-stream.ts'
import type { NetworkEdge } from './edge.ts'
import { backoff } from './holds.ts'
import type { Log } from './log.ts'
import type { KeptEnvelope } from './outbox.ts'
import type { TransactionOutcome } from './records.ts'
import { signalOf } from './signals.ts'

/** However slow the network is, the same bytes go out again after so long (ms). */
const longestSilence = 30_000

interface Given {
  readonly edge: NetworkEdge
  readonly log: Log
  /** How long the stream may say nothing before it is looked for (ms). */
  readonly silence: number
  /** It was kept by an earlier run: perhaps it is on the ledger already. */
  readonly maybeSent: boolean
  readonly stopped: AbortSignal
}

/**
 * Sends an envelope and waits; looks for it and sends the same bytes again, until a block says what became of it. An orderer's word is
 * not durable, and the same envelope twice is recorded once. Null when this process stops before.
 */
export async function endOf({ txId, bytes }: KeptEnvelope, { edge, log, silence, maybeSent, stopped }: Given): Promise<TransactionOutcome | null> {
  const watch = edge.outcomeOf(txId)
  try {
    let patience = silence
    for (let tries = 0; !stopped.aborted; tries += 1) {
      const seen = maybeSent || tries > 0 ? await lookFor(txId, { edge, log }) : null
      if (seen) return seen
      const refusal = await edge.order(bytes).then(() => null, (error: unknown) => signalOf('submit', error))
      if (refusal) log[refusal.alarm ? 'error' : 'debug']({ txId, signal: refusal.words }, 'an orderer did not take it')
      const wait = refusal ? backoff(tries) : patience
      if (!refusal) patience = Math.min(patience * 2, longestSilence)
      const outcome = await Promise.race([watch.outcome, pause(wait, stopped).then(() => null)])
      if (outcome) return outcome
      if (!refusal && !stopped.aborted) log.warn({ txId, waited: wait }, 'no block tells of what was sent: looking for it, then sending the same again')
    }
    return null
  } finally {
    watch.stop()
  }
}

async function lookFor(txId: string, { edge, log }: Pick<Given, 'edge' | 'log'>): Promise<TransactionOutcome | null> {
  try {
    const seen = await edge.look(txId)
    if (seen) edge.streamIsBehind(seen.block)
    return seen
  } catch (error) {
    log.debug({ txId, signal: signalOf('evaluate', error).words }, 'no peer says whether it is recorded')
    return null
  }
}
