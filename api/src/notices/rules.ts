import { exceptionKinds, type CompanyRole, type ExceptionKind, type NoticePreferences, type PersonRole } from '@yidan/api/contract'

/** Who is told of what, and when: pure. */

/** What cannot wait: the goods themselves may be suffering. */
const graveKinds: ReadonlySet<ExceptionKind> = new Set(['SEAL', 'TEMPERATURE', 'DOOR'])

export function isGrave(kind: ExceptionKind): boolean {
  return graveKinds.has(kind)
}

/** Offices may read everything and are told of nothing they did not ask for; a terminal, of what it can see to. */
const offices: readonly CompanyRole[] = ['regulator', 'customs', 'court']
const ofTerminals: readonly ExceptionKind[] = ['SEAL', 'DOOR', 'TEMPERATURE', 'IMPOSSIBLE']
const mailed: readonly PersonRole[] = ['administrator', 'clerk']

/** What holds for a person who never chose. */
export function usualPreferences({ companyRoles, personRoles }: { readonly companyRoles: readonly CompanyRole[]; readonly personRoles: readonly PersonRole[] }): NoticePreferences {
  const others = companyRoles.filter((role) => !offices.includes(role))
  const told = (kind: ExceptionKind): boolean => others.length > 0 && (others.some((role) => role !== 'terminal') || ofTerminals.includes(kind))
  const byMail = personRoles.some((role) => mailed.includes(role))
  return { kinds: Object.fromEntries(exceptionKinds.map((kind) => [kind, { screen: told(kind), mail: told(kind) && byMail }])) as NoticePreferences['kinds'], digest: 60, quiet: null, language: 'both' }
}

/** When a mail may go out: now, or when the person's quiet hours are over. Over a change of summer time it is asked again. */
export function mailFrom({ quiet }: Pick<NoticePreferences, 'quiet'>, { grave, now }: { readonly grave: boolean; readonly now: Date }): Date {
  if (quiet === null || (grave && quiet.grave)) return now
  const [from, until, local] = [quiet.from, quiet.until, timeIn(quiet.timeZone, now)].map(minutesOf) as [number, number, number]
  const isQuiet = from <= until ? local >= from && local < until : local >= from || local < until
  if (!isQuiet) return now
  const minute = 60_000
  return new Date(Math.floor(now.getTime() / minute) * minute + ((until - local + 1440) % 1440) * minute)
}

function timeIn(timeZone: string, moment: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment)
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}
