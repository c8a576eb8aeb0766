import { PledgeFiling, PledgeTerms, type PledgeView } from '@yidan/api/contract'
import { pledgeInForce, type Hash, type PartyId, type Title } from '@yidan/ledger'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { commit, openCommitment } from '../bills/commitments.ts'
import { ownCompany, partyNames, type BillDesk } from '../bills/desk.ts'
import { Problem } from '../http/problem.ts'

/** The terms a pledge is proposed on: kept encrypted; what is signed is their salted hash. @throws Problem `not-holder` */
export async function keepTerms(desk: BillDesk, { caller, title, terms }: { caller: Caller; title: Title; terms: z.infer<typeof PledgeTerms> & { readonly pledgee: PartyId } }): Promise<Hash> {
  const { partyId } = ownCompany(caller)
  if (title.possessor !== partyId) throw new Problem('not-holder')
  return commit(desk, { billId: title.billId, kind: 'terms', by: partyId, content: { ...terms } })
}

/** The registration in 动产融资统一登记公示系统 that the pledgee accepts with, or that names the bank it assigns the debt to. @throws Problem `no-pledge-proposal`, `not-pledgee` */
export async function keepFiling(desk: BillDesk, { caller, title, filing }: { caller: Caller; title: Title; filing: z.infer<typeof PledgeFiling> }): Promise<Hash> {
  const { partyId } = ownCompany(caller)
  if (title.encumbrance.name === 'NONE') throw new Problem('no-pledge-proposal')
  if (title.encumbrance.pledgee !== partyId) throw new Problem('not-pledgee')
  return commit(desk, { billId: title.billId, kind: 'filing', by: partyId, content: { ...filing } })
}

/** The pledge with its papers opened; only pledgor and pledgee come here. @throws Problem `not-pledged` */
export async function pledgeView(desk: BillDesk, title: Title): Promise<z.infer<typeof PledgeView>> {
  const { encumbrance } = title
  if (encumbrance.name === 'NONE') throw new Problem('not-pledged')
  const inForce = pledgeInForce(title)
  const [terms, filing, named] = await Promise.all([openCommitment(desk, encumbrance.termsHash), inForce && openCommitment(desk, inForce.filingHash), partyNames(desk.directory, [encumbrance.pledgor, encumbrance.pledgee])])
  const { pledgee: _, ...content } = terms ?? {}
  return {
    pledgor: named(encumbrance.pledgor), pledgee: named(encumbrance.pledgee), state: encumbrance.name, terms: PledgeTerms.safeParse(content).data ?? null, filing: PledgeFiling.safeParse(filing).data ?? null, termsHash: encumbrance.termsHash,
  }
}
