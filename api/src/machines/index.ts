import { Router } from 'express'
import type { Identities } from '../http/authenticate.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { dcsaV2 } from './dcsa/routes.ts'
import { openEventSight, type EventSight } from './visible-events.ts'

/** The rooms for machines, opened: standards' interfaces beside /api/v1, and what pushes events to callers. */
export interface Machines {
  readonly sight: EventSight
  /** `/dcsa/…` and `/epcis/…`, mounted at the root. */
  routes(identities: Identities): Router
}

export function openMachines(ports: Ports, directory: Directory): Machines {
  const sight = openEventSight(ports)
  return {
    sight,
    routes(identities) {
      const parts = { ports, sight, identities, directory }
      const router = Router({ caseSensitive: true })
      router.use('/dcsa/v2', dcsaV2(parts))
      return router
    },
  }
}
