import type { billFilters, BillSummary, CompanyRole } from '@yidan/api/contract'
import type { BillNumber, PartyId } from '@yidan/ledger'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'
import { ownCompany, partyNames, type BillDesk } from './desk.ts'
import { tokensOfNamesWith } from './names.ts'
import type { BillFilter, BillRecord } from './store.ts'

type Filters = z.infer<z.ZodObject<typeof billFilters>>
interface Page<T> { readonly items: T[]; readonly next: string | null; readonly total: number | null }

const overseers: readonly CompanyRole[] = ['operator', 'regulator', 'customs', 'court']

/** Bills the caller is or was something to; overseers see all. Cursor paging over the sorted key, so that new bills do not shift a page. */
export async function listBills(desk: BillDesk, caller: Caller, { cursor, limit, ...filters }: Filters & { cursor?: string | undefined; limit: number }): Promise<Page<BillSummary>> {
  const { bills, ready } = desk.store
  await ready()
  const wanted = await filterFor(desk, caller, filters)
  const { field, direction } = sorts[filters.sort]
  const [records, total] = await Promise.all([
    bills.find({ $and: [wanted, ...(cursor === undefined ? [] : [afterCursor(cursor, field, direction)])] }).sort(orderOf(field, direction)).limit(limit + 1).toArray(),
    counted((options) => bills.countDocuments(wanted, options)),
  ])
  const shown = records.slice(0, limit)
  const last = shown.at(-1)
  return { items: await summaries(desk, shown), next: records.length > limit && last ? cursorOf(last[field] ?? '', last._id) : null, total }
}

/** The whole filtered list, up to a bound that a spreadsheet can take. */
export async function allBills(desk: BillDesk, caller: Caller, filters: Filters): Promise<BillSummary[]> {
  await desk.store.ready()
  const { field, direction } = sorts[filters.sort]
  return summaries(desk, await desk.store.bills.find(await filterFor(desk, caller, filters)).sort(orderOf(field, direction)).limit(50_000).toArray())
}

const sorts = {
  '-updatedAt': { field: 'updatedAt', direction: -1 }, updatedAt: { field: 'updatedAt', direction: 1 }, '-issuedAt': { field: 'issuedSort', direction: -1 }, billNumber: { field: 'billNumber', direction: 1 },
} as const

/** Ids run against the field: so that one index serves the list from either end. */
function orderOf(field: string, direction: 1 | -1): Record<string, 1 | -1> {
  return { [field]: direction, _id: direction === 1 ? -1 : 1 }
}

/** The same audience as `read-bill` in the abilities table, as a query. */
export function visibleTo(caller: Caller): BillFilter {
  const company = ownCompany(caller)
  // Not `$ne: null`, which the index alone cannot answer.
  return { billNumber: { $gt: '' as BillNumber }, ...(company.roles.some((role) => overseers.includes(role)) ? {} : { visibleTo: company.partyId }) }
}

async function filterFor(desk: BillDesk, caller: Caller, { q, state, pledged, mine, from, to }: Filters): Promise<BillFilter> {
  const { partyId } = ownCompany(caller)
  const parts: BillFilter[] = [visibleTo(caller)]
  if (q?.trim()) parts.push(await matching(desk, q))
  if (state !== undefined) parts.push({ 'title.state.name': state })
  if (pledged !== undefined) parts.push({ 'title.encumbrance.name': pledged === 'yes' ? { $ne: 'NONE' } : 'NONE' })
  if (mine !== undefined) parts.push(mineFilters[mine](partyId))
  if (from !== undefined) parts.push({ issuedAt: { $gte: dayStart(from) } } as BillFilter)
  if (to !== undefined) parts.push({ issuedAt: { $lt: dayStart(to, 1) } } as BillFilter)
  return { $and: parts }
}

/** Numbers from their start, names anywhere in them: of bills, and of drafts that have become one. */
export async function matching({ store, ports }: BillDesk, text: string): Promise<{ $or: ({ tokens: { $regex: string } } | { names: { $in: string[] } })[] }> {
  const plain = text.trim().normalize('NFKC')
  return { $or: [{ tokens: { $regex: `^${literally(plain.toUpperCase())}` } }, { names: { $in: await tokensOfNamesWith(plain, store, ports.vault) } }] }
}

const mineFilters = {
  holding: (party: PartyId): BillFilter => ({ $or: [{ 'title.possessor': party }, { 'title.titleholder': party }] }),
  carrying: (party: PartyId): BillFilter => ({ 'title.carrier': party }),
  'pledged-to-me': (party: PartyId): BillFilter => ({ 'title.encumbrance.pledgee': party }),
  shipped: (party: PartyId): BillFilter => ({ 'title.shipper': party }),
} as const

/** Days are Luoyang's. */
function dayStart(day: string, add = 0): string {
  return new Date(Date.parse(`${day}T00:00:00.000+08:00`) + add * 86_400_000).toISOString()
}

export function cursorOf(key: string, id: string): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url')
}

/** @throws Problem `invalid-request` for a cursor that this list never gave */
export function readCursor(cursor: string): readonly [key: string, id: string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && parsed.length === 2 && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') return [parsed[0], parsed[1]]
  } catch {
    // Told below, like every other cursor that is none.
  }
  throw new Problem('invalid-request', {}, [{ pointer: 'cursor', code: 'cursor', message: 'cursor', severity: 'fault' }])
}

function afterCursor(cursor: string, field: string, direction: 1 | -1): BillFilter {
  const [key, id] = readCursor(cursor)
  // The bound on the field alone is what the index is entered by.
  const [beyond, at] = direction === 1 ? ['$gt', '$gte'] : ['$lt', '$lte']
  return { [field]: { [at]: key }, $or: [{ [field]: { [beyond]: key } }, { [field]: key, _id: direction === 1 ? { $lt: id } : { $gt: id } }] } as BillFilter
}

/** What is left to say of a bill that was erased. */
const nothing = { bookingNumber: '', shipper: '', from: '', to: '', modes: [], teu: 0 } as const

async function summaries({ directory }: BillDesk, records: readonly BillRecord[]): Promise<BillSummary[]> {
  const named = await partyNames(directory, records.flatMap(({ title, erased }) => erased ? [] : [title.titleholder === 'BLANK' ? null : title.titleholder, title.possessor]))
  return records.flatMap(({ title, billNumber, facts: known, containers, delivered, issuedAt, updatedAt, erased }): BillSummary[] => {
    const facts = known ?? (erased ? nothing : null)
    if (billNumber === null || facts === null) return []
    return [{
      billNumber, state: title.state.name, voidReason: title.state.name === 'VOIDED' ? title.state.reason : null, kind: title.kind, bookingNumber: facts.bookingNumber, shipper: facts.shipper,
      titleholder: title.titleholder === 'BLANK' ? 'BLANK' : title.titleholder && named(title.titleholder), possessor: title.possessor && named(title.possessor), pledgeState: title.encumbrance.name, from: facts.from, to: facts.to, modes: [...facts.modes],
      containers: containers.length, teu: facts.teu, delivered, issuedAt, updatedAt, erased,
    }]
  })
}
