import { abilities, type Ability, type CompanyId, type CompanyRole, type PersonRole } from '@yidan/api/contract'
import type { PartyId, Title } from '@yidan/ledger'
import { Problem } from '../http/problem.ts'
import { companyOf, type Caller } from './caller.ts'

/**
 * THE table: who may do or see what. Every route, every guarded field of a view and every socket room asks here and nowhere else.
 * The ledger checks title actions again by itself: this table opens screens, signatures move title.
 */
interface Row {
  /** Strangers too. */
  readonly open?: true
  /** Company roles that have it; absent: any company. */
  readonly companies?: readonly CompanyRole[]
  /** Person roles that have it; absent: any person. */
  readonly people?: readonly PersonRole[]
  /** Whether an API key can be given it. */
  readonly systems: boolean
  /** What the caller must be to the thing itself, when the thing is known. */
  readonly towards?: (caller: CallerFacts, thing: Thing) => boolean
}

/** What an ability is asked about. */
export type Thing =
  | { readonly type: 'company'; readonly companyId: CompanyId }
  | { readonly type: 'draft'; readonly carrier: PartyId; readonly shipper: PartyId | null; readonly sent: boolean }
  | { readonly type: 'bill'; readonly title: Title; readonly formerHolders: readonly PartyId[] }
  /** A box or train: the live bills whose cargo it carries. */
  | { readonly type: 'cargo'; readonly bills: readonly Title[] }

interface CallerFacts {
  readonly companyId: CompanyId
  readonly partyId: PartyId
  readonly roles: readonly CompanyRole[]
}

const overseers: readonly CompanyRole[] = ['operator', 'regulator', 'customs', 'court']
const traders: readonly CompanyRole[] = ['carrier', 'forwarder', 'shipper', 'consignee', 'bank', 'guarantor', 'insurer']
/** Those who hold bills by their office; the ledger says for what. */
const offices: readonly CompanyRole[] = ['customs', 'regulator', 'court']
const own = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'company' && (thing.companyId === caller.companyId || caller.roles.includes('operator'))
const ownOnly = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'company' && thing.companyId === caller.companyId
const drafter = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'draft' && thing.carrier === caller.partyId
const draftReader = (caller: CallerFacts, thing: Thing): boolean => drafter(caller, thing) || (thing.type === 'draft' && thing.sent && thing.shipper === caller.partyId)
const draftShipper = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'draft' && thing.sent && thing.shipper === caller.partyId
const billParty = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'bill' && (relationsOf(caller.partyId, thing.title, thing.formerHolders).length > 0 || caller.roles.some((role) => overseers.includes(role)))
const billCarrier = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'bill' && thing.title.carrier === caller.partyId
const moneySeer = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'bill' && [thing.title.carrier, thing.title.shipper].includes(caller.partyId)
const pledgeParty = (caller: CallerFacts, thing: Thing): boolean => thing.type === 'bill' && thing.title.encumbrance.name !== 'NONE' && [thing.title.encumbrance.pledgor, thing.title.encumbrance.pledgee].includes(caller.partyId)
const terminalOrOverseer = (caller: CallerFacts): boolean => caller.roles.includes('terminal') || caller.roles.some((role) => overseers.includes(role))
const follower = (caller: CallerFacts, thing: Thing): boolean =>
  terminalOrOverseer(caller) || (thing.type === 'bill' && mayFollow(caller.partyId, thing.title)) || (thing.type === 'cargo' && thing.bills.some((title) => mayFollow(caller.partyId, title)))

