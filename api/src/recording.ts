import type { CommandOutcome, CommandStatusView, ReceiptView } from '@yidan/api/contract'
import type { SignedCommand } from '@yidan/ledger'
import { LedgerUnavailable, type CommandReference, type Receipt } from '@yidan/ledger/port'
import type { Language } from './http/handlers.ts'
import { wordings } from './http/wording/index.ts'
import type { Ports } from './ports.ts'

type RecordingPorts = Pick<Ports, 'ledger' | 'feed' | 'clock'>

/**
 * Records on the ledger and waits until the views show it. Where the ledger's network is away the command may be kept, and goes on without
 * its sender: `pending`. @throws Refusal, LedgerUnavailable
 */
export async function recordOnLedger({ ledger, feed, clock }: RecordingPorts, signed: SignedCommand, confidential: readonly string[] = []): Promise<CommandOutcome> {
  try {
    const receipt = await ledger.submit(signed, confidential)
    await feed.upToLedger(receipt.position)
    return { outcome: 'recorded', receipt: receiptView(receipt) }
  } catch (error) {
    if (!(error instanceof LedgerUnavailable) || !error.pending) throw error
    const { commandId, subject, expects } = signed.command
    return { outcome: 'pending', commandId, subject, expects, since: clock().toISOString(), waitsFor: error.waitsFor }
  }
}

/** What became of a command, for whoever was told `pending`. @throws LedgerUnavailable */
export async function commandStatus({ ledger }: Pick<RecordingPorts, 'ledger'>, reference: CommandReference, language: Language): Promise<CommandStatusView> {
  const status = await ledger.status(reference)
  if (status.state === 'recorded') return { state: 'recorded', receipt: receiptView(status.receipt) }
  if (status.state === 'pending') return { state: 'pending', since: status.since }
  return status.state === 'refused' ? { state: 'refused', code: status.code, reason: wordings[language].titles[status.code] } : { state: 'unknown' }
}

export function receiptView({ commandId, position, recordedAt, repeated, entries }: Receipt): ReceiptView {
  return { commandId, position, recordedAt, repeated, entries: entries.map(({ subject, seq, hash, events }) => ({ subject, seq, hash, events: events.map((event) => ({ ...event })) })) }
}
