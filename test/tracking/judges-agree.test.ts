import { expect } from 'chai'
import type { TrackingEvent } from '@yidan/api/contract'
import type { BillDocument } from '@yidan/ledger'
import { takeIn } from '../../api/src/tracking/commands.ts'
import { openJudge } from '../../api/src/tracking/index.ts'
import { billFrom } from '../support/bill-documents.ts'
import { act, aCast, aContainer, anApprovedBill, issueArgs } from '../support/ledger-actors.ts'
import { mulberry } from '../support/mulberry.ts'
import { aSender, equipment, frozen, openLog, position, withdrawal, type OpenedLog } from './open-log.ts'

const rounds = 120
const spots = [{ UNLocationCode: 'CNLYA' }, { UNLocationCode: 'CNQDP' }, { UNLocationCode: 'NLRTM' }]

describe('what processes make of the same facts', () => {
  let open: OpenedLog
  before(async () => {
    open = await openLog()
  })
  after(() => open?.close())

  it(`is the same over ${rounds} messages, whether a process has followed the log from the start, hears of it now and then, or has just begun`, async () => {
    const random = mulberry(20261121)
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
    const boxes = Array.from({ length: 4 }, () => aContainer())
    const constant = openJudge(open), seldom = openJudge(open)
    const sent: TrackingEvent[] = []
    let accepted = 0, putAside = 0
    for (let round = 0; round < rounds; round += 1) {
      if (round === 40) {
        await planBoxes(open, boxes.slice(0, 2))
        await open.feed.upTo(await open.eventLog.last(), 60_000)
      }
      const events = Array.from({ length: 1 + Math.floor(random() * 4) }, (): TrackingEvent => {
        const container = pick(boxes), at = new Date(Date.UTC(2026, 10, 1) + round * 5_400_000 - (random() < 0.2 ? random() * 40 * 3_600_000 : random() * 3_600_000)).toISOString()
        if (sent.length > 0 && random() < 0.06) return withdrawal(pick(sent))
        if (sent.length > 0 && random() < 0.06) return pick(sent)
        if (random() < 0.2) return position({ container, at, latitude: 34 + random() * 3, longitude: 112 + random() * 8 })
        return equipment({ container, at, code: pick(['GTIN', 'LOAD', 'DISC', 'GTOT', 'CROS'] as const), eventLocation: random() < 0.9 ? spots[Math.floor(random() * 2.1)] : undefined, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: pick(['X9136', 'X9137']) } })
      })
      if (random() < 0.5) await open.feed.upTo(await open.eventLog.last(), 60_000)
      const answers = await Promise.all([constant, openJudge(open), ...(round % 7 === 0 ? [seldom] : [])].map((judge) => judge(events, aSender)))
      for (const answer of answers) expect(answer, `message ${round}`).to.deep.equal(answers[1])
      const report = await takeIn({ eventLog: open.eventLog, sender: aSender, items: events, now: new Date(Date.UTC(2027, 0, 1)), language: 'en', judge: constant })
      accepted += report.accepted
      putAside += report.putAside.length
      sent.push(...events.filter(({ retractedEventID }) => retractedEventID === undefined))
    }
    expect(accepted).to.be.above(100)
    expect(putAside).to.be.above(20)
  })
})

/** Boxes that were followed before get a bill. */
async function planBoxes(open: OpenedLog, containers: readonly BillDocument['containers'][number]['number'][]): Promise<void> {
  const cast = await aCast(open.ledger, open.opened.registrar)
  const { billId, docHash } = await anApprovedBill(open.ledger, cast)
  const sample = billFrom('tractorsToSantos')
  const document = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
  await open.eventLog.append([frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash })])
  const { position: at } = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers: [...containers] }) })
  await open.feed.upToLedger(at)
}
