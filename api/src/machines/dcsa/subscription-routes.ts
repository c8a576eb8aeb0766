import { json, Router, type Request, type RequestHandler } from 'express'
import type { Caller } from '../../access/caller.ts'
import type { AuditLog } from '../../access/audit.ts'
import { checkOrigin } from '../../http/authenticate.ts'
import { Problem } from '../../http/problem.ts'
import { contextOf } from '../../http/request-context.ts'
import { isSoundText, nestsTooDeep } from '../../http/sound-text.ts'
import { changeSecret, changeSubscription, listSubscriptions, subscribe, subscriptionOf, unsubscribe } from '../delivery/commands.ts'
import type { SubscriptionRecord } from '../delivery/store.ts'
import { DcsaFault } from './answers.ts'
import { parseSubscriptionFilter, subscriptionFields, type EventFilter, type FilterFault } from './filters.ts'
import { callerOf, dcsaRouter, eventRoutes, methods, type MachineParts } from './routes.ts'

/** `/dcsa/v3`: Track & Trace 3.0, to be polled or to be pushed: events as metadata and payload, and subscriptions to them. */
export function dcsaV3(parts: MachineParts): Router {
  return dcsaRouter(3, parts, (router) => {
    eventRoutes(router, 3, parts)
    subscriptionRoutes(router, parts)
  })
}

function subscriptionRoutes(router: Router, { desk, audit, ports }: MachineParts): void {
  const publicOrigin = new URL(ports.settings.publicUrl).origin
  const found = (request: Request, caller: Caller): Promise<SubscriptionRecord> => subscriptionOf(desk, caller, String(request.params['subscriptionID']), 'dcsa')
  const manager = (request: Request): Caller => {
    checkOrigin(request, publicOrigin)
    return callerOf(request, 'manage-webhooks')
  }
  methods(router, '/event-subscriptions', {
    async get(request, response) {
      const caller = manager(request)
      const query = Object.keys(request.query).filter((name) => name !== 'limit' && name !== 'sort')
      if (query.length > 0) throw new DcsaFault(400, query.map((name) => ({ property: name.slice(0, 60), value: '', message: `${name.slice(0, 60)} is no parameter of this operation` })))
      response.status(200).json((await listSubscriptions(desk, caller, 'dcsa')).map(shown))
    },
    post: [jsonBody, async (request, response) => {
      const caller = manager(request)
      const { callbackUrl, filter, secret, faults } = readBody(request.body, { withSecret: true })
      if (faults.length > 0) throw new DcsaFault(400, faults)
      const { subscription } = await subscribe(desk, caller, { url: callbackUrl, label: '', what: { kind: 'dcsa', filter }, secret: secret ?? '', language: contextOf(request).language, pointer: '/callbackUrl' })
      note(audit, request, 'createWebhook', subscription._id)
      response.status(201).json(shown(subscription))
    }],
  })
  methods(router, '/event-subscriptions/:subscriptionID', {
    async get(request, response) {
      response.status(200).json(shown(await found(request, manager(request))))
    },
    put: [jsonBody, async (request, response) => {
      const caller = manager(request)
      const before = await found(request, caller)
      const { callbackUrl, filter, faults } = readBody(request.body, { withSecret: false, id: before._id })
      if (faults.length > 0) throw new DcsaFault(400, faults)
      const after = await changeSubscription(desk, caller, before, { url: callbackUrl, filter, state: 'active', language: contextOf(request).language, pointer: '/callbackUrl' })
      note(audit, request, 'changeWebhook', before._id)
      response.status(200).json(shown(after))
    }],
    async delete(request, response) {
      const before = await found(request, manager(request))
      await unsubscribe(desk, before)
      note(audit, request, 'deleteWebhook', before._id)
      response.status(204).end()
    },
  })
  methods(router, '/event-subscriptions/:subscriptionID/secret', {
    put: [jsonBody, async (request, response) => {
      const before = await found(request, manager(request))
      const { secret, ...rest } = objectIn(request.body)
      const faults = [...secretFaults(secret), ...Object.keys(rest).map((name) => ({ property: name.slice(0, 60), value: '', message: `${name.slice(0, 60)} is no field of this body` }))]
      if (faults.length > 0) throw new DcsaFault(400, faults)
      await changeSecret(desk, before, String(secret))
      note(audit, request, 'rotateWebhookSecret', before._id)
      response.status(204).end()
    }],
  })
}

