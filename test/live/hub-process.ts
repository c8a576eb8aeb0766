import { pino } from 'pino'
import { openEventLog } from '../../api/src/events/event-log.ts'
import { openFeed } from '../../api/src/events/feed.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { aPartyId } from '../support/ledger-actors.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { aVault, mongoUri, openDatabase } from '../tracking/open-log.ts'
import { aPerson, openTestHub } from './open-hub.ts'

/** An API process as far as live news goes: feed and hub on a database that it shares. Prints its address, then runs until it is killed. */
const [, , name] = process.argv
const clock = (): Date => new Date()
const log = pino({ level: 'silent' })
const database = await openDatabase(name)
const opened = await openTestLedger()
const vault = await aVault(database)
const eventLog = await openEventLog({ database, vault, clock })
const feed = openFeed({ ledger: opened.ledger, eventLog, database, log })
for (const projection of trackingProjections({ database, vault, eventLog })) feed.register(projection)
await feed.start()
const { ledger } = opened
const { address } = await openTestHub({ database, vault, uri: mongoUri(), eventLog, feed, opened, ledger, log, stored: () => Promise.resolve(''), close: () => Promise.resolve() }, { terminal: aPerson(aPartyId(), ['terminal']) })
process.stdout.write(`${address}\n`)
