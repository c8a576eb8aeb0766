import type { CommandOutcome } from '@yidan/api/contract'
import { missingSignatures, parseCommand, refuseUnless, wouldRefuse, type BillId, type Instant, type ParsedCommand, type SignedCommand, type Title } from '@yidan/ledger'
import type { Caller } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { recordOnLedger } from '../recording.ts'
import { confidentialTexts } from './commitments.ts'
import { ownCompany, type BillDesk } from './desk.ts'
import { ledgerViewFor } from './ledger-view.ts'
import { refuseUnlessOwnKey } from './receipts.ts'
import { keepForSignature } from './signing-requests.ts'
import { checkTitleAction } from './title-actions.ts'

/**
 * Takes a signed title action: to the ledger at once, or kept until whoever else must sign has done so. What the rules would refuse even
 * with all signatures is refused now. @throws Refusal, Problem
 */
export async function takeCommand(desk: BillDesk, { caller, signed, language }: { caller: Caller; signed: SignedCommand; language: Language }): Promise<{ outcome: CommandOutcome; companies: readonly string[] }> {
  const { ports } = desk
  const parsed = parseCommand(signed)
  const { command } = parsed.signed
  refuseUnless(command.subject.startsWith('b') && parsed.action.subject === 'bill', 'unknown-action', { action: command.action })
  if (command.party !== ownCompany(caller).partyId) throw new Problem('forbidden', { party: command.party })
  await refuseUnlessOwnKey(desk, caller, command.keyId)
  // Sent again because the answer was lost: the ledger gives the first receipt, and says so if it was another command.
  if ((await ports.ledger.status(command)).state === 'recorded') return { outcome: await record(desk, parsed.signed), companies: [] }

  const title = await ports.ledger.read(command.subject as BillId)
  refuseIfStale(parsed, title)
  const now = ports.clock().toISOString() as Instant
  const missing = missingSignatures({ parsed, view: await ledgerViewFor(desk, parsed, {}), now })
  // Complete, it is the ledger that says no, a moment from now.
  const refusal = missing.length > 0 ? wouldRefuse({ command, view: await ledgerViewFor(desk, parsed), now }) : null
  if (refusal) throw refusal
  await checkTitleAction(desk, parsed, title, language)
  if (missing.length === 0) return { outcome: await record(desk, parsed.signed), companies: [] }
  const request = await keepForSignature(desk, { caller, signed: parsed.signed, wanted: missing })
  return { outcome: { outcome: 'awaiting-signature', request }, companies: missing.map(({ party }) => party) }
}

/** The same for a command whose last signature has just come: the papers may have changed while it waited. Keys are the ledger's matter alone. */
export async function checkBeforeRecording(desk: BillDesk, signed: SignedCommand, language: Language): Promise<void> {
  const parsed = parseCommand(signed)
  if (parsed.action.subject !== 'bill') return
  const title = await desk.ports.ledger.read(signed.command.subject as BillId)
  refuseIfStale(parsed, title)
  await checkTitleAction(desk, parsed, title, language)
}

/** Records on the ledger and waits until the views show it. The terms of a pledge go along, for the bank's organisation alone. */
export async function record(desk: BillDesk, signed: SignedCommand): Promise<CommandOutcome> {
  return recordOnLedger(desk.ports, signed, await confidentialTexts(desk, signed))
}

/** The ledger says the same; here it comes before the papers are looked for, so that who was overtaken learns just that. */
function refuseIfStale({ signed: { command } }: ParsedCommand, title: Title | null): void {
  if (title === null) return refuseUnless(command.action === 'approve', 'unknown-bill', { subject: command.subject })
  refuseUnless(command.expects === title.seq, 'stale-sequence', { expects: command.expects, have: title.seq })
  refuseUnless(command.prevHash === title.headHash, 'stale-head', { have: title.headHash })
}
