import { exceptionKinds, type ExceptionCounts, type ExceptionKind, type ExceptionSummary } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import { csvOf } from '../access/csv.ts'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'
import type { Language } from '../http/handlers.ts'
import { namesFor, summaryOf, type Asking, type Desk } from './desk.ts'
import type { Ports } from '../ports.ts'
import { sightOf, visibleRecords } from './sight.ts'
import { openExceptionStore, type ExceptionRecord } from './store.ts'

export interface Listing {
  readonly kind?: ExceptionKind | undefined
  readonly state?: 'open' | 'ended' | 'closed' | undefined
  readonly assigned?: 'me' | 'none' | 'some' | undefined
  readonly q?: string | undefined
}
interface Page {
  readonly items: ExceptionSummary[]
  readonly next: string | null
  readonly total: number | null
}

const rowLimit = 5_000

/** The latest change first. */
export async function listExceptions(desk: Desk, { caller }: Asking, { cursor, limit, ...filters }: Listing & { readonly cursor?: string | undefined; readonly limit: number }): Promise<Page> {
  const sight = await sightOf(desk, caller)
  const filter = { $and: [sight.filter, filterOf(caller, filters)] } as Filter<ExceptionRecord>
  const after = /^([^|]+)\|(ex_[0-9a-f]{24})$/.exec(cursor ?? '')
  const { records, more } = await visibleRecords(desk, sight, filter, { after: after ? { changedAt: after[1] ?? '', _id: after[2] ?? '' } : null, limit })
  const total = sight.seen === null ? counted((options) => desk.store.exceptions.countDocuments(filter, options)) : null
  return { items: await summaries(desk, caller, records), next: more && `${more.changedAt}|${more._id}`, total: await total }
}

export async function countExceptions(desk: Desk, { caller }: Asking): Promise<ExceptionCounts> {
  const position = desk.ports.feed.health().position
  const sight = await sightOf(desk, caller)
  const me = caller.kind === 'person' ? caller.person.id : null
  const isDesk = may(caller, 'handle-exceptions')
  const groups = sight.seen === null ? await countedByStore(desk, sight.filter, me) : countedHere(await sight.seen(await desk.store.exceptions.find({ state: 'open' }, { projection: { history: 0 } }).limit(openLimit).toArray()), me)
  const sum = (of: 'count' | 'mine' | 'unassigned'): number => groups.reduce((total, group) => total + group[of], 0)
  return { open: sum('count'), mine: isDesk ? sum('mine') : 0, unassigned: isDesk ? sum('unassigned') : 0, byKind: Object.fromEntries(exceptionKinds.map((kind) => [kind, groups.filter(({ _id }) => _id === kind).reduce((total, { count }) => total + count, 0)])) as ExceptionCounts['byKind'], position }
}

/** What is open is what travels now: of a company with many boxes so many are looked through. */
const openLimit = 20_000
interface Group { readonly _id: ExceptionKind; readonly count: number; readonly mine: number; readonly unassigned: number }

function countedByStore(desk: Desk, filter: Filter<ExceptionRecord>, me: string | null): Promise<Group[]> {
  return desk.store.exceptions.aggregate<Group>([
    { $match: { $and: [filter, { state: 'open' }] } },
    { $group: { _id: '$kind', count: { $sum: 1 }, mine: { $sum: { $cond: [{ $eq: ['$assigned', me ?? ''] }, 1, 0] } }, unassigned: { $sum: { $cond: [{ $eq: ['$assigned', null] }, 1, 0] } } } },
  ]).toArray()
}

function countedHere(records: readonly ExceptionRecord[], me: string | null): Group[] {
  return records.map(({ kind, assigned }) => ({ _id: kind, count: 1, mine: Number(assigned !== null && assigned === me), unassigned: Number(assigned === null) }))
}

const headings: Readonly<Record<Language, readonly string[]>> = {
  zh: ['类别', '状态', '箱号', '车次/航次', '计划开行日', '提单号', '原因', '原因时间 (UTC)', '开始 (UTC)', '最近变动 (UTC)', '次数', '负责人'],
  en: ['Kind', 'State', 'Container', 'Train or vessel', 'Planned to leave on', 'Bill', 'Cause', 'Cause at (UTC)', 'Since (UTC)', 'Changed (UTC)', 'Times', 'Assigned to'],
}

export async function exceptionsCsv(desk: Desk, { caller, language }: Asking, filters: Listing): Promise<string> {
  const sight = await sightOf(desk, caller)
  const { records } = await visibleRecords(desk, sight, { $and: [sight.filter, filterOf(caller, filters)] }, { after: null, limit: rowLimit })
  const rows = (await summaries(desk, caller, records)).map(({ kind, state, container, service, run, billNumber, cause, since, changedAt, times, assigned }) => [kind, state, container, service, run, billNumber, cause.code, cause.at, since, changedAt, times, assigned?.name ?? null])
  return csvOf(headings[language], rows)
}

/** These exceptions as they stand, without history; unknown ids are left out. For whoever acts for the platform: it asks nobody's rights. */
export async function exceptionsById(ports: Pick<Ports, 'database'>, ids: readonly string[]): Promise<ReadonlyMap<string, ExceptionRecord>> {
  const found = ids.length === 0 ? [] : await openExceptionStore(ports).exceptions.find({ _id: { $in: [...ids] } }).toArray()
  return new Map(found.map((record) => [record._id, record]))
}

/** Those of these that the caller may read of now. */
export async function visibleExceptions(desk: Desk, caller: Caller, ids: readonly string[]): Promise<ReadonlyMap<string, ExceptionSummary>> {
  if (ids.length === 0) return new Map()
  const { filter, seen } = await sightOf(desk, caller)
  const found = await desk.store.exceptions.find({ $and: [filter, { _id: { $in: [...new Set(ids)] } }] } as Filter<ExceptionRecord>, { projection: { history: 0 } }).toArray()
  return new Map((await summaries(desk, caller, seen === null ? found : await seen(found))).map((summary) => [summary.id, summary]))
}

async function summaries(desk: Desk, caller: Caller, records: readonly ExceptionRecord[]): Promise<ExceptionSummary[]> {
  // Who sees to it is the desk's own business.
  const names = may(caller, 'handle-exceptions') || may(caller, 'decide-put-aside') ? await namesFor(desk, records.map(({ assigned }) => assigned)) : null
  return records.map((record) => summaryOf(record, names))
}

function filterOf(caller: Caller, { kind, state, assigned, q }: Listing): Filter<ExceptionRecord> {
  const start = q?.trim() ? new RegExp(`^${literally(q.trim().toUpperCase())}`) : null
  const person = caller.kind === 'person' ? caller.person.id : null
  const conditions: Filter<ExceptionRecord>[] = [
    kind ? { kind } : {}, state ? { state } : {},
    assigned === 'none' ? { assigned: null } : assigned === 'some' ? { assigned: { $ne: null } } : assigned === 'me' ? { assigned: person, ...(person === null ? { _id: '' } : {}) } : {},
    start ? { $or: [{ container: start }, { service: start }, { billNumber: start }] } : {},
  ]
  return { $and: conditions }
}
