import { CreditCode, Hash, KeyId, keyPurposes, Lei, PartyId, partyRoles, PersonTag } from '@yidan/ledger'
import { z } from 'zod'
import { abilities } from '../abilities.ts'
import { CompanyId, Moment, PartyRef, PersonId } from './common.ts'

/** What a person may do inside their company. A company's own roles decide what the company may do at all. */
export const personRoles = ['administrator', 'clerk', 'signer', 'gate', 'viewer'] as const
export const PersonRole = z.enum(personRoles)
export type PersonRole = z.infer<typeof PersonRole>

/** Roles a company may ask for; `registrar` belongs to the network alone. */
export const CompanyRole = z.enum(partyRoles).exclude(['registrar'])
export type CompanyRole = z.infer<typeof CompanyRole>

const name = z.string().trim().min(1).max(200)

export const CompanyInput = z.strictObject({
  name,
  nameEn: name.optional(),
  /** One identifier at least: 统一社会信用代码 for a Chinese entity, LEI or VAT for a foreign one. */
  creditCode: CreditCode.optional(),
  lei: Lei.optional(),
  vat: z.string().regex(/^[A-Z]{2}[0-9A-Z]{4,16}$/, 'a VAT number starts with its country').optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'an ISO 3166 country code'),
  address: z.string().trim().max(300).optional(),
  contact: z.string().trim().max(200).optional(),
  roles: z.array(CompanyRole).min(1),
}).refine((company) => company.creditCode ?? company.lei ?? company.vat, { error: 'a company needs a credit code, an LEI or a VAT number', path: ['creditCode'] })
export type CompanyInput = z.infer<typeof CompanyInput>

export const CompanyView = z.strictObject({
  id: CompanyId,
  partyId: PartyId,
  name: z.string(),
  nameEn: z.string().nullable(),
  creditCode: z.string().nullable(),
  lei: z.string().nullable(),
  vat: z.string().nullable(),
  country: z.string(),
  address: z.string().nullable(),
  contact: z.string().nullable(),
  roles: z.array(CompanyRole),
  /** Live signing keys on the ledger. */
  liveKeys: z.int(),
  createdAt: Moment,
})
export type CompanyView = z.infer<typeof CompanyView>

export const PersonView = z.strictObject({
  id: PersonId, companyId: CompanyId, name: z.string(), email: z.string(), roles: z.array(PersonRole), person: PersonTag,
  disabled: z.boolean(), lastSeenAt: Moment.nullable(), createdAt: Moment,
})
export type PersonView = z.infer<typeof PersonView>

export const InvitationView = z.strictObject({
  id: z.string(), companyId: CompanyId, email: z.string(), roles: z.array(PersonRole), expiresAt: Moment, acceptedAt: Moment.nullable(),
  /** Only in the answer that creates it. Sent by mail too. */
  link: z.string().nullable(),
})

export const SessionView = z.strictObject({
  person: PersonView,
  company: CompanyView,
  abilities: z.array(z.enum(abilities)),
  demo: z.boolean(),
  expiresAt: Moment,
})
export type SessionView = z.infer<typeof SessionView>

export const DeviceSession = z.strictObject({ id: z.string(), current: z.boolean(), userAgent: z.string(), address: z.string(), createdAt: Moment, lastSeenAt: Moment, expiresAt: Moment })

export const DemoAccount = z.strictObject({ account: z.string(), name: z.string(), company: z.string(), companyEn: z.string(), roles: z.array(PersonRole), companyRoles: z.array(CompanyRole) })

export const ApiKeyView = z.strictObject({
  id: z.string(), companyId: CompanyId, label: z.string(), abilities: z.array(z.enum(abilities)), createdAt: Moment, expiresAt: Moment, lastUsedAt: Moment.nullable(), revokedAt: Moment.nullable(),
  /** Only in the answer that creates it. */
  secret: z.string().nullable(),
})

export const KeyView = z.strictObject({
  keyId: KeyId, partyId: PartyId, publicKey: z.string(), purposes: z.array(z.enum(keyPurposes)), person: PersonTag,
  personName: z.string().nullable(), registeredAt: Moment, revokedAt: Moment.nullable(), revocationReason: z.string().nullable(),
  /** When the ledger last recorded a signature of it. */
  lastUsedAt: Moment.nullable(),
})
export type KeyView = z.infer<typeof KeyView>

/** The state a party's stream is in, needed to build its next key command. */
export const PartyStream = z.strictObject({
  network: z.string(), partyId: PartyId, seq: z.int(), headHash: Hash, keys: z.array(KeyView),
  /** While its keys are reported lost nothing it signs passes; new ones can be bound from `noticeEndsAt` on. */
  keyLoss: z.strictObject({ since: Moment, noticeEndsAt: Moment }).nullable(),
})
export type PartyStream = z.infer<typeof PartyStream>

/** What stands behind a report of lost keys or behind new ones: the ledger has its salted hash only. */
export const KeyLossStatement = z.strictObject({ company: PartyRef, by: z.string(), text: z.string(), at: Moment })
export type KeyLossStatement = z.infer<typeof KeyLossStatement>

export const AuditEntry = z.strictObject({
  id: z.string(), at: Moment, companyId: CompanyId.nullable(), personId: PersonId.nullable(), personName: z.string().nullable(), actor: z.enum(['person', 'system', 'anonymous']),
  /** What was asked: the ability, and the ledger action when it was one. */
  ability: z.enum(abilities), action: z.string(), subject: z.string().nullable(), address: z.string(), requestId: z.string(),
  result: z.enum(['done', 'refused', 'failed']), code: z.string().nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>
