import type { InboxItem } from '@yidan/api/contract'
import { isLive, pledgeInForce, type Instant, type PartyId, type Title } from '@yidan/ledger'
import type { z } from 'zod'

/** Something about a bill that waits for a party; before or after a moment, where time decides. */
export interface Waiting {
  readonly party: PartyId
  readonly kind: z.infer<typeof InboxItem>['kind']
  readonly from?: Instant
  readonly until?: Instant
  /** Who brought it about. */
  readonly by?: PartyId
}

/** Whom the bill waits for now, and with what: the inbox and the view of bills ask here. */
export function waitingIn(title: Title): Waiting[] {
  const { offer, encumbrance, carrier, state, surrender } = title
  const found: (Waiting | null)[] = [
    offer !== null && state.name === 'ISSUED' ? { party: offer.to, kind: 'offer-received', until: offer.expiresAt, by: offer.from } : null,
    encumbrance.name === 'PROPOSED' ? { party: encumbrance.pledgee, kind: 'pledge-offered', by: encumbrance.pledgor } : null,
    state.name.startsWith('PENDING_SURRENDER') ? { party: carrier, kind: 'surrender-requested', ...(surrender === null ? {} : { by: surrender.by }) } : null,
    state.name === 'SURRENDERED_FOR_DELIVERY' && surrender !== null ? { party: surrender.by, kind: 'release-ready' } : null,
    encumbrance.name === 'DEFAULTED' ? { party: encumbrance.pledgor, kind: 'default-declared', by: encumbrance.pledgee } : null,
    encumbrance.name === 'DEFAULTED' ? { party: encumbrance.pledgee, kind: 'cure-period-over', from: encumbrance.default.curesAt } : null,
    ...owedForBoxes(title),
  ]
  return found.filter((waiting) => waiting !== null)
}

/** A box was lost or went without the bill: the pledgee claims in place of the goods (T-18), else whoever gave the bill back for them. */
function owedForBoxes(title: Title): Waiting[] {
  const gone = Object.values(title.cargo).some(({ name }) => name === 'LOST' || name === 'DELIVERED_WITHOUT_BILL')
  const party = pledgeInForce(title)?.pledgee ?? title.surrender?.by
  return gone && isLive(title) && party !== undefined ? [{ party, kind: 'cargo-incident' }] : []
}