const table: Readonly<Record<Ability, Row>> = {
  'verify-bill': { open: true, systems: true },
  'read-public-certificate': { open: true, systems: true },
  'sign-in': { open: true, systems: false },
  'accept-invitation': { open: true, systems: false },
  'read-system': { open: true, systems: true },

  'use-session': { systems: true },
  search: { systems: true },
  'read-ledger': { companies: ['operator', 'bank', 'guarantor', 'insurer', 'regulator', 'customs', 'court'], systems: true },

  'list-companies': { systems: true },
  'create-company': { companies: ['operator'], people: ['administrator', 'clerk'], systems: true },
  'read-company': { systems: true },
  'edit-company': { people: ['administrator'], systems: false, towards: own },
  'manage-people': { people: ['administrator'], systems: true, towards: own },
  'manage-api-keys': { people: ['administrator'], systems: false, towards: ownOnly },
  'read-keys': { systems: true },
  'register-key': { systems: true, towards: ownOnly },
  'approve-key': { people: ['administrator'], systems: false, towards: ownOnly },
  'revoke-key': { systems: true, towards: ownOnly },
  'report-key-loss': { people: ['administrator', 'clerk', 'signer', 'gate'], systems: true, towards: ownOnly },
  'report-key-loss-for': { companies: ['operator'], people: ['administrator'], systems: false },
  'read-audit': { people: ['administrator'], systems: true, towards: (caller, thing) => own(caller, thing) || caller.roles.includes('regulator') },

  'list-drafts': { companies: ['carrier', 'forwarder', 'shipper'], systems: true },
  'create-draft': { companies: ['carrier'], people: ['administrator', 'clerk', 'signer'], systems: true },
  'read-draft': { companies: ['carrier', 'forwarder', 'shipper'], systems: true, towards: draftReader },
  'edit-draft': { companies: ['carrier'], people: ['administrator', 'clerk', 'signer'], systems: true, towards: drafter },
  'approve-draft': { companies: ['shipper', 'forwarder'], people: ['administrator', 'clerk', 'signer'], systems: true, towards: draftShipper },

  'list-bills': { systems: true },
  'read-bill': { systems: true, towards: billParty },
  'read-bill-document': { systems: true, towards: billParty },
  'read-bill-charges': { systems: true, towards: moneySeer },
  'read-bill-history': { systems: true, towards: billParty },
  'read-bill-proof': { systems: true, towards: billParty },
  'prepare-issue': { companies: ['carrier'], people: ['administrator', 'clerk', 'signer'], systems: true, towards: drafter },
  'act-on-title': { companies: [...traders, 'terminal', ...offices], people: ['administrator', 'clerk', 'signer', 'gate'], systems: true },
  /** Whatever a company is: its keys too need a colleague, and the registrar's people sign for those who lost theirs. Whose signature is wanted stands in the request. */
  'sign-along': { people: ['administrator', 'clerk', 'signer', 'gate'], systems: true },
  'read-pledge-terms': { systems: true, towards: pledgeParty },
  'write-pledge-terms': { companies: traders, people: ['administrator', 'clerk', 'signer'], systems: true, towards: billParty },
  'prepare-release': { companies: ['carrier'], people: ['administrator', 'clerk', 'signer'], systems: true, towards: billCarrier },
  'prepare-court-successor': { companies: ['court'], people: ['administrator', 'clerk', 'signer'], systems: true, towards: billParty },
  'read-release-codes': { systems: true, towards: (caller, thing) => thing.type === 'bill' && thing.title.surrender?.by === caller.partyId },
  'check-bill': { companies: ['bank', 'guarantor', 'insurer', 'operator', 'regulator'], systems: true, towards: (caller, thing) => billParty(caller, thing) || caller.roles.includes('bank') },
  'write-title-papers': { companies: [...traders, ...offices], people: ['administrator', 'clerk', 'signer'], systems: true, towards: billParty },
  'read-title-papers': { systems: true, towards: billParty },
  'erase-bill': { companies: ['operator'], people: ['administrator'], systems: false, towards: billParty },

  'send-events': { companies: ['terminal', 'carrier', 'operator', 'customs'], people: ['administrator', 'clerk', 'gate'], systems: true },
  'follow-bill': { systems: true, towards: follower },
  'follow-container': { systems: true, towards: follower },
  'follow-train': { systems: true },

  'share-following': { systems: true, towards: follower },
  'open-share': { open: true, systems: true },

  'read-exceptions': { systems: true, towards: follower },
  'handle-exceptions': { companies: ['operator', 'carrier'], people: ['administrator', 'clerk', 'gate'], systems: true, towards: (caller, thing) => caller.roles.includes('operator') || (thing.type === 'cargo' && thing.bills.some(({ carrier }) => carrier === caller.partyId)) },
  'decide-put-aside': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk', 'gate'], systems: true },
  'plan-train': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk'], systems: true },
  'compose-train': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk'], systems: true },
  'report-train': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk', 'gate'], systems: true },
  /** Whole lists of a train, with everybody's boxes. */
  'read-train-papers': { companies: ['operator', 'terminal', 'customs', 'regulator'], systems: true },

  'check-at-gate': { companies: ['terminal', 'carrier', 'operator', 'customs'], systems: true },
  'record-gate-move': { companies: ['terminal', 'carrier'], people: ['administrator', 'clerk', 'gate'], systems: true },

  'manage-webhooks': { people: ['administrator'], systems: true },
  /** Devices tell of boxes in the company's name: only of those whose word counts. */
  'manage-devices': { companies: ['terminal', 'carrier', 'operator'], people: ['administrator', 'clerk'], systems: true },
}

