import type { GateVerdict } from '@yidan/api/contract'
import { ahead } from '../../clock.ts'

/** The ledger's answers of the last minutes, for a gate whose network has just gone: shown with their time, never acted on by themselves. */
export const remembersFor = 10 * 60_000
const words = new Map<string, Pick<GateVerdict, 'word' | 'asOf'>>()

export function rememberWord(code: string, { word, asOf }: Pick<GateVerdict, 'word' | 'asOf'>): void {
  words.delete(code)
  words.set(code, { word, asOf })
  if (words.size > 500) words.delete(words.keys().next().value ?? '')
}

/** What the ledger said of this code, if that is not too long ago by the platform's clock, as last heard of. */
export function recentWord(code: string, now: number = Date.now() + ahead.value): Pick<GateVerdict, 'word' | 'asOf'> | null {
  const word = words.get(code)
  return word && now - Date.parse(word.asOf) <= remembersFor ? word : null
}
