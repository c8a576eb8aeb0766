import type { Ability, BankCheck, BillView, CompanyRole, PossibleAction, Standing } from '@yidan/api/contract'
import { actions, hasSeaLeg, missingSignatures, parseCommand, titleActionNames, uuidv7, wouldRefuse, type ActionName, type BillDocument, type BillId, type BillNumber, type Hash, type Instant, type Hold, type KeyId, type LedgerView, type PartyId, type Title } from '@yidan/ledger'
import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { ensure, may, mayFollow, relationsOf, type Thing } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { openTrackingReader, summaryOf, track } from '../tracking/view.ts'
import { partyNames, type BillDesk } from './desk.ts'
import { viewOver } from './ledger-view.ts'
import type { BillRecord } from './store.ts'

/** A bill that the caller may see. */
export interface OpenedBill {
  readonly record: BillRecord & { readonly billNumber: BillNumber }
  readonly thing: Thing & { readonly type: 'bill' }
}

/** @throws Problem `not-found` for a number that no approved bill has; `forbidden` when the caller is nothing to it */
export async function openBill({ store }: BillDesk, caller: Caller, billNumber: BillNumber, ability: Parameters<typeof ensure>[1]): Promise<OpenedBill> {
  await store.ready()
  const record = await store.bills.findOne({ billNumber })
  if (record === null) throw new Problem('not-found')
  const thing = { type: 'bill', title: record.title, formerHolders: record.formerHolders } as const
  ensure(caller, ability, thing)
  if (record.erased && !toldAfterErasure.has(ability)) throw new Problem('bill-erased')
  return { record: record as OpenedBill['record'], thing }
}

/** What is left of a bill that was erased: its page without content, and the ledger's own. */
const toldAfterErasure: ReadonlySet<Ability> = new Set<Ability>(['read-bill', 'read-bill-history', 'read-bill-proof', 'check-bill', 'erase-bill'])

/**
 * For the papers themselves. They hold the charges, and bytes cannot be left out without losing the hash: so an office that only oversees
 * (operator, customs, regulator, court) reads the page of the bill, without money, and not the file.
 */
export async function openPapers(desk: BillDesk, caller: Caller, billNumber: BillNumber): Promise<OpenedBill> {
  const opened = await openBill(desk, caller, billNumber, 'read-bill-document')
  const company = companyOf(caller)
  const isParty = company !== null && relationsOf(company.partyId, opened.record.title, opened.record.formerHolders).length > 0
  if (!isParty) throw new Problem('forbidden', { ability: 'read-bill-charges' })
  return opened
}

/** The canonical document, byte for byte as it was hashed. Its hash is checked on every read (T-7). */
export async function documentText({ store, ports }: BillDesk, docHash: Hash, hashOf: (text: string) => string): Promise<string> {
  const paper = await store.documents.findOne({ _id: docHash })
  if (paper === null) throw new Problem('not-found')
  if (hashOf(paper.text) !== docHash) {
    ports.log.error({ docHash }, 'a kept document no longer fits its hash')
    throw new Problem('wrong-document-hash', { docHash })
  }
  return paper.text
}

export async function billView(desk: BillDesk, caller: Caller, { record, thing }: OpenedBill): Promise<BillView> {
  const { ports, directory, store } = desk
  const { title } = record
  const company = companyOf(caller)
  const paper = may(caller, 'read-bill-document', thing) ? await store.documents.findOne({ _id: title.docHash }) : null
  const document = paper && (JSON.parse(paper.text) as BillDocument)
  // A bank that only knows the number sees the standing, not whose goods they are.
  const [named, numbers, boxes, positions] = await Promise.all([
    partyNames(directory, paper === null ? [] : partiesIn(title)), billNumbers(store, [...title.predecessors, ...title.successors]), boxesFor(desk, caller, { record, thing }), possibleActions(desk, caller, title),
  ])
  const relations: BillView['relations'] = company === null ? [] : [...relationsOf(company.partyId, title, record.formerHolders)]
  if (company?.roles.includes('terminal')) relations.push('terminal')
  if (company?.roles.some((role) => role === 'operator' || role === 'regulator' || role === 'customs' || role === 'court')) relations.push('overseer')
  return {
    billNumber: record.billNumber, billId: title.billId, network: ports.ledger.network, ledgerKind: ports.ledger.kind, head: { seq: title.seq, hash: title.headHash },
    kind: title.kind, negotiable: title.negotiable, version: title.version, docHash: title.docHash, visualisationHash: title.visualisationHash, issuedAt: record.issuedAt,
    standing: standingOf(title, named), containers: containersOf(record, document, boxes), hasSeaLeg: document ? hasSeaLeg(document) : (record.facts?.modes.includes('sea') ?? false),
    document: document && { ...document, charges: may(caller, 'read-bill-charges', thing) ? document.charges : null },
    predecessors: numbers(title.predecessors), successors: numbers(title.successors), actions: positions, title: { ...title }, relations,
    trackable: may(caller, 'follow-bill', thing) || (company !== null && mayFollow(company.partyId, title)), erased: record.erased, position: record.position,
  }
}

