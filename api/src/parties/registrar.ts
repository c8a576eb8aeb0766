import { createHash, randomBytes } from 'node:crypto'
import { draftCommand, noHash, Refusal, uuidv7, type Hash, type Instant, type PartyId, type PartyRole } from '@yidan/ledger'
import type { Organisation } from '@yidan/ledger/port'
import { signCommand } from '@yidan/ledger/signing'
import type { Ports } from '../ports.ts'

const validFor = 60 * 60_000
type RegistrarPorts = Pick<Ports, 'ledger' | 'registrar' | 'clock'>

/**
 * Takes a party in on the ledger, or changes its roles there, signed by the registrar. Safe to repeat: a party that is there with these
 * roles is left alone; one round more when something was recorded in between.
 */
export async function registerOnLedger(ports: RegistrarPorts, party: { readonly partyId: PartyId; readonly roles: readonly Exclude<PartyRole, 'registrar'>[]; readonly identityHash: Hash }): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const known = await ports.ledger.party(party.partyId)
    if (known !== null && isSame(known.roles, party.roles)) return
    try {
      await submit(ports, party, known === null ? { seq: 0, hash: noHash } : { seq: known.seq, hash: known.headHash })
      return
    } catch (error) {
      const isStale = error instanceof Refusal && (error.code === 'stale-sequence' || error.code === 'stale-head')
      if (!isStale || tries === 2) throw error
    }
  }
}

async function submit({ ledger, registrar, clock }: RegistrarPorts, { partyId, roles, identityHash }: Parameters<typeof registerOnLedger>[1], head: { seq: number; hash: Hash }): Promise<void> {
  const now = clock()
  // Who stands for a party is settled when it is taken in: its bills' policies hang on it.
  const host = head.seq === 0 ? hostFor(roles, ledger.organisations) : null
  const command = draftCommand({
    network: ledger.network, action: 'registerParty', subject: partyId, head, party: ledger.registrar, keyId: registrar.keyId, commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }),
    at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + validFor).toISOString() as Instant, args: { roles: [...roles], identityHash, ...(host === null ? {} : { host }) },
  })
  await ledger.submit(await signCommand(command, registrar))
}

/** The organisation whose peer endorses what a party of these roles controls; null where the ledger has one keeper. */
export function hostFor(roles: readonly PartyRole[], organisations: readonly Organisation[]): string | null {
  const wanted = roles.includes('bank') ? 'bank' : roles.includes('carrier') || roles.includes('operator') ? 'operator' : 'association'
  const keeper = organisations.find(({ role }) => role === wanted) ?? organisations.find(({ role }) => role === 'operator') ?? organisations[0]
  return keeper?.id ?? null
}

/** The commitment to a legal identity that stands on the ledger; salt and identifier open it. */
export function identityHash({ salt, kind, identifier }: { salt: string; kind: 'creditCode' | 'lei' | 'vat'; identifier: string }): Hash {
  return createHash('sha256').update(`${salt}:${kind}:${identifier}`).digest('hex') as Hash
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return new Set([...one, ...other]).size === new Set(one).size && new Set(one).size === new Set(other).size
}
