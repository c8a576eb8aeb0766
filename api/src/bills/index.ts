import type { CommandOutcome } from '@yidan/api/contract'
import { missingSignatures, parseCommand, wouldRefuse, type Instant, type SignedCommand } from '@yidan/ledger'
import type { Caller } from '../access/caller.ts'
import type { Projection } from '../events/types.ts'
import { financeHandlers, type FinanceNames } from '../finance/index.ts'
import type { HandlersFor } from '../http/handlers.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { recordOnLedger } from '../recording.ts'
import { billDesk } from './desk.ts'
import { erasureHandlers, type ErasureNames } from './erasure-handlers.ts'
import { draftHandlers, readingHandlers, titleHandlers, type BillNames, type DraftNames, type TitleNames } from './handlers.ts'
import { ledgerViewFor } from './ledger-view.ts'
import { openNoticeDesk, type NoticeDesk } from './notice-desk.ts'
import { billProjection } from './projection.ts'
import { keepForSignature } from './signing-requests.ts'
export { finishErasures } from './erasure.ts'
export type { NoticeDesk } from './notice-desk.ts'

/** Mails what the law or prudence wants told. */
export function openNotices(ports: Ports, directory: Directory): Promise<NoticeDesk> {
  return openNoticeDesk(billDesk(ports, directory))
}

/** Everything about bills over HTTP. */
export function billHandlers(ports: Ports, directory: Directory): HandlersFor<DraftNames | TitleNames | BillNames | ErasureNames | FinanceNames> {
  const desk = billDesk(ports, directory)
  return { ...draftHandlers(desk), ...titleHandlers(desk), ...readingHandlers(desk), ...erasureHandlers(desk), ...financeHandlers(desk) }
}

export function billProjections(ports: Ports, directory: Directory): Projection[] {
  return [billProjection(billDesk(ports, directory).store, ports.vault)]
}

/**
 * Keeps a command about a party's keys until the signatures it lacks have come, in the same list as acts on bills; complete, it goes to the
 * ledger. What the rules would refuse even with all signatures is refused now. @throws Refusal
 */
export function keyCommandKeeper(ports: Ports, directory: Directory): (given: { readonly caller: Caller; readonly signed: SignedCommand }) => Promise<CommandOutcome> {
  const desk = billDesk(ports, directory)
  return async ({ caller, signed }) => {
    const parsed = parseCommand(signed)
    const view = await ledgerViewFor(desk, parsed), now = ports.clock().toISOString() as Instant
    const wanted = missingSignatures({ parsed, view, now })
    if (wanted.length === 0) return recordOnLedger(ports, parsed.signed)
    const refusal = wouldRefuse({ command: parsed.signed.command, view, now })
    if (refusal) throw refusal
    return { outcome: 'awaiting-signature', request: await keepForSignature(desk, { caller, signed: parsed.signed, wanted }) }
  }
}
