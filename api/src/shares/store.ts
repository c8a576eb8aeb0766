import type { CompanyId, PersonId, ShareScope, ShareView } from '@yidan/api/contract'
import type { Connection } from 'mongoose'
import type { Vault } from '../vault/vault.ts'
import { sealedCollection, type SealedCollection } from '../vault/sealed-store.ts'

/** Whose right a link lends: it is asked anew each time the link is used. */
export type Sharer = { readonly kind: 'person'; readonly personId: PersonId } | { readonly kind: 'api-key'; readonly apiKeyId: string }

/** A link somebody handed out. Of its secret only the hash is kept. */
export interface ShareRecord {
  readonly _id: string
  readonly tokenHash: string
  readonly kind: ShareScope['kind']
  readonly subject: string
  /** For whom, in the sharer's words; with the company's data key. */
  readonly label: string | null
  readonly companyId: CompanyId
  readonly sharer: Sharer
  /** The session in which it was made, until its person signs out: a session that is revoked takes its links along, for a thief may have made them. */
  readonly sessionId: string | null
  readonly sessionUntil: Date | null
  /** Log position at which the box's journey began: the next journey of the same box is not shown. Null for bills and trains. */
  readonly since: number | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
  readonly because: ShareView['because']
  readonly openings: number
  readonly lastOpenedAt: Date | null
}
export type EndReason = NonNullable<ShareView['because']>

export type ShareStore = SealedCollection<ShareRecord, 'label'>

/** How long a link that is over stays in the list, in seconds; after that it is unknown. */
const keptAfter = 90 * 86_400

export async function openShareStore({ database, vault }: { readonly database: Connection; readonly vault: Vault }): Promise<ShareStore> {
  const db = database.getClient().db(database.name, { ignoreUndefined: true })
  const store = sealedCollection<ShareRecord, 'label'>(db.collection('shares'), { keyOf: ({ companyId }) => `company:${companyId}`, secret: ['label'], erased: { label: null } }, vault)
  await store.kept.createIndexes([
    { key: { tokenHash: 1 }, unique: true, name: 'token' }, { key: { companyId: 1, createdAt: -1, _id: -1 }, name: 'company' }, { key: { kind: 1, subject: 1 }, name: 'subject' },
    { key: { expiresAt: 1 }, expireAfterSeconds: keptAfter, name: 'kept' },
  ])
  return store
}
