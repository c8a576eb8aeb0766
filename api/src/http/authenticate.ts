import type { CookieOptions, Request, RequestHandler, Response } from 'express'
import { anonymous, type Caller } from '../access/caller.ts'
import type { Settings } from '../ports.ts'
import { Problem } from './problem.ts'
import { contextOf } from './request-context.ts'

export const sessionCookie = 'yidan_session'

/** Who stands behind a session token or an API key; null when nobody does (any more). */
export interface Identities {
  bySession(token: string, from: { readonly address: string }): Promise<Caller | null>
  byApiKey(secret: string): Promise<Caller | null>
}

/** What a request or a socket's handshake brings along. */
export interface Credentials {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly address: string
}

/**
 * Names the caller. An API key goes before a cookie.
 * @returns the caller, and whether a session cookie was given that no longer stands for anybody
 * @throws Problem `bad-credentials` for an API key that is wrong, revoked or out of date
 */
export async function identify(identities: Identities, { authorization, cookie, address }: Credentials): Promise<{ readonly caller: Caller; readonly sessionEnded: boolean }> {
  if (authorization !== undefined) {
    const secret = /^Bearer\s+(ydk_[\w-]{20,100})$/i.exec(authorization)?.[1]
    const caller = secret === undefined ? null : await identities.byApiKey(secret)
    if (caller === null) throw new Problem('bad-credentials')
    return { caller, sessionEnded: false }
  }
  const token = cookieValue(cookie, sessionCookie)
  if (token === null) return { caller: anonymous, sessionEnded: false }
  const caller = await identities.bySession(token, { address })
  return { caller: caller ?? anonymous, sessionEnded: caller === null }
}

/** Puts the caller into the request's context. */
export function authenticate(identities: Identities): RequestHandler {
  return async (request, _response, next) => {
    const context = contextOf(request)
    const { caller, sessionEnded } = await identify(identities, { authorization: request.get('authorization'), cookie: request.get('cookie'), address: context.address })
    context.caller = caller
    if (sessionEnded) ended.add(request)
    next()
  }
}

const ended = new WeakSet<Request>()

/** Whether the request came with a session that has ended: then "sign in again" is the better answer. */
export function hasEndedSession(request: Request): boolean {
  return ended.has(request)
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser adds the cookie to whatever another site makes it send. What changes something therefore needs a sign that our own page sent
 * it: the header `x-yidan`, which another site cannot set, or our own Origin.
 * @throws Problem `csrf`
 */
export function checkOrigin(request: Request, publicOrigin: string): void {
  if (safeMethods.has(request.method) || request.get('authorization') !== undefined || cookieValue(request.get('cookie'), sessionCookie) === null) return
  if (request.get('x-yidan') === '1') return
  const origin = request.get('origin')
  if (origin !== undefined && (origin === publicOrigin || origin === `${request.protocol}://${request.get('host') ?? ''}`)) return
  throw new Problem('csrf')
}

/** Sets the session cookie, or takes it away. Scripts cannot read it, other sites cannot send it with a form. */
export function setSession(settings: Pick<Settings, 'secureCookies'>): (response: Response, token: string | null, expiresAt?: Date) => void {
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure: settings.secureCookies, path: '/' }
  return (response, token, expiresAt) => {
    if (token === null) response.clearCookie(sessionCookie, options)
    else response.cookie(sessionCookie, token, expiresAt === undefined ? options : { ...options, expires: expiresAt })
  }
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const split = pair.indexOf('=')
    if (split > 0 && pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim()
  }
  return null
}
