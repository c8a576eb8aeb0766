import type { BillIssued, ContainerRelease, LedgerEvent, RegistryEvent, TitleEvent } from './events.ts'
import type { Hash, Instant, PartyId } from './ids.ts'
import type { Party, SigningKey } from './registry.ts'
import type { ContainerNumber } from './identifiers/container-number.ts'
import { pledgeInForce, type CargoState, type Encumbrance, type Incident, type PledgeInForce, type Title, type TitlePointers } from './title.ts'

/** The ledger entry an event came in. */
export interface EntryStamp {
  readonly seq: number
  readonly hash: Hash
  readonly recordedAt: Instant
}

/** Folds one event into title. Total: it trusts that `decide` let the event happen, and only fails on a stream that lost its start. */
export function evolveTitle(before: Title | null, event: TitleEvent, stamp: EntryStamp): Title {
  const stamped = { seq: stamp.seq, headHash: stamp.hash, updatedAt: stamp.recordedAt }
  if (event.type === 'bill-approved') return { ...unissued, ...stamped, ...pick(event), docHash: event.docHash, carrier: event.carrier, shipper: event.shipper }
  if (event.type === 'bill-issued') return { ...issuedTitle(event), ...stamped }
  if (before === null) throw new Error(`${event.type} cannot start the stream of ${event.billId}`)
  return { ...before, ...change(before, event, stamp), ...stamped }
}

type LaterEvent = Exclude<TitleEvent, BillIssued | { readonly type: 'bill-approved' }>

