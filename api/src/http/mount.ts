import { routes, type Route, type RouteName } from '@yidan/api/contract'
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import type { Logger } from 'pino'
import { ensure, may } from '../access/abilities.ts'
import type { AuditLog } from '../access/audit.ts'
import { checkOrigin, hasEndedSession } from './authenticate.ts'
import { isFileAnswer, isStatus, sendFile, sendJson } from './answers.ts'
import type { Call, FileAnswer, Handler, Handlers } from './handlers.ts'
import type { Idempotency } from './idempotency.ts'
import { bodyReader, parseRequest, uploadReader } from './parse-request.ts'
import { Problem } from './problem.ts'
import { answerFor } from './problem-handler.ts'
import type { RateLimits } from './rate-limits.ts'
import { contextOf } from './request-context.ts'

/** What every route goes through besides its handler. */
export interface Gates {
  readonly audit: Pick<AuditLog, 'note'>
  readonly idempotency: Idempotency
  readonly rateLimits: RateLimits
  /** Writes or clears the session cookie. */
  readonly setSession: (response: Response, token: string | null, expiresAt?: Date) => void
  readonly publicOrigin: string
  /** In tests: an answer that is not as the contract says is a bug. */
  readonly checkAnswers: boolean
}

/**
 * The contract as an Express router: per route the caller's ability, then the request's parts with all their faults at once, then the
 * handler, then the answer and its line in the audit log. A known path with another method is 405, whatever that method is.
 */
export function mountRoutes(handlers: Handlers, gates: Gates): Router {
  const router = Router({ caseSensitive: true })
  for (const [path, group] of byPath()) {
    const place = router.route(path)
    for (const [name, route] of group) place[route.method](...chain(name, route, handlers[name] as unknown as Handler<Route>, gates))
    const allow = [...new Set(group.flatMap(([, { method }]) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))), 'OPTIONS'].join(', ')
    place.all((request, response) => {
      if (request.method !== 'OPTIONS') throw new Problem('method-not-allowed', { allow })
      response.set('allow', allow).status(204).end()
    })
  }
  return router
}

/** Fixed paths before those with parameters, so that `/bills/export` is no bill. */
function byPath(): [path: string, group: [RouteName, Route][]][] {
  const groups = new Map<string, [RouteName, Route][]>()
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const path = expressPath(route.path)
    groups.set(path, [...(groups.get(path) ?? []), [name, route]])
  }
  return [...groups].sort(([one], [other]) => (rank(one) < rank(other) ? -1 : 1))
}

/** `/bills/{billNumber}` as Express writes it. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function rank(path: string): string {
  return path.split('/').map((part) => (part.startsWith(':') ? '~' : part)).join('/')
}

function chain(name: RouteName, route: Route, handler: Handler<Route>, gates: Gates): RequestHandler[] {
  const audited = audit(name, route, gates)
  const guard: RequestHandler = async (request, response, next) => {
    audited(request, response)
    const { caller } = contextOf(request)
    checkOrigin(request, gates.publicOrigin)
    if (hasEndedSession(request) && !may(caller, route.ability)) throw new Problem('session-expired')
    ensure(caller, route.ability)
    await gates.rateLimits.before(name, contextOf(request).address)
    next()
  }
  const reader = route.upload ? [uploadReader(route.upload.maxBytes)] : route.body ? [bodyReader(route)] : []
  return [guard, ...reader, async (request, response) => answer(request, response, name, route, handler, gates)]
}

async function answer(request: Request, response: Response, name: RouteName, route: Route, handler: Handler<Route>, gates: Gates): Promise<void> {
  const call = callOf(request, response, route, gates)
  const run = async (): Promise<{ status: number; json: unknown } | FileAnswer> => {
    const result: unknown = await handler(call)
    if (isFileAnswer(result)) return result
    return isStatus(result) ? result : { status: firstStatus(route), json: result }
  }
  const key = route.idempotent === true ? request.get('idempotency-key') : undefined
  const result = key === undefined ? await run() : await gates.idempotency.once({ key, name, call, run, response })
  if (isFileAnswer(result)) {
    lineOf(response).isFile = true
    return sendFile(request, response, result)
  }
  if (gates.checkAnswers) checkAnswer(name, route, result)
  sendJson(response, result)
}

function callOf(request: Request, response: Response, route: Route, gates: Gates): Call<Route> {
  const { language, requestId, address, userAgent, caller } = contextOf(request)
  const line = lineOf(response)
  return {
    ...parseRequest(request, route, language), language, requestId, address, userAgent, caller, shareToken: route.shareToken ? (request.get('share-token') ?? null) : null,
    concerns: (subject, companies = [], action) => {
      line.subject = subject
      line.companies = companies
      if (action !== undefined) line.action = action
    },
    setSession: (token, expiresAt) => {
      gates.setSession(response, token, expiresAt)
    },
  } as Call<Route>
}

/** What the audit log will say about a request, gathered on the way. */
interface Line { subject: string | null; companies: readonly string[]; action: string | null; code: string | null; isFile: boolean }
const lines = new WeakMap<Response, Line>()

function lineOf(response: Response): Line {
  const known = lines.get(response)
  if (known) return known
  const line: Line = { subject: null, companies: [], action: null, code: null, isFile: false }
  lines.set(response, line)
  return line
}

/** One line for each write, each refusal and each file taken away. Reading a page leaves none. */
function audit(name: RouteName, route: Route, { audit: log }: Gates): (request: Request, response: Response) => void {
  return (request, response) => {
    response.once('finish', () => {
      const { caller, address, requestId } = contextOf(request)
      const { subject, companies, action, code, isFile } = lineOf(response)
      const isWrite = route.method !== 'get'
      if (!isWrite && !isFile && code === null) return
      log.note({ caller, ability: route.ability, action: action ?? name, subject, companies, address, requestId, result: code === null ? 'done' : response.statusCode >= 500 ? 'failed' : 'refused', code })
    })
  }
}

function firstStatus(route: Route): number {
  return Number(Object.keys(route.responses)[0])
}

function checkAnswer(name: RouteName, route: Route, { status, json }: { status: number; json: unknown }): void {
  const schema = route.responses[status]
  if (schema === undefined) throw new Error(`${name} answered ${status}, which the contract does not name`)
  if (schema === null || !('safeParse' in schema)) return
  const checked = schema.safeParse(json)
  if (!checked.success) throw new Error(`${name} answered something that the contract does not say: ${checked.error.message}`)
}

/** Errors of everything under it as problem+json; ours are logged whole. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { language, requestId } = contextOf(request)
    const { status, headers, body, unexpected } = answerFor({ error, language, requestId })
    lineOf(response).code = body.code
    if (unexpected) log.error({ err: error, requestId }, 'a bug')
    else if (status >= 500) log.warn({ err: error, requestId }, body.code)
    if (response.headersSent) return void response.destroy()
    response.status(status).set(headers).set('cache-control', 'no-store').type('application/problem+json').send(JSON.stringify(body))
  }
}
