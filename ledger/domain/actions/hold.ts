import { z } from 'zod'
import { secondPerson, titleOf, type Action, type Cosigner, type LedgerView, type Signed } from '../action.ts'
import { Hash, type PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import type { PartyRole } from '../registry.ts'
import { holdKinds, pledgeInForce, type Hold, type Title } from '../title.ts'
import { refuseUnlessStanding } from './standing.ts'

const Args = z.strictObject({
  kind: z.enum(holdKinds),
  /** Salted commitment to the order, complaint or report behind it: never its words (T-11). */
  referenceHash: Hash,
})
type Args = z.infer<typeof Args>
type Interest = 'titleholder' | 'possessor' | 'pledgee' | 'carrier'

/**
 * Who may hold a bill for what. Courts and authorities by their office (民事诉讼法 on preservation, 海关法, 反洗钱法), those with an interest
 * in the bill for their own protection, the carrier for its charges (民法典 836, 海商法 on liens). The registrar only on the order of
 * somebody who is not on the ledger, never for a lien.
 */
const placers: Readonly<Record<Hold['kind'], { readonly offices: readonly PartyRole[]; readonly interests: readonly Interest[] }>> = {
  JUDICIAL: { offices: ['court', 'registrar'], interests: [] },
  SANCTION: { offices: ['regulator', 'customs', 'registrar'], interests: [] },
  FRAUD: { offices: ['court', 'regulator', 'customs', 'registrar'], interests: ['possessor', 'pledgee', 'carrier'] },
  DISPUTE: { offices: ['registrar'], interests: ['titleholder', 'possessor', 'pledgee', 'carrier'] },
  KEY_LOSS: { offices: ['registrar'], interests: ['titleholder', 'possessor', 'pledgee'] },
  CARRIER_LIEN: { offices: [], interests: ['carrier'] },
}

/** Stops every transfer of the bill and every box (T-14); a lien only the boxes. Several may lie on one bill, one of a kind by each party. */
export const placeHold: Action<'placeHold', Args> = {
  name: 'placeHold',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  cosigners: officers,
  decide(signed, view) {
    const { args: { kind, referenceHash }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    const { offices, interests } = placers[kind]
    const hasOffice = offices.some((office) => (office === 'registrar' ? party === view.registrar : view.party(party)?.roles.includes(office)))
    refuseUnless(hasOffice || interests.some((interest) => hasInterest(title, party, interest)), 'not-hold-authority', { billId: title.billId, kind })
    refuseUnless(!title.holds.some((hold) => hold.kind === kind && hold.by === party), 'hold-exists', { billId: title.billId, kind })
    return [{ type: 'hold-placed', billId: title.billId, kind, by: party, referenceHash }]
  },
}

/** Lifted only by the party that placed it, with as many people. */
export const liftHold: Action<'liftHold', Args> = {
  name: 'liftHold',
  subject: 'bill',
  purpose: 'title',
  args: Args,
  cosigners: officers,
  decide(signed, view) {
    const { args: { kind, referenceHash }, party } = signed
    const title = titleOf(signed, view)
    refuseUnlessStanding(title)
    const placed = title.holds.filter((hold) => hold.kind === kind)
    refuseUnless(placed.length > 0, 'no-hold', { billId: title.billId, kind })
    refuseUnless(placed.some(({ by }) => by === party), 'not-hold-placer', { billId: title.billId, kind })
    return [{ type: 'hold-lifted', billId: title.billId, kind, by: party, referenceHash }]
  },
}

/** Two people of whoever holds up somebody else's bill; one is enough to tie one's own hands, and for the carrier's own lien (T-10). */
function officers(signed: Signed<Args>, view: LedgerView): readonly Cosigner[] {
  const { args: { kind }, party } = signed
  const isOfficial = view.party(party)?.roles.some((role) => placers[kind].offices.includes(role)) ?? false
  const isCarrier = kind !== 'CARRIER_LIEN' && titleOf(signed, view).carrier === party
  return party === view.registrar || isOfficial || isCarrier ? [secondPerson(signed)] : []
}

/** A pledgor is named as titleholder and cannot hold the bill up against its bank; nor does the carrier that took the bill in count as its possessor. */
function hasInterest(title: Title, party: PartyId, interest: Interest): boolean {
  const pledge = pledgeInForce(title)
  switch (interest) {
    case 'titleholder':
      return title.titleholder === party && pledge === null
    case 'possessor':
      return title.possessor === party && title.state.name === 'ISSUED'
    case 'pledgee':
      return pledge?.pledgee === party
    case 'carrier':
      return title.carrier === party
  }
}
