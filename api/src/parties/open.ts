import type { Ports } from '../ports.ts'
import type { Directory } from './directory.ts'
import { lockOutOf, type LockOut } from './lock-out.ts'
import { Sessions } from './sessions.ts'
import { openPartyStore, type PartyStore } from './store.ts'
import { directoryOf } from './view.ts'

/** Companies and people, opened: the parts that others hang on. */
export interface Parties {
  readonly store: PartyStore
  readonly sessions: Sessions
  readonly directory: Directory
  readonly lockOut: LockOut
}

export async function openParties(ports: Ports): Promise<Parties> {
  const store = await openPartyStore(ports)
  return { store, sessions: new Sessions(store, ports), directory: directoryOf(store, ports), lockOut: lockOutOf(store, ports.clock) }
}
