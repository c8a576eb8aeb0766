import type { z } from 'zod'
import { approve } from './approve.ts'
import { cancel } from './cancel.ts'
import { voidByCourt } from './court.ts'
import { combine } from './combine.ts'
import { deliver, renewReleases } from './deliver.ts'
import { endorse, rejectEndorsement } from './endorse.ts'
import { assignPledge, cureDefault, declareDefault, enforcePledge, sellEnforced } from './enforce.ts'
import { liftHold, placeHold } from './hold.ts'
import { recordWrongfulDelivery, reportLoss, settleIncident } from './incident.ts'
import { issue } from './issue.ts'
import { rebindKeys, reportKeyLoss, withdrawKeyLossReport } from './key-loss.ts'
import { registerKey, revokeKey } from './keys.ts'
import { acceptOffer, offerPossession, rejectOffer, withdrawOffer } from './offer.ts'
import { acceptPledge, declinePledge, proposePledge, releasePledge, withdrawPledge } from './pledge.ts'
import { fromPaper, toPaper } from './paper.ts'
import { registerParty } from './register-party.ts'
import { reissue } from './reissue.ts'
import { split } from './split.ts'
import { resumeDelivery, stopDelivery } from './stop.ts'
import { acceptSurrender, rejectSurrender, requestSurrender } from './surrender.ts'
import { switchBill } from './switch-bill.ts'

/** Everything a party can do. A new action is a file and a line here; every ledger and the screens' dry run know it at once. */
export const actions = {
  registerParty, registerKey, revokeKey, reportKeyLoss, withdrawKeyLossReport, rebindKeys,
  approve, issue, endorse, rejectEndorsement, offerPossession, acceptOffer, rejectOffer, withdrawOffer,
  proposePledge, acceptPledge, declinePledge, withdrawPledge, releasePledge,
  declareDefault, cureDefault, enforcePledge, sellEnforced, assignPledge,
  requestSurrender, acceptSurrender, rejectSurrender, renewReleases, deliver, cancel, reissue,
  split, combine, switchBill, toPaper, fromPaper,
  placeHold, liftHold, stopDelivery, resumeDelivery, reportLoss, recordWrongfulDelivery, settleIncident, voidByCourt,
} as const

export type ActionName = keyof typeof actions
/** The arguments an action is signed with. */
export type ArgsOf<N extends ActionName> = z.infer<(typeof actions)[N]['args']>
export const actionNames = Object.keys(actions) as readonly ActionName[]
/** Actions on a bill, in the order of its life. */
export const titleActionNames = actionNames.filter((name) => actions[name].subject === 'bill')
