import type { LedgerView, Reads, Signed } from './action.ts'
import { actions, type ActionName, type ArgsOf } from './actions/index.ts'
import type { LedgerEvent } from './events.ts'
import { withCheckDigit, type ContainerNumber } from './identifiers/container-number.ts'
import { noHash, type BillId, type CommandId, type Hash, type Instant, type KeyId, type PartyId, type PersonTag } from './ids.ts'
import { Refusal, type RefusalCode } from './refusal.ts'
import type { KeyPurpose, Party, PartyRole, SigningKey } from './registry.ts'
import type { Hold, Title } from './title.ts'

/** For the rules' own tests: a view over plain data, and acts decided on it without keys or ledger. */

export const now = '2026-11-24T12:00:00.000Z' as Instant
export const yesterday = '2026-11-23T12:00:00.000Z' as Instant
export const tomorrow = '2026-11-25T12:00:00.000Z' as Instant
export const afterTwoMonths = '2027-01-24T12:00:00.000Z' as Instant

export const billId = aBillId(1)
export const box = withCheckDigit('TBJU000001')
export const otherBox = withCheckDigit('TBJU000002')

export function aBillId(serial: number): BillId {
  return `b${String(serial).padStart(32, '0')}` as BillId
}
export function aHash(serial: number): Hash {
  return String(serial).padStart(64, 'a') as Hash
}

const roles = {
  registrar: ['registrar'], carrier: ['carrier'], shipper: ['shipper'], consignee: ['consignee'], buyer: ['consignee'], bank: ['bank'], otherBank: ['bank'], terminal: ['terminal'], thief: ['forwarder'], court: ['court'], customs: ['customs'], insurer: ['insurer'],
} as const satisfies Record<string, readonly PartyRole[]>
export type Who = keyof typeof roles
const everybody = Object.keys(roles) as readonly Who[]

export function idOf(who: Who): PartyId {
  return `p${String(everybody.indexOf(who) + 1).padStart(32, '0')}` as PartyId
}

/** The key of one of the party's people: person 1, 2, 3 … */
export function keyOf(who: Who, { person = 1, purposes = ['title', 'admin'] }: { person?: number; purposes?: readonly KeyPurpose[] } = {}): SigningKey {
  const name = `${String(everybody.indexOf(who) + 1).padStart(2, '0')}${String(person).padStart(2, '0')}${Number(purposes.includes('title')) + 2 * Number(purposes.includes('admin'))}`
  return {
    keyId: `k${name.padStart(40, '0')}` as KeyId, partyId: idOf(who), person: `u${name.slice(0, 4).padStart(32, '0')}` as PersonTag, purposes, algorithm: 'ES256', publicKey: 'unused',
    registeredAt: yesterday, revoked: null,
  }
}

export function aParty(who: Who, keys: readonly SigningKey[] = [keyOf(who)]): Party {
  return { partyId: idOf(who), seq: 1, headHash: aHash(1), roles: roles[who], identityHash: aHash(everybody.indexOf(who)), host: null, keyLoss: null, keys: Object.fromEntries(keys.map((key) => [key.keyId, key])), updatedAt: yesterday }
}

/** An order bill over two boxes, issued to its shipper; `changes` say what matters. */
export function aTitle(changes: Partial<Title> = {}): Title {
  return {
    billId, seq: 2, headHash: aHash(2), state: { name: 'ISSUED' }, medium: { name: 'ELECTRONIC' }, encumbrance: { name: 'NONE' }, holds: [],
    cargo: { [box]: { name: 'RECEIVED' }, [otherBox]: { name: 'RECEIVED' } }, contents: { [box]: aHash(11), [otherBox]: aHash(12) }, kind: 'to-order', negotiable: true, carrier: idOf('carrier'), shipper: idOf('shipper'), consignee: null,
    titleholder: idOf('shipper'), possessor: idOf('shipper'), endorsable: true, everEndorsed: false, beforeEndorsement: null, offer: null, surrender: null, stop: null, incidents: [], docHash: aHash(3), fixedPartHash: aHash(13), visualisationHash: aHash(4),
    version: 1, predecessors: [], successors: [], updatedAt: yesterday, ...changes,
  }
}

/** The same bill before it is issued. */
export function anApproval(changes: Partial<Title> = {}): Title {
  return aTitle({ state: { name: 'APPROVED' }, seq: 1, cargo: {}, contents: {}, fixedPartHash: null, titleholder: null, possessor: null, endorsable: false, visualisationHash: null, version: 0, ...changes })
}

/** The same bill in pledge with the bank. */
export function aPledgedTitle(changes: Partial<Title> = {}): Title {
  return aTitle({ encumbrance: { name: 'PLEDGED', pledgor: idOf('shipper'), pledgee: idOf('bank'), termsHash: aHash(5), filingHash: aHash(6) }, possessor: idOf('bank'), ...changes })
}

export function aSurrenderedTitle(purpose: 'delivery' | 'amendment', state: 'PENDING_SURRENDER' | 'SURRENDERED', changes: Partial<Title> = {}): Title {
  const name = `${state}_FOR_${purpose === 'delivery' ? 'DELIVERY' : 'AMENDMENT'}` as const
  return aTitle({ state: { name }, possessor: idOf('carrier'), surrender: { by: idOf('shipper'), purpose, reason: null, returnsTo: idOf('shipper') }, ...changes })
}

