import { exceptionKinds, type ExceptionCounts, type ExceptionKind, type ExceptionSummary } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import { csvOf } from '../access/csv.ts'
import { may } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import { namesFor, summaryOf, type Asking, type Desk } from './desk.ts'
import type { Ports } from '../ports.ts'
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

/** Of a company that follows more boxes than this, the desk shows those with the lowest numbers. */
const followedLimit = 50_000
const rowLimit = 5_000

/** The latest change first. */
export async function listExceptions(desk: Desk, { caller }: Asking, { cursor, limit, ...filters }: Listing & { readonly cursor?: string | undefined; readonly limit: number }): Promise<Page> {
  const filter = await filterOf(desk, caller, filters)
  const after = /^([^|]+)\|(ex_[0-9a-f]{24})$/.exec(cursor ?? '')
  const later: Filter<ExceptionRecord> = after ? { $or: [{ changedAt: { $lt: after[1] ?? '' } }, { changedAt: after[1] ?? '', _id: { $lt: after[2] ?? '' } }] } : {}
  const found = await desk.store.exceptions.find({ $and: [filter, later] }, { projection: { history: 0 } }).sort({ changedAt: -1, _id: -1 }).limit(limit + 1).toArray()
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  return { items: await summaries(desk, caller, shown), next: last ? `${last.changedAt}|${last._id}` : null, total: await desk.store.exceptions.countDocuments(filter) }
}

export async function countExceptions(desk: Desk, { caller }: Asking): Promise<ExceptionCounts> {
  const position = desk.ports.feed.health().position
  const filter = await filterOf(desk, caller, { state: 'open' })
  const me = caller.kind === 'person' ? caller.person.id : null
  const isDesk = may(caller, 'handle-exceptions')
  const groups = await desk.store.exceptions.aggregate<{ _id: ExceptionKind; count: number; mine: number; unassigned: number }>([
    { $match: filter },
    { $group: { _id: '$kind', count: { $sum: 1 }, mine: { $sum: { $cond: [{ $eq: ['$assigned', me ?? ''] }, 1, 0] } }, unassigned: { $sum: { $cond: [{ $eq: ['$assigned', null] }, 1, 0] } } } },
  ]).toArray()
  const sum = (of: 'count' | 'mine' | 'unassigned'): number => groups.reduce((total, group) => total + group[of], 0)
  return { open: sum('count'), mine: isDesk ? sum('mine') : 0, unassigned: isDesk ? sum('unassigned') : 0, byKind: Object.fromEntries(exceptionKinds.map((kind) => [kind, groups.find(({ _id }) => _id === kind)?.count ?? 0])) as ExceptionCounts['byKind'], position }
}

const headings: Readonly<Record<Language, readonly string[]>> = {
  zh: ['类别', '状态', '箱号', '车次/航次', '提单号', '原因', '原因时间 (UTC)', '开始 (UTC)', '最近变动 (UTC)', '次数', '负责人'],
  en: ['Kind', 'State', 'Container', 'Train or vessel', 'Bill', 'Cause', 'Cause at (UTC)', 'Since (UTC)', 'Changed (UTC)', 'Times', 'Assigned to'],
}

export async function exceptionsCsv(desk: Desk, { caller, language }: Asking, filters: Listing): Promise<string> {
  const found = await desk.store.exceptions.find(await filterOf(desk, caller, filters), { projection: { history: 0 } }).sort({ changedAt: -1, _id: -1 }).limit(rowLimit).toArray()
  const rows = (await summaries(desk, caller, found)).map(({ kind, state, container, service, billNumber, cause, since, changedAt, times, assigned }) => [kind, state, container, service, billNumber, cause.code, cause.at, since, changedAt, times, assigned?.name ?? null])
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
  const found = await desk.store.exceptions.find({ $and: [await visibleTo(desk, caller), { _id: { $in: [...new Set(ids)] } }] }, { projection: { history: 0 } }).toArray()
  return new Map((await summaries(desk, caller, found)).map((summary) => [summary.id, summary]))
}

async function summaries(desk: Desk, caller: Caller, records: readonly ExceptionRecord[]): Promise<ExceptionSummary[]> {
  // Who sees to it is the desk's own business.
  const names = may(caller, 'handle-exceptions') || may(caller, 'decide-put-aside') ? await namesFor(desk, records.map(({ assigned }) => assigned)) : null
  return records.map((record) => summaryOf(record, names))
}

async function filterOf(desk: Desk, caller: Caller, { kind, state, assigned, q }: Listing): Promise<Filter<ExceptionRecord>> {
  const start = q?.trim() ? new RegExp(`^${q.trim().toUpperCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) : null
  const person = caller.kind === 'person' ? caller.person.id : null
  const conditions: Filter<ExceptionRecord>[] = [
    await visibleTo(desk, caller), kind ? { kind } : {}, state ? { state } : {},
    assigned === 'none' ? { assigned: null } : assigned === 'some' ? { assigned: { $ne: null } } : assigned === 'me' ? { assigned: person, ...(person === null ? { _id: '' } : {}) } : {},
    start ? { $or: [{ container: start }, { service: start }, { billNumber: start }] } : {},
  ]
  return { $and: conditions }
}

/** Overseers and terminals see all; everybody else the boxes they may follow now, on their present journey, and the units these are on. */
async function visibleTo({ watch }: Desk, caller: Caller): Promise<Filter<ExceptionRecord>> {
  if (may(caller, 'read-exceptions', { type: 'cargo', bills: [] })) return {}
  const company = companyOf(caller)
  const boxes = company === null ? [] : await watch.followedBy(company.partyId, followedLimit)
  const billIds = [...new Set(boxes.flatMap(({ billId }) => billId ?? []))]
  return { $or: [{ container: { $in: boxes.map(({ _id }) => _id) }, billId: { $in: billIds } }, { service: { $in: [...new Set(boxes.flatMap(({ services }) => services))] } }] }
}
