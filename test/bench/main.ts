import { MongoClient } from 'mongodb'
import { cpus, totalmem } from 'node:os'
import { billPdf, billVerify } from './documents.ts'
import { embeddedTransfer } from './embedded-transfer.ts'
import type { Figure } from './measure.ts'

/** Prints one JSON line a figure: what was measured, beside its baseline in the same run. Ratios are for comparing; absolute numbers belong to the machine. */
const uri = process.env['YIDAN_TEST_MONGODB_URI']
if (!uri) throw new Error('run it by `npm run bench`, which starts a MongoDB for it')
const only = process.argv.slice(2)
const client = await MongoClient.connect(uri)
const raw = client.db(`bench_${process.pid}`).collection('raw')

const benches: Readonly<Record<string, () => Promise<Figure | readonly Figure[]>>> = {
  'embedded.transfer': () => embeddedTransfer(raw),
  'bill.pdf': billPdf,
  'bill.verify': billVerify,
}

console.error(`machine: ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`)
for (const [name, run] of Object.entries(benches)) {
  if (only.length > 0 && !only.includes(name)) continue
  for (const result of [await run()].flat()) console.log(JSON.stringify(result))
}
await client.db(`bench_${process.pid}`).dropDatabase()
await client.close()
