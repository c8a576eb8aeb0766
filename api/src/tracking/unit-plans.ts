import type { TimedLeg } from './journey.ts'
import type { TrackingStore } from './store.ts'

/** The legs that bills plan on trains, vessels and trucks. */
export type UnitPlans = (units: readonly string[]) => Promise<readonly TimedLeg[]>

/** Plans of one report's units that are looked at, the latest first. */
const lookedAt = 200
const remembered = 2_000
/** As long as a data key is (decision 0013): an erased bill is gone from here by then. */
const rememberedFor = 60_000

/** A train reports from each station of its way, and the bills of its boxes are the same each time: opened once, their legs are remembered for a minute. */
export function openUnitPlans({ bills, billsById }: Pick<TrackingStore, 'bills' | 'billsById'>): UnitPlans {
  const legsOf = new Map<string, { readonly position: number; readonly legs: readonly TimedLeg[]; readonly until: number }>()
  return async (units) => {
    const listed = await bills.kept.find({ services: { $in: [...units] }, endedAt: null }, { projection: { position: 1 } }).sort({ since: -1 }).limit(lookedAt).toArray()
    const now = Date.now()
    const unknown = listed.filter(({ _id, position }) => {
      const known = legsOf.get(_id)
      return known?.position !== position || known.until < now
    })
    for (const { _id, position, legs } of await billsById(unknown.map(({ _id }) => _id))) {
      legsOf.delete(_id)
      legsOf.set(_id, { position, legs, until: now + rememberedFor })
    }
    const plans = listed.flatMap(({ _id }) => legsOf.get(_id)?.legs ?? [])
    for (const [oldest] of legsOf) {
      if (legsOf.size <= remembered) break
      legsOf.delete(oldest)
    }
    return plans
  }
}