export function standingOf(title: Title, named: Awaited<ReturnType<typeof partyNames>>): z.infer<typeof Standing> {
  const { state, encumbrance, offer, surrender, titleholder, possessor, holds, stop, incidents, updatedAt } = title
  return {
    state: state.name, voidReason: state.name === 'VOIDED' ? state.reason : null,
    titleholder: titleholder === null ? null : titleholder === 'BLANK' ? 'BLANK' : named(titleholder), possessor: possessor && named(possessor),
    pledgee: encumbrance.name === 'NONE' ? null : named(encumbrance.pledgee), pledgeState: encumbrance.name,
    offer: offer && { from: named(offer.from), to: named(offer.to), expiresAt: offer.expiresAt }, surrender: surrender && { by: named(surrender.by), purpose: surrender.purpose, reason: surrender.reason },
    holds: holds.map(({ kind }) => kind), heldBy: holds.map(({ kind, by, since }) => ({ kind, by: named(by), since })), curesAt: encumbrance.name === 'DEFAULTED' || encumbrance.name === 'ENFORCING' ? encumbrance.default.curesAt : null,
    stop: stop && { by: named(stop.by), since: stop.since }, incidents: incidents.map(({ kind, container, at, by, settledAt }) => ({ kind, container, at, by: named(by), settledAt })), asOf: updatedAt,
  }
}

export function partiesIn({ carrier, shipper, consignee, titleholder, possessor, encumbrance, offer, surrender, holds, stop, incidents }: Title): PartyId[] {
  const pledge = encumbrance.name === 'NONE' ? [] : [encumbrance.pledgor, encumbrance.pledgee]
  return [carrier, shipper, consignee, titleholder === 'BLANK' ? null : titleholder, possessor, ...pledge, offer?.from ?? null, offer?.to ?? null, surrender?.by ?? null, stop?.by ?? null, ...holds.map(({ by }) => by), ...incidents.map(({ by }) => by)].filter((party) => party !== null)
}

export async function billNumbers({ bills }: BillDesk['store'], billIds: readonly BillId[]): Promise<(billIds: readonly BillId[]) => BillNumber[]> {
  const found = billIds.length === 0 ? [] : await bills.find({ _id: { $in: [...billIds] } }, { projection: { billNumber: 1 } }).toArray()
  const numberById = new Map(found.map(({ _id, billNumber }) => [_id, billNumber]))
  return (wanted) => wanted.flatMap((billId) => numberById.get(billId) ?? [])
}

/** Where tracking last saw each box. Whoever no longer follows the boxes does not read their places here either. A bank that is offered the bill does. */
export async function boxesFor(desk: BillDesk, caller: Caller, { record, thing }: OpenedBill): Promise<ReadonlyMap<string, BoxSummary>> {
  const { encumbrance } = record.title
  const isOffered = encumbrance.name !== 'NONE' && encumbrance.pledgee === companyOf(caller)?.partyId
  return isOffered || may(caller, 'follow-bill', thing) ? boxesOf(desk, record) : new Map(record.containers.map((number) => [number, unseen(number)]))
}

/** A box about which the caller is told nothing. */
export function unseen(number: BoxSummary['number']): BoxSummary {
  return { number, movement: 'UNKNOWN', place: null, lastEventAt: null, stale: true }
}

export type BoxSummary = z.infer<typeof BankCheck>['boxes'][number]

async function boxesOf({ ports }: BillDesk, record: BillRecord): Promise<ReadonlyMap<string, BoxSummary>> {
  const reader = openTrackingReader(ports)
  const bill = await reader.bill(record._id)
  const tracked = bill === null ? [] : await track(reader, await reader.boxesOf(bill), { known: [bill] })
  return new Map(tracked.map((box) => {
    const { number, movement, lastPlace, lastEventAt, stale } = summaryOf(box, ports.clock())
    return [number, { number, movement, place: lastPlace, lastEventAt, stale }]
  }))
}