/** Whether the caller has the ability, towards this thing if one is given. Default deny: strangers have only what is open. */
export function may(caller: Caller, ability: Ability, thing?: Thing): boolean {
  const row = table[ability]
  if (row.open) return true
  const company = companyOf(caller)
  if (company === null || caller.kind === 'anonymous') return false
  if (row.companies && !row.companies.some((role) => company.roles.includes(role))) return false
  if (caller.kind === 'person' && row.people && !row.people.some((role) => caller.person.roles.includes(role))) return false
  if (caller.kind === 'system' && !(row.systems && caller.abilities.includes(ability))) return false
  return thing === undefined || row.towards === undefined || row.towards({ companyId: company.id, partyId: company.partyId, roles: company.roles }, thing)
}

/**
 * @throws Problem `not-signed-in` (401) for strangers, `forbidden` (403) for everybody else who may not, and `not-found` (404) for a bill,
 * draft or box that the caller may not even see: it answers like one that is not there
 */
export function ensure(caller: Caller, ability: Ability, thing?: Thing): void {
  if (may(caller, ability, thing)) return
  if (caller.kind === 'anonymous') throw new Problem('not-signed-in', { ability })
  if (thing !== undefined && may(caller, ability) && !maySee(caller, thing)) throw new Problem('not-found')
  throw new Problem('forbidden', { ability })
}

/** Whether the caller may know that the thing is there. Companies are known to everybody who is signed in. */
function maySee(caller: Caller, thing: Thing): boolean {
  switch (thing.type) {
    case 'company':
      return true
    case 'draft':
      return may(caller, 'read-draft', thing)
    case 'bill':
      return may(caller, 'read-bill', thing)
    case 'cargo':
      return may(caller, 'follow-container', thing)
  }
}

/** Everything the caller may do somewhere: the browser's menu. */
export function abilitiesOf(caller: Caller): Ability[] {
  return abilities.filter((ability) => may(caller, ability))
}

/** Whether strangers have it too. */
export function isOpen(ability: Ability): boolean {
  return table[ability].open === true
}

/** Whether an API key can be given the ability at all. */
export function grantableToSystems(ability: Ability): boolean {
  return table[ability].systems
}

export type Relation = 'carrier' | 'shipper' | 'consignee' | 'titleholder' | 'possessor' | 'pledgee' | 'offeree' | 'former-holder'

/** What a party is to a bill. */
export function relationsOf(partyId: PartyId, title: Title, formerHolders: readonly PartyId[]): Relation[] {
  const { encumbrance } = title
  const found: [Relation, boolean][] = [
    ['carrier', title.carrier === partyId],
    ['shipper', title.shipper === partyId],
    ['consignee', title.consignee === partyId],
    ['titleholder', title.titleholder === partyId],
    ['possessor', title.possessor === partyId],
    ['pledgee', encumbrance.name !== 'NONE' && encumbrance.pledgee === partyId],
    ['offeree', title.offer?.to === partyId],
    // Whoever gave the bill back for the goods stays a party to it, though the carrier possesses it now.
    ['former-holder', formerHolders.includes(partyId) || title.surrender?.by === partyId],
  ]
  return found.filter(([, holds]) => holds).map(([relation]) => relation)
}

/**
 * Who follows the cargo live: the carrier, and whoever holds a right to the goods now. The shipper does so while still a holder; once
 * title has moved on, the view of every old holder ends. A bill that was only offered is not followed yet.
 */
export function mayFollow(partyId: PartyId, title: Title): boolean {
  if (title.state.name === 'APPROVED') return [title.carrier, title.shipper].includes(partyId)
  const { encumbrance, surrender } = title
  const held = encumbrance.name !== 'NONE' && encumbrance.name !== 'PROPOSED' ? encumbrance : null
  return [title.carrier, title.consignee, title.titleholder === 'BLANK' ? null : title.titleholder, title.titleholder === 'BLANK' ? title.possessor : null, held?.pledgee, held?.pledgor, surrender?.by].includes(partyId)
}
