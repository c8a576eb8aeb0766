import type { GateMoveResult, GateVerdict } from '@yidan/api/contract'
import type { BillId, ContainerNumber, Hash } from '@yidan/ledger'
import type { z } from 'zod'
import { call } from '../../api.ts'
import { signAct } from '../../signing/act.ts'
import { isProblem } from '../../wording.ts'

export interface Entry { readonly seal: string; readonly plate: string; readonly releaseCode: string; readonly empty: boolean }
export type Moved = z.infer<typeof GateMoveResult>

/**
 * One passage of the gate. The same object is used again after a failure: a delivery that the ledger has taken is not signed twice,
 * and the move keeps its id, so that sending it again changes nothing.
 */
export class Passage {
  readonly moveId = crypto.randomUUID()
  readonly at = new Date().toISOString()
  readonly verdict: GateVerdict
  #delivered = false

  constructor(verdict: GateVerdict) {
    this.verdict = verdict
  }

  /** Whether the box still has to be delivered against its code, on the ledger, before it goes out. */
  get mustDeliver(): boolean {
    return this.verdict.next === 'gate-out' && this.verdict.deliver !== null && !this.#delivered
  }

  /** @throws ProblemError with the refusal, TypeError when the network is away */
  async pass(entry: Entry): Promise<Moved> {
    const { next, container } = this.verdict
    if (next === 'none' || container === null) throw new Error('nothing is to pass the gate')
    if (this.mustDeliver) await this.#deliver(container, entry.releaseCode)
    return call('gateMove', {
      body: {
        moveId: this.moveId, direction: next === 'gate-in' ? 'in' : 'out', container: container, at: this.at, empty: entry.empty,
        ...(entry.seal ? { seal: entry.seal } : {}), ...(entry.plate ? { plate: entry.plate } : {}),
      },
    })
  }

  async #deliver(container: string, releaseCode: string): Promise<void> {
    const on = this.verdict.deliver
    if (!on) return
    try {
      await signAct({
        action: 'deliver', on: { subject: on.subject as BillId, network: on.network, head: { seq: on.head.seq, hash: on.head.hash as Hash } },
        args: { container: container as ContainerNumber, code: releaseCode.replace(/[\s-]/g, '').toUpperCase() },
      })
    } catch (error) {
      // A colleague delivered it, or the answer to our own delivery was lost: out of the gate it goes.
      if (!isProblem(error, 'container-already-delivered')) throw error
    }
    this.#delivered = true
  }
}
