import { MongoClient } from 'mongodb'
import { cpus, totalmem } from 'node:os'
import { billIssue } from './bill-issue.ts'
import { billPdf, billVerify } from './documents.ts'
import { embeddedTransfer } from './embedded-transfer.ts'
import { fabricTransfer } from './fabric.ts'
import { memorySoak } from './memory-soak.ts'
import type { Figure } from './measure.ts'
import { scaleLookup } from './scale-lookup.ts'
import { trackingFanout } from './tracking-fanout.ts'
import { trackingIngest } from './tracking-ingest.ts'
import { trackingTrain } from './tracking-train.ts'

/** Prints one JSON line a figure: what was measured, beside its baseline in the same run. Ratios are for comparing; absolute numbers belong to the machine. */
const uri = process.env['YIDAN_TEST_MONGODB_URI'] ?? process.env['MONGODB_URI']
const url = process.env['BASE_URL']
if (!uri || !url) throw new Error('run it by `npm run bench`, which starts a server and a MongoDB for it')
// The parts of the bench that open a whole platform find their database there.
process.env['YIDAN_TEST_MONGODB_URI'] = uri
const only = process.argv.slice(2)
const client = await MongoClient.connect(uri)
const raw = client.db(`bench_${process.pid}`).collection('raw')

const benches: Readonly<Record<string, () => Promise<Figure | readonly Figure[]>>> = {
  'bill.issue': () => billIssue(raw),
  'embedded.transfer': () => embeddedTransfer(raw),
  'fabric.transfer': fabricTransfer,
  'bill.pdf': billPdf,
  'bill.verify': billVerify,
  'tracking.ingest': () => trackingIngest(raw),
  'tracking.fanout': () => trackingFanout(url),
  'tracking.train': trackingTrain,
  'scale.lookup': scaleLookup,
  'memory.soak': memorySoak,
}

console.error(`machine: ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`)
for (const [name, run] of Object.entries(benches)) {
  if (only.length > 0 && !only.includes(name)) continue
  for (const result of [await run()].flat()) console.log(JSON.stringify(result))
}
await client.db(`bench_${process.pid}`).dropDatabase()
await client.close()
