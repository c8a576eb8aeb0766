import type { Ability, CompanyId, CompanyRole, PersonId, PersonRole } from '@yidan/api/contract'
import type { Hash, PartyId, PersonTag } from '@yidan/ledger'
import { Schema, type Connection, type Model } from 'mongoose'
import { blindToken } from '../vault/cipher.ts'
import { sealedCollection, type SealedCollection } from '../vault/sealed-store.ts'
import type { KeyName, Vault } from '../vault/vault.ts'

/** Companies, their people, and what proves who somebody is. Kept in their own store: they come before any fact on the ledger. */
export interface CompanyRecord {
  readonly _id: CompanyId
  readonly partyId: PartyId
  readonly name: string
  readonly nameEn: string | null
  readonly creditCode: string | null
  readonly lei: string | null
  readonly vat: string | null
  readonly country: string
  readonly address: string | null
  readonly contact: string | null
  readonly roles: readonly CompanyRole[]
  /** With the legal identifier it opens the commitment that stands on the ledger; sealed with the company's data key. */
  readonly sealedSalt: string
  /** False from being written here until the ledger has it: such a company is not there yet. */
  readonly registered: boolean
  readonly createdAt: Date
}

export interface PersonRecord {
  readonly _id: PersonId
  readonly companyId: CompanyId
  /** Name and address are sealed with the person's data key. */
  readonly name: string
  /** Lower case; one person an address. */
  readonly email: string
  /** Blind token of the address: signing in finds the person by it. */
  readonly emailToken: string
  readonly roles: readonly PersonRole[]
  readonly tag: PersonTag
  /** Argon2id in PHC form; null for those who cannot sign in with a password. */
  readonly passwordHash: string | null
  readonly disabled: boolean
  /** Name of the demo account this person is, if it is one. */
  readonly demoAccount: string | null
  readonly lastSeenAt: Date | null
  readonly createdAt: Date
}

export interface InvitationRecord {
  readonly _id: string
  readonly companyId: CompanyId
  readonly email: string
  readonly roles: readonly PersonRole[]
  readonly tokenHash: string
  readonly invitedBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
}

