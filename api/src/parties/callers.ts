import { ensure } from '../access/abilities.ts'
import type { Caller, PersonCaller, SystemCaller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { companyById } from './companies.ts'
import type { ApiKeyRecord, CompanyRecord, PartyStore } from './store.ts'

/** A call about the company in its path. */
interface CompanyCall {
  readonly params: { readonly companyId: CompanyRecord['_id'] }
  readonly caller: Caller
  readonly concerns: (subject: string, companies?: readonly string[], action?: string) => void
}

/** The company in the path, with the right towards it checked and the audit line named. Companies are known to everybody signed in, so an unknown one may say so. */
export async function concerned(store: PartyStore, call: CompanyCall, ability: Parameters<typeof ensure>[1], action?: string): Promise<CompanyRecord> {
  call.concerns(call.params.companyId, [call.params.companyId], action)
  const company = await companyById(store, call.params.companyId)
  ensure(call.caller, ability, { type: 'company', companyId: company._id })
  return company
}

/** What only a person can do. @throws Problem `forbidden` for systems */
export function personIn(caller: Caller): PersonCaller {
  if (caller.kind === 'person') return caller
  throw new Problem(caller.kind === 'anonymous' ? 'not-signed-in' : 'forbidden')
}

export function nameOf(caller: Caller): string {
  return caller.kind === 'person' ? caller.person.name : caller.kind === 'system' ? caller.label : ''
}

/** The key that a system calls with. */
export async function apiKeyOf({ apiKeys }: PartyStore, { apiKeyId }: SystemCaller): Promise<ApiKeyRecord> {
  return apiKeys.findById(apiKeyId).orFail().lean<ApiKeyRecord>()
}
