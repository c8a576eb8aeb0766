import { randomUUID } from 'node:crypto'
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import { companyOf } from '../../access/caller.ts'
import type { EventLogPort } from '../../events/types.ts'
import { authenticate, checkOrigin } from '../../http/authenticate.ts'
import { answerFor } from '../../http/problem-handler.ts'
import { Problem } from '../../http/problem.ts'
import { contextOf } from '../../http/request-context.ts'
import type { Ports } from '../../ports.ts'
import { takeIn } from '../../tracking/commands.ts'
import { callerOf, cursorOf, methods, placeOf, type MachineParts } from '../dcsa/routes.ts'
import { jsonBodyUpTo, note } from '../dcsa/subscription-routes.ts'
import { readEvents } from '../event-pages.ts'
import { EpcisDocument, eventLimit, readEpcisEvent } from './capture.ts'
import { context, type EpcisEvent } from './epcis-event.ts'
import { boxesNamed, fitting, parseEpcisQuery } from './query.ts'
import type { CaptureJob } from './store.ts'

const versions = { 'gs1-epcis-version': '2.0.0', 'gs1-cbv-version': '2.0.0', 'gs1-extensions': 'yidan=urn:yidan:epcis:', 'cache-control': 'no-store' } as const
/** A document may be as long as a batch of events over /api/v1. */
const largest = 6 * 1024 * 1024
const keptFor = 90 * 86_400_000

/** A request that EPCIS has its own exception for (EPCIS 2.0 REST bindings). */
class EpcisException extends Error {
  override readonly name = 'EpcisException'
  readonly type: 'QueryParameterException' | 'ValidationException' | 'NoSuchResourceException' | 'NotAcceptableException' | 'CaptureLimitExceededException'
  readonly status: number

  constructor(type: EpcisException['type'], status: number, detail: string) {
    super(detail)
    this.type = type
    this.status = status
  }
}

/** `/epcis`: GS1 EPCIS 2.0 in JSON-LD: events in by documents, out by queries. */
export function epcisRouter(parts: MachineParts): Router {
  const { ports, identities } = parts
  const router = Router({ caseSensitive: true })
  router.use(speaksEpcis, authenticate(identities))
  captureRoutes(router, parts)
  methods(router, '/events', { get: (request, response) => answerQuery(parts, request, response, request.query) })
  methods(router, '/events/:eventID', { get: (request, response) => answerQuery(parts, request, response, { EQ_eventID: String(request.params['eventID']) }) })
  router.use(() => {
    throw new EpcisException('NoSuchResourceException', 404, 'There is no such resource')
  })
  router.use(epcisErrors(ports))
  return router
}

const speaksEpcis: RequestHandler = (request, response, next) => {
  response.set(versions)
  if (request.accepts(['application/json', 'application/ld+json']) === false) throw new EpcisException('NotAcceptableException', 406, 'Answers are application/json or application/ld+json')
  for (const [header, spoken] of [['gs1-epcis-min', '2.0.0'], ['gs1-cbv-min', '2.0.0']] as const) {
    const least = request.get(header)
    if (least !== undefined && least > spoken) throw new EpcisException('NotAcceptableException', 406, `${header} asks for more than ${spoken}`)
  }
  next()
}

async function answerQuery({ ports, sight }: MachineParts, request: Request, response: Response, given: Readonly<Record<string, unknown>>): Promise<void> {
  const caller = callerOf(request, 'follow-container')
  const query = parseEpcisQuery(given)
  if (typeof query === 'string') throw new EpcisException('QueryParameterException', 400, query)
  const after = query.nextPageToken === undefined ? null : placeOf(query.nextPageToken)
  if (query.nextPageToken !== undefined && after === null) throw new EpcisException('QueryParameterException', 400, 'nextPageToken is none that was given out here')
  const containers = boxesNamed(query)
  const { events, next } = await readEvents({
    ports, sight, caller, after, limit: query.perPage ?? 30,
    wanted: { positions: query.eventType?.includes('ObjectEvent') ?? true, ...(containers === undefined ? {} : { containers }), ...(query.GE_recordTime === undefined ? {} : { from: query.GE_recordTime }), ...(query.LT_recordTime === undefined ? {} : { until: query.LT_recordTime }), matches: (event) => fitting(query, event) !== null },
  })
  if (next !== null) {
    const following = new URLSearchParams(Object.entries(request.query).flatMap(([name, value]): [string, string][] => (name === 'nextPageToken' || typeof value !== 'string' ? [] : [[name, value]])))
    following.set('nextPageToken', cursorOf(next))
    response.set('link', `<${request.baseUrl}${request.path}?${following.toString()}>; rel="next"`)
  }
  if (events.length === 0 && next === null && given['EQ_eventID'] !== undefined && request.params['eventID'] !== undefined) throw new EpcisException('NoSuchResourceException', 404, 'There is no such event, or not for you')
  const eventList = events.map((event) => fitting(query, event)).filter((event): event is EpcisEvent => event !== null)
  response.status(200).json({ '@context': context, type: 'EPCISQueryDocument', schemaVersion: '2.0', creationDate: ports.clock().toISOString(), epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList } } } })
}

