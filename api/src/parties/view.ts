import type { ApiKeyView, CompanyView, InvitationView, PersonView } from '@yidan/api/contract'
import type { KeyId, PartyId } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import { openIdentity } from './companies.ts'
import type { QueryFilter } from 'mongoose'
import type { z } from 'zod'
import type { Vault } from '../vault/vault.ts'
import type { Directory, KnownCompany } from './directory.ts'
import type { ApiKeyRecord, CompanyRecord, InvitationRecord, PartyStore, PersonRecord } from './store.ts'

/** Records as they may be shown. */
export async function companyView(company: CompanyRecord, ledger: Pick<Ledger, 'party'>): Promise<CompanyView> {
  const { _id, sealedSalt: _, registered: __, createdAt, roles, ...rest } = company
  const party = await ledger.party(company.partyId)
  const liveKeys = Object.values(party?.keys ?? {}).filter(({ revoked }) => revoked === null).length
  return { id: _id, ...rest, roles: [...roles], liveKeys, createdAt: createdAt.toISOString() }
}

export function personView({ _id, companyId, name, email, roles, tag, disabled, lastSeenAt, createdAt }: PersonRecord): PersonView {
  return { id: _id, companyId, name, email, roles: [...roles], person: tag, disabled, lastSeenAt: lastSeenAt?.toISOString() ?? null, createdAt: createdAt.toISOString() }
}

export function invitationView({ _id, companyId, email, roles, expiresAt, acceptedAt }: InvitationRecord, link: string | null): z.infer<typeof InvitationView> {
  return { id: _id, companyId, email, roles: [...roles], expiresAt: expiresAt.toISOString(), acceptedAt: acceptedAt?.toISOString() ?? null, link }
}

export function apiKeyView({ _id, companyId, label, abilities, createdAt, expiresAt, lastUsedAt, revokedAt }: ApiKeyRecord, secret: string | null): z.infer<typeof ApiKeyView> {
  return {
    id: _id, companyId, label, abilities: [...abilities], createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null, secret,
  }
}

/** Names behind ledger ids, for the other concepts. */
export function directoryOf({ companies, people }: PartyStore, { ledger, vault }: { readonly ledger: Pick<Ledger, 'key' | 'registrar'>; readonly vault: Pick<Vault, 'keyFor'> }): Directory {
  const one = async (filter: QueryFilter<CompanyRecord>): Promise<KnownCompany | null> => known(await companies.findOne({ ...filter, registered: true }).lean<CompanyRecord>())
  return {
    company: (companyId) => one({ _id: companyId }),
    byParty: (partyId) => one({ partyId }),
    async byParties(partyIds) {
      const found = await companies.find({ partyId: { $in: [...new Set(partyIds)] }, registered: true }).lean<CompanyRecord[]>()
      return new Map(found.map((company) => [company.partyId, knownOf(company)] as [PartyId, KnownCompany]))
    },
    async find({ creditCode, lei, vat, name, nameEn }) {
      for (const identifier of [creditCode && { creditCode }, lei && { lei }, vat && { vat }]) {
        const company = identifier ? await one(identifier) : null
        if (company !== null) return company
      }
      const names = [name, nameEn].filter((given): given is string => given !== undefined && given.trim() !== '').map((given) => given.trim())
      if (names.length === 0) return null
      // A name that two companies bear names neither.
      const bearers = await companies.find({ $or: [{ name: { $in: names } }, { nameEn: { $in: names } }], registered: true }).limit(2).lean<CompanyRecord[]>()
      return bearers.length === 1 && bearers[0] ? knownOf(bearers[0]) : null
    },
    async openings(partyIds) {
      // The registrar's commitment is of its name on the network alone: there is nothing to open.
      const found = await companies.find({ partyId: { $in: [...new Set(partyIds)].filter((partyId) => partyId !== ledger.registrar) }, registered: true }).lean<CompanyRecord[]>()
      const opened = await Promise.all(found.map(async (company) => {
        const key = await vault.keyFor(`company:${company._id}`)
        return key === null ? [] : [{ partyId: company.partyId, name: company.name, ...openIdentity(company, key) }]
      }))
      return opened.flat()
    },
    async addressesOf(partyId) {
      const company = await companies.findOne({ partyId, registered: true }, { _id: 1 }).lean<Pick<CompanyRecord, '_id'>>()
      const found = company === null ? [] : await people.find({ companyId: company._id, disabled: false, roles: { $in: ['administrator', 'clerk', 'signer'] } }).toArray()
      return found.map(({ email }) => email).sort()
    },
    async people(personIds) {
      const found = personIds.length === 0 ? [] : await people.find({ _id: { $in: [...new Set(personIds)] } }).toArray()
      return new Map(found.map(({ _id, name, companyId }) => [_id, { name, companyId }]))
    },
    async staffOf(companyId, roles) {
      const found = await people.find({ companyId, disabled: false, roles: { $in: [...roles] } }).toArray()
      return found.map(({ _id, name }) => ({ personId: _id, name })).sort((one, other) => one.name.localeCompare(other.name))
    },
    async membersOf(companyIds) {
      const found = await people.kept.find({ companyId: { $in: [...companyIds] }, disabled: false }, { projection: { _id: 1 } }).sort({ _id: 1 }).toArray()
      return found.map(({ _id }) => _id)
    },
    withRoles: async (roles) => (await companies.find({ roles: { $in: [...roles] }, registered: true }, { _id: 1 }).lean<Pick<CompanyRecord, '_id'>[]>()).map(({ _id }) => _id),
    addressOf: async (personId) => (await people.findOne({ _id: personId, disabled: false }))?.email ?? null,
    async keyHolders(keyIds) {
      const keys = (await Promise.all([...new Set(keyIds)].map((keyId) => ledger.key(keyId)))).filter((key) => key !== null)
      const holders = await people.find({ tag: { $in: keys.map(({ person }) => person) } }).toArray()
      const nameByTag = new Map(holders.map(({ tag, name }) => [tag, name]))
      return new Map(keys.flatMap(({ keyId, person }) => {
        const name = nameByTag.get(person)
        return name === undefined ? [] : [[keyId, name] as [KeyId, string]]
      }))
    },
  }
}

function known(company: CompanyRecord | null): KnownCompany | null {
  return company === null ? null : knownOf(company)
}

function knownOf({ _id, partyId, name, nameEn, creditCode, lei, vat, address, contact, roles }: CompanyRecord): KnownCompany {
  return { id: _id, partyId, name, nameEn, creditCode, lei, vat, address, contact, roles }
}
