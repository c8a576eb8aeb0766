import { expect } from 'chai'
import type { Guest } from '../../api/src/live/guests.ts'
import { containerNumbers } from '../support/bill-documents.ts'
import { equipment, openLog, position, received, transport, type OpenedLog } from '../tracking/open-log.ts'
import { aPerson, listen, openTestHub, subscribe, type OpenedHub } from './open-hub.ts'
import { until } from '../support/until.ts'

const [box = ''] = containerNumbers(1)
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString()

describe('guests of a share link at the hub', () => {
  let open: OpenedLog, hub: OpenedHub
  const guests: Record<string, Guest> = {}
  before(async () => {
    open = await openLog()
    const sharer = aPerson(`p${'1'.repeat(32)}` as never, ['terminal'])
    const expiresAt = new Date(Date.now() + 600_000)
    guests['box'] = { shareId: 'sh_box', room: `container:${box}`, billId: null, sharer, expiresAt }
    guests['train'] = { shareId: 'sh_train', room: 'train:X9136', billId: null, sharer, expiresAt }
    guests['soon'] = { shareId: 'sh_soon', room: `container:${box}`, billId: null, sharer, expiresAt: new Date(Date.now() + 2_500) }
    hub = await openTestHub(open, { terminal: sharer }, guests)
    await send(equipment({ container: box, code: 'GTIN', at: at(0) }))
  })
  after(async () => {
    await hub?.close()
    await open?.close()
  })
  const send = async (...events: Parameters<typeof received>[0][]): Promise<void> => open.feed.upTo((await open.eventLog.append(events.map((event) => received(event)))).last)

  it('hear of a train where it is, and nothing of single boxes', async () => {
    const guest = await hub.connect('', ['websocket'], 'train')
    const heard = listen(guest)
    expect((await subscribe(guest, 'train:X9136')).ok).to.equal(true)
    await send(transport({ code: 'DEPA', at: at(1), modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' }), position({ container: box, latitude: 34, longitude: 112, at: at(2) }))
    await until(() => heard.frames.length > 0)
    expect(heard.frames.map(({ code, container, item }) => [code, container, item?.detail])).to.deep.equal([['DEPA', null, null]])
    expect(await subscribe(guest, `container:${box}`)).to.deep.equal({ ok: false, code: 'forbidden' })
  })

  it('get what they missed with as little in it as what is told live', async () => {
    const [guest, terminal] = [await hub.connect('', ['websocket'], 'box'), await hub.connect('terminal')]
    const [heard, whole] = [listen(guest), listen(terminal)]
    for (const one of [guest, terminal]) expect((await subscribe(one, `container:${box}`, 0)).ok).to.equal(true)
    await until(() => heard.frames.length > 0 && whole.frames.length > 0)
    expect(whole.frames[0]?.item?.detail).to.contain(box)
    expect(heard.frames.map(({ item }) => item?.detail ?? null)).to.deep.equal(heard.frames.map(() => null))
    expect(heard.frames.map((frame) => frame.position)).to.deep.equal(whole.frames.map((frame) => frame.position))
  })

  it('are let go when the time of the link is over, though nothing happens', async () => {
    const guest = await hub.connect('', ['websocket'], 'soon')
    const heard = listen(guest)
    expect((await subscribe(guest, `container:${box}`)).ok).to.equal(true)
    await until(() => heard.closed.length > 0)
    expect(heard.closed).to.deep.equal([{ room: `container:${box}`, code: 'share-expired' }])
  })

  it('are let go at the place in the log where another process ended the link', async () => {
    const [guest, terminal] = [await hub.connect('', ['websocket'], 'box'), await hub.connect('terminal')]
    const [heard, whole] = [listen(guest), listen(terminal)]
    for (const one of [guest, terminal]) expect((await subscribe(one, `container:${box}`)).ok).to.equal(true)
    await open.feed.stop()
    await open.eventLog.append([received(equipment({ container: box, code: 'LOAD', at: at(5) }))])
    await open.eventLog.append([{ id: 'share-ended:sh_box', event: { type: 'share-ended', shareId: 'sh_box' }, about: ['share:sh_box'] }])
    await open.eventLog.append([received(equipment({ container: box, code: 'CROS', at: at(6) }))])
    await open.feed.start()
    await until(() => whole.frames.length === 2)
    await hub.hub.settled()
    expect(heard.frames.map(({ code }) => code)).to.deep.equal(['LOAD'])
    expect(heard.closed).to.deep.equal([{ room: `container:${box}`, code: 'share-ended' }])
  })
})
