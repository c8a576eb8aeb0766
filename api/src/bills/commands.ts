import type { CommandOutcome } from '@yidan/api/contract'
import { missingSignatures, parseCommand, readsOf, Refusal, refuseUnless, wouldRefuse, type BillId, type Instant, type ParsedCommand, type SignedCommand, type Title } from '@yidan/ledger'
import type { Ledger, Nearby } from '@yidan/ledger/port'
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
export async function takeCommand(desk: BillDesk, { caller, signed, language }: Given): Promise<{ outcome: CommandOutcome; companies: readonly string[] }> {
  const parsed = parseCommand(signed)
  const { command } = parsed.signed
  refuseUnless(command.subject.startsWith('b') && parsed.action.subject === 'bill', 'unknown-action', { action: command.action })
  if (command.party !== ownCompany(caller).partyId) throw new Problem('forbidden', { party: command.party })
  const missing = await signaturesMissing(desk, parsed, { caller, language })
  if (missing.length === 0) return { outcome: await record(desk, parsed.signed), companies: [] }
  const request = await keepForSignature(desk, { caller, signed: parsed.signed, wanted: missing })
  return { outcome: { outcome: 'awaiting-signature', request }, companies: missing.map(({ party }) => party) }
}

interface Given {
  readonly caller: Caller
  readonly signed: SignedCommand
  readonly language: Language
}
type Missing = ReturnType<typeof missingSignatures>

/** Looks at what is nearby first. What is refused because of it is looked at once more, with the ledger itself: it may have been a moment old. */
async function signaturesMissing(desk: BillDesk, parsed: ParsedCommand, by: Pick<Given, 'caller' | 'language'>): Promise<Missing> {
  const { ledger } = desk.ports
  if (ledger.nearby === undefined) return signaturesMissingBy(asked(ledger), desk, parsed, by)
  try {
    return await signaturesMissingBy(ledger.nearby, desk, parsed, by)
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Problem)) throw error
    return signaturesMissingBy(asked(ledger), desk, parsed, by)
  }
}

function asked(ledger: Ledger): Nearby {
  return {
    read: (billId) => ledger.read(billId), party: (partyId) => ledger.party(partyId), key: (keyId) => ledger.key(keyId),
    holds: async (reference) => (await ledger.status(reference)).state === 'recorded',
  }
}

/** None when it is complete, or recorded already. @throws Refusal, Problem */
async function signaturesMissingBy(known: Nearby, desk: BillDesk, parsed: ParsedCommand, { caller, language }: Pick<Given, 'caller' | 'language'>): Promise<Missing> {
  const { command } = parsed.signed
  await refuseUnlessOwnKey(desk, caller, command.keyId, known)
  // Sent again because the answer was lost: the ledger gives the first receipt, and says so if it was another command.
  if (await known.holds(command)) return []

  const title = await known.read(command.subject as BillId)
  refuseIfStale(parsed, title)
  const now = desk.ports.clock().toISOString() as Instant
  const missing = missingSignatures({ parsed, view: await ledgerViewFor(desk, parsed, {}, known), now })
  // Complete, it is the ledger that says no, a moment from now.
  const refusal = missing.length > 0 ? wouldRefuse({ command, view: await ledgerViewFor(desk, parsed, readsOf(parsed), known), now }) : null
  if (refusal) throw refusal
  await checkTitleAction(desk, parsed, title, language)
  return missing
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
