import { timingSafeEqual } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import type { Ports } from '../ports.ts'
import type { Metrics } from './metrics.ts'
import { partsOf, type DevicesHealth, type Part } from './parts.ts'

/**
 * What those who run the system ask it. Outside /api/v1, without signing in:
 * `/health/live` the process answers; `/health/ready` every part answers, 503 when one does not; `/metrics` for Prometheus.
 */
export function healthRoutes({ ports, metrics, devices = null }: { readonly ports: HealthPorts; readonly metrics: Metrics; readonly devices?: DevicesHealth }): Router {
  const router = Router()
  router.get('/health/live', (_request, response) => {
    response.set('cache-control', 'no-store').json({ live: true })
  })
  router.get('/health/ready', async (_request, response) => {
    const parts: readonly Part[] = await partsOf(ports, devices)
    const ready = parts.every(({ name, ok }) => ok || name === 'devices')
    response.status(ready ? 200 : 503).set('cache-control', 'no-store').json({ ready, version: ports.settings.version, parts })
  })
  router.get('/metrics', async (request, response) => {
    if (!mayReadMetrics(request, ports.settings.metricsToken)) return refuse(response)
    response.set('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  return router
}

export type HealthPorts = Pick<Ports, 'database' | 'ledger' | 'feed' | 'settings' | 'clock'> & { readonly seals: Pick<Ports['seals'], 'certificates'> }

/** With a token: whoever has it. Without: this machine itself, and not a proxy on it that speaks for others. */
function mayReadMetrics(request: Request, token: string | null): boolean {
  if (token !== null) return isSame(request.get('authorization') ?? '', `Bearer ${token}`)
  const isForwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((header) => request.get(header) !== undefined)
  return !isForwarded && /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function refuse(response: Response): void {
  response.status(403).type('application/problem+json').send(JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403 }))
}