/** What one event changes in a title that exists. */
function change(title: Title, event: LaterEvent, stamp: EntryStamp): Partial<Title> {
  switch (event.type) {
    case 'title-endorsed':
      return {
        titleholder: event.to,
        endorsable: event.manner !== 'named',
        everEndorsed: true,
        beforeEndorsement: { titleholder: event.from, endorsable: title.endorsable, ...(title.encumbrance.name === 'NONE' ? {} : { pledgor: title.encumbrance.pledgor }) },
        encumbrance: withPledgor(title.encumbrance, event.to),
      }
    case 'possession-offered':
      return { offer: { from: event.from, to: event.to, expiresAt: event.expiresAt, returnsTitleTo: event.returnsTitleTo } }
    case 'possession-transferred':
      return { possessor: event.to, offer: null, beforeEndorsement: null, everEndorsed: true }
    case 'offer-rejected':
    case 'offer-withdrawn':
      return { offer: null, ...pointersBack(title, title.offer?.returnsTitleTo ?? null) }
    case 'endorsement-rejected':
      // An offer that ran out would give title back once more, whoever had it by then.
      return { offer: null, ...pointersBack(title, title.beforeEndorsement) }
    case 'pledge-proposed':
      return { encumbrance: { name: 'PROPOSED', pledgor: event.pledgor, pledgee: event.pledgee, termsHash: event.termsHash } }
    case 'pledge-declined':
    case 'pledge-withdrawn':
      return { encumbrance: { name: 'NONE' } }
    case 'pledge-accepted':
      return {
        possessor: event.pledgee,
        encumbrance: { name: 'PLEDGED', pledgor: event.pledgor, pledgee: event.pledgee, filingHash: event.filingHash, termsHash: termsOf(title.encumbrance) },
      }
    case 'pledge-released':
      // Once the bill is with the carrier the pledge ends but possession stays where it is.
      return { encumbrance: { name: 'NONE' }, ...(title.state.name === 'ISSUED' ? { possessor: event.pledgor, beforeEndorsement: null } : {}) }
    case 'default-declared':
      return { encumbrance: { ...inForce(title), name: 'DEFAULTED', default: { noticeHash: event.noticeHash, curesAt: event.curesAt } } }
    case 'default-cured': {
      const { pledgor, pledgee, termsHash, filingHash } = inForce(title)
      return { encumbrance: { name: 'PLEDGED', pledgor, pledgee, termsHash, filingHash } }
    }
    case 'enforcement-started': {
      const pledge = inForce(title)
      if (pledge.name === 'PLEDGED') throw new Error('a pledge cannot be enforced without a default')
      return { encumbrance: { ...pledge, name: 'ENFORCING', basis: event.basis, basisHash: event.basisHash } }
    }
    case 'pledge-enforced':
      return {
        titleholder: event.to, possessor: event.to, encumbrance: { name: 'NONE' }, offer: null, beforeEndorsement: null, everEndorsed: true,
        ...(title.kind === 'straight' ? { consignee: event.to } : { endorsable: true }),
      }
    case 'pledge-assigned':
      return { possessor: event.to, encumbrance: { ...inForce(title), pledgee: event.to, termsHash: event.termsHash, filingHash: event.filingHash } }
    case 'hold-placed':
      return { holds: [...title.holds, { kind: event.kind, by: event.by, since: stamp.recordedAt, referenceHash: event.referenceHash }] }
    case 'hold-lifted':
      return { holds: title.holds.filter(({ kind, by }) => kind !== event.kind || by !== event.by) }
    case 'delivery-stopped':
      return { stop: { by: event.by, since: stamp.recordedAt, instructionHash: event.instructionHash } }
    case 'delivery-resumed':
      return { stop: null }
    case 'delivered-without-bill':
      return troubled(title, { kind: 'DELIVERED_WITHOUT_BILL', container: event.container, at: stamp.recordedAt, by: event.by, evidenceHash: event.indemnityHash, indemnifier: event.indemnifier, settledAt: null })
    case 'incident-settled':
      return settled(title, event.container, stamp.recordedAt, { name: 'SETTLED', at: stamp.recordedAt, by: event.by })
    case 'cargo-reported':
      return event.condition === 'FOUND'
        ? settled(title, event.container, stamp.recordedAt, { name: 'RECEIVED' })
        : troubled(title, { kind: event.condition, container: event.container, at: stamp.recordedAt, by: event.by, evidenceHash: event.reportHash, indemnifier: null, settledAt: null })
    case 'surrender-requested':
      return {
        state: { name: event.purpose === 'delivery' ? 'PENDING_SURRENDER_FOR_DELIVERY' : 'PENDING_SURRENDER_FOR_AMENDMENT' },
        surrender: { by: event.by, purpose: event.purpose, reason: event.reason, returnsTo: title.possessor ?? event.by },
        possessor: title.carrier,
      }
    case 'surrender-accepted':
      return event.purpose === 'delivery'
        ? { state: { name: 'SURRENDERED_FOR_DELIVERY' }, cargo: released(title.cargo, event.releases) }
        : { state: { name: 'SURRENDERED_FOR_AMENDMENT' } }
    case 'surrender-rejected':
      return { state: { name: 'ISSUED' }, possessor: event.returnsTo, surrender: null }
    case 'releases-renewed':
      return { cargo: released(title.cargo, event.releases) }
    case 'container-delivered':
      return { cargo: { ...title.cargo, [event.container]: { name: 'DELIVERED', at: stamp.recordedAt, by: event.by } } }
    case 'bill-accomplished':
      return { state: { name: 'ACCOMPLISHED' } }
    case 'bill-voided':
      // What lay on the bill lies on its successors from here on.
      return { state: { name: 'VOIDED', reason: event.reason }, successors: event.successors, offer: null, ...(event.successors.length > 0 ? { encumbrance: { name: 'NONE' } } : {}) }
    case 'paper-issued':
      return { medium: { name: 'PAPER', serials: event.originals.map(({ serial }) => serial), originals: event.originals.length } }
    case 'paper-returned':
      return { successors: [event.successor], encumbrance: { name: 'NONE' } }
  }
}

/** Folds one event into a party. */
export function evolveParty(before: Party | null, event: RegistryEvent, stamp: EntryStamp): Party {
  const stamped = { seq: stamp.seq, headHash: stamp.hash, updatedAt: stamp.recordedAt }
  if (event.type === 'party-registered') return { partyId: event.partyId, keys: before?.keys ?? {}, ...stamped, roles: event.roles, identityHash: event.identityHash, host: event.host ?? before?.host ?? null, keyLoss: before?.keyLoss ?? null }
  if (before === null) throw new Error(`${event.type} cannot start the stream of ${event.partyId}`)
  if (event.type === 'key-registered') return { ...before, ...stamped, keys: { ...before.keys, [event.key.keyId]: { ...event.key, registeredAt: stamp.recordedAt, revoked: null } } }
  if (event.type === 'key-loss-reported') return { ...before, ...stamped, keyLoss: { by: event.by, since: stamp.recordedAt, referenceHash: event.referenceHash } }
  if (event.type === 'key-loss-withdrawn') return { ...before, ...stamped, keyLoss: null }
  if (event.type === 'keys-rebound') {
    const old = Object.entries(before.keys).map(([keyId, key]): [string, SigningKey] => [keyId, key.revoked === null ? { ...key, revoked: { at: stamp.recordedAt, reason: 'KEY_LOSS' } } : key])
    return { ...before, ...stamped, keyLoss: null, keys: { ...Object.fromEntries(old), [event.key.keyId]: { ...event.key, registeredAt: stamp.recordedAt, revoked: null } } }
  }
  const key = before.keys[event.keyId]
  if (!key) throw new Error(`${event.keyId} is not a key of ${event.partyId}`)
  return { ...before, ...stamped, keys: { ...before.keys, [event.keyId]: { ...key, revoked: { at: stamp.recordedAt, reason: event.reason } } } }
}

