import { expect } from 'chai'
import { ExceptionCounts, ExceptionView, type CompanyId, type ExceptionSummary, type PersonId, type TrackingEvent } from '@yidan/api/contract'
import type { BillDocument, BillId, ContainerNumber } from '@yidan/ledger'
import type { Caller, PersonCaller } from '../../api/src/access/caller.ts'
import { boxesConcerned, exceptionHandlers, exceptionProjections, openExceptions, type ExceptionWatcher } from '../../api/src/exceptions/index.ts'
import { changeEntry, exceptionIdOf } from '../../api/src/exceptions/changes.ts'
import { Problem } from '../../api/src/http/problem.ts'
import type { Directory } from '../../api/src/parties/directory.ts'
import { trackingHandlers } from '../../api/src/tracking/index.ts'
import { openTrackingReader, openTrackingWatch } from '../../api/src/tracking/view.ts'
import { aPerson, listen, openTestHub, portsOver, subscribe } from '../live/open-hub.ts'
import { billFrom } from '../support/bill-documents.ts'
import { act, aCast, aContainer, anApprovedBill, issueArgs, type Cast } from '../support/ledger-actors.ts'
import { equipment, frozen, openLog, position, received, transport, withdrawal, type OpenedLog } from '../tracking/open-log.ts'
import { until } from '../support/until.ts'

const clerk = { personId: 'pe_0000000000000001' as PersonId, name: '王调度' }
const directory = {
  byParties: () => Promise.resolve(new Map()), company: (id: CompanyId) => Promise.resolve({ id, name: '示例陆港' }),
  people: (ids: readonly PersonId[]) => Promise.resolve(new Map(ids.map((id) => [id, { name: id === clerk.personId ? clerk.name : '某人', companyId: 'co_x' as CompanyId }]))), staffOf: () => Promise.resolve([clerk]),
} as unknown as Directory
const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
/** Hours from the planned departure of the train, 2026-11-24 20:00 in Luoyang. */
const at = (hours: number): string => new Date(Date.UTC(2026, 10, 24, 12) + hours * 3_600_000).toISOString()
const luoyang = { eventLocation: { UNLocationCode: 'CNLYA' } }

