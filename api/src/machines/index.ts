import { Router } from 'express'
import type { AuditLog } from '../access/audit.ts'
import type { Handlers } from '../http/handlers.ts'
import type { Identities } from '../http/authenticate.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { dcsaV2 } from './dcsa/routes.ts'
import { dcsaV3 } from './dcsa/subscription-routes.ts'
import type { DeliveryDesk } from './delivery/commands.ts'
import { deliveryDefaults, openDeliveryEngine, type CallerBehind, type DeliveryEngine } from './delivery/engine.ts'
import { openManners } from './delivery/manners.ts'
import { openDeliveryStore } from './delivery/store.ts'
import { epcisRouter } from './epcis/routes.ts'
import { openCaptureStore } from './epcis/store.ts'
import { webhookHandlers } from './handlers.ts'
import { openEventSight } from './visible-events.ts'

/** The rooms for machines, opened: standards' interfaces beside /api/v1, and what pushes events to callers. */
export interface Machines {
  /** Webhooks, for the contract's routes. */
  readonly handlers: Pick<Handlers, keyof ReturnType<typeof webhookHandlers>>
  /** `/dcsa/…` and `/epcis/…`, mounted at the root. */
  routes(identities: Identities): Router
  /** Pushing begins with `start` and has ended when `stop` resolves. */
  readonly engine: DeliveryEngine
}

export async function openMachines(ports: Ports, directory: Directory, { callerBehind, audit }: { readonly callerBehind: CallerBehind; readonly audit: Pick<AuditLog, 'note'> }): Promise<Machines> {
  const sight = openEventSight(ports)
  const store = await openDeliveryStore(ports.database)
  const captures = await openCaptureStore(ports.database)
  const settings = { ...deliveryDefaults, ...ports.settings.delivery }
  const engine = openDeliveryEngine({ ports, sight, store, callerBehind, manners: openManners(ports, directory), settings })
  const desk: DeliveryDesk = { ports, store, engine, settings }
  return {
    handlers: webhookHandlers(desk),
    engine,
    routes(identities) {
      const parts = { ports, sight, identities, directory, desk, audit, captures }
      const router = Router({ caseSensitive: true })
      router.use('/dcsa/v2', dcsaV2(parts))
      router.use('/dcsa/v3', dcsaV3(parts))
      router.use('/epcis', epcisRouter(parts))
      return router
    },
  }
}
