import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Figures of one application: its own registry, so that two in one process (tests) do not mix. */
export interface Metrics {
  readonly registry: Registry
  /** Goes before all routes: times every request by method, route (not by address) and status. */
  readonly timeRequests: RequestHandler
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return {
    registry,
    timeRequests: (request, response, next) => {
      const end = durations.startTimer({ method: request.method })
      response.once('close', () => {
        // The pattern, never the address itself: bill numbers are nobody's business here, and would be a label each.
        const route: unknown = (request.route as { path?: unknown } | undefined)?.path
        end({ route: typeof route === 'string' ? request.baseUrl + route : 'other', status: String(response.statusCode) })
      })
      next()
    },
  }
}