describe('the exception desk', () => {
  let open: OpenedLog
  let cast: Cast
  let document: BillDocument
  let billId: BillId
  let containers: ContainerNumber[]
  let now: Date
  /** When entries of the log are made, where that matters; the ledger wants acts of today. */
  let recordedAt: Date | null
  let watcher: ExceptionWatcher

  beforeEach(async () => {
    now = new Date(at(-48))
    recordedAt = null
    open = await openLog({ clock: () => recordedAt ?? new Date() })
    cast = await aCast(open.ledger, open.opened.registrar)
    const approved = await anApprovedBill(open.ledger, cast)
    billId = approved.billId
    containers = [aContainer(), aContainer()]
    const sample = billFrom('tractorsToSantos')
    const [box] = sample.containers
    if (!box) throw new Error('the sample has boxes')
    document = { ...sample, billId, containers: [{ ...box, number: containers[0] as ContainerNumber, seals: [{ number: 'LY1' }], reefer: { setPointCelsius: '-18' } } as typeof box, { ...box, number: containers[1] as ContainerNumber, seals: [{ number: 'LY2' }] } as typeof box] }
    watcher = await openExceptions(portsOver(open, () => now))
    open.feed.onApplied((entries) => watcher.note(entries))
    await watcher.start()
    await append(frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash: approved.docHash }))
    const issued = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, approved.docHash, { containers }) })
    await open.feed.upToLedger(issued.position)
    await happens(...containers.map((container) => equipment({ container, code: 'GTIN', at: at(-5), ...luoyang })))
    now = new Date(at(-1))
  })
  afterEach(async () => {
    await watcher.stop()
    await open.close()
  })

  async function append(...entries: Parameters<OpenedLog['eventLog']['append']>[0]): Promise<void> {
    await open.eventLog.append(entries)
    await looked()
  }
  /** Everything is in the views, the watcher has looked, and what it wrote is in the views too. */
  async function looked(): Promise<void> {
    for (let before = -1; before !== (await open.eventLog.last()); ) {
      before = await open.eventLog.last()
      await open.feed.upTo(before, 60_000)
      await watcher.settled()
    }
  }
  const happens = (...events: TrackingEvent[]): Promise<void> => append(...events.map((event) => received(event)))
  const later = async (hours: number): Promise<void> => {
    now = new Date(at(hours))
    await watcher.sweep()
    await looked()
  }
  const desk = () => exceptionHandlers(portsOver(open, () => now), directory)
  const given = (caller: Caller, rest: object = {}) => ({ caller, language: 'en', concerns: () => undefined, params: {}, query: { limit: 25 }, ...rest }) as never
  const operator = (): PersonCaller => aPerson(cast.court.partyId, ['operator'], 'operator')
  const shipper = (): PersonCaller => aPerson(cast.shipper.partyId, ['shipper'])
  const list = async (caller: Caller = operator(), query: object = {}): Promise<ExceptionSummary[]> => ((await desk().exceptions(given(caller, { query: { limit: 25, ...query } }))) as { items: ExceptionSummary[] }).items
  const standing = async (caller?: Caller): Promise<string[]> => (await list(caller)).map(({ kind, state, container, service }) => `${kind} ${container ?? service} ${state}`).sort()
  const one = async (id: string, caller: Caller = operator()): Promise<ExceptionView> => ExceptionView.parse(await desk().exception(given(caller, { params: { exceptionId: id } })))
  const box = (index = 0): ContainerNumber => containers[index] as ContainerNumber
  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    const error = await attempt.then(() => null, (problem: unknown) => problem)
    return error instanceof Problem ? error.code : String(error)
  }
  const depart = (): Promise<void> => happens(...containers.map((container) => equipment({ container, code: 'LOAD', at: at(-1), transportCall: call, ...luoyang })), transport({ code: 'DEPA', at: at(0), ...call, UNLocationCode: 'CNLYA' }))

  /** Another bill, over the train of the day after. */
  async function issueForNextDay(container: ContainerNumber): Promise<void> {
    const approved = await anApprovedBill(open.ledger, cast)
    const [box] = document.containers
    if (!box) throw new Error('the sample has boxes')
    const dayLater = (text: string): string => new Date(Date.parse(text) + 24 * 3_600_000).toISOString()
    const legs = document.legs.map((leg) => ({ ...leg, plannedDeparture: dayLater(leg.plannedDeparture), plannedArrival: dayLater(leg.plannedArrival) })) as unknown as BillDocument['legs']
    await append(frozen({ ...document, billId: approved.billId, legs, containers: [{ ...box, number: container }] }, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash: approved.docHash }))
    const { position: issuedAt } = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: approved.billId, with: [cast.carrierSecond], args: issueArgs(cast, approved.docHash, { containers: [container] }) })
    await open.feed.upToLedger(issuedAt)
  }

  it('has nothing to show as long as nothing is wrong', async () => {
    expect(await standing()).to.deep.equal([])
    await depart()
    await later(1)
    expect(await standing()).to.deep.equal([])
  })

  it('calls a train late once for all its boxes, when the time has come and nobody reported anything, and ends it when it leaves', async () => {
    await later(1.9)
    expect(await standing()).to.deep.equal([])
    await later(2.1)
    expect(await standing()).to.deep.equal(['LATE X9136 open'])
    await happens(...containers.map((container) => equipment({ container, code: 'LOAD', at: at(2.2), transportCall: call, ...luoyang })), transport({ code: 'DEPA', at: at(2.5), ...call, UNLocationCode: 'CNLYA' }))
    expect(await standing()).to.deep.equal(['LATE X9136 ended'])
  })

  it('calls a train late as soon as it says so itself', async () => {
    await depart()
    await happens(transport({ code: 'ARRI', kind: 'EST', at: at(34), ...call, UNLocationCode: 'CNQDP' }))
    expect((await list())[0]).to.deep.include({ kind: 'LATE', service: 'X9136', state: 'open' })
    expect((await list())[0]?.cause).to.deep.include({ code: 'announced-late', values: { what: 'ARRI', place: 'CNQDP', hours: 10 } })
  })

  it('calls a moving train of which nobody hears stale, ends that with its next position, and opens it again', async () => {
    await depart()
    await happens(position({ at: at(3), latitude: 34.9, longitude: 115, transportCall: call }))
    await later(5.1)
    expect(await standing()).to.deep.equal(['STALE X9136 open'])
    await happens(position({ at: at(5.2), latitude: 35, longitude: 117, transportCall: call }))
    expect(await standing()).to.deep.equal(['STALE X9136 ended'])
    await later(8)
    expect((await list())[0]).to.include({ kind: 'STALE', state: 'open', times: 2 })
    expect((await one((await list())[0]?.id ?? '')).history.map(({ type }) => type)).to.deep.equal(['raised', 'gone', 'raised'])
  })

  it('finds a strange seal, a hold by customs, a door opened on the way and a reefer out of its range', async () => {
    await happens(equipment({ container: box(1), code: 'INSP', at: at(-4), seals: [{ sealNumber: 'XX999' }] }), equipment({ container: box(1), code: 'CUSS', at: at(-3) }))
    expect(await standing()).to.deep.equal([`CUSTOMS ${box(1)} open`, `SEAL ${box(1)} open`].sort())
    await depart()
    const iot = { eventType: 'IOT', eventID: crypto.randomUUID(), eventDateTime: at(1), eventClassifierCode: 'ACT', iotEventTypeCode: 'DETC', iotEventCode: 'DRO', equipmentReference: box() } as const
    const air = (hour: number, degrees: number): TrackingEvent => ({ eventType: 'REEFER', eventID: crypto.randomUUID(), eventDateTime: at(hour), eventClassifierCode: 'ACT', reeferEventTypeCode: 'MEAS', equipmentReference: box(), measuredParameters: { returnAirTemperatureValue: degrees, temperatureUnit: 'FAH' } })
    await happens(iot, air(1, 14))
    expect(await standing()).to.deep.equal([`CUSTOMS ${box(1)} open`, `SEAL ${box(1)} open`, `DOOR ${box()} open`, `TEMPERATURE ${box()} open`].sort())
    expect((await list(operator(), { kind: 'TEMPERATURE' }))[0]?.cause).to.deep.include({ code: 'too-warm', values: { measured: -10, setPoint: -18 } })
    await happens(air(2, 0), equipment({ container: box(1), code: 'CUSR', at: at(-2) }), withdrawal(iot))
    expect(await standing()).to.deep.equal([`CUSTOMS ${box(1)} ended`, `SEAL ${box(1)} open`, `DOOR ${box()} ended`, `TEMPERATURE ${box()} ended`].sort())
    const tracking = trackingHandlers(portsOver(open, () => now), directory)
    expect(await tracking.container(given(shipper(), { params: { container: box() } }))).to.deep.include({ reefer: { at: at(2), setPoint: -18, supply: null, return: -17.8, humidity: null } })
  })

  it('calls a box late that has not come in, or was left behind by its train', async () => {
    await happens(equipment({ container: box(1), code: 'LOAD', at: at(-1), transportCall: call, ...luoyang }), transport({ code: 'DEPA', at: at(0), ...call, UNLocationCode: 'CNLYA' }))
    await happens(equipment({ container: box(), code: 'GTIN', at: at(1), ...luoyang }))
    expect(await standing()).to.deep.equal([`LATE ${box()} open`])
    expect((await list())[0]?.cause.code).to.equal('missed')
  })

  it('looks at each run of a train number that is on the way twice at once', async () => {
    const byRun = async (): Promise<string[]> => (await list()).filter(({ service }) => service !== null).map(({ kind, state, service, run }) => `${kind} ${service} ${run} ${state}`).sort()
    const seen = (hours: number, latitude: number, longitude: number) => position({ at: at(hours), latitude, longitude, transportCall: call })
    await depart()
    const next = aContainer()
    await issueForNextDay(next)
    await happens(equipment({ container: next, code: 'GTIN', at: at(20), ...luoyang }), seen(24, 34.9, 115))
    await later(26.1)
    expect(await byRun()).to.deep.equal(['LATE X9136 2026-11-24 open', 'LATE X9136 2026-11-25 open', 'STALE X9136 2026-11-24 open'])
    const told = async (run: string): Promise<string[]> => (await boxesConcerned({ reader: openTrackingReader(open), watch: openTrackingWatch(open) }, { container: null, service: 'X9136', run })).map(({ _id }) => _id)
    expect([await told('2026-11-24'), await told('2026-11-25')], 'boxes on each').to.deep.equal([[...containers].sort(), [next]])
    await happens(equipment({ container: next, code: 'LOAD', at: at(26.2), transportCall: call, ...luoyang }), transport({ code: 'DEPA', at: at(26.5), ...call, UNLocationCode: 'CNLYA' }), seen(28, 34.65, 113))
    await later(28.6)
    expect(await byRun(), 'it was the second that was seen').to.deep.equal(['LATE X9136 2026-11-24 open', 'LATE X9136 2026-11-25 ended', 'STALE X9136 2026-11-24 open'])
    await happens(seen(28.5, 36, 119.5))
    await later(30.1)
    expect(await byRun()).to.deep.equal(['LATE X9136 2026-11-24 open', 'LATE X9136 2026-11-25 ended', 'STALE X9136 2026-11-24 ended', 'STALE X9136 2026-11-25 open'])
    await happens(transport({ code: 'ARRI', at: at(30.2), ...call, UNLocationCode: 'CNQDP' }))
    expect(await byRun(), 'the first is in').to.deep.equal(['LATE X9136 2026-11-24 ended', 'LATE X9136 2026-11-25 ended', 'STALE X9136 2026-11-24 ended', 'STALE X9136 2026-11-25 open'])
  })

  it('of a train is told to whoever had a box on that run, and not to those of an earlier run of the same number', async () => {
    await depart()
    await happens(transport({ code: 'ARRI', at: at(30), ...call, UNLocationCode: 'CNQDP' }), ...containers.map((container) => equipment({ container, code: 'DISC', at: at(31), transportCall: call, eventLocation: { UNLocationCode: 'CNQDP' } })))
    const wrong = async (days: number): Promise<string> => {
      const subject = { container: null, service: 'X9136', billId: null, run: at(days * 24).slice(0, 10) }
      const exceptionId = exceptionIdOf('STALE', subject)
      now = recordedAt = new Date(at(days * 24 + 4))
      await append(changeEntry({ exceptionId, kind: 'STALE', subject, turn: 1, change: { type: 'raised', cause: { key: 'k', code: 'silent', at: now.toISOString(), values: {} }, billNumber: null } }))
      return exceptionId
    }
    const [own, next] = [await wrong(0), await wrong(21)]
    expect((await list(operator())).map(({ id }) => id)).to.deep.equal([next, own])
    expect((await list(shipper())).map(({ id }) => id)).to.deep.equal([own])
    expect((await one(own, shipper())).service).to.equal('X9136')
    expect(await codeOf(one(next, shipper()))).to.equal('not-found')
  })

  it('is told to who may follow the box, and only as long as they may', async () => {
    await happens(equipment({ container: box(), code: 'CUSS', at: at(-3) }))
    const id = (await list())[0]?.id ?? ''
    const buyer = aPerson(cast.buyer.partyId, ['consignee'])
    expect([await standing(shipper()), await standing(buyer)]).to.deep.equal([[`CUSTOMS ${box()} open`], []])
    expect(await codeOf(one(id, buyer))).to.equal('not-found')
    const moved = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.feed.upToLedger(moved.position)
    expect([await standing(shipper()), await standing(buyer)]).to.deep.equal([[], [`CUSTOMS ${box()} open`]])
    expect(await codeOf(one(id, shipper()))).to.equal('not-found')
    expect((await one(id, buyer)).may).to.deep.equal({ handle: false, decide: false })
  })

  describe('at work', () => {
    let id: string
    beforeEach(async () => {
      await happens(equipment({ container: box(), code: 'CUSS', at: at(-3) }))
      id = (await list())[0]?.id ?? ''
    })
    const at_ = (caller: Caller, body: object): never => given(caller, { params: { exceptionId: id }, body })

    it('is given to a person, noted on and closed with a reason; followers see neither names nor notes', async () => {
      await desk().assignException(at_(operator(), { personId: clerk.personId }))
      await desk().noteException(at_(operator(), { text: '已联系海关' }))
      const view = ExceptionView.parse(await desk().closeException(at_(operator(), { reason: '单证补齐' })))
      expect(view).to.include({ state: 'closed' })
      expect(view.assigned).to.include({ name: clerk.name })
      expect(view.history.map(({ type, text, to }) => [type, text, to?.name ?? null])).to.deep.equal([['raised', null, null], ['assigned', null, clerk.name], ['noted', '已联系海关', null], ['closed', '单证补齐', null]])
      const followed = await one(id, shipper())
      expect(followed.assigned).to.equal(null)
      expect(JSON.stringify(followed)).to.not.match(/王调度|已联系|单证补齐/)
      expect(await codeOf(desk().closeException(at_(operator(), { reason: 'again' })))).to.equal('exception-not-open')
    })

    it('stays closed as long as its cause is the same, and opens again when it happens again', async () => {
      await desk().closeException(at_(operator(), { reason: '误报' }))
      await happens(equipment({ container: box(), code: 'INSP', at: at(-2.5) }))
      expect(await standing()).to.deep.equal([`CUSTOMS ${box()} closed`])
      await happens(equipment({ container: box(), code: 'CUSR', at: at(-2) }))
      await happens(equipment({ container: box(), code: 'CUSI', at: at(-1.5) }))
      expect((await list())[0]).to.include({ state: 'open', times: 2 })
    })

    it('is handled by the operator and the bill’s carrier, by nobody else, and given to no stranger', async () => {
      expect(await codeOf(desk().noteException(at_(shipper(), { text: 'x' })))).to.equal('forbidden')
      expect(await codeOf(desk().noteException(at_(aPerson(cast.buyer.partyId, ['carrier']), { text: 'x' })))).to.equal('not-found')
      expect(await codeOf(desk().noteException(at_(aPerson(cast.carrier.partyId, ['carrier']), { text: 'x' })))).to.match(/null/)
      expect(await codeOf(desk().assignException(at_(operator(), { personId: 'pe_9999999999999999' })))).to.equal('unknown-person')
    })

    it('keeps both of two notes written at once', async () => {
      await Promise.all([desk().noteException(at_(operator(), { text: 'one' })), desk().noteException(at_(operator(), { text: 'two' }))])
      expect((await one(id)).history.flatMap(({ text }) => text ?? []).sort()).to.deep.equal(['one', 'two'])
    })

    it('counts, filters, pages and is written out as CSV', async () => {
      await happens(equipment({ container: box(1), code: 'CUSS', at: at(-3), seals: [{ sealNumber: 'XX999' }] }))
      await desk().assignException(at_(operator(), { personId: operator().person.id === clerk.personId ? null : clerk.personId }))
      expect(ExceptionCounts.parse(await desk().exceptionCounts(given(operator())))).to.deep.include({ open: 3, mine: 0, unassigned: 2 })
      expect(((await desk().exceptionCounts(given(operator()))) as ExceptionCounts).byKind).to.include({ CUSTOMS: 2, SEAL: 1, LATE: 0 })
      expect(await list(operator(), { assigned: 'none' })).to.have.length(2)
      expect(await list(operator(), { assigned: 'some' })).to.have.length(1)
      expect(await list(operator(), { q: box(1).slice(0, 11).toLowerCase() })).to.have.length(2)
      expect(await list(operator(), { q: '.*' })).to.have.length(0)
      expect(await list(operator(), { state: 'closed' })).to.have.length(0)
      const seen: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = (await desk().exceptions(given(operator(), { query: { limit: 1, ...(cursor ? { cursor } : {}) } }))) as { items: ExceptionSummary[]; next: string | null; total: number }
        expect(page.total).to.equal(3)
        seen.push(...page.items.map((item) => item.id))
        if (page.next === null) break
        cursor = page.next
      }
      expect(new Set(seen).size).to.equal(3)
      const { file } = (await desk().exportExceptions(given(operator(), { query: {} }))) as { file: string }
      expect(file.split('\r\n')).to.have.length(5)
      expect(file).to.contain(box(1)).and.to.contain(clerk.name)
    })
  })

  describe('with events put aside', () => {
    const terminal = (): PersonCaller => aPerson(cast.terminal.partyId, ['terminal'])
    const early = (): TrackingEvent => equipment({ container: box(), code: 'LOAD', at: at(-6), ...luoyang })
    const send = async (event: TrackingEvent): Promise<void> => {
      const report = await trackingHandlers(portsOver(open, () => now), directory).sendEvents(given(terminal(), { body: event }))
      expect((report as { putAside: unknown[] }).putAside).to.have.length(1)
      await looked()
    }
    const decide = async (event: TrackingEvent, body: object, caller: Caller = terminal()): Promise<unknown> => {
      const view = await desk().decidePutAside(given(caller, { params: { eventID: event.eventID }, body }))
      await looked()
      return view
    }
    const movement = async (): Promise<string> => ((await trackingHandlers(portsOver(open, () => now), directory).container(given(terminal(), { params: { container: box() } }))) as { movement: string }).movement

    it('opens IMPOSSIBLE, which a person of the terminal ends by believing the event', async () => {
      const event = early()
      await send(event)
      expect(await standing()).to.deep.equal([`IMPOSSIBLE ${box()} open`])
      const view = await one((await list())[0]?.id ?? '', terminal())
      expect(view.may).to.deep.equal({ handle: false, decide: true })
      expect(view.putAside[0]).to.deep.include({ eventID: event.eventID, state: 'open', code: 'LOAD' })
      expect(view.putAside[0]?.because[0]?.message).to.match(/before it was gated in/)
      expect(await movement()).to.equal('GATED_IN')
      expect(await decide(event, { decision: 'accepted', reason: '' })).to.include({ state: 'accepted' })
      expect(await standing()).to.deep.equal([`IMPOSSIBLE ${box()} ended`])
      const log = await open.eventLog.byId([`event:${event.eventID}`, `put-aside-decided:${event.eventID}`])
      expect([...log.values()].map(({ event: { type } }) => type).sort()).to.deep.equal(['put-aside-decided', 'tracking-received'])
      expect(await codeOf(decide(event, { decision: 'rejected', reason: 'no' }))).to.equal('not-put-aside')
    })

    it('keeps what was rejected, with the reason, and does not believe it', async () => {
      const event = early()
      await send(event)
      expect(await codeOf(decide(event, { decision: 'rejected', reason: 'no' }, shipper()))).to.equal('forbidden')
      expect(await decide(event, { decision: 'rejected', reason: '时钟错误' }, operator())).to.deep.include({ state: 'rejected', reason: '时钟错误' })
      expect(await movement()).to.equal('GATED_IN')
      expect(await standing()).to.deep.equal([`IMPOSSIBLE ${box()} ended`])
      const view = await one((await list())[0]?.id ?? '')
      expect(view.putAside[0]).to.deep.include({ state: 'rejected', reason: '时钟错误' })
      expect((await open.eventLog.byId([`event:${event.eventID}`])).size).to.equal(0)
    })

    it('is raised for a box of no bill too', async () => {
      const stray = aContainer()
      await happens(equipment({ container: stray, code: 'GTIN', at: at(-4), ...luoyang }))
      await send(equipment({ container: stray, code: 'LOAD', at: at(-4.5), ...luoyang }))
      expect(await standing()).to.deep.equal([`IMPOSSIBLE ${stray} open`])
    })
  })

  it('is told live: to the box’s room what it is, to the desk only that something changed', async () => {
    const hub = await openTestHub(open, { shipper: shipper(), operator: operator() })
    const [follower, atDesk] = [await hub.connect('shipper'), await hub.connect('operator')]
    const [heard, heardAtDesk] = [listen(follower), listen(atDesk)]
    expect((await subscribe(follower, `container:${box()}`)).ok && (await subscribe(atDesk, 'desk:exceptions')).ok).to.equal(true)
    await happens(equipment({ container: box(), code: 'CUSS', at: at(-3) }))
    await until(() => heard.frames.some(({ kind }) => kind === 'exception') && heardAtDesk.frames.length > 0)
    expect(heard.frames.find(({ kind }) => kind === 'exception')).to.include({ code: 'CUSTOMS', container: box() })
    expect(heardAtDesk.frames[0]).to.include({ kind: 'exception', code: 'changed', container: null })
    await hub.close()
  })

  it('a person’s own room is told of their notices alone, and opens to nobody else', async () => {
    const [reader, other] = [shipper(), { ...operator(), person: { ...operator().person, id: 'pe_00000000000000aa' as PersonId } }]
    const hub = await openTestHub(open, { reader, other })
    const [own, stranger] = [await hub.connect('reader'), await hub.connect('other')]
    const heard = listen(own)
    const room = `person:${reader.person.id}`
    expect(await subscribe(stranger, room)).to.include({ ok: false, code: 'forbidden' })
    expect((await subscribe(own, room)).ok).to.equal(true)
    const tell = (exceptionId: string, people: readonly PersonId[]) => ({ id: `people-notified:${exceptionId}`, event: { type: 'people-notified' as const, exceptionId, people }, about: people.map((person) => `person:${person}`) })
    await append(tell('ex_1', [other.person.id]), tell('ex_2', [other.person.id, reader.person.id]))
    await until(() => heard.frames.length > 0)
    expect(heard.frames.map(({ kind, code, container }) => [kind, code, container])).to.deep.equal([['notice', 'new', null]])
    await hub.close()
  })

  it('keeps naming the seal that was not the bill’s when the right one is read again', async () => {
    await happens(equipment({ container: box(1), code: 'INSP', at: at(-3), seals: [{ sealNumber: 'XX999' }] }))
    await happens(equipment({ container: box(1), code: 'INSP', at: at(-2.5), seals: [{ sealNumber: 'LY2' }] }))
    const [one] = await list()
    expect(one).to.deep.include({ kind: 'SEAL', state: 'open', times: 1 })
    expect(one?.cause.values).to.deep.equal({ found: 'XX999' })
  })

  it('is made again from the log, the same', async () => {
    await happens(equipment({ container: box(), code: 'CUSS', at: at(-3) }), equipment({ container: box(1), code: 'INSP', at: at(-3), seals: [{ sealNumber: 'XX' }] }))
    const names = exceptionProjections(open).flatMap(({ collections }) => [...collections])
    const before = await open.stored(names)
    expect(before).to.not.equal('')
    await open.feed.rebuild()
    expect(await open.stored(names)).to.equal(before)
  })

  it('is taken up where it was left when the process had ended', async () => {
    await watcher.stop()
    await open.eventLog.append([received(equipment({ container: box(), code: 'CUSS', at: at(-3) }))])
    await open.feed.upTo(await open.eventLog.last())
    expect(await standing()).to.deep.equal([])
    watcher = await openExceptions(portsOver(open, () => now))
    await watcher.start()
    await open.feed.upTo(await open.eventLog.last())
    expect(await standing()).to.deep.equal([`CUSTOMS ${box()} open`])
  })
})
