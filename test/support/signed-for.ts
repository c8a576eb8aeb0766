import type { BillView } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { draftCommand, uuidv7, type ActionName, type ArgsOf, type BillNumber, type Instant, type SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import { randomBytes } from 'node:crypto'

/** An act on the bill as the desk sees it now, signed and not yet sent. */
export async function signedFor<N extends ActionName>(desk: Desk, billNumber: BillNumber, action: N, args: ArgsOf<N>): Promise<SignedCommand> {
  return signedOn(await desk.client.call('bill', { params: { billNumber } }), desk, action, args)
}

/** An act on the bill as it was seen, whatever has become of it since. */
export async function signedOn<N extends ActionName>(bill: Pick<BillView, 'network' | 'billId' | 'head'>, desk: Desk, action: N, args: ArgsOf<N>): Promise<SignedCommand> {
  const now = new Date()
  const command = draftCommand({
    network: bill.network, action, subject: bill.billId, head: bill.head, party: desk.session.company.partyId, keyId: desk.signer().keyId, commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }),
    at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 3_600_000).toISOString() as Instant, args,
  })
  return signCommand(command, desk.signer())
}
