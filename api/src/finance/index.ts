import type { HandlersFor } from '../http/handlers.ts'
import type { BillDesk } from '../bills/desk.ts'
import { openBill } from '../bills/view.ts'
import { bankCheck } from './bank-check.ts'
import { keepFiling, keepTerms, pledgeView } from './pledge.ts'

export type FinanceNames = 'bankCheck' | 'pledgeTerms' | 'commitPledgeTerms' | 'commitPledgeFiling'

/** The bank's side of a bill: the check before it takes one, and the papers of a pledge that stay off the ledger. */
export function financeHandlers(desk: BillDesk): HandlersFor<FinanceNames> {
  return {
    async bankCheck({ caller, params, language, concerns }) {
      concerns(params.billNumber)
      return bankCheck(desk, { caller, opened: await openBill(desk, caller, params.billNumber, 'check-bill'), language })
    },
    async pledgeTerms({ caller, params, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'read-pledge-terms')
      return pledgeView(desk, record.title)
    },
    async commitPledgeTerms({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'write-pledge-terms')
      return { hash: await keepTerms(desk, { caller, title: record.title, terms: body }) }
    },
    async commitPledgeFiling({ caller, params, body, concerns }) {
      concerns(params.billNumber)
      const { record } = await openBill(desk, caller, params.billNumber, 'write-pledge-terms')
      return { hash: await keepFiling(desk, { caller, title: record.title, filing: body }) }
    },
  }
}
