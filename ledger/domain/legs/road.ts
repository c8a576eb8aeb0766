import type { LegRules } from './index.ts'

/** Road: drayage and door delivery; the plate is often known only on the day. */
export const road: LegRules = {
  carrierDocument: 'ROAD-WAYBILL', identifiedBy: [], takenOverBy: 'GTOT', handedOnBy: 'GTIN', staleAfterMinutes: 5, rec19: '3',
}
