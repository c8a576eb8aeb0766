/** What was read of a time: the moment (UTC, with milliseconds), or why there is none. */
export type ReadTime = { readonly at: string } | { readonly fault: 'time-shape' | 'time-without-clock' | 'time-not-there' }

const wallClock = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?(?:[.,]\d+)?[分秒]?)?$/
const inOneRow = /^(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?$/
const withOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/** A time as lists have it: `2026-11-24 08:30`, `2026/11/24 8:30`, `2026年11月24日8时30分`, `202611240830`; with an offset as it says itself, else in the zone given. */
export function readTime(text: string, timeZone: string): ReadTime {
  const plain = text.normalize('NFKC').trim()
  if (withOffset.test(plain)) {
    const at = Date.parse(plain.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
    return Number.isNaN(at) ? { fault: 'time-shape' } : { at: new Date(at).toISOString() }
  }
  const [, year, month, day, hour, minute, second = '0'] = wallClock.exec(plain) ?? inOneRow.exec(plain) ?? []
  if (year === undefined) return { fault: 'time-shape' }
  if (hour === undefined) return { fault: 'time-without-clock' }
  return momentIn([year, month, day, hour, minute, second].map(Number), timeZone)
}

/** The moment at which clocks of a zone show this. When they show it twice, the first time. */
export function momentIn([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[], timeZone: string): ReadTime {
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  const same = new Date(shown)
  if (year < 2000 || year > 2100 || same.getUTCMonth() !== month - 1 || same.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return { fault: 'time-shape' }
  // One of the offsets just before and just after is the one in force.
  const offsets = [...new Set([shown - 86_400_000, shown + 86_400_000].map((around) => offsetAt(around, timeZone)))]
  const found = offsets.map((offset) => shown - offset).filter((moment) => moment + offsetAt(moment, timeZone) === shown).sort((one, other) => one - other)[0]
  return found === undefined ? { fault: 'time-not-there' } : { at: new Date(found).toISOString() }
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds by which the zone's clocks are ahead of UTC. */
function offsetAt(moment: number, timeZone: string): number {
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
  clocks.set(timeZone, clock)
  const parts = Object.fromEntries(clock.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'], parts['second']) - Math.floor(moment / 1_000) * 1_000
}
