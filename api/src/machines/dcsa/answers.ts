import { STATUS_CODES } from 'node:http'
import type { Fault } from '@yidan/api/contract'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { answerFor } from '../../http/problem-handler.ts'
import { Problem } from '../../http/problem.ts'
import { contextOf } from '../../http/request-context.ts'
import type { Ports } from '../../ports.ts'
import type { FilterFault, Version } from './filters.ts'

/** The version of the interface that is given out, on every answer (DCSA API design principles, versioning). */
export const apiVersions: Readonly<Record<Version, string>> = { 2: '2.2.0', 3: '3.0.0' }

/** A request that the standard's own words turn down. */
export class DcsaFault extends Error {
  override readonly name = 'DcsaFault'
  readonly status: number
  readonly faults: readonly FilterFault[]

  constructor(status: number, faults: readonly FilterFault[]) {
    super(faults.map(({ message }) => message).join('; '))
    this.status = status
    this.faults = faults
  }
}

/** Names the version on every answer, also on refusals; turns away who wants another version or another form than JSON. */
export function speaks(version: Version): RequestHandler {
  return (request, response, next) => {
    response.set({ 'api-version': apiVersions[version], 'cache-control': 'no-store' })
    const asked = request.get('api-version')
    if (asked !== undefined && asked !== String(version)) throw new DcsaFault(400, [{ property: 'API-Version', value: asked.slice(0, 40), message: `API-Version can only be ${version}, the major version of this address` }])
    if (request.accepts('application/json') === false) throw new Problem('not-acceptable')
    next()
  }
}

/** Errors in the body that the standard gives them: 2.2 with reason and message, 3.0 with field, value and texts of limited length (ERROR_DOMAIN 2.0.0). */
export function dcsaErrors(version: Version, { log, clock }: Pick<Ports, 'log' | 'clock'>): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { language, requestId } = contextOf(request)
    const { status, headers, title, faults, unexpected } = told(error, request)
    if (unexpected) log.error({ err: error, requestId }, 'a bug')
    if (response.headersSent) return void response.destroy()
    const common = { httpMethod: request.method, requestUri: request.originalUrl.slice(0, 2_000), statusCode: status, statusCodeText: STATUS_CODES[status] ?? 'Error', errorDateTime: clock().toISOString() }
    const body = version === 2
      ? { ...common, errors: faults.map(({ property, message }) => ({ reason: property === '' ? title : `invalid ${property}`, message })) }
      : { ...common, errorMessage: title, providerCorrelationID: requestId.slice(0, 100), errors: faults.map(({ property, value, message }) => ({ ...(property === '' ? {} : { field: property.slice(0, 50), value }), reason: title.slice(0, 100), message: message.length > 200 ? `${message.slice(0, 199)}…` : message })) }
    response.status(status).set(headers).set({ 'api-version': apiVersions[version], 'cache-control': 'no-store', 'content-language': language }).json(body)
  }
}

interface Told { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly title: string; readonly faults: readonly FilterFault[]; readonly unexpected: boolean }

function told(error: unknown, request: Request): Told {
  if (error instanceof DcsaFault) return { status: error.status, headers: {}, title: STATUS_CODES[error.status] ?? 'Error', faults: error.faults, unexpected: false }
  const { language, requestId } = contextOf(request)
  const { status, headers, body, unexpected } = answerFor({ error, language, requestId })
  const faults = (body.errors ?? []).map(({ pointer, message, value }: Fault) => ({ property: pointer.replace(/^\//, ''), value: (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100), message }))
  return { status, headers, title: body.title, faults: faults.length > 0 ? faults : [{ property: '', value: '', message: body.detail ?? body.title }], unexpected }
}
