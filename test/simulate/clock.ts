import { setTimeout as pause } from 'node:timers/promises'

/** A clock that stands until it is let run, as many times faster than the real one as is wanted. */
export interface SimulatedClock {
  now(): Date
  run(speed: number): void
  /** Resolves when that moment has come; at once when the speed is infinite: then the clock jumps there. */
  until(moment: number): Promise<void>
}

export function simulatedClock(from: Date): SimulatedClock {
  let base = from.getTime(), since = Date.now(), speed = 0
  const now = (): number => (speed === 0 || speed === Infinity ? base : base + (Date.now() - since) * speed)
  return {
    now: () => new Date(now()),
    run(wanted) {
      base = now()
      since = Date.now()
      speed = wanted
    },
    async until(moment) {
      if (speed === Infinity) base = Math.max(base, moment)
      else while (now() < moment) await pause(Math.min(Math.max((moment - now()) / speed, 1), 1_000))
    },
  }
}
