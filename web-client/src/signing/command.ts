import { draftCommand, uuidv7, type ActionName, type ArgsOf, type BillId, type Command, type Hash, type Instant, type KeyId, type PartyId } from '@yidan/ledger'

/** The stream an act continues, as the screen saw it. */
export interface ActOn {
  readonly subject: BillId | PartyId
  readonly network: string
  readonly head: { readonly seq: number; readonly hash: Hash }
}

/** A command of the person at this screen, ready to be signed. `at` only when a document already names the moment. */
export function commandFor<N extends ActionName>({ action, on, args, party, keyId, hours = 24, at = new Date().toISOString() }: { action: N; on: ActOn; args: ArgsOf<N>; party: PartyId; keyId: KeyId; hours?: number; at?: string }): Command {
  return draftCommand({
    action, args, party, keyId, subject: on.subject, network: on.network, head: on.head,
    commandId: uuidv7({ now: Date.now(), random: crypto.getRandomValues(new Uint8Array(10)) }),
    at: at as Instant, notAfter: new Date(Date.parse(at) + hours * 3_600_000).toISOString() as Instant,
  })
}
