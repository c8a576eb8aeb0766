import type { CompanyId, CompanyRole, PersonId, PersonRole } from '@yidan/api/contract'
import type { KeyId, PartyId } from '@yidan/ledger'

/** What other concepts may ask about companies and people: names behind ledger ids. Implemented by `parties/view.ts`. */
export interface Directory {
  company(companyId: CompanyId): Promise<KnownCompany | null>
  byParty(partyId: PartyId): Promise<KnownCompany | null>
  /** Many at once, for lists. */
  byParties(partyIds: readonly PartyId[]): Promise<ReadonlyMap<PartyId, KnownCompany>>
  /** The company with this 统一社会信用代码, LEI or VAT number, or failing that with exactly this name (Chinese or English). */
  find(identity: { creditCode?: string; lei?: string; vat?: string; name?: string; nameEn?: string }): Promise<KnownCompany | null>
  /** What opens a party's commitment on the ledger, for whoever may know the name. Of an erased company there is nothing. */
  openings(partyIds: readonly PartyId[]): Promise<readonly IdentityOpening[]>
  /** Mail addresses of the people of a company who see to its bills: administrators, clerks, signers. */
  addressesOf(partyId: PartyId): Promise<readonly string[]>
  /** Names of people and the companies they are of, by person; of a forgotten person nothing. */
  people(personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, { readonly name: string; readonly companyId: CompanyId }>>
  /** People of a company who are not disabled and have one of these roles, by name. */
  staffOf(companyId: CompanyId, roles: readonly PersonRole[]): Promise<readonly { readonly personId: PersonId; readonly name: string }[]>
  /** People of these companies who are not disabled. */
  membersOf(companyIds: readonly CompanyId[]): Promise<readonly PersonId[]>
  /** Companies that have one of these roles. */
  withRoles(roles: readonly CompanyRole[]): Promise<readonly CompanyId[]>
  /** The mail address of a person; null when disabled or forgotten. */
  addressOf(personId: PersonId): Promise<string | null>
  /** The person's name behind a key, for those in the chain's company. */
  keyHolders(keyIds: readonly KeyId[]): Promise<ReadonlyMap<KeyId, string>>
}

/** SHA-256 of `salt:kind:identifier` is the party's `identityHash` on the ledger; the name is ours. */
export interface IdentityOpening {
  readonly partyId: PartyId
  readonly name: string
  readonly kind: 'creditCode' | 'lei' | 'vat'
  readonly identifier: string
  readonly salt: string
}

export interface KnownCompany {
  readonly id: CompanyId
  readonly partyId: PartyId
  readonly name: string
  readonly nameEn: string | null
  readonly creditCode: string | null
  readonly lei: string | null
  readonly vat: string | null
  readonly address: string | null
  readonly contact: string | null
  readonly roles: readonly CompanyRole[]
}
