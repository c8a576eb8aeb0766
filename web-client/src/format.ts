/** How numbers, weights, money and moments are written, the same on every screen. */

export function thousands(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

export function kilograms(value: number): string {
  return `${thousands(value)} kg`
}

/** Money from its exact text: `money('3860.00', 'CNY')` is `CNY 3,860.00`. */
export function money(amount: string, currency: string): string {
  const [whole = '0', cents = '00'] = amount.split('.')
  return `${currency} ${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}.${cents}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** 2026-11-24, in the reader's own time zone. */
export function day(moment: string | Date): string {
  const at = new Date(moment)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** 2026-11-24 20:00, in the reader's own time zone. */
export function dayAndTime(moment: string | Date): string {
  const at = new Date(moment)
  return `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The same with the zone named: what is shown on hover. */
export function withZone(moment: string | Date): string {
  const at = new Date(moment)
  const minutes = -at.getTimezoneOffset()
  const offset = `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return `${dayAndTime(at)}:${two(at.getSeconds())} ${zone} (${offset})`
}

/** A planned time keeps the wall clock of its place: `2026-11-24T20:00:00+08:00` is `2026-11-24 20:00 +08:00`. */
export function localAsPlanned(zoned: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(zoned)
  if (!parts) return zoned
  const [, date = '', time = '', zone = ''] = parts
  return `${date} ${time}${zone === '' ? '' : ` ${zone === 'Z' ? 'UTC' : zone}`}`
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60],
]

/** "2 h ago", "in 3 days". */
export function relative(moment: string | Date, now: number, language: string): string {
  const seconds = Math.round((new Date(moment).getTime() - now) / 1000)
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return words.format(unit === 'second' && Math.abs(seconds) < 45 ? 0 : Math.trunc(seconds / size), unit)
}

/** The first and last digits of a hash or key, enough to compare by eye. */
export function short(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 8)}…${hash.slice(-6)}`
}
