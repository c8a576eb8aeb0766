import { z } from 'zod'
import { secondPerson, titleOf, type Action, type LedgerView, type Signed } from '../action.ts'
import { Hash, PartyId, type BillId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { isOnPaper, pledgeInForce, type Paper, type PledgeInForce, type Title } from '../title.ts'
import { refuseIfHeld } from './standing.ts'
import { issuedInPlaceOf, readsFor, refuseUnlessNew, replaceable, replacementCosigners, Successor, type Replaceable } from './succession.ts'

/** Printed on each original; with the bill's number it names one sheet of paper. */
const Serial = z.string().regex(/^[A-Z0-9-]{4,40}$/, 'a serial is 4 to 40 capital letters, digits and hyphens')
const ToArgs = z.strictObject({
  /** The signed originals, at most three: the serial of each and the SHA-256 of the file it is printed from. */
  originals: z.array(z.strictObject({ serial: Serial, visualisationHash: Hash })).min(1).max(3),
})
const FromArgs = z.strictObject({
  successor: Successor,
  /** The serials of all originals that came back and were cancelled. */
  serials: z.array(Serial).min(1).max(10),
  /** Salted commitment to the statement of cancellation and the photographs, which stay off the ledger. */
  statementHash: Hash,
  /** Who gave the paper back and gets the electronic bill. */
  holder: PartyId,
  /** Who the paper names as entitled, by its last endorsement, and whether that endorsee may endorse. */
  titleholder: z.union([PartyId, z.literal('BLANK')]),
  endorsable: z.boolean(),
})

/**
 * The bill leaves the ledger: numbered originals go to the holder who asked for them, and the electronic record ceases to have effect
 * (MLETR art. 18(3); ETDA 2023 s. 4). Its boxes stay bound to it, so that no other bill can be issued over them (T-12).
 */
export const toPaper: Action<'toPaper', z.infer<typeof ToArgs>> = {
  name: 'toPaper',
  subject: 'bill',
  purpose: 'title',
  args: ToArgs,
  cosigners: replacementCosigners,
  decide(signed, view) {
    const { originals } = signed.args
    const old = replaceable(titleOf(signed, view), signed, 'SWTP')
    refuseUnless(new Set(originals.map(({ serial }) => serial)).size === originals.length, 'duplicate-serial')
    return [{ type: 'bill-voided', billId: old.billId, reason: 'TO_PAPER', successors: [] }, { type: 'paper-issued', billId: old.billId, originals, to: old.surrender.returnsTo }]
  },
}

/**
 * The full set came back and was cancelled: an electronic bill takes its place, with the carrier's and the holder's signatures (MLETR art.
 * 17; Rotterdam Rules art. 10, which the NCD Convention follows). A set with one original missing is refused: that one would still be title.
 */
export const fromPaper: Action<'fromPaper', z.infer<typeof FromArgs>> = {
  name: 'fromPaper',
  subject: 'bill',
  purpose: 'title',
  args: FromArgs,
  reads: (_, { successor, holder, titleholder }) => ({ ...readsFor([successor]), parties: [holder, ...(titleholder === 'BLANK' ? [] : [titleholder])] }),
  cosigners(signed, view) {
    const pledge = pledgeInForce(titleOf(signed, view))
    return [secondPerson(signed), { party: signed.args.holder, why: 'holder' }, ...(pledge ? [{ party: pledge.pledgee, why: 'pledgee' } as const] : [])]
  },
  decide(signed, view) {
    const { successor, serials, statementHash, holder, titleholder, endorsable } = signed.args
    const old = onPaper(titleOf(signed, view), signed)
    refuseUnlessFullSet(old, serials)
    refuseUnlessChainFits(old, signed.args, view)
    refuseUnlessNew([successor], view)
    const pledge = pledgeInForce(old)
    const unmoved = titleholder === old.titleholder && holder === old.surrender.returnsTo
    return [
      { type: 'paper-returned', billId: old.billId, serials, statementHash, by: holder, successor: successor.billId },
      issuedInPlaceOf(old, successor, { possessor: holder, titleholder, endorsable, everEndorsed: old.everEndorsed || !unmoved, pledge: pledge && withPledgor(pledge, titleholder) }),
    ]
  },
}

function onPaper(title: Title, signed: Signed<unknown>): Replaceable & { readonly medium: Paper } {
  const { billId, surrender, titleholder, fixedPartHash } = title
  refuseUnless(isOnPaper(title) && surrender !== null && titleholder !== null && fixedPartHash !== null, 'not-on-paper', { billId })
  refuseUnless(title.carrier === signed.party, 'not-carrier', { billId })
  refuseIfHeld(title)
  return { ...title, surrender, titleholder, fixedPartHash }
}

function refuseUnlessFullSet({ billId, medium: { serials: issued } }: { readonly billId: BillId; readonly medium: Paper }, serials: readonly string[]): void {
  refuseUnless(new Set(serials).size === serials.length, 'duplicate-serial')
  const missing = issued.filter((serial) => !serials.includes(serial))
  refuseUnless(missing.length === 0 && serials.length === issued.length, 'paper-set-incomplete', { billId, missing })
}

/** What the carrier reads from the paper can have come about: the same rules as for endorsements here (T-8, T-16), and a pledged set comes from its pledgee. */
function refuseUnlessChainFits(old: Replaceable, { holder, titleholder, endorsable }: z.infer<typeof FromArgs>, view: LedgerView): void {
  refuseUnless(view.party(holder) !== null, 'recipient-unknown', { party: holder })
  refuseUnless(titleholder === 'BLANK' || view.party(titleholder) !== null, 'recipient-unknown', { party: titleholder })
  refuseUnless(old.endorsable || (titleholder === old.titleholder && !endorsable), 'endorsement-final', { billId: old.billId })
  const pledge = pledgeInForce(old)
  if (pledge) refuseUnless(holder === pledge.pledgee, 'not-pledgee', { billId: old.billId })
  else if (old.kind === 'straight') refuseUnless(holder === old.consignee || holder === old.shipper, 'only-to-consignee', { billId: old.billId })
  else refuseUnless(titleholder === holder || titleholder === 'BLANK', 'not-titleholder', { billId: old.billId })
}

function withPledgor(pledge: PledgeInForce, titleholder: Replaceable['titleholder']): PledgeInForce {
  return titleholder === 'BLANK' ? pledge : { ...pledge, pledgor: titleholder }
}
