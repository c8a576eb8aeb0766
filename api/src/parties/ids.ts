import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { CompanyId, PersonId } from '@yidan/api/contract'
import type { PartyId, PersonTag } from '@yidan/ledger'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

function base36(length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(36))).join('')
}

export const newCompanyId = (): CompanyId => `co_${base36(16)}` as CompanyId
export const newPersonId = (): PersonId => `pe_${base36(16)}` as PersonId
export const newPartyId = (): PartyId => `p${randomBytes(16).toString('hex')}` as PartyId
export const newPersonTag = (): PersonTag => `u${randomBytes(16).toString('hex')}` as PersonTag
export const newId = (prefix: 'se' | 'in' | 'ak'): string => `${prefix}_${base36(16)}`

/** A secret that is handed out once: 256 random bits. Only its hash is kept. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