/** A subscription as the standard shows it; never with its secret. */
function shown({ _id, url, filter, createdAt, updatedAt }: SubscriptionRecord): object {
  return { subscriptionID: _id, subscriptionCreatedDateTime: createdAt.toISOString(), subscriptionUpdatedDateTime: updatedAt.toISOString(), callbackUrl: url, ...('events' in filter ? {} : subscriptionFields(filter)) }
}

interface ReadBody { readonly callbackUrl: string; readonly filter: EventFilter; readonly secret: string | null; readonly faults: readonly FilterFault[] }

function readBody(body: unknown, { withSecret, id }: { readonly withSecret: boolean; readonly id?: string }): ReadBody {
  const { callbackUrl, secret, subscriptionID, subscriptionCreatedDateTime: _created, subscriptionUpdatedDateTime: _updated, ...fields } = objectIn(body)
  const { filter, faults } = parseSubscriptionFilter(fields)
  const times = Object.keys(fields).filter((name) => /^event(Created)?DateTime/.test(name)).map((name) => ({ property: name, value: '', message: `${name} is no field of a subscription` }))
  const own: FilterFault[] = [
    ...(typeof callbackUrl === 'string' && callbackUrl !== '' && callbackUrl.length <= 1000 && isSoundText(callbackUrl) ? [] : [{ property: 'callbackUrl', value: '', message: 'callbackUrl is missing or is no web address' }]),
    ...(withSecret ? secretFaults(secret) : secret === undefined ? [] : [{ property: 'secret', value: '', message: 'secret is changed at …/secret' }]),
    ...(subscriptionID === undefined || subscriptionID === id ? [] : [{ property: 'subscriptionID', value: '', message: 'subscriptionID is another one than in the address' }]),
  ]
  return { callbackUrl: typeof callbackUrl === 'string' ? callbackUrl : '', filter, secret: typeof secret === 'string' ? secret : null, faults: [...own, ...times, ...faults.filter(({ property }) => !times.some((time) => time.property === property))] }
}

/** DCSA Subscription Callback API 1.0: the secret is Base64 of 32 bytes or more. */
function secretFaults(secret: unknown): FilterFault[] {
  const isSecret = typeof secret === 'string' && secret.length <= 500 && /^[A-Za-z0-9+/]+={0,2}$/.test(secret) && Buffer.from(secret, 'base64').length >= 32
  return isSecret ? [] : [{ property: 'secret', value: '', message: 'secret is missing or is not Base64 of 32 bytes or more' }]
}

function objectIn(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new DcsaFault(400, [{ property: '', value: '', message: 'the body is no JSON object' }])
  return body as Record<string, unknown>
}

class TooDeep extends Error {
  readonly status = 400
}

/** Reads a JSON body of so many bytes at most. */
export const jsonBodyUpTo = (limit: number): RequestHandler => (request, response, next) => {
  const type = request.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!/^application\/([\w.+-]+\+)?json$/.test(type)) throw new Problem('unsupported-media-type', { wanted: 'application/json' })
  json({
    limit, strict: false, type: () => true,
    verify: (_request, _response, bytes) => {
      if (nestsTooDeep(bytes)) throw new TooDeep('nested too deeply')
    },
  })(request, response, next)
}

const jsonBody = jsonBodyUpTo(1024 * 1024)

/** What changes something leaves a line in the audit log, as on every other route. */
export function note(audit: Pick<AuditLog, 'note'>, request: Request, action: string, subject: string, ability: 'manage-webhooks' | 'send-events' = 'manage-webhooks'): void {
  const { caller, address, requestId } = contextOf(request)
  audit.note({ caller, ability, action, subject, companies: [], address, requestId, result: 'done', code: null })
}
