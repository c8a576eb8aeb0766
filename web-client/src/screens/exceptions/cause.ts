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

/** What it is about, and where to look at it. */
export function subjectOf({ container, service }: Pick<ExceptionSummary, 'container' | 'service'>): { readonly name: string; readonly to: string } {
  return container === null ? { name: service ?? '', to: `/trains/${encodeURIComponent(service ?? '')}` } : { name: container, to: `/containers/${container}` }
}
