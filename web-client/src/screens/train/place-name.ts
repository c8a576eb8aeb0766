import { language } from '../../i18n/language.ts'
import { findPlace } from '../../widgets/route-map/places.ts'

/** A place in the reader's language: as the timetable says it in Chinese, by its code in English; the code itself when nobody gave a name. */
export function placeName({ place, code }: { readonly place: string; readonly code: string | null }): string {
  const known = findPlace({ code })
  if (language.value === 'en') return known?.en ?? place
  return place === '' || place === code ? (known?.zh ?? place) : place
}
