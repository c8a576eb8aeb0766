import type { Ability, CompanyId } from '@yidan/api/contract'
import { grantableToSystems } from '../access/abilities.ts'
import type { PersonCaller } from '../access/caller.ts'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { hashOf, newId, newSecret } from './ids.ts'
import type { Sessions } from './sessions.ts'
import type { ApiKeyRecord, PartyStore } from './store.ts'

const day = 24 * 60 * 60_000

/**
 * Makes a key for a company's system. The secret is in this answer and nowhere else.
 * @throws Problem `invalid-request` naming each ability that no system can have
 */
export async function createApiKey({ store, caller, label, abilities, days, now, language }: {
  store: PartyStore; caller: PersonCaller; label: string; abilities: readonly Ability[]; days: number; now: Date; language: Language
}): Promise<{ key: ApiKeyRecord; secret: string }> {
  const faults = abilities.flatMap((ability, index) => (grantableToSystems(ability) ? [] : [faultOf({ pointer: `/abilities/${index}`, code: 'not-grantable', language })]))
  if (faults.length > 0) throw new Problem('invalid-request', {}, faults)
  const secret = `ydk_${newSecret()}`
  const key: ApiKeyRecord = {
    _id: newId('ak'), companyId: caller.company.id, label, abilities: [...new Set(abilities)], secretHash: hashOf(secret), madeBy: caller.person.id, tag: caller.person.tag, createdAt: now, expiresAt: new Date(now.getTime() + days * day),
    lastUsedAt: null, revokedAt: null,
  }
  await store.apiKeys.create(key)
  return { key, secret }
}

export async function apiKeysOf(store: PartyStore, companyId: CompanyId): Promise<ApiKeyRecord[]> {
  return store.apiKeys.find({ companyId }).sort({ createdAt: -1 }).lean<ApiKeyRecord[]>()
}

/** @throws Problem `not-found` */
export async function revokeApiKey({ store, sessions, companyId, apiKeyId, now }: { store: PartyStore; sessions: Sessions; companyId: CompanyId; apiKeyId: string; now: Date }): Promise<void> {
  const { matchedCount } = await store.apiKeys.updateOne({ _id: apiKeyId, companyId, revokedAt: null }, { revokedAt: now })
  if (matchedCount === 0) throw new Problem('not-found')
  await sessions.tellRevoked({ type: 'api-key', apiKeyId })
}
