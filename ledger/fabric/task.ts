import { canonicalJson, type CommandId, type Instant } from '../domain/index.ts'
import type { Receipt } from '../port.ts'
import type { Waiting } from './batcher.ts'
import type { Prepared } from './edge.ts'
import type { KeptCommand } from './outbox.ts'

export interface Caller {
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: Error) => void
}

/** One command on its way, with whoever waits for it; without anybody it is in the outbox. */
export interface Task extends Waiting {
  readonly commandId: CommandId
  readonly prepared: Prepared
  readonly since: Instant
  readonly callers: Set<Caller>
  alone: boolean
  /** How often somebody else was first. */
  conflicts: number
  /** How often an endorser was behind what its signer had seen. */
  lags: number
  /** The outbox has it as a command of its own. */
  kept: boolean
  /** The outbox has it in an envelope. */
  sent: boolean
  settled: boolean
}

export function taskOf(prepared: Prepared, { since, kept = false, sent = false }: { readonly since: Instant; readonly kept?: boolean; readonly sent?: boolean }): Task {
  const { signed, touches, group, confidential } = prepared
  return { commandId: signed.command.commandId, prepared, touches, group, size: canonicalJson(signed).length, alone: confidential.length > 0, since, kept, sent, callers: new Set(), conflicts: 0, lags: 0, settled: false }
}

export function keptOf({ prepared: { signed, confidential }, since }: Task): KeptCommand {
  return { signed, confidential, since }
}
