import { expect } from 'chai'
import type { BillDocument } from '@yidan/ledger'
import { act, aCast, aContainer, anApprovedBill, issueArgs, type Cast } from '../support/ledger-actors.ts'
import { billFrom } from '../support/bill-documents.ts'
import { equipment, frozen, openLog, position, received, transport, type OpenedLog } from '../tracking/open-log.ts'
import { aPerson, listen, openTestHub, subscribe, type OpenedHub } from './open-hub.ts'
import { until } from '../support/until.ts'

describe('the live hub', () => {
  let open: OpenedLog
  let hub: OpenedHub
  let cast: Cast
  let document: BillDocument
  const box = (index = 0): string => document.containers[index]?.number ?? ''

  beforeEach(async () => {
    open = await openLog()
    cast = await aCast(open.ledger, open.opened.registrar)
    const { billId, docHash } = await anApprovedBill(open.ledger, cast)
    const containers = [aContainer(), aContainer()]
    const sample = billFrom('tractorsToSantos')
    document = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
    await open.eventLog.append([frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash })])
    const issued = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers }) })
    await open.feed.upToLedger(issued.position)
    hub = await openTestHub(open, {
      carrier: aPerson(cast.carrier.partyId, ['carrier']), shipper: aPerson(cast.shipper.partyId, ['shipper']), buyer: aPerson(cast.buyer.partyId, ['consignee']), thief: aPerson(cast.thief.partyId, ['forwarder']),
      terminal: aPerson(cast.terminal.partyId, ['terminal']),
    })
  })
  afterEach(async () => {
    await hub.close()
    await open.close()
  })

  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString()
  const send = (...events: Parameters<typeof received>[0][]): Promise<{ last: number }> => open.eventLog.append(events.map((event) => received(event)))

  it('tells the holder what happens to a box, on the box’s and the bill’s room, and what its train does', async () => {
    const shipper = await hub.connect('shipper')
    const heard = listen(shipper)
    expect((await subscribe(shipper, `container:${box()}`)).ok).to.equal(true)
    expect((await subscribe(shipper, `bill:${document.billNumber}`)).ok).to.equal(true)
    await send(equipment({ container: box(), code: 'GTIN', at: at(1) }), transport({ code: 'DEPA', at: at(2), modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' }), position({ container: box(1), latitude: 34, longitude: 112, at: at(3) }))
    await until(() => heard.frames.length >= 5)
    expect(heard.frames.filter(({ room }) => room.startsWith('container:')).map(({ code }) => code)).to.deep.equal(['GTIN', 'DEPA'])
    expect(heard.frames.filter(({ room }) => room.startsWith('bill:')).map(({ code }) => code)).to.deep.equal(['GTIN', 'DEPA', 'POSITION'])
    expect(heard.frames[0]?.item?.code).to.equal('GTIN')
  })

  it('turns strangers away from every room', async () => {
    const thief = await hub.connect('thief')
    expect(await subscribe(thief, `bill:${document.billNumber}`)).to.deep.equal({ ok: false, code: 'forbidden' })
    expect(await subscribe(thief, `container:${box()}`)).to.deep.equal({ ok: false, code: 'not-found' })
    expect(await subscribe(thief, `company:${aPerson(cast.shipper.partyId, []).company.id}`)).to.deep.equal({ ok: false, code: 'forbidden' })
    expect(await subscribe(thief, 'bill:LYLG2611999999X')).to.deep.equal({ ok: false, code: 'not-found' })
    expect((await subscribe(thief, 'nonsense')).ok).to.equal(false)
    const nobody = await hub.connect('nobody')
    expect(await subscribe(nobody, 'train:X9136')).to.deep.equal({ ok: false, code: 'not-signed-in' })
  })

  it('does not let a page of another site in', async () => {
    const { io } = await import('socket.io-client')
    const socket = io(hub.address, { path: '/live', transports: ['websocket'], extraHeaders: { 'x-name': 'shipper', origin: 'https://evil.example' }, reconnection: false, forceNew: true })
    const outcome = await new Promise((resolve) => {
      socket.on('connect', () => resolve('connected'))
      socket.on('connect_error', () => resolve('refused'))
    })
    socket.disconnect()
    expect(outcome).to.equal('refused')
  })

  it('resumes without a gap and without a double while events keep coming', async () => {
    const reader = await hub.connect('shipper')
    const first = listen(reader)
    const room = `container:${box()}`
    await subscribe(reader, room, 0)
    let sent = 0
    let stopped = false
    const writing = (async () => {
      while (!stopped) {
        const { last } = await send(...Array.from({ length: 5 }, () => equipment({ container: box((sent += 1) % 2), code: 'CROS', at: at(sent) })))
        if (last > 1_500) break
      }
    })()
    await until(() => first.frames.length > 20)
    reader.disconnect()
    const seen = [...first.frames]
    for (let turn = 0; turn < 8; turn += 1) {
      const again = await hub.connect('shipper')
      const heard = listen(again)
      const answer = await subscribe(again, room, seen.at(-1)?.position ?? 0)
      expect(answer.ok).to.equal(true)
      await new Promise((resolve) => setTimeout(resolve, 60))
      again.disconnect()
      seen.push(...heard.frames)
    }
    stopped = true
    await writing
    const last = seen.at(-1)?.position ?? 0
    const all = (await open.eventLog.about(room, 0, 10_000)).map((entry) => entry.position).filter((one) => one <= last)
    expect(seen.map((frame) => frame.position)).to.deep.equal(all)
    expect(all.length).to.be.greaterThan(50)
  })

  it('ends the old holder’s view on endorsement before the next event is sent, and lets the new holder in', async () => {
    const [shipper, buyer] = [await hub.connect('shipper'), await hub.connect('buyer')]
    const [old, fresh] = [listen(shipper), listen(buyer)]
    await subscribe(shipper, `container:${box()}`)
    await subscribe(shipper, `bill:${document.billNumber}`)
    expect((await subscribe(buyer, `container:${box()}`)).ok).to.equal(false)
    await send(equipment({ container: box(), code: 'GTIN', at: at(1) }))
    const moved = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: document.billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.feed.upToLedger(moved.position)
    await until(() => old.closed.length === 2)
    await send(equipment({ container: box(), code: 'LOAD', at: at(2) }))
    expect((await subscribe(buyer, `container:${box()}`, 0)).ok).to.equal(true)
    await until(() => fresh.frames.length === 2)
    expect(old.closed.map(({ code }) => code)).to.deep.equal(['title-moved', 'title-moved'])
    expect(new Set(old.frames.map(({ code }) => code))).to.deep.equal(new Set(['GTIN']))
    expect(await subscribe(shipper, `container:${box()}`)).to.deep.equal({ ok: false, code: 'not-found' })
  })

  it('cuts within one batch: what follows an endorsement in the same batch is not seen by the old holder', async () => {
    const shipper = await hub.connect('shipper')
    const heard = listen(shipper)
    await subscribe(shipper, `bill:${document.billNumber}`)
    await open.feed.stop()
    await send(equipment({ container: box(), code: 'GTIN', at: at(1) }))
    const receipt = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: document.billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.eventLog.append([{ id: `ledger:${receipt.position}`, event: { type: 'ledger-recorded', record: receipt }, about: [`bill:${document.billId}`] }])
    await send(equipment({ container: box(), code: 'LOAD', at: at(2) }))
    await open.feed.start()
    await until(() => heard.closed.length === 1)
    await hub.hub.settled()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(heard.frames.map(({ code }) => code)).to.deep.equal(['GTIN'])
  })

  it('tells companies that their inbox has changed, without saying more', async () => {
    const buyer = await hub.connect('buyer')
    const heard = listen(buyer)
    const company = aPerson(cast.buyer.partyId, []).company.id
    expect((await subscribe(buyer, `company:${company}`)).ok).to.equal(true)
    await act(open.ledger, { by: cast.shipper, action: 'offerPossession', subject: document.billId, args: { to: cast.buyer.partyId, expiresAt: new Date(Date.now() + 86_400_000).toISOString() as never } })
    await until(() => heard.frames.length === 1)
    expect(heard.frames[0]).to.include({ kind: 'inbox', code: 'possession-offered', room: `company:${company}` })
  })

  it('disconnects a session that was revoked', async () => {
    const shipper = await hub.connect('shipper')
    const heard = listen(shipper)
    await subscribe(shipper, `bill:${document.billNumber}`)
    const gone = new Promise((resolve) => shipper.on('disconnect', resolve))
    hub.hub.cut({ type: 'session', sessionId: aPerson(cast.shipper.partyId, []).sessionId })
    await gone
    expect(heard.closed).to.deep.equal([{ room: `bill:${document.billNumber}`, code: 'session-expired' }])
  })

  it('lets go whose access was ended in another process, by the log: of one batch exactly what came before', async () => {
    const [shipper, terminal] = [await hub.connect('shipper'), await hub.connect('terminal')]
    const heard = listen(shipper), beside = listen(terminal)
    expect((await subscribe(shipper, `container:${box()}`)).ok).to.equal(true)
    expect((await subscribe(terminal, `container:${box()}`)).ok).to.equal(true)
    const { person, sessionId } = aPerson(cast.shipper.partyId, [])
    for (const ended of [{ type: 'session', sessionId: 'se_somebody' }, { type: 'session', sessionId }, { type: 'person', personId: person.id }] as const) {
      await open.eventLog.append([received(equipment({ container: box(), code: 'INSP', at: at(1) })), { id: JSON.stringify(ended), event: { type: 'access-ended', ended }, about: [] }, received(equipment({ container: box(), code: 'INSP', at: at(2) }))])
    }
    await until(() => beside.frames.length === 6)
    expect(heard.frames.map(({ item }) => item?.at)).to.deep.equal([at(1), at(2), at(1)])
    expect(heard.closed).to.deep.equal([{ room: `container:${box()}`, code: 'session-expired' }])
    expect(shipper.connected).to.equal(false)
  })

  it('lets a reader go that does not read, keeps little for it, and lets it resume', async () => {
    await readerThatStops(hub.address, `container:${box()}`)
    expect(hub.hub.sockets()).to.equal(1)
    let packets = 0
    for (; hub.hub.sockets() > 0; packets += 1) {
      if (packets > 2_000) throw new Error('the slow reader was never let go')
      const { last } = await send(equipment({ container: box(), code: 'CROS', at: at(packets) }), equipment({ container: box(), code: 'CROS', at: at(packets + 1) }))
      await open.feed.upTo(last, 60_000)
    }
    const again = await hub.connect('terminal')
    const end = await open.eventLog.last()
    const heard = listen(again)
    expect((await subscribe(again, `container:${box()}`, end - 40)).ok).to.equal(true)
    expect(heard.frames.map((frame) => frame.position)).to.deep.equal(Array.from({ length: 40 }, (_, index) => end - 39 + index))
  })

  it('brings along whoever missed thousands of events while more come in: none missing, none twice', async () => {
    await open.feed.upTo((await send(...Array.from({ length: 5_000 }, (_, index) => equipment({ container: box(), code: 'CROS', at: at(index) })))).last, 60_000)
    const late = await hub.connect('terminal')
    const heard = listen(late)
    let over = false
    const writing = (async () => {
      for (let minute = 5_000; !over && minute < 9_000; minute += 2) await open.eventLog.append([0, 1].map((next) => received(equipment({ container: box(), code: 'CROS', at: at(minute + next) }))))
    })()
    const answer = await subscribe(late, `container:${box()}`, 0)
    over = true
    await writing
    expect(answer.ok).to.equal(true)
    const all = (await open.eventLog.about(`container:${box()}`, 0, 10_000)).map(({ position: at }) => at)
    expect(all.length).to.be.above(5_000)
    await until(() => heard.frames.at(-1)?.position === all.at(-1))
    expect(heard.frames.map((frame) => frame.position)).to.deep.equal(all)
  })

  it('tells nothing twice to a reader whom another process had told more', async () => {
    const early = await hub.connect('terminal')
    const heard = listen(early)
    const end = await open.eventLog.last()
    const [seat] = await Promise.all([subscribe(early, `container:${box()}`, end), send(...[1, 2, 3].map((minute) => equipment({ container: box(), code: 'CROS', at: at(minute) })))])
    expect(seat.ok).to.equal(true)
    // The log has them; whether this process has told them yet or not, the reader has.
    const again = await hub.connect('terminal')
    const beside = listen(again)
    const { last } = await send(equipment({ container: box(), code: 'CROS', at: at(4) }))
    expect((await subscribe(again, `container:${box()}`, last)).position).to.be.at.least(last)
    await send(equipment({ container: box(), code: 'CROS', at: at(5) }))
    await until(() => heard.frames.length === 5 && beside.frames.length === 1)
    expect(beside.frames.map(({ item }) => item?.at)).to.deep.equal([at(5)])
  })

  it('asks a reader whose position lies beyond the log, as it was restored from a backup, to read the view again', async () => {
    const reader = await hub.connect('terminal')
    expect(await subscribe(reader, `container:${box()}`, (await open.eventLog.last()) + 1)).to.deep.equal({ ok: false, code: 'resync' })
    expect((await subscribe(reader, `container:${box()}`, await open.eventLog.last())).ok).to.equal(true)
  })
})

/** Signs in by long polling, subscribes, and never fetches again. */
async function readerThatStops(address: string, room: string): Promise<void> {
  const headers = { 'x-name': 'terminal' }
  const base = `${address}/live/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base, { headers })).text()).slice(1)) as { sid: string }
  const post = async (body: string): Promise<unknown> => (await fetch(`${base}&sid=${sid}`, { method: 'POST', body, headers: { ...headers, 'content-type': 'text/plain;charset=UTF-8' } })).text()
  const get = async (): Promise<string> => (await fetch(`${base}&sid=${sid}`, { headers })).text()
  await post('40')
  await get()
  await post(`420${JSON.stringify(['subscribe', { room }])}`)
  expect(await get()).to.match(/^430.*"ok":true/)
}
