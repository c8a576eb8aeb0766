import { z } from 'zod'
import { titleOf, type Action } from '../action.ts'
import { Hash, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { pledgeInForce, type PledgeProposal, type Title } from '../title.ts'
import { ownPledge } from './enforce.ts'
import { refuseIfHeld, refuseIfLocked, refuseUnlessHolder, refuseUnlessIssued } from './standing.ts'

const ProposeArgs = z.strictObject({ pledgee: PartyId, termsHash: Hash })
const AcceptArgs = z.strictObject({ filingHash: Hash })
const ReasonArgs = z.strictObject({ reason: z.string().trim().min(1).max(300).nullable() })
const NoArgs = z.strictObject({})

/** The holder offers the bill in pledge to a bank (民法典 440, 441). From here on it is locked for everybody else. */
export const proposePledge: Action<'proposePledge', z.infer<typeof ProposeArgs>> = {
  name: 'proposePledge',
  subject: 'bill',
  purpose: 'title',
  args: ProposeArgs,
  reads: (_, { pledgee }) => ({ parties: [pledgee] }),
  decide(signed, view) {
    const { args: { pledgee, termsHash }, party, now } = signed
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(title.negotiable, 'not-pledgeable', { billId: title.billId })
    refuseUnless(pledgeInForce(title) === null, 'bill-pledged', { billId: title.billId })
    refuseUnlessHolder(title, signed)
    refuseIfLocked(title, now)
    // Only what can be transferred can be pledged (民法典 440); who was named last does not endorse to the bank either (T-8).
    refuseUnless(title.kind === 'straight' || title.endorsable, 'endorsement-final', { billId: title.billId })
    refuseUnless(pledgee !== party, 'same-party')
    refuseUnless(view.party(pledgee)?.roles.includes('bank') ?? false, 'not-a-bank', { party: pledgee })
    return [{ type: 'pledge-proposed', billId: title.billId, pledgor: party, pledgee, termsHash }]
  },
}

/**
 * The bank takes it: control passes to the bank, so that nobody can move the bill behind its back (T-4). A straight bill, which no endorsement
 * can pledge, is pledged by agreement: the carrier acknowledges by signing that the bank controls it from here on (T-16, 民法典 546).
 */
export const acceptPledge: Action<'acceptPledge', z.infer<typeof AcceptArgs>> = {
  name: 'acceptPledge',
  subject: 'bill',
  purpose: 'title',
  args: AcceptArgs,
  cosigners(signed, view) {
    const { kind, carrier } = titleOf(signed, view)
    return kind === 'straight' ? [{ party: carrier, why: 'carrier' }] : []
  },
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnlessIssued(title)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    const proposal = proposalOn(title)
    refuseUnless(proposal.pledgee === signed.party, 'not-pledgee', { billId: title.billId })
    return [{ type: 'pledge-accepted', billId: title.billId, pledgor: proposal.pledgor, pledgee: signed.party, filingHash: signed.args.filingHash }]
  },
}

export const declinePledge: Action<'declinePledge', z.infer<typeof ReasonArgs>> = {
  name: 'declinePledge',
  subject: 'bill',
  purpose: 'title',
  args: ReasonArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnless(proposalOn(title).pledgee === signed.party, 'not-pledgee', { billId: title.billId })
    return [{ type: 'pledge-declined', billId: title.billId, by: signed.party, reason: signed.args.reason }]
  },
}

export const withdrawPledge: Action<'withdrawPledge', z.infer<typeof NoArgs>> = {
  name: 'withdrawPledge',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    refuseUnless(proposalOn(title).pledgor === signed.party, 'not-holder', { billId: title.billId })
    return [{ type: 'pledge-withdrawn', billId: title.billId, by: signed.party }]
  },
}

/** Debt repaid or waived, before a default or after: possession goes back to the pledgor (民法典 436). */
export const releasePledge: Action<'releasePledge', z.infer<typeof NoArgs>> = {
  name: 'releasePledge',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    const pledge = ownPledge(title, signed.party)
    // Possession goes back with it, and a hold beats every transfer (T-14).
    refuseIfHeld(title, ['CARRIER_LIEN'])
    return [{ type: 'pledge-released', billId: title.billId, pledgor: pledge.pledgor, pledgee: pledge.pledgee }]
  },
}

/** The proposal on an issued bill. @throws Refusal `no-pledge-proposal`, or why the bill is not issued */
function proposalOn(title: Title): PledgeProposal {
  refuseUnlessIssued(title)
  refuseUnless(title.encumbrance.name === 'PROPOSED', 'no-pledge-proposal', { billId: title.billId })
  return title.encumbrance
}
