import { performance } from 'node:perf_hooks'
import { takeIn } from '../../api/src/tracking/commands.ts'
import { containerNumbers } from '../support/bill-documents.ts'
import { aSender, equipment, openDatabase, openLog, received } from './open-log.ts'

/** Prints what intake of 1,000-event batches comes to against a raw insertMany of the same documents, in one run. */
const batches = Number(process.env['BATCHES'] ?? 30)
const size = 1_000
const boxes = containerNumbers(2_000)
const now = Date.now() - 3_600_000
const make = (batch: number) => Array.from({ length: size }, (_, index) => equipment({ container: boxes[(batch * size + index) % boxes.length] ?? '', code: index % 2 ? 'LOAD' : 'GTIN', at: new Date(now + batch * 1000 + index).toISOString(), eventLocation: { locationName: 'Qingdao', UNLocationCode: 'CNTAO' }, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' } }))

async function raw(): Promise<number> {
  const database = await openDatabase()
  const collection = database.db?.collection<{ _id: number }>('raw')
  const documents = Array.from({ length: batches + 2 }, (_, batch) => make(batch).map((event, index) => ({ _id: batch * size + index + 1, ...received(event), at: new Date() })))
  for (const batch of documents.slice(0, 2)) await collection?.insertMany(batch, { writeConcern: { w: 'majority', journal: true } })
  const start = performance.now()
  for (const batch of documents.slice(2)) await collection?.insertMany(batch, { writeConcern: { w: 'majority', journal: true } })
  const rate = (batches * size) / ((performance.now() - start) / 1000)
  await database.dropDatabase()
  await database.close()
  return rate
}

async function ours(): Promise<{ acknowledged: number; inViews: number }> {
  const open = await openLog()
  const all = Array.from({ length: batches + 2 }, (_, batch) => make(batch))
  let last = 0
  for (const items of all.slice(0, 2)) last = (await takeIn({ eventLog: open.eventLog, sender: aSender, items, now: new Date(), language: 'en' })).position
  await open.feed.upTo(last, 60_000)
  const start = performance.now()
  for (const items of all.slice(2)) last = (await takeIn({ eventLog: open.eventLog, sender: aSender, items, now: new Date(), language: 'en' })).position
  const acknowledged = (batches * size) / ((performance.now() - start) / 1000)
  await open.feed.upTo(last, 60_000)
  const inViews = (batches * size) / ((performance.now() - start) / 1000)
  await open.close()
  return { acknowledged, inViews }
}

for (let round = 0; round < 3; round += 1) {
  const baseline = await raw()
  const { acknowledged, inViews } = await ours()
  console.log(JSON.stringify({ name: 'tracking.ingest', value: Math.round(acknowledged), unit: 'events/s', baseline: Math.round(baseline), ratio: Number((acknowledged / baseline).toFixed(2)), inViews: Math.round(inViews), inViewsRatio: Number((inViews / baseline).toFixed(2)), goal: 0.6 }))
}
process.exit(0)
