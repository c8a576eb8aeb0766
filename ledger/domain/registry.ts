import type { Hash, Instant, KeyId, PartyId, PersonTag } from './ids.ts'

/** What a company may be in the trade. */
export const partyRoles = [
  'carrier', 'forwarder', 'shipper', 'consignee', 'bank', 'guarantor', 'insurer', 'terminal', 'customs', 'regulator', 'court', 'operator', 'registrar',
] as const
export type PartyRole = (typeof partyRoles)[number]

/** What a signing key may be used for: acts of title, or the party's own administration of keys. */
export const keyPurposes = ['title', 'admin'] as const
export type KeyPurpose = (typeof keyPurposes)[number]

/** A party as the ledger knows it: a random id, its roles, and a salted commitment to its legal identity. */
export interface Party {
  readonly partyId: PartyId
  readonly seq: number
  readonly headHash: Hash
  readonly roles: readonly PartyRole[]
  /** SHA-256 over salt and legal identifier (统一社会信用代码, LEI or VAT); opened off the ledger. */
  readonly identityHash: Hash
  /** The organisation of the ledger network whose peer must endorse what this party controls; null where the network has only one keeper. */
  readonly host: string | null
  readonly keys: Readonly<Record<KeyId, SigningKey>>
  /** While somebody says that its keys are lost or stolen, nothing it signs passes. */
  readonly keyLoss: { readonly by: PartyId; readonly since: Instant; readonly referenceHash: Hash } | null
  readonly updatedAt: Instant
}

export interface SigningKey {
  readonly keyId: KeyId
  readonly partyId: PartyId
  readonly person: PersonTag
  readonly purposes: readonly KeyPurpose[]
  readonly algorithm: 'ES256'
  /** SubjectPublicKeyInfo, DER, base64. */
  readonly publicKey: string
  readonly registeredAt: Instant
  readonly revoked: { readonly at: Instant; readonly reason: string } | null
}
