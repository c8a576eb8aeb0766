import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import { anonymous, type Caller } from '../access/caller.ts'
import type { Language } from './handlers.ts'
import { languageOf } from './wording/index.ts'

/** What is known about a request besides its content. */
export interface RequestContext {
  readonly requestId: string
  readonly language: Language
  readonly address: string
  readonly userAgent: string
  caller: Caller
}

const contexts = new WeakMap<object, RequestContext>()

/** The request's context; made when it is first asked for. A proxy that is trusted may have named the request already. */
export function contextOf(request: Request): RequestContext {
  const known = contexts.get(request)
  if (known) return known
  const given = request.app.enabled('trust proxy') ? request.get('x-request-id') : undefined
  const context: RequestContext = {
    requestId: given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : randomUUID(), language: languageOf(request.get('accept-language')),
    address: request.ip ?? '', userAgent: (request.get('user-agent') ?? '').slice(0, 300), caller: anonymous,
  }
  contexts.set(request, context)
  return context
}
