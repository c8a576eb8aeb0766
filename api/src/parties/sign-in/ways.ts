import type { Settings } from '../../ports.ts'
import type { LockOut } from '../lock-out.ts'
import type { PartyStore, PersonRecord } from '../store.ts'
import { demo } from './demo.ts'
import { password } from './password.ts'

/**
 * A way to prove who one is. A further way (passkey, OpenID Connect, 电子营业执照) is a file here and a line in the table; everything after it
 * (session, cookie, audit) is the same for all.
 */
export interface WayToSignIn<Proof> {
  /** @returns the person, when the proof holds @throws Problem with the reason otherwise */
  prove(given: { readonly proof: Proof; readonly store: PartyStore; readonly lockOut: LockOut; readonly settings: Pick<Settings, 'demo'> }): Promise<PersonRecord>
}

export const waysToSignIn = { password, demo } as const
