import { z } from 'zod'
import { canonicalJson, noHash, PartyId, PersonTag, type Instant, type Party } from '../domain/index.ts'
import { nodeChecks, sha256 } from '../signing/node-checks.ts'
import { expected, Fault } from './fault.ts'

const OrganisationId = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'an organisation is named by letters, digits, points and hyphens')

/**
 * Who founded the ledger and who keeps it. Whoever is not named here cannot be asked to endorse a bill, so no policy waits for a stranger;
 * and nobody alone can free a bill whose organisations are gone.
 */
export const Constitution = z.strictObject({
  network: z.string().min(1).max(64),
  registrar: z.strictObject({ partyId: PartyId, person: PersonTag, publicKey: z.string().max(400) }),
  organisations: z.array(z.strictObject({ id: OrganisationId, role: z.enum(['operator', 'association', 'bank', 'authority']) })).min(2).max(32),
  /** Whose administrators together may free a bill whose organisations are gone for good, and how many of them it takes. */
  recovery: z.strictObject({ organisations: z.array(OrganisationId).max(32), quorum: z.int().min(2) }),
}).superRefine(({ organisations, recovery }, context) => {
  const ids = organisations.map(({ id }) => id)
  const rules: readonly [boolean, string][] = [
    [new Set(ids).size === ids.length, 'an organisation is named twice'],
    [organisations.filter(({ role }) => role === 'operator').length === 1, 'one organisation is the operator'],
    [new Set(recovery.organisations).size === recovery.organisations.length && recovery.organisations.every((id) => ids.includes(id)), 'the recovery group is of the organisations, each once'],
    [recovery.quorum <= recovery.organisations.length && recovery.quorum * 2 > recovery.organisations.length, 'the quorum is a majority of the recovery group'],
  ]
  for (const [holds, message] of rules) if (!holds) context.addIssue({ code: 'custom', message })
})
export type Constitution = z.infer<typeof Constitution>

/** @throws Fault `malformed-constitution` */
export function parseConstitution(given: unknown): Constitution {
  return expected(Constitution, given, 'malformed-constitution')
}

/** The operator keeps every bill with its possessor's organisation, and stands for parties that have none of their own. */
export function operatorOf({ organisations }: Constitution): string {
  const operator = organisations.find(({ role }) => role === 'operator')
  if (!operator) throw new Fault('malformed-constitution')
  return operator.id
}

/** The registrar is there from the start: it takes everybody else in. */
export function registrarParty({ network, registrar: { partyId, person, publicKey } }: Constitution): Party {
  const keyId = nodeChecks.keyIdOf(publicKey)
  if (keyId === null) throw new Fault('malformed-constitution', { faults: ['the registrar’s public key is no P-256 key'] })
  const since = new Date(0).toISOString() as Instant
  return {
    partyId, seq: 0, headHash: noHash, roles: ['registrar'], identityHash: sha256(canonicalJson({ network, registrar: partyId })), host: null, keyLoss: null, updatedAt: since,
    keys: { [keyId]: { keyId, partyId, person, purposes: ['admin', 'title'], algorithm: 'ES256', publicKey, registeredAt: since, revoked: null } },
  }
}
