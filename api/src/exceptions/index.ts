import { ensure } from '../access/abilities.ts'
import { companyOf } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader, openTrackingWatch } from '../tracking/view.ts'
import { changeException, decidePutAside, exceptionView, staffRoles, type Desk } from './desk.ts'
import { countExceptions, exceptionsCsv, listExceptions } from './list.ts'
import { openExceptionStore } from './store.ts'
import { openExceptionWatcher, type ExceptionWatcher } from './watcher.ts'

export { exceptionShelf } from './changes.ts'
export { boxesConcerned, thingOf, type Desk } from './desk.ts'
export { exceptionsById, visibleExceptions } from './list.ts'
export { exceptionProjections } from './projection.ts'
export type { ExceptionRecord } from './store.ts'
export type { ExceptionWatcher } from './watcher.ts'

export function openExceptions(ports: Ports): Promise<ExceptionWatcher> {
  return openExceptionWatcher(ports, openExceptionStore(ports))
}

export function openDesk(ports: Ports, directory: Directory): Desk {
  return { ports, directory, reader: openTrackingReader(ports), watch: openTrackingWatch(ports), store: openExceptionStore(ports) }
}

type Own = 'exceptions' | 'exceptionCounts' | 'exportExceptions' | 'exceptionStaff' | 'exception' | 'assignException' | 'noteException' | 'closeException' | 'decidePutAside'

/** The exception desk: what is wrong on the way, and who sees to it. */
export function exceptionHandlers(ports: Ports, directory: Directory): HandlersFor<Own> {
  const desk = openDesk(ports, directory)
  return {
    exceptions: ({ query, ...asking }) => listExceptions(desk, asking, query),
    exceptionCounts: (asking) => countExceptions(desk, asking),
    exportExceptions: async ({ query, ...asking }) => ({ file: await exceptionsCsv(desk, asking, query), contentType: 'text/csv', name: `exceptions ${ports.clock().toISOString().slice(0, 10)}.csv` }),
    async exceptionStaff({ caller }) {
      const company = companyOf(caller)
      if (company === null) throw new Problem('not-signed-in')
      return { items: (await directory.staffOf(company.id, staffRoles)).map(({ personId, name }) => ({ personId, name, company: company.name })) }
    },
    exception: ({ params, ...asking }) => exceptionView(desk, asking, params.exceptionId),
    async assignException({ params, body: { personId }, concerns, ...asking }) {
      concerns(params.exceptionId)
      const company = companyOf(asking.caller)
      const staff = company === null || personId === null ? [] : await directory.staffOf(company.id, staffRoles)
      if (personId !== null && !staff.some((person) => person.personId === personId)) throw new Problem('unknown-person')
      return changeException(desk, asking, params.exceptionId, (by) => ({ type: 'assigned', by, to: personId }))
    },
    noteException({ params, body: { text }, concerns, ...asking }) {
      concerns(params.exceptionId)
      return changeException(desk, asking, params.exceptionId, (by) => ({ type: 'noted', by, text }))
    },
    closeException({ params, body: { reason }, concerns, ...asking }) {
      concerns(params.exceptionId)
      return changeException(desk, asking, params.exceptionId, (by) => ({ type: 'closed', by, reason }))
    },
    decidePutAside({ params, body, concerns, ...asking }) {
      concerns(params.eventID)
      ensure(asking.caller, 'decide-put-aside')
      return decidePutAside(desk, asking, params.eventID, body)
    },
  }
}
