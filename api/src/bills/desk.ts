import type { PartyRef } from '@yidan/api/contract'
import type { PartyId } from '@yidan/ledger'
import { createHash, randomBytes } from 'node:crypto'
import type { Ports } from '../ports.ts'
import type { Directory } from '../parties/directory.ts'
import { companyOf, type Caller, type CallerCompany } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { billStore, type BillStore } from './store.ts'

/** What everything about bills is done with. */
export interface BillDesk {
  readonly ports: Ports
  readonly directory: Directory
  readonly store: BillStore
}

export function billDesk(ports: Ports, directory: Directory): BillDesk {
  return { ports, directory, store: billStore(ports) }
}

/** The caller's company. @throws Problem `not-signed-in` */
export function ownCompany(caller: Caller): CallerCompany {
  const company = companyOf(caller)
  if (company === null) throw new Problem('not-signed-in')
  return company
}

/** Who did it, as lists show it. */
export function nameOf(caller: Caller): string {
  return caller.kind === 'person' ? caller.person.name : caller.kind === 'system' ? caller.label : ''
}

/** Each party that commands or events name, wherever in them. */
export function partiesNamedIn(value: unknown): PartyId[] {
  return [...new Set(JSON.stringify(value).match(/(?<=")p[0-9a-f]{32}(?=")/g))] as PartyId[]
}

/** Names behind ledger ids, looked up once for a whole answer. */
export async function partyNames(directory: Directory, parties: readonly (PartyId | null | undefined)[]): Promise<(partyId: PartyId) => PartyRef> {
  const wanted = [...new Set(parties.filter((party) => party !== null && party !== undefined))]
  const known = wanted.length === 0 ? new Map() as Awaited<ReturnType<Directory['byParties']>> : await directory.byParties(wanted)
  return (partyId) => ({ partyId, name: known.get(partyId)?.name ?? null, nameEn: known.get(partyId)?.nameEn ?? null })
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** `dr_` and 16 characters that nobody can guess. */
export function newDraftId(): string {
  return `dr_${Array.from(randomBytes(16), (byte) => alphabet[byte % 36]).join('')}`
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
