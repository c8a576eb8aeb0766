import type { BillIssued, ContainerRelease, LedgerEvent, RegistryEvent, TitleEvent } from './events.ts'
import type { Hash, Instant, PartyId } from './ids.ts'
import type { Party } from './registry.ts'
import type { CargoState, Encumbrance, Title } from './title.ts'

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
        beforeEndorsement: { titleholder: event.from, endorsable: title.endorsable },
        encumbrance: withPledgor(title.encumbrance, event.to),
      }
    case 'possession-offered':
      return { offer: { from: event.from, to: event.to, expiresAt: event.expiresAt, returnsTitleTo: event.returnsTitleTo } }
    case 'possession-transferred':
      return { possessor: event.to, offer: null, beforeEndorsement: null, everEndorsed: true }
    case 'offer-rejected':
    case 'offer-withdrawn':
      return { offer: null, ...(title.offer?.returnsTitleTo ? { ...title.offer.returnsTitleTo, beforeEndorsement: null } : {}) }
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
      return { state: { name: 'VOIDED', reason: event.reason }, successors: event.successors, offer: null }
  }
}

/** Folds one event into a party. */
export function evolveParty(before: Party | null, event: RegistryEvent, stamp: EntryStamp): Party {
  const stamped = { seq: stamp.seq, headHash: stamp.hash, updatedAt: stamp.recordedAt }
  if (event.type === 'party-registered') return { partyId: event.partyId, keys: before?.keys ?? {}, ...stamped, roles: event.roles, identityHash: event.identityHash, host: event.host ?? before?.host ?? null }
  if (before === null) throw new Error(`${event.type} cannot start the stream of ${event.partyId}`)
  if (event.type === 'key-registered') return { ...before, ...stamped, keys: { ...before.keys, [event.key.keyId]: { ...event.key, registeredAt: stamp.recordedAt, revoked: null } } }
  const key = before.keys[event.keyId]
  if (!key) throw new Error(`${event.keyId} is not a key of ${event.partyId}`)
  return { ...before, ...stamped, keys: { ...before.keys, [event.keyId]: { ...key, revoked: { at: stamp.recordedAt, reason: event.reason } } } }
}

export function isTitleEvent(event: LedgerEvent): event is TitleEvent {
  return 'billId' in event
}

const unissued = {
  state: { name: 'APPROVED' }, medium: { name: 'ELECTRONIC' }, encumbrance: { name: 'NONE' }, holds: [], cargo: {}, consignee: null, titleholder: null, possessor: null,
  endorsable: false, everEndorsed: false, beforeEndorsement: null, offer: null, surrender: null, visualisationHash: null, version: 0, predecessors: [], successors: [],
} as const satisfies Partial<Title>

function issuedTitle(event: BillIssued): Omit<Title, 'seq' | 'headHash' | 'updatedAt'> {
  const { type: _, containers, ...facts } = event
  return {
    ...unissued, ...facts, state: { name: 'ISSUED' },
    cargo: Object.fromEntries(containers.map((container) => [container, { name: 'RECEIVED' }])),
  }
}

function pick(event: { readonly billId: Title['billId']; readonly kind: Title['kind']; readonly negotiable: boolean }): Pick<Title, 'billId' | 'kind' | 'negotiable'> {
  return { billId: event.billId, kind: event.kind, negotiable: event.negotiable }
}

function released(cargo: Title['cargo'], releases: readonly ContainerRelease[]): Title['cargo'] {
  const changed = releases.map(({ container, codeHash, expiresAt }): [string, CargoState] => [container, { name: 'RELEASED', codeHash, expiresAt }])
  return { ...cargo, ...Object.fromEntries(changed) }
}

/** A pledged bill endorsed with the bank's consent: the new titleholder is the pledgor from then on. */
function withPledgor(encumbrance: Encumbrance, to: PartyId | 'BLANK'): Encumbrance {
  return encumbrance.name === 'NONE' || to === 'BLANK' ? encumbrance : { ...encumbrance, pledgor: to }
}

function termsOf(encumbrance: Encumbrance): Hash {
  if (encumbrance.name === 'NONE') throw new Error('a pledge cannot be accepted that was not proposed')
  return encumbrance.termsHash
}
