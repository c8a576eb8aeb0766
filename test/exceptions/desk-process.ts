import type { PersonId } from '@yidan/api/contract'
import { pino } from 'pino'
import type { PersonCaller } from '../../api/src/access/caller.ts'
import { openEventLog } from '../../api/src/events/event-log.ts'
import { openFeed } from '../../api/src/events/feed.ts'
import { exceptionProjections, openExceptions } from '../../api/src/exceptions/index.ts'
import { openExceptionNotices } from '../../api/src/notices/index.ts'
import type { Directory } from '../../api/src/parties/directory.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { aPerson, portsOver } from '../live/open-hub.ts'
import { aPartyId } from '../support/ledger-actors.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { aVault, openDatabase } from '../tracking/open-log.ts'

/** An API process as far as exceptions and notices go, on a database that it shares, with ten people of an operator to be told. Prints `ready`, then runs until it is killed. */
const [, , name] = process.argv
const clock = (): Date => new Date()
const database = await openDatabase(name)
const opened = await openTestLedger()
const { ledger } = opened
const log = pino({ level: 'silent' })
const vault = await aVault(database)
const eventLog = await openEventLog({ database, vault, clock })
const feed = openFeed({ ledger, eventLog, database, log })
for (const projection of [...trackingProjections({ database, vault, eventLog }), ...exceptionProjections({ database })]) feed.register(projection)
const ports = { ...portsOver({ database, vault, uri: '', eventLog, feed, opened, ledger, log, stored: () => Promise.resolve(''), close: () => Promise.resolve() }, clock), mail: { send: () => Promise.resolve() } }
const people = Array.from({ length: 10 }, (_, index) => `pe_${String(index).padStart(16, '0')}` as PersonId)
const directory = { byParties: () => Promise.resolve(new Map()), withRoles: () => Promise.resolve(['co_1']), membersOf: () => Promise.resolve(people), addressOf: (personId: string) => Promise.resolve(`${personId}@operator.example`) } as unknown as Directory
const operator = aPerson(aPartyId(), ['operator'])
const behind = ({ personId }: { readonly personId: PersonId }): Promise<PersonCaller> => Promise.resolve({ ...operator, person: { ...operator.person, id: personId, roles: ['administrator'] } })
const watcher = await openExceptions(ports)
const { writer } = await openExceptionNotices(ports, directory, behind)
feed.onApplied((entries) => watcher.note(entries))
feed.onApplied((entries) => writer.note(entries))
await feed.start()
await watcher.start()
await writer.start()
process.stdout.write('ready\n')