function containersOf({ title, containers }: BillRecord, document: BillDocument | null, boxes: ReadonlyMap<string, BoxSummary>): BillView['containers'] {
  return containers.map((number) => {
    const box = document?.containers.find((container) => container.number === number)
    const seen = boxes.get(number)
    return {
      number, sizeType: box?.sizeType ?? '', seals: box?.seals.map((seal) => seal.number) ?? [], goods: box?.cargo.map(({ goods }) => goods).join('; ') ?? '',
      packages: box?.cargo.reduce((sum, item) => sum + item.packages, 0) ?? 0, grossWeightKg: box?.cargo.reduce((sum, item) => sum + item.grossWeightKg, 0) ?? 0,
      title: title.cargo[number]?.name ?? null, movement: seen?.movement ?? 'EXPECTED', lastEventAt: seen?.lastEventAt ?? null, lastPlace: seen?.place ?? null,
    }
  })
}

const anyHash = '0'.repeat(64) as Hash
/** Nobody has this name: stands for the party that the caller would choose. */
const somebody = `p${'e'.repeat(32)}` as PartyId
const noKey = `k${'0'.repeat(40)}` as KeyId

/** What the caller could do now, and what the rules would say against the rest. Actions of a screen of their own (approve, issue) are not among them. */
async function possibleActions({ ports, directory }: BillDesk, caller: Caller, title: Title): Promise<z.infer<typeof PossibleAction>[]> {
  const company = companyOf(caller)
  if (company === null || !may(caller, 'act-on-title')) return []
  const parties = await Promise.all([...new Set([company.partyId, title.carrier, title.shipper])].map((partyId) => ports.ledger.party(partyId)))
  const now = ports.clock()
  const known = viewOver({ network: ports.ledger.network, registrar: ports.ledger.registrar, organisations: [], titles: [title], parties: parties.filter((party) => party !== null) })
  const chosen = { partyId: somebody, seq: 1, headHash: anyHash, roles: ['bank'], identityHash: anyHash, host: null, keyLoss: null, keys: {}, updatedAt: title.updatedAt } as const
  const view: LedgerView = { ...known, party: (partyId) => (partyId === somebody ? chosen : known.party(partyId)) }
  const at = now.toISOString() as Instant
  const asked = titleActionNames.filter((name) => name in examples).map((action) => {
    const args = examples[action]?.(title, now, company.roles, company.partyId) ?? {}
    const command = parseable({ action, args, title, party: company.partyId, network: ports.ledger.network, now })
    const refusal = wouldRefuse({ command, view, now: at })
    const because = refusal !== null && !softened(action, refusal.code) ? refusal.code : null
    const wanted = because === null ? missingSignatures({ parsed: parseCommand({ command, signatures: [{ keyId: noKey, value: 'A'.repeat(86) }] }), view, now: at }) : []
    return { action, because, wanted }
  })
  const named = await partyNames(directory, [...new Set(asked.flatMap(({ wanted }) => wanted.map(({ party }) => party)))].filter((party) => party !== somebody))
  return asked.map(({ action, because, wanted }) => ({ action, allowed: because === null, because, needs: wanted.map(({ party, why }) => ({ party: party === somebody ? null : named(party), why })) }))
}

/** What depends on what the caller has yet to give: the box and code to deliver, the releases to make, the other bills. */
function softened(action: ActionName, code: string): boolean {
  return (action === 'deliver' && code === 'bad-release-code') || ((action === 'acceptSurrender' || action === 'renewReleases') && code === 'release-codes-incomplete') || (action === 'combine' && code === 'unknown-bill')
}

