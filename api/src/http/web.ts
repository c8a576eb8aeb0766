import { join } from 'node:path'
import compression from 'compression'
import express, { Router, type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { pinoHttp } from 'pino-http'
import type { Ports, Settings } from '../ports.ts'
import { Problem } from './problem.ts'
import { contextOf } from './request-context.ts'

const sharePath = '/s'
/** The one page that other sites may frame: it shows what a share link shows, knows no session and can do nothing. */
const embedPath = '/embed'

/** Headers that keep a browser from doing what no page of ours needs. The camera scans bills at the gate; WebAssembly reads the codes. */
export function securityHeaders({ publicUrl, secureCookies }: Pick<Settings, 'publicUrl' | 'secureCookies'>): RequestHandler[] {
  const self = "'self'"
  const socket = publicUrl.replace(/^http/, 'ws')
  const policy = (frameAncestors: string): RequestHandler =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: [self], scriptSrc: [self, "'wasm-unsafe-eval'"], styleSrc: [self], imgSrc: [self, 'data:', 'blob:'], fontSrc: [self, 'data:'], connectSrc: [self, socket], workerSrc: [self, 'blob:'], frameSrc: [self, 'blob:'],
          manifestSrc: [self], mediaSrc: [self, 'blob:'], objectSrc: ["'none'"], baseUri: ["'none'"], formAction: [self], frameAncestors: [frameAncestors],
        },
      },
      referrerPolicy: { policy: 'same-origin' },
      crossOriginOpenerPolicy: secureCookies,
      originAgentCluster: secureCookies,
      strictTransportSecurity: secureCookies,
      xFrameOptions: frameAncestors === "'none'",
    })
  const [usual, embedded] = [policy("'none'"), policy('*')]
  return [
    (request, response, next) => { (request.path === embedPath ? embedded : usual)(request, response, next) },
    (request, response, next) => {
      // Pages behind a share link: what they link to is not told where the reader came from.
      if (request.path === embedPath || request.path === sharePath) response.set('referrer-policy', 'no-referrer')
      response.set('permissions-policy', 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()')
      next()
    },
  ]
}

/** One line a request, without anything secret: no cookie, no key, no query, no token of an invitation. */
export function requestLog(log: Ports['log']): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: (request) => contextOf(request as express.Request).requestId,
    autoLogging: { ignore: (request) => /^\/(health|metrics|assets|live)\b/.test(request.url ?? '') },
    customLogLevel: (_request, response, error) => (error !== undefined || response.statusCode >= 500 ? 'warn' : response.statusCode >= 400 ? 'info' : 'debug'),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, path: (url.split('?')[0] ?? '').replace(/(\/invitations\/)[^/]+/, '$1…') }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      err: ({ name }: Error) => ({ name }),
    },
  })
}

const compress = compression()
/** Answers to questions only: those to writes are small, and what it puts on each answer costs memory (docs/decisions/0017-what-outlives-a-request.md). */
export const compressed: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') compress(request, response, next)
  else next()
}

/** Names the request on the answer, for whoever reports a fault, and says when it was by the platform's clock, from which screens count. */
export function named({ clock }: Pick<Ports, 'clock'>): RequestHandler {
  return (request, response, next) => {
    response.set({ 'x-request-id': contextOf(request).requestId, date: clock().toUTCString() })
    next()
  }
}

/** How Express itself behaves: quiet about itself, plain query strings, no entity tags on JSON. */
export function plainSettings(app: Express, { trustProxy }: Pick<Settings, 'trustProxy'>): void {
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  if (trustProxy) app.set('trust proxy', 1)
  else app.disable('trust proxy')
}

/** Addresses that are not pages of the web client. */
const notPages = /^\/(api|health|metrics|live)(\/|$)/

/** The built web client: named files for ever, the page itself asked for anew each time; an address the client knows gets the page. */
export function webClient(webRoot: string | null): Router {
  const router = Router()
  if (webRoot === null) return router
  router.use('/assets', express.static(join(webRoot, 'assets'), { immutable: true, maxAge: '1y', index: false, redirect: false }), () => {
    throw new Problem('not-found')
  })
  router.use(express.static(webRoot, { index: false, redirect: false, etag: true, setHeaders: (response) => response.set('cache-control', 'no-cache') }))
  router.get(/.*/, (request, response, next) => {
    if (notPages.test(request.path) || request.accepts(['html', 'json']) !== 'html') return next()
    response.set('cache-control', 'no-cache').sendFile(join(webRoot, 'index.html'), { cacheControl: false, etag: true })
  })
  return router
}
