import { Router, type Request, type RequestHandler, type Response } from 'express'
import type { Collection } from 'mongodb'
import { ensure } from '../../access/abilities.ts'
import type { AuditLog } from '../../access/audit.ts'
import type { Caller } from '../../access/caller.ts'
import { billsOfBooking } from '../../bills/bookings.ts'
import type { LogEntry } from '../../events/types.ts'
import { authenticate, hasEndedSession, type Identities } from '../../http/authenticate.ts'
import { Problem } from '../../http/problem.ts'
import { contextOf } from '../../http/request-context.ts'
import type { Directory } from '../../parties/directory.ts'
import type { Ports } from '../../ports.ts'
import type { DeliveryDesk } from '../delivery/commands.ts'
import type { CaptureJob } from '../epcis/store.ts'
import { placeIn, titleEventId } from '../event-ids.ts'
import { readEvents, type Place } from '../event-pages.ts'
import type { EventSight, VisibleEvent } from '../visible-events.ts'
import { DcsaFault, dcsaErrors, speaks } from './answers.ts'
import { fitsFilter, parseQuery, recordedWithin, type EventFilter, type ParsedQuery, type Version } from './filters.ts'
import { publishersOf } from './publishers.ts'
import { v2Event } from './v2-event.ts'
import { hasPlaceInV3, v3Event } from './v3-event.ts'

/** What the rooms of the standards work with. */
export interface MachineParts {
  readonly ports: Ports
  readonly sight: EventSight
  readonly identities: Identities
  readonly directory: Directory
  readonly desk: DeliveryDesk
  readonly audit: Pick<AuditLog, 'note'>
  /** Jobs of EPCIS captures. */
  readonly captures: Collection<CaptureJob>
}

/** `/dcsa/v2`: Track & Trace 2.2, to be polled. */
export function dcsaV2(parts: MachineParts): Router {
  return dcsaRouter(2, parts, (router) => eventRoutes(router, 2, parts))
}

/** A router that answers in DCSA's manner, whatever happens in it. */
export function dcsaRouter(version: Version, { ports, identities }: MachineParts, lay: (router: Router) => void): Router {
  const router = Router({ caseSensitive: true })
  router.use(speaks(version), authenticate(identities))
  lay(router)
  router.use(() => {
    throw new Problem('not-found')
  })
  router.use(dcsaErrors(version, ports))
  return router
}

export function eventRoutes(router: Router, version: Version, parts: MachineParts): void {
  const { ports, sight, directory } = parts
  methods(router, '/events', {
    async get(request, response) {
      const caller = callerOf(request, 'follow-container')
      const { parsed, faults } = parseQuery(version, request.query)
      const after = parsed.cursor === null ? null : placeOf(parsed.cursor)
      const all = parsed.cursor !== null && after === null ? [...faults, { property: 'cursor', value: parsed.cursor, message: 'cursor is none that was given out here' }] : faults
      if (all.length > 0) throw new DcsaFault(400, all)
      const { events, next } = await pageOf(version, parts, caller, parsed, after)
      const shaped = version === 2 ? events.flatMap((event) => v2Event(event) ?? []) : await inV3(directory, events)
      response.set(pageHeaders(request, parsed, next)).status(200).json(shaped)
    },
  })
  methods(router, '/events/:eventID', {
    async get(request, response) {
      const caller = callerOf(request, 'follow-container')
      const entry = await entryOf(ports, String(request.params['eventID']))
      const found = entry === null ? [] : await sight.visible(caller, [entry.log])
      const event = found.find(({ index, kind }) => index === (entry?.index ?? 0) && (kind === 'tracking' || titleIdFits(found, index, String(request.params['eventID']))))
      const shaped = event === undefined ? null : version === 2 ? v2Event(event) : ((await inV3(directory, [event]))[0] ?? null)
      if (shaped === null) throw new Problem('not-found')
      response.status(200).json(shaped)
    },
  })
}

async function pageOf(version: Version, { ports, sight }: MachineParts, caller: Caller, { filter, limit }: ParsedQuery, after: Place | null): Promise<{ readonly events: readonly VisibleEvent[]; readonly next: Place | null }> {
  const booked = filter.booking === undefined ? [] : await billsOfBooking(ports, filter.booking)
  const hasPlace = (event: VisibleEvent): boolean => (version === 2 ? v2Event(event) !== null : hasPlaceInV3(event))
  return readEvents({
    ports, sight, caller, after, limit,
    wanted: { ...narrowed(filter), positions: version === 3 && (filter.eventTypes?.includes('REEFER') ?? false), ...recordedWithin(filter), matches: (event) => fitsFilter(filter, event, booked) && hasPlace(event) },
  })
}

