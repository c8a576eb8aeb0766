import type { AuditLog } from '../access/audit.ts'
import type { Ports } from '../ports.ts'
import { companyHandlers } from './company-handlers.ts'
import { keyHandlers, type KeyParts } from './key-handlers.ts'
import type { Parties } from './open.ts'
import { sessionHandlers } from './session-handlers.ts'

export { Sessions } from './sessions.ts'
export { createCompany, finishAllRegistrations } from './companies.ts'
export { callerBehind } from './makers.ts'
export { inviteFirstOperator } from './first-operator.ts'
export { keyUseProjection } from './key-use.ts'
export { openParties, type Parties } from './open.ts'
export { addPerson } from './people.ts'
export { takeInRegistrar } from './registrar-company.ts'
export { isDuplicate } from './store.ts'

/** What is needed from elsewhere. */
export interface PeopleParts extends KeyParts {
  readonly audit: Pick<AuditLog, 'list' | 'all' | 'forget'>
  /** Somebody is about to sign out, of their own will. */
  readonly beforeSignOut: (sessionId: string) => Promise<void>
}

/** Sessions, companies, people, keys and the audit log over HTTP. */
export function peopleHandlers(ports: Ports, parties: Parties, parts: PeopleParts): ReturnType<typeof sessionHandlers> & ReturnType<typeof companyHandlers> & ReturnType<typeof keyHandlers> {
  return { ...sessionHandlers(ports, parties, parts), ...companyHandlers(ports, parties, parts.audit), ...keyHandlers(ports, parties, parts) }
}
