import type { LegView, SharedBox, SharedView, TimelineItem } from '@yidan/api/contract'
import { ContainerNumber } from '@yidan/ledger'
import { companyOf, type Caller } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { billTracking, containerView, trainView } from '../tracking/index.ts'
import { etaOf, lastSeenOf, summaryOf, track, type Box, type Tracked, type TrackingReader } from '../tracking/view.ts'
import type { ShareRecord } from './store.ts'

/** Of more boxes than this a page for guests shows the first. */
const boxLimit = 100
/** Of what a train did, the last. */
const trainEntries = 50

interface Showing {
  readonly ports: Ports
  readonly directory: Directory
  readonly reader: TrackingReader
  readonly share: ShareRecord
  /** With whose eyes it is looked at. */
  readonly sharer: Caller
  readonly language: Language
}

/** What a link shows: what its sharer would see, without what belongs to the parties. */
export async function sharedView(showing: Showing): Promise<SharedView> {
  const { ports, directory, share: { kind, subject, expiresAt }, sharer, language } = showing
  const company = companyOf(sharer)
  const known = company && (await directory.company(company.id))
  const content = await contents[kind](showing)
  const sharedBy = (language === 'en' ? known?.nameEn : null) ?? company?.name ?? ''
  return { kind, subject, sharedBy, asOf: ports.clock().toISOString(), expiresAt: expiresAt.toISOString(), mode: null, lastSeen: null, legs: [], calls: [], ...content }
}

type Content = Pick<SharedView, 'boxes' | 'boxCount' | 'timeline' | 'position'> & Partial<SharedView>

const contents: Readonly<Record<ShareRecord['kind'], (showing: Showing) => Promise<Content>>> = {
  async container(showing) {
    const view = await containerView(asking(showing), showing.share.subject)
    const boxes = await sharedBoxes(showing, await showing.reader.boxes([view.number]))
    return { boxes, boxCount: boxes.length, legs: withoutCarriers(view.legs), timeline: withoutDetail(view.timeline), position: view.position }
  },
  async bill(showing) {
    const { reader, share: { subject } } = showing
    const view = await billTracking(asking(showing), subject)
    const bill = await reader.billByNumber(subject)
    const own = bill === null ? [] : await reader.boxesOf(bill)
    return { boxes: await sharedBoxes(showing, own.slice(0, boxLimit)), boxCount: own.length, legs: withoutCarriers(view.legs), timeline: withoutDetail(view.timeline), position: view.position }
  },
  /** The train itself is known to everybody who is signed in; of the boxes only the sharer's own, though a terminal sees them all. */
  async train(showing) {
    const { reader, share: { subject }, sharer } = showing
    const view = await trainView(asking(showing), { service: subject, entries: trainEntries })
    const partyId = companyOf(sharer)?.partyId
    const own = (await reader.boxes(view.containers.map(({ number }) => number))).filter(({ followers }) => partyId !== undefined && followers.includes(partyId)).sort((one, other) => (one._id < other._id ? -1 : 1))
    return { mode: view.mode, lastSeen: view.lastSeen, calls: view.calls, boxes: await sharedBoxes(showing, own.slice(0, boxLimit)), boxCount: own.length, timeline: withoutDetail(view.timeline), position: view.position }
  },
}

const asking = ({ ports, directory, reader, sharer: caller, language }: Showing): Parameters<typeof containerView>[0] => ({ ports, directory, reader, caller, language })

async function sharedBoxes({ ports, reader }: Showing, boxes: readonly Box[]): Promise<SharedBox[]> {
  const now = ports.clock()
  const tracked = await track(reader, boxes)
  return Promise.all(tracked.map(async (one) => sharedBox(one, now, (await etaOf(ports, one, now))?.journey ?? null)))
}

function sharedBox(tracked: Tracked, now: Date, eta: SharedBox['eta']): SharedBox {
  const { box, journey } = tracked
  const { unit, late, stale } = summaryOf(tracked, now)
  const { next } = journey
  return { number: ContainerNumber.parse(box._id), movement: journey.movement, leg: journey.leg?.number ?? null, unit, lastSeen: lastSeenOf(journey, now), late, stale, next: next && { code: next.code, place: next.place, plannedAt: next.plannedAt }, eta }
}

function withoutCarriers(legs: readonly LegView[]): LegView[] {
  return legs.map((leg) => ({ ...leg, carrier: '' }))
}

/** Details name who reported, seals, and what was remarked. */
function withoutDetail(timeline: readonly TimelineItem[]): TimelineItem[] {
  return timeline.map((item) => ({ ...item, detail: null }))
}
