import type { LegRules } from './index.ts'

/** Sea: a sea waybill under the through-bill; vessel and voyage identify it. */
export const sea: LegRules = {
  carrierDocument: 'SEA-WAYBILL', identifiedBy: ['vessel', 'voyage'], takenOverBy: 'LOAD', handedOnBy: 'DISC', staleAfterMinutes: 360, rec19: '1',
}
