import type { Track } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import { ensure } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { cargoThing, parseContainer } from '../tracking/index.ts'
import { isOwnSighting, type OneRun } from '../tracking/one-run.ts'
import { serviceName, track, type TrackingReader } from '../tracking/view.ts'
import { grains, type PositionPoint, type PositionStore } from './store.ts'

interface Span {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit: number
}
export interface TrackDesk {
  readonly ports: Pick<Ports, 'clock'>
  readonly reader: TrackingReader
  readonly store: PositionStore
}
/** A stretch of a unit's track that counts. */
interface Stretch {
  readonly unit: string
  readonly from: string
  readonly to: string
  /** Log position after which it counts. */
  readonly since: number
  /** The train it is of, where several of one number may be on the way. */
  readonly train?: OneRun | null
}
const ever = '0001-01-01T00:00:00.000Z'
const always = '9999-12-31T23:59:59.999Z'

/** @throws Problem `not-found` of a unit of which nothing is known */
export async function unitTrack(desk: TrackDesk, caller: Caller, given: string, span: Span): Promise<Track> {
  ensure(caller, 'follow-train')
  const service = serviceName(given)
  const track = await trackOf(desk.store, [{ unit: `service:${service}`, from: ever, to: always, since: 0 }], span)
  if (track.points.length === 0 && (await desk.reader.services([service])).size === 0) throw new Problem('not-found', { service })
  return track
}

/** The box's own device, and the trains and vessels while it was aboard. Only of this journey: what was before is another holder's. */
export async function containerTrack(desk: TrackDesk, caller: Caller, given: string, span: Span): Promise<Track> {
  const number = parseContainer(given)
  const box = await desk.reader.box(number)
  const [tracked] = box === null ? [] : await track(desk.reader, [box])
  if (box === null || tracked === undefined) throw new Problem('not-found', { container: number })
  ensure(caller, 'follow-container', cargoThing(tracked.bill))
  const trains = new Map(tracked.journey.runs.flatMap(({ leg, departure, train }): [number, OneRun | null][] => (departure === null ? [] : [[leg.number, train]])))
  const rides = box.state.legs.flatMap(({ number: leg, on, off, service }): Stretch[] => (on === null || service === null ? [] : [{ unit: `service:${service}`, from: on, to: off ?? always, since: 0, train: trains.get(leg) ?? null }]))
  return trackOf(desk.store, [{ unit: `container:${number}`, from: ever, to: always, since: box.since }, ...rides], span)
}

async function trackOf(store: PositionStore, stretches: readonly Stretch[], { from = ever, to = always, limit }: Span): Promise<Track> {
  const { points, withdrawn } = store
  await store.ready()
  const [first, last] = [new Date(from).toISOString(), new Date(to).toISOString()]
  // Some more than asked for: points may be there twice, or be of another train.
  const most = limit * 2 + 2
  const parts = await Promise.all(stretches.map(async ({ unit, from: begin, to: end, since, train = null }) => {
    const filter: Filter<PositionPoint> = { 'meta.unit': unit, at: { $gte: new Date(begin > first ? begin : first), $lte: new Date(end < last ? end : last) }, position: { $gt: since } }
    const read = await points.find(filter).sort({ at: 1 }).limit(most).toArray()
    return { own: train === null ? read : read.filter((point) => isOwnSighting(train, sightingAt(point))), readTo: read.length === most ? (read.at(-1)?.at ?? null) : null }
  }))
  // From where one was not read on, nothing can be said of the others either: there the next part begins.
  const readTo = parts.flatMap((part) => part.readTo ?? []).sort((one, other) => one.getTime() - other.getTime())[0] ?? null
  const found = parts.flatMap(({ own }) => own).filter(({ at }) => readTo === null || at < readTo).sort((one, other) => one.at.getTime() - other.at.getTime())
  const struck = new Set((await withdrawn.find({ _id: { $in: found.map(({ eventID, sender }) => `${eventID} ${sender}`) } }).toArray()).map(({ _id }) => _id))
  const seen = new Set<string>()
  const own = found.filter(({ eventID, sender }) => !struck.has(`${eventID} ${sender}`) && !seen.has(eventID) && seen.add(eventID))
  const shown = own.slice(0, limit)
  return {
    points: shown.map(({ at, latitude, longitude, speedKmh, meta }) => ({ at: at.toISOString(), latitude, longitude, speedKmh, unit: meta.unit.startsWith('service:') ? meta.unit.slice('service:'.length) : null })),
    next: (own[limit]?.at ?? readTo)?.toISOString() ?? null, grain: grains[Math.max(0, ...shown.map(({ meta }) => grains.indexOf(meta.grain)))] ?? 'all',
  }
}

function sightingAt({ at, latitude, longitude }: PositionPoint): Parameters<typeof isOwnSighting>[1] {
  return { at: at.toISOString(), place: { name: null, code: null }, latitude, longitude }
}
