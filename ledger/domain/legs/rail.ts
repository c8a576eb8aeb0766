import type { LegRules } from './index.ts'

/** Rail: the note is SMGS, CIM/SMGS or the domestic waybill; the train (车次) identifies it. */
export const rail: LegRules = {
  carrierDocument: 'RAIL-WAYBILL', identifiedBy: ['trainNumber'], takenOverBy: 'LOAD', handedOnBy: 'DISC', staleAfterMinutes: 120, rec19: '2',
}
