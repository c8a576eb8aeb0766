import { corridorNames, runStates, type CorridorName, type RunState } from '@yidan/api/contract'

/** What the list of trains is narrowed by, as the address says it. */
export interface RunFilters {
  readonly q?: string
  readonly state?: RunState
  readonly corridor?: CorridorName
  /** UN/LOCODE. */
  readonly station?: string
  readonly date?: string
}

/** Only what can be asked for; anything else in the address is left out. */
export function filtersFrom(query: Readonly<Record<string, unknown>>): RunFilters {
  const text = (key: string): string => (typeof query[key] === 'string' ? query[key] : '')
  const state = runStates.find((word) => word === text('state')), corridor = corridorNames.find((word) => word === text('corridor'))
  return {
    ...(text('q').trim() ? { q: text('q').trim().slice(0, 60) } : {}), ...(state ? { state } : {}), ...(corridor ? { corridor } : {}),
    ...(/^[A-Z]{2}[A-Z2-9]{3}$/.test(text('station')) ? { station: text('station') } : {}), ...(/^\d{4}-\d{2}-\d{2}$/.test(text('date')) ? { date: text('date') } : {}),
  }
}

export function queryFrom(filters: { readonly [F in keyof RunFilters]?: RunFilters[F] | undefined }): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
}
