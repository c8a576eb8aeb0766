import { expect } from 'chai'
import { Track, type TrackingEvent } from '@yidan/api/contract'
import type { ContainerNumber } from '@yidan/ledger'
import { openPositions, positionHandlers, positionProjections, type PositionWatcher } from '../../api/src/positions/index.ts'
import { openPositionStore } from '../../api/src/positions/store.ts'
import { thinPositions } from '../../api/src/positions/thinning.ts'
import { Problem } from '../../api/src/http/problem.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { aPerson, portsOver } from '../live/open-hub.ts'
import { aContainer } from '../support/ledger-actors.ts'
import { aSender, equipment, openLog, position, received, withdrawal, type OpenedLog } from '../tracking/open-log.ts'

const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('where boxes and trains have been', () => {
  let open: OpenedLog
  let watcher: PositionWatcher
  let box: ContainerNumber
  beforeEach(async () => {
    open = await openLog()
    watcher = openPositions(portsOver(open))
    open.feed.onApplied((entries) => watcher.note(entries))
    box = aContainer()
  })
  afterEach(async () => {
    await watcher.stop()
    await open.close()
  })

  async function happens(...events: TrackingEvent[]): Promise<void> {
    const { last } = await open.eventLog.append(events.map((event) => received(event)))
    await open.feed.upTo(last, 60_000)
    await watcher.settled()
    await open.feed.upTo(await open.eventLog.last(), 60_000)
  }
  const given = (params: object, query: object = {}, roles = ['terminal'] as const): never => ({ caller: aPerson(aSender, [...roles]), language: 'en', params, query: { limit: 1000, ...query } }) as never
  const unit = async (query: object = {}): Promise<Track> => Track.parse(await positionHandlers(portsOver(open)).unitTrack(given({ service: 'x9136' }, query)))
  const seen = (minute: number, longitude = 113 + minute / 100): TrackingEvent => position({ at: at(minute), latitude: 34.7, longitude, transportCall: call })

  it('are told oldest first whatever order they came in, from and to a moment, in parts', async () => {
    await happens(seen(20), seen(0), seen(10), seen(30))
    expect((await unit()).points.map((point) => point.at)).to.deep.equal([0, 10, 20, 30].map(at))
    expect((await unit({ from: at(10), to: at(20) })).points).to.have.length(2)
    const first = await unit({ limit: 3 })
    expect([first.points.length, first.next]).to.deep.equal([3, at(30)])
    expect((await unit({ from: first.next ?? '' })).points.map((point) => point.at)).to.deep.equal([at(30)])
  })

  it('are told once though the view was made again, and not when they were withdrawn', async () => {
    const wrong = seen(5)
    await happens(seen(0), wrong, withdrawal(wrong))
    await positionProjections(open)[0]?.apply(await open.eventLog.read(0, 100))
    await open.feed.rebuild()
    expect((await unit()).points.map((point) => point.at)).to.deep.equal([at(0)])
  })

  it('of a box are those of its device and of its train while it rode on it', async () => {
    const plan = { legs: [{ number: 1, on: at(5), off: at(25), service: 'X9136' }] }
    await happens(equipment({ container: box, code: 'GTIN', at: at(0) }), seen(0), seen(10), seen(20), seen(30), position({ at: at(40), container: box, latitude: 34.7, longitude: 113.4 }))
    await open.database.collection('tracking_boxes').updateOne({ _id: box }, { $set: { 'state.legs': plan.legs } })
    expect((await openTrackingReader(open).box(box))?.state.legs).to.deep.equal(plan.legs)
    const track = Track.parse(await positionHandlers(portsOver(open)).containerTrack(given({ container: box })))
    expect(track.points.map((point) => [point.at, point.unit])).to.deep.equal([[at(10), 'X9136'], [at(20), 'X9136'], [at(40), null]])
    const stranger = await positionHandlers(portsOver(open)).containerTrack({ ...(given({ container: box }) as object), caller: aPerson(aSender, ['shipper']) } as never).then(() => null, (error: unknown) => error)
    expect(stranger instanceof Problem && stranger.code).to.equal('not-found')
  })

  it('are thinned to one an hour after thirty days and one a day after a year, each once, late ones too', async () => {
    const store = openPositionStore(open)
    await happens(...Array.from({ length: 18 }, (_, index) => seen(index * 10)))
    const inDays = (days: number): Date => new Date(Date.parse(at(0)) + days * 86_400_000)
    expect(await thinPositions(store, inDays(29))).to.equal(0)
    expect(await thinPositions(store, inDays(32))).to.equal(1)
    expect((await unit()).points.map((point) => point.at)).to.deep.equal([0, 60, 120].map(at))
    expect((await unit()).grain).to.equal('hour')
    await happens(seen(65), seen(185))
    await thinPositions(store, inDays(32))
    expect((await unit()).points.map((point) => point.at), 'the hour that had one keeps it').to.deep.equal([0, 60, 120, 185].map(at))
    await thinPositions(store, inDays(400))
    expect((await unit()).points.map((point) => point.at)).to.deep.equal([at(0)])
    expect(await thinPositions(store, inDays(400))).to.equal(0)
  })

  it('crossing a geofence are in the log once, in and out, shown and never believed', async () => {
    const inside = position({ at: at(0), container: box, latitude: 34.62, longitude: 112.45 })
    await happens(equipment({ container: box, code: 'GTIN', at: at(-60) }), inside, position({ at: at(5), container: box, latitude: 34.621, longitude: 112.45 }), position({ at: at(60), container: box, latitude: 34.7, longitude: 113.2 }), position({ at: at(30), container: box, latitude: 34.62, longitude: 112.45 }))
    watcher.note(await open.eventLog.read(0, 100))
    await watcher.settled()
    const crossings = (await open.eventLog.read(0, 100)).flatMap(({ event }) => (event.type === 'geofence-crossed' ? [[event.fence, event.direction, event.at]] : []))
    expect(crossings).to.deep.equal([['luoyang-station', 'in', at(0)], ['luoyang-station', 'out', at(60)]])
    const state = (await openTrackingReader(open).box(box))?.state
    expect([state?.movement, state?.seen?.at]).to.deep.equal(['GATED_IN', at(60)])
  })
})
