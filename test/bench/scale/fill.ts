import type { PartyId } from '@yidan/ledger'
import type { Collection, Document, IndexDescription } from 'mongodb'
import { nameIndex } from '../../../api/src/bills/names.ts'
import { billKey, billStore, draftKey } from '../../../api/src/bills/store.ts'
import type { Head } from '../../../api/src/events/appender.ts'
import { openExceptionStore } from '../../../api/src/exceptions/store.ts'
import { openTrackingStore } from '../../../api/src/tracking/store.ts'
import type { Ports } from '../../../api/src/ports.ts'
import { boxesOfRun, companyOf, eventsOfBill, runsOf, type Run, type Scale } from './generate.ts'

type FillPorts = Pick<Ports, 'database' | 'vault'>
/** So many trains are written at once. */
const together = 20

/** Puts the generated records into the collections of a platform that is not running, and its checkpoints behind them. Indexes are taken down first and laid again at the end: that is three times as quick. */
export async function fill(ports: FillPorts, scale: Omit<Scale, 'namesOf'>, say: (what: string) => void): Promise<void> {
  const db = databaseOf(ports)
  const bills = billStore(ports), tracking = openTrackingStore(ports), { exceptions } = openExceptionStore(ports)
  const into = (name: string): Collection<Document & { _id: never }> => db.collection(name)
  const names = ['event_log', 'bills', 'bill_documents', 'drafts', 'bill_boxes', 'tracking_bills', 'tracking_boxes', 'tracking_unit_reports', exceptions.collectionName]
  await clear(ports, [...names, 'tracking_services', 'bill_names'])
  const indexes = await takeDownIndexes(ports, names)
  const started = performance.now()
  const namesOf = await namesOnBills(ports, scale)
  const runs = runsOf({ ...scale, namesOf })
  let writing: Promise<unknown> = Promise.resolve()
  let count = 0
  for (;;) {
    const batch: Run[] = []
    let done = runs.next()
    for (; !done.done && batch.length < together; done = batch.length < together ? runs.next() : done) batch.push(done.value)
    const all = <K extends keyof Run>(key: K): Run[K] => batch.flatMap((run) => run[key] as never[])
    // Once for the four that follow: each would make the keys that it does not find.
    await ports.vault.keysFor([...all('bills').map(({ _id }) => billKey(_id)), ...all('drafts').map(({ _id }) => draftKey(_id))])
    const sealed = await Promise.all([bills.bills.seal(all('bills')), bills.documents.seal(all('documents')), bills.drafts.seal(all('drafts')), tracking.bills.seal(all('tracked'))])
    await writing
    const put = (name: string, records: readonly object[]): Promise<unknown> => (records.length === 0 ? Promise.resolve() : into(name).insertMany(records as never[], { ordered: false, writeConcern: { w: 1 }, forceServerObjectId: true }))
    writing = Promise.all([
      put('event_log', all('entries')), put('bills', sealed[0]), put('bill_documents', sealed[1]), put('drafts', sealed[2]), put('tracking_bills', sealed[3]), put('tracking_boxes', all('boxes')), put('bill_boxes', all('gateHistories')), put(exceptions.collectionName, all('exceptions')), put('tracking_unit_reports', all('reports')),
    ])
    count += batch.length * boxesOfRun
    if (count % 50_000 === 0) say(`${count} of ${scale.bills} bills, ${Math.round((performance.now() - started) / 1000)} s`)
    if (done.done) {
      await put('tracking_services', [...done.value.values()])
      break
    }
  }
  await writing
  say(`laying the indexes, ${Math.round((performance.now() - started) / 1000)} s`)
  for (const [name, specs] of indexes) if (specs.length > 0) await into(name).createIndexes(specs)
  await setCheckpoints(ports, scale.bills * eventsOfBill)
  say(`filled in ${Math.round((performance.now() - started) / 1000)} s`)
}

/** The names of the companies are kept once each, as the projection of bills keeps them. */
async function namesOnBills(ports: FillPorts, { bills, large, small }: Pick<Scale, 'bills' | 'large' | 'small'>): Promise<(shipper: PartyId) => readonly string[]> {
  const index = await nameIndex(ports.vault)
  const companies = [large, small, ...Array.from({ length: Math.max(1, Math.floor(bills / 100)) }, (_, number) => companyOf(number))]
  const tokens = new Map(companies.map((company, number) => [company, index.tokensOf([`shipper ${number} of the generated platform`, 'generated carrier', 'generated service'])]))
  await index.keep(billStore(ports).names)
  return (shipper) => tokens.get(shipper) ?? []
}

async function clear(ports: FillPorts, names: readonly string[]): Promise<void> {
  for (const name of names) await databaseOf(ports).collection(name).deleteMany({})
}

async function takeDownIndexes(ports: FillPorts, names: readonly string[]): Promise<Map<string, IndexDescription[]>> {
  const taken = new Map<string, IndexDescription[]>()
  for (const name of names) {
    const collection = databaseOf(ports).collection(name)
    const found = (await collection.listIndexes().toArray().catch(() => [])) as (IndexDescription & { name: string })[]
    taken.set(name, found.filter(({ name: index }) => index !== '_id_').map(({ key, name: index, unique, partialFilterExpression }) => ({ key, name: index, ...(unique === undefined ? {} : { unique }), ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }) })))
    if (found.length > 1) await collection.dropIndexes()
  }
  return taken
}

/** Everything that follows the log has done so up to its end. */
async function setCheckpoints(ports: FillPorts, last: number): Promise<void> {
  const db = databaseOf(ports)
  const bills = billStore(ports), { checkpoints } = openExceptionStore(ports)
  await db.collection<Head>('event_log_head').updateOne({ _id: 'event_log' }, { $set: { last } })
  await db.collection<{ _id: string }>('feed').updateOne({ _id: 'views' }, { $set: { position: last } })
  await checkpoints.updateOne({ _id: 'exceptions' }, { $set: { position: last } }, { upsert: true })
  await bills.noticeCheckpoint.updateOne({ _id: 'notices' }, { $set: { position: last } }, { upsert: true })
}

function databaseOf({ database }: FillPorts): ReturnType<ReturnType<FillPorts['database']['getClient']>['db']> {
  return database.getClient().db(database.name, { ignoreUndefined: true })
}
