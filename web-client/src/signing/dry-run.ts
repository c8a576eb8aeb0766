import { actions, canonicalJson, commandDomain, evolveTitle, isTitleEvent, noHash, Refusal, type Action, type ActionName, type ArgsOf, type CommandId, type Cosigner, type Instant, type KeyId, type LedgerView, type Party, type PartyId, type PartyRole, type RefusalCode, type Title } from '@yidan/ledger'

/** What a party is known to be on this screen. */
export interface KnownParty { readonly partyId: PartyId; readonly roles: readonly PartyRole[] }

export type DryRun = { readonly ok: true; readonly after: Title; /** Whose signatures it needs besides the acting one. */ readonly needs: readonly Cosigner[] } | { readonly ok: false; readonly because: RefusalCode }

/**
 * Runs the ledger's own rule over the title as the server showed it, before anything is signed: what would be true afterwards, or why
 * it would be refused. The ledger decides again; this is for the reader's eyes.
 */
export function dryRun<N extends ActionName>({ action, args, title, party, parties, network, now }: { action: N; args: ArgsOf<N>; title: Title; party: PartyId; parties: readonly KnownParty[]; network: string; now: Date }): DryRun {
  const at = now.toISOString() as Instant
  const signed = {
    domain: commandDomain, network, action, subject: title.billId, commandId: '' as CommandId, expects: title.seq, prevHash: title.headHash, party, keyId: '' as KeyId, at, notAfter: at, args, signers: [], now: at,
  } as const
  const rule = actions[action] as unknown as Action<N, ArgsOf<N>>, view = viewOf({ title, parties, network })
  try {
    const events = rule.decide(signed, view)
    const stamp = { seq: title.seq + 1, hash: noHash, recordedAt: at }
    return { ok: true, needs: rule.cosigners?.(signed, view) ?? [], after: events.filter(isTitleEvent).filter((event) => event.billId === title.billId).reduce<Title>((before, event) => evolveTitle(before, event, stamp), title) }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, because: error.code }
    throw error
  }
}

function viewOf({ title, parties, network }: { title: Title; parties: readonly KnownParty[]; network: string }): LedgerView {
  const party = (partyId: PartyId): Party | null => {
    const known = parties.find((one) => one.partyId === partyId)
    return known ? { partyId, roles: known.roles, seq: 1, headHash: noHash, identityHash: noHash, host: null, keyLoss: null, keys: {}, updatedAt: title.updatedAt } : null
  }
  return {
    network, registrar: '' as PartyId, organisations: [], party,
    bill: (billId) => (billId === title.billId ? title : null),
    key: () => null,
    liveBillOf: () => null,
    billOfDocument: () => null,
    // Only deliver looks at a hash, and it is not tried out beforehand.
    sha256: (text) => canonicalJson(text).padEnd(64, '0').slice(0, 64) as Title['docHash'],
  }
}
