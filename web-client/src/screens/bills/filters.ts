import { billFilters } from '@yidan/api/contract'
import { z } from 'zod'

/** The filters as the address carries them; whatever does not fit is dropped, so that an old link still opens. */
const shape = z.object(billFilters)
export type BillFilters = z.infer<typeof shape>

export function filtersFrom(query: Readonly<Record<string, unknown>>): BillFilters {
  const kept = Object.fromEntries(Object.entries(query).filter(([key, value]) => Object.hasOwn(billFilters, key) && billFilters[key as keyof typeof billFilters].safeParse(value).success))
  return shape.parse(kept)
}

/** The address for these filters, the usual ones left out. */
export function queryFrom(filters: BillFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([key, value]) => value !== undefined && value !== '' && !(key === 'sort' && value === '-updatedAt')))
}
