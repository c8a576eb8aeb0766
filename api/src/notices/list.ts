import type { ExceptionKind, NoticeCounts, NoticeView } from '@yidan/api/contract'
import type { Filter } from 'mongodb'
import type { PersonCaller } from '../access/caller.ts'
import { visibleExceptions, type Desk } from '../exceptions/index.ts'
import type { NoticeRecord, NoticeStore } from './store.ts'

interface Page {
  readonly items: NoticeView[]
  readonly next: string | null
  readonly total: number | null
}

/** Read at once while those are left out that are no longer the person's business. */
const scanned = 200
const scans = 10
/** Nobody counts further. */
const countLimit = 1_000

/** The newest first. A page may be short and still have a next one. */
export async function listNotices(desk: Desk, store: NoticeStore, caller: PersonCaller, { kind, unread, cursor, limit }: { readonly kind?: ExceptionKind | undefined; readonly unread?: 'true' | undefined; readonly cursor?: string | undefined; readonly limit: number }): Promise<Page> {
  const items: NoticeView[] = []
  let after = placeOf(cursor)
  for (let scan = 0; scan < scans; scan += 1) {
    const filter: Filter<NoticeRecord> = { personId: caller.person.id, onScreen: true, ...(kind ? { kind } : {}), ...(unread ? { readAt: null } : {}), ...(after === null ? {} : { $or: [{ at: { $lt: after.at } }, { at: after.at, _id: { $lt: after.id } }] }) }
    const found = await store.notices.find(filter).sort({ at: -1, _id: -1 }).limit(scanned).toArray()
    const visible = await visibleExceptions(desk, caller, found.map(({ exceptionId }) => exceptionId))
    for (const notice of found) {
      const exception = visible.get(notice.exceptionId)
      if (exception === undefined) continue
      if (items.length === limit) return { items, next: cursorOf(after), total: null }
      items.push({ id: notice._id, at: notice.at.toISOString(), readAt: notice.readAt?.toISOString() ?? null, grave: notice.grave, exception })
      after = { at: notice.at, id: notice._id }
    }
    const last = found.at(-1)
    if (last === undefined || found.length < scanned) return { items, next: null, total: null }
    after = { at: last.at, id: last._id }
  }
  return { items, next: cursorOf(after), total: null }
}

export async function countUnread(desk: Desk, { notices }: NoticeStore, caller: PersonCaller): Promise<NoticeCounts> {
  const found = await notices.find({ personId: caller.person.id, readAt: null, onScreen: true }, { projection: { exceptionId: 1 } }).sort({ at: -1 }).limit(countLimit).toArray()
  const visible = await visibleExceptions(desk, caller, found.map(({ exceptionId }) => exceptionId))
  return { unread: found.filter(({ exceptionId }) => visible.has(exceptionId)).length }
}

interface Place { readonly at: Date; readonly id: string }

function cursorOf(place: Place | null): string | null {
  return place && `${place.at.toISOString()}|${place.id}`
}

function placeOf(cursor: string | undefined): Place | null {
  const found = /^(\d{4}-[^|]{5,30})\|([\w:]{1,120})$/.exec(cursor ?? '')
  const at = new Date(found?.[1] ?? '')
  return found === null || Number.isNaN(at.getTime()) ? null : { at, id: found[2] ?? '' }
}
