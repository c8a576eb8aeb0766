import { z } from 'zod'
import type { Action } from '../action.ts'
import { KeyId, PartyId, PersonTag } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { keyPurposes, type Party } from '../registry.ts'

export const NewKey = z.strictObject({
  keyId: KeyId,
  publicKey: z.base64().max(200),
  algorithm: z.literal('ES256'),
  person: PersonTag,
  purposes: z.array(z.enum(keyPurposes)).min(1).max(keyPurposes.length),
})
const RegisterArgs = z.strictObject({ key: NewKey })
const RevokeArgs = z.strictObject({ keyId: KeyId, reason: z.string().trim().min(1).max(300) })

/**
 * A key is bound to a party: it signs for itself (proof of possession), and an administrator's key of the party signs along. The
 * first one, an administrator's, is countersigned by the registrar, which therefore can bind keys only to parties that never had one:
 * what follows a loss of all keys takes two of its people and the notice period (`rebindKeys`).
 */
export const registerKey: Action<'registerKey', z.infer<typeof RegisterArgs>> = {
  name: 'registerKey',
  subject: 'party',
  purpose: null,
  args: RegisterArgs,
  introduces: ({ key }) => key,
  cosigners(signed, view) {
    return [{ party: wasAdministered(view.party(signed.party)) ? signed.party : view.registrar, why: 'administrator' }]
  },
  decide({ args: { key }, party, subject }, view) {
    refuseUnless(subject === party, 'key-not-of-party', { keyId: key.keyId })
    refuseUnless(view.key(key.keyId) === null, 'key-exists', { keyId: key.keyId })
    refuseUnless(key.purposes.includes('admin') || wasAdministered(view.party(party)), 'key-lacks-purpose', { keyId: key.keyId, purpose: 'admin' })
    return [{ type: 'key-registered', partyId: party, key: { ...key, partyId: party } }]
  },
}

/** By an administrator of the party, by the key itself, or by the registrar. The last administrator's key only by the registrar. */
export const revokeKey: Action<'revokeKey', z.infer<typeof RevokeArgs>> = {
  name: 'revokeKey',
  subject: 'party',
  purpose: null,
  args: RevokeArgs,
  decide({ args: { keyId, reason }, party, subject, keyId: by, signers }, view) {
    const owner = view.party(subject as PartyId)
    const key = owner?.keys[keyId]
    refuseUnless(key !== undefined, 'unknown-key', { keyId })
    refuseUnless(key.revoked === null, 'key-revoked', { keyId })
    const administers = signers[0]?.purposes.includes('admin') ?? true
    const byRegistrar = party === view.registrar && administers
    const byAdministrator = party === subject && administers
    refuseUnless(byRegistrar || byAdministrator || by === keyId, 'approval-missing', { keyId })
    const others = Object.values(owner?.keys ?? {}).filter((other) => other.keyId !== keyId)
    refuseUnless(byRegistrar || !key.purposes.includes('admin') || others.some(isLiveAdministrator), 'last-admin-key', { keyId })
    return [{ type: 'key-revoked', partyId: key.partyId, keyId, reason }]
  },
}

/** Whether the party can approve its own further keys. */
export function hasAdministrator(party: Party): boolean {
  return Object.values(party.keys).some(isLiveAdministrator)
}

/** Whether it ever could. */
function wasAdministered(party: Party | null): boolean {
  return Object.values(party?.keys ?? {}).some(({ purposes }) => purposes.includes('admin'))
}

function isLiveAdministrator({ purposes, revoked }: Party['keys'][KeyId]): boolean {
  return revoked === null && purposes.includes('admin')
}
