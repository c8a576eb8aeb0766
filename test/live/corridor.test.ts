import { expect } from 'chai'
import { trainProjections } from '../../api/src/trains/projection.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { aPartyId } from '../support/ledger-actors.ts'
import { equipment, openLog, position, received, transport, type OpenedLog } from '../tracking/open-log.ts'
import { aPerson, listen, openTestHub, subscribe, type OpenedHub } from './open-hub.ts'
import { until } from '../support/until.ts'

const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

describe('the corridor’s room', () => {
  let open: OpenedLog, hub: OpenedHub
  beforeEach(async () => {
    open = await openLog()
    hub = await openTestHub(open, { dispatcher: aPerson(aPartyId(), ['terminal']) })
  })
  afterEach(async () => {
    await hub.close()
    await open.close()
  })

  it('hears that a train or vessel moved, once for each batch, and nothing of boxes', async () => {
    const dispatcher = await hub.connect('dispatcher')
    const heard = listen(dispatcher)
    expect((await subscribe(dispatcher, 'corridor:all')).ok).to.equal(true)
    await open.feed.upTo((await open.eventLog.append([received(equipment({ container: 'TBJU5123003', code: 'GTIN', at: at(0) }))])).last)
    const { last } = await open.eventLog.append([received(transport({ code: 'DEPA', at: at(1), ...call })), received(position({ at: at(2), latitude: 35, longitude: 113, transportCall: call }))])
    await until(() => heard.frames.length > 0)
    await hub.hub.settled()
    expect(heard.frames.map(({ code, position: told }) => [code, told])).to.deep.equal([['corridor-changed', last]])
  })

  it('tells who was away once that something moved meanwhile, and nothing when nothing did', async () => {
    const { last } = await open.eventLog.append([received(transport({ code: 'DEPA', at: at(1), ...call })), received(transport({ code: 'ARRI', at: at(9), ...call }))])
    await open.feed.upTo(last)
    await hub.hub.settled()
    const dispatcher = await hub.connect('dispatcher')
    const heard = listen(dispatcher)
    expect(await subscribe(dispatcher, 'corridor:all', last)).to.deep.equal({ ok: true, position: last })
    expect(heard.frames).to.deep.equal([])
    expect(await subscribe(dispatcher, 'corridor:all', 0)).to.deep.equal({ ok: true, position: last })
    await until(() => heard.frames.length > 0)
    expect(heard.frames.map(({ code }) => code)).to.deep.equal(['corridor-changed'])
  })

  it('is closed to strangers, and there is only one', async () => {
    expect(await subscribe(await hub.connect('nobody'), 'corridor:all')).to.deep.equal({ ok: false, code: 'not-signed-in' })
    expect(await subscribe(await hub.connect('dispatcher'), 'corridor:horgos')).to.deep.equal({ ok: false, code: 'not-found' })
  })

  it('is there for every view that is rebuilt beside it', () => {
    const names = [...trackingProjections(open), ...trainProjections(open)].flatMap(({ collections }) => collections)
    expect(new Set(names).size).to.equal(names.length)
  })
})
