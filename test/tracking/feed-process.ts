import { pino } from 'pino'
import { openEventLog } from '../../api/src/events/event-log.ts'
import { openFeed } from '../../api/src/events/feed.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { containerNumbers } from '../support/bill-documents.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { aVault, equipment, openDatabase, received, withdrawal } from './open-log.ts'

/** A process that appends and applies until it is killed; it prints the id of each batch once the batch is acknowledged. */
const [, , name] = process.argv
process.stdout.on('error', () => process.exit(1))
const clock = (): Date => new Date()
const database = await openDatabase(name)
const { ledger } = await openTestLedger()
const vault = await aVault(database)
const eventLog = await openEventLog({ database, vault, clock })
const feed = openFeed({ ledger, eventLog, database, log: pino({ level: 'silent' }) })
for (const projection of trackingProjections({ database, vault, eventLog })) feed.register(projection)
await feed.start()
const boxes = containerNumbers(40)
const start = Date.UTC(2026, 10, 1)
for (let batch = 0; ; batch += 1) {
  const events = boxes.slice(0, 20).map((container, index) => equipment({ container, code: (['GTIN', 'LOAD', 'DISC', 'GTOT'] as const)[(batch + index) % 4] ?? 'GTIN', at: new Date(start + ((batch * 7) % 50) * 60_000 + index).toISOString() }))
  const [first] = events
  const entries = [...events, ...(first && batch % 3 === 0 ? [withdrawal(first)] : [])].map((event) => received(event))
  await eventLog.append(entries)
  process.stdout.write(`${entries[0]?.id ?? ''}\n`)
}
