import type { Ability, CompanyId, CompanyRole, PersonId, PersonRole } from '@yidan/api/contract'
import type { PartyId, PersonTag } from '@yidan/ledger'

/** Who makes a request: nobody known, a person with a session, or a company's system with an API key. */
export type Caller = Anonymous | PersonCaller | SystemCaller

export interface Anonymous {
  readonly kind: 'anonymous'
}
export interface PersonCaller {
  readonly kind: 'person'
  readonly person: { readonly id: PersonId; readonly name: string; readonly roles: readonly PersonRole[]; readonly tag: PersonTag }
  readonly company: CallerCompany
  readonly sessionId: string
}
export interface SystemCaller {
  readonly kind: 'system'
  readonly apiKeyId: string
  readonly label: string
  /** What this key was given; never more than its company has. */
  readonly abilities: readonly Ability[]
  readonly company: CallerCompany
}
export interface CallerCompany {
  readonly id: CompanyId
  readonly partyId: PartyId
  readonly name: string
  readonly roles: readonly CompanyRole[]
}

export const anonymous: Anonymous = { kind: 'anonymous' }

/** The caller's company, or null for strangers. */
export function companyOf(caller: Caller): CallerCompany | null {
  return caller.kind === 'anonymous' ? null : caller.company
}
