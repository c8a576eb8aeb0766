import type { DraftContent } from '@yidan/api/contract'
import { countryOf, places } from '../tables/places.ts'

/** What was typed without the spaces around it; nothing when that is all there was. */
export function typed(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === undefined || trimmed === '' ? undefined : trimmed
}

export function hasSeaLegTyped({ legs }: DraftContent): boolean {
  return (legs ?? []).some(({ mode }) => mode === 'sea')
}

/** Whether the goods end, or touch on the way, in the customs territory of the EU. */
export function isTowardsEu({ legs, placeOfDelivery }: DraftContent): boolean {
  const ends = [...(legs ?? []).map(({ to }) => to), placeOfDelivery]
  return ends.some((place) => place !== undefined && places.eu.includes(countryOf(place) ?? ''))
}

/** Money as it may be typed, as the two decimals it is: "300" is "300.00". Null when it is no amount. */
export function amountOf(text: string | undefined): string | null {
  const plain = typed(text)?.replaceAll(',', '') ?? ''
  const [, whole = '', fraction = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(plain) ?? []
  return whole === '' ? null : `${whole.replace(/^0+(?=\d)/, '')}.${fraction.padEnd(2, '0')}`
}

/** Seals and box numbers as they are compared: capitals, no spaces or hyphens in between. */
export function plainNumber(text: string | undefined): string | undefined {
  return typed(text)?.normalize('NFKC').toUpperCase().replaceAll(/[\s-]/g, '')
}
