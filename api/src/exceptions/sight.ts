import type { Filter } from 'mongodb'
import { may } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import { duringRides, unitsNow } from '../tracking/rides.ts'
import { lastingOf, type Desk } from './desk.ts'
import type { ExceptionRecord } from './store.ts'

/**
 * What a caller sees of the exceptions: overseers and terminals all; everybody else those of boxes it may follow now, on their present
 * journey, and of units what lasted while these were aboard (by the week). A company of few boxes is found by them; of one with many each
 * exception is held against its box, newest first: neither asks for more because others have many.
 */
export interface Sight {
  /** What the store is asked for. */
  readonly filter: Filter<ExceptionRecord>
  /** Of records found, those that are seen; null where the filter alone decides. */
  readonly seen: ((records: readonly ExceptionRecord[]) => Promise<ExceptionRecord[]>) | null
}

/** A company that follows more boxes than this is asked after for each exception. */
const namedLimit = 500
/** Exceptions looked through for one page; the cursor goes on from there. */
const scanLimit = 5_000
const atOnce = 500

export async function sightOf({ watch, ports }: Pick<Desk, 'watch' | 'ports'>, caller: Caller): Promise<Sight> {
  if (may(caller, 'read-exceptions', { type: 'cargo', bills: [] })) return { filter: {}, seen: null }
  const company = companyOf(caller)
  if (company === null) return { filter: { _id: '' }, seen: null }
  const boxes = await watch.followedBy(company.partyId, namedLimit + 1)
  if (boxes.length > namedLimit) return { filter: {}, seen: (records) => seenBy(watch, company.partyId, records, ports.clock()) }
  const billIds = [...new Set(boxes.flatMap(({ billId }) => billId ?? []))]
  const rides = boxes.flatMap((box) => box.rides)
  const ofUnits = [...duringRides(rides, 'service'), { service: { $in: unitsNow(rides) }, state: 'open' as const }] as Filter<ExceptionRecord>[]
  return { filter: { $or: [{ container: { $in: boxes.map(({ _id }) => _id) }, billId: { $in: billIds } }, ...ofUnits] }, seen: null }
}

async function seenBy(watch: Desk['watch'], partyId: Parameters<Desk['watch']['followedBy']>[0], records: readonly ExceptionRecord[], now: Date): Promise<ExceptionRecord[]> {
  const named = <T>(values: readonly (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))]
  const boxes = new Map((await watch.boxes(named(records.map(({ container }) => container)))).map((box) => [box._id, box]))
  const ofUnits = records.filter(({ container, service }) => container === null && service !== null)
  const aboard = await Promise.all(ofUnits.map((record) => watch.followsOneOn(partyId, record.service ?? '', lastingOf(record, now))))
  const told = new Set(ofUnits.filter((_, index) => aboard[index]))
  return records.filter((record) => {
    const { container, billId } = record
    if (container === null) return told.has(record)
    const box = boxes.get(container)
    return box !== undefined && box.followers.includes(partyId) && box.billId === billId
  })
}

interface Place { readonly changedAt: string; readonly _id: string }

/** The latest change first; `more` is the last that was looked at, where there are more. */
export async function visibleRecords({ store }: Pick<Desk, 'store'>, { seen }: Sight, filter: Filter<ExceptionRecord>, { after, limit }: { readonly after: Place | null; readonly limit: number }): Promise<{ readonly records: ExceptionRecord[]; readonly more: Place | null }> {
  const records: ExceptionRecord[] = []
  let place = after
  for (let scanned = 0; scanned < scanLimit || seen === null; ) {
    const size = seen === null ? limit + 1 - records.length : atOnce
    const found = await store.exceptions.find({ $and: [filter, ...(place === null ? [] : [laterThan(place)])] } as Filter<ExceptionRecord>, { projection: { history: 0 } }).sort({ changedAt: -1, _id: -1 }).limit(size).toArray()
    for (const record of seen === null ? found : await seen(found)) {
      if (records.length === limit) return { records, more: records.at(-1) ?? null }
      records.push(record)
    }
    if (found.length < size) return { records, more: null }
    place = found.at(-1) ?? place
    scanned += found.length
  }
  return { records, more: place }
}

/** The bound on the field alone is what the index is entered by. */
function laterThan({ changedAt, _id }: Place): Filter<ExceptionRecord> {
  return { changedAt: { $lte: changedAt }, $or: [{ changedAt: { $lt: changedAt } }, { changedAt, _id: { $lt: _id } }] }
}
