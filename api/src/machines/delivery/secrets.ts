import { randomBytes } from 'node:crypto'
import type { CompanyId } from '@yidan/api/contract'
import type { Ports } from '../../ports.ts'
import { openText, sealText } from '../../vault/cipher.ts'
import type { SubscriptionRecord, SubscriptionState } from './store.ts'

/** How long the secret before still signs after a change. */
export const overlap = 86_400_000

export interface Secrets {
  seal(secret: string, of: Pick<SubscriptionState, '_id' | 'companyId'>): Promise<string>
  /** What signs now: the secret, and the one before it while both count. Empty when the company was forgotten. */
  of(subscription: SubscriptionRecord, now: Date): Promise<readonly Uint8Array[]>
}

/** Secrets lie sealed with their company's data key, each bound to its subscription. */
export function openSecrets({ vault }: Pick<Ports, 'vault'>): Secrets {
  const keyOf = (companyId: CompanyId): Promise<Buffer | null> => vault.keyFor(`company:${companyId}`)
  return {
    async seal(secret, { _id, companyId }) {
      const key = await keyOf(companyId)
      if (key === null) throw new Error(`the data key of ${companyId} was erased`)
      return sealText(secret, { key, about: `webhook:${_id}` })
    },
    async of({ _id, companyId, kind, secret, previousSecret, previousUntil }, now) {
      const key = await keyOf(companyId)
      if (key === null) return []
      const sealed = previousSecret !== null && previousUntil !== null && previousUntil > now ? [secret, previousSecret] : [secret]
      return sealed.map((text) => keyBytes(kind, openText(text, { key, about: `webhook:${_id}` })))
    },
  }
}

/** DCSA's secrets are bytes in Base64 (Subscription Callback API 1.0); ours are signed with as they are written. */
function keyBytes(kind: SubscriptionRecord['kind'], secret: string): Uint8Array {
  return kind === 'dcsa' ? Buffer.from(secret, 'base64') : Buffer.from(secret, 'utf8')
}

export function newSecret(kind: SubscriptionRecord['kind']): string {
  return kind === 'dcsa' ? randomBytes(32).toString('base64') : `whsec_${randomBytes(32).toString('base64url')}`
}
