import { z } from 'zod'
import type { Action } from '../action.ts'
import { Hash, type PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { partyRoles } from '../registry.ts'

const Args = z.strictObject({
  roles: z.array(z.enum(partyRoles).exclude(['registrar'])).min(1).max(partyRoles.length),
  identityHash: Hash,
  /** The organisation that is to stand for it; left out where the network has one keeper, or to leave it as it is. */
  host: z.string().regex(/^[A-Za-z][A-Za-z0-9.-]{0,62}$/, 'no name of an organisation').optional(),
})

/** The registrar takes a party in, or changes its roles. Its legal identity never changes. */
export const registerParty: Action<'registerParty', z.infer<typeof Args>> = {
  name: 'registerParty',
  subject: 'party',
  purpose: 'admin',
  args: Args,
  decide({ args: { roles, identityHash, host }, party, subject }, view) {
    refuseUnless(party === view.registrar, 'registrar-required')
    refuseUnless(subject !== view.registrar, 'party-exists', { partyId: subject })
    const known = view.party(subject as PartyId)
    refuseUnless(known === null || known.identityHash === identityHash, 'party-exists', { partyId: subject })
    // A policy that names an organisation nobody knows would freeze every bill of this party for ever.
    refuseUnless(host === undefined || view.organisations.includes(host), 'unknown-organisation', { organisation: host })
    return [{ type: 'party-registered', partyId: subject as PartyId, roles: [...new Set(roles)], identityHash, ...(host === undefined ? {} : { host }) }]
  },
}
