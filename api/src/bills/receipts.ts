import { refuseUnless, type SigningKey } from '@yidan/ledger'
import type { Nearby } from '@yidan/ledger/port'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { ownCompany, type BillDesk } from './desk.ts'

/** A person signs with the own key only, a system with any of its company's. @throws Refusal `unknown-key`, `key-not-of-party`; Problem `forbidden` */
export async function refuseUnlessOwnKey({ ports }: Pick<BillDesk, 'ports'>, caller: Caller, keyId: SigningKey['keyId'], asked: Pick<Nearby, 'key'> = ports.ledger): Promise<SigningKey> {
  const key = await asked.key(keyId)
  refuseUnless(key !== null, 'unknown-key', { keyId })
  refuseUnless(key.partyId === ownCompany(caller).partyId, 'key-not-of-party', { keyId })
  if (caller.kind === 'person' && key.person !== caller.person.tag) throw new Problem('forbidden', { keyId })
  return key
}
