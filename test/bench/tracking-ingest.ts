import type { Collection } from 'mongodb'
import { takeIn } from '../../api/src/tracking/commands.ts'
import { openJudge } from '../../api/src/tracking/index.ts'
import { containerNumbers } from '../support/bill-documents.ts'
import { aSender, equipment, openLog, received } from '../tracking/open-log.ts'
import { figure, inTurns, type Figure } from './measure.ts'

const batches = 10
const size = 1_000

/** Intake of 1,000-event batches as production takes them in: checked, held against what is known (`openJudge`), told apart and durable, beside a raw insertMany of the same documents. */
export async function trackingIngest(raw: Collection): Promise<Figure[]> {
  const open = await openLog()
  const boxes = containerNumbers(2_000)
  const judge = openJudge(open)
  let turn = 0
  let fresh: ReturnType<typeof equipment>[][] = []
  let position = 0
  let shown = 0
  const measured = await inTurns({
    rounds: 11,
    prepare: async () => {
      await open.feed.upTo(position, 120_000)
      turn += 1
      fresh = Array.from({ length: batches }, (_, batch) => Array.from({ length: size }, (_unused, index) => equipment({
        container: boxes[(batch * size + index) % boxes.length] ?? '', code: index % 2 ? 'LOAD' : 'GTIN', at: new Date(Date.now() - 3_600_000 + turn * 60_000 + batch * 1_000 + index).toISOString(),
        eventLocation: { locationName: 'Qingdao', UNLocationCode: 'CNTAO' }, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' },
      })))
    },
    baseline: async () => {
      for (const batch of fresh) await raw.insertMany(batch.map((event) => ({ ...received(event), at: new Date() })), { writeConcern: { w: 'majority', j: true } })
      return batches * size
    },
    subject: async () => {
      const started = performance.now()
      for (const items of fresh) position = (await takeIn({ eventLog: open.eventLog, sender: aSender, items, now: new Date(), language: 'en', judge })).position
      const acknowledged = performance.now() - started
      await open.feed.upTo(position, 120_000)
      shown = (batches * size) / ((performance.now() - started) / 1000)
      // The rate is that of acknowledged events; the views are waited for outside it.
      return (batches * size * (performance.now() - started)) / acknowledged
    },
  })
  await open.close()
  const note = `batches of ${size}; baseline: insertMany {w: majority, j: true} of the same documents`
  return [figure({ name: 'tracking.ingest', unit: 'events/s', ...measured, goal: { atLeast: 0.6 }, note: `${note}; last round with views: ${Math.round(shown)} events/s` })]
}
