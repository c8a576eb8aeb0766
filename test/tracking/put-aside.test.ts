import { expect } from 'chai'
import type { IntakeReport, TrackingEvent } from '@yidan/api/contract'
import type { BillDocument, ContainerNumber } from '@yidan/ledger'
import type { z } from 'zod'
import { takeIn } from '../../api/src/tracking/commands.ts'
import { openJudge } from '../../api/src/tracking/index.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { billFrom } from '../support/bill-documents.ts'
import { act, aCast, aContainer, anApprovedBill, issueArgs, type Cast } from '../support/ledger-actors.ts'
import { aSender, equipment, frozen, openLog, transport, withdrawal, type OpenedLog } from './open-log.ts'

const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' } as const
const at = (hour: number, minute = 0): string => new Date(Date.UTC(2026, 10, 24, hour, minute)).toISOString()
const luoyang = { eventLocation: { UNLocationCode: 'CNLYA' } }
const qingdao = { eventLocation: { UNLocationCode: 'CNQDP' } }

describe('what cannot be true is put aside', () => {
  let open: OpenedLog
  let box: ContainerNumber
  beforeEach(async () => {
    open = await openLog()
    box = aContainer()
  })
  afterEach(() => open.close())

  const send = (...events: TrackingEvent[]): Promise<z.infer<typeof IntakeReport>> => takeIn({ eventLog: open.eventLog, sender: aSender, items: events, now: new Date(Date.UTC(2027, 0, 1)), language: 'en', judge: openJudge(open) })
  const caughtUp = async (): Promise<void> => open.feed.upTo(await open.eventLog.last(), 60_000)
  const stateOf = async (): Promise<string | undefined> => (await openTrackingReader(open).box(box))?.state.movement

  it('names it in the report with the rule and the event it contradicts, keeps it in the log and does not believe it', async () => {
    const gateIn = equipment({ container: box, code: 'GTIN', at: at(12), ...luoyang })
    await send(gateIn)
    await caughtUp()
    const early = equipment({ container: box, code: 'LOAD', at: at(10), ...luoyang })
    const report = await send(early)
    expect(report).to.include({ accepted: 0, duplicates: 0 })
    expect(report.putAside).to.have.length(1)
    expect(report.putAside[0]).to.include({ index: 0, eventID: early.eventID, code: 'load-before-gate-in', against: gateIn.eventID })
    expect(report.putAside[0]?.message).to.match(/CNLYA/)
    const kept = (await open.eventLog.byId([`put-aside:${early.eventID}`])).get(`put-aside:${early.eventID}`)
    expect(kept?.event).to.deep.include({ type: 'tracking-put-aside', event: early, sender: aSender })
    await caughtUp()
    expect(await stateOf()).to.equal('GATED_IN')
    expect((await openTrackingReader(open).box(box))?.state.newest?.eventID).to.equal(gateIn.eventID)
  })

  it('knows what came a moment before, in the same message or in the log but not yet in the views', async () => {
    const report = await send(equipment({ container: box, code: 'GTIN', at: at(12), ...luoyang }), equipment({ container: box, code: 'GTIN', at: at(13), eventLocation: { UNLocationCode: 'DEHAM' } }))
    expect(report).to.include({ accepted: 1 })
    expect(report.putAside.map(({ index, code }) => [index, code])).to.deep.equal([[1, 'two-places-at-once']])
    expect((await send(equipment({ container: box, code: 'GTIN', at: at(11), eventLocation: { UNLocationCode: 'BRSSZ' } }))).putAside).to.have.length(1)
  })

  it('lets messages come late and out of order', async () => {
    const story = [
      equipment({ container: box, code: 'GTIN', at: at(8), ...luoyang }), equipment({ container: box, code: 'LOAD', at: at(10), transportCall: call, ...luoyang }), equipment({ container: box, code: 'CROS', at: at(15) }),
      equipment({ container: box, code: 'DISC', at: at(23), transportCall: call, ...qingdao }), equipment({ container: box, code: 'GTOT', at: at(23, 30), ...qingdao }),
    ]
    for (const index of [4, 1, 3, 0, 2]) expect((await send(story[index] as TrackingEvent)).putAside, `the ${index}th`).to.deep.equal([])
    await caughtUp()
    expect(await stateOf()).to.equal('GATED_OUT')
  })

  it('takes no plan, no estimate and no withdrawal for impossible', async () => {
    const gateIn = equipment({ container: box, code: 'GTIN', at: at(12), ...luoyang })
    await send(gateIn)
    expect((await send({ ...equipment({ container: box, code: 'LOAD', at: at(10), ...luoyang }), eventClassifierCode: 'PLN' }, withdrawal(gateIn))).putAside).to.deep.equal([])
    await caughtUp()
    expect((await send(equipment({ container: box, code: 'LOAD', at: at(10), ...luoyang }))).putAside, 'what was withdrawn contradicts nothing').to.deep.equal([])
  })

  it('counts it once when it is sent again, refuses another under its id, and believes it when nothing contradicts it any more', async () => {
    const gateIn = equipment({ container: box, code: 'GTIN', at: at(12), ...luoyang })
    const early = equipment({ container: box, code: 'LOAD', at: at(10), ...luoyang })
    await send(gateIn)
    await send(early)
    expect(await send(early)).to.deep.include({ accepted: 0, duplicates: 1, putAside: [] })
    expect((await send({ ...early, eventDateTime: at(9) })).refused.map(({ code }) => code)).to.deep.equal(['event-id-reused'])
    expect(await send(gateIn), 'what is believed stays so').to.include({ duplicates: 1 })
    await send(withdrawal(gateIn))
    expect(await send(early)).to.include({ accepted: 1 })
    await caughtUp()
    expect(await stateOf()).to.equal('LOADED')
  })

  it('does not hold what was put aside against what comes after it', async () => {
    await send(equipment({ container: box, code: 'GTIN', at: at(12), ...luoyang }), equipment({ container: box, code: 'GTIN', at: at(13), eventLocation: { UNLocationCode: 'DEHAM' } }))
    expect((await send(equipment({ container: box, code: 'LOAD', at: at(14), ...luoyang }))).putAside).to.deep.equal([])
  })

  describe('on a bill', () => {
    let cast: Cast
    let document: BillDocument
    beforeEach(async () => {
      cast = await aCast(open.ledger, open.opened.registrar)
      const { billId, docHash } = await anApprovedBill(open.ledger, cast)
      const sample = billFrom('tractorsToSantos')
      document = { ...sample, billId, containers: sample.containers.slice(0, 1).map((one) => ({ ...one, number: box })) }
      await open.eventLog.append([frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash })])
      await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers: [box] }) })
      await caughtUp()
    })

    it('a train that arrives before it has left', async () => {
      expect((await send(transport({ code: 'DEPA', at: at(15), ...call, UNLocationCode: 'CNLYA' }))).putAside).to.deep.equal([])
      const report = await send(transport({ code: 'ARRI', at: at(14), ...call, UNLocationCode: 'CNQDP' }), transport({ code: 'ARRI', at: at(23), ...call, UNLocationCode: 'CNQDP' }))
      expect(report.putAside.map(({ index, code }) => [index, code])).to.deep.equal([[0, 'arrival-before-departure']])
      expect(report.accepted).to.equal(1)
    })
  })
})
