import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { BillTracking, ContainerView, IntakeReport, TrainView, type Track, type TrackingEvent } from '@yidan/api/contract'
import type { BillDocument, BillId, ContainerNumber, Hash } from '@yidan/ledger'
import type { Caller } from '../../api/src/access/caller.ts'
import { Problem } from '../../api/src/http/problem.ts'
import type { Directory } from '../../api/src/parties/directory.ts'
import { positionHandlers } from '../../api/src/positions/index.ts'
import { trackingHandlers } from '../../api/src/tracking/index.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { aPerson, portsOver } from '../live/open-hub.ts'
import { billFrom } from '../support/bill-documents.ts'
import { act, aCast, aContainer, anApprovedBill, issueArgs, type Cast } from '../support/ledger-actors.ts'
import { aSender, equipment, frozen, openLog, position, received, transport, withdrawal, type OpenedLog } from './open-log.ts'

const directory = { byParties: (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, { name: '示例码头', nameEn: 'Sample Terminal' }]))) } as unknown as Directory
const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('following boxes', () => {
  let open: OpenedLog
  let cast: Cast
  let document: BillDocument
  let billId: BillId
  let docHash: Hash
  let containers: ContainerNumber[]
  let now: Date

  beforeEach(async () => {
    now = new Date(Date.UTC(2026, 10, 25))
    open = await openLog()
    cast = await aCast(open.ledger, open.opened.registrar)
    ;({ billId, docHash } = await anApprovedBill(open.ledger, cast))
    containers = [aContainer(), aContainer(), aContainer()]
    const sample = billFrom('tractorsToSantos')
    document = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
    await append(frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash }))
    const issued = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers }) })
    await open.feed.upToLedger(issued.position)
  })
  afterEach(() => open.close())

  async function append(...entries: Parameters<OpenedLog['eventLog']['append']>[0]): Promise<void> {
    const { last } = await open.eventLog.append(entries)
    await open.feed.upTo(last, 60_000)
  }
  const happens = (...events: TrackingEvent[]): Promise<void> => append(...events.map((event) => received(event)))
  const handlers = () => trackingHandlers(portsOver(open, () => now), directory)
  const given = (caller: Caller, rest: object = {}) => ({ caller, language: 'en', concerns: () => undefined, params: {}, query: { limit: 25, entries: 50 }, ...rest }) as never
  const shipper = () => aPerson(cast.shipper.partyId, ['shipper'])
  const buyer = () => aPerson(cast.buyer.partyId, ['consignee'])
  const terminal = () => aPerson(cast.terminal.partyId, ['terminal'])
  const box = (index = 0): ContainerNumber => containers[index] as ContainerNumber
  const container = async (caller: Caller, number: string): Promise<ContainerView> => ContainerView.parse(await handlers().container(given(caller, { params: { container: number } })))
  const list = async (caller: Caller, query: object): Promise<{ items: { number: string; movement: string }[]; next: string | null; total: number | null }> => (await handlers().containers(given(caller, { query: { limit: 25, ...query } }))) as never
  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    const error = await attempt.then(() => null, (problem: unknown) => problem)
    return error instanceof Problem ? error.code : String(error)
  }

  it('shows the holder state, legs, timeline and what comes next', async () => {
    await happens(
      equipment({ container: box(), code: 'GTIN', at: at(0), eventLocation: { locationName: '东方红陆港', UNLocationCode: 'CNLYA' }, seals: [{ sealNumber: document.containers[0]?.seals[0]?.number ?? '' }] }),
      equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call, eventLocation: { UNLocationCode: 'CNLYA' } }),
      transport({ code: 'DEPA', at: at(10), ...call, UNLocationCode: 'CNLYA' }),
    )
    const view = await container(shipper(), box())
    expect(view).to.include({ movement: 'IN_TRANSIT', leg: 2, billNumber: document.billNumber, sealMismatch: false })
    expect(view.legs.map(({ progress, boxesAboard }) => [progress, boxesAboard])).to.deep.equal([['done', 0], ['under-way', 1], ['waiting', 0]])
    expect(view.legs[1]?.actualDeparture).to.equal(at(10))
    expect(view.timeline.map(({ code, leg }) => [code, leg])).to.deep.equal([['GTIN', 2], ['LOAD', 2], ['DEPA', 2]])
    expect(view.timeline[0]?.detail).to.contain('Sample Terminal')
    expect(view.next).to.deep.include({ code: 'ARRI', place: '黄岛港', late: false })
    expect((await container(shipper(), box(1))).movement).to.equal('EXPECTED')
  })

  it('shows each bill its legs together', async () => {
    await happens(...containers.slice(0, 2).flatMap((number) => [equipment({ container: number, code: 'GTIN', at: at(0) }), equipment({ container: number, code: 'LOAD', at: at(5), transportCall: call })]), transport({ code: 'DEPA', at: at(10), ...call }))
    const tracking = BillTracking.parse(await handlers().billTracking(given(shipper(), { params: { billNumber: document.billNumber } })))
    expect(tracking.containers.map(({ movement }) => movement)).to.deep.equal(['IN_TRANSIT', 'IN_TRANSIT', 'EXPECTED'])
    expect(tracking.legs[1]).to.include({ boxesAboard: 2, boxesDone: 0, progress: 'under-way' })
    expect(tracking.timeline.filter(({ code }) => code === 'DEPA')).to.have.length(1)
  })

  it('follows title: the old holder’s view ends, the new one’s begins, strangers see nothing', async () => {
    expect((await list(shipper(), {})).items.map(({ number }) => number)).to.deep.equal([...containers].sort())
    expect((await list(buyer(), {})).items).to.deep.equal([])
    const moved = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.feed.upToLedger(moved.position)
    expect((await list(shipper(), {})).items).to.deep.equal([])
    expect((await list(buyer(), {})).items).to.have.length(3)
    expect(await codeOf(container(shipper(), box()))).to.equal('not-found')
    expect(await codeOf(handlers().billTracking(given(shipper(), { params: { billNumber: document.billNumber } })))).to.equal('forbidden')
    expect((await container(buyer(), box())).billNumber).to.equal(document.billNumber)
    expect((await container(terminal(), box())).billNumber).to.equal(document.billNumber)
  })

  it('tells of a box all that its train did and went through while it was aboard, however late that was told, and nothing else', async () => {
    const crossing = (minute: number): Parameters<OpenedLog['eventLog']['append']>[0][number] => {
      const eventID = randomUUID()
      return { id: `geofence:${eventID}`, event: { type: 'geofence-crossed', eventID, at: at(minute), sender: aSender, container: null, service: 'X9136', fence: 'luoyang-station', direction: 'out' }, about: ['service:X9136'] }
    }
    const berth = { UNLocationCode: 'CNQDP' }
    await happens(equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call, eventLocation: { UNLocationCode: 'CNLYA' } }), transport({ code: 'DEPA', at: at(10), ...call, UNLocationCode: 'CNLYA' }))
    await append(crossing(12), crossing(3_000))
    await happens(equipment({ container: box(), code: 'DISC', at: at(600), transportCall: call, eventLocation: berth }), transport({ code: 'DEPA', at: at(7 * 1_440), ...call, UNLocationCode: 'CNLYA' }))
    await happens(transport({ code: 'ARRI', at: at(590), ...call, ...berth }))
    const told = ['LOAD', 'DEPA', 'GEOO', 'ARRI', 'DISC']
    expect((await container(shipper(), box())).timeline.map(({ code }) => code)).to.deep.equal(told)
    const ofBill = BillTracking.parse(await handlers().billTracking(given(shipper(), { params: { billNumber: document.billNumber } })))
    // Two of its boxes were left behind and wait: the next run may be theirs.
    expect(ofBill.timeline.map(({ code }) => code)).to.include.members(told)
  })

  it('shows a train with the boxes aboard that the caller may follow', async () => {
    await happens(equipment({ container: box(), code: 'GTIN', at: at(0) }), equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call }), transport({ code: 'DEPA', at: at(10), ...call, UNLocationCode: 'CNLYA' }), position({ at: at(40), latitude: 35.2, longitude: 115.4, transportCall: call }))
    // The run before this one is over and done with.
    await happens(transport({ code: 'DEPA', at: at(-10_000), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: at(-9_000), ...call, UNLocationCode: 'CNQDP' }))
    const train = TrainView.parse(await handlers().train(given(shipper(), { params: { service: 'x9136' } })))
    expect(train.calls.map(({ code, actualArrival, actualDeparture }) => [code, actualArrival, actualDeparture])).to.deep.equal([['CNLYA', null, at(10)], ['CNQDP', null, null]])
    expect(train.containers.find(({ number }) => number === box())).to.include({ movement: 'IN_TRANSIT' })
    expect(train.lastSeen).to.include({ latitude: 35.2, stale: true })
    expect((await container(shipper(), box())).lastSeen).to.include({ latitude: 35.2 })
    const stranger = TrainView.parse(await handlers().train(given(buyer(), { params: { service: 'X9136' } })))
    expect(stranger.containers).to.deep.equal([])
    expect(JSON.stringify(stranger)).not.to.contain(box())
    expect(await codeOf(handlers().train(given(shipper(), { params: { service: 'NO TRAIN' } })))).to.equal('not-found')
  })

  it('tells of a journey when its train left and came in, however often that number has run since', async () => {
    await happens(equipment({ container: box(), code: 'GTIN', at: at(0) }), equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call }), transport({ code: 'DEPA', at: at(10), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: at(1_500), ...call, UNLocationCode: 'CNQDP' }), equipment({ container: box(), code: 'DISC', at: at(1_560), transportCall: call }))
    const mistaken = transport({ code: 'DEPA', at: at(7), ...call, UNLocationCode: 'CNLYA' })
    await happens(mistaken, withdrawal(mistaken))
    const byRail = async (): Promise<unknown> => (await container(shipper(), box())).legs.slice(1, 2).map(({ actualDeparture, actualArrival, progress }) => ({ actualDeparture, actualArrival, progress }))
    const told = await byRail()
    expect(told).to.deep.equal([{ actualDeparture: at(10), actualArrival: at(1_500), progress: 'done' }])
    await happens(...Array.from({ length: 210 }, (_, week) => [transport({ code: 'DEPA', at: at((week + 1) * 10_080), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: at((week + 1) * 10_080 + 1_500), ...call, UNLocationCode: 'CNQDP' })]).flat())
    expect(await byRail()).to.deep.equal(told)
  })

  it('shows of a train number that has run for years what it did last, and as much of what was before as is asked for', async () => {
    const years = Array.from({ length: 30 }, (_, week) => [transport({ code: 'DEPA', at: at((week - 30) * 10_080), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'ARRI', at: at((week - 30) * 10_080 + 2_000), ...call, UNLocationCode: 'CNQDP' })]).flat()
    const [first, last] = [years[0], years.at(-1)]
    if (first === undefined || last === undefined) throw new Error('no run')
    await happens(...years, withdrawal(first))
    const shown = async (entries: number) => {
      const { timeline, hasEarlier } = TrainView.parse(await handlers().train(given(shipper(), { params: { service: 'X9136' }, query: { entries } })))
      return { first: timeline[0]?.at, last: timeline.at(-1)?.at, struck: timeline.filter(({ retracted }) => retracted).length, hasEarlier }
    }
    expect(await shown(11)).to.deep.equal({ first: years.at(-10)?.eventDateTime, last: last.eventDateTime, struck: 0, hasEarlier: true })
    expect(await shown(60)).to.deep.equal({ first: years[1]?.eventDateTime, last: last.eventDateTime, struck: 0, hasEarlier: true })
    expect(await shown(61)).to.deep.equal({ first: first.eventDateTime, last: last.eventDateTime, struck: 1, hasEarlier: false })
  })

  it('shows what a train did that left long before its plan', async () => {
    await happens(equipment({ container: box(), code: 'LOAD', at: at(-8_000), transportCall: call }), transport({ code: 'DEPA', at: at(-7_900), ...call, UNLocationCode: 'CNLYA' }), transport({ code: 'DEPA', at: at(-20_000), ...call, UNLocationCode: 'CNLYA' }))
    const train = TrainView.parse(await handlers().train(given(shipper(), { params: { service: 'X9136' } })))
    expect(train.calls.map(({ code, actualDeparture }) => [code, actualDeparture])).to.deep.equal([['CNLYA', at(-7_900)], ['CNQDP', null]])
  })

  it('tells the box’s own train from those of its number that left before and after it and are on the way too', async () => {
    now = new Date(at(900))
    const left = (minute: number): TrackingEvent => transport({ code: 'DEPA', at: at(minute), ...call, UNLocationCode: 'CNLYA' })
    const seen = (minute: number, latitude: number, longitude: number): TrackingEvent => position({ at: at(minute), latitude, longitude, transportCall: call })
    await happens(
      equipment({ container: box(), code: 'GTIN', at: at(-900) }), left(-830), equipment({ container: box(), code: 'LOAD', at: at(0), transportCall: call }), left(10),
      transport({ code: 'ARRI', at: at(1_460), kind: 'EST', ...call, UNLocationCode: 'CNQDP' }), transport({ code: 'ARRI', at: at(615), ...call, UNLocationCode: 'CNQDP' }), left(850),
      transport({ code: 'ARRI', at: at(2_300), kind: 'EST', ...call, UNLocationCode: 'CNQDP' }), seen(600, 36, 119.9), seen(700, 35.3, 116.3), seen(880, 34.7, 112.8), seen(890, 35.6, 117.3), seen(895, 34.7, 112.9),
    )
    const view = await container(shipper(), box())
    expect([view.movement, view.lastSeen?.at, view.next?.plannedAt]).to.deep.equal(['IN_TRANSIT', at(890), at(1_460)])
    expect(view.timeline.filter(({ code }) => code === 'DEPA' || code === 'ARRI').map((item) => item.at)).to.have.members([at(10), at(1_460)])
    const track = (await positionHandlers(portsOver(open)).containerTrack(given(shipper(), { params: { container: box() }, query: { limit: 1_000 } }))) as Track
    expect(track.points.map((point) => point.at)).to.deep.equal([at(700), at(890)])
    const inParts: string[] = []
    for (let from: string | null | undefined, part = 0; from !== null && part < 9; part += 1) {
      const { points, next } = (await positionHandlers(portsOver(open)).containerTrack(given(shipper(), { params: { container: box() }, query: { limit: 1, from } }))) as Track
      inParts.push(...points.map((point) => point.at))
      from = next
    }
    expect(inParts, 'each once').to.deep.equal([at(700), at(890)])
    const train = TrainView.parse(await handlers().train(given(terminal(), { params: { service: 'X9136' } })))
    expect(train.calls.map(({ code, actualDeparture, actualArrival }) => [code, actualDeparture, actualArrival])).to.deep.equal([['CNLYA', at(10), null], ['CNQDP', null, null]])
    expect(train.lastSeen).to.include({ at: at(890) })
    await happens(transport({ code: 'ARRI', at: at(1_500), ...call, UNLocationCode: 'CNQDP' }))
    expect((await container(shipper(), box())).movement).to.equal('ARRIVED')
    expect(TrainView.parse(await handlers().train(given(terminal(), { params: { service: 'X9136' } }))).calls.at(-1)?.actualArrival).to.equal(at(1_500))
  })

  it('knows where a train goes that runs again and again: as the bills of its boxes say, whatever is booked for next week', async () => {
    await happens(equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call }), transport({ code: 'DEPA', at: at(10), ...call }))
    const nextWeek = (moment: string): string => new Date(Date.parse(moment) + 7 * 86_400_000).toISOString()
    for (let bill = 0; bill < 4; bill += 1) {
      const later = { ...document, billId: `b${randomUUID().replaceAll('-', '')}` as BillId, containers: document.containers.map((one) => ({ ...one, number: aContainer() })), legs: document.legs.map((leg) => ({ ...leg, plannedDeparture: nextWeek(leg.plannedDeparture), plannedArrival: nextWeek(leg.plannedArrival) })) }
      await append(frozen(later, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash }))
    }
    const reader = openTrackingReader(portsOver(open, () => now))
    const planned = (await reader.legsOn(['X9136', 'X0000'])).get('X9136')?.map(({ plannedDeparture }) => new Date(plannedDeparture).toISOString()).sort()
    const thisWeek = new Date(document.legs.find(({ mode }) => mode === 'rail')?.plannedDeparture ?? '').toISOString()
    expect(planned?.[0]).to.equal(thisWeek)
    expect(planned?.at(-1)).to.equal(nextWeek(thisWeek))
  })

  it('strikes a withdrawn event out and takes its effect back', async () => {
    const wrong = equipment({ container: box(), code: 'GTOT', at: at(3) })
    await happens(equipment({ container: box(), code: 'GTIN', at: at(0) }), wrong)
    expect((await container(shipper(), box())).movement).to.equal('GATED_OUT')
    await happens(withdrawal(wrong))
    const view = await container(shipper(), box())
    expect(view.movement).to.equal('GATED_IN')
    expect(view.timeline.map(({ code, retracted }) => [code, retracted])).to.deep.equal([['GTIN', false], ['GTOT', true]])
  })

  it('pages and filters by what the trains report, without losing a box', async () => {
    const many = Array.from({ length: 60 }, () => aContainer('LYDU'))
    await happens(...many.map((number, index) => equipment({ container: number, code: index % 3 === 0 ? 'LOAD' : 'GTIN', at: at(1), ...(index % 3 === 0 ? { transportCall: call } : {}) })))
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await list(terminal(), { limit: 7, q: 'LYDU', ...(cursor ? { cursor } : {}) })
      expect(page.total).to.equal(60)
      seen.push(...page.items.map(({ number }) => number))
      if (page.next === null) break
      cursor = page.next
    }
    expect(seen).to.deep.equal([...many].sort())
    const loaded: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await list(terminal(), { limit: 4, movement: 'LOADED', ...(cursor ? { cursor } : {}) })
      loaded.push(...page.items.map(({ number }) => number))
      if (page.next === null) break
      cursor = page.next
    }
    expect(loaded).to.deep.equal(many.filter((_, index) => index % 3 === 0).sort())
    now = new Date(Date.UTC(2027, 5, 1))
    expect((await list(shipper(), { late: 'yes' })).items).to.have.length(3)
    expect((await list(shipper(), { q: document.billNumber })).items).to.have.length(3)
    expect((await list(shipper(), { q: '.*' })).items).to.have.length(0)
  })

  it('begins a new journey when the box is on a later bill, and leaves the earlier events behind', async () => {
    await happens(equipment({ container: box(), code: 'GTIN', at: at(0) }), equipment({ container: box(), code: 'LOAD', at: at(5), transportCall: call }))
    const cancelled = await act(open.ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.carrierSecond, cast.shipper], args: { reason: 'not shipped' } })
    await open.feed.upToLedger(cancelled.position)
    const next = await anApprovedBill(open.ledger, cast)
    const later = { ...billFrom('furnitureToHamburg'), billId: next.billId, containers: document.containers.slice(0, 1) }
    await append(frozen(later, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash: next.docHash }))
    const view = await container(shipper(), box())
    expect(view).to.deep.include({ billNumber: later.billNumber, movement: 'EXPECTED', timeline: [] })
  })

  describe('the intake', () => {
    const send = async (items: readonly unknown[], caller: Caller = terminal(), language = 'en'): Promise<IntakeReport> => IntakeReport.parse(await handlers().sendEvents(given(caller, { body: items, language })))
    type IntakeReport = ReturnType<typeof IntakeReport.parse>

    it('takes each event or refuses it by itself, with a code and words in the caller’s language', async () => {
      now = new Date()
      const good = equipment({ container: box(), code: 'GTIN', at: new Date(now.getTime() - 1000).toISOString() })
      const report = await send([
        good, { ...good, eventID: randomUUID(), equipmentReference: `${box().slice(0, 10)}${(Number(box().slice(10)) + 1) % 10}` }, { nonsense: true }, null, 'text', { ...good, eventID: randomUUID(), surprise: 1 },
        equipment({ container: box(), code: 'GTOT', at: new Date(now.getTime() + 11 * 60_000).toISOString() }), equipment({ container: box(), code: 'GTOT', at: new Date(now.getTime() + 9 * 60_000).toISOString() }),
        { ...equipment({ container: box(), code: 'DISC', at: new Date(now.getTime() + 86_400_000).toISOString() }), eventClassifierCode: 'EST' }, equipment({ container: aContainer(), code: 'GTIN', at: now.toISOString() }),
      ])
      expect(report).to.include({ accepted: 4, duplicates: 0 })
      expect(report.refused.map(({ index, code }) => [index, code])).to.deep.equal([[1, 'invalid-event'], [2, 'invalid-event'], [3, 'invalid-event'], [4, 'invalid-event'], [5, 'invalid-event'], [6, 'event-in-the-future']])
      expect(report.refused[0]?.message).to.match(/equipmentReference.*check digit/)
      expect((await send([{}], terminal(), 'zh')).refused[0]?.message).to.match(/不合格式/)
    })

    it('counts an event sent again, and refuses another one under its id', async () => {
      const event = equipment({ container: box(), code: 'GTIN', at: at(0) })
      expect(await send([event, event])).to.include({ accepted: 1, duplicates: 1 })
      expect(await send([event])).to.include({ accepted: 0, duplicates: 1 })
      const other = await send([{ ...event, equipmentEventTypeCode: 'GTOT' }])
      expect([other.accepted, other.duplicates, other.refused.map(({ code }) => code)]).to.deep.equal([0, 0, ['event-id-reused']])
      const stolen = await send([event], aPerson(cast.carrier.partyId, ['carrier']))
      expect(stolen.refused.map(({ code }) => code)).to.deep.equal(['event-id-reused'])
    })

    it('lets only the sender withdraw an event, and only on the same box', async () => {
      const event = equipment({ container: box(), code: 'GTIN', at: at(0) })
      await send([event])
      expect((await send([withdrawal(event)], aPerson(cast.carrier.partyId, ['carrier']))).refused.map(({ code }) => code)).to.deep.equal(['not-your-event'])
      expect((await send([{ ...withdrawal(event), equipmentReference: box(1) }])).refused.map(({ code }) => code)).to.deep.equal(['retraction-elsewhere'])
      expect(await send([withdrawal(event)])).to.include({ accepted: 1 })
      await open.feed.upTo(await open.eventLog.last())
      expect((await container(terminal(), box())).movement).to.equal('EXPECTED')
    })

    it('takes no event from those who have nothing to report', async () => {
      expect(await codeOf(send([equipment({ container: box(), code: 'GTIN', at: at(0) })], shipper()))).to.equal('forbidden')
      expect(aSender).to.match(/^p5/)
    })
  })
})
