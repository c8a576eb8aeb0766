import { ensure } from '../access/abilities.ts'
import type { HandlersFor } from '../http/handlers.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { openJudge } from '../tracking/index.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { checkAtGate } from './gate.ts'
import { recordMove } from './moves.ts'

/**
 * The gate: RELEASE or HOLD, and moves in and out. Interchange receipts (EIR), yard slots and work without a network get files of their own
 * beside these: they add facts and reasons, the word stays with `rules.ts`.
 */
export function gateHandlers(ports: Ports, directory: Directory): HandlersFor<'gateCheck' | 'gateMove'> {
  const reader = openTrackingReader(ports)
  const judge = openJudge(ports)
  return {
    async gateCheck({ caller, language, query, concerns }) {
      ensure(caller, 'check-at-gate')
      const verdict = await checkAtGate({ ports, reader, directory, caller, language }, query)
      concerns(verdict.container ?? verdict.billNumber ?? 'unknown', [], `gate-check ${verdict.word}`)
      return verdict
    },
    async gateMove({ caller, language, body, concerns }) {
      ensure(caller, 'record-gate-move')
      concerns(body.container, [], `gate-${body.direction}`)
      return recordMove({ ports, reader, directory, judge, caller, language }, body)
    },
  }
}
