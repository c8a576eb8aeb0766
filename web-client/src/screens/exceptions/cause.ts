import type { ExceptionSummary } from '@yidan/api/contract'
import { dayAndTime } from '../../format.ts'
import { knows, say } from '../../i18n/index.ts'

/** Why, as one sentence in the reader's language; a cause that is new to this client by its code. */
export function causeText({ code, at, values }: ExceptionSummary['cause']): string {
  const key = `exceptions.cause.${code}`
  if (!knows(key)) return code
  const what = typeof values['what'] === 'string' ? eventWord(values['what']) : ''
  return say(key, { ...values, what, place: values['place'] ?? say('exceptions.cause.unknownPlace'), at: dayAndTime(at) })
}

export function eventWord(code: string): string {
  return knows(`track.event.${code}`) ? say(`track.event.${code}`) : code
}

/** What it is about, and where to look at it. A train number runs again and again: its day belongs to the name. */
export function subjectOf({ container, service, run }: Pick<ExceptionSummary, 'container' | 'service' | 'run'>): { readonly name: string; readonly to: string } {
  return container === null ? { name: [service, run?.slice(5)].filter(Boolean).join(' · '), to: `/trains/${encodeURIComponent(service ?? '')}` } : { name: container, to: `/containers/${container}` }
}