export function isTitleEvent(event: LedgerEvent): event is TitleEvent {
  return 'billId' in event
}

const unissued = {
  state: { name: 'APPROVED' }, medium: { name: 'ELECTRONIC' }, encumbrance: { name: 'NONE' }, holds: [], cargo: {}, contents: {}, consignee: null, titleholder: null, possessor: null,
  endorsable: false, everEndorsed: false, beforeEndorsement: null, offer: null, surrender: null, stop: null, incidents: [], fixedPartHash: null, visualisationHash: null, version: 0, predecessors: [], successors: [],
} as const satisfies Partial<Title>

function issuedTitle(event: BillIssued): Omit<Title, 'seq' | 'headHash' | 'updatedAt'> {
  const { type: _, containers, pledge, incidents = [], ...facts } = event
  return {
    ...unissued, ...facts, state: { name: 'ISSUED' }, encumbrance: pledge ?? { name: 'NONE' }, incidents,
    cargo: Object.fromEntries(containers.map((container) => [container, cargoAfter(incidents, container)])),
  }
}

function pick(event: { readonly billId: Title['billId']; readonly kind: Title['kind']; readonly negotiable: boolean }): Pick<Title, 'billId' | 'kind' | 'negotiable'> {
  return { billId: event.billId, kind: event.kind, negotiable: event.negotiable }
}

function released(cargo: Title['cargo'], releases: readonly ContainerRelease[]): Title['cargo'] {
  const changed = releases.map(({ container, codeHash, expiresAt }): [string, CargoState] => [container, { name: 'RELEASED', codeHash, expiresAt }])
  return { ...cargo, ...Object.fromEntries(changed) }
}

/** The state of a box that earlier bills already stood for. */
function cargoAfter(incidents: readonly Incident[], container: ContainerNumber): CargoState {
  const open = incidents.findLast((incident) => incident.container === container && incident.settledAt === null)
  return open ? { name: open.kind, at: open.at, by: open.by } : { name: 'RECEIVED' }
}

/** A box with something new against it. Damage does not void a release code that is out. */
function troubled({ cargo, incidents }: Title, incident: Incident): Partial<Title> {
  const keepsCode = incident.kind === 'DAMAGED' && cargo[incident.container]?.name === 'RELEASED'
  return { incidents: [...incidents, incident], ...(keepsCode ? {} : { cargo: { ...cargo, [incident.container]: { name: incident.kind, at: incident.at, by: incident.by } } }) }
}

/** Loss and wrong delivery of a box are over; damage stays on record as it is. */
function settled({ cargo, incidents }: Title, container: ContainerNumber, at: Instant, state: CargoState): Partial<Title> {
  const over = (incident: Incident): boolean => incident.container === container && incident.settledAt === null && incident.kind !== 'DAMAGED'
  return { cargo: { ...cargo, [container]: state }, incidents: incidents.map((incident) => (over(incident) ? { ...incident, settledAt: at } : incident)) }
}

function pointersBack({ encumbrance }: Title, pointers: TitlePointers | null): Partial<Title> {
  if (pointers === null) return {}
  const { titleholder, endorsable, pledgor } = pointers
  return { titleholder, endorsable, beforeEndorsement: null, ...(pledgor === undefined || encumbrance.name === 'NONE' ? {} : { encumbrance: { ...encumbrance, pledgor } }) }
}

function inForce(title: Title): PledgeInForce {
  const pledge = pledgeInForce(title)
  if (pledge === null) throw new Error(`bill ${title.billId} is not pledged`)
  return pledge
}

/** A pledged bill endorsed with the bank's consent: the new titleholder is the pledgor from then on. */
function withPledgor(encumbrance: Encumbrance, to: PartyId | 'BLANK'): Encumbrance {
  return encumbrance.name === 'NONE' || to === 'BLANK' ? encumbrance : { ...encumbrance, pledgor: to }
}

function termsOf(encumbrance: Encumbrance): Hash {
  if (encumbrance.name === 'NONE') throw new Error('a pledge cannot be accepted that was not proposed')
  return encumbrance.termsHash
}