type Example = (title: Title, now: Date, roles: readonly CompanyRole[], party: PartyId) => Record<string, unknown>
const soon = (now: Date): string => new Date(now.getTime() + 86_400_000).toISOString()
/** Arguments as good as any, to ask the rules about the rest. */
const examples: Partial<Record<ActionName, Example>> = {
  endorse: () => ({ to: somebody, manner: 'to-order' }),
  offerPossession: (title, now) => ({ to: title.kind === 'straight' && title.consignee !== null ? title.consignee : somebody, expiresAt: soon(now) }),
  acceptOffer: () => ({}),
  rejectOffer: () => ({ reason: null }),
  withdrawOffer: () => ({}),
  proposePledge: () => ({ pledgee: somebody, termsHash: anyHash }),
  acceptPledge: () => ({ filingHash: anyHash }),
  declinePledge: () => ({ reason: null }),
  withdrawPledge: () => ({}),
  releasePledge: () => ({}),
  requestSurrender: () => ({ purpose: 'delivery', reason: null }),
  acceptSurrender: ({ surrender, cargo }, now) => ({ freight: 'waived', releases: surrender?.purpose === 'amendment' ? [] : Object.keys(cargo).map((container) => ({ container, codeHash: anyHash, expiresAt: soon(now) })) }),
  rejectSurrender: () => ({ reason: '-' }),
  renewReleases: ({ cargo }, now) => ({ releases: Object.entries(cargo).filter(([, { name }]) => name !== 'DELIVERED').slice(0, 1).map(([container]) => ({ container, codeHash: anyHash, expiresAt: soon(now) })) }),
  deliver: ({ cargo }) => ({ container: Object.entries(cargo).find(([, { name }]) => name !== 'DELIVERED')?.[0] ?? Object.keys(cargo)[0] ?? 'CSQU3054383', code: '------' }),
  cancel: () => ({ reason: '-' }),
  rejectEndorsement: () => ({ reason: null }),
  declareDefault: (_, now) => ({ noticeHash: anyHash, curesAt: soon(now) }),
  cureDefault: () => ({}),
  enforcePledge: () => ({ basis: 'auction', basisHash: anyHash }),
  sellEnforced: () => ({ to: somebody, proceedsHash: anyHash }),
  assignPledge: () => ({ to: somebody, termsHash: anyHash, filingHash: anyHash }),
  placeHold: (_title, _now, roles) => ({ kind: firstHold(roles), referenceHash: anyHash }),
  liftHold: ({ holds }, _, __, party) => ({ kind: holds.find(({ by }) => by === party)?.kind ?? holds[0]?.kind ?? 'DISPUTE', referenceHash: anyHash }),
  stopDelivery: () => ({ instructionHash: anyHash }),
  resumeDelivery: () => ({}),
  reportLoss: ({ cargo }) => ({ container: boxHere(cargo), condition: 'LOST', reportHash: anyHash }),
  recordWrongfulDelivery: ({ cargo }) => ({ container: boxHere(cargo), indemnifier: somebody, indemnityHash: anyHash }),
  settleIncident: ({ cargo }) => ({ container: Object.entries(cargo).find(([, { name }]) => name === 'LOST' || name === 'DELIVERED_WITHOUT_BILL')?.[0] ?? boxHere(cargo) }),
  voidByCourt: () => ({ orderHash: anyHash, successor: null }),
  reissue: () => ({ successor: aSuccessor(1) }),
  split: ({ cargo }) => {
    const [first, ...rest] = Object.keys(cargo)
    return { successors: [{ ...aSuccessor(1), fixedPartHash: anyHash, containers: first === undefined ? [] : [first] }, { ...aSuccessor(2), fixedPartHash: anyHash, containers: rest }] }
  },
  combine: () => ({ others: [{ billId: aSuccessor(2).billId, expects: 1, prevHash: anyHash }], successor: { ...aSuccessor(1), fixedPartHash: anyHash } }),
  switchBill: () => ({ successor: { ...aSuccessor(1), fixedPartHash: anyHash } }),
  toPaper: () => ({ originals: [{ serial: '0000-0000-1', visualisationHash: anyHash }] }),
  fromPaper: ({ medium, surrender, titleholder }) => ({
    successor: aSuccessor(1), serials: medium.name === 'PAPER' ? [...medium.serials] : ['0000-0000-1'], statementHash: anyHash, holder: surrender?.returnsTo ?? somebody, titleholder: titleholder ?? 'BLANK', endorsable: false,
  }),
}

/** A bill that is nowhere yet. */
function aSuccessor(nth: number): { billId: string; docHash: string; visualisationHash: string } {
  return { billId: `b${String(nth).repeat(32)}`, docHash: String(nth).repeat(64), visualisationHash: anyHash }
}

/** A kind of hold that whoever has this role may place; anybody with an interest of his own, for a dispute. */
function firstHold(roles: readonly CompanyRole[]): Hold['kind'] {
  if (roles.includes('court')) return 'JUDICIAL'
  return roles.includes('customs') || roles.includes('regulator') ? 'SANCTION' : 'DISPUTE'
}

function boxHere(cargo: Title['cargo']): string {
  return Object.entries(cargo).find(([, { name }]) => !['DELIVERED', 'SETTLED', 'LOST', 'DELIVERED_WITHOUT_BILL'].includes(name))?.[0] ?? Object.keys(cargo)[0] ?? 'CSQU3054383'
}

function parseable({ action, args, title, party, network, now }: { action: ActionName; args: Record<string, unknown>; title: Title; party: PartyId; network: string; now: Date }): ReturnType<typeof parseCommand>['signed']['command'] {
  // An argument list that the action itself would not take (no box left to renew) is asked about with what remains.
  const fits = actions[action].args.safeParse(args).success
  return {
    domain: 'yidan-title/1', network, action, subject: title.billId, commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }), expects: title.seq, prevHash: title.headHash, party, keyId: noKey,
    at: now.toISOString() as Instant, notAfter: soon(now) as Instant, args: fits ? args : { releases: [{ container: 'CSQU3054383', codeHash: anyHash, expiresAt: soon(now) }] },
  }
}
