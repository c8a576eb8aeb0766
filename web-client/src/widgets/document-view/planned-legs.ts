import type { Leg } from '@yidan/ledger'
import type { RibbonLeg } from '../leg-ribbon/ribbon.ts'

/** The legs as planned, for the ribbon of a journey that has not begun or is not followed. */
export function plannedLegs(legs: readonly Leg[]): RibbonLeg[] {
  return legs.map((leg) => ({
    mode: leg.mode, from: leg.from.name, to: leg.to.name, unit: leg.trainNumber ?? leg.vessel ?? leg.plate ?? null, plannedDeparture: leg.plannedDeparture, plannedArrival: leg.plannedArrival,
    actualDeparture: null, actualArrival: null, progress: 'waiting',
  }))
}
