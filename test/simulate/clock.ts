import { setTimeout as pause } from 'node:timers/promises'

/** A clock that stands until it is let run, as many times faster than the real one as is wanted; it stands again while something is reported. */
export interface SimulatedClock {
  now(): Date
  /** How fast it goes from now on; with Infinity it jumps. */
  setSpeed(speed: number): void
  /** Runs to that moment and stands there. */
  runUntil(moment: number): Promise<void>
}

export function simulatedClock(from: Date): SimulatedClock {
  let base = from.getTime(), speed = 1
  let run: { readonly since: number; readonly until: number } | null = null
  const now = (): number => (run === null ? base : Math.min(base + (Date.now() - run.since) * speed, run.until))
  return {
    now: () => new Date(now()),
    setSpeed(wanted) {
      speed = wanted
    },
    async runUntil(moment) {
      if (moment <= base) return
      if (speed !== Infinity) {
        run = { since: Date.now(), until: moment }
        while (now() < moment) await pause(Math.min(Math.ceil((moment - now()) / speed), 1_000))
      }
      base = moment
      run = null
    },
  }
}
