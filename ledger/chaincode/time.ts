import { Fault } from './fault.ts'
import type { Stub } from './stub.ts'

const minute = 60_000
const ahead = 2 * minute, behind = 15 * minute

/**
 * The client says when it is, unchecked by Fabric. This peer's own clock says whether to believe it, and is never written: the worst it
 * can do is make this one peer refuse to endorse.
 * @throws Fault `clock`
 */
export function boundedTime(stub: Stub, localClock: () => number): number {
  const time = stub.getDateTimestamp().getTime()
  const here = localClock()
  if (!(time <= here + ahead && time >= here - behind)) throw new Fault('clock', { time: Number.isNaN(time) ? null : new Date(time).toISOString() })
  return time
}
