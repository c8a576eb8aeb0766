import type { RouteName } from '@yidan/api/contract'
import { RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible'
import type { Ports } from '../ports.ts'
import { Problem } from './problem.ts'

/** How often one address may do what strangers may do. Counted in the database, so that all API processes count together. */
const limits = {
  signIn: { points: 30, seconds: 300 },
  signInDemo: { points: 120, seconds: 300 },
  acceptInvitation: { points: 20, seconds: 300 },
  invitation: { points: 60, seconds: 300 },
  verifyFile: { points: 30, seconds: 60 },
  openShared: { points: 120, seconds: 60 },
  shared: { points: 600, seconds: 60 },
  verifyNumber: { points: 120, seconds: 60 },
} as const satisfies Partial<Record<RouteName, { points: number; seconds: number }>>

export interface RateLimits {
  /** @throws Problem `too-many-requests` with the seconds to wait */
  before(name: RouteName, address: string): Promise<void>
}

export function openRateLimits({ database, settings }: Pick<Ports, 'database' | 'settings'>): RateLimits {
  if (!settings.rateLimits) return { before: () => Promise.resolve() }
  const limiters = new Map<RouteName, RateLimiterMongo>(
    Object.entries(limits).map(([name, { points, seconds }]) => [
      name as RouteName,
      new RateLimiterMongo({ storeClient: database.getClient(), dbName: database.name, tableName: 'rate_limits', keyPrefix: name, points, duration: seconds }),
    ]),
  )
  return {
    async before(name, address) {
      try {
        await limiters.get(name)?.consume(address)
      } catch (error) {
        if (error instanceof RateLimiterRes) throw new Problem('too-many-requests', { seconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) })
        throw error
      }
    },
  }
}
