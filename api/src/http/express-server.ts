import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http'
import express, { type Express } from 'express'

/**
 * An HTTP server for an Express application, whose requests and answers are born as what Express makes of them.
 *
 * Express gives each request and answer another prototype. Up to Node 22 the engine makes a hidden class for each object that this happens
 * to, and keeps in the old generation whatever hangs on it until the next full collection: all that was made for a request. Here both have
 * that prototype from the start, and giving it once more changes nothing. See docs/decisions/0017-what-outlives-a-request.md.
 */
export function serverFor(app: Express): Server {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  app.request = bornAs(Request.prototype, express.request, app)
  app.response = bornAs(Response.prototype, express.response, app)
  return createServer({ IncomingMessage: Request, ServerResponse: Response }, app)
}

function bornAs<T extends object>(prototype: object, whatExpressAdds: T, app: Express): T {
  Object.setPrototypeOf(prototype, whatExpressAdds)
  return Object.defineProperty(prototype, 'app', { configurable: true, enumerable: true, writable: true, value: app }) as T
}
