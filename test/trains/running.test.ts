import { ProblemError, type Client, type Fault, type RunView } from '@yidan/api/contract'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { allLookedAt } from '../support/looked-at.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { aBox, boxesIn, confirmationOf, fiftyWagons, flat, forty, onWideWagons, railway, scan, toTashkent } from './a-train.ts'

/** A train of fifty wagons from Luoyang to Tashkent, from its plan to its confirmation. */
describe('a train with fifty wagons', () => {
  let platform: Platform, people: People
  let terminal: Client, holder: Client, stranger: Client
  let now = new Date('2026-11-24T02:00:00Z')
  let view: RunView
  let own: { number: string; seal: string }[] = []
  let wagons: ReturnType<typeof fiftyWagons> = []
  const joining = aBox()

  before(async () => {
    platform = await openPlatform({ clock: () => now, settings: { sessionDays: 400 } })
    people = await peopleFor(platform, 'solar')
    const { draft } = await issuedBill(platform, people, await aBooking('solar'))
    own = boxesOn(draft)
    terminal = platform.client(await platform.signInAs('terminal-manager'))
    holder = platform.client(await platform.signInAs('consignee-tashkent'))
    stranger = platform.client(await platform.signInAs('shipper-furniture'))
  })
  after(() => platform.close())

  const refusal = async (attempt: Promise<unknown>): Promise<{ status: number; code: string; errors: Fault[] }> => {
    const error = await attempt.then(() => null, (reason: unknown) => reason)
    if (!(error instanceof ProblemError)) throw new Error(`was not refused: ${String(error)}`)
    return { status: error.problem.status, code: error.problem.code, errors: error.problem.errors ?? [] }
  }
  const run = (): { run: RunView['run'] } => ({ run: view.run })
  const caughtUp = async (position: number): Promise<void> => platform.ports.feed.upTo(position, 60_000)

  it('is planned once for its day, with every fault of the plan told at once', async () => {
    const [first, second, ...rest] = toTashkent.calls
    const faulty = { ...toTashkent, calls: [{ ...first!, departure: null }, { ...second!, arrival: '2026-11-25T09:00:00+08:00', gaugeTo: 1435 as const }, ...rest.slice(0, -1), { ...rest.at(-1)!, code: 'CNSIA', arrival: null }] }
    const { status, code, errors } = await refusal(terminal.call('planTrain', { body: { service: 'x8206', plan: faulty } }))
    expect([status, code]).to.deep.equal([422, 'plan-faulty'])
    expect(errors.filter(({ severity }) => severity === 'fault').map(({ pointer, code: fault }) => [pointer, fault])).to.have.deep.members([
      ['/plan/calls/0/departure', 'departure-missing'], ['/plan/calls/1/departure', 'time-too-early'], ['/plan/calls/1/gaugeTo', 'gauge-unchanged'], ['/plan/calls/4/arrival', 'arrival-missing'], ['/plan/calls/4/code', 'place-twice'],
    ])
    view = await terminal.call('planTrain', { body: { service: 'x8206', plan: toTashkent } })
    expect(view).to.deep.include({ run: 'X8206.2026-11-24', service: 'X8206', date: '2026-11-24', state: 'planned', revision: 1, wagons: null })
    expect(view.calls.map(({ gauge }) => gauge)).to.deep.equal([1435, 1435, 1435, 1520, 1520])
    expect((await refusal(terminal.call('planTrain', { body: { service: 'X8206', plan: toTashkent } }))).code).to.equal('run-exists')
  })

  it('is changed while it stands, but keeps its day', async () => {
    const [first, ...rest] = toTashkent.calls
    const later = { ...toTashkent, calls: [{ ...first!, departure: '2026-11-25T01:00:00+08:00' }, ...rest] }
    expect((await refusal(terminal.call('changeTrainPlan', { params: run(), body: { revision: 1, plan: later } }))).errors.map(({ code }) => code)).to.deep.equal(['day-changed'])
    view = await terminal.call('changeTrainPlan', { params: run(), body: { revision: 1, plan: { ...toTashkent, remark: '中亚班列' } } })
    expect([view.revision, view.plan.remark]).to.deep.equal([2, '中亚班列'])
    expect((await refusal(terminal.call('changeTrainPlan', { params: run(), body: { revision: 1, plan: toTashkent } }))).code).to.equal('revision-conflict')
  })

  it('refuses a composition with every fault named by wagon and slot', async () => {
    const good = fiftyWagons(own.map(({ number }) => forty(number)))
    const [box] = boxesIn(good)
    const wrong = good.with(3, flat(3, [forty(box ?? '', { grossKg: 33_000 })], { payloadKg: 30_000 })).with(7, { ...good[7]!, number: '94000001' }).with(9, { ...good[9]!, boxes: [forty(`${aBox().slice(0, 10)}X`), forty(aBox(), { position: 2 })] })
    const { status, code, errors } = await refusal(terminal.call('composeTrain', { params: { ...run(), call: 1 }, body: { revision: 2, wagons: wrong } }))
    expect([status, code]).to.deep.equal([422, 'composition-faulty'])
    expect(errors.map(({ pointer, code: fault }) => [pointer, fault])).to.have.deep.members([
      ['/wagons/3/payloadKg', 'over-payload'], ['/wagons/3/boxes/0/grossKg', 'over-plate'], ['/wagons/3/boxes/0/container', 'box-twice'], ['/wagons/7/number', 'wagon-check-digit'],
      ['/wagons/9/boxes/0/container', 'box-number-shape'], ['/wagons/9/boxes/1/position', 'does-not-fit'], ['/wagons/9/boxes/1/position', 'slot-taken'],
    ])
    expect(errors.find(({ code: fault }) => fault === 'box-twice')?.message).to.match(/第 4 辆（5240003）1 位/)
    expect((await terminal.call('trainRun', { params: run() })).revision, 'nothing was kept').to.equal(2)
  })

  it('is composed as a whole, once for each revision', async () => {
    wagons = fiftyWagons(own.map(({ number }) => forty(number)))
    const attempts = await Promise.allSettled([1, 2].map(() => terminal.call('composeTrain', { params: { ...run(), call: 1 }, body: { revision: 2, wagons } })))
    expect(attempts.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    view = await terminal.call('trainRun', { params: run() })
    expect(view).to.deep.include({ state: 'composed', revision: 3, wagons: 50, boxes: 50, whole: true, findings: [] })
    expect(view.sections[0]?.totals).to.deep.equal({ boxes: 50, teu: 100, grossKg: 50 * 49_800, lengthMm: 50 * 16_366 })
  })

  it('gives no box to two trains at the same time, and takes it when they do not meet', async () => {
    const calls = [{ place: '洛阳东', code: 'CNLYA', arrival: null, departure: '2026-11-25T10:00:00+08:00' }, { place: '黄岛港', code: 'CNQDP', arrival: '2026-11-26T10:00:00+08:00', departure: null }]
    const other = await terminal.call('planTrain', { body: { service: 'X9136', plan: { corridor: 'qingdao', calls } } })
    const body = { revision: 1, wagons: [flat(900, [forty(own[0]?.number ?? '')])] }
    const { errors } = await refusal(terminal.call('composeTrain', { params: { run: other.run, call: 1 }, body }))
    expect(errors.map(({ code, pointer }) => [code, pointer])).to.deep.equal([['box-on-other-train', '/wagons/0/boxes/0/container']])
    expect(errors[0]?.message).to.include('X8206.2026-11-24')
    const next = await terminal.call('planTrain', { body: { service: 'X9136', plan: { corridor: 'qingdao', calls: calls.map((call) => ({ ...call, arrival: call.arrival && '2026-12-11T10:00:00+08:00', departure: call.departure && '2026-12-10T10:00:00+08:00' })) } } })
    expect((await terminal.call('composeTrain', { params: { run: next.run, call: 1 }, body })).boxes).to.equal(1)
  })

  it('shows a holder its own boxes on it, and a stranger none', async () => {
    const seen = await holder.call('trainRun', { params: run() })
    expect(seen).to.deep.include({ whole: false, boxes: own.length, findings: [] })
    expect(boxesIn(seen.sections[0]?.wagons ?? []).sort()).to.deep.equal(own.map(({ number }) => number).sort())
    expect(seen.sections[0]?.totals).to.equal(null)
    const foreign = boxesIn(wagons).find((container) => !own.some(({ number }) => number === container)) ?? ''
    expect(JSON.stringify(seen)).not.to.include(foreign)
    const nothing = await stranger.call('trainRun', { params: run() })
    expect(nothing.boxes).to.equal(0)
    expect(JSON.stringify(nothing)).not.to.include(own[0]?.number ?? '')
    for (const [client, q, found] of [[terminal, foreign, 1], [holder, foreign, 0], [holder, own[0]?.number ?? '', 2], [stranger, own[0]?.number ?? '', 0], [stranger, 'X8206', 1]] as const) {
      expect((await client.call('trainRuns', { query: { q } })).items, q).to.have.length(found)
    }
    for (const attempt of [stranger.call('loadingList', { params: { ...run(), call: 1 } }), holder.call('preAdvice', { params: { ...run(), call: 5 } }), holder.call('composeTrain', { params: { ...run(), call: 1 }, body: { revision: 3, wagons } })]) expect((await refusal(attempt)).status).to.equal(403)
  })

  it('checks the list against the scans and does not leave boxes behind unasked', async () => {
    const [late, ...there] = boxesIn(wagons).toReversed()
    await caughtUp(await scan(terminal, { code: 'GTIN', boxes: there.filter((container) => !own.some(({ number }) => number === container)), at: now.toISOString() }))
    const loaded = there.slice(0, -3)
    const stray = aBox()
    await caughtUp(await scan(terminal, { code: 'LOAD', boxes: loaded, at: new Date(now.getTime() + 60_000).toISOString(), service: 'X8206' }))
    const before = await terminal.call('loadingList', { params: { ...run(), call: 1 } })
    expect(before.counts).to.deep.include({ loaded: loaded.length, 'in-yard': 3, missing: 1 })
    expect(before.items.find(({ state }) => state === 'missing')?.container).to.equal(late)
    expect(before.items.some(({ container }) => container === stray)).to.equal(false)
    now = new Date('2026-11-24T12:05:00Z')
    const { code, errors } = await refusal(people.terminal.client.call('reportDeparture', { params: run(), body: { revision: 3, call: 1, at: '2026-11-24T12:02:00Z' } }))
    expect(code).to.equal('boxes-not-loaded')
    expect(errors).to.have.length(4)
    await caughtUp(await scan(terminal, { code: 'LOAD', boxes: there.slice(-3), at: '2026-11-24T12:00:00Z', service: 'X8206' }))
    view = await people.terminal.client.call('reportDeparture', { params: run(), body: { revision: 3, call: 1, at: '2026-11-24T12:02:00Z', withoutMissing: true } })
    expect(view).to.deep.include({ state: 'departed', revision: 4 })
    expect(view.reports.at(-1)?.report).to.deep.include({ kind: 'departed', wagons: 50, boxes: 50, missing: [late] })
    expect(view.calls[0]?.actualDeparture).to.equal('2026-11-24T12:02:00.000Z')
  })

  it('counts for every box aboard by one event', async () => {
    const box = await holder.call('container', { params: { container: own[0]?.number ?? '' } })
    expect(box.movement).to.equal('IN_TRANSIT')
    expect(await platform.ports.eventLog.about(`service:X8206`, 0, 100)).to.have.length(5)
    expect((await refusal(terminal.call('composeTrain', { params: { ...run(), call: 1 }, body: { revision: 4, wagons } }))).code).to.equal('train-departed')
  })

  it('lets boxes and wagons join and leave only where that is planned', async () => {
    const [, , ...kept] = wagons
    const changed = [...kept, flat(800, [forty(joining)])]
    expect((await refusal(terminal.call('composeTrain', { params: { ...run(), call: 3 }, body: { revision: 4, wagons: changed } }))).code).to.equal('no-exchange-here')
    view = await terminal.call('composeTrain', { params: { ...run(), call: 2 }, body: { revision: 4, wagons: changed } })
    expect(view.sections[1]).to.deep.include({ joined: { wagons: ['5240800'], boxes: [joining] }, left: { wagons: wagons.slice(0, 2).map(({ number }) => number), boxes: boxesIn(wagons.slice(0, 2)) } })
    wagons = changed
    await caughtUp(await railway(people.clerk.client, { code: 'ARRI', at: '2026-11-24T12:04:00Z', service: 'X8206', place: 'CNSIA' }))
    now = new Date('2026-11-25T00:30:00Z')
    view = await terminal.call('reportDeparture', { params: run(), body: { revision: 5, call: 2, at: '2026-11-25T00:10:00Z' } })
    expect(view.nextCall?.code).to.equal('CNHRS')
  })

  it('changes wagons at the border and keeps its boxes', async () => {
    const over = onWideWagons(wagons)
    const lost = over.slice(0, -1)
    const { errors } = await refusal(terminal.call('composeTrain', { params: { ...run(), call: 4 }, body: { revision: 6, wagons: lost } }))
    expect(errors.map(({ code }) => code)).to.deep.equal(boxesIn(over.slice(-1)).map(() => 'box-left-behind'))
    expect((await refusal(terminal.call('composeTrain', { params: { ...run(), call: 4 }, body: { revision: 6, wagons } }))).errors.filter(({ code }) => code === 'wagon-of-other-gauge')).to.have.length(wagons.length)
    view = await terminal.call('composeTrain', { params: { ...run(), call: 4 }, body: { revision: 6, wagons: over } })
    expect(view.sections.map(({ call, gauge, wagonCount }) => [call, gauge, wagonCount])).to.deep.equal([[1, 1435, 50], [2, 1435, 49], [4, 1520, 25]])
    expect(view.sections[2]).to.deep.include({ joined: { wagons: over.map(({ number }) => number), boxes: [] } })
    expect(view.findings.filter(({ severity }) => severity === 'fault')).to.deep.equal([])
  })

  it('is late for a reason, and says so to every box', async () => {
    now = new Date('2026-11-29T03:00:00Z')
    await caughtUp(await railway(people.clerk.client, { code: 'ARRI', at: '2026-11-29T02:30:00Z', service: 'X8206', place: 'CNHRS' }))
    const body = { revision: 7, call: 3, reason: 'border' as const, remark: '口岸排队', times: [{ call: 3, departure: '2026-11-30T06:00:00Z' }, { call: 5, arrival: '2026-12-03T09:00:00Z' }] }
    const backwards = await refusal(terminal.call('reportDelay', { params: run(), body: { ...body, times: [{ call: 1, departure: '2026-11-30T06:00:00Z' }, { call: 5, arrival: '2026-11-28T00:00:00Z' }, { call: 9, arrival: '2026-12-09T00:00:00Z' }] } }))
    expect(backwards.errors.map(({ pointer, code }) => [pointer, code])).to.deep.equal([['/times/0/call', 'call-behind'], ['/times/1/arrival', 'estimate-too-early'], ['/times/2/call', 'call-unknown']])
    view = await terminal.call('reportDelay', { params: run(), body })
    expect(view.delay).to.deep.equal({ minutes: 1320, reason: 'border' })
    expect(view.calls[4]).to.deep.include({ expectedArrival: '2026-12-03T09:00:00.000Z', delay: { minutes: 1680, reason: 'border' }, remark: '口岸排队' })
    const unit = (await stranger.call('corridorBoard', {})).units.find(({ service }) => service === 'X8206')
    expect(unit).to.deep.include({ state: 'standing', late: true, run: view.run, corridor: 'horgos', boxes: null })
    expect([unit?.from?.code, unit?.to?.code]).to.deep.equal(['CNHRS', 'KZATK'])
  })

  it('is announced to its station as a list and as a file', async () => {
    const advice = await terminal.call('preAdvice', { params: { ...run(), call: 5 } })
    expect(advice).to.deep.include({ code: 'UZTAS', expected: '2026-12-03T09:00:00.000Z', gauge: 1520 })
    expect(advice.totals).to.deep.include({ wagons: 25, boxes: 49, leaving: 49 })
    expect((await terminal.call('preAdvice', { params: { ...run(), call: 2 } })).totals.leaving, 'at Xi’an').to.equal(2)
    const answer = await platform.request(`/api/v1/train-runs/${view.run}/pre-advice/5/export`, { headers: { cookie: (await platform.signInAs('terminal-manager')).cookie } })
    const text = await answer.text()
    expect(answer.headers.get('content-type')).to.match(/text\/csv/)
    expect(text.split('\r\n').filter((line) => line !== '')).to.have.length(50)
    expect(text).to.match(/^车次,日期,到站/).and.to.include(joining)
  })

  it('is confirmed by the wagon list as found, with what differs', async () => {
    now = new Date('2026-12-03T08:00:00Z')
    for (const [place, code, at] of [['CNHRS', 'DEPA', '2026-11-30T05:00:00Z'], ['KZATK', 'ARRI', '2026-11-30T07:00:00Z'], ['KZATK', 'DEPA', '2026-11-30T20:00:00Z']] as const) await caughtUp(await railway(people.clerk.client, { code, at, service: 'X8206', place }))
    const found = confirmationOf(view, 5)
    const [first, second, ...rest] = found
    const swapped = [{ ...first!, boxes: second!.boxes }, { ...second!, boxes: first!.boxes.slice(0, 1) }, ...rest]
    view = await terminal.call('confirmArrival', { params: run(), body: { revision: 8, call: 5, at: '2026-12-03T07:40:00Z', wagons: swapped } })
    expect(view).to.deep.include({ state: 'arrived', nextCall: null })
    const { report } = view.reports.at(-1)!
    expect(report).to.deep.include({ kind: 'confirmed', wagons: 25, boxes: 48 })
    expect(report.kind === 'confirmed' && report.differences).to.deep.equal({ missingWagons: [], extraWagons: [], missingBoxes: first!.boxes.slice(1), extraBoxes: [], movedBoxes: [...second!.boxes, ...first!.boxes.slice(0, 1)] })
    expect((await terminal.call('trainRuns', { query: { state: 'arrived' } })).items.map(({ run: id }) => id)).to.deep.equal([view.run])
  })

  it('is the same after its view was dropped and read again from the log', async () => {
    await allLookedAt(platform)
    const before = await terminal.call('trainRun', { params: run() })
    await platform.ports.feed.rebuild()
    expect(await terminal.call('trainRun', { params: run() })).to.deep.equal(before)
    expect(platform.bugs).to.deep.equal([])
  })

  it('has arrived for good, however often its number is reported again', async () => {
    const before = await terminal.call('trainRun', { params: run() })
    now = new Date('2027-09-01T00:00:00Z')
    const told = Array.from({ length: 420 }, (_, index) => ({ code: index % 2 === 0 ? 'DEPA' : 'ARRI', at: new Date(Date.UTC(2027, 1, 10, index * 6)).toISOString() }))
    const { accepted, position } = await people.clerk.client.call('sendEvents', { body: told.map(({ code, at }) => ({ eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', transportEventTypeCode: code, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X8206', UNLocationCode: 'CNCGO' } })) })
    expect(accepted).to.equal(420)
    await caughtUp(position)
    const { state, calls } = await terminal.call('trainRun', { params: run() })
    expect({ state, calls }).to.deep.equal({ state: 'arrived', calls: before.calls })
  })
})