function captureRoutes(router: Router, { ports, audit, captures }: MachineParts): void {
  const publicOrigin = new URL(ports.settings.publicUrl).origin
  const sender = (request: Request): { readonly companyId: CaptureJob['companyId']; readonly partyId: Parameters<typeof takeIn>[0]['sender'] } => {
    checkOrigin(request, publicOrigin)
    const company = companyOf(callerOf(request, 'send-events'))
    if (company === null) throw new Problem('not-signed-in')
    return { companyId: company.id, partyId: company.partyId }
  }
  methods(router, '/capture', {
    async get(request, response) {
      const { companyId } = sender(request)
      const jobs = await captures.find({ companyId }).sort({ createdAt: -1 }).limit(100).toArray()
      response.status(200).json(jobs.map(shown))
    },
    post: [jsonBodyUpTo(largest), async (request, response) => {
      const { companyId, partyId } = sender(request)
      const asked = request.get('gs1-capture-error-behaviour')?.toLowerCase() ?? 'rollback'
      if (asked !== 'rollback' && asked !== 'proceed') throw new EpcisException('ValidationException', 400, 'GS1-Capture-Error-Behaviour can be rollback or proceed')
      const job = await capture(ports, { companyId, partyId, body: request.body, behaviour: asked, language: contextOf(request).language })
      await captures.insertOne(job, { writeConcern: { w: 'majority' } })
      note(audit, request, 'epcisCapture', job._id, 'send-events')
      response.status(202).set({ location: `${request.baseUrl}/capture/${job._id}`, 'gs1-capture-error-behaviour': asked }).end()
    }],
  })
  methods(router, '/capture/:captureID', {
    async get(request, response) {
      const { companyId } = sender(request)
      const job = await captures.findOne({ _id: String(request.params['captureID']), companyId })
      if (job === null) throw new EpcisException('NoSuchResourceException', 404, 'There is no such capture job')
      response.status(200).json(shown(job))
    },
  })
}

/** Captures a document at once. With rollback nothing of it is kept when anything is wrong; with proceed all that is right. */
async function capture({ eventLog, clock }: Pick<Ports, 'eventLog' | 'clock'>, { companyId, partyId, body, behaviour, language }: { readonly companyId: CaptureJob['companyId']; readonly partyId: Parameters<typeof takeIn>[0]['sender']; readonly body: unknown; readonly behaviour: CaptureJob['behaviour']; readonly language: Parameters<typeof takeIn>[0]['language'] }): Promise<CaptureJob> {
  const document = EpcisDocument.safeParse(body)
  if (!document.success) throw new EpcisException('ValidationException', 400, document.error.issues.slice(0, 5).map(({ path, message }) => `/${path.join('/')} ${message}`).join('; '))
  const createdAt = clock()
  const read = document.data.epcisBody.eventList.map(readEpcisEvent)
  const sources = read.flatMap(({ events }, index) => events.map(() => index))
  const items = read.flatMap(({ events }) => events)
  if (items.length > eventLimit) throw new EpcisException('CaptureLimitExceededException', 413, `At most ${eventLimit} events of boxes and trains are taken at once`)
  const take = (log: EventLogPort): ReturnType<typeof takeIn> => takeIn({ eventLog: log, sender: partyId, items, now: createdAt, language })
  const faults = read.flatMap(({ fault }) => fault ?? [])
  const tried = behaviour === 'rollback' ? await take(withoutWriting(eventLog)) : null
  const kept = tried !== null && (faults.length > 0 || tried.refused.length > 0) ? null : await take(eventLog)
  const refused = (kept ?? tried)?.refused.map(({ index, message }) => ({ index: sources[index] ?? 0, message })) ?? []
  const errors = [...faults, ...refused].sort((one, other) => one.index - other.index).slice(0, 100).map(({ index, message }) => ({ type: 'epcisException:ValidationException', title: 'The event was not captured', detail: `/epcisBody/eventList/${index} ${message}` }))
  return { _id: randomUUID(), companyId, createdAt, finishedAt: clock(), success: errors.length === 0, behaviour, accepted: kept?.accepted ?? 0, duplicates: kept?.duplicates ?? 0, errors, expiresAt: new Date(Date.now() + keptFor) }
}

/** The log as the intake sees it, for finding out what it would refuse. */
function withoutWriting(eventLog: EventLogPort): EventLogPort {
  return {
    ...eventLog,
    async append(entries) {
      const known = await eventLog.byId(entries.map(({ id }) => id))
      return { positions: entries.map(({ id }) => (known.has(id) ? null : 0)), last: 0 }
    },
  }
}

function shown({ _id, createdAt, finishedAt, success, behaviour, errors, accepted, duplicates }: CaptureJob): object {
  return { captureID: _id, createdAt: createdAt.toISOString(), finishedAt: finishedAt.toISOString(), running: false, success, captureErrorBehaviour: behaviour, errors, 'yidan:accepted': accepted, 'yidan:duplicates': duplicates }
}

/** RFC 7807 documents with the exception of the standard as their type. */
function epcisErrors({ log }: Pick<Ports, 'log'>): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { language, requestId } = contextOf(request)
    const { status, headers, body, unexpected } = error instanceof EpcisException ? { status: error.status, headers: {}, body: { title: error.type, detail: error.message, code: error.type }, unexpected: false } : answerFor({ error, language, requestId })
    if (unexpected) log.error({ err: error, requestId }, 'a bug')
    if (response.headersSent) return void response.destroy()
    const type = error instanceof EpcisException ? error.type : (exceptions[status] ?? (status >= 500 ? 'ImplementationException' : 'ValidationException'))
    response.status(status).set(headers).set(versions).type('application/problem+json').send(JSON.stringify({ type: `epcisException:${type}`, title: body.title, status, ...(body.detail === undefined ? {} : { detail: body.detail }), instance: `urn:uuid:${requestId}` }))
  }
}

const exceptions: Readonly<Record<number, string>> = { 401: 'SecurityException', 403: 'SecurityException', 404: 'NoSuchResourceException', 405: 'NotAcceptableException', 406: 'NotAcceptableException', 413: 'CaptureLimitExceededException', 415: 'UnsupportedMediaTypeException' }