/** Boxes and bills named in the filter are looked up in the log directly. */
function narrowed({ container, bill }: EventFilter): { containers?: readonly string[]; billNumbers?: readonly string[] } {
  return { ...(container === undefined ? {} : { containers: [container] }), ...(bill === undefined ? {} : { billNumbers: [bill] }) }
}

export async function inV3(directory: Directory, events: readonly VisibleEvent[]): Promise<readonly object[]> {
  const nameOf = await publishersOf(directory, events)
  return events.flatMap((event) => v3Event(event, nameOf) ?? [])
}

/** Tracking events have the id their sender gave; acts on the ledger one that says where they stand. */
async function entryOf({ eventLog }: Pick<Ports, 'eventLog'>, eventID: string): Promise<{ readonly log: LogEntry; readonly index: number } | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(eventID)) return null
  const own = (await eventLog.byId([`event:${eventID}`])).get(`event:${eventID}`)
  if (own !== undefined) return { log: own, index: 0 }
  const place = placeIn(eventID.toLowerCase())
  if (place === null || place.position < 1) return null
  const [log] = await eventLog.read(place.position - 1, 1)
  return log?.position === place.position ? { log, index: place.index } : null
}

function titleIdFits(found: readonly VisibleEvent[], index: number, eventID: string): boolean {
  const title = found.find((event) => event.index === index)
  return title?.kind === 'title' && titleEventId(title) === eventID.toLowerCase()
}

/** Cursors say the place in the log at which the next page begins: they stay good for ever, whatever is added behind. */
export function cursorOf({ position, index }: Place): string {
  return Buffer.from(`${position}.${index}`).toString('base64url')
}

export function placeOf(cursor: string): Place | null {
  const [, position, index] = /^(\d{1,15})\.(\d{1,3})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  const place = { position: Number(position), index: Number(index) }
  return position !== undefined && cursorOf(place) === cursor ? place : null
}

/** Current-Page, First-Page and Next-Page hold links, as in 2.2 and 3.0; Link (RFC 8288) says the same for those who follow that. */
function pageHeaders(request: Request, { cursor }: ParsedQuery, next: Place | null): Record<string, string> {
  const link = (to: string | null): string => {
    const query = new URLSearchParams(Object.entries(request.query).flatMap(([name, value]): [string, string][] => (name === 'cursor' || typeof value !== 'string' ? [] : [[name, value]])))
    if (to !== null) query.set('cursor', to)
    return `${request.baseUrl}${request.path}${query.size > 0 ? `?${query.toString()}` : ''}`
  }
  const first = link(null)
  const following = next === null ? null : link(cursorOf(next))
  return { 'current-page': link(cursor), 'first-page': first, link: [`<${first}>; rel="first"`, ...(following === null ? [] : [`<${following}>; rel="next"`])].join(', '), ...(following === null ? {} : { 'next-page': following }) }
}

/** @throws Problem `not-signed-in`, `session-expired` or `forbidden` */
export function callerOf(request: Request, ability: Parameters<typeof ensure>[1]): Caller {
  const { caller } = contextOf(request)
  if (hasEndedSession(request) && caller.kind === 'anonymous') throw new Problem('session-expired')
  ensure(caller, ability)
  return caller
}

type Verb = 'get' | 'post' | 'put' | 'delete'
type Answering = (request: Request, response: Response) => Promise<void>

/** What a path takes; every other method is 405 and told so. */
export function methods(router: Router, path: string, taken: Partial<Record<Verb, Answering | readonly [...RequestHandler[], Answering]>>): void {
  const place = router.route(path)
  for (const [verb, handler] of Object.entries(taken)) place[verb as Verb](...(typeof handler === 'function' ? [handler] : handler))
  const allow = Object.keys(taken).flatMap((verb) => (verb === 'get' ? ['GET', 'HEAD'] : [verb.toUpperCase()])).join(', ')
  place.all((request, response) => {
    if (request.method !== 'OPTIONS') throw new Problem('method-not-allowed', { allow })
    response.set('allow', `${allow}, OPTIONS`).status(204).end()
  })
}
