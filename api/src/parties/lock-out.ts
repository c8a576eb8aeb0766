import { Problem } from '../http/problem.ts'
import { hashOf } from './ids.ts'
import type { FailedSignIns, PartyStore } from './store.ts'

const allowed = 8
const firstLock = 15 * 60_000
const longestLock = 24 * 60 * 60_000
const forgotten = 24 * 60 * 60_000

/** An account is locked after eight failures: fifteen minutes, then twice as long for every further one. Unknown accounts are locked alike. */
export interface LockOut {
  /** @throws Problem `locked-out` */
  check(email: string): Promise<void>
  /** @throws Problem `locked-out` when this failure locks the account */
  failed(email: string): Promise<void>
  succeeded(email: string): Promise<void>
}

export function lockOutOf({ failedSignIns }: Pick<PartyStore, 'failedSignIns'>, clock: () => Date): LockOut {
  return {
    async check(email) {
      const known = await failedSignIns.findById(hashOf(email)).lean<FailedSignIns>()
      if (known?.lockedUntil && known.lockedUntil > clock()) throw lockedOut(known.lockedUntil, clock())
    },
    async failed(email) {
      const now = clock()
      const { failures } = await failedSignIns.findOneAndUpdate({ _id: hashOf(email) }, { $inc: { failures: 1 }, expiresAt: new Date(now.getTime() + forgotten) }, { upsert: true, returnDocument: 'after' }).lean<FailedSignIns>().orFail()
      const lock = lockAfter(failures)
      if (lock === 0) return
      const lockedUntil = new Date(now.getTime() + lock)
      await failedSignIns.updateOne({ _id: hashOf(email) }, { lockedUntil, expiresAt: new Date(lockedUntil.getTime() + forgotten) })
      throw lockedOut(lockedUntil, now)
    },
    async succeeded(email) {
      await failedSignIns.deleteOne({ _id: hashOf(email) })
    },
  }
}

/** How long an account is locked after so many failures in a row, in ms. */
export function lockAfter(failures: number): number {
  return failures < allowed ? 0 : Math.min(longestLock, firstLock * 2 ** (failures - allowed))
}

function lockedOut(until: Date, now: Date): Problem {
  return new Problem('locked-out', { until: until.toISOString(), seconds: Math.ceil((until.getTime() - now.getTime()) / 1000) })
}