/** A hold as it lies on a title. */
export function aHold(kind: Hold['kind'], by: Who = 'registrar'): Hold {
  return { kind, by: idOf(by), since: yesterday, referenceHash: aHash(14) }
}

/** The same bill in pledge, with the debt unpaid; the cure period ended yesterday, or ends as given. */
export function aDefaultedTitle(changes: Partial<Title> = {}, curesAt: Instant = yesterday): Title {
  const { encumbrance } = aPledgedTitle()
  if (encumbrance.name !== 'PLEDGED') throw new Error('the bill is pledged')
  return aPledgedTitle({ encumbrance: { ...encumbrance, name: 'DEFAULTED', default: { noticeHash: aHash(15), curesAt } }, ...changes })
}

/** The same bill while the bank sells it. */
export function anEnforcedTitle(changes: Partial<Title> = {}): Title {
  const { encumbrance } = aDefaultedTitle()
  if (encumbrance.name !== 'DEFAULTED') throw new Error('the debt is unpaid')
  return aPledgedTitle({ encumbrance: { ...encumbrance, name: 'ENFORCING', basis: 'auction', basisHash: aHash(16) }, ...changes })
}

export interface Given {
  readonly by: Who
  readonly title?: Title | null
  /** All signers after the acting key. */
  readonly with?: readonly SigningKey[]
  /** The acting key, when it is not the party's first. */
  readonly key?: SigningKey
  readonly subject?: BillId | PartyId
  readonly bills?: readonly Title[]
  readonly parties?: readonly Party[]
  readonly boxes?: Readonly<Record<ContainerNumber, BillId>>
  readonly documents?: Readonly<Record<Hash, BillId>>
  readonly now?: Instant
}

export function aView(given: Omit<Given, 'by'> = {}): LedgerView {
  const title = given.title === undefined ? aTitle() : given.title
  const bills = [...(title ? [title] : []), ...(given.bills ?? [])]
  const parties = new Map(everybody.map((who) => [idOf(who), aParty(who)]))
  for (const party of given.parties ?? []) parties.set(party.partyId, party)
  return {
    network: 'test', registrar: idOf('registrar'), organisations: ['PortMSP', 'BankMSP'],
    bill: (id) => bills.find((bill) => bill.billId === id) ?? null,
    party: (id) => parties.get(id) ?? null,
    key: (id) => [...parties.values()].flatMap((party) => party.keys[id] ?? [])[0] ?? null,
    liveBillOf: (container) => given.boxes?.[container] ?? null,
    billOfDocument: (hash) => given.documents?.[hash] ?? null,
    sha256: standInHash,
  }
}

/** No SHA-256, only a function of the text: the rules compare hashes and do nothing else with them. */
export function standInHash(text: string): Hash {
  let hash = 0n
  for (const character of text) hash = (hash * 1_099_511_628_211n + BigInt(character.codePointAt(0) ?? 0)) % 2n ** 256n
  return hash.toString(16).padStart(64, '0') as Hash
}

function signedBy<N extends ActionName>(args: ArgsOf<N>, action: N, given: Given): Signed<ArgsOf<N>> {
  const key = given.key ?? keyOf(given.by)
  return {
    domain: 'yidan-title/1', network: 'test', action, subject: given.subject ?? given.title?.billId ?? billId, commandId: '01890000-0000-7000-8000-000000000000' as CommandId, expects: 0, prevHash: noHash,
    party: idOf(given.by), keyId: key.keyId, at: now, notAfter: tomorrow, args, signers: [key, ...(given.with ?? [])], now: given.now ?? now,
  }
}

/** The events of an act. @throws Refusal */
export function decided<N extends ActionName>(action: N, args: ArgsOf<N>, given: Given): readonly LedgerEvent[] {
  const rule = actions[action] as unknown as { decide(signed: Signed<ArgsOf<N>>, view: LedgerView): readonly LedgerEvent[] }
  return rule.decide(signedBy(args, action, given), aView(given))
}

/** Whose signatures the act needs besides the acting one. */
export function cosignersOf<N extends ActionName>(action: N, args: ArgsOf<N>, given: Given): readonly string[] {
  const rule = actions[action] as unknown as { cosigners?(signed: Signed<ArgsOf<N>>, view: LedgerView): readonly { why: string }[] }
  return (rule.cosigners?.(signedBy(args, action, given), aView(given)) ?? []).map(({ why }) => why)
}

/** What a ledger must load before the act is decided. */
export function readsOf<N extends ActionName>(action: N, args: ArgsOf<N>, given: Given): Reads {
  const rule = actions[action] as unknown as { reads?(command: Signed<ArgsOf<N>>, args: ArgsOf<N>): Reads }
  return rule.reads?.(signedBy(args, action, given), args) ?? {}
}

/** The code an act is refused with; null when it goes through. */
export function refusalOf<N extends ActionName>(action: N, args: ArgsOf<N>, given: Given): RefusalCode | null {
  try {
    decided(action, args, given)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
