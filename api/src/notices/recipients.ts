import type { CompanyRole, PersonId } from '@yidan/api/contract'
import { may } from '../access/abilities.ts'
import type { Caller, PersonCaller } from '../access/caller.ts'
import { boxesConcerned, thingOf, type ExceptionRecord } from '../exceptions/index.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import type { TrackingReader, TrackingWatch } from '../tracking/view.ts'

/** The person as a caller with the rights of today; null when there is no access any more. */
export type PersonBehind = (personId: PersonId) => Promise<PersonCaller | null>

export interface Recipients {
  /** Everybody who may read of it now. */
  of(record: ExceptionRecord): Promise<readonly PersonCaller[]>
  /** Whether this one may, now. */
  mayKnow(caller: Caller, record: ExceptionRecord): Promise<boolean>
}

/** They see every box; who of them is told is their own choice (`rules.ts`). */
const everywhere: readonly CompanyRole[] = ['operator', 'terminal', 'regulator', 'customs', 'court']

/** Looks for candidates among the followers of the box, or of the boxes on this run of a train; who of them may is said by the one table (`access/abilities.ts`). */
export function openRecipients({ ports, directory, reader, watch, personBehind }: { readonly ports: Pick<Ports, 'clock'>; readonly directory: Directory; readonly reader: TrackingReader; readonly watch: TrackingWatch; readonly personBehind: PersonBehind }): Recipients {
  return {
    async of(record) {
      const boxes = await boxesConcerned({ reader, watch }, record)
      const followers = await directory.byParties(boxes.flatMap((box) => box.followers))
      const companies = new Set([...[...followers.values()].map(({ id }) => id), ...(await directory.withRoles(everywhere))])
      const thing = await thingOf({ ports, reader, watch }, record)
      const people = await Promise.all((await directory.membersOf([...companies])).map(personBehind))
      return people.filter((caller) => caller !== null && may(caller, 'read-exceptions', thing)) as PersonCaller[]
    },
    mayKnow: async (caller, record) => may(caller, 'read-exceptions', await thingOf({ ports, reader, watch }, record)),
  }
}
