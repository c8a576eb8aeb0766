import { z } from 'zod'
import { secondPerson, titleOf, type Action, type Cosigner } from '../action.ts'
import { Hash, Instant, PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { enforcementBases, pledgeInForce, type PledgeInForce, type Title } from '../title.ts'
import { refuseIfHeld, refuseUnlessIssued } from './standing.ts'

/** What a bank does with a pledge besides taking and releasing it: default, cure, sale, assignment of the debt. */

const longestCure = 180 * 24 * 60 * 60 * 1000
const DeclareArgs = z.strictObject({
  /** Salted commitment to the notice given to the pledgor. */
  noticeHash: Hash,
  /** Until when the pledgor may still pay. */
  curesAt: Instant,
})
const EnforceArgs = z.strictObject({ basis: z.enum(enforcementBases), basisHash: Hash })
const SellArgs = z.strictObject({
  to: PartyId,
  /** Salted commitment to price, costs and surplus: the surplus is the pledgor's (民法典 438). */
  proceedsHash: Hash,
})
const AssignArgs = z.strictObject({ to: PartyId, termsHash: Hash, filingHash: Hash })
const NoArgs = z.strictObject({})

/** The debt was not paid when due. From here on the pledgor has until `curesAt`. */
export const declareDefault: Action<'declareDefault', z.infer<typeof DeclareArgs>> = {
  name: 'declareDefault',
  subject: 'bill',
  purpose: 'title',
  args: DeclareArgs,
  decide(signed, view) {
    const { args: { noticeHash, curesAt }, now } = signed
    const title = titleOf(signed, view)
    const { name, pledgor, pledgee } = ownPledge(title, signed.party)
    refuseUnless(name === 'PLEDGED', 'already-defaulted', { billId: title.billId })
    const until = Date.parse(curesAt)
    refuseUnless(until > Date.parse(now), 'cure-period-over', { curesAt })
    refuseUnless(until - Date.parse(now) <= longestCure, 'expiry-too-far', { curesAt })
    return [{ type: 'default-declared', billId: title.billId, pledgor, pledgee, noticeHash, curesAt }]
  },
}

/** The bank takes late payment, or thinks better of it: an ordinary pledge again. */
export const cureDefault: Action<'cureDefault', z.infer<typeof NoArgs>> = {
  name: 'cureDefault',
  subject: 'bill',
  purpose: 'title',
  args: NoArgs,
  decide(signed, view) {
    const title = titleOf(signed, view)
    const { name, pledgor, pledgee } = ownPledge(title, signed.party)
    refuseUnless(name !== 'PLEDGED', 'not-defaulted', { billId: title.billId })
    return [{ type: 'default-cured', billId: title.billId, pledgor, pledgee }]
  },
}

/** Two people of the bank go on to a sale: after the cure period, on an agreement made then, a court's ruling or an auction (民法典 436). */
export const enforcePledge: Action<'enforcePledge', z.infer<typeof EnforceArgs>> = {
  name: 'enforcePledge',
  subject: 'bill',
  purpose: 'title',
  args: EnforceArgs,
  cosigners: (signed) => [secondPerson(signed)],
  decide(signed, view) {
    const { args: { basis, basisHash }, now } = signed
    const title = titleOf(signed, view)
    const pledge = ownPledge(title, signed.party)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(pledge.name !== 'ENFORCING', 'already-enforcing', { billId: title.billId })
    refuseUnless(pledge.name === 'DEFAULTED', 'not-defaulted', { billId: title.billId })
    const { curesAt } = pledge.default
    refuseUnless(Date.parse(curesAt) <= Date.parse(now), 'cure-period-running', { curesAt })
    return [{ type: 'enforcement-started', billId: title.billId, pledgor: pledge.pledgor, pledgee: pledge.pledgee, basis, basisHash }]
  },
}

/**
 * The bank endorses the bill to its buyer, who signs along: title and possession move, the pledge ends. The bank cannot make itself the
 * owner (流质, 民法典 428): taking it over at a price needs the pledgor's own endorsement. Of a straight bill the carrier is told (民法典 546) by signing.
 */
export const sellEnforced: Action<'sellEnforced', z.infer<typeof SellArgs>> = {
  name: 'sellEnforced',
  subject: 'bill',
  purpose: 'title',
  args: SellArgs,
  reads: (_, { to }) => ({ parties: [to] }),
  cosigners(signed, view) {
    const { kind, carrier } = titleOf(signed, view)
    const buyer: Cosigner = { party: signed.args.to, why: 'buyer' }
    return [secondPerson(signed), buyer, ...(kind === 'straight' ? [{ party: carrier, why: 'carrier' } as const] : [])]
  },
  decide(signed, view) {
    const { to, proceedsHash } = signed.args
    const title = titleOf(signed, view)
    const pledge = ownPledge(title, signed.party)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(pledge.name === 'ENFORCING', 'not-enforcing', { billId: title.billId })
    refuseUnless(to !== pledge.pledgee, 'pledgee-cannot-keep', { billId: title.billId })
    refuseUnless(to !== pledge.pledgor, 'same-party')
    refuseUnless(view.party(to) !== null, 'recipient-unknown', { party: to })
    return [{ type: 'pledge-enforced', billId: title.billId, pledgor: pledge.pledgor, pledgee: pledge.pledgee, to, proceedsHash }]
  },
}

/** The debt goes to another bank, and the pledge with it (民法典 547): the only way to pass a pledge on, since pledging it again is forbidden (434, T-17). */
export const assignPledge: Action<'assignPledge', z.infer<typeof AssignArgs>> = {
  name: 'assignPledge',
  subject: 'bill',
  purpose: 'title',
  args: AssignArgs,
  reads: (_, { to }) => ({ parties: [to] }),
  cosigners: ({ args }) => [{ party: args.to, why: 'assignee' }],
  decide(signed, view) {
    const { to, termsHash, filingHash } = signed.args
    const title = titleOf(signed, view)
    const { pledgor, pledgee } = ownPledge(title, signed.party)
    refuseIfHeld(title, ['CARRIER_LIEN'])
    refuseUnless(to !== pledgee && to !== pledgor, 'same-party')
    refuseUnless(view.party(to)?.roles.includes('bank') ?? false, 'not-a-bank', { party: to })
    return [{ type: 'pledge-assigned', billId: title.billId, pledgor, from: pledgee, to, termsHash, filingHash }]
  },
}

/** The pledge on an issued bill that is the acting bank's. @throws Refusal `not-pledged`, `not-pledgee`, or why the bill is not issued */
export function ownPledge(title: Title, party: PartyId): PledgeInForce {
  refuseUnlessIssued(title)
  const pledge = pledgeInForce(title)
  refuseUnless(pledge !== null, 'not-pledged', { billId: title.billId })
  refuseUnless(pledge.pledgee === party, 'not-pledgee', { billId: title.billId })
  return pledge
}
