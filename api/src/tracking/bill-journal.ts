import { evolveTitle, isTitleEvent, type BillDocument, type BillId, type BillNumber, type Hash, type LedgerEvent, type PartyId, type Title } from '@yidan/ledger'
import type { LedgerRecord } from '@yidan/ledger/port'
import { mayFollow } from '../access/abilities.ts'
import type { TimedLeg } from './journey.ts'
import type { PlaceName } from './places.ts'
import { servicesOf, type Plan } from './rules.ts'
import type { TrackedBill } from './store.ts'

/** Tracking's own small journal of bills, made from the log alone: documents as they are frozen, title as the ledger moves it. */

export interface Frozen {
  readonly document: BillDocument
  readonly docHash: Hash
  readonly carrier: PartyId
  readonly shipper: PartyId
}

/** A document was frozen. A draft that was taken back and sent again replaces the one before. */
export function withDocument(before: TrackedBill | null, { document, docHash, carrier, shipper }: Frozen, position: number): TrackedBill {
  const legs = document.legs.map((leg, index) => timedLeg(leg, index + 1, document.billNumber))
  return settled({
    _id: document.billId, billNumber: document.billNumber, docHash, carrier, shipper, title: before?.title ?? null, followers: [], standing: 2, since: before?.since ?? position, endedAt: before?.endedAt ?? null,
    containers: document.containers.map(({ number }) => number),
    boxes: document.containers.map(({ number, sizeType, seals, reefer }) => ({ number, sizeType, seals: seals.map((seal) => seal.number), ...(reefer ? { setPoint: Number(reefer.setPointCelsius) } : {}) })),
    legs, services: [...new Set(legs.flatMap(({ services }) => services))], destination: document.placeOfDelivery.name, place: placeOf(document.placeOfDelivery), position,
  })
}

/** What the bill said is gone: its boxes stay known, as the ledger names them, without plan and seals. Before the ledger, a document that can no longer be read. */
export function withErased(before: TrackedBill | null, frozen: Omit<Frozen, 'document'> & { readonly billId: BillId; readonly billNumber: BillNumber } | null, position: number): TrackedBill | null {
  const known = frozen === null ? before : { ...(before ?? { title: null, since: position, endedAt: null, containers: [] }), _id: frozen.billId, billNumber: frozen.billNumber, docHash: frozen.docHash, carrier: frozen.carrier, shipper: frozen.shipper }
  if (known === null) return null
  const containers = known.title === null ? known.containers : Object.keys(known.title.cargo).sort()
  return settled({ ...known, followers: [], standing: 2, containers, boxes: [], legs: [], services: [], destination: null, place: null, position })
}

/** One entry of the bill's stream on the ledger. */
export function withLedgerEntry(before: TrackedBill | null, entry: LedgerRecord['entries'][number], position: number): TrackedBill | null {
  const title = titleAfter(before?.title ?? null, entry)
  if (title === null) return before
  const over = title.state.name === 'ACCOMPLISHED' || (title.state.name === 'VOIDED' && ['CANCELLED', 'COURT'].includes(title.state.reason))
  const containers = Object.keys(title.cargo)
  const known = before ?? { _id: title.billId, billNumber: null, docHash: null, boxes: [], legs: [], services: [], destination: null, place: null, since: position, endedAt: null, containers }
  return settled({
    ...known, carrier: title.carrier, shipper: title.shipper, title, followers: [], standing: 0,
    containers: known.containers.length > 0 ? known.containers : containers, endedAt: known.endedAt ?? (over ? position : null), position,
  })
}

/** The title after one ledger entry; null while the stream has none. */
export function titleAfter(before: Title | null, entry: LedgerRecord['entries'][number]): Title | null {
  const stamp = { seq: entry.seq, hash: entry.hash, recordedAt: entry.recordedAt }
  const own = (event: LedgerEvent): boolean => isTitleEvent(event) && event.billId === entry.subject
  return entry.events.filter(own).reduce<Title | null>((title, event) => (isTitleEvent(event) ? evolveTitle(title, event, stamp) : title), before)
}

/** Followers and standing follow from the title; fields in one order, so that a rebuild writes the same bytes. */
function settled({ _id, billNumber, docHash, carrier, shipper, title, since, endedAt, containers, boxes, legs, services, destination, place, position }: TrackedBill): TrackedBill {
  const followers = title === null ? [carrier, shipper] : candidates(title).filter((party) => mayFollow(party, title))
  return { _id, billNumber, docHash, carrier, shipper, title, followers: [...new Set(followers)].sort(), standing: standingOf(title), since, endedAt, containers, boxes, legs, services, destination, place, position }
}

function candidates(title: Title): PartyId[] {
  const { encumbrance } = title
  const pledged = encumbrance.name === 'NONE' ? [] : [encumbrance.pledgor, encumbrance.pledgee]
  const named = [title.carrier, title.shipper, title.consignee, title.titleholder, title.possessor, title.surrender?.by, title.offer?.to, ...pledged]
  return named.filter((party): party is PartyId => party !== null && party !== undefined && party !== 'BLANK')
}

function standingOf(title: Title | null): TrackedBill['standing'] {
  switch (title?.state.name) {
    case undefined:
    case 'APPROVED':
      return 2
    case 'ACCOMPLISHED':
      return 1
    case 'VOIDED':
      return 0
    default:
      return 3
  }
}

/** The bill that speaks for a box: the one with the highest standing, of equals the latest. */
export function speakingFor(bills: readonly TrackedBill[]): TrackedBill | null {
  return [...bills].sort((one, other) => other.standing - one.standing || other.since - one.since || (one._id < other._id ? -1 : 1))[0] ?? null
}

/** The title of a bill as abilities ask for it; before the ledger knows it, as it would stand when approved. */
export function titleFor({ _id, docHash, carrier, shipper, title }: TrackedBill): Title {
  if (title !== null) return title
  const none = '0'.repeat(64) as Hash
  return {
    billId: _id, seq: 0, headHash: none, state: { name: 'APPROVED' }, medium: { name: 'ELECTRONIC' }, encumbrance: { name: 'NONE' }, holds: [], cargo: {}, contents: {}, kind: 'straight', negotiable: false, carrier, shipper, consignee: null,
    titleholder: null, possessor: null, endorsable: false, everEndorsed: false, beforeEndorsement: null, offer: null, surrender: null, stop: null, incidents: [], docHash: docHash ?? none, fixedPartHash: null, visualisationHash: null, version: 0, predecessors: [],
    successors: [], updatedAt: new Date(0).toISOString() as Title['updatedAt'],
  }
}

export function planOf({ legs, boxes }: Pick<TrackedBill, 'legs' | 'boxes'>, container: string): Plan {
  return { legs, seals: boxes.find(({ number }) => number === container)?.seals ?? [] }
}

function timedLeg(leg: BillDocument['legs'][number], number: number, billNumber: string): TimedLeg {
  const { mode, carrier, from, to, plannedDeparture, plannedArrival } = leg
  const vessel = [leg.vessel, leg.voyage].filter((part) => part !== undefined).join(' ')
  const unit = { rail: leg.trainNumber, sea: vessel === '' ? undefined : vessel, road: leg.plate }[mode] ?? null
  return { number, mode, carrier, unit, from: placeOf(from), to: placeOf(to), plannedDeparture, plannedArrival, services: servicesOf(leg, billNumber) }
}

function placeOf({ name, code }: { name: string; code?: string | undefined }): PlaceName {
  return { name, code: code ?? null }
}
