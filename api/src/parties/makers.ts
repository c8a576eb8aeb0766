import type { PersonId } from '@yidan/api/contract'
import type { Caller } from '../access/caller.ts'
import { companyOf, type Sessions } from './sessions.ts'
import type { ApiKeyRecord, PartyStore } from './store.ts'

/** The caller that somebody would be now who once set something going: with the rights of today, or null when there is no access left. */
export function callerBehind(store: PartyStore, sessions: Pick<Sessions, 'isWelcome'>, clock: () => Date) {
  return async (maker: { readonly kind: 'person'; readonly personId: PersonId } | { readonly kind: 'api-key'; readonly apiKeyId: string }): Promise<Caller | null> => {
    if (maker.kind === 'api-key') {
      const key = await store.apiKeys.findOne({ _id: maker.apiKeyId, revokedAt: null, expiresAt: { $gt: clock() } }).lean<ApiKeyRecord>()
      const company = key && (await companyOf(store, key.companyId))
      return key && company && { kind: 'system', apiKeyId: key._id, label: key.label, abilities: key.abilities, company }
    }
    const person = await store.people.findOne({ _id: maker.personId })
    const company = person && (await companyOf(store, person.companyId))
    if (person === null || company === null || !sessions.isWelcome(person)) return null
    return { kind: 'person', person: { id: person._id, name: person.name, roles: person.roles, tag: person.tag }, company, sessionId: '' }
  }
}
