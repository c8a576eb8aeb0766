import mongoose, { type Connection } from 'mongoose'
import { randomBytes, randomUUID } from 'node:crypto'
import type { TrackingEvent } from '@yidan/api/contract'
import type { BillDocument, ContainerNumber, Hash, PartyId } from '@yidan/ledger'
import { pino, type Logger } from 'pino'
import { openEventLog } from '../../api/src/events/event-log.ts'
import { openFeed } from '../../api/src/events/feed.ts'
import type { EventLogPort, FeedPort, NewEntry, Projection } from '../../api/src/events/types.ts'
import { exceptionProjections } from '../../api/src/exceptions/index.ts'
import { positionProjections } from '../../api/src/positions/index.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { entryOf } from '../../api/src/tracking/commands.ts'
import { openVault, type Vault } from '../../api/src/vault/index.ts'
import { giveBack, openEmptyDatabase } from '../support/empty-database.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'

/** The log, the feed and tracking on a database of their own, beside an embedded ledger. */
export interface OpenedLog {
  readonly database: Connection
  readonly vault: Vault
  readonly uri: string
  readonly eventLog: EventLogPort
  readonly feed: FeedPort
  readonly opened: OpenedLedger
  readonly ledger: OpenedLedger['ledger']
  readonly log: Logger
  /** Everything in these views, as it is stored. */
  stored(collections: readonly string[]): Promise<string>
  close(): Promise<void>
}

/** The vault of a test's database: every process that opens it has the same secret key. */
export function aVault(database: Connection): Promise<Vault> {
  return openVault({ database, ring: { current: Buffer.alloc(32, 7), previous: [] }, clock: () => new Date() })
}

export function mongoUri(): string {
  const uri = process.env['YIDAN_TEST_MONGODB_URI']
  if (uri === undefined) throw new Error('YIDAN_TEST_MONGODB_URI names no MongoDB; npm test sets it')
  return uri
}

export async function openDatabase(name = `test_${randomBytes(6).toString('hex')}`): Promise<Connection> {
  return mongoose.createConnection(mongoUri(), { dbName: name, maxPoolSize: 20 }).asPromise()
}

export async function openLog(given: { readonly projections?: readonly Projection[]; readonly clock?: () => Date; readonly log?: Logger } = {}): Promise<OpenedLog> {
  const clock = given.clock ?? (() => new Date())
  const database = await openEmptyDatabase(mongoUri())
  const opened = await openTestLedger({ clock })
  const log = given.log ?? pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
  const vault = await aVault(database)
  const eventLog = await openEventLog({ database, vault, clock })
  const feed = openFeed({ ledger: opened.ledger, eventLog, database, log })
  for (const projection of given.projections ?? [...trackingProjections({ database, vault, eventLog }), ...exceptionProjections({ database }), ...positionProjections({ database })]) feed.register(projection)
  await feed.start()
  return {
    database, vault, uri: mongoUri(), eventLog, feed, opened, ledger: opened.ledger, log,
    async stored(collections) {
      const lines = await Promise.all(collections.map(async (name) => (await database.collection(name).find({}).sort({ _id: 1 }).toArray()).map((one) => JSON.stringify(one))))
      return lines.flat().join('\n')
    },
    async close() {
      await feed.stop()
      await opened.close()
      await giveBack(database, mongoUri())
    },
  }
}

export const aSender = `p${'5'.repeat(32)}` as PartyId

type Given = Partial<Omit<Extract<TrackingEvent, { eventType: 'EQUIPMENT' }>, 'eventType'>> & { readonly container: ContainerNumber | string; readonly code: Extract<TrackingEvent, { eventType: 'EQUIPMENT' }>['equipmentEventTypeCode']; readonly at: string }
export function equipment({ container, code, at, ...rest }: Given): TrackingEvent {
  return { eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container as ContainerNumber, emptyIndicatorCode: 'LADEN', ...rest }
}

type Call = Extract<TrackingEvent, { eventType: 'TRANSPORT' }>['transportCall']
export function transport({ code, at, kind = 'ACT', ...call }: { readonly code: 'ARRI' | 'DEPA'; readonly at: string; readonly kind?: 'ACT' | 'EST' | 'PLN' } & Call): TrackingEvent {
  return { eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: kind, transportEventTypeCode: code, transportCall: call }
}

export function position({ at, container, ...rest }: { readonly at: string; readonly container?: string; readonly latitude: number; readonly longitude: number; readonly transportCall?: Call }): TrackingEvent {
  return { eventType: 'POSITION', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', ...(container ? { equipmentReference: container as ContainerNumber } : {}), ...rest }
}

/** The same kind of event that withdraws another. */
export function withdrawal(event: TrackingEvent): TrackingEvent {
  return { ...event, eventID: randomUUID(), retractedEventID: event.eventID }
}

export function received(event: TrackingEvent, sender = aSender): NewEntry {
  return entryOf(event, sender)
}

export function frozen(document: BillDocument, { carrier, shipper, docHash = randomBytes(32).toString('hex') as Hash }: { carrier: PartyId; shipper: PartyId; docHash?: Hash }): NewEntry {
  return { id: `frozen:${document.billId}:${docHash}`, event: { type: 'document-frozen', billId: document.billId, billNumber: document.billNumber, document, docHash, carrier, shipper }, about: [`bill:${document.billId}`] }
}

export function aNote(index: number): NewEntry {
  return received(equipment({ container: 'TBJU5123003', code: 'CROS', at: new Date(1_790_000_000_000 + index).toISOString() }))
}
