import { billRoutes } from './bills.ts'
import { deviceRoutes } from './devices.ts'
import { erasureRoutes } from './erasure.ts'
import { exceptionRoutes } from './exceptions.ts'
import { intakeRoutes } from './intake.ts'
import { machineRoutes } from './machines.ts'
import { noticeRoutes } from './notices.ts'
import { paperRoutes } from './papers.ts'
import { peopleRoutes } from './people.ts'
import { positionRoutes } from './positions.ts'
import { shareRoutes } from './shares.ts'
import { systemRoutes, trackingRoutes } from './tracking.ts'
import { trainRoutes } from './trains.ts'

/** The whole HTTP interface, by operation name. */
export const routes = { ...peopleRoutes, ...billRoutes, ...erasureRoutes, ...paperRoutes, ...trackingRoutes, ...machineRoutes, ...exceptionRoutes, ...noticeRoutes, ...positionRoutes, ...intakeRoutes, ...deviceRoutes, ...trainRoutes, ...shareRoutes, ...systemRoutes }
export type RouteName = keyof typeof routes
export { billFilters } from './bills.ts'
