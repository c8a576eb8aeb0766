import type { HandlersFor } from '../http/handlers.ts'
import type { BillDesk } from './desk.ts'
import { agreeToErasure, askForErasure, erasableBills, listErasures, withdrawErasure } from './erasure.ts'
import { openBill } from './view.ts'

export type ErasureNames = 'erasures' | 'erasableBills' | 'askForErasure' | 'agreeToErasure' | 'withdrawErasure'

/** Forgetting bills that are over. */
export function erasureHandlers(desk: BillDesk): HandlersFor<ErasureNames> {
  return {
    erasures: async ({ caller }) => ({ items: await listErasures(desk, caller) }),
    erasableBills: async () => ({ retentionYears: desk.ports.settings.retentionYears, items: await erasableBills(desk) }),
    async askForErasure({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      return askForErasure(desk, { caller, opened: await openBill(desk, caller, params.billNumber, 'erase-bill'), reason: body.reason })
    },
    async agreeToErasure({ caller, params, concerns }) {
      concerns(params.billNumber)
      return agreeToErasure(desk, { caller, opened: await openBill(desk, caller, params.billNumber, 'erase-bill') })
    },
    async withdrawErasure({ caller, params, concerns }) {
      concerns(params.billNumber)
      await withdrawErasure(desk, await openBill(desk, caller, params.billNumber, 'erase-bill'))
      return undefined
    },
  }
}