export interface SessionRecord {
  readonly _id: string
  readonly tokenHash: string
  readonly personId: PersonId
  readonly companyId: CompanyId
  readonly userAgent: string
  readonly address: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

export interface ApiKeyRecord {
  readonly _id: string
  readonly companyId: CompanyId
  readonly label: string
  readonly abilities: readonly Ability[]
  readonly secretHash: string
  /** Whoever made it: towards the two-person rule a system is its maker, so that nobody becomes two people by making a key. */
  readonly madeBy: PersonId
  readonly tag: PersonTag
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface FailedSignIns {
  /** Hash of the e-mail address: addresses of strangers are not kept. */
  readonly _id: string
  readonly failures: number
  readonly lockedUntil: Date | null
  readonly expiresAt: Date
}

/** What a party told about itself that the ledger knows by a salted hash only. */
export interface PartyPaperRecord {
  readonly _id: Hash
  readonly companyId: CompanyId
  /** With the company's data key. */
  readonly sealed: string
  readonly at: Date
}

export interface PartyStore {
  readonly companies: Model<CompanyRecord>
  readonly people: SealedCollection<PersonRecord, 'name' | 'email'>
  readonly invitations: SealedCollection<InvitationRecord, 'email'>
  readonly sessions: Model<SessionRecord>
  readonly apiKeys: Model<ApiKeyRecord>
  readonly failedSignIns: Model<FailedSignIns>
  readonly partyPapers: Model<PartyPaperRecord>
  /** What stands for a mail address (in small letters) in an index. */
  emailToken(email: string): Promise<string>
}

const options = (collection: string) => ({ versionKey: false, collection, autoIndex: false, autoCreate: false, bufferCommands: false }) as const

const partyPaperSchema = new Schema<PartyPaperRecord>({ _id: String, companyId: String, sealed: String, at: Date }, options('party_papers'))

const companySchema = new Schema<CompanyRecord>(
  {
    _id: String, partyId: String, name: String, nameEn: String, creditCode: String, lei: String, vat: String, country: String, address: String, contact: String, roles: [String], sealedSalt: String, registered: Boolean, createdAt: Date,
  },
  options('companies'),
)
companySchema.index({ partyId: 1 }, { unique: true })
companySchema.index({ name: 1, _id: 1 })
companySchema.index({ nameEn: 1 })
for (const identifier of ['creditCode', 'lei', 'vat'] as const) companySchema.index({ [identifier]: 1 }, { unique: true, partialFilterExpression: { [identifier]: { $type: 'string' } } })

const sessionSchema = new Schema<SessionRecord>(
  { _id: String, tokenHash: String, personId: String, companyId: String, userAgent: String, address: String, createdAt: Date, lastSeenAt: Date, expiresAt: Date },
  options('sessions'),
)
sessionSchema.index({ tokenHash: 1 }, { unique: true })
sessionSchema.index({ personId: 1 })
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

const apiKeySchema = new Schema<ApiKeyRecord>(
  {
    _id: String, companyId: String, label: String, abilities: [String], secretHash: String, madeBy: String, tag: String, createdAt: Date, expiresAt: Date, lastUsedAt: Date, revokedAt: Date,
  },
  options('api_keys'),
)
apiKeySchema.index({ secretHash: 1 }, { unique: true })
apiKeySchema.index({ companyId: 1, createdAt: -1 })

const failedSchema = new Schema<FailedSignIns>({ _id: String, failures: Number, lockedUntil: Date, expiresAt: Date }, options('failed_sign_ins'))
failedSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

/** The data key of a person; also of one who was invited and has not come yet. */
export function personKey(id: string): KeyName {
  return `person:${id}`
}

const addressesKey: KeyName = 'system:addresses'

/** Opens the collections and makes their indexes: uniqueness is the database's business. */
export async function openPartyStore({ database, vault }: { readonly database: Connection; readonly vault: Vault }): Promise<PartyStore> {
  const db = database.getClient().db(database.name, { ignoreUndefined: true })
  const store: PartyStore = {
    partyPapers: database.model<PartyPaperRecord>('PartyPaper', partyPaperSchema),
    companies: database.model<CompanyRecord>('Company', companySchema),
    people: sealedCollection<PersonRecord, 'name' | 'email'>(db.collection('people'), { keyOf: ({ _id }) => personKey(_id), secret: ['name', 'email'] }, vault),
    invitations: sealedCollection<InvitationRecord, 'email'>(db.collection('invitations'), { keyOf: ({ _id }) => personKey(_id), secret: ['email'] }, vault),
    async emailToken(email) {
      const key = await vault.keyFor(addressesKey)
      if (key === null) throw new Error('the key of mail addresses was erased')
      return blindToken(email.toLowerCase(), key)
    },
    sessions: database.model<SessionRecord>('Session', sessionSchema),
    apiKeys: database.model<ApiKeyRecord>('ApiKey', apiKeySchema),
    failedSignIns: database.model<FailedSignIns>('FailedSignIns', failedSchema),
  }
  await store.companies.createIndexes()
  await store.people.kept.createIndexes([
    { key: { emailToken: 1 }, unique: true, name: 'email' }, { key: { companyId: 1, _id: 1 }, name: 'company' }, { key: { tag: 1 }, unique: true, name: 'tag' },
    { key: { demoAccount: 1 }, unique: true, partialFilterExpression: { demoAccount: { $type: 'string' } }, name: 'demo' },
  ])
  await store.invitations.kept.createIndexes([{ key: { tokenHash: 1 }, unique: true, name: 'token' }, { key: { companyId: 1, createdAt: -1 }, name: 'company' }])
  await store.sessions.createIndexes()
  await store.apiKeys.createIndexes()
  await store.failedSignIns.createIndexes()
  return store
}

/** A unique index said no. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11_000
}
