import type { z } from 'zod'
import { approve } from './approve.ts'
import { cancel } from './cancel.ts'
import { combine } from './combine.ts'
import { deliver, renewReleases } from './deliver.ts'
import { endorse } from './endorse.ts'
import { issue } from './issue.ts'
import { registerKey, revokeKey } from './keys.ts'
import { acceptOffer, offerPossession, rejectOffer, withdrawOffer } from './offer.ts'
import { acceptPledge, declinePledge, proposePledge, releasePledge, withdrawPledge } from './pledge.ts'
import { fromPaper, toPaper } from './paper.ts'
import { registerParty } from './register-party.ts'
import { reissue } from './reissue.ts'
import { split } from './split.ts'
import { acceptSurrender, rejectSurrender, requestSurrender } from './surrender.ts'
import { switchBill } from './switch-bill.ts'

/** Everything a party can do. A new action is a file and a line here; every ledger and the screens' dry run know it at once. */
export const actions = {
  registerParty, registerKey, revokeKey,
  approve, issue, endorse, offerPossession, acceptOffer, rejectOffer, withdrawOffer,
  proposePledge, acceptPledge, declinePledge, withdrawPledge, releasePledge,
  requestSurrender, acceptSurrender, rejectSurrender, renewReleases, deliver, cancel, reissue,
  split, combine, switchBill, toPaper, fromPaper,
} as const

export type ActionName = keyof typeof actions
/** The arguments an action is signed with. */
export type ArgsOf<N extends ActionName> = z.infer<(typeof actions)[N]['args']>
export const actionNames = Object.keys(actions) as readonly ActionName[]
/** Actions on a bill, in the order of its life. */
export const titleActionNames = actionNames.filter((name) => actions[name].subject === 'bill')
